"""Teach the critic: people's lines beside the writer's own, after the same lines above.

`python -m training train preference` runs it after the preferences. At places in songs that no
training has seen, the writer proposes lines, and what it could show is set against the line that a
person wrote there. The critic learns to put the person's line first of them (a softmax over the
lines of a place), by the states that the writer has while it reads each.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

from atl_core.captioner.critic import features
from training.lm.lora import merged
from training.lm.prefer import ROWS, Place

MOST: Final = 6
"""The writer's lines that are kept of a place, however many it proposed."""
PENALTIES: Final = (0.003, 0.01, 0.03, 0.1)


@torch.no_grad()
def states_of(
    model: Any, tokenizer: Tokenizer, found: Sequence[Place], own: Sequence[Sequence[str]]
) -> tuple[Tensor, Tensor]:
    """Features of the person's line and of the writer's at each place that has both.

    Returns:
        Rows (places, 1 + MOST, 2 x width), the person's first, and which of them are there.
    """
    chosen = [i for i, lines in enumerate(own) if lines]
    texts = [(i, text) for i in chosen for text in (found[i].line, *own[i][:MOST])]
    device = model.lm_head.weight.device

    def ids(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    # Read as ranking reads them: without the end word announced.
    tokens = [(ids(found[i].prompt + ":"), ids(f" {text}\n")) for i, text in texts]
    order = sorted(range(len(tokens)), key=lambda n: len(tokens[n][0]))
    width = model.lm_head.weight.shape[1]
    rows = torch.zeros(len(tokens), 2 * width)
    with merged(model):
        for start in range(0, len(order), ROWS):
            chunk = order[start : start + ROWS]
            longest = max(sum(map(len, tokens[n])) for n in chunk)
            padded = [
                [*prompt, *line, *[0] * (longest - len(prompt) - len(line))]
                for prompt, line in (tokens[n] for n in chunk)
            ]
            hidden = model.model(
                input_ids=torch.tensor(padded, device=device), use_cache=False
            ).last_hidden_state
            for row, n in enumerate(chunk):
                prompt, line = tokens[n]
                rows[n] = features(hidden[row, len(prompt) : len(prompt) + len(line)]).cpu()
    sizes = [1 + len(own[i][:MOST]) for i in chosen]
    groups = torch.split(rows, sizes)
    padded_rows = torch.nn.utils.rnn.pad_sequence(list(groups), batch_first=True)
    there = torch.arange(padded_rows.shape[1]) < torch.tensor(sizes)[:, None]
    return padded_rows, there


def fit(rows: Tensor, there: Tensor, penalty: float) -> Tensor:
    """The weights that put the first row of each place first, on standardised features."""
    weight = torch.zeros(rows.shape[-1], device=rows.device, requires_grad=True)
    optimiser = torch.optim.LBFGS([weight], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        scores = (rows @ weight).masked_fill(~there, float("-inf"))
        loss = -scores.log_softmax(dim=1)[:, 0].mean() + penalty * weight.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return weight.detach()


def pairs_right(rows: Tensor, there: Tensor, weight: Tensor) -> float:
    """How often a person's line is put before one of the writer's; 0.5 by chance."""
    scores = rows @ weight
    others = there[:, 1:]
    wins = (scores[:, :1] > scores[:, 1:]) & others
    return float((wins.sum(dim=1) / others.sum(dim=1)).mean())


def put_first(rows: Tensor, there: Tensor, weight: Tensor) -> tuple[float, float]:
    """How often a person's line is put before all of the writer's, and how often by chance."""
    scores = (rows @ weight).masked_fill(~there, float("-inf"))
    chance = (1 / there.sum(dim=1)).mean()
    return float((scores.argmax(dim=1) == 0).float().mean()), float(chance)


def teach(
    learnt: tuple[Tensor, Tensor], held_out: tuple[Tensor, Tensor], out: Path
) -> dict[str, float]:
    """Fit the critic on some places, choose its penalty on a fifth of them, measure on others.

    Args:
        learnt: what `states_of` returns, of training artists.
        held_out: the same of artists that no training saw.
        out: the file to write.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    rows, there = (part.to(device) for part in learnt)
    seen = rows[there]
    mean, scale = seen.mean(dim=0), seen.std(dim=0).clamp_min(1e-6)
    rows = (rows - mean) / scale
    cut = len(rows) * 4 // 5

    def on_rest(penalty: float) -> float:
        weight = fit(rows[:cut], there[:cut], penalty)
        return pairs_right(rows[cut:], there[cut:], weight)

    penalty = max(PENALTIES, key=on_rest)
    weight = fit(rows, there, penalty)
    save_file({"mean": mean.cpu(), "scale": scale.cpu(), "weight": weight.cpu()}, out)
    others = (held_out[0].to(device) - mean) / scale
    first, chance = put_first(others, held_out[1].to(device), weight)
    return {
        "places": len(rows),
        "penalty": penalty,
        "held_out_places": len(others),
        "pairs_right": pairs_right(others, held_out[1].to(device), weight),
        "put_first": first,
        "by_chance": chance,
    }
