"""Requests about rhymes: showing some, a line that is to rhyme, more rhymes inside lines."""

from __future__ import annotations

from dataclasses import dataclass

from atl_core.captioner.protocol import Rhyming
from atl_core.edits.line_ranges import LineRange
from atl_core.edits.request import ModelRequest, Request


@dataclass(frozen=True, slots=True)
class ShowInnerRhymes(Request):
    """Where the draft rhymes, inside its lines as well."""

    def describe(self) -> str:
        return "show the rhymes"


@dataclass(frozen=True, slots=True)
class MoreRhymes(ModelRequest):
    """Lines written anew, with more rhymes inside them or with longer ones."""

    place: LineRange
    rhyming: Rhyming = "internal"

    def describe(self) -> str:
        if self.rhyming == "internal":
            return f"more internal rhymes in {self.place.describe()}"
        return f"make {self.place.describe()} multisyllabic"


@dataclass(frozen=True, slots=True)
class RhymeWith(ModelRequest):
    """Rewrite a line so that it rhymes with a word or with another line."""

    line: int
    word: str = ""
    other: int | None = None

    def describe(self) -> str:
        rhyme = self.word if self.other is None else f"line {self.other}"
        return f"make line {self.line} rhyme with {rhyme}"


@dataclass(frozen=True, slots=True)
class ShowRhymes(Request):
    """Rhymes to choose from, for a word or for the end of a line."""

    line: int | None = None
    word: str = ""

    def describe(self) -> str:
        return f"show rhymes for {self.word if self.line is None else f'line {self.line}'}"
