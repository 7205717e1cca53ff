"""Learn from readers' choices: a critic, and the weights of what a ranking goes by.

    python -m training train choices --choices choices.jsonl.gz --out weights/captioner-lm

Readers ranked lines that the writer had proposed for one place and that met all constraints
(`training/lm/places.py`). The critic, a linear reader of the writer's states, is fitted to their
rankings together with the weights of the other features, under Plackett and Luce's model. The
critic of `training/lm/critic.py` knows people from the writer; this one knows what readers prefer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save_file
from torch import Tensor

from atl_core.captioner.constraints import LineConstraints
from atl_core.captioner.critic import features
from atl_core.captioner.language_model import LanguageModel
from atl_core.captioner.load import CRITIC, RANKING
from atl_core.captioner.prompt import header
from atl_core.captioner.rerank import (
    Fluency,
    LineContext,
    RankingWeights,
    ranking_features,
    score_fluency,
    score_gain,
)
from atl_core.lyrics.brief import Brief
from training.lm.places import Choice

ORDERED: Final = (
    "off_target", "perfect_rhyme", "genre", "unclear_genre", "repeated_word", "repeated_opening",
    "cliche", "turn", "turned", "flow",
)  # fmt: skip
"""Features that are left out of the fit: what was ordered, which readers are told not to judge, and
what they cannot see in one line."""
DROPPED: Final = ("topic", "stop", "forced")
"""Features that gain nothing beside the critic; their weights are 0."""
SET: Final = {"off_target": 12.0, "genre": 4.5, "unclear_genre": 4.5}
"""Weights of what was ordered, where the default is too small beside the fitted ones.
`docs/research/readers.md` says what they keep, and what larger and smaller ones cost."""
SCALE: Final = 10.0
"""Of the scores, in units of Plackett and Luce's model. Differences by what readers judge are then
as large, beside those by what was ordered, as they were before."""
CRITIC_WEIGHT: Final = 4.0
PENALTIES: Final = (0.01, 0.03, 0.1)
"""On the square of the critic's weights; chosen by cross-validation over drafts."""
FEATURE_PENALTY: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Readings:
    """What is known of the lines of choices: (choices, `ON_SHEET`, ...), the best line first."""

    named: Tensor
    """The features of the ranking, in the order of `names`."""
    names: tuple[str, ...]
    states: Tensor
    """What the critic looks at, (choices, `ON_SHEET`, 2 x width)."""


class StatesCritic:
    """In the place of a critic: keeps what it is shown. See `Critic`."""

    def __init__(self) -> None:
        self.seen: list[Tensor] = []

    def score(self, states: Tensor) -> float:
        """Keep the features of the states."""
        self.seen.append(features(states).cpu())
        return 0.0


def read(model: LanguageModel, choices: Sequence[Choice]) -> Readings:
    """Read the lines of each choice as the ranking does."""
    named, states = [], []
    for number, choice in enumerate(choices):
        brief = Brief.from_json(choice.place.brief)
        first = header(brief.genre, brief.mood, brief.energy, brief.explicit, choice.place.topic)
        sampler, target = model.sampler, str(choice.place.target)
        alone = sampler.read(sampler.model.empty_prefix(), first)
        prefix = model.read_lines(alone, choice.place.above) if choice.place.above else alone
        context = LineContext(
            sampler.read(prefix, target),
            sampler.read(alone, target) if choice.place.above else None,
        )
        critic = StatesCritic()
        found, log_probs = score_fluency(sampler, critic, context, choice.lines)  # type: ignore[arg-type]
        gains = score_gain(sampler, context, choice.lines, log_probs)
        rows = ranking_features(
            choice.lines,
            [Fluency(one.mean, one.end, one.stop, gain)
             for one, gain in zip(found, gains, strict=True)],
            LineConstraints(choice.place.target, choice.place.rhymes_with, frozenset(), ""),
            brief, choice.place.above, choice.place.topic, model.genre_score,
        )  # fmt: skip
        named.append([list(row.values()) for row in rows])
        states.append(torch.stack(critic.seen))
        if number % 50 == 0:
            print(f"{number} of {len(choices)} places read", flush=True)
    return Readings(torch.tensor(named), tuple(rows[0]), torch.stack(states))


def ranking_loss(scores: Tensor) -> Tensor:
    """Negative log-likelihood of rankings, a place of the ranking, under Plackett and Luce's model.

    Args:
        scores: (choices, lines), the line that was ranked first in the first column.
    """
    later = scores.flip(1).logcumsumexp(1).flip(1)
    return (later - scores)[:, :-1].mean()


def pairs_right(scores: Tensor) -> float:
    """Share of pairs of lines that scores put in the readers' order; see `ranking_loss`."""
    better, worse = torch.triu_indices(scores.shape[1], scores.shape[1], 1)
    return float((scores[:, better] > scores[:, worse]).float().mean())


@dataclass(frozen=True, slots=True)
class Fitted:
    """A critic and the weights that belong to it."""

    mean: Tensor
    scale: Tensor
    weight: Tensor
    """All three (2 x width,)."""
    ranking: dict[str, float]

    def scores(self, readings: Readings) -> Tensor:
        """Of the lines of choices by what readers judge, (choices, lines)."""
        weights = RankingWeights(**self.ranking)
        total: Tensor = weights.critic * ((readings.states - self.mean) / self.scale) @ self.weight
        for place, name in enumerate(readings.names):
            if name not in (*ORDERED, "critic"):
                total = total + getattr(weights, name) * readings.named[..., place]
        return total


def fit(readings: Readings, penalty: float) -> Fitted:
    """Fit the critic and the weights of the features that readers judge, together."""
    left_out = {*ORDERED, *DROPPED, "critic"}
    free = [i for i, name in enumerate(readings.names) if name not in left_out]
    spread = readings.named[..., free].flatten(0, 1).std(dim=0).clamp_min(1e-6)
    named = readings.named[..., free] / spread
    flat = readings.states.flatten(0, 1)
    mean, scale = flat.mean(dim=0), flat.std(dim=0).clamp_min(1e-6)
    states = (readings.states - mean) / scale
    of_named = torch.zeros(len(free), requires_grad=True)
    of_states = torch.zeros(len(mean), requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [of_named, of_states], max_iter=150, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = ranking_loss(named @ of_named + states @ of_states)
        loss = loss + FEATURE_PENALTY * of_named.square().sum()
        loss = loss + penalty * of_states.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    weights = SCALE * of_named.detach() / spread
    ranking = {readings.names[i]: round(float(w), 2) for i, w in zip(free, weights, strict=True)}
    ranking |= {**dict.fromkeys(DROPPED, 0.0), **SET, "critic": CRITIC_WEIGHT}
    return Fitted(mean, scale, SCALE / CRITIC_WEIGHT * of_states.detach(), ranking)


def train(model: LanguageModel, choices: Sequence[Choice], out: Path) -> dict[str, float]:
    """Fit a critic to readers' choices and write it and its ranking weights to a folder.

    Returns:
        How often scores put two lines in the readers' order, on subjects that were held out: the
        ranking of the model as it was given, and the fitted one.
    """
    parts = {held: [one for one in choices if one.place.held_out == held] for held in (False, True)}
    learnt, held_out = read(model, parts[False]), read(model, parts[True])
    folds = torch.tensor(
        [hashlib.sha256(json.dumps(one.place.brief).encode()).digest()[1] % 5
         for one in parts[False]]
    )  # fmt: skip

    def part(readings: Readings, rows: Tensor) -> Readings:
        return Readings(readings.named[rows], readings.names, readings.states[rows])

    def on_folds(penalty: float) -> float:
        right = [
            pairs_right(fit(part(learnt, folds != k), penalty).scores(part(learnt, folds == k)))
            for k in range(5) if (folds == k).any()
        ]  # fmt: skip
        return sum(right) / len(right)

    penalty = max(PENALTIES, key=on_folds)
    fitted = fit(learnt, penalty)
    out.mkdir(parents=True, exist_ok=True)
    tensors = {"mean": fitted.mean, "scale": fitted.scale, "weight": fitted.weight}
    save_file(tensors, out / CRITIC)
    (out / RANKING).write_text(json.dumps(fitted.ranking, indent=2) + "\n")
    figures = {"choices": len(parts[False]), "held_out": len(parts[True]), "penalty": penalty}
    if model.critic is not None:
        before = Fitted(model.critic.mean, model.critic.scale, model.critic.weight,
                        asdict(model.weights))  # fmt: skip
        figures["pairs_right_before"] = pairs_right(before.scores(held_out))
    figures["pairs_right"] = pairs_right(fitted.scores(held_out))
    print(json.dumps(figures))
    return figures
