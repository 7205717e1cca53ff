"""Products in 8-bit integers, for what need not be exact.

Processors with VNNI multiply bytes faster than bfloat16. It shifts the odds of the next words by
less than the warmth that they are drawn with. So words are drawn by these, and what was drawn is
read by the exact ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Rough:
    """A matrix of weights in bytes, each row on a scale of its own."""

    values: Tensor
    """(columns, rows), int8."""
    scale: Tensor
    """(rows,), float32."""


def rough(weight: Tensor | Rough) -> Rough:
    """The weights, (rows, columns), rounded to bytes."""
    if isinstance(weight, Rough):
        return weight
    steps = _steps(weight)
    return Rough((weight / steps).round().to(torch.int8).t(), steps[:, 0])


def product(x: Tensor, weight: Tensor | Rough) -> Tensor:
    """`x` (n, columns) times the transposed weights: (n, rows), in the type of `x`.

    Sums of integers are exact, so a row comes to the same however many are beside it.
    """
    if isinstance(weight, Tensor):
        return torch.nn.functional.linear(x, weight)
    steps = _steps(x)
    found = torch._int_mm((x / steps).round_().to(torch.int8), weight.values)
    return (found * steps).mul_(weight.scale).to(x.dtype)


def pays(device: torch.device) -> bool:
    """Whether these products are the faster ones there."""
    return device.type == "cpu" and bool(torch.cpu.get_capabilities().get("avx512_vnni", False))


def _steps(x: Tensor) -> Tensor:
    """What a step of a byte is worth in each row, (n, 1), in float32 lest 127 be rounded up."""
    return x.abs().amax(dim=-1, keepdim=True).float().clamp_min(1e-6) / 127
