"""Writes the model that a captioner loads: a base model with its adapter merged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save_file
from torch import Tensor

from atl_core.captioner.adapter import update_of
from atl_core.captioner.checkpoint import HEAD_ROWS, Checkpoint
from atl_core.captioner.quantize import quantize

LARGE_PARAMETERS: Final = 500_000_000
"""Larger models do not fit in a processor's cache."""


def write_model(
    base: Checkpoint, adapter: Mapping[str, Tensor], folder: Path, *, int8: bool = True
) -> None:
    """Write `config.json`, `tokenizer.json` and `model.safetensors`.

    Args:
        adapter: LoRA updates, see `adapter.py`. A tensor `vocabulary` restricts the output layer
            to these token ids.
        int8: store the layers, and an output layer of some token ids, in int8, with a scale for
            each output channel; else all of it in bfloat16, as transformers reads it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, Tensor] = {}
    for name in sorted(base.names):
        tensor = base.tensor(name)
        if f"{name}.scale" in base.names:
            tensors[name] = tensor
            continue
        if name.endswith(".scale") or name in (HEAD_ROWS, "rope_freqs.weight"):
            tensors[name] = tensor
            continue
        layer = name.removesuffix(".weight")
        if f"{layer}.lora_a" in adapter:
            tensor = tensor.to(torch.bfloat16).float() + update_of(adapter, layer)
        if int8 and name.startswith("model.layers.") and tensor.dim() == 2:
            rounded = quantize(tensor.float())
            tensors[name], tensors[f"{name}.scale"] = rounded.values, rounded.scale
        else:
            tensors[name] = tensor.to(torch.bfloat16)
    if int8 and "vocabulary" in adapter and HEAD_ROWS not in tensors:
        rows = adapter["vocabulary"].long()
        tied = base.config.tied or "lm_head.weight" not in tensors
        head = tensors["model.embed_tokens.weight" if tied else "lm_head.weight"]
        rounded = quantize(head[rows].float())
        tensors["lm_head.weight"], tensors["lm_head.weight.scale"] = rounded.values, rounded.scale
        tensors[HEAD_ROWS] = rows
    # transformers wants to know sizes that the tensors have.
    embedding, gate = "model.embed_tokens.weight", "model.layers.0.mlp.gate_proj.weight"
    sizes = {"vocab_size": len(tensors[embedding]), "intermediate_size": len(tensors[gate])}
    config = base.config.to_config() | sizes
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    base.tokenizer().save(str(folder / "tokenizer.json"))
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def parameters(base: Checkpoint) -> int:
    """About how many weights the layers of a model have, by its first layer."""
    first = [name for name in base.names if name.startswith("model.layers.0.")]
    return base.config.layers * sum(base.tensor(name).numel() for name in first)
