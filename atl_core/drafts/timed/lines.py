"""A draft's lines with the time of every syllable: what the timed formats are made from."""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass
from typing import Final

from atl_core.drafts.draft import Draft, covering

MOST_BARS: Final = 5000
"""Bars that are counted on after the last one that was heard."""
SHORTEST: Final = 0.05
"""Seconds that anything is shown at least."""


@dataclass(frozen=True, slots=True)
class TimedSyllable:
    """A stretch of a line's text that is lit at one time."""

    text: str
    """With its spaces and punctuation: all of a line joined are its text."""
    start: float
    end: float
    stress: int
    bar: int
    position: float
    """Quarter notes from the bar's first beat."""


@dataclass(frozen=True, slots=True)
class TimedWord:
    """Text up to and with the space after it, and its syllables' times."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class TimedLine:
    text: str
    start: float
    """Seconds, of its first syllable, or of its bar where that comes first or nothing is spoken."""
    end: float
    bar: int
    section: str
    """Name of its section if it opens one, else empty."""
    syllables: tuple[TimedSyllable, ...]

    @property
    def words(self) -> tuple[TimedWord, ...]:
        """What stands between spaces, each with the time from its first to its last syllable."""
        found: list[TimedWord] = []
        for syllable in self.syllables:
            if found and not found[-1].text[-1:].isspace() and found[-1].text:
                last = found[-1]
                found[-1] = TimedWord(last.text + syllable.text, last.start, syllable.end)
            else:
                found.append(TimedWord(syllable.text, syllable.start, syllable.end))
        return tuple(found)


def timed_lines(draft: Draft) -> tuple[TimedLine, ...]:
    """Every line of a draft in order, none ending after the next one begins."""
    from atl_core.flow.flow import flows
    from atl_core.flow.spoken import spoken

    names = _openings(draft)
    laid = flows(draft.lines, draft.brief, compound=draft.brief.compound)
    found: list[TimedLine] = []
    for number, (line, flow) in enumerate(zip(draft.lines, laid, strict=True)):
        parts = spoken(line.text)
        syllables = tuple(
            TimedSyllable(part.written, at.start, at.end, at.stress, at.bar, at.position)
            for part, at in zip(parts, flow, strict=bool(flow))
        )
        start = min(line.start, flow[0].start) if flow else line.start
        end = max(line.end, flow[-1].end) if flow else line.end
        found.append(
            TimedLine(line.text, max(0.0, start), end, line.bar, names.get(number, ""), syllables)
        )
    return tuple(
        TimedLine(
            line.text,
            line.start,
            max(min(line.end, after.start), line.start + SHORTEST) if after else line.end,
            line.bar,
            line.section,
            line.syllables,
        )
        for line, after in itertools.zip_longest(found, found[1:])
    )


def bar_times(draft: Draft) -> tuple[float, ...]:
    """Seconds at which bars start, as the draft's lines lie on them, through the last line."""
    from atl_core.flow import grid

    length = bar_length(draft)
    heard = list(grid.bar_times(draft.brief, draft.listening))
    last = max((line.end for line in draft.lines), default=0.0)
    while heard[-1] + length < last - 1e-6 and len(heard) < MOST_BARS:
        heard.append(heard[-1] + length)
    return tuple(heard)


def bar_length(draft: Draft) -> float:
    """Seconds of a bar, as the lines have it; by the tempo where there is none.

    The lines of an imported draft may lie anywhere: a bar that the tempo makes unlikely is not
    taken from them.
    """
    by_tempo = 60.0 / draft.brief.tempo * draft.brief.beats_per_bar
    gaps = sorted(
        (after.start - line.start) / (after.bar - line.bar)
        for line, after in zip(draft.lines, draft.lines[1:], strict=False)
        if after.bar > line.bar and after.start > line.start
    )
    by_lines = gaps[len(gaps) // 2] if gaps else by_tempo
    return by_lines if 0.2 < by_lines / by_tempo < 5 else by_tempo


def bar_at(times: tuple[float, ...], seconds: float) -> int:
    """Index of the bar that sounds at a time; -1 before the first."""
    return bisect.bisect_right(times, seconds + 1e-6) - 1


def _openings(draft: Draft) -> dict[int, str]:
    names, first = {}, 0
    for section in covering(draft.sections, len(draft.lines)):
        names[first] = section.name[:1].upper() + section.name[1:]
        first += section.lines
    return names
