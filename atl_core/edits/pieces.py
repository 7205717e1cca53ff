"""The sections of a draft as pieces that can be put in, moved and put together again. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from atl_core.drafts.draft import Draft, Section, covering
from atl_core.edits.arrange import with_lines
from atl_core.errors import DraftError
from atl_core.lyrics.brief import Line, Mood
from atl_core.lyrics.form import Slot
from atl_core.lyrics.song_form import NAMES

_NUMBERED: Final = re.compile(r"(.+) (\d{1,2})")
_SPELLINGS: Final = {name: kind for name, kind in NAMES.items() if name != kind}


@dataclass(frozen=True, slots=True)
class Piece:
    """A section, with lines that are there and slots for those to be written."""

    name: str
    lines: tuple[Line | Slot, ...]
    mood: Mood | None = None
    opening: tuple[str, ...] = ()
    """Words that its first line opens with, if that is written."""
    of: Piece | None = None
    """The piece whose words its slots get."""

    @property
    def kind(self) -> str:
        """`verse` of `verse 2`."""
        return kind_of(self.name)

    def unlocked(self) -> Iterator[Line | Slot]:
        """Its lines, for another place in the song."""
        for line in self.lines:
            yield replace(line, locked=False) if isinstance(line, Line) else line


def kind_of(name: str) -> str:
    """The kind of a section by its name: `verse` of `verse 2`, `hook` of `chorus`."""
    kind = found[1] if (found := _NUMBERED.fullmatch(name)) else name
    return _SPELLINGS.get(kind, kind)


def pieces_of(draft: Draft) -> tuple[Piece, ...]:
    """The sections of a draft with their lines."""
    pieces = []
    first = 0
    for section in covering(draft.sections, len(draft.lines)):
        lines = draft.lines[first : first + section.lines]
        pieces.append(Piece(section.name, lines))
        first += section.lines
    return tuple(pieces)


def the_piece(pieces: Sequence[Piece], name: str) -> int:
    """The index of the section of a name; of the last one, where several have it.

    Raises:
        DraftError: there is none.
    """
    named = [n for n, piece in enumerate(pieces) if piece.name == name]
    same = [n for n, piece in enumerate(pieces) if piece.kind == kind_of(name)]
    found = _NUMBERED.fullmatch(name)
    if not named and found:
        number = int(found[2])
        named = same[number - 1 : number] if number else []
    if not named and not found:
        named = same
    if not named:
        names = ", ".join(dict.fromkeys(piece.name for piece in pieces))
        raise DraftError(f"This draft has no {name}.", f"It has: {names}.")
    return named[-1]


def insert_at(pieces: Sequence[Piece], side: str, other: str) -> int:
    """Where to put a piece that comes before or after a section."""
    return the_piece(pieces, other) + (side == "after")


def sections_of(pieces: Sequence[Piece]) -> tuple[Section, ...]:
    """Their sections. Those that are numbered (`verse 1`, `verse 2`) are so in their order."""
    counts: dict[str, int] = {}
    totals = {
        kind: sorted(piece.name for piece in pieces if piece.kind == kind)
        for kind in {piece.kind for piece in pieces}
    }
    sections = []
    for piece in pieces:
        kind = piece.kind
        counts[kind] = counts.get(kind, 0) + 1
        counted = [f"{kind} {number}" for number in range(1, len(totals[kind]) + 1)]
        renumbered = totals[kind] == sorted(counted)
        name = f"{kind} {counts[kind]}" if renumbered else piece.name
        sections.append(Section(name, len(piece.lines)))
    return tuple(sections)


def joined(draft: Draft, pieces: Sequence[Piece]) -> Draft:
    """The draft with its sections in another order or number.

    Raises:
        BriefError: it would become too long.
    """
    lines = [line for piece in pieces for line in piece.lines if isinstance(line, Line)]
    return with_lines(draft, lines, sections_of(pieces))
