"""Tiny random models of each family that the decoder computes, as transformers saves them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from atl_core.captioner.adapter import updates
from atl_core.captioner.kv_cache import SequenceCache
from atl_core.captioner.model import Decoder

VOCABULARY = 61
CPU = torch.device("cpu")
SIZES: dict[str, Any] = {
    "vocab_size": VOCABULARY, "hidden_size": 64, "intermediate_size": 80, "num_hidden_layers": 3,
    "num_attention_heads": 4, "max_position_embeddings": 128,
}  # fmt: skip
LLAMA_3 = {
    "rope_type": "llama3", "rope_theta": 500_000.0, "factor": 8.0, "low_freq_factor": 1.0,
    "high_freq_factor": 4.0, "original_max_position_embeddings": 64,
}  # fmt: skip

FAMILIES: dict[str, Callable[[], Any]] = {
    "llama, tied": lambda: LlamaForCausalLM(
        LlamaConfig(**SIZES, num_key_value_heads=2, tie_word_embeddings=True)
    ),
    "llama, untied, every head its own keys": lambda: LlamaForCausalLM(
        LlamaConfig(**SIZES, num_key_value_heads=4, tie_word_embeddings=False)
    ),
    "llama, one key head, biases, wide heads": lambda: LlamaForCausalLM(
        LlamaConfig(**SIZES, num_key_value_heads=1, attention_bias=True, head_dim=24)
    ),
    "llama 3": lambda: LlamaForCausalLM(
        LlamaConfig(**SIZES, num_key_value_heads=2, rope_parameters=LLAMA_3)
    ),
    "mistral": lambda: MistralForCausalLM(
        MistralConfig(**SIZES, num_key_value_heads=2, sliding_window=None)
    ),
    "qwen2, tied": lambda: Qwen2ForCausalLM(
        Qwen2Config(**SIZES, num_key_value_heads=2, tie_word_embeddings=True)
    ),
    "qwen2, untied, another rope": lambda: Qwen2ForCausalLM(
        Qwen2Config(
            **SIZES, num_key_value_heads=1, tie_word_embeddings=False,
            rope_parameters={"rope_type": "default", "rope_theta": 1e6},
        )
    ),
}  # fmt: skip


def saved_model(folder: Path, family: str = "llama, tied", *, shard: str = "50GB") -> Any:
    torch.manual_seed(7)
    model = FAMILIES[family]().eval()
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):  # transformers starts them at zero
            torch.nn.init.normal_(parameter, std=0.1)
    model.save_pretrained(folder, max_shard_size=shard)
    return model


def random_adapter(folder: Path, rank: int, seed: int) -> dict[str, Tensor]:
    """An adapter of all linear layers of the model in a folder."""
    made = torch.Generator().manual_seed(seed)
    found = {}
    for name, weight in load_file(folder / "model.safetensors").items():
        if name.startswith("model.layers.") and weight.dim() == 2:
            layer = name.removesuffix(".weight")
            found[f"{layer}.lora_a"] = torch.randn(rank, weight.shape[1], generator=made) / 7
            found[f"{layer}.lora_b"] = torch.randn(weight.shape[0], rank, generator=made) / 4
    return found


def with_updates(folder: Path, adapter: dict[str, Tensor], out: Path) -> Path:
    """The model of a folder with an adapter merged into it."""
    out.mkdir()
    tensors = load_file(folder / "model.safetensors")
    for layer, update in updates(adapter):
        tensors[f"{layer}.weight"] = tensors[f"{layer}.weight"] + update
    save_file(tensors, out / "model.safetensors")
    (out / "config.json").write_bytes((folder / "config.json").read_bytes())
    return out


def logits_in_pieces(model: Decoder, prompt: list[int], endings: torch.Tensor) -> torch.Tensor:
    prefix = model.extend(model.extend(model.empty_prefix(), prompt[:2]), prompt[2:])
    cache = SequenceCache(prefix, rows=len(endings), capacity=endings.shape[1])
    cuts = [(0, 1), (1, 5), (5, endings.shape[1])]
    hidden = [model.forward(cache, endings[:, start:stop]) for start, stop in cuts]
    return model.output_layer()(torch.cat(hidden, dim=1))


def logits_of(reference: Any, prompt: list[int], endings: torch.Tensor) -> torch.Tensor:
    whole = torch.cat([torch.tensor([prompt] * len(endings)), endings], dim=1)
    with torch.no_grad():
        found: torch.Tensor = reference(whole).logits[:, len(prompt) :]
    return found
