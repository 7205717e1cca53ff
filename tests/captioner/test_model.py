"""Our decoder gives what transformers gives, however the text is cut into prefix and cache."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from atl_core.captioner.model import Decoder, ModelConfig, SequenceCache
from atl_core.errors import WeightsError

VOCABULARY = 61


def saved_model(folder: Path, *, tied: bool, kv_heads: int) -> LlamaForCausalLM:
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=48,
        intermediate_size=80,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=kv_heads,
        tie_word_embeddings=tied,
        max_position_embeddings=128,
    )
    model = LlamaForCausalLM(config).eval()
    model.save_pretrained(folder)
    return model


@pytest.mark.parametrize(("tied", "kv_heads"), [(True, 2), (False, 4), (True, 1)])
def test_a_branch_sees_what_it_would_see_in_one_long_text(
    tmp_path: Path, tied: bool, kv_heads: int
) -> None:
    reference = saved_model(tmp_path, tied=tied, kv_heads=kv_heads)
    model = Decoder(tmp_path, torch.device("cpu"), torch.float32)
    prompt = [3, 14, 15, 9, 26]
    endings = torch.randint(0, VOCABULARY, (4, 6))

    prefix = model.extend(model.extend(model.empty_prefix(), prompt[:2]), prompt[2:])
    cache = SequenceCache(model, prefix, rows=4, capacity=6)
    cut = [model.forward(cache, endings[:, start:stop]) for start, stop in [(0, 1), (1, 5), (5, 6)]]
    ours = torch.cat(cut, dim=1) @ model.head.T

    whole = torch.cat([torch.tensor([prompt] * 4), endings], dim=1)
    with torch.no_grad():
        theirs = reference(whole).logits[:, len(prompt) :]
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


def test_a_branch_is_not_changed_by_its_neighbours(tmp_path: Path) -> None:
    saved_model(tmp_path, tied=True, kv_heads=2)
    model = Decoder(tmp_path, torch.device("cpu"), torch.float32)
    prefix = model.extend(model.empty_prefix(), [1, 2, 3])
    text = torch.tensor([[5, 8, 13]])
    alone = model.forward(SequenceCache(model, prefix, 1, 3), text)

    crowd = SequenceCache(model, prefix, 3, 3)
    first = model.forward(crowd, torch.tensor([[40, 41], [5, 8], [50, 51]]))
    crowd.keep_rows(torch.tensor([1]))
    last = model.forward(crowd, torch.tensor([[13]]))
    together = torch.cat([first[1:2], last], dim=1)
    torch.testing.assert_close(alone, together, rtol=1e-4, atol=1e-5)


def test_words_are_drawn_by_odds_near_to_the_exact_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("atl_core.captioner.model.int8_is_faster", lambda _: True)
    saved_model(tmp_path, tied=True, kv_heads=2)
    model = Decoder(tmp_path, torch.device("cpu"), torch.bfloat16)
    prefix = model.extend(model.empty_prefix(), [1, 2, 3])
    text = torch.tensor([[5], [8], [13], [21]])
    exact, quick = (
        SequenceCache(model, prefix, 4, 1),
        SequenceCache(model, prefix, 4, 1, approximate=True),
    )
    # Both at once, as two writers would have it: each goes through the layers that it asked for.
    found = model.forward_many([(quick, text), (exact, text), (quick_again(quick), text)])
    drawn, read, again = (torch.log_softmax((h[:, 0] @ model.head.T).float(), -1) for h in found)
    assert torch.equal(drawn, again)
    assert not torch.equal(drawn, read)
    assert float((read.exp() * (read - drawn)).sum(dim=-1).max()) < 0.01


def quick_again(cache: SequenceCache) -> SequenceCache:
    """SequenceCache as these were before they moved."""
    again = copy.copy(cache)
    again.keys, again.values = cache.keys.clone(), cache.values.clone()
    return again


def test_reading_nothing_leaves_the_prefix_as_it_is(tmp_path: Path) -> None:
    saved_model(tmp_path, tied=True, kv_heads=2)
    model = Decoder(tmp_path, torch.device("cpu"), torch.float32)
    prefix = model.extend(model.empty_prefix(), [1, 2, 3])
    assert model.extend(prefix, []) is prefix
    assert prefix.length == 3


def test_another_kind_of_model_is_refused_with_what_is_accepted() -> None:
    with pytest.raises(WeightsError, match=r"gpt2.*Llama and Mistral"):
        ModelConfig.from_config({"model_type": "gpt2"})
