"""Requests about the beat: hearing one, another one, and correcting its tempo, metre and bar one.

A correction needs no model. The words stay; the times of the lines follow, and so do the targets
of lines to come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from atl_core.audio.source import KeptBeat
from atl_core.drafts.draft import Draft
from atl_core.edits.arrange import with_brief
from atl_core.edits.request import LineEdit, ModelRequest, Request
from atl_core.errors import DraftError
from atl_core.flow import grid

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
        return with_brief(draft, grid.bar_one_at(draft.brief, self.seconds))


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
        return with_brief(draft, brief)


@dataclass(frozen=True, slots=True)
class CountTempo(LineEdit):
    """Count at half of the tempo, or at double."""

    factor: float

    def describe(self) -> str:
        return "half time" if self.factor < 1 else "double time"

    def apply(self, draft: Draft) -> Draft:
        tempo = draft.brief.tempo * self.factor
        return with_brief(draft, grid.at_tempo(draft.brief, draft.listening, tempo))


@dataclass(frozen=True, slots=True)
class SetMetre(LineEdit):
    metre: Metre

    def describe(self) -> str:
        return f"make it {self.metre}"

    def apply(self, draft: Draft) -> Draft:
        beats, compound = METRES[self.metre]
        brief = grid.in_metre(draft.brief, draft.listening, beats, compound=compound)
        return with_brief(draft, brief)


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
        return with_brief(draft, brief)


@dataclass(frozen=True, slots=True)
class Listen(ModelRequest):
    """Hear a beat, and write nothing."""

    beat: str | KeptBeat

    def describe(self) -> str:
        return "listen"


@dataclass(frozen=True, slots=True)
class SetBeat(ModelRequest):
    """Another beat for a draft: its bars and times are taken over, the words stay."""

    beat: str | KeptBeat = ""
    """As in `Write`; empty: the writer has yet to give it."""

    def describe(self) -> str:
        return "set the beat"


@dataclass(frozen=True, slots=True)
class Tap(Request):
    """Tap the tempo. What is tapped becomes a `SetBrief`; only a terminal sees single keys."""

    def describe(self) -> str:
        return "tap"
