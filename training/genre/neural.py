"""Train the paper's LSTM or the hierarchical attention network on the common splits.

    python -m training train genre lstm --data DIR
    python -m training train genre han --data DIR

One file, top to bottom. A tenth of the training artists is set aside: on them the best epoch is
chosen and the calibration fitted. Each epoch sees every country section and as many hip-hop
sections, half of the time an excerpt of 2 to 8 lines instead of the whole.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.linear_model import LogisticRegression
from torch.nn import functional

from atl_core.genre.text import words
from training.genre.data import Section, excerpt, is_hip_hop, part, read
from training.genre.networks import NETWORKS, encode


@dataclass(frozen=True)
class Recipe:
    network: str
    epochs: int = 8
    batch: int = 64
    learning_rate: float = 2e-3
    min_count: int = 5
    """Words seen less often in training are unknown."""
    word_dropout: float = 0.1
    """Share of words made unknown in training, so that the unknown is no surprise."""
    seed: int = 0


def train(name: str, data: Path, out: Path, epochs: int | None = None) -> None:
    """Train the network `name` on the lyrics in `data` and write it to the folder `out`."""
    recipe = Recipe(name) if epochs is None else Recipe(name, epochs=epochs)
    print(recipe, flush=True)
    torch.manual_seed(recipe.seed)
    rng = random.Random(recipe.seed)
    started = time.perf_counter()

    sections = read(data, "train")
    aside = [section for section in sections if part(section.group, 10, "aside") == 0]
    inside = [section for section in sections if part(section.group, 10, "aside") != 0]
    counts = Counter(word for section in inside for word in words(section.text))
    names = sorted(word for word, count in counts.items() if count >= recipe.min_count)
    vocabulary = {word: index for index, word in enumerate(names, start=2)}
    country = [section for section in inside if section.genre == "country"]
    hip_hop = [section for section in inside if section.genre == "hip-hop"]
    network = NETWORKS[name](len(names) + 2)
    size = sum(parameter.numel() for parameter in network.parameters())
    print(f"{len(inside)} sections, {len(aside)} aside, {len(names)} words, {size:,} parameters")

    checked = [excerpt(section, lines, rng) for lines in (99, 4) for section in aside]
    truth = np.tile(is_hip_hop(aside), 2)
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.learning_rate)
    best, best_loss, calibration = {}, float("inf"), (1.0, 0.0)
    for epoch in range(recipe.epochs):
        network.train()
        chosen = country + rng.sample(hip_hop, min(len(hip_hop), len(country)))
        losses = []
        for batch in batches(chosen, recipe.batch, rng):
            texts = [
                words(excerpt(section, rng.choice((99, 99, 8, 4, 2)), rng)) for section in batch
            ]
            ids = encode(texts, vocabulary)
            ids[(torch.rand(ids.shape) < recipe.word_dropout) & (ids > 1)] = 1
            target = torch.tensor([int(section.genre == "country") for section in batch])
            loss = functional.cross_entropy(network(ids), target)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            losses.append(loss.item())
        raw = score(network, checked, vocabulary)
        estimator = LogisticRegression(C=1e6, class_weight="balanced").fit(raw[:, None], truth)
        slope, constant = float(estimator.coef_[0, 0]), float(estimator.intercept_[0])
        log_odds = slope * raw + constant
        weights = np.where(truth, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
        loss_aside = float(np.mean(weights * np.logaddexp(0, np.where(truth, -log_odds, log_odds))))
        right = float(np.mean(weights * ((log_odds > 0) == truth)))
        print(
            f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, aside {loss_aside:.3f}, "
            f"{right:.3f} right, {time.perf_counter() - started:.0f} s",
            flush=True,
        )
        if loss_aside < best_loss:
            best_loss, calibration = loss_aside, (slope, constant)
            best = {key: value.clone().half() for key, value in network.state_dict().items()}

    out.mkdir(parents=True, exist_ok=True)
    save_file(best, out / "model.safetensors")
    (out / "model.safetensors").chmod(0o644)
    (out / "vocabulary.json").write_text(json.dumps(names, ensure_ascii=False, indent=0) + "\n")
    config = {"network": name, "calibration": calibration, "recipe": asdict(recipe)}
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    print(f"written to {out}")


def batches(sections: list[Section], size: int, rng: random.Random) -> list[list[Section]]:
    """Shuffled batches of sections of about the same length, which saves padding."""
    ordered = sorted(sections, key=lambda section: len(section.text) + rng.random() * 200)
    made = [ordered[first : first + size] for first in range(0, len(ordered), size)]
    rng.shuffle(made)
    return made


def score(network: torch.nn.Module, texts: list[str], vocabulary: dict[str, int]) -> np.ndarray:
    """Uncalibrated log-odds of hip-hop over country, (texts,)."""
    network.eval()
    found = []
    with torch.inference_mode():
        for first in range(0, len(texts), 64):
            ids = encode([words(text) for text in texts[first : first + 64]], vocabulary)
            logits = network(ids)
            found.append((logits[:, 0] - logits[:, 1]).numpy())
    return np.concatenate(found)
