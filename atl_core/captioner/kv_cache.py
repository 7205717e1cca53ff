"""KV caches of what a decoder has read, and how rows are divided among the cores."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from torch import Tensor
from torch.nn import functional as F

LANES: Final = 8
"""Float32 numbers that a core multiplies at once."""
MIN_TOKENS: Final = 4
"""Tokens that a core should have at least: a step of fewer takes no less time."""


@dataclass(frozen=True)
class PrefixCache:
    """The KV cache of a text that many sequences share. Immutable: `extend` returns a new one."""

    keys: Tensor
    """(layers, kv_heads, length, head_dim)"""
    values: Tensor
    hidden: Tensor
    """Final hidden states of the tokens that were appended last, (tokens, width)."""

    @property
    def length(self) -> int:
        return self.keys.shape[2]

    @property
    def last_hidden(self) -> Tensor:
        """The final hidden state at the last token, (width,)."""
        return self.hidden[-1]

    @property
    def keys_by_dim(self) -> Tensor:
        """The keys, (layers, kv_heads, head_dim, length padded to a multiple of `LANES`).

        The queries of many steps are multiplied with them in long runs, so they are kept.
        """
        known: Tensor | None = self.__dict__.get("_by_dim")
        if known is None:
            keys = F.pad(self.keys, (0, 0, 0, -self.length % LANES))
            # Of two threads that come at once both get the first one's: its address is in use.
            known = self.__dict__.setdefault("_by_dim", keys.transpose(2, 3).contiguous())
        return known

    def without_last(self, tokens: int) -> PrefixCache:
        """The prefix without its last tokens, which must be among those appended last."""
        if not tokens:
            return self
        return PrefixCache(
            self.keys[:, :, :-tokens].contiguous(),
            self.values[:, :, :-tokens].contiguous(),
            self.hidden[:-tokens],
        )


class SequenceCache:
    """The KV cache of the tokens that each of several sequences adds to a shared prefix.

    Args:
        rows: number of sequences.
        capacity: maximum number of tokens in each.
    """

    def __init__(self, prefix: PrefixCache, rows: int, capacity: int) -> None:
        layers, kv_heads, _, head_dim = prefix.keys.shape
        shape = (layers, rows, kv_heads, capacity, head_dim)
        self.prefix = prefix
        self.length = 0
        self.keys = prefix.keys.new_empty(shape)
        self.values = prefix.keys.new_empty(shape)

    def keep_rows(self, rows: Tensor) -> None:
        """Keep only these sequences, in this order."""
        used = slice(0, self.length)
        keys, values = self.keys[:, rows, :, used], self.values[:, rows, :, used]
        self.keys, self.values = self.keys[:, : len(rows)], self.values[:, : len(rows)]
        self.keys[:, :, :, used], self.values[:, :, :, used] = keys, values

    def part(self, rows: slice) -> SequenceCache:
        """The cache of some of the sequences, as views of the same memory."""
        part = copy.copy(self)
        part.keys, part.values = self.keys[:, rows], self.values[:, rows]
        return part


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a request for a forward."""

    request: int
    rows: slice
    cache: SequenceCache
    """Of these rows."""
    ids: Tensor
    """(rows, n)"""


def pieces_of(number: int, cache: SequenceCache, ids: Tensor, cores: int) -> list[Piece]:
    """The rows of a request, divided among the cores."""
    rows = len(ids)
    count = max(1, min(cores, rows, ids.numel() // MIN_TOKENS))
    edges = [rows * i // count for i in range(count + 1)]
    slices = [slice(first, end) for first, end in pairwise(edges)]
    return [Piece(number, part, cache.part(part), ids[part]) for part in slices]


def batches_of(pieces: Sequence[Piece], cores: int) -> list[list[Piece]]:
    """Pieces to compute together, about as many tokens on each core."""
    batches: list[list[Piece]] = [[] for _ in range(min(cores, len(pieces)))]
    tokens = [0] * len(batches)
    for piece in sorted(pieces, key=lambda piece: -piece.ids.numel()):
        least = tokens.index(min(tokens))
        batches[least].append(piece)
        tokens[least] += piece.ids.numel()
    return batches
