"""Lyric sections for the genre classifiers: splits, excerpts and weights.

The folder holds `train.jsonl.gz`, `valid.jsonl.gz` and `test.jsonl.gz`, one section a line with
`genre`, `group` (artist; the split is by group), `song` and `lines`. Near-duplicates are out.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

GENRES = ("hip-hop", "country")


@dataclass(frozen=True, slots=True)
class Section:
    """A verse or a chorus."""

    genre: str
    """hip-hop, country, pop or rock."""
    group: str
    song: str
    lines: tuple[str, ...]
    source: str = ""
    """The collection that it is from."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read(folder: Path, split: str, genres: Iterable[str] = GENRES) -> list[Section]:
    """The sections of a split, in the order of the file."""
    wanted = set(genres)
    with gzip.open(folder / f"{split}.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = (json.loads(row) for row in file)
        return [
            Section(
                row["genre"], row["group"], row["song"], tuple(row["lines"]), row.get("source", "")
            )
            for row in rows
            if row["genre"] in wanted
        ]


def excerpt(section: Section, lines: int, rng: random.Random) -> str:
    """Some `lines` lines in a row, the whole section if it has no more."""
    first = rng.randrange(max(1, len(section.lines) - lines + 1))
    return "\n".join(section.lines[first : first + lines])


def part(group: str, parts: int, salt: str = "") -> int:
    """The part, 0 to `parts` - 1, that an artist falls into: the same on every machine."""
    return int(hashlib.sha256(f"{salt}{group}".encode()).hexdigest(), 16) % parts


def artist_weights(groups: Sequence[str], power: float = 0.5) -> NDArray[np.float64]:
    """A weight for each section so that no artist drowns the others, shape (len(groups),).

    An artist with k sections counts k^(1 - power) rather than k.
    """
    sizes = Counter(groups)
    return np.array([sizes[group] ** -power for group in groups])


def is_hip_hop(sections: Sequence[Section]) -> NDArray[np.bool_]:
    """Shape (len(sections),)."""
    return np.array([section.genre == "hip-hop" for section in sections])
