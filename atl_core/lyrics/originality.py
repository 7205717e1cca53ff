"""How much of a text stands word for word in the training lyrics.

The index that ships holds hashes only: Bloom filters (Bloom 1970) over every 4 and every 8 words
in a row of the training sections, and over their lines. A filter never misses a match; now and
then it sees one that is not there (the card in `weights/originality` says how often), so an
answer errs towards "copied". Matches of fewer than 4 words belong to everyone and count as 0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from atl_core.errors import WeightsError
from atl_core.lyrics.text import words

SHORT: Final = 4
"""Shortest match that counts, in words."""
TOO_LONG: Final = 8
"""Words in a row that no line may share with the training lyrics."""
SHORTEST_LINE: Final = 3
"""Lines of fewer words ("oh my") are nobody's."""
INDEX: Final = Path(__file__).parents[2] / "weights" / "originality" / "index.safetensors"

Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


_word_hash = lru_cache(maxsize=131072)(_hash)


def word_hashes(line_words: Sequence[str]) -> Hashes:
    return np.fromiter(map(_word_hash, line_words), dtype=np.uint64, count=len(line_words))


def _mixed(values: Hashes) -> Hashes:
    """The finaliser of SplitMix64: every bit of the input touches every bit of the result."""
    values = values ^ (values >> np.uint64(30))
    values = values * np.uint64(0xBF58476D1CE4E5B9)
    values = values ^ (values >> np.uint64(27))
    values = values * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def gram_hashes(hashes: Hashes, order: int) -> Hashes:
    """Hashes of the `order` words from each place on: (N,) -> (max(0, N - order + 1),)."""
    count = max(0, len(hashes) - order + 1)
    total = np.zeros(count, dtype=np.uint64)
    for offset in range(order):
        total = total * _MULTIPLIER + hashes[offset : offset + count]
    return _mixed(total)


def line_hash(line_words: Sequence[str]) -> int:
    """Hash of a whole line."""
    return _hash("\n".join(line_words))


@dataclass(frozen=True, slots=True)
class BloomFilter:
    """A set of 64-bit hashes that never forgets a member and may imagine one."""

    bits: NDArray[np.uint8]
    """Packed bits, (bytes,)."""
    probes: int

    @classmethod
    def of(cls, members: Hashes, size: int, probes: int) -> Self:
        """A filter of `size` bytes that holds `members`."""
        flags = np.zeros(8 * size, dtype=np.bool_)
        for places in cls._places(members, 8 * size, probes):
            flags[places] = True
        return cls(np.packbits(flags, bitorder="little"), probes)

    @staticmethod
    def _places(hashes: Hashes, size: int, probes: int) -> list[Hashes]:
        # Two hashes make any number of them (Kirsch and Mitzenmacher 2006).
        first, step = hashes & np.uint64(0xFFFFFFFF), (hashes >> np.uint64(32)) | np.uint64(1)
        return [(first + np.uint64(i) * step) % np.uint64(size) for i in range(probes)]

    def contains(self, hashes: Hashes) -> Flags:
        """For each of `hashes` (N,) whether it is a member, (N,)."""
        found = np.ones(len(hashes), dtype=np.bool_)
        for places in self._places(hashes, 8 * len(self.bits), self.probes):
            byte = self.bits[(places >> np.uint64(3)).astype(np.intp)]
            found &= (byte >> (places & np.uint64(7)).astype(np.uint8)) & np.uint8(1) == 1
        return found


def _longest_run(flags: Flags) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.view(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))


@dataclass(frozen=True, slots=True)
class OriginalityIndex:
    """What the training lyrics say, as hashes."""

    short: BloomFilter
    """Every 4 words in a row, across line ends."""
    long: BloomFilter
    """Every 8 words in a row."""
    lines: BloomFilter
    """Lines of at least 3 words."""

    @classmethod
    def load(cls, path: Path = INDEX) -> Self:
        """Read an index.

        Raises:
            WeightsError: the file is missing or damaged.
        """
        try:
            tensors = load_file(path)
            probes = tensors["probes"].tolist()
            names = ("short", "long", "lines")
            return cls(
                *(BloomFilter(tensors[name], n) for name, n in zip(names, probes, strict=True))
            )
        except Exception as error:
            raise WeightsError(
                "The index of known lyrics cannot be read.",
                remedy="It comes with the project: restore weights/originality.",
            ) from error

    def save(self, path: Path, metadata: Mapping[str, str]) -> None:
        filters = (self.short, self.long, self.lines)
        tensors: dict[str, NDArray[Any]] = {
            name: filter_.bits
            for name, filter_ in zip(("short", "long", "lines"), filters, strict=True)
        }
        tensors["probes"] = np.array([filter_.probes for filter_ in filters], dtype=np.uint8)
        save_file(tensors, path, metadata=dict(metadata))

    def longest_matches(self, texts: Sequence[Sequence[str]]) -> list[int]:
        """For each text (a sequence of lines) the most words in a row that are also known.

        From 4 words on; exact up to 4 and from 8 on but for the filters' imagination, in between
        at most too high (two known runs of 4 that overlap need not come from one song).
        """
        spoken = [[word for line in text for word in words(line)] for text in texts]
        hashes = word_hashes([word for found in spoken for word in found])
        ends = np.cumsum([0, *map(len, spoken)])
        short = self.short.contains(gram_hashes(hashes, SHORT))
        # Only where five runs of 4 overlap can there be one of 8.
        places = np.flatnonzero(_all_of(short, TOO_LONG - SHORT + 1))
        long = np.zeros(len(short), dtype=np.bool_)
        long[places] = self.long.contains(gram_hashes(hashes, TOO_LONG)[places])
        return [
            self._longest(
                short[start : max(start, end - SHORT + 1)],
                long[start : max(start, end - TOO_LONG + 1)],
            )
            for start, end in pairwise(ends.tolist())
        ]

    @staticmethod
    def _longest(short: Flags, long: Flags) -> int:
        if run := _longest_run(long):
            return run + TOO_LONG - 1
        run = _longest_run(short)
        return min(run + SHORT - 1, TOO_LONG - 1) if run else 0

    def longest_match(self, lines: Sequence[str]) -> int:
        """The most words in a row of `lines`, across line ends, that are also known."""
        return self.longest_matches([lines])[0]

    def known_lines(self, lines: Sequence[str]) -> list[bool]:
        """For each line whether it equals a known one (in words; at least 3 of them)."""
        return self._known_lines(
            list(map(words, lines)), self.longest_matches([[line] for line in lines])
        )

    def _known_lines(self, spoken: list[list[str]], longest: list[int]) -> list[bool]:
        hashes = np.array(list(map(line_hash, spoken)), dtype=np.uint64)
        held = self.lines.contains(hashes).tolist()
        # A line that is known is known in all its parts: the other filters have a say too.
        return [
            bool(hit)
            and len(line) >= SHORTEST_LINE
            and (len(line) < SHORT or most >= min(len(line), TOO_LONG))
            for hit, line, most in zip(held, spoken, longest, strict=True)
        ]

    def copied(self, lines: Sequence[str], before: Sequence[str] = ()) -> list[bool]:
        """For each candidate line whether it must be refused.

        Refused is a line that equals a known one, or that completes 8 known words in a row,
        alone or together with the lines `before` it.
        """
        tail = " ".join([word for line in before for word in words(line)][-(TOO_LONG - 1) :])
        alone = self.longest_matches([[line] for line in lines])
        longest = self.longest_matches([[tail, line] for line in lines]) if tail else alone
        known = self._known_lines(list(map(words, lines)), alone)
        return [most >= TOO_LONG or same for most, same in zip(longest, known, strict=True)]

    def share_known(self, lines: Sequence[str], order: int) -> float:
        """The share of `order`-grams (4 or 8) of `lines` that are known; 0 when there are none.

        Raises:
            ValueError: the index has no such order.
        """
        if order not in (SHORT, TOO_LONG):
            raise ValueError(f"the index holds {SHORT}- and {TOO_LONG}-grams, not {order}-grams")
        hashes = word_hashes([word for line in lines for word in words(line)])
        held = self.short.contains(gram_hashes(hashes, SHORT))
        if order == TOO_LONG:
            held = _all_of(held, TOO_LONG - SHORT + 1) & self.long.contains(
                gram_hashes(hashes, TOO_LONG)
            )
        return float(held.mean()) if len(held) else 0.0


def _all_of(flags: Flags, width: int) -> Flags:
    """For each window of `width` flags whether all are set: (N,) -> (max(0, N - width + 1),)."""
    if len(flags) < width:
        return np.zeros(0, dtype=np.bool_)
    windows = np.lib.stride_tricks.sliding_window_view(flags, width)
    return np.asarray(windows.all(axis=1))


@cache
def load_index() -> OriginalityIndex:
    """The index that ships, read once."""
    return OriginalityIndex.load()


def longest_match(lines: Sequence[str]) -> int:
    """`OriginalityIndex.longest_match` of the index that ships."""
    return load_index().longest_match(lines)
