"""Song forms: which sections a song has, in their order, and how each is to be written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from atl_core.errors import BriefError, shown
from atl_core.lyrics.brief import MOODS, Mood
from atl_core.lyrics.form import MAX_SYLLABLES, MIN_SYLLABLES, NAMED_SCHEMES, parse_scheme

SectionKind = Literal["verse", "hook", "bridge", "intro", "outro", "pre-chorus"]
SECTION_KINDS: Final[tuple[SectionKind, ...]] = get_args(SectionKind)
USUAL_LINES: Final[dict[str, int]] = {
    "verse": 8, "hook": 4, "bridge": 4, "intro": 2, "outro": 2, "pre-chorus": 2,
}  # fmt: skip
"""Lines of a section, if neither the writer nor another section of that kind says how many."""
REPEATED: Final = frozenset({"hook", "pre-chorus"})
"""Kinds of sections that come back with the same words."""
SHORTEST_BARE: Final = 4
"""A smaller number after a section counts it, as in `verse 2`, unless "lines" follows."""
MAX_SECTIONS: Final = 16
MAX_SECTION_LINES: Final = 32
NAMES: Final[dict[str, SectionKind]] = {
    "verse": "verse", "verses": "verse", "hook": "hook", "hooks": "hook", "chorus": "hook",
    "choruses": "hook", "refrain": "hook", "bridge": "bridge", "intro": "intro", "outro": "outro",
    "ending": "outro", "prechorus": "pre-chorus", "prehook": "pre-chorus",
}  # fmt: skip
"""What people call the sections of a song."""
FILLERS: Final = frozenset(
    "a an the of with in then and line lines bar bars each long scheme rhymed rhyming".split()
)

_PRE: Final = re.compile(r"\bpre[\s-]*(chorus|hook)\b")
_PIECE: Final = re.compile(r"[a-z]+|\d+")


@dataclass(frozen=True, slots=True)
class FormPart:
    """A section that a song is to have. None leaves a field to the song."""

    kind: SectionKind
    lines: int | None = None
    scheme: str | None = None
    """Of a stanza, such as `AABB`."""
    syllables: int | None = None
    """Of a line."""
    mood: Mood | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing but its kind is said of it."""
        return self == FormPart(self.kind)

    def describe(self) -> str:
        """Such as `verse of 12 lines ABAB sad`, which `parse_form` reads back."""
        said = [
            f"of {self.lines} lines" if self.lines else "",
            self.scheme or "",
            f"{self.syllables} syllables" if self.syllables else "",
            self.mood or "",
        ]
        return " ".join((self.kind, *filter(None, said)))


def describe_form(form: Sequence[FormPart]) -> str:
    """A form as `parse_form` reads it back."""
    return ", ".join(part.describe() for part in form)


def written_sections(form: Sequence[FormPart], verse: int) -> tuple[tuple[str, int], ...]:
    """The name and the number of lines of each section that is written for a new song.

    Args:
        verse: lines of a verse of which nothing else is said.
    """
    usual = {**USUAL_LINES, "verse": verse}
    found = []
    for number, part in enumerate(form):
        before = form[:number]
        if part.kind in REPEATED and part in before:
            continue  # it comes back with the same words
        nth = len({n for n, other in enumerate(before) if other.kind == part.kind}) + 1
        name = f"{part.kind} {nth}" if part.kind == "verse" or nth > 1 else part.kind
        found.append((name, part.lines or usual[part.kind]))
    return tuple(found)


def parse_form(text: str) -> tuple[FormPart, ...]:
    """The form that a text says: `verse hook verse hook`, `verse of 12 lines ABAB, hook sad`.

    What is said of a section counts for it and for later ones of its kind, until that says
    otherwise. A number after a verse that only counts it (`verse 1, verse 2`) is no length.

    Raises:
        BriefError: a word means nothing here, or there are too many sections.
    """
    parts: list[FormPart] = []
    pieces = _PIECE.findall(_PRE.sub(r"pre\1", text.casefold()))
    for at, piece in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else ""
        if piece in NAMES:
            parts.append(FormPart(NAMES[piece]))
        elif piece == "twice" and parts:
            parts.append(parts[-1])
        elif piece.isdecimal() and parts:
            parts[-1] = _with_number(parts, int(piece[:4]), following)
        elif piece in MOODS and parts:
            parts[-1] = replace(parts[-1], mood=piece)
        elif parts and (piece in NAMED_SCHEMES or re.fullmatch("[abcdx]{2,16}", piece)):
            parts[-1] = replace(parts[-1], scheme=parse_scheme(piece))
        elif piece not in FILLERS and (piece != "syllables" or not parts):
            raise _not_a_form(text)
    if not parts:
        raise _not_a_form(text)
    if len(parts) > MAX_SECTIONS:
        raise BriefError(
            f"A song of {len(parts)} sections is too long.", f"Up to {MAX_SECTIONS} are written."
        )
    return tuple(_inherited(parts))


def _inherited(parts: Sequence[FormPart]) -> list[FormPart]:
    """Each part, with what was said of an earlier one of its kind where nothing is said of it."""
    found: list[FormPart] = []
    for part in parts:
        same = next((other for other in reversed(found) if other.kind == part.kind), None)
        found.append(same if same and part.is_plain else part)
    return found


def _with_number(parts: Sequence[FormPart], number: int, following: str) -> FormPart:
    last = parts[-1]
    if following == "syllables":
        if not MIN_SYLLABLES <= number <= MAX_SYLLABLES:
            raise BriefError(
                f"A line of {number} syllables is not written.",
                f"{MIN_SYLLABLES} to {MAX_SYLLABLES} are.",
            )
        return replace(last, syllables=number)
    if following not in ("line", "lines", "bar", "bars") and number < SHORTEST_BARE:
        return _counted(parts, number)
    if not 1 <= number <= MAX_SECTION_LINES:
        raise BriefError(
            f"A section of {number} lines is not written.", f"1 to {MAX_SECTION_LINES} lines are."
        )
    return replace(last, lines=number)


def _counted(parts: Sequence[FormPart], number: int) -> FormPart:
    """The last part, whose number counts those of its kind."""
    last = parts[-1]
    if number != sum(part.kind == last.kind for part in parts):
        raise BriefError(
            f"Is that {last.kind} number {number}, or one of {number} lines?",
            "After a section may stand its lines.",
            f"Say: {last.kind} of {number} lines.",
        )
    return last


def _not_a_form(text: str) -> BriefError:
    return BriefError(
        f"“{shown(text)}” is not the form of a song.",
        f"It takes sections in their order: {', '.join(SECTION_KINDS)}. After one may stand its"
        " lines, its rhyme scheme, its syllables and its mood.",
        "Say it like: verse hook verse hook bridge hook, or verse of 12 lines ABAB, hook happy.",
    )
