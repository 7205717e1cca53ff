"""GGUF files give the model and the tokenizer that they were made of, without transformers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from gguf.quants import quantize as quantize_gguf
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from atl_core import manifest, weights
from atl_core.captioner.checkpoint import GGUF_NAMES, GGUF_PARTS, open_checkpoint, rope_frequencies
from atl_core.captioner.load import LM, prepared_folder
from atl_core.captioner.model import Decoder
from atl_core.errors import WeightsError
from tests.machine import FETCHED, need_weights
from tests.tiny_models import CPU, FAMILIES, logits_in_pieces, logits_of, saved_model

LINES = [
    "Midnight train, don't you roll so slow\n", "12 rain: I'm standin' out in the rain\n\n",
    "  two  spaces, 1,234 and café — “quoted” 😀\n", "We'll ride (again)?\nAin't that right!\n",
]  # fmt: skip
PRE: dict[str, Any] = {
    "qwen2": (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
              r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"),
    "smollm": None, "gpt-2": None,
}  # fmt: skip


def interleaved(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """As llama.cpp's converter stores queries and keys of Llama models."""
    shape = (heads, 2, -1, *weight.shape[1:])
    return weight.reshape(shape).transpose(1, 2).reshape(weight.shape)


def write_gguf(file: Path, reference: Any, **fields: Any) -> None:
    """What llama.cpp's converter writes, its tensors in 32, 16 and 8 bits."""
    config = reference.config
    family = "qwen2" if config.model_type == "qwen2" else "llama"
    writer = gguf.GGUFWriter(file, family)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_embedding_length(config.hidden_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    if getattr(config, "head_dim", None):
        writer.add_key_length(config.head_dim)
    for add, value in fields.items():
        getattr(writer, add)(value)
    names = {theirs: name for name, theirs in GGUF_NAMES.items()}
    parts = {theirs: name for name, theirs in GGUF_PARTS.items()}
    for name, tensor in reference.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        if family == "llama" and ".q_proj." in name:
            tensor = interleaved(tensor, config.num_attention_heads)
        if family == "llama" and ".k_proj." in name:
            tensor = interleaved(tensor, config.num_key_value_heads)
        if name not in names:
            _, _, number, part = name.split(".", 3)
            part, kind = part.rsplit(".", 1)
            name = f"blk.{number}.{parts[part]}.{kind}"
        else:
            name = names[name]
        values = tensor.float().numpy()
        if "ffn_gate" in name:
            values = values.astype(np.float16)
        writer.add_tensor(name, values)
    if config.rope_parameters["rope_type"] == "llama3":
        from atl_core.captioner.checkpoint import ModelConfig

        own = ModelConfig.from_config(config.to_dict())
        half = torch.arange(0, own.head_dim, 2).float()
        plain = own.rope_theta ** (-half / own.head_dim)
        writer.add_tensor("rope_freqs.weight", (plain / rope_frequencies(own)).numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_gguf_file_computes_what_transformers_computes(tmp_path: Path, family: str) -> None:
    reference = saved_model(tmp_path / "hf", family)
    write_gguf(tmp_path / "model.gguf", reference)
    model = Decoder(tmp_path / "model.gguf", CPU, torch.float32)
    prompt, endings = [3, 14, 15, 9, 26], torch.randint(0, 61, (4, 6))
    ours = logits_in_pieces(model, prompt, endings)
    torch.testing.assert_close(ours, logits_of(reference, prompt, endings), rtol=1e-2, atol=1e-3)


def test_quantised_tensors_are_dequantised(tmp_path: Path) -> None:
    reference = saved_model(tmp_path / "hf", "llama, tied")
    weight = reference.state_dict()["model.layers.0.mlp.down_proj.weight"].numpy()
    weight = np.tile(weight, (1, 2))[:, :128].copy()
    writer = gguf.GGUFWriter(tmp_path / "q.gguf", "qwen2")
    for add, value in (("block_count", 0), ("embedding_length", 48), ("head_count", 4),
                       ("layer_norm_rms_eps", 1e-6)):  # fmt: skip
        getattr(writer, f"add_{add}")(value)
    kind = gguf.GGMLQuantizationType.Q8_0
    writer.add_tensor("blk.0.ffn_down.weight", quantize_gguf(weight, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    found = open_checkpoint(tmp_path).tensor("model.layers.0.mlp.down_proj.weight").numpy()
    assert found.shape == weight.shape
    assert np.abs(found - weight).max() <= np.abs(weight).max() / 120


def byte_level(pre: str) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    if PRE[pre]:
        tokenizer.normalizer = normalizers.NFC()
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(__import__("tokenizers").Regex(PRE[pre]), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ])  # fmt: skip
    else:
        digits = [pre_tokenizers.Digits(individual_digits=True)] if pre == "smollm" else []
        level = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*digits, level])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<|end|>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(LINES * 3, trainer)
    return tokenizer


@pytest.mark.parametrize("pre", PRE)
def test_a_byte_level_tokenizer_is_rebuilt_from_the_metadata(tmp_path: Path, pre: str) -> None:
    tokenizer = byte_level(pre)
    stored = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(stored["vocab"], key=stored["vocab"].get)
    merges = [" ".join(merge) for merge in stored["merges"]]
    write_gguf(
        tmp_path / "m.gguf", saved_model(tmp_path / "hf"), add_tokenizer_model="gpt2",
        add_tokenizer_pre=pre, add_token_list=tokens, add_token_merges=merges,
        add_token_types=[3 if token == "<|end|>" else 1 for token in tokens],
    )  # fmt: skip
    rebuilt = open_checkpoint(tmp_path / "m.gguf").tokenizer()
    for line in [*LINES, "<|end|>"]:
        ids = tokenizer.encode(line).ids
        assert rebuilt.encode(line).ids == ids
        assert rebuilt.decode(ids) == tokenizer.decode(ids)


def test_a_sentencepiece_tokenizer_is_rebuilt_from_its_scores(tmp_path: Path) -> None:
    base = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    letters = "\u2581abcdeghilnorstuvwy"
    longer = "\u2581t he \u2581the ro ad road \u2581road in ain \u2581r \u2581rain".split()
    pieces = [*letters, *longer]
    tokens = [*base, *pieces]
    scores = [0.0] * len(base) + [-float(n) for n in range(len(pieces))]
    write_gguf(
        tmp_path / "m.gguf", saved_model(tmp_path / "hf"), add_tokenizer_model="llama",
        add_token_list=tokens, add_token_scores=scores,
        add_token_types=[2, 3, 3, *[6] * 256, *[1] * len(pieces)],
    )  # fmt: skip
    rebuilt = open_checkpoint(tmp_path / "m.gguf").tokenizer()
    found = rebuilt.encode("the rain\nroad é", add_special_tokens=False)
    assert found.tokens == [
        "\u2581the",
        "\u2581rain",
        "<0x0A>",
        "road",
        "\u2581",
        "<0xC3>",
        "<0xA9>",
    ]
    assert rebuilt.decode(found.ids) == "the rain\nroad é"


def test_an_unknown_architecture_and_a_file_that_is_none_are_refused(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "other.gguf", "gpt2")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(WeightsError, match="gpt2"):
        open_checkpoint(tmp_path / "other.gguf")
    (tmp_path / "none.gguf").write_bytes(b"GGUF, but not really" * 9)
    with pytest.raises(WeightsError, match=r"none\.gguf cannot be read"):
        open_checkpoint(tmp_path / "none.gguf")
    (tmp_path / "empty").mkdir()
    with pytest.raises(WeightsError, match="no model in"):
        open_checkpoint(tmp_path / "empty")


def test_reading_a_gguf_file_does_not_import_transformers() -> None:
    code = (
        "import sys, gguf, gguf.quants, atl_core.captioner.checkpoint,"
        " atl_core.captioner.gguf_tokenizer; sys.exit('transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_fetched_base_is_read_as_transformers_reads_it() -> None:
    need_weights()
    (file,) = manifest.find(LM.base).files
    checkpoint = open_checkpoint(weights.folder(LM.base, FETCHED) / file.name)
    prepared = open_checkpoint(prepared_folder(FETCHED))
    assert checkpoint.config == prepared.config
    name = "model.embed_tokens.weight"  # no adapter changes it
    assert torch.equal(checkpoint.tensor(name).bfloat16(), prepared.tensor(name))
    ours, theirs = checkpoint.tokenizer(), prepared.tokenizer()
    for line in LINES:
        assert ours.encode(line).ids == theirs.encode(line).ids
