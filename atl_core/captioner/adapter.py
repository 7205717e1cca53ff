"""Low-rank adapters (LoRA, Hu et al. 2021) as they are stored: 8-bit integers with scales.

A linear layer `W` is tuned by an update `B A` of low rank. A file holds, for each tuned layer,
`<layer>.lora_a` (rank, in) and `<layer>.lora_b` (out, rank). Where they are int8, the scales
`<layer>.lora_a_scale` (rank, 1) and `<layer>.lora_b_scale` (1, rank) lie beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor


def update_of(adapter: Mapping[str, Tensor], layer: str) -> Tensor:
    """What is to be added to the weight of a tuned layer, float32 (out, in)."""

    def part(name: str) -> Tensor:
        tensor, scale = adapter[name].float(), adapter.get(f"{name}_scale")
        return tensor if scale is None else tensor * scale

    return part(f"{layer}.lora_b") @ part(f"{layer}.lora_a")


def updates(adapter: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """Name of each tuned layer and its update."""
    for name in adapter:
        if name.endswith(".lora_a"):
            layer = name.removesuffix(".lora_a")
            yield layer, update_of(adapter, layer)


def in_bytes(adapter: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The adapter in 8-bit integers, half the size of bfloat16.

    Each rank-one part has its own scale, so that rounding errs by at most 0.4 % of the largest
    value of the part.
    """
    small = {}
    for name, tensor in adapter.items():
        if not name.endswith((".lora_a", ".lora_b")):
            small[name] = tensor
            continue
        dim = 1 if name.endswith(".lora_a") else 0
        scale = tensor.float().abs().amax(dim=dim, keepdim=True).clamp_min(1e-12) / 127
        small[name] = (tensor.float() / scale).round().to(torch.int8).contiguous()
        small[f"{name}_scale"] = scale.contiguous()
    return small
