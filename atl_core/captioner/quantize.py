"""Linear layers in several number formats, and which of them is fastest on this machine.

Candidates are sampled with int8 layers: their rounding changes the odds of the next token by less
than sampling does. What was sampled is scored with more exact layers.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

import torch
from torch import Tensor
from torch.nn import functional as F

Kernel = Literal["dense", "fp16-fbgemm", "int8-fbgemm", "int8-fbgemm-precise", "int8-mm"]
"""How a linear layer computes.

- `dense`: weights and activations in the dtype of the model.
- `fp16-fbgemm`: float16 weights, float32 activations.
- `int8-fbgemm`: int8 weights, activations of 7 bits (without VNNI more would overflow).
- `int8-fbgemm-precise`: int8 weights, activations of 13 bits, in two products.
- `int8-mm`: int8 weights and activations; fast with VNNI only.
"""
Linear = Callable[[Tensor], Tensor]
"""Applies a linear layer: (rows, in_features) -> (rows, out_features), in the dtype of the input.

The result of a row does not depend on the other rows.
"""
STEPS: Final = 63
"""Largest value of an activation of 7 bits."""
FP16_ROW_MULTIPLE: Final = 12
TRIAL_ROWS: Final = 24
"""Rows of the products that `fastest` measures: candidates that are sampled at once."""
TRIALS: Final = 12
CLOSE: Final = 1.25
_PRODUCT: Final = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32.default


@dataclass(frozen=True, slots=True)
class Int8Weight:
    """Weights rounded to int8, with one scale for each output channel."""

    values: Tensor
    """(out_features, in_features), int8."""
    scale: Tensor
    """(out_features,), float32."""

    def dequantize(self) -> Tensor:
        """(out_features, in_features), float32."""
        return self.values.float() * self.scale[:, None]


def quantize(weight: Tensor) -> Int8Weight:
    """Round weights, (out_features, in_features), to int8."""
    scale = _scale(weight)
    return Int8Weight((weight / scale).round().to(torch.int8), scale[:, 0])


def make_linear(weight: Tensor | Int8Weight, bias: Tensor | None, kernel: Kernel) -> Linear:
    """A linear layer with these weights.

    Args:
        weight: (out_features, in_features).
        bias: (out_features,).
    """
    if kernel == "dense":
        return DenseLinear(_dense(weight), bias)
    bias = None if bias is None else bias.float()
    if kernel == "fp16-fbgemm":
        packed = torch.ops.quantized.linear_prepack_fp16(_dense(weight).float().contiguous(), bias)
        return Fp16Linear(packed)
    rounded = weight if isinstance(weight, Int8Weight) else quantize(weight)
    if kernel == "int8-mm":
        return Int8Linear(rounded.values.t(), rounded.scale, bias)
    return PackedInt8Linear(_pack(rounded), bias, precise=kernel == "int8-fbgemm-precise")


def make_linears(
    weight: Tensor | Int8Weight, bias: Tensor | None, exact: Kernel, approximate: Kernel
) -> tuple[Linear, Linear]:
    """The same layer by two kernels, which share their weights where they can."""
    first = make_linear(weight, bias, exact)
    if exact == approximate:
        return first, first
    if isinstance(first, PackedInt8Linear) and approximate == "int8-fbgemm":
        return first, replace(first, precise=False)
    return first, make_linear(weight, bias, approximate)


@dataclass(frozen=True, slots=True)
class DenseLinear:
    """A linear layer in the dtype of the model."""

    weight: Tensor
    bias: Tensor | None

    def __call__(self, x: Tensor) -> Tensor:
        """See `Linear`."""
        return F.linear(x, self.weight, self.bias)


@dataclass(frozen=True, slots=True)
class Fp16Linear:
    """A linear layer with float16 weights and float32 activations, by FBGEMM."""

    packed: object

    def __call__(self, x: Tensor) -> Tensor:
        """See `Linear`."""
        rows = len(x)
        # FBGEMM rounds the last one or two of a block of six rows differently.
        x = F.pad(x, (0, 0, 0, -rows % FP16_ROW_MULTIPLE))
        found: Tensor = torch.ops.quantized.linear_dynamic_fp16(x.float(), self.packed)
        return found[:rows].to(x.dtype)


@dataclass(frozen=True, slots=True)
class PackedInt8Linear:
    """A linear layer with int8 weights, by FBGEMM.

    Each row is divided by its largest value before it is rounded, so that the rounding of a row
    does not depend on the others.
    """

    packed: object
    bias: Tensor | None
    precise: bool

    def __call__(self, x: Tensor) -> Tensor:
        """See `Linear`."""
        # Much faster on a CPU than `vector_norm`.
        largest = x.abs().amax(dim=-1, keepdim=True).float().clamp_min_(1e-6)
        shares = (x / largest).float()
        if self.precise:
            # The rounding error of the first product, at most half a step, goes through a second.
            rounded = (shares * STEPS).round_().div_(STEPS)
            found = self._product(rounded, 1 / STEPS)
            found += self._product(shares.sub_(rounded), 0.5 / STEPS**2)
        else:
            found = self._product(shares, 1 / STEPS)
        found *= largest
        if self.bias is not None:
            found += self.bias
        return found.to(x.dtype)

    def _product(self, x: Tensor, step: float) -> Tensor:
        """Multiply rows of values of at most `STEPS` steps, rounded to whole steps."""
        found: Tensor = _PRODUCT(x, step, STEPS + 1, self.packed)
        return found


@dataclass(frozen=True, slots=True)
class Int8Linear:
    """A linear layer with int8 weights and activations, by oneDNN. Integer sums are exact."""

    values: Tensor
    """(in_features, out_features), int8."""
    scale: Tensor
    bias: Tensor | None

    def __call__(self, x: Tensor) -> Tensor:
        """See `Linear`."""
        scale = _scale(x)
        product = torch._int_mm((x / scale).round_().to(torch.int8), self.values)
        found = (product * scale).mul_(self.scale)
        if self.bias is not None:
            found += self.bias
        return found.to(x.dtype)


def fastest(
    kernels: tuple[Kernel, ...], out_features: int, in_features: int, dtype: torch.dtype
) -> Kernel:
    """The kernel that is fastest on this machine for a layer of this size, by measuring.

    Of those within `CLOSE` of the best it is the one with the smallest weights, which come last.
    Takes some ten milliseconds a kernel. They take turns, so that what else the machine does falls
    on all of them.
    """
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn(out_features, in_features, generator=generator).to(dtype)
    x = torch.randn(TRIAL_ROWS, in_features, generator=generator).to(dtype)
    linears: dict[Kernel, Linear] = {}
    for kernel in kernels:
        try:
            linears[kernel] = make_linear(weight, None, kernel)
            linears[kernel](x)
        except (RuntimeError, AttributeError):  # this build of torch lacks the kernel
            linears.pop(kernel, None)
    seconds = dict.fromkeys(linears, float("inf"))
    for _ in range(TRIALS):
        for kernel, linear in linears.items():
            seconds[kernel] = min(seconds[kernel], _seconds(linear, x))
    best = min(seconds.values())
    return [kernel for kernel, taken in seconds.items() if taken <= CLOSE * best][-1]


def _seconds(linear: Linear, x: Tensor) -> float:
    began = time.perf_counter()
    linear(x)
    return time.perf_counter() - began


def _dense(weight: Tensor | Int8Weight) -> Tensor:
    return weight.dequantize() if isinstance(weight, Int8Weight) else weight


def _pack(weight: Int8Weight) -> object:
    """The weights in the layout that FBGEMM multiplies."""
    zeros = torch.zeros(len(weight.scale), dtype=torch.long)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch announces a change of this function
        quantized = torch._make_per_channel_quantized_tensor(
            weight.values.contiguous(), weight.scale.double(), zeros, 0
        )
    packed: object = torch.ops.quantized.linear_prepack(quantized, None)
    return packed


def _scale(x: Tensor) -> Tensor:
    """The value of one int8 step in each row, (rows, 1), float32."""
    return x.abs().amax(dim=-1, keepdim=True).float().clamp_min(1e-6) / 127
