"""Reads models of the Llama and Qwen2 families: a folder of transformers, or a GGUF file.

Tensors have the names of transformers, whatever the file calls them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, Protocol

import torch
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer
from torch import Tensor

from atl_core.captioner.quantize import Int8Weight
from atl_core.errors import WeightsError

FAMILIES: Final = ("llama", "mistral", "qwen2")
ACCEPTED: Final = (
    "Llama, Mistral and Qwen2 models are accepted: a folder with config.json, tokenizer.json and"
    " safetensors files, or a GGUF file."
)
GGUF_PARTS: Final = {
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}  # fmt: skip
HEAD_ROWS: Final = "lm_head.rows"
"""Token ids of the rows of `lm_head.weight`, if it has some of them only."""
GGUF_NAMES: Final = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}


@dataclass(frozen=True, slots=True)
class RopeScaling:
    """How rotary frequencies are stretched for long texts (`rope_scaling` of transformers)."""

    kind: str
    """`linear` or `llama3`."""
    factor: float
    low_freq_factor: float = 1.0
    high_freq_factor: float = 4.0
    original_length: int = 8192


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The dimensions of a model."""

    family: str
    layers: int
    width: int
    heads: int
    kv_heads: int
    head_dim: int
    eps: float
    rope_theta: float
    tied: bool = False
    """Whether the output layer has the weights of the embedding."""
    scaling: RopeScaling | None = None

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> ModelConfig:
        """Read the `config.json` of transformers.

        Raises:
            WeightsError: the architecture is not supported.
        """
        rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
        kind = rope.get("rope_type") or rope.get("type") or "default"
        family = config.get("model_type")
        if family not in FAMILIES or kind not in ("default", "linear", "llama3"):
            raise WeightsError(
                f"ATL cannot run a model of type {family} with rotary positions of type {kind}.",
                ACCEPTED,
            )
        heads = config["num_attention_heads"]
        return cls(
            family=family,
            layers=config["num_hidden_layers"],
            width=config["hidden_size"],
            heads=heads,
            kv_heads=config.get("num_key_value_heads") or heads,
            head_dim=config.get("head_dim") or config["hidden_size"] // heads,
            eps=config["rms_norm_eps"],
            rope_theta=rope.get("rope_theta") or config.get("rope_theta") or 10_000.0,
            tied=bool(config.get("tie_word_embeddings", False)),
            scaling=None if kind == "default" else _scaling(kind, rope),
        )

    def to_config(self) -> dict[str, Any]:
        """The same as `config.json`."""
        rope: dict[str, Any] = {"rope_type": "default", "rope_theta": self.rope_theta}
        if self.scaling:
            rope |= {
                "rope_type": self.scaling.kind,
                "factor": self.scaling.factor,
                "low_freq_factor": self.scaling.low_freq_factor,
                "high_freq_factor": self.scaling.high_freq_factor,
                "original_max_position_embeddings": self.scaling.original_length,
            }
        return {
            "model_type": self.family, "num_hidden_layers": self.layers,
            "hidden_size": self.width, "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads, "head_dim": self.head_dim,
            "rms_norm_eps": self.eps, "tie_word_embeddings": self.tied, "rope_parameters": rope,
        }  # fmt: skip


def _scaling(kind: str, rope: dict[str, Any]) -> RopeScaling:
    return RopeScaling(
        kind, float(rope["factor"]), float(rope.get("low_freq_factor", 1.0)),
        float(rope.get("high_freq_factor", 4.0)),
        int(rope.get("original_max_position_embeddings", 8192)),
    )  # fmt: skip


class Checkpoint(Protocol):
    """A model on disk."""

    @property
    def config(self) -> ModelConfig: ...

    @property
    def names(self) -> frozenset[str]:
        """Names of the tensors."""
        ...

    def tensor(self, name: str) -> Tensor:
        """Read a tensor, in the dtype of the file if torch has it, else in float32."""
        ...

    def tensors(self, names: Iterable[str]) -> Iterator[Tensor]:
        """Read several tensors, which is quicker than one by one."""
        ...

    def tokenizer(self) -> Tokenizer:
        """The tokenizer of the model."""
        ...

    @property
    def frequency_factors(self) -> Tensor | None:
        """Divisors of the rotary frequencies, (head_dim / 2,), where the file has any."""
        ...


def open_checkpoint(path: Path) -> Checkpoint:
    """Open a folder of transformers, a GGUF file, or a folder with a single GGUF file.

    Raises:
        WeightsError: there is no model, it is damaged, or its architecture is not supported.
    """
    if path.is_dir() and not (path / "config.json").is_file():
        found = sorted(path.glob("*.gguf"))
        if len(found) != 1:
            raise WeightsError(f"There is no model in {path}.", ACCEPTED)
        path = found[0]
    try:
        return SafetensorsFolder(path) if path.is_dir() else GgufFile(path)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise WeightsError(f"The model {path} cannot be read: {error}.", ACCEPTED) from error


class SafetensorsFolder:
    """A folder with `config.json`, `tokenizer.json` and one or several safetensors files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.config = ModelConfig.from_config(json.loads((folder / "config.json").read_text()))
        index = folder / "model.safetensors.index.json"
        names = (
            sorted(set(json.loads(index.read_text())["weight_map"].values()))
            if index.is_file()
            else ["model.safetensors"]
        )
        self._file_of: dict[str, Path] = {}
        for name in names:
            with safe_open(folder / name, "pt") as file:
                self._file_of |= dict.fromkeys(file.keys(), folder / name)
        self.frequency_factors: Tensor | None = None

    @property
    def names(self) -> frozenset[str]:
        """Names of the tensors."""
        return frozenset(self._file_of)

    def tensor(self, name: str) -> Tensor:
        """A view of the memory-mapped file: only what is used of it takes memory."""
        return next(self.tensors([name]))

    def tensors(self, names: Iterable[str]) -> Iterator[Tensor]:
        """Views of the memory-mapped files.

        Each call opens them anew, so that their pages are freed with its tensors.
        """
        with ExitStack() as stack:
            opened = cache(lambda file: stack.enter_context(safe_open(file, "pt")))
            for name in names:
                yield opened(self._file_of[name]).get_tensor(name)

    def tokenizer(self) -> Tokenizer:
        """Read `tokenizer.json`."""
        return Tokenizer.from_file(str(self._folder / "tokenizer.json"))


class GgufFile:
    """A GGUF file of llama.cpp. Quantised tensors are dequantised with numpy."""

    def __init__(self, path: Path) -> None:
        from gguf import GGUFReader

        reader = GGUFReader(path)
        self._fields = reader.fields
        family = self.field("general.architecture")
        if family not in FAMILIES:
            raise WeightsError(f"ATL cannot run a model of type {family}.", ACCEPTED)
        self._tensors = {_gguf_name(tensor.name): tensor for tensor in reader.tensors}
        heads = self.field(f"{family}.attention.head_count")
        width = self.field(f"{family}.embedding_length")
        kind = self.field(f"{family}.rope.scaling.type", "none")
        if kind not in ("none", "linear"):
            raise WeightsError(f"ATL cannot run rotary positions of type {kind}.", ACCEPTED)
        factor = self.field(f"{family}.rope.scaling.factor", 1.0)
        self.config = ModelConfig(
            family=family,
            layers=self.field(f"{family}.block_count"),
            width=width,
            heads=heads,
            kv_heads=self.field(f"{family}.attention.head_count_kv", heads),
            head_dim=self.field(f"{family}.attention.key_length", width // heads),
            eps=self.field(f"{family}.attention.layer_norm_rms_epsilon"),
            rope_theta=self.field(f"{family}.rope.freq_base", 10_000.0),
            tied="lm_head.weight" not in self._tensors,
            scaling=RopeScaling("linear", factor) if kind == "linear" else None,
        )

    @property
    def names(self) -> frozenset[str]:
        """Names of the tensors."""
        return frozenset(self._tensors)

    @cached_property
    def frequency_factors(self) -> Tensor | None:
        """Llama 3 stores its rope scaling as a tensor."""
        return self.tensor("rope_freqs.weight") if "rope_freqs.weight" in self._tensors else None

    def field(self, key: str, default: Any = None) -> Any:
        """A value of the metadata.

        Raises:
            KeyError: it is missing and there is no default.
        """
        if key in self._fields:
            return self._fields[key].contents()
        if default is None:
            raise KeyError(key)
        return default

    def tensor(self, name: str) -> Tensor:
        """Read a tensor, in float32."""
        from gguf.quants import dequantize

        found = self._tensors[name]
        values = torch.from_numpy(dequantize(found.data, found.tensor_type).copy()).float()
        if self.config.family in ("llama", "mistral"):
            # llama.cpp interleaves the two halves of each head, transformers does not.
            if ".q_proj." in name:
                return _uninterleave(values, self.config.heads)
            if ".k_proj." in name:
                return _uninterleave(values, self.config.kv_heads)
        return values

    def tensors(self, names: Iterable[str]) -> Iterator[Tensor]:
        """Read several tensors."""
        return map(self.tensor, names)

    def tokenizer(self) -> Tokenizer:
        """Build the tokenizer from the metadata."""
        from atl_core.captioner.gguf_tokenizer import build_tokenizer

        return build_tokenizer(self.field)


def stored_weight(checkpoint: Checkpoint, name: str) -> Tensor | Int8Weight:
    """The weight of a linear layer, as it is stored."""
    return next(stored_weights(checkpoint, [name]))


def stored_weights(checkpoint: Checkpoint, names: Sequence[str]) -> Iterator[Tensor | Int8Weight]:
    """The weights of linear layers, as they are stored."""
    there = checkpoint.names
    scales = {name: f"{name}.scale" for name in names if f"{name}.scale" in there}
    read = checkpoint.tensors(part for name in names for part in (name, scales.get(name)) if part)
    for name in names:
        weight = next(read)
        yield Int8Weight(weight, next(read)) if name in scales else weight


def rope_frequencies(config: ModelConfig, factors: Tensor | None = None) -> Tensor:
    """Rotary frequencies, (head_dim / 2,), float32.

    Args:
        factors: divisors, as a GGUF file of Llama 3 has them.
    """
    half = torch.arange(0, config.head_dim, 2, dtype=torch.float32)
    frequencies = config.rope_theta ** (-half / config.head_dim)
    if factors is not None:
        return frequencies / factors.float()
    scaling = config.scaling
    if scaling is None:
        return frequencies
    if scaling.kind == "linear":
        return frequencies / scaling.factor
    # Llama 3.1 (transformers, `_compute_llama3_parameters`): long wavelengths are stretched, short
    # ones are kept, and those between are interpolated.
    turns = scaling.original_length * frequencies / (2 * torch.pi)
    low, high = scaling.low_freq_factor, scaling.high_freq_factor
    kept = ((turns - low) / (high - low)).clamp(0, 1)
    return kept * frequencies + (1 - kept) * frequencies / scaling.factor


def _gguf_name(name: str) -> str:
    """The name of transformers for a tensor of a GGUF file."""
    if found := re.fullmatch(r"blk\.(\d+)\.(\w+)\.(weight|bias)", name):
        number, part, kind = found.groups()
        if part in GGUF_PARTS:
            return f"model.layers.{number}.{GGUF_PARTS[part]}.{kind}"
    return GGUF_NAMES.get(name, name)


def _uninterleave(weight: Tensor, heads: int) -> Tensor:
    rest: Sequence[int] = weight.shape[1:]
    return weight.view(heads, -1, 2, *rest).transpose(1, 2).reshape(weight.shape).contiguous()
