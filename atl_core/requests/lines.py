"""What can be asked of lines: to write, rewrite, replace, move and keep them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from atl_core.errors import DraftError
from atl_core.places import AS_IT_IS, Lines, Manner, Part, Place
from atl_core.sources import KeptBeat
from atl_core.wish import Wish

SectionKind = Literal["verse", "hook", "bridge", "intro", "outro"]
SECTION_KINDS: Final[tuple[SectionKind, ...]] = get_args(SectionKind)
MORE_LINES: Final = 4
"""How many lines "continue" adds unless told otherwise."""
MAX_TEXT: Final = 200
"""Longest line that a writer may set, in characters."""


@dataclass(frozen=True, slots=True)
class Write:
    """A new draft to a beat."""

    beat: str | KeptBeat
    """A link or a path; for a worker a link, or what was kept for it."""
    wish: Wish

    def describe(self) -> str:
        return " ".join(("write", f"{self.wish.lines} lines", *self.wish.seed_words))


@dataclass(frozen=True, slots=True)
class Listen:
    """Hear a beat, and write nothing."""

    beat: str | KeptBeat

    def describe(self) -> str:
        return "listen"


@dataclass(frozen=True, slots=True)
class Continue:
    """More lines below."""

    lines: int = MORE_LINES

    def describe(self) -> str:
        return f"{self.lines} more {'line' if self.lines == 1 else 'lines'}"


@dataclass(frozen=True, slots=True)
class AddSection:
    kind: SectionKind
    lines: int | None = None
    """None leaves the number to the form."""

    def describe(self) -> str:
        article = "an" if self.kind in ("intro", "outro") else "a"
        return f"add {article} {self.kind}" + (f" of {self.lines} lines" if self.lines else "")


@dataclass(frozen=True, slots=True)
class AnotherTake:
    """What was asked last, once more, otherwise."""

    def describe(self) -> str:
        return "another take"


@dataclass(frozen=True, slots=True)
class Rewrite:
    place: Place
    manner: Manner = AS_IT_IS

    def describe(self) -> str:
        said = f"rewrite {self.place.describe()}"
        return said if self.manner == AS_IT_IS else f"{said}, {self.manner.describe()}"


@dataclass(frozen=True, slots=True)
class RhymeWith:
    """Rewrite a line so that it rhymes with a word or with another line."""

    line: int
    word: str = ""
    other: int | None = None

    def describe(self) -> str:
        rhyme = self.word if self.other is None else f"line {self.other}"
        return f"make line {self.line} rhyme with {rhyme}"


@dataclass(frozen=True, slots=True)
class UseWords:
    """Rewrite a line so that it contains some words."""

    words: str
    line: int

    def describe(self) -> str:
        return f'use "{self.words}" in line {self.line}'


@dataclass(frozen=True, slots=True)
class Replace:
    """The writer's own words for a line, kept as they were typed."""

    line: int
    text: str

    def __post_init__(self) -> None:
        _check_text(self.text)

    def describe(self) -> str:
        return f'line {self.line}: "{self.text}"'


@dataclass(frozen=True, slots=True)
class Insert:
    """A new line: the writer's own words, or written when `text` is empty."""

    after: int
    """Line number; 0 puts it at the top."""
    text: str = ""

    def __post_init__(self) -> None:
        if self.text:
            _check_text(self.text)

    def describe(self) -> str:
        said = (
            f"insert a line after line {self.after}" if self.after else "insert a line at the top"
        )
        return f'{said}: "{self.text}"' if self.text else said


@dataclass(frozen=True, slots=True)
class Delete:
    """Take lines out."""

    place: Lines | Part

    def describe(self) -> str:
        return f"delete {self.place.describe()}"


@dataclass(frozen=True, slots=True)
class Swap:
    first: int
    second: int

    def describe(self) -> str:
        return f"swap lines {self.first} and {self.second}"


@dataclass(frozen=True, slots=True)
class Lock:
    """Keep lines byte for byte through every rewrite."""

    place: Place

    def describe(self) -> str:
        return f"lock {self.place.describe()}"


@dataclass(frozen=True, slots=True)
class Unlock:
    place: Place

    def describe(self) -> str:
        return f"unlock {self.place.describe()}"


def _check_text(text: str) -> None:
    if not text.strip():
        raise DraftError("That line is empty.", remedy="To take a line out, say: delete line 3.")
    if len(text.splitlines()) > 1:
        raise DraftError("That is more than one line.", remedy="Set one line at a time.")
    if len(text) > MAX_TEXT:
        raise DraftError(
            f"That line has {len(text)} characters.", f"A line may have up to {MAX_TEXT}."
        )
