"""A decoder of the Llama and Qwen2 families for sampling many short continuations of one text.

A line is written by sampling dozens of candidates after the same prompt. Generic generation copies
the keys and values of the prompt for every candidate. Here they are stored once (`PrefixCache`),
all candidates attend to them in one matrix product, and each candidate has a cache for its own few
tokens only (`SequenceCache`).
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from atl_core.captioner.checkpoint import (
    HEAD_ROWS,
    Checkpoint,
    open_checkpoint,
    rope_frequencies,
)
from atl_core.captioner.convert import LARGE_PARAMETERS, parameters
from atl_core.captioner.kv_cache import Piece, PrefixCache, SequenceCache, batches_of, pieces_of
from atl_core.captioner.quantize import Int8Weight, Kernel, Linear, make_linears
from atl_core.threads import side_by_side

ROW_MULTIPLE: Final = 4
"""Batches are padded to a multiple of this many rows. Matrix libraries compute the last few rows by
another algorithm, which rounds differently, and the result for a token must not depend on the batch
that it is in."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One block. Fused: four large products a layer instead of seven small ones."""

    qkv: Linear
    """width -> (heads + 2 kv_heads) x head_dim"""
    out: Linear
    gate_up: Linear
    """width -> 2 x hidden"""
    down: Linear
    norm_in: Tensor
    norm_mid: Tensor


class Decoder:
    """A decoder-only transformer: token ids in, hidden states out.

    Args:
        source: a folder of transformers, a GGUF file, or an open checkpoint.
        dtype: of activations and caches.
        exact: how linear layers compute what is scored.
        approximate: how they compute what is sampled; by default like `exact`.
        normed: how the layers after a norm (`qkv` and `gate_up`), whose inputs have fewer outliers,
            compute what is scored; by default like `exact`.

    Raises:
        WeightsError: the model cannot be read or is of another family.
    """

    def __init__(
        self,
        source: Path | Checkpoint,
        device: torch.device,
        dtype: torch.dtype,
        *,
        exact: Kernel = "dense",
        approximate: Kernel | None = None,
        normed: Kernel | None = None,
    ) -> None:
        checkpoint = open_checkpoint(source) if isinstance(source, Path) else source
        self.checkpoint = checkpoint
        self.config = checkpoint.config
        self.device, self.dtype = device, dtype
        self.exact, self.approximate = exact, approximate or exact
        self.normed = normed or exact
        # Rows divided among cores make each core read all weights. Those of a large model come from
        # memory and not from a cache, so there torch divides each product instead.
        divides_rows = device.type == "cpu" and parameters(checkpoint) <= LARGE_PARAMETERS
        self._row_groups = torch.get_num_threads() if divides_rows else 1
        # Rows of the embedding are looked up in the memory-mapped file on a CPU.
        embedding = checkpoint.tensor("model.embed_tokens.weight")
        self.embedding = embedding if device.type == "cpu" else embedding.to(device, dtype)
        self.norm = self._read("model.norm.weight")
        self.layers: list[Layer] = []
        self.approximate_layers: list[Layer] = []
        # Packing int8 weights is slow and runs on one core, so layers are packed in parallel.
        with ThreadPoolExecutor(max(1, torch.get_num_threads())) as threads:
            names = [f"model.layers.{number}." for number in range(self.config.layers)]
            for exact_layer, approximate_layer in threads.map(self._layer, names):
                self.layers.append(exact_layer)
                self.approximate_layers.append(approximate_layer)
        release_memory()
        frequencies = rope_frequencies(self.config, checkpoint.frequency_factors)
        self._frequencies = frequencies.to(device)

    def output_layer(self, vocabulary: Tensor | None = None) -> OutputLayer:
        """The output layer, for some token ids or for all."""
        checkpoint = self.checkpoint
        some = HEAD_ROWS in checkpoint.names
        tied = not some and (self.config.tied or "lm_head.weight" not in checkpoint.names)
        name = "model.embed_tokens.weight" if tied else "lm_head.weight"
        weight = checkpoint.tensor(name)
        if vocabulary is not None:
            rows = vocabulary.cpu()
            if some:
                rows = torch.searchsorted(checkpoint.tensor(HEAD_ROWS), rows)
            weight = weight[rows]
        weight = weight.to(self.device, self.dtype).contiguous()
        return OutputLayer(*make_linears(weight, None, self.exact, self.approximate))

    def _read(self, *names: str) -> Tensor:
        """Tensors of the checkpoint, joined along their first dimension."""
        tensors = [self.checkpoint.tensor(name) for name in names]
        return torch.cat(tensors).to(self.device, self.dtype).contiguous()

    def _layer(self, at: str) -> tuple[Layer, Layer]:
        """The exact and the approximate layer of that name."""
        attention, mlp = f"{at}self_attn.", f"{at}mlp."
        qkv = self._linears(self.normed, *(f"{attention}{part}_proj" for part in "qkv"))
        out = self._linears(self.exact, f"{attention}o_proj")
        gate_up = self._linears(self.normed, f"{mlp}gate_proj", f"{mlp}up_proj")
        down = self._linears(self.exact, f"{mlp}down_proj")
        norm_in = self._read(f"{at}input_layernorm.weight")
        norm_mid = self._read(f"{at}post_attention_layernorm.weight")
        exact, approximate = (
            Layer(*linears, norm_in, norm_mid)
            for linears in zip(qkv, out, gate_up, down, strict=True)
        )
        return exact, approximate

    def _linears(self, exact: Kernel, *names: str) -> tuple[Linear, Linear]:
        """Layers of these names, fused: the exact one and the approximate one."""
        checkpoint = self.checkpoint
        bias = None
        if all(f"{name}.bias" in checkpoint.names for name in names):
            bias = self._read(*(f"{name}.bias" for name in names))
        weights = [f"{name}.weight" for name in names]
        weight: Tensor | Int8Weight
        if f"{weights[0]}.scale" in checkpoint.names:
            scales = [checkpoint.tensor(f"{name}.scale") for name in weights]
            weight = Int8Weight(
                torch.cat([checkpoint.tensor(n) for n in weights]), torch.cat(scales)
            )
        else:
            weight = self._read(*weights)
        if isinstance(weight, Int8Weight) and exact == "dense":
            weight = weight.dequantize().to(self.device, self.dtype)
        return make_linears(weight, bias, exact, self.approximate)

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
        return self.forward_many([(cache, ids)])[0]

    @torch.inference_mode()
    def forward_many(self, requests: Sequence[tuple[SequenceCache, Tensor]]) -> list[Tensor]:
        """Compute `forward` for several caches in one pass.

        Prefixes, rows and token counts may differ: the linear layers see all tokens as rows of one
        matrix, without padding, and only attention runs once for each cache. Approximate and exact
        caches use different layers.

        On a CPU the rows are divided among the cores, and each core takes its rows through all
        layers: most operations of a layer are too short to be divided themselves. A large model is
        the exception.
        """
        cores = self._row_groups
        pieces = [
            piece
            for number, (cache, ids) in enumerate(requests)
            for piece in pieces_of(number, cache, ids, cores)
        ]
        batches = [
            batch
            for approximate in (False, True)
            for batch in batches_of(
                [p for p in pieces if p.cache.approximate is approximate], cores
            )
        ]
        done = (
            side_by_side(self._run_layers, batches)
            if len(batches) > 1
            else map(self._run_layers, batches)
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
    def _run_layers(self, batch: Sequence[Piece]) -> list[Tensor]:
        """Final hidden states of each piece, (rows, n, width). All use the same layers."""
        layers = self.approximate_layers if batch[0].cache.approximate else self.layers
        counts = [piece.ids.numel() for piece in batch]
        positions = [self._rope_and_causal_mask(one.cache, one.ids.shape[1]) for one in batch]
        x = self.embedding[torch.cat([piece.ids.reshape(-1) for piece in batch])].to(self.dtype)
        if padding := -len(x) % ROW_MULTIPLE:
            counts = [*counts, padding]
            x = F.pad(x, (0, 0, 0, padding))
        for i, layer in enumerate(layers):
            heads = torch.split(layer.qkv(self._rms_norm(x, layer.norm_in)), counts)
            attended = [
                self._attention(i, part.view(*piece.ids.shape, -1), piece.cache, position)
                for part, piece, position in zip(heads, batch, positions, strict=False)
            ]
            if padding:
                attended.append(torch.zeros_like(attended[0][:1]).expand(padding, -1))
            joined = attended[0] if len(attended) == 1 else torch.cat(attended)
            x = x + layer.out(joined)
            gate, up = layer.gate_up(self._rms_norm(x, layer.norm_mid)).chunk(2, dim=-1)
            x = x + layer.down(F.silu(gate).mul_(up))
        hidden = torch.split(self._rms_norm(x, self.norm), counts)
        return [part.view(*piece.ids.shape, -1) for part, piece in zip(hidden, batch, strict=False)]

    def _rope_and_causal_mask(
        self, cache: SequenceCache, n: int
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """What the next `n` positions are rotated by, and the causal mask.

        The first are cosines, the second sines, negative in the first half: (n, head_dim) each.

        The mask, (n, length + n), is true where a token must not attend. It covers the tokens of
        the sequence itself: the prefix is always visible. A single token needs none.
        """
        cos, sin = self._rope(cache.prefix.length + cache.length, n)
        if n == 1:
            return cos, sin, None
        mask = torch.ones(n, cache.length + n, dtype=torch.bool, device=self.device)
        return cos, sin, mask.triu(cache.length + 1)

    def _attention(
        self,
        layer: int,
        heads: Tensor,
        cache: SequenceCache,
        position: tuple[Tensor, Tensor, Tensor | None],
    ) -> Tensor:
        """Attention of one layer for one cache.

        Args:
            heads: queries, keys and values, (rows, n, (heads + 2 kv_heads) x head_dim).

        Returns:
            (rows x n, heads x head_dim)
        """
        cos, sin, mask = position
        rows, n, _ = heads.shape
        start, end = cache.length, cache.length + n
        q, k, v = self._apply_rotary(heads, cos, sin)
        cache.keys[layer, :, :, start:end] = k
        cache.values[layer, :, :, start:end] = v
        attended = self._attend(
            q,
            (cache.prefix.keys[layer], cache.prefix.values[layer]),
            (cache.keys[layer, :, :, :end], cache.values[layer, :, :, :end]),
            mask,
        )
        return attended.reshape(rows * n, -1)

    def _rms_norm(self, x: Tensor, weight: Tensor) -> Tensor:
        if self.dtype != torch.float32:
            return F.rms_norm(x, (self.config.width,), weight, self.config.eps)
        # On a CPU these take a third of the time of `F.rms_norm`.
        norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
        inverse = norm.square_().div_(self.config.width).add_(self.config.eps).rsqrt_()
        found: Tensor = (x * inverse).mul_(weight)
        return found

    def _rope(self, first: int, n: int) -> tuple[Tensor, Tensor]:
        positions = torch.arange(first, first + n, dtype=torch.float32, device=self.device)
        angles = torch.outer(positions, self._frequencies)
        cos, sin = angles.cos().to(self.dtype), angles.sin().to(self.dtype)
        return torch.cat([cos, cos], dim=-1), torch.cat([-sin, sin], dim=-1)

    def _apply_rotary(
        self, heads: Tensor, cos: Tensor, sin: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Split and rotate: q (rows, heads, n, head_dim), k and v (rows, kv_heads, n, head_dim)."""
        rows, n, _ = heads.shape
        config = self.config
        heads = heads.view(rows, n, -1, config.head_dim).transpose(1, 2)
        qk, v = heads[:, : -config.kv_heads], heads[:, -config.kv_heads :]
        first, second = qk.chunk(2, dim=-1)
        qk = torch.addcmul(qk * cos, torch.cat([second, first], dim=-1), sin)
        return qk[:, : config.heads], qk[:, config.heads :], v

    def _attend(
        self,
        q: Tensor,
        prefix: tuple[Tensor, Tensor],
        own: tuple[Tensor, Tensor],
        mask: Tensor | None,
    ) -> Tensor:
        """Attend to the prefix and to the sequence itself: (rows, n, heads, head_dim)."""
        rows, heads, n, dim = q.shape
        kv_heads = self.config.kv_heads
        group = heads // kv_heads
        q = q.reshape(rows, kv_heads, group * n, dim) * dim**-0.5
        past = prefix[0].shape[1]
        # One product a head of all queries and the shared keys: the prefix is not copied.
        shared = q.transpose(0, 1).reshape(kv_heads, rows * group * n, dim)
        to_prefix = (shared @ prefix[0].transpose(1, 2)).view(kv_heads, rows, group * n, past)
        to_own = q @ own[0].transpose(2, 3)
        if mask is not None:
            masked = to_own.view(rows, kv_heads, group, n, -1)
            to_own = masked.masked_fill(mask, float("-inf")).view(to_own.shape)
        scores = torch.cat([to_prefix.transpose(0, 1), to_own], dim=-1)
        weights = scores.softmax(dim=-1, dtype=torch.float32).to(q.dtype)
        on_prefix = weights[..., :past].transpose(0, 1).reshape(kv_heads, rows * group * n, past)
        attended = (on_prefix @ prefix[1]).view(kv_heads, rows, group * n, dim).transpose(0, 1)
        attended = attended + weights[..., past:] @ own[1]
        return attended.reshape(rows, heads, n, dim).transpose(1, 2)


def release_memory() -> None:
    """Return freed memory to the system. glibc keeps what was needed while weights were packed."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:  # other C libraries than glibc have none
            trim(0)


@dataclass(frozen=True, slots=True)
class OutputLayer:
    """Hidden states, (..., width), to logits, (..., vocabulary), float32."""

    exact: Linear
    approximate: Linear

    def __call__(self, hidden: Tensor, *, approximate: bool = False) -> Tensor:
        """Logits of hidden states."""
        rows = hidden.reshape(-1, hidden.shape[-1])
        count = len(rows)
        rows = F.pad(rows, (0, 0, 0, -count % ROW_MULTIPLE))
        found = (self.approximate if approximate else self.exact)(rows)[:count]
        return found.view(*hidden.shape[:-1], -1).float()
