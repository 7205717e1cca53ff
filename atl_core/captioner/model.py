"""A Llama-family decoder for sampling many short continuations of one shared text.

A line is written by sampling dozens of candidates after the same prompt. Generic generation copies
the keys and values of the prompt for every candidate. Here they are stored once (`PrefixCache`),
all candidates attend to them in one matrix product, and each candidate has a cache for its own few
tokens only (`SequenceCache`).

Reads a folder in the format of transformers (`config.json`, `model.safetensors`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import safe_open
from torch import Tensor
from torch.nn import functional as F

from atl_core.captioner.quantize import Int8Linear, int8_is_faster, linear, quantize
from atl_core.errors import WeightsError

MIN_ROWS: Final = 4
"""Smaller batches are padded to this many rows. Matrix libraries use another algorithm for fewer
rows, which rounds differently, and the result for a token must not depend on the batch size."""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The dimensions of a Llama-family model."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    head_dim: int
    eps: float
    rope_theta: float

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> ModelConfig:
        """Read the `config.json` of transformers.

        Raises:
            WeightsError: the architecture is not supported.
        """
        rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
        plain = rope.get("rope_type", "default") == "default"
        if config.get("model_type") not in ("llama", "mistral") or not plain:
            raise WeightsError(
                f"This writer cannot run a base model of type {config.get('model_type')}.",
                "Llama and Mistral layouts with plain rotary positions are accepted.",
            )
        heads = config["num_attention_heads"]
        return cls(
            layers=config["num_hidden_layers"],
            width=config["hidden_size"],
            heads=heads,
            kv_heads=config.get("num_key_value_heads") or heads,
            head_dim=config.get("head_dim") or config["hidden_size"] // heads,
            eps=config["rms_norm_eps"],
            rope_theta=rope.get("rope_theta") or config.get("rope_theta", 10_000.0),
        )


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """The weights of one block. Fused: four large products a layer instead of seven small ones."""

    qkv: Tensor | Int8Linear
    """((heads + 2 kv_heads) x head_dim, width)"""
    out: Tensor | Int8Linear
    gate_up: Tensor | Int8Linear
    down: Tensor | Int8Linear
    norm_in: Tensor
    norm_mid: Tensor


@dataclass(frozen=True, slots=True)
class PrefixCache:
    """The KV cache of a text that many sequences share. Immutable: `extend` returns a new one."""

    keys: tuple[Tensor, ...]
    """For each layer: (kv_heads, length, head_dim)."""
    values: tuple[Tensor, ...]
    last_hidden: Tensor
    """(width,): the final hidden state at the last token."""

    @property
    def length(self) -> int:
        return self.keys[0].shape[1]


class SequenceCache:
    """The KV cache of the tokens that each of several sequences adds to a shared prefix.

    Args:
        rows: number of sequences.
        capacity: maximum number of tokens in each.
        approximate: compute with the int8 layers where these are faster. Use it for sampling.
    """

    def __init__(
        self,
        model: Decoder,
        prefix: PrefixCache,
        rows: int,
        capacity: int,
        *,
        approximate: bool = False,
    ) -> None:
        shape = (model.config.layers, rows, model.config.kv_heads, capacity, model.config.head_dim)
        self.prefix = prefix
        self.approximate = approximate
        self.length = 0
        self.keys = torch.zeros(shape, dtype=model.dtype, device=model.device)
        self.values = torch.zeros(shape, dtype=model.dtype, device=model.device)

    def keep_rows(self, rows: Tensor) -> None:
        """Keep only these sequences, in this order."""
        self.keys, self.values = self.keys[:, rows], self.values[:, rows]


class Decoder:
    """A decoder-only transformer: token ids in, hidden states out."""

    def __init__(self, folder: Path, device: torch.device, dtype: torch.dtype) -> None:
        config = json.loads((folder / "config.json").read_text())
        self.config = ModelConfig.from_config(config)
        self.device, self.dtype = device, dtype
        with safe_open(folder / "model.safetensors", "pt", device=str(device)) as file:

            def read(*names: str) -> Tensor:
                return torch.cat([file.get_tensor(name) for name in names]).to(dtype).contiguous()

            self.embedding = read("model.embed_tokens.weight")
            self.norm = read("model.norm.weight")
            tied = config.get("tie_word_embeddings", False)
            self.head = self.embedding if tied else read("lm_head.weight")
            self.layers = [
                self._layer(read, f"model.layers.{i}.") for i in range(self.config.layers)
            ]
        self.approximate_layers = (
            [_quantized(layer) for layer in self.layers] if int8_is_faster(device) else self.layers
        )
        half = torch.arange(0, self.config.head_dim, 2, dtype=torch.float32, device=device)
        self._frequencies = self.config.rope_theta ** (-half / self.config.head_dim)

    @staticmethod
    def _layer(read: Any, at: str) -> LayerWeights:
        attention, mlp = f"{at}self_attn.", f"{at}mlp."
        return LayerWeights(
            qkv=read(*(f"{attention}{part}_proj.weight" for part in "qkv")),
            out=read(f"{attention}o_proj.weight"),
            gate_up=read(f"{mlp}gate_proj.weight", f"{mlp}up_proj.weight"),
            down=read(f"{mlp}down_proj.weight"),
            norm_in=read(f"{at}input_layernorm.weight"),
            norm_mid=read(f"{at}post_attention_layernorm.weight"),
        )

    def empty_prefix(self) -> PrefixCache:
        """A prefix of no tokens."""
        none = torch.zeros(
            self.config.kv_heads, 0, self.config.head_dim, dtype=self.dtype, device=self.device
        )
        hidden = torch.zeros(self.config.width, dtype=self.dtype, device=self.device)
        layers = (none,) * self.config.layers
        return PrefixCache(layers, layers, hidden)

    def extend(self, prefix: PrefixCache, ids: Sequence[int]) -> PrefixCache:
        """Return the prefix with `ids` appended."""
        if not ids:
            return prefix
        cache = SequenceCache(self, prefix, 1, len(ids))
        hidden = self.forward(cache, torch.tensor([ids], device=self.device))
        return PrefixCache(
            tuple(
                torch.cat([old, new[0]], dim=1)
                for old, new in zip(prefix.keys, cache.keys, strict=True)
            ),
            tuple(
                torch.cat([old, new[0]], dim=1)
                for old, new in zip(prefix.values, cache.values, strict=True)
            ),
            hidden[0, -1],
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
        """
        done: dict[int, Tensor] = {}
        for approximate, layers in ((False, self.layers), (True, self.approximate_layers)):
            which = [i for i, (c, _) in enumerate(requests) if c.approximate is approximate]
            if which:
                hidden = self._run_layers(layers, [requests[i] for i in which])
                done |= dict(zip(which, hidden, strict=True))
        return [done[i] for i in range(len(requests))]

    def _run_layers(
        self, layers: Sequence[LayerWeights], requests: Sequence[tuple[SequenceCache, Tensor]]
    ) -> list[Tensor]:
        shapes = [ids.shape for _, ids in requests]
        counts = [ids.numel() for _, ids in requests]
        positions = [self._rope_and_causal_mask(cache, ids.shape[1]) for cache, ids in requests]
        x = self.embedding[torch.cat([ids.reshape(-1) for _, ids in requests])]
        if padding := max(0, MIN_ROWS - len(x)):
            counts = [*counts, padding]
            x = F.pad(x, (0, 0, 0, padding))
        for i, layer in enumerate(layers):
            heads = torch.split(linear(self._rms_norm(x, layer.norm_in), layer.qkv), counts)
            attended = [
                self._attention(i, part.view(*shape, -1), cache, position)
                for part, shape, (cache, _), position in zip(
                    heads, shapes, requests, positions, strict=False
                )
            ]
            x = x + linear(F.pad(torch.cat(attended), (0, 0, 0, padding)), layer.out)
            gate, up = linear(self._rms_norm(x, layer.norm_mid), layer.gate_up).chunk(2, dim=-1)
            x = x + linear(F.silu(gate) * up, layer.down)
        for cache, ids in requests:
            cache.length += ids.shape[1]
        hidden = torch.split(self._rms_norm(x, self.norm), counts)
        return [part.view(*shape, -1) for part, shape in zip(hidden, shapes, strict=False)]

    def _rope_and_causal_mask(self, cache: SequenceCache, n: int) -> tuple[Tensor, Tensor, Tensor]:
        """Cosines and sines of the next `n` positions, (n, head_dim), and the causal mask.

        The mask, (n, length + n), is true where a token must not attend. It covers the tokens of
        the sequence itself: the prefix is always visible.
        """
        cos, sin = self._rope(cache.prefix.length + cache.length, n)
        mask = torch.ones(n, cache.length + n, dtype=torch.bool, device=self.device)
        return cos, sin, mask.triu(cache.length + 1)

    def _attention(
        self,
        layer: int,
        heads: Tensor,
        cache: SequenceCache,
        position: tuple[Tensor, Tensor, Tensor],
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
        return F.rms_norm(x, (self.config.width,), weight, self.config.eps)

    def _rope(self, first: int, n: int) -> tuple[Tensor, Tensor]:
        positions = torch.arange(first, first + n, dtype=torch.float32, device=self.device)
        angles = torch.outer(positions, self._frequencies).repeat(1, 2)
        return angles.cos().to(self.dtype), angles.sin().to(self.dtype)

    def _apply_rotary(
        self, heads: Tensor, cos: Tensor, sin: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Split and rotate: q (rows, heads, n, head_dim), k and v (rows, kv_heads, n, head_dim)."""
        rows, n, _ = heads.shape
        config = self.config
        heads = heads.view(rows, n, -1, config.head_dim).transpose(1, 2)
        qk, v = heads[:, : -config.kv_heads], heads[:, -config.kv_heads :]
        first, second = qk.chunk(2, dim=-1)
        qk = qk * cos + torch.cat([-second, first], dim=-1) * sin
        return qk[:, : config.heads], qk[:, config.heads :], v

    def _attend(
        self,
        q: Tensor,
        prefix: tuple[Tensor, Tensor],
        own: tuple[Tensor, Tensor],
        mask: Tensor,
    ) -> Tensor:
        """Attend to the prefix and to the sequence itself: (rows, n, heads, head_dim)."""
        rows, heads, n, dim = q.shape
        kv_heads = self.config.kv_heads
        group = heads // kv_heads
        q = q.reshape(rows, kv_heads, group, n, dim) * dim**-0.5
        # One product a head of all queries and the shared keys: the prefix is not copied.
        shared = q.permute(1, 0, 2, 3, 4).reshape(kv_heads, rows * group * n, dim)
        to_prefix = (shared @ prefix[0].transpose(1, 2)).view(kv_heads, rows, group, n, -1)
        grouped = q.reshape(rows, kv_heads, group * n, dim)
        to_own = (grouped @ own[0].transpose(2, 3)).view(rows, kv_heads, group, n, -1)
        to_own = to_own.masked_fill(mask, float("-inf"))
        scores = torch.cat([to_prefix.transpose(0, 1), to_own], dim=-1)
        weights = scores.softmax(dim=-1, dtype=torch.float32).to(q.dtype)
        past = prefix[0].shape[1]
        on_prefix = weights[..., :past].transpose(0, 1).reshape(kv_heads, rows * group * n, past)
        on_own = weights[..., past:].reshape(rows, kv_heads, group * n, -1)
        attended = (on_prefix @ prefix[1]).view(kv_heads, rows, group, n, dim).transpose(0, 1)
        attended = attended + (on_own @ own[1]).view(rows, kv_heads, group, n, dim)
        return attended.reshape(rows, heads, n, dim).transpose(1, 2)


def _quantized(layer: LayerWeights) -> LayerWeights:
    """The layer with int8 weights."""
    return replace(
        layer,
        qkv=quantize(layer.qkv),
        out=quantize(layer.out),
        gate_up=quantize(layer.gate_up),
        down=quantize(layer.down),
    )
