"""Low-rank adapters: merged into a model, beside one, and in the place of another."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from atl_core.captioner.adapter import difference, in_bytes, layers, update_of, updates
from atl_core.captioner.model import Decoder
from tests.tiny_models import (
    CPU,
    VOCABULARY,
    logits_in_pieces,
    random_adapter,
    saved_model,
    with_updates,
)

PROMPT = [3, 14, 15, 9, 26]
ENDINGS = torch.randint(0, VOCABULARY, (4, 6), generator=torch.Generator().manual_seed(5))


def divergence(one: Decoder, other: Decoder) -> float:
    """The largest of both models' odds of the next token."""
    p, q = (logits_in_pieces(model, PROMPT, ENDINGS).log_softmax(-1) for model in (one, other))
    return float((p.exp() * (p - q)).sum(dim=-1).max())


@pytest.mark.parametrize("int8", [False, True])
@pytest.mark.parametrize("family", ["llama, tied", "qwen2, untied, another rope"])
def test_an_adapter_beside_a_model_does_what_it_does_merged(
    tmp_path: Path, family: str, int8: bool
) -> None:
    base = tmp_path / "base"
    saved_model(base, family)
    adapter = random_adapter(base, 4, 1)
    model = Decoder(base, CPU, int8=int8)
    before = logits_in_pieces(model, PROMPT, ENDINGS)
    merged = Decoder(with_updates(base, adapter, tmp_path / "merged"), CPU)
    assert divergence(merged, model) > 1e-2
    assert divergence(merged, model.adapted(adapter)) < 1e-3
    assert torch.equal(logits_in_pieces(model, PROMPT, ENDINGS), before)


@pytest.mark.parametrize("int8", [False, True])
def test_layers_of_a_block_may_be_adapted_by_different_ranks(tmp_path: Path, int8: bool) -> None:
    base = tmp_path / "base"
    saved_model(base)
    low, high = random_adapter(base, 3, 1), random_adapter(base, 8, 2)
    adapter = low | {name: tensor for name, tensor in high.items() if "v_proj" in name}
    assert {len(tensor) for name, tensor in adapter.items() if name.endswith("lora_a")} == {3, 8}
    merged = Decoder(with_updates(base, adapter, tmp_path / "merged"), CPU)
    assert divergence(merged, Decoder(base, CPU, int8=int8).adapted(adapter)) < 1e-3


@pytest.mark.parametrize("int8", [False, True])
def test_a_difference_puts_one_adapter_in_the_place_of_another(tmp_path: Path, int8: bool) -> None:
    base = tmp_path / "base"
    saved_model(base)
    one, other = random_adapter(base, 2, 1), random_adapter(base, 5, 2)
    exact = Decoder(with_updates(base, one, tmp_path / "one"), CPU)
    model = Decoder(with_updates(base, other, tmp_path / "other"), CPU, int8=int8)
    assert divergence(exact, model) > 1e-2
    assert divergence(exact, model.adapted(difference(one, other))) < 1e-3


def test_an_adapter_in_bytes_is_near_and_stays_what_it_is(tmp_path: Path) -> None:
    saved_model(tmp_path)
    adapter = random_adapter(tmp_path, 4, 1)
    small = in_bytes(adapter)
    assert layers(small) == layers(adapter)
    for layer, update in updates(adapter):
        assert torch.allclose(
            update_of(small, layer), update, atol=0.02 * float(update.abs().max())
        )
    assert all(torch.equal(tensor, small[name]) for name, tensor in in_bytes(small).items())
