"""The layers of a decoder in int8, on a CPU. The arithmetic is in `int8_kernel`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import torch
from torch import Tensor

from atl_core.captioner.adapter import in_bytes
from atl_core.captioner.checkpoint import Checkpoint, stored_weight
from atl_core.captioner.int8_kernel import (
    LANES,
    TILE_COLUMNS,
    Array,
    Weights,
    attend,
    gated_rows,
    multiply,
    normed_rows,
    rounded_rows,
)
from atl_core.captioner.kv_cache import Piece
from atl_core.captioner.quantize import Int8Weight, as_int8
from atl_core.threads import in_parts

BLOCK_BYTES: Final = 32 << 20
NAMES: Final = {
    "q": "self_attn.q_proj", "k": "self_attn.k_proj", "v": "self_attn.v_proj",
    "out": "self_attn.o_proj", "gate": "mlp.gate_proj", "up": "mlp.up_proj",
    "down": "mlp.down_proj",
}  # fmt: skip
"""Of the linear layers of a block, in a checkpoint."""


class Int8Linear(NamedTuple):
    """A linear layer."""

    weights: Weights
    update: tuple[Weights, Weights] | None = None
    """Of low rank, added to what the weights give: (in -> rank) and (rank -> out)."""


@dataclass(frozen=True, slots=True)
class Int8Layer:
    """One block."""

    q: Int8Linear
    k: Int8Linear
    v: Int8Linear
    out: Int8Linear
    gate: Int8Linear
    up: Int8Linear
    down: Int8Linear
    norm_in: Array
    norm_mid: Array


class Memory:
    """Memory for weights, in blocks so large that the system gives them huge pages (numpy asks).

    A step reads all weights once. From the small pages of a memory-mapped file that takes a quarter
    longer.
    """

    def __init__(self) -> None:
        self._free = np.empty(0, np.int8)

    def copy(self, values: Array) -> Array:
        """A copy of int8 rows, padded with zeros to a multiple of `LANES`."""
        rows, length = values.shape
        padded = -(-length // LANES) * LANES
        if len(self._free) < rows * padded:
            self._free = np.empty(max(rows * padded, BLOCK_BYTES), np.int8)
        found, self._free = self._free[: rows * padded], self._free[rows * padded :]
        found = found.reshape(rows, padded)
        found[:, :length], found[:, length:] = values, 0
        return found


class Int8Layers:
    """All layers of a model. See `Layers`."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._config = checkpoint.config
        memory = Memory()

        def linear(name: str) -> Int8Linear:
            bias = f"{name}.bias"
            weights = packed(
                as_int8(stored_weight(checkpoint, f"{name}.weight")),
                checkpoint.tensor(bias) if bias in checkpoint.names else None,
                memory,
            )
            return Int8Linear(weights)

        def norm(name: str) -> Array:
            return checkpoint.tensor(f"{name}.weight").float().numpy().copy()

        self._layers = [
            Int8Layer(
                **{field: linear(f"{at}{name}") for field, name in NAMES.items()},
                norm_in=norm(f"{at}input_layernorm"),
                norm_mid=norm(f"{at}post_attention_layernorm"),
            )
            for at in (f"model.layers.{number}." for number in range(self._config.layers))
        ]
        self._norm = norm("model.norm")

    def adapted(self, adapter: Mapping[str, Tensor]) -> Int8Layers:
        """See `Layers`. The weights are shared; the adapter is rounded to int8 if it is not."""
        small, memory = in_bytes(adapter), Memory()

        def update(name: str) -> tuple[Weights, Weights]:
            down, up = small[f"{name}.lora_a"], small[f"{name}.lora_b"]
            # A value between the two is scaled once, for both.
            scale = small[f"{name}.lora_a_scale"][:, 0] * small[f"{name}.lora_b_scale"][0]
            return (
                packed(Int8Weight(down, scale), None, memory),
                packed(Int8Weight(up, torch.ones(len(up))), None, memory),
            )

        found = copy(self)
        found._layers = [
            Int8Layer(
                **{
                    field: Int8Linear(
                        getattr(layer, field).weights, update(f"model.layers.{number}.{name}")
                    )
                    for field, name in NAMES.items()
                },
                norm_in=layer.norm_in,
                norm_mid=layer.norm_mid,
            )
            for number, layer in enumerate(self._layers)
        ]
        return found

    def run(
        self,
        x: Tensor,
        pieces: Sequence[Piece],
        cos_sin: Sequence[tuple[Tensor, Tensor]],
        cores: int,
    ) -> Tensor:
        """See `Layers`."""
        config, states = self._config, x.numpy()
        rows = len(states)
        angles = [(cos.numpy(), sin.numpy()) for cos, sin in cos_sin]
        prefixes = [
            (one.keys.numpy(), one.values.numpy()) for one in (p.cache.prefix for p in pieces)
        ]
        caches = [(one.keys.numpy(), one.values.numpy()) for one in (p.cache for p in pieces)]
        counts = np.cumsum([0, *(piece.ids.numel() for piece in pieces)])
        parts = [slice(first, end) for first, end in pairwise(counts)]
        eps, dim = config.eps, config.head_dim
        for number, layer in enumerate(self._layers):
            rounded = normed_rows(states, layer.norm_in, eps, layer.q.weights.values.shape[1])
            q, k, v = linear(rounded, (layer.q, layer.k, layer.v), rows, cores)
            attended = []
            for n, (piece, part) in enumerate(zip(pieces, parts, strict=True)):
                shape = (*piece.ids.shape, -1, dim)
                (before_keys, before_values), (keys, values) = prefixes[n], caches[n]
                found = attend(
                    q[part].reshape(shape), k[part].reshape(shape), v[part].reshape(shape),
                    *angles[n], before_keys[number], before_values[number], keys[number],
                    values[number], piece.cache.length,
                )  # fmt: skip
                attended.append(found)
            joined = attended[0] if len(attended) == 1 else np.concatenate(attended)
            rounded = rounded_rows(joined, layer.out.weights.values.shape[1])
            states = states + linear(rounded, (layer.out,), rows, cores)[0]
            rounded = normed_rows(states, layer.norm_mid, eps, layer.gate.weights.values.shape[1])
            gate, up = linear(rounded, (layer.gate, layer.up), rows, cores)
            rounded = gated_rows(gate, up, layer.down.weights.values.shape[1])
            states += linear(rounded, (layer.down,), rows, cores)[0]
        normed = states / np.sqrt(np.square(states).mean(axis=1, keepdims=True) + np.float32(eps))
        return torch.from_numpy(normed * self._norm)


class Int8Output:
    """The output layer, (..., width) to (..., vocabulary), on all cores."""

    def __init__(self, weight: Int8Weight) -> None:
        self._linear = Int8Linear(packed(weight, None, Memory()))

    def __call__(self, x: Tensor) -> Tensor:
        rows = x.reshape(-1, x.shape[-1]).contiguous().numpy()
        rounded = rounded_rows(rows, self._linear.weights.values.shape[1])
        (found,) = linear(rounded, (self._linear,), len(rows), torch.get_num_threads())
        return torch.from_numpy(found).view(*x.shape[:-1], -1)


def packed(weight: Int8Weight, bias: Tensor | None, memory: Memory) -> Weights:
    """A copy of the weights for `linear`."""
    values = memory.copy(weight.values.numpy())
    # Copies, so that nothing holds the memory-mapped file.
    scale = weight.scale.float().numpy().copy()
    return Weights(
        values, scale, np.zeros(0, np.float32) if bias is None else bias.float().numpy().copy()
    )


def linear(
    rounded: tuple[Array, Array], layers: Sequence[Int8Linear], rows: int, cores: int
) -> list[Array]:
    """Linear layers of the same rows, their output channels divided among `cores`.

    Args:
        rounded: of `rounded_rows`.

    Returns:
        (rows, out_features) of each, float32.
    """
    values, steps = rounded
    outs = [np.empty((rows, len(layer.weights.values)), np.float32) for layer in layers]

    def multiply_part(part: int) -> None:
        for layer, out in zip(layers, outs, strict=True):
            channels = len(layer.weights.values)
            share = -(-channels // (cores * TILE_COLUMNS)) * TILE_COLUMNS
            first, end = part * share, min(channels, (part + 1) * share)
            multiply(values, steps, *layer.weights, out, first, end)

    if cores == 1:
        multiply_part(0)
    else:
        in_parts(multiply_part, cores)
    for layer, out in zip(layers, outs, strict=True):
        if layer.update:
            down, up = map(Int8Linear, layer.update)
            (low,) = linear(rounded, (down,), rows, cores)
            out += linear(rounded_rows(low, up.weights.values.shape[1]), (up,), rows, cores)[0]
    return outs
