"""Requests by which a writer chooses: options for a line, taking one, writing line by line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from atl_core.drafts.draft import Draft
from atl_core.edits.arrange import unlocked_line, with_lines
from atl_core.edits.line_ranges import AS_IT_IS, Manner
from atl_core.edits.request import LineEdit, ModelRequest
from atl_core.edits.writing import MORE_LINES
from atl_core.errors import DraftError
from atl_core.lyrics.syllables import count_syllables

OPTIONS: Final = 5
"""Lines to choose from, the present one among them."""


@dataclass(frozen=True, slots=True)
class Options(ModelRequest):
    """Lines to choose from in place of a line. The draft stays as it is until one is taken."""

    line: int | None = None
    """None: the line that options were offered for last."""
    manner: Manner = AS_IT_IS
    like: int | None = None
    """The number of an option that was offered last: the new ones share its image."""
    offer: str = ""
    """The id of the `OptionSet` that is meant; empty is the last one."""

    def describe(self) -> str:
        of_line = "" if self.line is None else f" for line {self.line}"
        if self.like is not None:
            return f"more like option {self.like}{of_line}"
        said = f"options{of_line}" if of_line else "other options"
        return said if self.manner == AS_IT_IS else f"{said}, {self.manner.describe()}"


@dataclass(frozen=True, slots=True)
class LineByLine(ModelRequest):
    """The next line, with others to choose from; then the one after it, once one is taken."""

    lines: int = MORE_LINES
    """How many are to be written in all."""

    def describe(self) -> str:
        return f"write {self.lines} {'line' if self.lines == 1 else 'lines'} line by line"


@dataclass(frozen=True, slots=True)
class Take(LineEdit):
    """Put one of the options that were offered in the place of its line."""

    option: int
    """From 1, as they were shown."""
    line: int | None = None
    """None: the line that options were offered for last."""
    offer: str = ""
    """The id of an `OptionSet`; empty is the last one."""
    text: str = ""
    """The option itself, looked up before it is applied."""

    def describe(self) -> str:
        of_line = "" if self.line is None else f" for line {self.line}"
        return f"take option {self.option}{of_line}"

    def apply(self, draft: Draft) -> Draft:
        if self.line is None or not self.text:
            raise DraftError("No options are at hand.", remedy="Ask for some: options for line 3.")
        (index,) = unlocked_line(self.line, draft)
        lines = list(draft.lines)
        syllables = count_syllables(self.text)
        lines[index] = replace(lines[index], text=self.text, syllables=syllables)
        return with_lines(draft, lines)
