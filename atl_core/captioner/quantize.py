"""Weights in int8, as prepared models store them and `int8_layers` multiplies them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Int8Weight:
    """Weights rounded to int8, with one scale for each output channel."""

    values: Tensor
    """(out_features, in_features), int8."""
    scale: Tensor
    """(out_features,), float32."""

    def rows(self, rows: Tensor) -> Int8Weight:
        """Some output channels."""
        return Int8Weight(self.values[rows], self.scale[rows])

    def dequantize(self) -> Tensor:
        """(out_features, in_features), float32."""
        return self.values.float() * self.scale[:, None]


def quantize(weight: Tensor) -> Int8Weight:
    """Round weights, (out_features, in_features), to int8."""
    scale = weight.abs().amax(dim=-1, keepdim=True).float().clamp_min(1e-6) / 127
    return Int8Weight((weight / scale).round().to(torch.int8), scale[:, 0])


def as_int8(weight: Tensor | Int8Weight) -> Int8Weight:
    """The weight in int8, rounded if it is not."""
    return weight if isinstance(weight, Int8Weight) else quantize(weight.float())


def as_dense(weight: Tensor | Int8Weight) -> Tensor:
    """The weight as one tensor."""
    return weight.dequantize() if isinstance(weight, Int8Weight) else weight
