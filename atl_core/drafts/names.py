"""Ids, titles, tags: the small texts by which a draft is found again."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from typing import Final

from atl_core.errors import DraftError
from atl_core.lyrics.brief import Brief, Line
from atl_core.lyrics.text import received

LOCAL: Final = "local"
"""The owner of what is written at a terminal."""
ID_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o, u, so nothing is mistaken for a digit or read as a word."""
ID_LENGTH: Final = 6
MAX_TITLE: Final = 100
MAX_TAG: Final = 30

_READ_AS: Final = str.maketrans("ilo", "110", "-_#`")


def fresh_id() -> str:
    """A random id of both letters and digits, so that it is taken for no number and no word."""
    while True:
        drawn = "".join(secrets.choice(ID_LETTERS) for _ in range(ID_LENGTH))
        if not (drawn.isdecimal() or drawn.isalpha()):
            return drawn


def read_id(text: str) -> str:
    """The id that somebody meant: capitals, `o` for `0`, `l` for `1`, hyphens do not matter.

    Raises:
        DraftError: no id can look like this.
    """
    meant = text.strip().casefold().translate(_READ_AS)
    if len(meant) != ID_LENGTH or any(letter not in ID_LETTERS for letter in meant):
        raise DraftError(
            f"“{_one_line(text)[:20]}” is no draft id.",
            f"An id has {ID_LENGTH} letters and digits, like k7m2qd.",
            "Your drafts and their ids are under `drafts`.",
        )
    return meant


def clean_title(text: str) -> str:
    """A title on one line.

    Raises:
        DraftError: nothing is left, or it is too long.
    """
    title = _one_line(text)
    if not 0 < len(title) <= MAX_TITLE:
        raise DraftError(
            "That title is empty." if not title else f"That title has {len(title)} characters.",
            f"A title has 1 to {MAX_TITLE} characters.",
        )
    return title


def clean_tag(text: str) -> str:
    """A tag: case folded, spaces as hyphens, without the `#`.

    Raises:
        DraftError: nothing is left, or it is too long.
    """
    tag = "-".join(_one_line(text).casefold().replace("#", " ").replace(",", " ").split())
    if not 0 < len(tag) <= MAX_TAG:
        raise DraftError(
            "That tag cannot be used.", f"A tag has 1 to {MAX_TAG} characters, like #demo."
        )
    return tag


def titled(brief: Brief, beat_name: str) -> str:
    """A working title: the seed words, or else the name of the beat."""
    words = _one_line(" ".join(brief.seed_words)) or _one_line(beat_name) or "untitled"
    return (words[0].upper() + words[1:])[:MAX_TITLE]


def searchable(title: str, tags: Iterable[str], brief: Brief, lines: Iterable[Line]) -> str:
    """Everything that a writer may remember of a draft, folded for comparison."""
    texts = [title, *(f"#{tag}" for tag in tags), *brief.seed_words, *(line.text for line in lines)]
    return folded("\n".join(texts))


def folded(text: str) -> str:
    """Text as search compares it: without case, and in one of Unicode's many spellings."""
    return storable(unicodedata.normalize("NFKC", text).casefold())


def storable(text: str) -> str:
    """Text that every database can hold: no NUL, no half of a character pair."""
    return received(text).replace("\0", "")


def _one_line(text: str) -> str:
    return storable(" ".join(text.split()))
