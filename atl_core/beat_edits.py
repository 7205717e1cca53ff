"""Where words fall: mending tempo, metre and bar one, and how lines lie on their bars.

The words stay; the times of the lines follow, and so do targets of lines to come. No model is
needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from atl_core.arrange import lines_placed, unlocked_line, with_lines
from atl_core.drafts.draft import Draft
from atl_core.edits import LineEdit
from atl_core.errors import DraftError
from atl_core.flow import grid
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.checks import MOST_DENSITY, check_brief
from atl_core.lyrics.form import (
    MAX_SYLLABLES,
    MIN_SYLLABLES,
    bars_per_line,
    fitting_syllables,
)

Metre = Literal["4/4", "3/4", "2/4", "6/8", "12/8"]
METRES: Final[dict[Metre, tuple[int, bool]]] = {
    "4/4": (4, False),
    "3/4": (3, False),
    "2/4": (2, False),
    "6/8": (2, True),
    "12/8": (4, True),
}
"""Beats a bar, and whether each divides into three."""


@dataclass(frozen=True, slots=True)
class BarOne(LineEdit):
    """Bar one starts at a time of the beat."""

    seconds: float

    def describe(self) -> str:
        minutes, seconds = divmod(round(self.seconds, 3), 60)
        text = f"{seconds:06.3f}".rstrip("0").rstrip(".") if seconds % 1 else f"{int(seconds):02d}"
        return f"bar one is at {int(minutes)}:{text}"

    def apply(self, draft: Draft) -> Draft:
        if not 0 <= self.seconds < draft.listening.duration:
            raise DraftError(
                f"The beat lasts {draft.listening.duration:.0f} s, so bar one cannot be there.",
                "Say a time within it: bar one is at 0:08.",
            )
        return _with_brief(draft, grid.bar_one_at(draft.brief, self.seconds))


@dataclass(frozen=True, slots=True)
class MoveBarOne(LineEdit):
    """Bar one starts some beats or bars later; earlier where they are negative."""

    beats: int = 0
    bars: int = 0

    def describe(self) -> str:
        count, unit = (self.bars, "bar") if self.bars else (self.beats, "beat")
        which = "earlier" if count < 0 else "later"
        return f"start {abs(count)} {unit}{'s' if abs(count) != 1 else ''} {which}"

    def apply(self, draft: Draft) -> Draft:
        beats = self.beats + self.bars * draft.brief.beats_per_bar
        brief = grid.moved_by_beats(draft.brief, draft.listening, beats)
        assert brief.first_bar is not None
        if brief.first_bar >= draft.listening.duration:
            raise DraftError("That is after the end of the beat.", "Say fewer beats.")
        return _with_brief(draft, brief)


@dataclass(frozen=True, slots=True)
class CountTempo(LineEdit):
    """Count at half of the tempo, or at double."""

    factor: float

    def describe(self) -> str:
        return "half time" if self.factor < 1 else "double time"

    def apply(self, draft: Draft) -> Draft:
        tempo = draft.brief.tempo * self.factor
        return _with_brief(draft, grid.at_tempo(draft.brief, draft.listening, tempo))


@dataclass(frozen=True, slots=True)
class SetMetre(LineEdit):
    metre: Metre

    def describe(self) -> str:
        return f"make it {self.metre}"

    def apply(self, draft: Draft) -> Draft:
        beats, compound = METRES[self.metre]
        brief = grid.in_metre(draft.brief, draft.listening, beats, compound=compound)
        return _with_brief(draft, brief)


@dataclass(frozen=True, slots=True)
class SkipIntro(LineEdit):
    """Bar one is where the whole beat has come in."""

    def describe(self) -> str:
        return "skip the intro"

    def apply(self, draft: Draft) -> Draft:
        brief = grid.without_intro(draft.brief, draft.listening)
        if brief.first_bar == grid.bar_times(draft.brief, draft.listening)[0]:
            raise DraftError(
                "I hear no intro before bar one.", "Say where to start: bar one is at 0:08."
            )
        return _with_brief(draft, brief)


@dataclass(frozen=True, slots=True)
class SetDensity(LineEdit):
    """Lay the lines closer together, or further apart and behind the beat.

    Lines to come get more syllables, or fewer.
    """

    steps: int
    """1 or -1; 0 for as people do it."""

    def describe(self) -> str:
        if not self.steps:
            return "a normal flow"
        return "denser" if self.steps > 0 else "more laid back"

    def apply(self, draft: Draft) -> Draft:
        before = draft.brief
        density = before.density + self.steps if self.steps else 0
        if abs(density) > MOST_DENSITY:
            raise DraftError(
                f"The lines are as {'dense' if density > 0 else 'laid back'} as I lay them.",
                remedy="To change how many syllables they have, say: 12 syllables a line.",
            )
        brief = replace(before, density=density)
        if before.syllables != fitting_syllables(before):
            # The writer set them; they change by as much as those that follow the tempo.
            change = fitting_syllables(brief) - fitting_syllables(before)
            most, fewest = MAX_SYLLABLES, MIN_SYLLABLES
            brief = replace(brief, syllables=min(most, max(fewest, before.syllables + change)))
        return _with_brief(draft, brief)


@dataclass(frozen=True, slots=True)
class StartLine(LineEdit):
    """A line's first syllable falls on a beat of its bar."""

    line: int
    beat: float | None
    """From the bar's first, which is 0; below 0 in the bar before. None: where it falls best."""

    def describe(self) -> str:
        if self.beat is None:
            return f"let line {self.line} start where it falls best"
        return f"start line {self.line} {beat_in_words(self.beat)}"

    def apply(self, draft: Draft) -> Draft:
        (index,) = unlocked_line(self.line, draft)
        bars = bars_per_line(draft.brief.genre, draft.brief.tempo)
        most = draft.brief.beats_per_bar * bars
        if self.beat is not None and not -draft.brief.beats_per_bar <= self.beat < most - 0.5:
            raise DraftError(
                f"Line {self.line} has no such beat: its bar has {draft.brief.beats_per_bar}.",
                remedy=f"Say one that it has: start line {self.line} on the two.",
            )
        lines = list(draft.lines)
        lines[index] = replace(lines[index], first_beat=self.beat)
        return with_lines(draft, lines)


PARTS: Final = {0.0: "", 0.25: "e of ", 0.5: "and of ", 0.75: "a of "}
"""How the sixteenths of a beat are counted."""


def beat_in_words(beat: float) -> str:
    """`on the 2`, `on the and of 2`, `1 beat before its bar`."""
    if beat < 0:
        return f"{-beat:g} {'beat' if beat == -1 else 'beats'} before its bar"
    whole = int(beat)
    return f"on the {PARTS.get(beat - whole, '')}{whole + 1}"


def _with_brief(draft: Draft, brief: Brief) -> Draft:
    """The draft with another brief, its lines at their new times."""
    before = draft.brief
    if before.syllables == fitting_syllables(before):
        brief = replace(brief, syllables=fitting_syllables(brief))
    brief = check_brief(brief)
    return replace(draft, brief=brief, lines=lines_placed(draft.lines, brief, draft))
