"""The layers of a decoder in int8, on a CPU. The arithmetic is in `int8_kernel`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from atl_core.captioner.adapter import in_bytes
from atl_core.captioner.checkpoint import Checkpoint, stored_weights
from atl_core.captioner.int8_kernel import (
    GROUP,
    PAIR,
    PIECE,
    Array,
    Blocks,
    Linear,
    Weights,
    attend_pieces,
    gated_rows,
    multiply,
    normed_rows,
    rounded_rows,
    run_blocks,
)
from atl_core.captioner.kv_cache import Piece
from atl_core.captioner.quantize import Int8Weight, as_int8
from atl_core.threads import cores, in_parts

NAMES: Final = {
    "q": "self_attn.q_proj", "k": "self_attn.k_proj", "v": "self_attn.v_proj",
    "out": "self_attn.o_proj", "gate": "mlp.gate_proj", "up": "mlp.up_proj",
    "down": "mlp.down_proj",
}  # fmt: skip
"""Of the linear layers of a block, in a checkpoint."""


class Int8Layers:
    """All layers of a model. See `Layers`."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._config = checkpoint.config
        count = self._config.layers

        def parts(name: str) -> list[str]:
            return [f"model.layers.{number}.{name}" for number in range(count)]

        def linear(name: str) -> Linear:
            biases = [bias for bias in parts(f"{name}.bias") if bias in checkpoint.names]
            weights = stacked(
                map(as_int8, stored_weights(checkpoint, parts(f"{name}.weight"))),
                list(checkpoint.tensors(biases)),
                count,
            )
            return Linear(weights, nothing(count), nothing(count))

        def norms(names: Sequence[str]) -> Array:
            return np.stack([norm.float().numpy() for norm in checkpoint.tensors(names)])

        self._blocks = Blocks(
            **{field: linear(name) for field, name in NAMES.items()},
            norm_in=norms(parts("input_layernorm.weight")),
            norm_mid=norms(parts("post_attention_layernorm.weight")),
        )
        self._norm = norms(["model.norm.weight"])[0]

    def adapted(self, adapter: Mapping[str, Tensor]) -> Int8Layers:
        """See `Layers`. The weights are shared; the adapter is rounded to int8 if it is not."""
        small, count = in_bytes(adapter), self._config.layers

        def updated(linear: Linear, name: str) -> Linear:
            layers = [f"model.layers.{number}.{name}" for number in range(count)]
            # A value between the two is scaled once, for both.
            down = (
                Int8Weight(
                    small[f"{layer}.lora_a"],
                    small[f"{layer}.lora_a_scale"][:, 0] * small[f"{layer}.lora_b_scale"][0],
                )
                for layer in layers
            )
            ups = (small[f"{layer}.lora_b"] for layer in layers)
            up = (Int8Weight(values, torch.ones(len(values))) for values in ups)
            return Linear(linear.weights, stacked(down, [], count), stacked(up, [], count))

        found, blocks = copy(self), self._blocks
        found._blocks = Blocks(
            **{field: updated(getattr(blocks, field), name) for field, name in NAMES.items()},
            norm_in=blocks.norm_in,
            norm_mid=blocks.norm_mid,
        )
        return found

    def run(
        self,
        x: Tensor,
        pieces: Sequence[Piece],
        cos_sin: Sequence[tuple[Tensor, Tensor]],
        cores: int,
    ) -> Tensor:
        """See `Layers`."""
        states = x.numpy().copy()
        cos, sin = (torch.cat(one).numpy() for one in zip(*cos_sin, strict=True))
        table = table_of(pieces)
        if cores == 1:
            eps = self._config.eps
            run_blocks(states, table, cos, sin, self._blocks, eps, self._config.head_dim)
        else:
            self._run_divided(states, table, cos, sin, cores)
        squares = np.square(states).mean(axis=1, keepdims=True)
        normed = states / np.sqrt(squares + np.float32(self._config.eps))
        return torch.from_numpy(normed * self._norm)

    def _run_divided(self, states: Array, table: Array, cos: Array, sin: Array, cores: int) -> None:
        """`run_blocks` with each product divided among the cores."""
        blocks, eps, dim = self._blocks, self._config.eps, self._config.head_dim
        for number in range(self._config.layers):
            rounded = normed_rows(states, blocks.norm_in[number], eps, padded(blocks.q))
            q, k, v = divided(rounded, (blocks.q, blocks.k, blocks.v), number, cores)
            attended = attend_pieces(q, k, v, cos, sin, table, number, dim)
            rounded = rounded_rows(attended, padded(blocks.out))
            states += divided(rounded, (blocks.out,), number, cores)[0]
            rounded = normed_rows(states, blocks.norm_mid[number], eps, padded(blocks.gate))
            gate, up = divided(rounded, (blocks.gate, blocks.up), number, cores)
            rounded = gated_rows(gate, up, padded(blocks.down))
            states += divided(rounded, (blocks.down,), number, cores)[0]


class Int8Output:
    """The output layer, (..., width) to (..., vocabulary), on all cores."""

    def __init__(self, weight: Int8Weight) -> None:
        self._weights = stacked([weight], [], 1).of(0)

    def __call__(self, x: Tensor) -> Tensor:
        rows = x.reshape(-1, x.shape[-1]).contiguous().numpy()
        rounded = rounded_rows(rows, PAIR * self._weights.values.shape[1])
        (found,) = multiplied(rounded, [self._weights], cores())
        return torch.from_numpy(found).view(*x.shape[:-1], -1)


def stacked(weights: Iterable[Int8Weight], biases: Sequence[Tensor], count: int) -> Weights:
    """Copies of the weights of `count` layers of one size, so that no memory-mapped file is held.

    In one array, the system gives them huge pages (numpy asks): a step reads all weights once,
    and from the small pages of a file that takes a quarter longer.

    Args:
        biases: of all of the layers, or none.
    """
    assert len(biases) in (0, count)
    found, size = nothing(count), None
    for number, weight in enumerate(weights):
        size = size or weight.values.shape
        assert weight.values.shape == size
        out, inside = size
        groups, pairs = -(-out // GROUP), -(-inside // PAIR)
        if not number:
            scale, bias = (np.zeros((count, groups * GROUP), np.float32) for _ in range(2))
            values = np.zeros((count, groups, pairs, GROUP, PAIR), np.int8)
            found = Weights(values, scale, bias, out)
        # A pair is moved as one number, which is several times faster.
        missing = (0, -inside % PAIR, 0, -out % GROUP)
        whole = F.pad(weight.values, missing) if any(missing) else weight.values
        packed = torch.from_numpy(found.values[number]).view(torch.int16)[..., 0]
        packed.copy_(whole.view(torch.int16).view(groups, GROUP, pairs).transpose(1, 2))
        found.scale[number, :out] = weight.scale.float().numpy()
        if biases:
            found.bias[number, :out] = biases[number].float().numpy()
    return found


def nothing(count: int) -> Weights:
    """Layers of no output channels, where `count` blocks have no adapter."""
    none = np.empty((count, 0), np.float32)
    return Weights(np.empty((count, 0, 0, GROUP, PAIR), np.int8), none, none, 0)


def padded(layer: Linear) -> int:
    """Length of the rows that a layer multiplies."""
    return PAIR * int(layer.weights.values.shape[2])


def table_of(pieces: Sequence[Piece]) -> Array:
    """What `attend_pieces` needs to know of pieces."""
    rows: list[tuple[int, ...]] = []
    first = angles = 0
    for piece in pieces:
        (count, length), cache, prefix = piece.ids.shape, piece.cache, piece.cache.prefix
        # The kernel is given addresses alone.
        assert cache.length + length <= cache.keys.shape[3]
        assert cache.keys.shape == cache.values.shape
        for tensor in (cache.keys[0], cache.values[0], prefix.keys_by_dim, prefix.values):
            assert tensor.dtype == torch.float32
            assert tensor.is_contiguous()
        rows.append((
            first, count, length, angles, cache.length, cache.keys.shape[3], prefix.length,
            cache.keys.data_ptr(), cache.values.data_ptr(), 4 * cache.keys.stride(0),
            prefix.keys_by_dim.data_ptr(), prefix.values.data_ptr(),
        ))  # fmt: skip
        first, angles = first + count * length, angles + length
    return np.array(rows, PIECE)


def divided(
    rounded: tuple[Array, Array], layers: Sequence[Linear], block: int, cores: int
) -> list[Array]:
    """Linear layers of one block, of the same rows, divided among `cores`.

    Args:
        rounded: of `rounded_rows`.

    Returns:
        (rows, out_features) of each, float32.
    """
    outs = multiplied(rounded, [layer.weights.of(block) for layer in layers], cores)
    for layer, out in zip(layers, outs, strict=True):
        if layer.down.channels:
            down, up = layer.down.of(block), layer.up.of(block)
            (low,) = multiplied(rounded, [down], cores)
            small = rounded_rows(low, PAIR * up.values.shape[1])
            out += multiplied(small, [up], cores)[0]
    return outs


def multiplied(rounded: tuple[Array, Array], layers: Sequence[Weights], cores: int) -> list[Array]:
    """The products of rows and single layers, the output channels divided among `cores`."""
    values, steps = rounded
    outs = [np.empty((len(values), layer.channels), np.float32) for layer in layers]

    def multiply_part(part: int) -> None:
        for layer, out in zip(layers, outs, strict=True):
            groups = len(layer.values)
            multiply(
                values, steps, layer, out, groups * part // cores, groups * (part + 1) // cores
            )

    if cores == 1:
        multiply_part(0)
    else:
        in_parts(multiply_part, cores)
    return outs
