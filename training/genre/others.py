"""Train what tells pop and rock from hip-hop and country, and pop from rock.

    python -m training train genre others --data DIR

On the grams of `genre-linear`, which must be trained first. How evidence becomes log-odds
(`atl_core.genre.others`) is fitted on training artists left out in turn (cross-fitting), all four
genres counting equally, at 4 lines, 8 lines and whole sections. A text is called neither from the
log-odds on that lose no more than `lost` of either genre there.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression

from atl_core.genre import linear as stored_linear
from atl_core.genre.files import WEIGHTS
from atl_core.genre.linear import Bag, Linear
from atl_core.genre.others import SONG_GENRES, OtherGenres, Weighing, load
from atl_core.genre.text import words
from training.genre import linear
from training.genre.data import Section, artist_weights, excerpt, part, read
from training.genre.linear import clock, features, logistic_regression

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    most_of_a_genre: int = 5_000
    cuts: tuple[int, ...] = (99, 4)
    lengths: tuple[int, ...] = (4, 8, 99)
    """Lines of the excerpts on which the formulas are fitted."""
    shares: tuple[float, float, float, float] = (0.2, 0.3, 0.25, 0.25)
    """Weights of hip-hop, country, pop and rock."""
    inverse_regularisation: float = 1.0
    lost: tuple[float, float] = (0.01, 0.025)
    """Shares of hip-hop and of country that may be called pop or rock."""
    folds: int = 2
    seed: int = 0


@dataclass(frozen=True)
class Evidence:
    """What is known of some texts, each array of shape (texts,)."""

    genre: NDArray[np.str_]
    length: NDArray[np.int64]
    """In words."""
    hip_hop: Floats
    """Log-odds of hip-hop over country."""
    other: tuple[Floats, ...]
    """Evidence of pop or rock, by the words and by a language model if one read the texts."""
    pop: tuple[Floats, ...]


def train(data: Path, out: Path, vocabulary: Path = WEIGHTS / "genre-linear") -> OtherGenres:
    """Train on the lyrics in `data` and write to the folder `out`."""
    recipe = Recipe()
    print(recipe, flush=True)
    started = time.perf_counter()
    grams = stored_linear.load(vocabulary)
    every = read(data, "train", SONG_GENRES)
    random.Random(recipe.seed).shuffle(every)
    sections = at_most(every, recipe.most_of_a_genre)
    print(f"{len(sections)} sections: {Counter(section.genre for section in sections)}")
    parts = []
    for fold in range(recipe.folds):
        inside = [s for s in every if part(s.group, recipe.folds, "fold") != fold]
        model = Linear(linear.fit(inside, linear.RECIPES["linear"]), grams.calibration)
        inside = at_most(inside, recipe.most_of_a_genre)
        outside = [s for s in sections if part(s.group, recipe.folds, "fold") == fold]
        parts.append(score(model, *fit(model.bags, inside, recipe), outside, recipe))
        print(f"fold {fold + 1}, {clock(started)}", flush=True)
    weighing = fit_weighing(joined(parts), recipe.lost)
    weights, bias = fit(grams.bags, sections, recipe)
    names = [bag.units for bag in grams.bags]
    out.mkdir(parents=True, exist_ok=True)
    arrays = zip(names, weights, strict=True)
    save_file(
        {name: of_bag.astype(np.float16) for name, of_bag in arrays}, out / "weights.safetensors"
    )
    (out / "weights.safetensors").chmod(0o644)
    config = {"bags": names, "bias": bias.tolist(), **asdict(weighing), "recipe": asdict(recipe)}
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    print(f"written to {out}, {clock(started)}")
    return load(out)


def at_most(sections: Sequence[Section], most: int) -> list[Section]:
    """The first sections of each genre."""
    counts, chosen = Counter[str](), []
    for section in sections:
        counts[section.genre] += 1
        if counts[section.genre] <= most:
            chosen.append(section)
    return chosen


def genre_shares(
    genre: NDArray[np.str_], groups: Sequence[str], shares: Sequence[float]
) -> NDArray[np.float64]:
    """Weights that give each genre its share and no artist too much, (texts,)."""
    weights = artist_weights(groups)
    for name, share in zip(SONG_GENRES, shares, strict=True):
        chosen = genre == name
        if chosen.any():
            weights[chosen] *= share * len(genre) / weights[chosen].sum()
    return weights


def fit(
    bags: Sequence[Bag], sections: Sequence[Section], recipe: Recipe
) -> tuple[list[NDArray[np.float32]], NDArray[np.float32]]:
    """For each bag the weights (features, 2), and the sum of the bags' biases (2,).

    The two questions are: pop or rock rather than hip-hop or country, and pop rather than rock.
    """
    rng = random.Random(recipe.seed)
    pieces = [(s, words(excerpt(s, cut, rng))) for s in sections for cut in recipe.cuts]
    genre = np.array([section.genre for section, _ in pieces])
    sizes = genre_shares(genre, [section.group for section, _ in pieces], recipe.shares)
    other = np.isin(genre, ("pop", "rock"))
    questions = ((np.ones(len(genre), bool), other), (other, genre == "pop"))
    weights, bias = [], np.zeros(2, np.float32)
    for bag in bags:
        matrix = features(bag, [found for _, found in pieces])
        answers = [
            logistic_regression(
                matrix[asked], yes[asked], sizes[asked], recipe.inverse_regularisation
            )
            for asked, yes in questions
        ]
        weights.append(np.stack([coefficients for coefficients, _ in answers], 1))
        bias += np.array([constant for _, constant in answers], np.float32)
    return weights, bias


def score(
    model: Linear,
    weights: Sequence[NDArray[np.float32]],
    bias: NDArray[np.float32],
    sections: Sequence[Section],
    recipe: Recipe,
) -> Evidence:
    """What the words say of excerpts of sections whose artists they have not seen."""
    rng = random.Random(recipe.seed)
    chosen = [(s, count) for count in recipe.lengths for s in sections
              if count == 99 or len(s.lines) >= count]  # fmt: skip
    texts = [words(excerpt(section, count, rng)) for section, count in chosen]
    total = evidence(model.bags, weights, bias, texts)
    return Evidence(
        genre=np.array([section.genre for section, _ in chosen]),
        length=np.array([max(1, len(found)) for found in texts]),
        hip_hop=np.array([model.log_odds(found) for found in texts]),
        other=(total[:, 0],),
        pop=(total[:, 1],),
    )


def evidence(
    bags: Sequence[Bag],
    weights: Sequence[NDArray[np.float32]],
    bias: NDArray[np.float32],
    texts: list[list[str]],
) -> Floats:
    """Of both questions, shape (texts, 2)."""
    total = np.zeros((len(texts), 2)) + bias
    for bag, of_bag in zip(bags, weights, strict=True):
        total += features(bag, texts) @ of_bag
    return total


def joined(parts: Sequence[Evidence]) -> Evidence:
    def column(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(one, name) for one in parts])

    sources = range(len(parts[0].other))
    return Evidence(
        column("genre"),
        column("length"),
        column("hip_hop"),
        tuple(np.concatenate([one.other[number] for one in parts]) for number in sources),
        tuple(np.concatenate([one.pop[number] for one in parts]) for number in sources),
    )


def fit_weighing(found: Evidence, lost: tuple[float, float]) -> Weighing:
    """The coefficients of both formulas, and the threshold."""
    other = np.isin(found.genre, ("pop", "rock"))
    counts = Counter(found.genre.tolist())
    equal = np.array([len(other) / 4 / counts[genre] for genre in found.genre])
    size = np.log(found.length)
    inputs = np.stack([found.hip_hop, np.abs(found.hip_hop),
                       *(v for o in found.other for v in (o, o * size))], 1)  # fmt: skip
    of_other = LogisticRegression(C=1e6, max_iter=2000).fit(inputs, other, sample_weight=equal)
    inputs_of_pop = np.stack([v for p in found.pop for v in (p, p * size)], 1)
    of_pop = LogisticRegression(C=1e6, max_iter=2000).fit(
        inputs_of_pop[other], found.genre[other] == "pop", sample_weight=equal[other]
    )
    log_odds = inputs @ of_other.coef_[0] + of_other.intercept_[0]
    return Weighing(
        (*of_other.coef_[0].tolist(), float(of_other.intercept_[0])),
        (*of_pop.coef_[0].tolist(), float(of_pop.intercept_[0])),
        thresholds(log_odds, found, lost),
    )


def thresholds(
    log_odds: Floats, found: Evidence, lost: tuple[float, float]
) -> tuple[float, float, float]:
    """A line through the least log-odds, by bins of length, that lose few of either genre."""
    edges = [4, 15, 25, 40, 60, 100, 10_000]
    points = []
    for low, high in pairwise(edges):
        inside = (found.length >= low) & (found.length < high)
        needed = [
            np.quantile(log_odds[inside & (found.genre == genre)], 1 - share)
            for genre, share in zip(SONG_GENRES, lost, strict=False)
            if (inside & (found.genre == genre)).sum() >= 50
        ]
        if needed:
            points.append((float(np.log(found.length[inside]).mean()), float(max(needed))))
            caught = np.mean(log_odds[inside & np.isin(found.genre, ("pop", "rock"))] > max(needed))
            print(f"{low} to {high} words: {points[-1][1]:.2f}, pop and rock found {caught:.3f}")
    if len(points) < 2:  # a toy corpus
        return 0.0, max((y for _, y in points), default=0.0), max((y for _, y in points), default=0)
    x, y = np.array(points).T
    slope, constant = np.polyfit(x, y, 1)
    return float(slope), float(constant), float(y.max())
