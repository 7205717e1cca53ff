"""A decoder of the Llama and Qwen2 families for sampling many short continuations of one text.

A line is written by sampling dozens of candidates after the same prompt. Generic generation copies
the keys and values of the prompt for every candidate. Here they are stored once (`PrefixCache`),
all candidates attend to them, and each candidate has a cache for its own few tokens only
(`SequenceCache`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from atl_core.captioner.checkpoint import (
    HEAD_ROWS,
    Checkpoint,
    open_checkpoint,
    rope_frequencies,
    stored_weight,
)
from atl_core.captioner.convert import LARGE_PARAMETERS, parameters
from atl_core.captioner.dense_layers import DenseLayers
from atl_core.captioner.kv_cache import (
    LANES,
    Piece,
    PrefixCache,
    SequenceCache,
    batches_of,
    pieces_of,
)
from atl_core.captioner.quantize import Int8Weight, as_dense, as_int8
from atl_core.threads import cores, side_by_side

MANY_TOKENS: Final = 64
"""Tokens of a single row whose products are divided among the cores. With fewer, the waiting takes
longer than the work."""

OutputLayer = Callable[[Tensor], Tensor]
"""Hidden states, (..., width), to logits, (..., vocabulary), float32."""


class Layers(Protocol):
    """The blocks of a decoder and its last norm."""

    def run(
        self,
        x: Tensor,
        pieces: Sequence[Piece],
        cos_sin: Sequence[tuple[Tensor, Tensor]],
        cores: int,
    ) -> Tensor:
        """Final hidden states, (tokens, width).

        Writes the keys and values of the tokens to the caches of the pieces.

        Args:
            x: embeddings of the tokens of all pieces, one piece after the other, (tokens, width).
            cos_sin: of the rotary angles of each piece, (n, head_dim / 2) each.
            cores: by which each product is divided.
        """
        ...

    def adapted(self, adapter: Mapping[str, Tensor]) -> Layers:
        """Layers with a low-rank adapter of all linear layers added to these, which stay."""
        ...


class Decoder:
    """A decoder-only transformer: token ids in, hidden states out.

    Args:
        source: a folder of transformers, a GGUF file, or an open checkpoint.
        dtype: of activations and caches; float32 with `int8`.
        int8: round the weights of linear layers to int8, which is several times faster on a CPU.
            Not done for heads that are no multiple of `LANES` wide, which no common model has.

    Raises:
        WeightsError: the model cannot be read or is of another family.
    """

    def __init__(
        self,
        source: Path | Checkpoint,
        device: torch.device,
        dtype: torch.dtype = torch.float32,
        *,
        int8: bool = False,
    ) -> None:
        checkpoint = open_checkpoint(source) if isinstance(source, Path) else source
        self.checkpoint = checkpoint
        self.config = checkpoint.config
        self.device, self.dtype = device, dtype
        self.int8 = int8 and self.config.head_dim % LANES == 0
        self._cores = cores() if device.type == "cpu" else 1
        # Rows divided among cores make each core read all weights. Those of a large model come from
        # memory and not from a cache, so there each product is divided instead.
        self._divides_rows = parameters(checkpoint) <= LARGE_PARAMETERS
        # Rows of the embedding are looked up in the memory-mapped file on a CPU.
        embedding = checkpoint.tensor("model.embed_tokens.weight")
        self.embedding = embedding if device.type == "cpu" else embedding.to(device, dtype)
        self._layers: Layers
        if self.int8:
            from atl_core.captioner.int8_layers import Int8Layers

            self._layers = Int8Layers(checkpoint)
        else:
            self._layers = DenseLayers(checkpoint, device, dtype)
        frequencies = rope_frequencies(self.config, checkpoint.frequency_factors)
        self._frequencies = frequencies.to(device)

    def adapted(self, adapter: Mapping[str, Tensor]) -> Decoder:
        """The decoder with a low-rank adapter (`adapter.py`) of all linear layers added.

        This decoder stays what it is. In int8 both share their weights.
        """
        # Not `copy`: of a decoder whose forwards are scheduled, they would run the old layers.
        found = object.__new__(Decoder)
        found.__dict__.update(self.__dict__, _layers=self._layers.adapted(adapter))
        return found

    def output_layer(self, vocabulary: Tensor | None = None) -> OutputLayer:
        """The output layer, for some token ids or for all."""
        checkpoint = self.checkpoint
        some = HEAD_ROWS in checkpoint.names
        tied = not some and (self.config.tied or "lm_head.weight" not in checkpoint.names)
        name = "model.embed_tokens.weight" if tied else "lm_head.weight"
        weight = stored_weight(checkpoint, name)
        if vocabulary is not None:
            rows = vocabulary.cpu()
            if some:
                rows = torch.searchsorted(checkpoint.tensor(HEAD_ROWS), rows)
            weight = weight.rows(rows) if isinstance(weight, Int8Weight) else weight[rows]
        if self.int8:
            from atl_core.captioner.int8_layers import Int8Output

            return Int8Output(as_int8(weight))
        dense = as_dense(weight).to(self.device, self.dtype).contiguous()
        return lambda hidden: F.linear(hidden, dense).float()

    def empty_prefix(self) -> PrefixCache:
        """A prefix of no tokens."""
        config = self.config
        shape = (config.layers, config.kv_heads, 0, config.head_dim)
        none = torch.zeros(shape, dtype=self.dtype, device=self.device)
        hidden = torch.zeros(1, config.width, dtype=self.dtype, device=self.device)
        return PrefixCache(none, none, hidden)

    def extend(self, prefix: PrefixCache, ids: Sequence[int]) -> PrefixCache:
        """Return the prefix with `ids` appended."""
        if not ids:
            return prefix
        cache = SequenceCache(prefix, 1, len(ids))
        hidden = self.forward(cache, torch.tensor([ids], device=self.device))
        return PrefixCache(
            torch.cat([prefix.keys, cache.keys[:, 0]], dim=2),
            torch.cat([prefix.values, cache.values[:, 0]], dim=2),
            hidden[0],
        )

    def forward(self, cache: SequenceCache, ids: Tensor) -> Tensor:
        """Append tokens to every sequence of a cache.

        Args:
            ids: (rows, n).

        Returns:
            Final hidden states, (rows, n, width).
        """
        return self.forward_all([(cache, ids)])[0]

    def forward_all(self, requests: Sequence[tuple[SequenceCache, Tensor]]) -> list[Tensor]:
        """Compute `forward` for several caches, whose rows may differ in length."""
        return self.forward_many(requests)

    @torch.inference_mode()
    def forward_many(self, requests: Sequence[tuple[SequenceCache, Tensor]]) -> list[Tensor]:
        """Compute `forward` for several caches in one pass.

        Prefixes, rows and token counts may differ: the linear layers see all tokens as rows of one
        matrix, without padding, and only attention runs once for each cache.

        On a CPU the rows are divided among the cores, and each core takes its rows through all
        layers. A single long row, and any row of a large model, is not divided: there each product
        is, and the cores wait for one another after each.
        """
        cores = self._cores if self._divides_rows else 1
        pieces = [
            piece
            for number, (cache, ids) in enumerate(requests)
            for piece in pieces_of(number, cache, ids, 1 if len(requests) > 2 * cores else cores)
        ]
        batches = batches_of(pieces, cores)
        many = not self._divides_rows or sum(ids.numel() for _, ids in requests) >= MANY_TOKENS
        done = (
            side_by_side(self._run_layers, batches)
            if len(batches) > 1
            else iter([self._run_layers(batches[0], self._cores if many else 1)])
        )
        hidden = [
            torch.empty(*ids.shape, self.config.width, dtype=self.dtype, device=self.device)
            for _, ids in requests
        ]
        for batch, states in zip(batches, done, strict=True):
            for piece, found in zip(batch, states, strict=True):
                hidden[piece.request][piece.rows] = found
        for cache, ids in requests:
            cache.length += ids.shape[1]
        return hidden

    @torch.inference_mode()
    def _run_layers(self, batch: Sequence[Piece], cores: int = 1) -> list[Tensor]:
        """Final hidden states of each piece, (rows, n, width)."""
        positions = [self._cos_sin(piece) for piece in batch]
        ids = torch.cat([piece.ids.reshape(-1) for piece in batch])
        hidden = self._layers.run(self.embedding[ids].to(self.dtype), batch, positions, cores)
        parts = torch.split(hidden, [piece.ids.numel() for piece in batch])
        return [part.view(*piece.ids.shape, -1) for part, piece in zip(parts, batch, strict=True)]

    def _cos_sin(self, piece: Piece) -> tuple[Tensor, Tensor]:
        """Of the rotary angles of a piece's tokens, (n, head_dim / 2) each, float32."""
        first = piece.cache.prefix.length + piece.cache.length
        count = piece.ids.shape[1]
        positions = torch.arange(first, first + count, dtype=torch.float32, device=self.device)
        angles = torch.outer(positions, self._frequencies)
        return angles.cos(), angles.sin()
