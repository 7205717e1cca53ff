"""Low-rank adapters (LoRA, Hu et al. 2021) as they are stored: 8-bit integers with scales.

A linear layer `W` is tuned by an update `B A` of low rank. A file holds, for each tuned layer,
`<layer>.lora_a` (rank, in) and `<layer>.lora_b` (out, rank). Where they are int8, the scales
`<layer>.lora_a_scale` (rank, 1) and `<layer>.lora_b_scale` (1, rank) lie beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import torch
from torch import Tensor

PARTS: Final = (("lora_a", 0), ("lora_b", 1), ("lora_a_scale", 0), ("lora_b_scale", 1))
"""Names of an adapter's tensors, and the dimension of each that is its rank."""


def update_of(adapter: Mapping[str, Tensor], layer: str) -> Tensor:
    """What is to be added to the weight of a tuned layer, float32 (out, in)."""

    def part(name: str) -> Tensor:
        tensor, scale = adapter[name].float(), adapter.get(f"{name}_scale")
        return tensor if scale is None else tensor * scale

    return part(f"{layer}.lora_b") @ part(f"{layer}.lora_a")


def layers(adapter: Mapping[str, Tensor]) -> list[str]:
    """Names of the tuned layers."""
    return [name.removesuffix(".lora_a") for name in adapter if name.endswith(".lora_a")]


def updates(adapter: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """Name of each tuned layer and its update."""
    for layer in layers(adapter):
        yield layer, update_of(adapter, layer)


def difference(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The adapter whose updates are those of `one` less those of `other`, in 8-bit integers.

    Beside a model that has `other` merged, it makes the base model with `one`, as exactly as the
    merged weights were rounded. Its rank is the sum of both.

    Args:
        one, other: adapters of the same layers.
    """
    mine, theirs = in_bytes(one), in_bytes(other)
    found = {}
    for layer in layers(one):
        for part, rank in PARTS:
            name = f"{layer}.{part}"
            sign = -1 if part == "lora_b" else 1
            found[name] = torch.cat([mine[name], sign * theirs[name]], dim=rank)
    return found


def in_bytes(adapter: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The adapter in 8-bit integers, half the size of bfloat16. Those that it has stay as they are.

    Each rank-one part has its own scale, so that rounding errs by at most 0.4 % of the largest
    value of the part.
    """
    small = {}
    for name, tensor in adapter.items():
        if not name.endswith((".lora_a", ".lora_b")) or tensor.dtype == torch.int8:
            small[name] = tensor
            continue
        dim = 1 if name.endswith(".lora_a") else 0
        scale = tensor.float().abs().amax(dim=dim, keepdim=True).clamp_min(1e-12) / 127
        small[name] = (tensor.float() / scale).round().to(torch.int8).contiguous()
        small[f"{name}_scale"] = scale.contiguous()
    return small
