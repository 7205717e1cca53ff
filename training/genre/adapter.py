"""Tune the base of the writer's language model to tell four genres.

    python -m training prepare lm --gguf FILE --out DIR
    python -m training train genre adapter --data DATA --base DIR --device cuda

A LoRA of all linear layers and a linear layer on the mean of the last states learn hip-hop,
country, pop and rock. Each pass reads an excerpt of each training section, of two lines and more,
as `atl_core.captioner.genre_reader` lays it out; a third of the excerpts are masked. The update is
cut to a lower rank at the end. Then `train genre thorough` weighs what was learnt beside the words.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoModelForCausalLM

from atl_core.captioner.adapter import in_bytes, layers
from atl_core.captioner.genre_reader import WINDOW, laid_out
from atl_core.genre.others import SONG_GENRES
from atl_core.genre.text import words
from atl_core.genre.thorough import ADAPTER
from atl_core.lyrics.wordlists import mask_explicit
from training.genre.data import Section, excerpt, read
from training.genre.linear import clock
from training.genre.others import genre_shares
from training.lm.lora import adapter_state, attach

WARM_UP = 20


@dataclass(frozen=True)
class Recipe:
    rank: int = 8
    """While it is trained."""
    kept: int = 4
    """Of the update that is stored."""
    alpha: float = 16.0
    epochs: int = 4
    batch_tokens: int = 16_000
    learning_rate: float = 1e-3
    head_rate: float = 2e-3
    """Of the linear layer."""
    smoothing: float = 0.05
    """Of the labels."""
    shares: tuple[float, float, float, float] = (0.32, 0.32, 0.18, 0.18)
    """Weights of hip-hop, country, pop and rock."""
    cuts: tuple[int, ...] = (2, 4, 4, 8, 8, 12, 99)
    """Lines of an excerpt, drawn."""
    masked: float = 0.3
    seed: int = 0


def train(data: Path, base: Path, out: Path, device: str, recipe: Recipe | None = None) -> Path:
    """Train on the lyrics in `data` and write the adapter and the linear layer to `out`.

    Args:
        base: the base model as transformers saves it.
    """
    recipe = recipe or Recipe()
    print(recipe, flush=True)
    started = time.perf_counter()
    torch.manual_seed(recipe.seed)
    rng = random.Random(recipe.seed)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16).to(device)
    parameters = attach(model, recipe.rank, recipe.alpha)
    head = nn.Linear(model.config.hidden_size, len(SONG_GENRES), device=device)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    sections = read(data, "train", SONG_GENRES)
    genre = [SONG_GENRES.index(section.genre) for section in sections]
    labels = torch.tensor(genre, device=device)
    names = np.array([section.genre for section in sections])
    shares = genre_shares(names, [section.group for section in sections], recipe.shares)
    sizes = torch.tensor(shares, device=device, dtype=torch.float32)
    rates = (recipe.learning_rate, recipe.head_rate)
    optimiser = torch.optim.AdamW(
        [
            {"params": parameters, "weight_decay": 0.0},
            {"params": head.parameters(), "weight_decay": 0.01},
        ]
    )
    step, done, total = 0, 0, recipe.epochs * len(sections)
    for epoch in range(recipe.epochs):
        texts = [drawn_text(section, recipe, rng) for section in sections]
        ids = [one.ids for one in tokenizer.encode_batch(texts, add_special_tokens=False)]
        losses = []
        for group in groups(ids, recipe.batch_tokens, rng):
            # Linear warm-up, then a cosine down to a thirtieth.
            through = 0.03 + 0.485 * (1 + math.cos(math.pi * done / total))
            for part, rate in zip(optimiser.param_groups, rates, strict=True):
                part["lr"] = rate * min(1.0, (step + 1) / WARM_UP) * through
            logits = head(mean_states(model, [ids[index] for index in group], device))
            each = F.cross_entropy(
                logits, labels[group], reduction="none", label_smoothing=recipe.smoothing
            )
            loss = (each * sizes[group]).mean()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step, done = step + 1, done + len(group)
            losses.append(loss.detach())
        mean = float(torch.stack(losses).mean())
        print(f"pass {epoch + 1}: loss {mean:.3f}, {clock(started)}", flush=True)
    small = in_bytes(cut({name: t.cpu() for name, t in adapter_state(model).items()}, recipe.kept))
    tensors = {name: tensor.contiguous() for name, tensor in small.items()}
    tensors |= {f"head.{name}": tensor.cpu() for name, tensor in head.state_dict().items()}
    out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, out / ADAPTER)
    (out / ADAPTER).chmod(0o644)
    print(f"written to {out}, {clock(started)}")
    return out / ADAPTER


def drawn_text(section: Section, recipe: Recipe, rng: random.Random) -> str:
    """An excerpt of a section as the model reads it, at most a window."""
    text = excerpt(section, rng.choice(recipe.cuts), rng)
    found = words(mask_explicit(text) if rng.random() < recipe.masked else text)
    first = rng.randrange(max(1, len(found) - WINDOW + 1))
    return laid_out(found[first : first + WINDOW] or ["la"])[0]


def groups(ids: Sequence[list[int]], most_tokens: int, rng: random.Random) -> list[list[int]]:
    """Indexes in shuffled batches of texts of like length, so that little padding is computed."""
    found: list[list[int]] = [[]]
    for index in sorted(range(len(ids)), key=lambda i: len(ids[i]) + rng.random() * 8):
        if (len(found[-1]) + 1) * len(ids[index]) > most_tokens and found[-1]:
            found.append([])
        found[-1].append(index)
    rng.shuffle(found)
    return found


def mean_states(model: nn.Module, texts: Sequence[list[int]], device: str) -> Tensor:
    """The mean of the last states of each text but of its first token, (texts, width), float32."""
    longest = max(map(len, texts))
    ids = torch.tensor([one + [0] * (longest - len(one)) for one in texts], device=device)
    place = torch.arange(longest, device=device)
    counted = (place > 0) & (place < torch.tensor([[len(one)] for one in texts], device=device))
    # No mask: padding is at the end, where causal attention hides it from every real token.
    states = model.model(input_ids=ids, use_cache=False).last_hidden_state.float()  # type: ignore[operator]
    total = (states * counted[..., None]).sum(dim=1)
    return total / counted.sum(dim=1, keepdim=True).clamp_min(1)


def cut(adapter: dict[str, Tensor], rank: int) -> dict[str, Tensor]:
    """The nearest adapter of a lower rank, by singular values (Eckart and Young 1936)."""
    found = {}
    for layer in layers(adapter):
        left, right = adapter[f"{layer}.lora_b"].float(), adapter[f"{layer}.lora_a"].float()
        left, of_left = torch.linalg.qr(left)
        right, of_right = torch.linalg.qr(right.T)
        u, values, v = torch.linalg.svd(of_left @ of_right.T)
        half = values[:rank].sqrt()
        found[f"{layer}.lora_a"] = half[:, None] * (v[:rank] @ right.T)
        found[f"{layer}.lora_b"] = (left @ u[:, :rank]) * half
    return found
