"""Requests that have lines written: a new draft, more lines, another take, a rewrite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from atl_core.audio.source import KeptBeat
from atl_core.edits.line_ranges import AS_IT_IS, LineRange, Manner
from atl_core.edits.request import ModelRequest
from atl_core.edits.wish import Wish
from atl_core.lyrics.own_text import read_own_text, shape_of
from atl_core.lyrics.song_form import describe_form

MORE_LINES: Final = 4
"""How many lines "continue" adds unless told otherwise."""
OWN_TEXT: Final = "write on from my text: "
"""How the request begins by which a draft was made from a writer's own text."""


@dataclass(frozen=True, slots=True)
class Write(ModelRequest):
    """A new draft to a beat, or without one to a text of the writer's own."""

    beat: str | KeptBeat
    """A link or a path; for a worker a link, or what was kept for it. Empty: there is none yet."""
    wish: Wish
    text: str = ""
    """A half-written song; see `atl_core.lyrics.own_text`."""

    def describe(self) -> str:
        if self.text:
            return OWN_TEXT + shape_of(read_own_text(self.text)).describe()
        form = describe_form(self.wish.form) or f"{self.wish.lines} lines"
        return " ".join(("write", form, *self.wish.seed_words))


@dataclass(frozen=True, slots=True)
class Continue(ModelRequest):
    """More lines below."""

    lines: int = MORE_LINES

    def describe(self) -> str:
        return f"{self.lines} more {'line' if self.lines == 1 else 'lines'}"


@dataclass(frozen=True, slots=True)
class AnotherTake(ModelRequest):
    """What was asked last, once more, otherwise."""

    def describe(self) -> str:
        return "another take"


@dataclass(frozen=True, slots=True)
class Rewrite(ModelRequest):
    place: LineRange
    manner: Manner = AS_IT_IS

    def describe(self) -> str:
        said = f"rewrite {self.place.describe()}"
        return said if self.manner == AS_IT_IS else f"{said}, {self.manner.describe()}"
