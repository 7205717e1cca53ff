"""Products in bytes come near to exact ones, and each row stands alone."""

from __future__ import annotations

import pytest
import torch

from atl_core.captioner.quantize import linear, quantize

WEIGHT = torch.randn(96, 64, generator=torch.Generator().manual_seed(1))
ROWS = torch.randn(24, 64, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_rough_product_comes_near_to_the_exact_one(dtype: torch.dtype) -> None:
    exact = ROWS @ WEIGHT.T
    near = linear(ROWS.to(dtype), quantize(WEIGHT.to(dtype)))
    assert near.dtype is dtype
    assert float((near.float() - exact).norm() / exact.norm()) < 0.02


def test_weights_that_are_not_rough_are_used_as_they_are() -> None:
    assert torch.equal(linear(ROWS, WEIGHT), torch.nn.functional.linear(ROWS, WEIGHT))


def test_a_row_comes_to_the_same_alone_and_in_company() -> None:
    weight = quantize(WEIGHT)
    for row, found in zip(ROWS, linear(ROWS, weight), strict=True):
        assert torch.equal(linear(row[None], weight)[0], found)


def test_rows_of_any_size_keep_their_sign_and_scale() -> None:
    weight = quantize(torch.eye(64))
    sizes = torch.tensor([0.0, 1e-5, 1.0, 3e4])[:, None]
    found = linear(sizes * ROWS[0], weight)
    # Half a step of the largest number in the row, and of the largest in the weight's.
    assert ((found - sizes * ROWS[0]).abs() <= sizes * ROWS[0].abs().max() / 127 + 1e-7).all()
