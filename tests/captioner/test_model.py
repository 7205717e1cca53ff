"""Our decoder gives what transformers gives, however the text is cut into prefix and sequences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import BPE
from transformers import AutoModelForCausalLM

from atl_core.captioner.checkpoint import ModelConfig, open_checkpoint
from atl_core.captioner.convert import write_model
from atl_core.captioner.kv_cache import SequenceCache
from atl_core.captioner.model import Decoder
from atl_core.errors import WeightsError
from tests.tiny_models import CPU, FAMILIES, VOCABULARY, logits_in_pieces, logits_of, saved_model


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("shard", ["50GB", "20KB"], ids=["one file", "shards"])
def test_a_sequence_sees_what_it_would_see_in_one_long_text(
    tmp_path: Path, family: str, shard: str
) -> None:
    reference = saved_model(tmp_path, family, shard=shard)
    assert (len(list(tmp_path.glob("*.safetensors"))) > 1) == (shard == "20KB")
    model = Decoder(tmp_path, CPU, torch.float32)
    prompt, endings = [3, 14, 15, 9, 26], torch.randint(0, VOCABULARY, (4, 6))
    ours = logits_in_pieces(model, prompt, endings)
    torch.testing.assert_close(ours, logits_of(reference, prompt, endings), rtol=1e-4, atol=1e-5)


def test_a_sequence_is_not_changed_by_its_neighbours(tmp_path: Path) -> None:
    saved_model(tmp_path)
    model = Decoder(tmp_path, CPU, torch.float32)
    prefix = model.extend(model.empty_prefix(), [1, 2, 3])
    text = torch.tensor([[5, 8, 13]])
    alone = model.forward(SequenceCache(prefix, 1, 3), text)

    crowd = SequenceCache(prefix, 3, 3)
    first = model.forward(crowd, torch.tensor([[40, 41], [5, 8], [50, 51]]))
    crowd.keep_rows(torch.tensor([1]))
    last = model.forward(crowd, torch.tensor([[13]]))
    together = torch.cat([first[1:2], last], dim=1)
    torch.testing.assert_close(alone, together, rtol=1e-4, atol=1e-5)


def test_reading_nothing_leaves_the_prefix_as_it_is(tmp_path: Path) -> None:
    saved_model(tmp_path)
    model = Decoder(tmp_path, CPU, torch.float32)
    prefix = model.extend(model.empty_prefix(), [1, 2, 3])
    assert model.extend(prefix, []) is prefix
    assert prefix.length == 3


def test_a_prefix_without_its_last_tokens_is_the_shorter_prefix(tmp_path: Path) -> None:
    saved_model(tmp_path)
    model = Decoder(tmp_path, CPU, torch.float32)
    longer, shorter = (model.extend(model.empty_prefix(), [1, 2, 3, 4][:n]) for n in (4, 2))
    cut = longer.without_last(2)
    torch.testing.assert_close(cut.keys, shorter.keys)
    torch.testing.assert_close(cut.last_hidden, shorter.last_hidden)


@pytest.mark.parametrize(
    "config",
    [{"model_type": "gpt2"}, {"model_type": "llama", "rope_scaling": {"rope_type": "yarn"}}],
)
def test_another_kind_of_model_is_refused_with_what_is_accepted(config: dict[str, Any]) -> None:
    with pytest.raises(WeightsError, match=r"Llama, Mistral and Qwen2"):
        ModelConfig.from_config(config)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_config_is_read_as_it_was_written(tmp_path: Path, family: str) -> None:
    saved_model(tmp_path, family)
    config = Decoder(tmp_path, CPU, torch.float32).config
    assert ModelConfig.from_config(config.to_config()) == config


def test_a_model_that_is_written_exactly_is_one_that_transformers_reads(tmp_path: Path) -> None:
    saved_model(tmp_path / "base").bfloat16().save_pretrained(tmp_path / "base")
    Tokenizer(BPE()).save(str(tmp_path / "base" / "tokenizer.json"))
    write_model(open_checkpoint(tmp_path / "base"), {}, tmp_path / "written", int8=False)
    base, written = (
        AutoModelForCausalLM.from_pretrained(tmp_path / name) for name in ("base", "written")
    )
    found, expected = (dict(model.state_dict()) for model in (written, base))
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
