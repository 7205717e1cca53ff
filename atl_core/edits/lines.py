"""Edits of single lines that take no model: replace, insert, delete, swap, lock, unlock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from atl_core.drafts.draft import Draft
from atl_core.edits.arrange import (
    refuse_locked,
    sections_changed,
    unlocked_line,
    with_lines,
    written,
)
from atl_core.edits.line_ranges import LineRange, Lines, Part, check_line
from atl_core.edits.request import LineEdit
from atl_core.errors import DraftError
from atl_core.lyrics.form import UNRHYMED, Slot
from atl_core.lyrics.syllables import count_syllables

MAX_TEXT: Final = 200
"""Longest line that a writer may set, in characters."""


@dataclass(frozen=True, slots=True)
class Replace(LineEdit):
    """The writer's own words for a line, kept as they were typed."""

    line: int
    text: str

    def __post_init__(self) -> None:
        _check_text(self.text)

    def describe(self) -> str:
        return f'line {self.line}: "{self.text}"'

    def apply(self, draft: Draft) -> Draft:
        (index,) = unlocked_line(self.line, draft)
        lines = list(draft.lines)
        syllables = count_syllables(self.text)
        lines[index] = replace(lines[index], text=self.text, syllables=syllables)
        return with_lines(draft, lines)


@dataclass(frozen=True, slots=True)
class Insert(LineEdit):
    """A new line: the writer's own words, or written by a model when `text` is empty."""

    after: int
    """Line number; 0 puts it at the top."""
    text: str = ""

    def __post_init__(self) -> None:
        if self.text:
            _check_text(self.text)

    @property
    def needs_model(self) -> bool:
        return not self.text

    def describe(self) -> str:
        said = (
            f"insert a line after line {self.after}" if self.after else "insert a line at the top"
        )
        return f'{said}: "{self.text}"' if self.text else said

    def apply(self, draft: Draft) -> Draft:
        lines = list(draft.lines)
        if self.after:
            check_line(self.after, len(lines))
        slot = Slot(self.after, draft.brief.syllables, UNRHYMED, 0, 0.0, 0.0)
        lines.insert(self.after, written(self.text, slot))
        at = max(0, self.after - 1)
        return with_lines(draft, lines, sections_changed(draft.sections, at, 1))


@dataclass(frozen=True, slots=True)
class Delete(LineEdit):
    """Take lines out."""

    place: Lines | Part

    def describe(self) -> str:
        return f"delete {self.place.describe()}"

    def apply(self, draft: Draft) -> Draft:
        lines, sections = list(draft.lines), draft.sections
        indices = [number - 1 for number in self.place.of(draft)]
        refuse_locked(indices, draft)
        if len(indices) == len(lines):
            raise DraftError(
                "A draft keeps at least one line.", remedy="To delete it all: delete the draft."
            )
        for index in reversed(indices):
            del lines[index]
            sections = sections_changed(sections, index, -1)
        return with_lines(draft, lines, sections)


@dataclass(frozen=True, slots=True)
class Swap(LineEdit):
    first: int
    second: int

    def describe(self) -> str:
        return f"swap lines {self.first} and {self.second}"

    def apply(self, draft: Draft) -> Draft:
        (a,), (b,) = unlocked_line(self.first, draft), unlocked_line(self.second, draft)
        lines = list(draft.lines)
        lines[a], lines[b] = lines[b], lines[a]
        return with_lines(draft, lines)


@dataclass(frozen=True, slots=True)
class Lock(LineEdit):
    """Keep lines byte for byte through every rewrite."""

    place: LineRange

    def describe(self) -> str:
        return f"lock {self.place.describe()}"

    def apply(self, draft: Draft) -> Draft:
        return _locked(draft, self.place, True)


@dataclass(frozen=True, slots=True)
class Unlock(LineEdit):
    place: LineRange

    def describe(self) -> str:
        return f"unlock {self.place.describe()}"

    def apply(self, draft: Draft) -> Draft:
        return _locked(draft, self.place, False)


def _locked(draft: Draft, place: LineRange, locked: bool) -> Draft:
    lines = list(draft.lines)
    for number in place.of(draft):
        lines[number - 1] = replace(lines[number - 1], locked=locked)
    return with_lines(draft, lines)


def _check_text(text: str) -> None:
    if not text.strip():
        raise DraftError("That line is empty.", remedy="To take a line out, say: delete line 3.")
    if len(text.splitlines()) > 1:
        raise DraftError("That is more than one line.", remedy="Set one line at a time.")
    if len(text) > MAX_TEXT:
        raise DraftError(
            f"That line has {len(text)} characters.", f"A line may have up to {MAX_TEXT}."
        )
