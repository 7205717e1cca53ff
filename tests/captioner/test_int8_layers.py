"""The int8 layers come near to those of torch, and no row depends on another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F
from transformers import LlamaConfig, LlamaForCausalLM

from atl_core.captioner.compiled import compiled
from atl_core.captioner.int8_kernel import (
    PAIR,
    attend,
    gated_rows,
    normed_rows,
    rounded_rows,
)
from atl_core.captioner.int8_layers import multiplied, stacked
from atl_core.captioner.kv_cache import LANES, SequenceCache
from atl_core.captioner.model import Decoder
from atl_core.captioner.quantize import quantize
from tests.tiny_models import CPU, FAMILIES, SIZES, VOCABULARY, logits_in_pieces, saved_model

WEIGHT = torch.randn(96, 64, generator=torch.Generator().manual_seed(1))
ROWS = torch.randn(27, 64, generator=torch.Generator().manual_seed(2))


def product(x: Tensor, weight: Tensor, bias: Tensor | None = None, cores: int = 1) -> Tensor:
    weights = stacked([quantize(weight)], [] if bias is None else [bias], 1).of(0)
    rounded = rounded_rows(x.numpy(), PAIR * weights.values.shape[1])
    return torch.from_numpy(multiplied(rounded, [weights], cores)[0])


@settings(max_examples=40)
@given(
    st.integers(1, 60), st.integers(2, 40), st.integers(1, 100), st.booleans(), st.integers(1, 3)
)
def test_a_layer_of_any_size_comes_near_to_the_exact_one(
    rows: int, out: int, inside: int, biased: bool, cores: int
) -> None:
    made = torch.Generator().manual_seed(rows + 100 * out)
    x, weight = (torch.randn(n, inside, generator=made) for n in (rows, out))
    bias = torch.linspace(-2, 2, out) if biased else None
    # The weights are rounded to 8 bits; what the layer does with them is exact to 13.
    exact = F.linear(x, quantize(weight).dequantize(), bias)
    assert torch.allclose(product(x, weight, bias, cores), exact, rtol=1e-3, atol=2e-3)


def test_rows_come_to_the_same_alone_and_in_company() -> None:
    rows = ROWS * torch.logspace(-3, 3, len(ROWS))[:, None]
    whole = product(rows, WEIGHT)
    assert all(torch.equal(product(rows[i : i + 1], WEIGHT)[0], whole[i]) for i in range(len(rows)))
    assert torch.equal(product(rows, WEIGHT, cores=2), whole)


def test_rows_of_any_size_keep_their_sign_and_scale() -> None:
    sizes = torch.tensor([0.0, 1e-5, 1.0, 3e4])[:, None]
    found = product(sizes * ROWS[0], torch.eye(64))
    largest = sizes * ROWS[0].abs().max()
    assert ((found - sizes * ROWS[0]).abs() <= 1e-4 * largest + 1e-7).all()


@pytest.mark.parametrize("length", [16, 576, 8960, 40_000])
def test_the_largest_weights_and_values_do_not_overflow(length: int) -> None:
    x, weight = torch.full((1, length), 5.0), torch.full((2, length), -3.0)
    assert product(x, weight)[0].tolist() == pytest.approx([-15.0 * length] * 2, rel=1e-3)


def test_weights_that_are_int8_already_are_not_rounded_again() -> None:
    rounded = quantize(WEIGHT)
    packed = stacked([rounded], [], 1).values[0].transpose(0, 2, 1, 3).reshape(WEIGHT.shape)
    assert np.array_equal(packed, rounded.values.numpy())
    assert torch.equal(product(ROWS, rounded.dequantize()), product(ROWS, WEIGHT))


def test_the_norm_and_the_gate_are_those_of_torch() -> None:
    made = torch.Generator().manual_seed(3)
    x, up = (30 * torch.randn(5, 48, generator=made) for _ in range(2))
    norm = torch.rand(48, generator=made)

    def values(rounded: tuple[np.ndarray, np.ndarray]) -> Tensor:
        return torch.from_numpy((rounded[0] * rounded[1][:, None])[:5])

    exact = F.rms_norm(x, (48,), norm, 1e-5)
    assert torch.allclose(values(normed_rows(x.numpy(), norm.numpy(), 1e-5, 48)), exact, atol=1e-3)
    gated = F.silu(x) * up
    near = values(gated_rows(x.numpy().copy(), up.numpy(), 48))
    assert torch.allclose(near, gated, atol=1e-4 * float(gated.abs().max()))


@pytest.mark.parametrize(
    ("past", "length", "count"), [(0, 0, 3), (5, 0, 1), (130, 7, 1), (9, 2, 4)]
)
def test_attention_is_that_of_torch(past: int, length: int, count: int) -> None:
    rows, heads, kv_heads, dim = 2, 6, 2, 8
    made = torch.Generator().manual_seed(past)

    def random(*shape: int) -> Tensor:
        return 2 * torch.randn(shape, generator=made)

    q, k, v = (random(rows, count, n, dim) for n in (heads, kv_heads, kv_heads))
    before = [random(kv_heads, past, dim) for _ in range(2)]
    own = [random(rows, kv_heads, length + count, dim) for _ in range(2)]
    still = torch.ones(count, dim // 2), torch.zeros(count, dim // 2)
    found = torch.zeros(rows, count, heads, dim)
    by_dim = F.pad(before[0], (0, 0, 0, -past % LANES)).transpose(1, 2).contiguous()
    attend(
        *(one.clone().numpy() for one in (q, k, v, *still, by_dim, before[1])),
        *(one.numpy() for one in own),
        length,
        found.numpy(),
    )
    assert torch.equal(own[0][:, :, length:], k.transpose(1, 2))
    keys, values = (
        torch.cat([b.expand(rows, -1, -1, -1), o], dim=2) for b, o in zip(before, own, strict=True)
    )
    mask = torch.ones(count, past + length + count, dtype=torch.bool).tril(past + length)
    exact = F.scaled_dot_product_attention(
        q.transpose(1, 2), keys, values, mask, enable_gqa=True
    ).transpose(1, 2)
    assert torch.allclose(found, exact, atol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_of_any_family_gives_nearly_the_same_odds(tmp_path: Path, family: str) -> None:
    saved_model(tmp_path, family)
    prompt, endings = [3, 14, 15, 9, 26], torch.randint(0, VOCABULARY, (4, 6))
    exact, near = (
        logits_in_pieces(Decoder(tmp_path, CPU, int8=int8), prompt, endings).log_softmax(-1)
        for int8 in (False, True)
    )
    assert not torch.equal(exact, near)
    assert float((exact.exp() * (exact - near)).sum(dim=-1).max()) < 1e-3


def test_heads_that_no_row_of_lanes_fits_stay_exact(tmp_path: Path) -> None:
    config = LlamaConfig(**SIZES, num_key_value_heads=2, head_dim=LANES + 2)
    LlamaForCausalLM(config).save_pretrained(tmp_path)
    prompt, endings = [3, 14, 15, 9, 26], torch.randint(0, VOCABULARY, (4, 6))
    exact, same = (Decoder(tmp_path, CPU, int8=int8) for int8 in (False, True))
    assert not same.int8
    assert torch.equal(*(logits_in_pieces(one, prompt, endings) for one in (exact, same)))


def test_layers_of_a_kind_are_of_one_size_and_all_or_none_have_a_bias() -> None:
    one, wider = quantize(WEIGHT), quantize(F.pad(WEIGHT, (0, 2)))
    with pytest.raises(AssertionError):
        stacked([one, wider], [], 2)
    with pytest.raises(AssertionError):
        stacked([one, one], [torch.zeros(len(WEIGHT))], 2)


def test_a_cache_that_is_full_takes_no_more(tmp_path: Path) -> None:
    saved_model(tmp_path)
    model = Decoder(tmp_path, CPU, int8=True)
    cache = SequenceCache(model.extend(model.empty_prefix(), [1, 2, 3]), 2, 3)
    model.forward(cache, torch.tensor([[5, 6], [7, 8]]))
    with pytest.raises(AssertionError):
        model.forward(cache, torch.tensor([[5, 6], [7, 8]]))


def test_a_sequence_is_the_same_whatever_is_computed_with_it(tmp_path: Path) -> None:
    saved_model(tmp_path)
    model = Decoder(tmp_path, CPU, int8=True)
    prefix = model.extend(model.empty_prefix(), [1, 2, 3])
    texts = torch.randint(0, VOCABULARY, (13, 5))
    alone = model.forward(SequenceCache(prefix, 1, 5), texts[4:5])
    other = model.extend(prefix, [9, 9])
    crowd, neighbour = SequenceCache(prefix, 13, 5), SequenceCache(other, 2, 5)
    found, _ = model.forward_many([(crowd, texts), (neighbour, texts[:2])])
    assert torch.equal(found[4], alone[0])


COMPUTES = """
import sys
from pathlib import Path
import numpy as np, torch
from atl_core.captioner import int8_kernel
from atl_core.captioner.kv_cache import SequenceCache
from atl_core.captioner.model import Decoder
if sys.argv[2] == "parts first":
    rows = np.ones((2, 64), np.float32)
    int8_kernel.normed_rows(rows, rows[0], 1e-5, 64)
    int8_kernel.gated_rows(rows.copy(), rows, 64)
model = Decoder(Path(sys.argv[1]), torch.device("cpu"), int8=True)
prefix = model.extend(model.empty_prefix(), list(range(40)))
ids = torch.arange(60).view(3, 20)
print(model.forward(SequenceCache(prefix, 3, 20), ids).numpy().tobytes().hex())
"""


def test_the_result_does_not_depend_on_which_layers_were_loaded_first(tmp_path: Path) -> None:
    """Each compiled function has copies in its callers, of which the process uses the first."""
    saved_model(tmp_path)

    def computed(order: str) -> bytes:
        command = [sys.executable, "-c", COMPUTES, str(tmp_path), order]
        own = {"PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.run(command, env=os.environ | own, capture_output=True, check=True).stdout

    assert computed("parts first") == computed("whole first")


def test_where_nothing_can_be_kept_layers_are_compiled_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in a container whose file system is read-only."""
    monkeypatch.setattr("numba.core.caching.CacheImpl._locator_classes", [])

    @compiled(fastmath=True)
    def twice(x: float) -> float:
        return 2 * x

    assert twice(1.5) == 3.0


USES_TWICE = """
import json, sys
from atl_core.captioner import kv_cache
kv_cache.LANES = int(sys.argv[1])
import small
assert small.twice(1.5) == 3.0
print(json.dumps([small.twice.stats.cache_hits.total(), "numba.cpython.heapq" in sys.modules]))
"""


def test_what_is_compiled_is_read_by_the_next_process_and_for_as_many_lanes(tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text(
        "from atl_core.captioner.compiled import compiled\n\n"
        "@compiled()\ndef twice(x):\n    return 2 * x\n"
    )
    own = {
        "NUMBA_CACHE_DIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]),
    }

    def found(lanes: int) -> tuple[int, bool]:
        """How often it was read, and whether numba prepared to compile."""
        command = [sys.executable, "-c", USES_TWICE, str(lanes)]
        printed = subprocess.run(command, env=os.environ | own, capture_output=True, check=True)
        read, prepared = json.loads(printed.stdout)
        return read, prepared

    assert [found(lanes) for lanes in (8, 8, 16)] == [(0, True), (1, False), (0, True)]
