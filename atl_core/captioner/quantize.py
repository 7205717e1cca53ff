"""Linear layers with int8 weights, for sampling, where small rounding errors do not matter.

Weights are rounded once, with one scale for each output channel. Activations are rounded at each
call, with one scale for each row. Candidates are sampled with these layers; what was sampled is
scored with the exact ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Int8Linear:
    """The weights of a linear layer in int8."""

    values: Tensor
    """(in_features, out_features), int8."""
    scale: Tensor
    """(out_features,), float32."""


def quantize(weight: Tensor | Int8Linear) -> Int8Linear:
    """Round weights, (out_features, in_features), to int8."""
    if isinstance(weight, Int8Linear):
        return weight
    scale = _scale(weight)
    return Int8Linear((weight / scale).round().to(torch.int8).t(), scale[:, 0])


def linear(x: Tensor, weight: Tensor | Int8Linear) -> Tensor:
    """Apply a linear layer: (rows, in_features) -> (rows, out_features), in the dtype of `x`.

    Integer sums are exact, so the result of a row does not depend on the other rows.
    """
    if isinstance(weight, Tensor):
        return torch.nn.functional.linear(x, weight)
    scale = _scale(x)
    product = torch._int_mm((x / scale).round_().to(torch.int8), weight.values)
    return (product * scale).mul_(weight.scale).to(x.dtype)


def int8_is_faster(device: torch.device) -> bool:
    """Whether int8 products are faster than those in the model's own dtype."""
    return device.type == "cpu" and bool(torch.cpu.get_capabilities().get("avx512_vnni", False))


def _scale(x: Tensor) -> Tensor:
    """The value of one int8 step in each row, (rows, 1), float32."""
    return x.abs().amax(dim=-1, keepdim=True).float().clamp_min(1e-6) / 127
