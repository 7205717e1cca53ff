"""Requests about the sections of a song: its whole form, one more, repeated, moved, reshaped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from atl_core.drafts.draft import Draft
from atl_core.edits.pieces import Piece, insert_at, joined, pieces_of, the_piece
from atl_core.edits.request import LineEdit, ModelRequest
from atl_core.errors import DraftError
from atl_core.lyrics.song_form import FormPart, SectionKind, describe_form

Side = Literal["before", "after"]
Move = Literal["up", "down", "top", "end"]
MOVES: Final[dict[Move, str]] = {
    "up": "up", "down": "down", "top": "to the top", "end": "to the end",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WriteForm(ModelRequest):
    """The song in a form: sections that are there take their places, the others are written."""

    form: tuple[FormPart, ...]

    def describe(self) -> str:
        return f"write {describe_form(self.form)}"


@dataclass(frozen=True, slots=True)
class AddSection(ModelRequest):
    kind: SectionKind
    lines: int | None = None
    """None: as many as others of its kind have."""
    side: Side | None = None
    """Before or after `other`; None: where such a section usually is."""
    other: str = ""
    """The name of a section."""

    def describe(self) -> str:
        article = "an" if self.kind in ("intro", "outro") else "a"
        said = f"add {article} {self.kind}" + (f" of {self.lines} lines" if self.lines else "")
        return f"{said} {self.side} {_the(self.other)}" if self.side else said


@dataclass(frozen=True, slots=True)
class ShapeSection(ModelRequest):
    """A section with another scheme, another number of lines or another length of them."""

    name: str
    scheme: str | None = None
    lines: int | None = None
    syllables: int | None = None

    def describe(self) -> str:
        said = [
            f"of {self.lines} lines" if self.lines else "",
            self.scheme or "",
            f"{self.syllables} syllables" if self.syllables else "",
        ]
        return f"make {_the(self.name)} {' '.join(filter(None, said))}"


@dataclass(frozen=True, slots=True)
class RepeatSection(LineEdit):
    """A section once more, at the end or elsewhere: the same words, or with one line changed."""

    name: str
    twist: bool = False
    """Whether its last line is written anew."""
    side: Side | None = None
    other: str = ""

    @property
    def needs_model(self) -> bool:
        return self.twist

    def describe(self) -> str:
        said = f"repeat {_the(self.name)}"
        said += f" {self.side} {_the(self.other)}" if self.side else ""
        return f"{said} with a twist" if self.twist else said

    def apply(self, draft: Draft) -> Draft:
        return joined(draft, repeated(draft, self)[0])


@dataclass(frozen=True, slots=True)
class MoveSection(LineEdit):
    """A section to another place in the song."""

    name: str
    to: Move | None = None
    side: Side | None = None
    other: str = ""

    def describe(self) -> str:
        where = MOVES[self.to] if self.to else f"{self.side} {_the(self.other)}"
        return f"move {_the(self.name)} {where}"

    def apply(self, draft: Draft) -> Draft:
        pieces = list(pieces_of(draft))
        at = the_piece(pieces, self.name)
        piece = pieces.pop(at)
        if self.side:
            new = insert_at(pieces, self.side, self.other)
        else:
            new = {"up": at - 1, "down": at + 1, "top": 0, "end": len(pieces)}[self.to or "end"]
        if not 0 <= new <= len(pieces):
            where = "first" if new < 0 else "last"
            raise DraftError(
                f"{_the(self.name).capitalize()} is {where} already.",
                "Its sections: " + ", ".join(section.name for section in draft.sections) + ".",
            )
        pieces.insert(new, piece)
        return joined(draft, pieces)


def repeated(draft: Draft, request: RepeatSection) -> tuple[list[Piece], int]:
    """The sections with one of them once more, and its index."""
    pieces = list(pieces_of(draft))
    piece = pieces[the_piece(pieces, request.name)]
    again = Piece(piece.name, tuple(piece.unlocked()))
    at = insert_at(pieces, request.side, request.other) if request.side else len(pieces)
    pieces.insert(at, again)
    return pieces, at


def _the(name: str) -> str:
    return name if name[-1].isdecimal() else f"the {name}"
