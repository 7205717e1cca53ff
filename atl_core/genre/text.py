"""The one normaliser of lyrics for the genre classifiers, in training and at run time.

Lyric sites write the same words in different ways, and the ways go with the genre: one types
`Runnin'` under section tags, another `running,` in lower case. A classifier that sees any of
it learns the site, not the genre. So case, punctuation, apostrophes, accents, line breaks,
section tags, repeat marks and masked words are gone before a classifier counts anything, and
`Running`, `runnin'` and `runnin` are one word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

MAX_WORD: Final = 24
"""Letters kept of a word; a longer one is a scream or a paste and says nothing by its tail."""

_BREAKS = "\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
"""What `str.splitlines` takes for the end of a line: a tag never goes beyond it."""
_TAG = re.compile(
    rf"\[[^\[\]{_BREAKS}]{{0,80}}\]|\(?\bx ?\d{{1,2}}\b\)?|\b\d{{1,2}}x\b", re.IGNORECASE
)
_APOSTROPHES = "'’‘`´ʼ\x92"
_INVISIBLE = "\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad"
_TOKEN = re.compile(rf"[\w*\u0300-\u036f{_APOSTROPHES}{_INVISIBLE}]+")
_SILENT = re.compile(rf"[^\w*]|_|[{_INVISIBLE}]")
_PARTICIPLE = re.compile(r"^(\w*[aeiouy]\w*)ing$")
_STRETCHED = re.compile(r"(\w)\1{2,}")


class Token(NamedTuple):
    """A normalised word and where it stands in the text as written."""

    word: str
    start: int
    end: int
    line: int
    """Index among all lines of the text, from 0, empty ones counted."""


def tokens(text: str) -> list[Token]:
    """The words of `text` in order; those that normalise to nothing are left out."""
    if "[" in text or "x" in text or "X" in text:
        text = _TAG.sub(lambda tag: " " * len(tag[0]), text)
    found = []
    start = 0
    for number, line in enumerate(text.splitlines(keepends=True)):
        found += [
            Token(word, start + match.start(), start + match.end(), number)
            for match in _TOKEN.finditer(line)
            if (word := normalise(match[0]))
        ]
        start += len(line)
    return found


def words(text: str) -> list[str]:
    """Normalised words of `text`, lines run together."""
    return [token.word for token in tokens(text)]


@lru_cache(maxsize=1 << 16)
def normalise(word: str) -> str:
    """`runnin` for Running, `soo` for Sooooo, `0` for a number, nothing for a masked f**k."""
    word = word[: 4 * MAX_WORD]
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word)
        word = "".join(letter for letter in word if not unicodedata.combining(letter))
    word = word.casefold()
    # Most words have nothing to take away; to search them for it takes most of the time.
    if not (word.isascii() and word.isalpha()):
        word = _SILENT.sub("", word)
        if "*" in word:
            return ""
        if word.isdigit():
            return "0"
    word = _STRETCHED.sub(r"\1\1", word)[:MAX_WORD]
    return _PARTICIPLE.sub(r"\1in", word) if word.endswith("ing") else word
