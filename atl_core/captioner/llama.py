"""A Llama-family decoder made for one job: many short continuations of one shared text.

Writing a line means sampling dozens of candidates after the same prompt. Generic generation
copies the prompt's keys and values for every candidate and at every step; here they are kept
once (`Prefix`), all candidates attend to them in one matrix product, and only the few new tokens
of each candidate have a cache of their own (`Branches`).

Reads the folder that transformers writes (`config.json`, `model.safetensors`): Llama layout,
grouped queries, plain rotary positions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import safe_open
from torch import Tensor
from torch.nn import functional as F

from atl_core.captioner.int8 import Rough, pays, product, rough
from atl_core.errors import WeightsError

LEAST_TOKENS: Final = 4
"""Fewer than these are padded: processors multiply so few rows by another method, which rounds
otherwise, and what a token comes to must not depend on how many are read beside it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that lay out a Llama-family model."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    head_dim: int
    eps: float
    rope_theta: float

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Shape:
        """Read transformers' `config.json`.

        Raises:
            WeightsError: the model is not of the kind that this decoder computes.
        """
        rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
        plain = rope.get("rope_type", "default") == "default"
        if config.get("model_type") not in ("llama", "mistral") or not plain:
            raise WeightsError(
                f"This writer cannot run a base model of type {config.get('model_type')}.",
                "Llama and Mistral layouts with plain rotary positions are accepted.",
            )
        heads = config["num_attention_heads"]
        return cls(
            layers=config["num_hidden_layers"],
            width=config["hidden_size"],
            heads=heads,
            kv_heads=config.get("num_key_value_heads") or heads,
            head_dim=config.get("head_dim") or config["hidden_size"] // heads,
            eps=config["rms_norm_eps"],
            rope_theta=rope.get("rope_theta") or config.get("rope_theta", 10_000.0),
        )


@dataclass(frozen=True, slots=True)
class Layer:
    """One block's weights, fused so that a step makes four large products and not seven small."""

    qkv: Tensor | Rough
    """(heads + 2 kv_heads) x head_dim rows, width columns."""
    out: Tensor | Rough
    gate_up: Tensor | Rough
    down: Tensor | Rough
    norm_in: Tensor
    norm_mid: Tensor


@dataclass(frozen=True, slots=True)
class Prefix:
    """Keys and values of a text that many branches share. A value: extending makes a new one."""

    keys: tuple[Tensor, ...]
    """Of each layer: (kv_heads, length, head_dim)."""
    values: tuple[Tensor, ...]
    last_hidden: Tensor
    """(width,): the final hidden state at the last token."""

    @property
    def length(self) -> int:
        return self.keys[0].shape[1]


class Branches:
    """The tokens that each branch has added to a prefix.

    Args:
        quick: whether they are read by the quicker and rougher products, which is near enough to
            draw words by.
    """

    def __init__(
        self, model: Llama, prefix: Prefix, rows: int, capacity: int, *, quick: bool = False
    ) -> None:
        shape = (model.shape.layers, rows, model.shape.kv_heads, capacity, model.shape.head_dim)
        self.prefix = prefix
        self.quick = quick
        self.length = 0
        self.keys = torch.zeros(shape, dtype=model.dtype, device=model.device)
        self.values = torch.zeros(shape, dtype=model.dtype, device=model.device)

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows alone, in this order."""
        self.keys, self.values = self.keys[:, rows], self.values[:, rows]


class Llama:
    """The model: prompt in, hidden states out, for one text or for many branches of it."""

    def __init__(self, folder: Path, device: torch.device, dtype: torch.dtype) -> None:
        config = json.loads((folder / "config.json").read_text())
        self.shape = Shape.from_config(config)
        self.device, self.dtype = device, dtype
        with safe_open(folder / "model.safetensors", "pt", device=str(device)) as file:

            def read(*names: str) -> Tensor:
                return torch.cat([file.get_tensor(name) for name in names]).to(dtype).contiguous()

            self.embedding = read("model.embed_tokens.weight")
            self.norm = read("model.norm.weight")
            tied = config.get("tie_word_embeddings", False)
            self.head = self.embedding if tied else read("lm_head.weight")
            self.layers = [
                self._layer(read, f"model.layers.{i}.") for i in range(self.shape.layers)
            ]
        self.quick_layers = (
            [_rough(layer) for layer in self.layers] if pays(device) else self.layers
        )
        half = torch.arange(0, self.shape.head_dim, 2, dtype=torch.float32, device=device)
        self._frequencies = self.shape.rope_theta ** (-half / self.shape.head_dim)

    @staticmethod
    def _layer(read: Any, at: str) -> Layer:
        attention, mlp = f"{at}self_attn.", f"{at}mlp."
        return Layer(
            qkv=read(*(f"{attention}{part}_proj.weight" for part in "qkv")),
            out=read(f"{attention}o_proj.weight"),
            gate_up=read(f"{mlp}gate_proj.weight", f"{mlp}up_proj.weight"),
            down=read(f"{mlp}down_proj.weight"),
            norm_in=read(f"{at}input_layernorm.weight"),
            norm_mid=read(f"{at}post_attention_layernorm.weight"),
        )

    def empty(self) -> Prefix:
        """The prefix of no tokens."""
        none = torch.zeros(
            self.shape.kv_heads, 0, self.shape.head_dim, dtype=self.dtype, device=self.device
        )
        hidden = torch.zeros(self.shape.width, dtype=self.dtype, device=self.device)
        layers = (none,) * self.shape.layers
        return Prefix(layers, layers, hidden)

    def extend(self, prefix: Prefix, ids: Sequence[int]) -> Prefix:
        """The prefix with more tokens read."""
        if not ids:
            return prefix
        branches = Branches(self, prefix, 1, len(ids))
        hidden = self.step(branches, torch.tensor([ids], device=self.device))
        return Prefix(
            tuple(
                torch.cat([old, new[0]], dim=1)
                for old, new in zip(prefix.keys, branches.keys, strict=True)
            ),
            tuple(
                torch.cat([old, new[0]], dim=1)
                for old, new in zip(prefix.values, branches.values, strict=True)
            ),
            hidden[0, -1],
        )

    def step(self, branches: Branches, ids: Tensor) -> Tensor:
        """Read the next tokens of every branch.

        Args:
            ids: (rows, n). All rows move on together.

        Returns:
            Final hidden states, (rows, n, width).
        """
        return self.steps([(branches, ids)])[0]

    @torch.inference_mode()
    def steps(self, moves: Sequence[tuple[Branches, Tensor]]) -> list[Tensor]:
        """Read the next tokens of several sets of branches in one forward: `step` of each.

        The sets may have prefixes, rows and tokens of any length: the large products see all
        tokens as rows of one matrix, without padding, and only attention is apart for each set.
        Quick and exact sets go through layers of their own.
        """
        done: dict[int, Tensor] = {}
        for quick, layers in ((False, self.layers), (True, self.quick_layers)):
            which = [i for i, (branches, _) in enumerate(moves) if branches.quick is quick]
            if which:
                hidden = self._through(layers, [moves[i] for i in which])
                done |= dict(zip(which, hidden, strict=True))
        return [done[i] for i in range(len(moves))]

    def _through(
        self, layers: Sequence[Layer], moves: Sequence[tuple[Branches, Tensor]]
    ) -> list[Tensor]:
        shapes = [ids.shape for _, ids in moves]
        counts = [ids.numel() for _, ids in moves]
        sights = [self._sight(branches, ids.shape[1]) for branches, ids in moves]
        x = self.embedding[torch.cat([ids.reshape(-1) for _, ids in moves])]
        if spare := max(0, LEAST_TOKENS - len(x)):
            counts = [*counts, spare]
            x = F.pad(x, (0, 0, 0, spare))
        for i, layer in enumerate(layers):
            heads = torch.split(product(self._normed(x, layer.norm_in), layer.qkv), counts)
            mixed = [
                self._mixed(i, part.view(*shape, -1), branches, sight)
                for part, shape, (branches, _), sight in zip(
                    heads, shapes, moves, sights, strict=False
                )
            ]
            x = x + product(F.pad(torch.cat(mixed), (0, 0, 0, spare)), layer.out)
            gate, up = product(self._normed(x, layer.norm_mid), layer.gate_up).chunk(2, dim=-1)
            x = x + product(F.silu(gate) * up, layer.down)
        for branches, ids in moves:
            branches.length += ids.shape[1]
        hidden = torch.split(self._normed(x, self.norm), counts)
        return [part.view(*shape, -1) for part, shape in zip(hidden, shapes, strict=False)]

    def _sight(self, branches: Branches, n: int) -> tuple[Tensor, Tensor, Tensor]:
        """The rotations of the next `n` tokens, and what they must not see: (n, length + n)."""
        cos, sin = self._rotation(branches.prefix.length + branches.length, n)
        # A token sees its whole branch up to itself; the prefix is in its past altogether.
        future = torch.ones(n, branches.length + n, dtype=torch.bool, device=self.device)
        return cos, sin, future.triu(branches.length + 1)

    def _mixed(
        self,
        layer: int,
        heads: Tensor,
        branches: Branches,
        sight: tuple[Tensor, Tensor, Tensor],
    ) -> Tensor:
        """Attention of one layer for one set of branches: (rows x n, heads x head_dim)."""
        cos, sin, future = sight
        rows, n, _ = heads.shape
        start, end = branches.length, branches.length + n
        q, k, v = self._turned(heads, cos, sin)
        branches.keys[layer, :, :, start:end] = k
        branches.values[layer, :, :, start:end] = v
        mixed = self._attend(
            q,
            (branches.prefix.keys[layer], branches.prefix.values[layer]),
            (branches.keys[layer, :, :, :end], branches.values[layer, :, :, :end]),
            future,
        )
        return mixed.reshape(rows * n, -1)

    def _normed(self, x: Tensor, weight: Tensor) -> Tensor:
        return F.rms_norm(x, (self.shape.width,), weight, self.shape.eps)

    def _rotation(self, first: int, n: int) -> tuple[Tensor, Tensor]:
        positions = torch.arange(first, first + n, dtype=torch.float32, device=self.device)
        angles = torch.outer(positions, self._frequencies).repeat(1, 2)
        return angles.cos().to(self.dtype), angles.sin().to(self.dtype)

    def _turned(self, heads: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries (rows, heads, n, head_dim) and keys and values (rows, kv_heads, ...), rotated."""
        rows, n, _ = heads.shape
        shape = self.shape
        heads = heads.view(rows, n, -1, shape.head_dim).transpose(1, 2)
        turned, v = heads[:, : -shape.kv_heads], heads[:, -shape.kv_heads :]
        first, second = turned.chunk(2, dim=-1)
        turned = turned * cos + torch.cat([-second, first], dim=-1) * sin
        return turned[:, : shape.heads], turned[:, shape.heads :], v

    def _attend(
        self,
        q: Tensor,
        prefix: tuple[Tensor, Tensor],
        branch: tuple[Tensor, Tensor],
        future: Tensor,
    ) -> Tensor:
        """Attention over the prefix and the branch's own tokens: (rows, n, heads, head_dim)."""
        rows, heads, n, dim = q.shape
        kv_heads = self.shape.kv_heads
        group = heads // kv_heads
        q = q.reshape(rows, kv_heads, group, n, dim) * dim**-0.5
        # Every branch's queries meet the shared keys in one product a head: nothing is copied.
        shared = q.permute(1, 0, 2, 3, 4).reshape(kv_heads, rows * group * n, dim)
        to_prefix = (shared @ prefix[0].transpose(1, 2)).view(kv_heads, rows, group, n, -1)
        own = q.reshape(rows, kv_heads, group * n, dim)
        to_branch = (own @ branch[0].transpose(2, 3)).view(rows, kv_heads, group, n, -1)
        to_branch = to_branch.masked_fill(future, float("-inf"))
        scores = torch.cat([to_prefix.transpose(0, 1), to_branch], dim=-1)
        weights = scores.softmax(dim=-1, dtype=torch.float32).to(q.dtype)
        past = prefix[0].shape[1]
        on_prefix = weights[..., :past].transpose(0, 1).reshape(kv_heads, rows * group * n, past)
        on_branch = weights[..., past:].reshape(rows, kv_heads, group * n, -1)
        mixed = (on_prefix @ prefix[1]).view(kv_heads, rows, group, n, dim).transpose(0, 1)
        mixed = mixed + (on_branch @ branch[1]).view(rows, kv_heads, group, n, dim)
        return mixed.reshape(rows, heads, n, dim).transpose(1, 2)


def _rough(layer: Layer) -> Layer:
    """The layer with its large weights in bytes."""
    return replace(
        layer,
        qkv=rough(layer.qkv),
        out=rough(layer.out),
        gate_up=rough(layer.gate_up),
        down=rough(layer.down),
    )
