"""What has to be written for a request that needs a model, on a draft. Pure; no model in here.

A line keeps its rhyme letter and its syllable target wherever it moves; its bar and its time
belong to its place in the song. Locked lines are never touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from atl_core.audio.listening import Listening
from atl_core.drafts.draft import Draft, Section, covering
from atl_core.drafts.options import OptionSet
from atl_core.edits.arrange import placed, sections_changed, unlocked_line
from atl_core.edits.choices import OPTIONS, LineByLine, Options
from atl_core.edits.line_ranges import LineRange, Manner, check_line
from atl_core.edits.lines import Insert
from atl_core.edits.request import Request
from atl_core.edits.rhymes import MoreRhymes, RhymeWith
from atl_core.edits.sections import AddSection, RepeatSection, ShapeSection, WriteForm
from atl_core.edits.words import UseWords
from atl_core.edits.writing import Continue, Rewrite
from atl_core.errors import DraftError
from atl_core.lyrics.brief import Brief, Line
from atl_core.lyrics.checks import check_brief
from atl_core.lyrics.form import (
    MAX_SYLLABLES,
    MIN_SYLLABLES,
    UNRHYMED,
    Slot,
    fitting_syllables,
    rhyme_letters,
)
from atl_core.lyrics.rhyme import end_word, rhyme
from atl_core.lyrics.text import words
from atl_core.lyrics.vocabulary import log_frequency
from atl_core.lyrics.wordlists import is_content_word
from atl_core.plans.plan import Plan
from atl_core.plans.song import passages_of, plan_sections

DETERMINERS: Final = frozenset("a an the my your his her its our their".split())
"""Words that a thing is named after."""
SAID_OF_THINGS: Final = frozenset(
    "first second third last next same other only own whole old new little big long good bad best "
    "better right wrong real true young few many more most lot kind thing things way one".split()
)
"""Words that stand there and are no image."""
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
        case WriteForm() | AddSection() | ShapeSection() | RepeatSection():
            return plan_sections(request, draft, _varied(draft.brief, draft))
        case Insert(after=after):
            if after:
                check_line(after, len(draft.lines))
            grown = sections_changed(draft.sections, after - 1 if after else 0, 1)
            return _added(draft, 1, at=after, sections=grown, unrhymed=True)
        case Options(line=int(line), manner=manner):
            plan = _rewritten(draft, unlocked_line(line, draft), manner)
            return replace(plan, options=OPTIONS - 1)
        case LineByLine(lines=count):
            if count < 1:
                raise DraftError("That is no line at all.", "Ask for one line or more.")
            plan = _added(draft, count, at=len(draft.lines), sections=draft.sections)
            return replace(plan, options=OPTIONS, goal=len(plan.lines))
        case Rewrite(place=place, manner=manner):
            return _rewritten(draft, _unlocked(place, draft), manner)
        case MoreRhymes(place=place, rhyming=rhyming):
            plan = _rewritten(draft, _unlocked(place, draft), Manner())
            return replace(plan, rhyming=rhyming)
        case RhymeWith(line=line, word=word, other=other):
            return _rhymed(draft, line, word, other)
        case UseWords(words=wanted, line=line):
            plan = _rewritten(draft, unlocked_line(line, draft), Manner())
            found = tuple(words(wanted))
            return replace(plan, steer=replace(plan.steer, seed_words=found), must_use=found)
    raise TypeError(f"nothing is written for {request!r}")


def plan_options(plan: Plan, request: Options, draft: Draft, offered: Sequence[OptionSet]) -> Plan:
    """The plan of options, given those that were offered for the draft before, newest first."""
    assert request.line is not None
    line = draft.lines[request.line - 1].text
    ours = [known for known in offered if line in {option.text for option in known.options}]
    texts = dict.fromkeys(option.text for known in ours for option in known.options)
    plan = replace(plan, avoid=tuple(dict.fromkeys((line, *texts))))
    if request.like is None:
        return plan
    if not ours:
        raise DraftError("No options are at hand.", remedy="Ask for some: options for line 3.")
    return replace(plan, must_use=image_of(ours[0].chosen(request.like).text))


def image_of(line: str) -> tuple[str, ...]:
    """The word that carries the image of a line; none where it has only function words.

    It is the rarest of those that an article or a possessive stands before ("a dream", "my old
    truck"), which are things; of all content words where there is none.
    """
    said = words(line.lower())
    content = [word for word in said if is_content_word(word)]
    named: list[str] = []
    for before, word in pairwise(said):
        # "my old truck": what follows a thing's adjective is the thing.
        if is_content_word(word) and (before in DETERMINERS or before in named):
            named.append(word)
    things = [word for word in named if word not in SAID_OF_THINGS]
    return tuple(sorted(things or content, key=log_frequency)[:1])


def plan_beat(draft: Draft, listening: Listening) -> Plan:
    """The draft on another beat: tempo, metre, bars and times are the beat's, the words stay.

    The syllables of lines to come follow the tempo where they followed the one before, or where
    there was no beat before.
    """
    before = draft.brief
    followed = before.syllables == fitting_syllables(before)
    brief = replace(
        before,
        tempo=listening.tempo,
        beats_per_bar=listening.beats_per_bar,
        compound=listening.compound,
        first_bar=None,
    )
    if followed or not draft.listening.is_beat:
        brief = replace(brief, syllables=fitting_syllables(brief))
    brief = check_brief(brief)
    on_it = replace(draft, listening=listening, brief=brief)
    return _plan(on_it, placed(draft.lines, brief, listening), draft.sections, brief, brief)


def another_take(draft: Draft, parent: Draft | None) -> Plan:
    """The lines that the last request wrote, written otherwise; all of them in a first version."""
    known = {line.text for line in parent.lines} if parent else set()
    fresh = [
        index
        for index, line in enumerate(draft.lines)
        if line.text not in known and not line.locked
    ]
    return _rewritten(draft, fresh or _unlocked(None, draft), Manner())


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
    lines = placed([*draft.lines[:at], *slots, *draft.lines[at:]], brief, draft.listening)
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
    firsts: dict[str, int] = {}
    repeats: list[tuple[int, int]] = []
    for index in indices:
        line = draft.lines[index]
        if firsts.setdefault(line.text, index) != index:
            repeats.append((index, firsts[line.text]))  # a hook that came back still does
        target = _lengthened(line.target, manner)
        place = (line.bar, line.start, line.end, line.first_beat)
        lines[index] = Slot(index, target, line.rhyme, *place)
    whole = len(indices) == len(draft.lines)
    plan = _plan(draft, tuple(lines), draft.sections, steer if whole else draft.brief, steer)
    return replace(
        plan,
        avoid=tuple(draft.lines[index].text for index in indices),
        passages=passages_of(draft) if len(indices) > 1 and len(draft.sections) > 1 else (),
        repeats=tuple(repeats),
        turn=manner.mood,
    )


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
    (index,) = unlocked_line(number, draft)
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
