"""Revising a draft: what a request changes, and what it wants written. Pure; no model in here.

A line keeps its rhyme letter and its syllable target wherever it moves; its bar and its time
belong to its place in the song. Locked lines are never touched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from atl_core.audio.listening import Listening
from atl_core.drafts.draft import Draft, Section, covering
from atl_core.edits import (
    AddSection,
    Continue,
    Delete,
    Insert,
    Lock,
    Replace,
    Request,
    Rewrite,
    RhymeWith,
    SectionKind,
    SetBrief,
    Swap,
    Unlock,
    UseWords,
)
from atl_core.errors import DraftError
from atl_core.line_ranges import LineRange, Manner, check_line
from atl_core.lyrics.brief import Brief, Line
from atl_core.lyrics.checks import check_brief
from atl_core.lyrics.form import (
    MAX_SYLLABLES,
    MIN_SYLLABLES,
    UNRHYMED,
    Slot,
    plan,
    rhyme_letters,
    syllables_for,
)
from atl_core.lyrics.rhyme import end_word, rhyme
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.plan import Plan, written

__all__ = ["Plan", "another_take", "edited", "plan_for", "written"]

SECTION_LINES: Final[dict[SectionKind, int]] = {
    "verse": 8, "hook": 4, "bridge": 4, "intro": 2, "outro": 2,
}  # fmt: skip
LENGTH_STEP: Final = 0.25
"""How much shorter or longer a line becomes when that is asked for."""


def plan_for(request: Request, draft: Draft) -> Plan:
    """What has to be written for a request that needs a model.

    Raises:
        DraftError: the draft has no such line or section, or it is locked.
        BriefError: the draft would become too long.
    """
    match request:
        case Continue(lines=count):
            if count < 1:
                raise DraftError("That is no line at all.", "Ask for one line or more.")
            return _added(draft, count, at=len(draft.lines), sections=draft.sections)
        case AddSection(kind=kind, lines=lines):
            count = lines or _usual_length(kind, draft.sections)
            section = Section(_section_name(kind, draft.sections), count)
            at_top = kind == "intro"
            sections = (section, *draft.sections) if at_top else (*draft.sections, section)
            return _added(draft, count, at=0 if at_top else len(draft.lines), sections=sections)
        case Insert(after=after):
            if after:
                check_line(after, len(draft.lines))
            grown = _sections_changed(draft.sections, after - 1 if after else 0, 1)
            return _added(draft, 1, at=after, sections=grown, unrhymed=True)
        case Rewrite(place=place, manner=manner):
            return _rewritten(draft, _unlocked(place, draft), manner)
        case RhymeWith(line=line, word=word, other=other):
            return _rhymed(draft, line, word, other)
        case UseWords(words=wanted, line=line):
            plan = _rewritten(draft, _unlocked_line(line, draft), Manner())
            found = tuple(words(wanted))
            return replace(plan, steer=replace(plan.steer, seed_words=found), must_use=found)
    raise TypeError(f"nothing is written for {request!r}")


def another_take(draft: Draft, parent: Draft | None) -> Plan:
    """The lines that the last request wrote, written otherwise; all of them in a first version."""
    known = {line.text for line in parent.lines} if parent else set()
    fresh = [
        index
        for index, line in enumerate(draft.lines)
        if line.text not in known and not line.locked
    ]
    return _rewritten(draft, fresh or _unlocked(None, draft), Manner())


def edited(request: Request, draft: Draft) -> Draft:
    """The draft after a request that needs no model; its verdict is still the one before.

    Raises:
        DraftError: the draft has no such line or section, or it is locked.
        BriefError: what is set cannot be written.
    """
    lines = list(draft.lines)
    sections = draft.sections
    match request:
        case Replace(line=number, text=text):
            (index,) = _unlocked_line(number, draft)
            lines[index] = replace(lines[index], text=text, syllables=count_syllables(text))
        case Insert(after=after, text=text):
            if after:
                check_line(after, len(lines))
            slot = Slot(after, draft.brief.syllables, UNRHYMED, 0, 0.0, 0.0)
            lines.insert(after, written(text, slot))
            sections = _sections_changed(sections, after - 1 if after else 0, 1)
        case Delete(place=place):
            doomed = [number - 1 for number in place.of(draft)]
            _refuse_locked(doomed, draft)
            if len(doomed) == len(lines):
                raise DraftError(
                    "A draft keeps at least one line.", remedy="To delete it all: delete the draft."
                )
            for index in reversed(doomed):
                del lines[index]
                sections = _sections_changed(sections, index, -1)
        case Swap(first=first, second=second):
            (a,), (b,) = _unlocked_line(first, draft), _unlocked_line(second, draft)
            lines[a], lines[b] = lines[b], lines[a]
        case Lock(place=place) | Unlock(place=place):
            for number in place.of(draft):
                locked = isinstance(request, Lock)
                lines[number - 1] = replace(lines[number - 1], locked=locked)
        case SetBrief():
            brief = check_brief(_brief_set(request, draft.brief))
            if request.tempo is None:
                return replace(draft, brief=brief)
            return replace(draft, brief=brief, lines=_lines_placed(lines, brief, draft))
        case _:
            raise TypeError(f"{request!r} is no edit")
    brief = check_brief(replace(draft.brief, lines=len(lines)))
    placed = _lines_placed(lines, brief, draft)
    return replace(draft, lines=placed, sections=sections, brief=brief)


def _brief_set(request: SetBrief, brief: Brief) -> Brief:
    """The Brief with what was set; syllables that only followed the tempo follow it further."""
    after = replace(brief, **request.changes())
    if request.tempo is None or brief.syllables != _syllables_by_tempo(brief):
        return after
    return replace(after, syllables=_syllables_by_tempo(after))


def _syllables_by_tempo(brief: Brief) -> int:
    return syllables_for(brief.genre, brief.tempo, brief.beats_per_bar)


def _added(
    draft: Draft,
    count: int,
    *,
    at: int,
    sections: tuple[Section, ...],
    unrhymed: bool = False,
) -> Plan:
    """`count` new lines before the line of index `at`."""
    brief = check_brief(replace(draft.brief, lines=len(draft.lines) + count))
    if unrhymed:
        letters: Sequence[str] = (UNRHYMED,) * count
    else:
        letters = _letters(draft, count, continuing=at == len(draft.lines))
    slots = [Slot(0, brief.syllables, letter, 0, 0.0, 0.0) for letter in letters]
    lines = _placed([*draft.lines[:at], *slots, *draft.lines[at:]], brief, draft)
    return _plan(draft, lines, covering(sections, len(lines)), brief, brief)


def _rewritten(draft: Draft, indices: Sequence[int], manner: Manner) -> Plan:
    """The lines of those indices written anew, each with its rhyme letter, target and place."""
    changes = {
        "mood": manner.mood,
        "genre": manner.genre,
        "energy": manner.energy,
        "explicit": manner.explicit,
    }
    steer = replace(draft.brief, **{k: v for k, v in changes.items() if v is not None})  # type: ignore[arg-type]
    lines: list[Line | Slot] = list(draft.lines)
    for index in indices:
        line = draft.lines[index]
        target = _lengthened(line.target, manner)
        lines[index] = Slot(index, target, line.rhyme, line.bar, line.start, line.end)
    whole = len(indices) == len(draft.lines)
    plan = _plan(draft, tuple(lines), draft.sections, steer if whole else draft.brief, steer)
    return replace(plan, avoid=tuple(draft.lines[index].text for index in indices))


def _plan(
    draft: Draft,
    lines: tuple[Line | Slot, ...],
    sections: tuple[Section, ...],
    brief: Brief,
    steer: Brief,
) -> Plan:
    return Plan(
        lines,
        sections,
        brief,
        _varied(steer, draft),
        draft.listening,
        draft.captioner,
        draft.revision,
    )


def _rhymed(draft: Draft, number: int, word: str, other: int | None) -> Plan:
    (index,) = _unlocked_line(number, draft)
    if other is not None:
        check_line(other, len(draft.lines))
        if other == number:
            raise DraftError("A line does not rhyme with itself.", remedy="Name another line.")
        word = end_word(draft.lines[other - 1].text)
    plan = _rewritten(draft, [index], Manner())
    lines = list(plan.lines)
    slot = lines[index]
    assert isinstance(slot, Slot)
    group = [
        end_word(line.text)
        for i, line in enumerate(draft.lines)
        if i != index and line.rhyme == slot.rhyme != UNRHYMED
    ]
    letter = slot.rhyme
    if letter == UNRHYMED or not all(rhyme(word, end) for end in group):
        letter = _fresh_letters(draft, 1)[0]
    if other is not None:
        partner = draft.lines[other - 1]
        if partner.rhyme == UNRHYMED:
            lines[other - 1] = replace(partner, rhyme=letter)
        else:
            letter = partner.rhyme
    lines[index] = replace(slot, rhyme=letter)
    outside = () if other is not None else ((word, letter),)
    return replace(plan, lines=tuple(lines), rhymes_with=outside)


def _placed(lines: Sequence[Line | Slot], brief: Brief, draft: Draft) -> tuple[Line | Slot, ...]:
    """Each line at the bar and the time of its place in the song."""
    heard = draft.listening
    bars = _bar_times(brief, heard)
    places = plan(brief, bars, heard.duration, first=0, count=len(lines))
    return tuple(
        replace(line, index=place.index, bar=place.bar, start=place.start, end=place.end)
        if isinstance(line, Slot)
        else replace(line, bar=place.bar, start=place.start, end=place.end)
        for line, place in zip(lines, places, strict=True)
    )


def _lines_placed(lines: Sequence[Line], brief: Brief, draft: Draft) -> tuple[Line, ...]:
    return tuple(line for line in _placed(lines, brief, draft) if isinstance(line, Line))


def _bar_times(brief: Brief, heard: Listening) -> tuple[float, ...]:
    """The bars as heard; in a tempo that the writer set, even ones from the first heard on."""
    if brief.tempo == heard.tempo:
        return heard.bar_times
    first = heard.bar_times[0] if heard.bar_times else 0.0
    length = 60.0 / brief.tempo * brief.beats_per_bar
    count = max(1, math.ceil((heard.duration - first) / length))
    return tuple(first + index * length for index in range(count))


def _varied(brief: Brief, draft: Draft) -> Brief:
    """Asked twice, two different answers: the same task gives the same lines."""
    return replace(brief, random_seed=brief.random_seed + draft.revisions)


def _letters(draft: Draft, count: int, *, continuing: bool) -> tuple[str, ...]:
    """Rhyme letters of `count` new lines; `continuing` completes the stanza that is open."""
    here = tuple(line.rhyme for line in draft.lines)
    planned = rhyme_letters(draft.brief.scheme, len(here) + count)
    if continuing and planned[: len(here)] == here:
        return planned[len(here) :]
    pattern = rhyme_letters(draft.brief.scheme, count)
    wanted = [letter for letter in dict.fromkeys(pattern) if letter != UNRHYMED]
    names = dict(zip(wanted, _fresh_letters(draft, len(wanted)), strict=True))
    return tuple(names.get(letter, UNRHYMED) for letter in pattern)


def _fresh_letters(draft: Draft, count: int) -> tuple[str, ...]:
    taken = {line.rhyme for line in draft.lines}
    every = rhyme_letters("A", len(taken) + count)
    return tuple(letter for letter in every if letter not in taken)[:count]


def _lengthened(target: int, manner: Manner) -> int:
    if manner.length is None:
        return target
    step = max(2, round(target * LENGTH_STEP))
    longer = target + (step if manner.length == "longer" else -step)
    return min(MAX_SYLLABLES, max(MIN_SYLLABLES, longer))


def _unlocked(place: LineRange | None, draft: Draft) -> list[int]:
    """Indices of the lines at a place that may be written anew."""
    numbers = place.of(draft) if place else range(1, len(draft.lines) + 1)
    indices = [number - 1 for number in numbers if not draft.lines[number - 1].locked]
    if not indices:
        raise DraftError("All of that is locked.", remedy="Unlock it first, like: unlock line 3.")
    return indices


def _unlocked_line(number: int, draft: Draft) -> list[int]:
    check_line(number, len(draft.lines))
    _refuse_locked([number - 1], draft)
    return [number - 1]


def _refuse_locked(indices: Sequence[int], draft: Draft) -> None:
    for index in indices:
        if draft.lines[index].locked:
            raise DraftError(
                f"Line {index + 1} is locked.", remedy=f"Unlock it first: unlock line {index + 1}."
            )


def _usual_length(kind: SectionKind, sections: Sequence[Section]) -> int:
    """As long as the first section of that kind, if there is one."""
    return next((s.lines for s in sections if s.name.split(" ")[0] == kind), SECTION_LINES[kind])


def _section_name(kind: SectionKind, sections: Sequence[Section]) -> str:
    same = sum(section.name.split(" ")[0] == kind for section in sections)
    return f"{kind} {same + 1}" if kind == "verse" or same else kind


def _sections_changed(sections: tuple[Section, ...], index: int, by: int) -> tuple[Section, ...]:
    """The section that holds the line of that index made longer or shorter; none stays empty."""
    changed: list[Section] = []
    first = 0
    for section in sections:
        here = first <= index < first + section.lines
        lines = section.lines + by if here else section.lines
        if lines > 0:
            changed.append(Section(section.name, lines))
        first += section.lines
    return tuple(changed)
