"""Perplexity and BLEU of trained captioners on held-out artists and beats.

python -m training evaluate captioner --data DATA --run runs/lstm
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from atl_core.captioner.paper.proposer import SHIPPED
from atl_core.captioner.paper.stored import Trained, load_trained
from atl_core.errors import UserError
from atl_core.lyrics.vocabulary import common_words
from training.captioners.measures import greedy_bleu, held_out_loss
from training.captioners.store import Store

BATCHES = 16
BLEU_LINES = 512


def measure(trained: Trained, data: Path, split: str) -> dict[str, Any]:
    """The figures of one captioner.

    Raises:
        UserError: the data is of another vocabulary.
    """
    store = Store(data, split, trained.front)
    names = tuple(json.loads((data / "words.json").read_text()))
    if names != trained.vocabulary.names:
        raise UserError(
            f"The captioner and the data in {data} have different vocabularies.",
            remedy="Measure it on the data that it was trained on.",
        )
    device = torch.device("cpu")
    found = held_out_loss(trained.network, store, trained.window, device, BATCHES)
    others = len(common_words()) - len(names)
    scores = greedy_bleu(
        trained.network, store, trained.vocabulary.all_names, trained.window, device, BLEU_LINES
    )
    return {
        "loss": round(found.mean, 3),
        "perplexity": round(found.perplexity(others), 1),
        "perplexity_unknown_free": round(found.perplexity(1), 1),
        "words": found.words,
        "unknown": found.unknown,
        "bleu": [round(score, 2) for score in scores],
        "held_out": store.facts.held_out,
    }


def evaluate(data: Path, runs: Sequence[Path], split: str) -> dict[str, dict[str, Any]]:
    """Print and return the figures of each run, or of what ships."""
    folders = list(runs) or [SHIPPED / f"captioner-{name}" for name in ("lstm", "gru")]
    results = {}
    for folder in folders:
        model = folder / "model" if (folder / "model").is_dir() else folder
        results[folder.name] = measure(load_trained(model), data, split)
        print(json.dumps({folder.name: results[folder.name]}), flush=True)
    return results
