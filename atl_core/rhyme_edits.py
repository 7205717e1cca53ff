"""Requests about rhymes inside lines: showing them, and having more of them written."""

from __future__ import annotations

from dataclasses import dataclass

from atl_core.captioner.protocol import Rhyming
from atl_core.edits import ModelRequest, Request
from atl_core.line_ranges import LineRange


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
