"""The words of songs: how common they are, which genre they lean to, which are sung together.

The figures come from the training lyrics (`training/lyric_statistics.py`); no line is kept.
"""

from __future__ import annotations

import lzma
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Final


@dataclass(frozen=True, slots=True)
class WordFigures:
    """What the training lyrics say of a word."""

    rank: int
    """0 for the commonest word."""
    count: int
    sections: int
    """Verses and choruses that hold it."""
    lean: float
    """Log-odds of country against hip-hop: above 0 the word leans to country."""
    is_name: bool
    """Mostly written with a capital: people, brands, places."""


@cache
def _table() -> dict[str, WordFigures]:
    """The figures by word, commonest first."""
    data = (files("atl_core.lyrics") / "data" / "words.xz").read_bytes()
    _, *rows = lzma.decompress(data).decode().split("\n")
    table: dict[str, WordFigures] = {}
    for rank, row in enumerate(rows):
        word, count, sections, lean, name = row.split("\t")
        table[word] = WordFigures(rank, int(count), int(sections), int(lean) / 100, name == "1")
    return table


@cache
def common_words() -> tuple[str, ...]:
    """Words sung at least 5 times by at least 3 artists, commonest first."""
    return tuple(_table())


def figures(word: str) -> WordFigures | None:
    """The figures of a lower-case word; None if it is rare."""
    return _table().get(word)


def is_common(word: str) -> bool:
    return word in _table()


def log_frequency(word: str) -> float:
    """Log of the word's share of all that is sung; a rare one's is that of a word sung twice."""
    known = figures(word)
    return math.log((known.count if known else 2) / _words_sung())


@cache
def _words_sung() -> int:
    return sum(known.count for known in _table().values())


@cache
def _neighbours() -> dict[str, tuple[str, ...]]:
    # numpy only when somebody asks for neighbours.
    from safetensors.numpy import load_file

    with as_file(files("atl_core.lyrics") / "data" / "near.safetensors") as path:
        tensors = load_file(path)
    vocabulary = common_words()
    return {
        # Unused places are 0, which is the commonest word and never a neighbour.
        vocabulary[head]: tuple(vocabulary[index] for index in row if index)
        for head, row in zip(tensors["heads"].tolist(), tensors["near"].tolist(), strict=True)
    }


_ENDINGS: Final = ("'s", "ing", "in'", "in", "ed", "es", "s", "er", "ly")


def _relatives(word: str) -> Iterable[str]:
    """`word`, its likely stems, and its likely forms."""
    yield word
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2:
            yield from (stem, stem + "e", stem + "ing", stem + "s")
            if stem[-1] == stem[-2]:
                yield stem[:-1]
    yield from (word + "s", word + "ing", word + "ed")


def near_words(seed: str, limit: int = 8) -> list[str]:
    """Words that songs sing near `seed`, the nearest first; at most 10, none for a rare word.

    Single content words without names and explicit words: neighbours by positive pointwise
    mutual information within four lines, directly and after a truncated SVD (Levy et al. 2015).
    """
    table = _neighbours()
    for word in _relatives(seed.lower()):
        if word in table:
            return [near for near in table[word] if near != seed][:limit]
    return []
