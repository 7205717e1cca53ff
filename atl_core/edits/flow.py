"""Requests about the flow: where syllables fall, how dense lines are, where one starts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from atl_core.drafts.draft import Draft
from atl_core.edits.arrange import unlocked_line, with_brief, with_lines
from atl_core.edits.request import LineEdit, Request
from atl_core.errors import DraftError
from atl_core.lyrics.checks import MOST_DENSITY
from atl_core.lyrics.form import MAX_SYLLABLES, MIN_SYLLABLES, bars_per_line, fitting_syllables


@dataclass(frozen=True, slots=True)
class ShowFlow(Request):
    """Where each syllable falls on the beat."""

    def describe(self) -> str:
        return "show the flow"


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
        return with_brief(draft, brief)


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
