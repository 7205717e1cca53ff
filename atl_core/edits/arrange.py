"""Where lines belong: bars, times, sections and locks of a draft whose lines change. Pure.

A line keeps its rhyme letter and its syllable target wherever it moves; its bar and its time
belong to its place in the song. Locked lines are never touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from atl_core.audio.listening import Listening
from atl_core.drafts.draft import Draft, Section
from atl_core.edits.line_ranges import check_line
from atl_core.errors import DraftError
from atl_core.flow.grid import bar_times
from atl_core.lyrics.brief import Brief, Line
from atl_core.lyrics.checks import check_brief
from atl_core.lyrics.form import Slot, fitting_syllables, plan
from atl_core.lyrics.syllables import count_syllables


def with_lines(
    draft: Draft, lines: Sequence[Line], sections: tuple[Section, ...] | None = None
) -> Draft:
    """The draft with other lines, each at the bar and the time of its place.

    Raises:
        BriefError: they are too many.
    """
    brief = check_brief(replace(draft.brief, lines=len(lines)))
    placed = lines_placed(lines, brief, draft)
    kept = draft.sections if sections is None else sections
    return replace(draft, lines=placed, sections=kept, brief=brief)


def placed(lines: Sequence[Line | Slot], brief: Brief, heard: Listening) -> tuple[Line | Slot, ...]:
    """Each line at the bar and the time of its place in the song."""
    bars = bar_times(brief, heard)
    places = plan(brief, bars, heard.duration, first=0, count=len(lines))
    return tuple(
        replace(line, index=place.index, bar=place.bar, start=place.start, end=place.end)
        if isinstance(line, Slot)
        else replace(line, bar=place.bar, start=place.start, end=place.end)
        for line, place in zip(lines, places, strict=True)
    )


def lines_placed(lines: Sequence[Line], brief: Brief, draft: Draft) -> tuple[Line, ...]:
    found = placed(lines, brief, draft.listening)
    return tuple(line for line in found if isinstance(line, Line))


def sections_changed(sections: tuple[Section, ...], index: int, by: int) -> tuple[Section, ...]:
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


def refuse_locked(indices: Sequence[int], draft: Draft) -> None:
    for index in indices:
        if draft.lines[index].locked:
            raise DraftError(
                f"Line {index + 1} is locked.", remedy=f"Unlock it first: unlock line {index + 1}."
            )


def unlocked_line(number: int, draft: Draft) -> list[int]:
    check_line(number, len(draft.lines))
    refuse_locked([number - 1], draft)
    return [number - 1]


def written(text: str, slot: Slot) -> Line:
    """The line that was written for a slot."""
    return Line(
        text=text,
        syllables=count_syllables(text),
        target=slot.target,
        rhyme=slot.rhyme,
        bar=slot.bar,
        start=slot.start,
        end=slot.end,
        first_beat=slot.first_beat,
    )


def with_brief(draft: Draft, brief: Brief) -> Draft:
    """The draft with another brief, its lines at their new times."""
    before = draft.brief
    if before.syllables == fitting_syllables(before):
        brief = replace(brief, syllables=fitting_syllables(brief))
    brief = check_brief(brief)
    return replace(draft, brief=brief, lines=lines_placed(draft.lines, brief, draft))
