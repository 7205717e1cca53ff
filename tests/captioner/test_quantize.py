"""Quantised layers come near to exact ones, and no row depends on another."""

from __future__ import annotations

from typing import Final

import pytest
import torch
from torch.nn import functional as F

from atl_core.captioner.model import ROW_MULTIPLE
from atl_core.captioner.quantize import Kernel, fastest, make_linear, quantize

WEIGHT = torch.randn(96, 64, generator=torch.Generator().manual_seed(1))
ROWS = torch.randn(24, 64, generator=torch.Generator().manual_seed(2))
BIAS = torch.linspace(-2, 2, 96)
ERROR: Final[dict[Kernel, float]] = {
    "dense": 1e-6, "fp16-fbgemm": 1e-3, "int8-mm": 0.02, "int8-fbgemm": 0.025,
    "int8-fbgemm-precise": 0.01,
}  # fmt: skip
"""Largest error of a product, relative to its norm."""
KERNELS = pytest.mark.parametrize("kernel", ERROR)


@KERNELS
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_layer_comes_near_to_the_exact_one(kernel: Kernel, dtype: torch.dtype) -> None:
    exact = F.linear(ROWS, WEIGHT, BIAS)
    near = make_linear(WEIGHT.to(dtype), BIAS.to(dtype), kernel)(ROWS.to(dtype))
    assert near.dtype is dtype
    allowed = ERROR[kernel] + (0.01 if dtype is torch.bfloat16 else 0)
    assert float((near.float() - exact).norm() / exact.norm()) < allowed


@KERNELS
def test_four_rows_come_to_the_same_alone_and_in_company(kernel: Kernel) -> None:
    linear = make_linear(WEIGHT, None, kernel)
    rows = ROWS * torch.logspace(-3, 3, len(ROWS))[:, None]
    whole = linear(rows)
    for first in range(0, len(rows), ROW_MULTIPLE):
        part = slice(first, first + ROW_MULTIPLE)
        assert torch.equal(linear(rows[part]), whole[part])


@pytest.mark.parametrize(("kernel", "steps"), [("int8-mm", 127), ("int8-fbgemm", 63)])
def test_rows_of_any_size_keep_their_sign_and_scale(kernel: Kernel, steps: int) -> None:
    linear = make_linear(torch.eye(64), None, kernel)
    sizes = torch.tensor([0.0, 1e-5, 1.0, 3e4])[:, None]
    found = linear(sizes * ROWS[0])
    # Half a step of the largest number in the row, and rounding in the last place.
    largest = sizes * ROWS[0].abs().max()
    assert ((found - sizes * ROWS[0]).abs() <= 0.51 * largest / steps + 1e-7).all()


def test_weights_that_are_int8_already_are_not_rounded_again() -> None:
    rounded = quantize(WEIGHT)
    assert torch.equal(make_linear(rounded, None, "dense")(ROWS), ROWS @ rounded.dequantize().T)
    one, other = (make_linear(w, None, "int8-fbgemm")(ROWS) for w in (WEIGHT, rounded))
    assert torch.equal(one, other)


def test_the_fastest_kernel_is_one_of_those_that_were_tried() -> None:
    assert fastest(("dense", "int8-fbgemm"), 96, 64, torch.float32) in ("dense", "int8-fbgemm")
