"""The words that spoke for a genre, as a reader wants to see them.

Every token adds to the log-odds. Small words ("and", "I'm"), "ooh" and single letters are left out:
what they add is real, but it tells a reader nothing. Two words in a row that the classifier knows
as a pair ("dirt road") are named together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from atl_core.genre.text import Token
from atl_core.genre.verdict import SpokenWord
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import is_content_word

MOST: Final = 24
"""Most words that a verdict names."""
FAINTEST: Final = 0.05
"""Share of the loudest word's weight that a word must exceed to be named."""


def spoken_words(
    text: str,
    found: Sequence[Token],
    contributions: Sequence[float],
    pair_weight: Callable[[str], float],
) -> tuple[SpokenWord, ...]:
    """The words that said most, as first written; occurrences of a word are summed.

    Args:
        text: as written.
        found: its tokens.
        contributions: of each token to the log-odds of hip-hop over country.
        pair_weight: the classifier's weight of two words parted by a space, 0 if it has none.
            Words whose pair has one may be named together.
    """
    total: dict[str, float] = defaultdict(float)
    written: dict[str, str] = {}
    index = 0
    while index < len(found):
        token, value = found[index], contributions[index]
        said, size = as_read(text, token), 1
        here = _pair(text, found, index, pair_weight)
        # Of two pairs that share a word the one that says more is kept: "old [dirt road]".
        if here > _pair(text, found, index + 1, pair_weight):
            beside = contributions[index + 1]
            if value * beside > 0:
                said, value, size = f"{said} {as_read(text, found[index + 1])}", value + beside, 2
        if said:
            key = " ".join(one.word for one in found[index : index + size])
            total[key] += value
            written.setdefault(key, said)
        index += size
    loudest = sorted(total.items(), key=lambda item: -abs(item[1]))[:MOST]
    least = FAINTEST * abs(loudest[0][1]) if loudest else 0.0
    return tuple(
        SpokenWord(written[key], "hip-hop" if value > 0 else "country", abs(value))
        for key, value in loudest
        if abs(value) > least
    )


def _pair(
    text: str, found: Sequence[Token], index: int, pair_weight: Callable[[str], float]
) -> float:
    """How much the pair that begins at a token says; 0 where the two cannot be named together."""
    if index + 1 >= len(found):
        return 0.0
    left, right = found[index], found[index + 1]
    if left.line != right.line or left.word == right.word:
        return 0.0
    weight = abs(pair_weight(f"{left.word} {right.word}"))
    return weight if weight and as_read(text, left) and as_read(text, right) else 0.0


def as_read(text: str, token: Token) -> str:
    """The word in lower case with its own apostrophes; empty for a word that carries no image."""
    return _as_read(text[token.start : token.end])


@lru_cache(maxsize=1 << 14)
def _as_read(written: str) -> str:
    read = words(written)
    return read[0] if len(read) == 1 and is_content_word(read[0]) else ""
