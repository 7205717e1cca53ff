"""The layers of a decoder in torch: on a GPU, and to check `int8_layers` against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from atl_core.captioner.adapter import update_of
from atl_core.captioner.checkpoint import Checkpoint, stored_weight
from atl_core.captioner.kv_cache import Piece
from atl_core.captioner.quantize import as_dense

NAMES: Final = {
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "out": ("self_attn.o_proj",),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}
"""Of the linear layers that each product fuses, in a checkpoint."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear layer."""

    weight: Tensor
    """(out_features, in_features)"""
    bias: Tensor | None

    def __call__(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias)


@dataclass(frozen=True, slots=True)
class DenseLayer:
    """One block. Fused: four large products a layer instead of seven small ones."""

    qkv: Linear
    """width -> (heads + 2 kv_heads) x head_dim"""
    out: Linear
    gate_up: Linear
    """width -> 2 x hidden"""
    down: Linear
    norm_in: Tensor
    norm_mid: Tensor


class DenseLayers:
    """All layers of a model. See `Layers`."""

    def __init__(self, checkpoint: Checkpoint, device: torch.device, dtype: torch.dtype) -> None:
        self._config = checkpoint.config
        self._device, self._dtype = device, dtype

        def read(name: str) -> Tensor:
            return checkpoint.tensor(name).to(device, dtype)

        def linear(*names: str) -> Linear:
            weights = [as_dense(stored_weight(checkpoint, f"{name}.weight")) for name in names]
            joined = torch.cat([found.to(device, dtype) for found in weights]).contiguous()
            biased = f"{names[0]}.bias" in checkpoint.names
            bias = torch.cat([read(f"{name}.bias") for name in names]) if biased else None
            return Linear(joined, bias)

        self._layers = [
            DenseLayer(
                **{
                    field: linear(*(f"{at}{name}" for name in names))
                    for field, names in NAMES.items()
                },
                norm_in=read(f"{at}input_layernorm.weight"),
                norm_mid=read(f"{at}post_attention_layernorm.weight"),
            )
            for at in (f"model.layers.{number}." for number in range(self._config.layers))
        ]
        self._norm = read("model.norm.weight")

    def adapted(self, adapter: Mapping[str, Tensor]) -> DenseLayers:
        """See `Layers`. The adapter is merged into a copy of the weights."""

        def merged(linear: Linear, at: str, names: Sequence[str]) -> Linear:
            update = torch.cat([update_of(adapter, f"{at}{name}") for name in names])
            weight = linear.weight.float() + update.to(self._device)
            return Linear(weight.to(self._dtype), linear.bias)

        found = copy(self)
        found._layers = [
            DenseLayer(
                **{
                    field: merged(getattr(layer, field), f"model.layers.{number}.", names)
                    for field, names in NAMES.items()
                },
                norm_in=layer.norm_in,
                norm_mid=layer.norm_mid,
            )
            for number, layer in enumerate(self._layers)
        ]
        return found

    @torch.inference_mode()
    def run(self, x: Tensor, pieces: Sequence[Piece], cos_sin: Sequence[tuple[Tensor, Tensor]],
            cores: int) -> Tensor:  # noqa: ARG002  # fmt: skip
        """See `Layers`."""
        masks = [self._causal_mask(piece) for piece in pieces]
        counts = [piece.ids.numel() for piece in pieces]
        for number, layer in enumerate(self._layers):
            heads = torch.split(layer.qkv(self._rms_norm(x, layer.norm_in)), counts)
            attended = [
                self._attention(number, part, piece, position, mask)
                for part, piece, position, mask in zip(heads, pieces, cos_sin, masks, strict=True)
            ]
            x = x + layer.out(torch.cat(attended))
            gate, up = layer.gate_up(self._rms_norm(x, layer.norm_mid)).chunk(2, dim=-1)
            x = x + layer.down(F.silu(gate).mul_(up))
        return self._rms_norm(x, self._norm)

    def _rms_norm(self, x: Tensor, weight: Tensor) -> Tensor:
        return F.rms_norm(x, (self._config.width,), weight, self._config.eps)

    def _causal_mask(self, piece: Piece) -> Tensor | None:
        """True where a token must not attend, (n, length + n); a single token needs none.

        It covers the tokens of the sequence itself: the prefix is always visible.
        """
        length, n = piece.cache.length, piece.ids.shape[1]
        if n == 1:
            return None
        mask = torch.ones(n, length + n, dtype=torch.bool, device=self._device)
        return mask.triu(length + 1)

    def _attention(
        self,
        layer: int,
        heads: Tensor,
        piece: Piece,
        position: tuple[Tensor, Tensor],
        mask: Tensor | None,
    ) -> Tensor:
        """Attention of one layer for one cache.

        Args:
            heads: queries, keys and values, (rows x n, (heads + 2 kv_heads) x head_dim).

        Returns:
            (rows x n, heads x head_dim)
        """
        config, cache = self._config, piece.cache
        rows, n = piece.ids.shape
        kv_heads, dim = config.kv_heads, config.head_dim
        group, past, end = config.heads // kv_heads, cache.prefix.length, cache.length + n
        heads = heads.view(rows, n, -1, dim).transpose(1, 2)
        qk, v = heads[:, :-kv_heads], heads[:, -kv_heads:]
        cos, sin = (one.to(self._dtype).repeat(1, 2) for one in position)
        first, second = qk.chunk(2, dim=-1)
        qk = torch.addcmul(qk * cos, torch.cat([-second, first], dim=-1), sin)
        cache.keys[layer, :, :, cache.length : end] = qk[:, config.heads :]
        cache.values[layer, :, :, cache.length : end] = v
        q = qk[:, : config.heads].reshape(rows, kv_heads, group * n, dim) * dim**-0.5
        # One product a head of all queries and the shared keys: the prefix is not copied.
        shared = q.transpose(0, 1).reshape(kv_heads, rows * group * n, dim)
        to_prefix = shared @ cache.prefix.keys[layer].transpose(1, 2)
        to_own = q @ cache.keys[layer, :, :, :end].transpose(2, 3)
        if mask is not None:
            masked = to_own.view(rows, kv_heads, group, n, -1)
            to_own = masked.masked_fill(mask, float("-inf")).view(to_own.shape)
        to_prefix = to_prefix.view(kv_heads, rows, group * n, past).transpose(0, 1)
        scores = torch.cat([to_prefix, to_own], dim=-1)
        weights = scores.softmax(dim=-1, dtype=torch.float32).to(q.dtype)
        on_prefix = weights[..., :past].transpose(0, 1).reshape(kv_heads, rows * group * n, past)
        attended = (on_prefix @ cache.prefix.values[layer]).view(kv_heads, rows, group * n, dim)
        attended = attended.transpose(0, 1)
        attended = attended + weights[..., past:] @ cache.values[layer, :, :, :end]
        return attended.reshape(rows, -1, n, dim).transpose(1, 2).reshape(rows * n, -1)
