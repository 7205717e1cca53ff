"""Mending what was heard in a beat: tempo, metre and where bar one is. No model is needed.

The words stay; the times of the lines follow, and so do targets of lines to come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from atl_core.arrange import lines_placed
from atl_core.drafts.draft import Draft
from atl_core.edits import LineEdit
from atl_core.errors import DraftError
from atl_core.flow import grid
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.checks import check_brief
from atl_core.lyrics.form import syllables_for

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


def _with_brief(draft: Draft, brief: Brief) -> Draft:
    """The draft with another brief, its lines at their new times."""
    before = draft.brief
    followed = before.syllables == _by_tempo(before)
    if followed:
        brief = replace(brief, syllables=_by_tempo(brief))
    brief = check_brief(brief)
    return replace(draft, brief=brief, lines=lines_placed(draft.lines, brief, draft))


def _by_tempo(brief: Brief) -> int:
    return syllables_for(brief.genre, brief.tempo, brief.beats_per_bar)
