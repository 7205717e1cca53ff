"""Train a linear genre classifier: bags of words and letters, by NBSVM or by naive Bayes.

    python -m training train genre linear --data DIR          the default
    python -m training train genre judge --data DIR           judges drafts in measurements
    python -m training train genre ranker --data DIR          ranks candidates while writing

The weights are fitted on the train split, as whole sections and as 2 to 4 lines, so that short
texts are at home too. Pop and rock stand beside country at a fraction of its weight: most
of what country says about love is also said there, and without them a plain love song is taken
for hip-hop, of which there is five times as much. The calibration is fitted on scores of artists
left out in turn (cross-fitting), at 1, 4, 8 lines and whole, both genres counting equally.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from atl_core.genre.linear import Bag, Linear, Units, grams
from atl_core.genre.text import words
from training.genre.data import Section, artist_weights, excerpt, is_hip_hop, part, read

LENGTHS = (1, 4, 8, 99)
"""Lines of the excerpts on which the calibration is fitted; 99 means the whole section."""


@dataclass(frozen=True)
class Recipe:
    """How one linear classifier is trained."""

    naive_bayes: bool = False
    """Naive Bayes instead of NBSVM."""
    units: tuple[Units, ...] = ("words",)
    thirds: tuple[int, ...] = (0, 1, 2)
    """Which thirds of the training artists it may see."""
    most_of_a_genre: int | None = 12_000
    """Sections drawn of a genre, which keeps training short; None for all."""
    cuts: tuple[int, ...] = (99, 3)
    min_documents: int = 6
    max_features: int = 60_000
    """Of a bag."""
    inverse_regularisation: float = 1.0
    sung: float = 0.25
    """Weight of pop and rock beside country's 1."""
    folds: int = 2
    seed: int = 0


RECIPES = {
    "linear": Recipe(
        units=("words", "letters"),
        most_of_a_genre=None,
        cuts=(99, 4, 2),
        inverse_regularisation=3.0,
        sung=0.05,
    ),
    "judge": Recipe(thirds=(1, 2)),
    "ranker": Recipe(naive_bayes=True, thirds=(0,), cuts=(99,)),
}


def train(name: str, data: Path, out: Path) -> Linear:
    """Train the recipe `name` on the lyrics in `data` and write it to the folder `out`."""
    recipe = RECIPES[name]
    print(f"{name}: {recipe}", flush=True)
    started = time.perf_counter()
    every = [
        section
        for section in read(data, "train", ("hip-hop", "country", "pop", "rock"))
        if part(section.group, 3) in recipe.thirds
    ]
    random.Random(recipe.seed).shuffle(every)
    sections, counts = [], Counter[str]()
    for section in every:
        if recipe.most_of_a_genre is None or counts[section.genre] < recipe.most_of_a_genre:
            counts[section.genre] += 1
            sections.append(section)
    print(f"{len(sections)} sections of {len({s.group for s in sections})} artists: {counts}")

    raw, lengths, hip_hop = [], [], []
    for fold in range(recipe.folds):
        inside = [s for s in sections if part(s.group, recipe.folds, "fold") != fold]
        outside = [
            s
            for s in sections
            if part(s.group, recipe.folds, "fold") == fold and s.genre in ("hip-hop", "country")
        ]
        model = Linear(fit(inside, recipe))
        rng = random.Random(recipe.seed)
        for lines in LENGTHS:
            texts = [excerpt(section, lines, rng) for section in outside]
            raw.append(model.score(texts))
            lengths.append(np.array([max(1, len(words(text))) for text in texts]))
            hip_hop.append(is_hip_hop(outside))
        right = float(np.mean((raw[-1] > 0) == hip_hop[-1]))
        print(f"fold {fold + 1}: {right:.3f} of whole sections right, {clock(started)}", flush=True)
    calibration = calibrate(*map(np.concatenate, (raw, lengths, hip_hop)))
    model = Linear(fit(sections, recipe), calibration)
    sizes = [len(bag.vocabulary) for bag in model.bags]
    print(f"{sizes} features, calibration {calibration}, {clock(started)}")
    save(model, recipe, out)
    return model


def fit(sections: list[Section], recipe: Recipe) -> tuple[Bag, ...]:
    """The bags of a recipe, one for each kind of unit."""
    rng = random.Random(recipe.seed)
    pieces = [(s, words(excerpt(s, cut, rng))) for s in sections for cut in recipe.cuts]
    texts = [found for _, found in pieces]
    hip_hop = is_hip_hop([section for section, _ in pieces])
    weights = genre_weights([section for section, _ in pieces], recipe.sung)
    return tuple(fit_bag(texts, hip_hop, weights, units, recipe) for units in recipe.units)


def fit_bag(
    texts: list[list[str]],
    hip_hop: NDArray[np.bool_],
    weights: NDArray[np.float64],
    units: Units,
    recipe: Recipe,
) -> Bag:
    """One bag. Where there are too many grams, the least useful go and the rest is fitted anew."""
    documents = Counter(gram for found in texts for gram in set(grams(found, units)))
    kept = sorted(gram for gram, count in documents.items() if count >= recipe.min_documents)
    if units == "letters":
        kept = sorted(sorted(kept, key=lambda gram: -documents[gram])[: recipe.max_features // 2])
    estimate = naive_bayes if recipe.naive_bayes else logistic_regression
    bag = blank(kept, documents, len(texts), units, recipe.naive_bayes)
    matrix = features(bag, texts)
    coefficients, bias = estimate(matrix, hip_hop, weights, recipe.inverse_regularisation)
    if len(kept) > recipe.max_features:
        loudness = np.abs(coefficients) * np.sqrt(matrix.power(2).mean(axis=0).A1)
        best = np.sort(np.argsort(-loudness)[: recipe.max_features])
        bag = blank(
            [kept[index] for index in best], documents, len(texts), units, recipe.naive_bayes
        )
        matrix = features(bag, texts)
        coefficients, bias = estimate(matrix, hip_hop, weights, recipe.inverse_regularisation)
    return Bag(units, bag.vocabulary, bag.idf, coefficients, bias, bag.counts)


def blank(kept: list[str], documents: Counter[str], total: int, units: Units, counts: bool) -> Bag:
    """A bag that knows its grams but not yet their weights."""
    idf = np.array([np.log((1 + total) / (1 + documents[gram])) + 1 for gram in kept])
    return Bag(
        units=units,
        vocabulary={gram: index for index, gram in enumerate(kept)},
        idf=idf.astype(np.float32),
        weights=np.zeros(len(kept), np.float32),
        bias=0.0,
        counts=counts,
    )


def features(bag: Bag, texts: list[list[str]]) -> csr_matrix:
    """(texts, features), by the very code that runs in the product."""
    rows = [bag.features(found)[:2] for found in texts]
    # scikit-learn takes indices of 32 bits only.
    starts = np.cumsum([0, *(len(indexes) for indexes, _ in rows)], dtype=np.int32)
    indexes = np.concatenate([np.array(found, np.int32) for found, _ in rows])
    return csr_matrix(
        (np.concatenate([values for _, values in rows]), indexes, starts),
        shape=(len(texts), len(bag.vocabulary)),
    )


def genre_weights(sections: list[Section], sung: float) -> NDArray[np.float64]:
    """Weights that sum to half the number of sections on either side of the question."""
    weights = artist_weights([section.group for section in sections])
    genre = np.array([section.genre for section in sections])
    hip_hop, country = genre == "hip-hop", genre == "country"
    other = ~(hip_hop | country)
    beside = sung if other.any() else 0.0
    for chosen, share in (
        (hip_hop, 1.0),
        (country, 1.0 / (1.0 + beside)),
        (other, beside / (1.0 + beside)),
    ):
        if chosen.any():
            weights[chosen] *= share * len(sections) / 2 / weights[chosen].sum()
    return weights


def logistic_regression(
    matrix: csr_matrix, hip_hop: NDArray[np.bool_], weights: NDArray[np.float64], inverse: float
) -> tuple[NDArray[np.float32], float]:
    """NBSVM with a logistic loss: features are first scaled by their naive Bayes log-odds.

    The scaling lets regularisation spare the features that naive Bayes trusts; at run time it is
    one number a feature again.
    """
    present = matrix.copy()
    present.data[:] = 1
    ratio, _ = naive_bayes(present, hip_hop, weights)
    estimator = LogisticRegression(C=inverse, solver="liblinear", tol=1e-3)
    estimator.fit(matrix.multiply(ratio).tocsr(), hip_hop, sample_weight=weights)
    return (ratio * estimator.coef_[0]).astype(np.float32), float(estimator.intercept_[0])


def naive_bayes(
    matrix: csr_matrix,
    hip_hop: NDArray[np.bool_],
    weights: NDArray[np.float64],
    inverse: float = 0.0,
) -> tuple[NDArray[np.float32], float]:
    """Log-odds of a feature's share of all features, with add-one smoothing; no prior."""
    del inverse
    weighted = matrix.multiply(weights[:, None]).tocsr()
    inside = 1 + np.asarray(weighted[hip_hop].sum(axis=0)).ravel()
    outside = 1 + np.asarray(weighted[~hip_hop].sum(axis=0)).ravel()
    ratio = np.log(inside / inside.sum()) - np.log(outside / outside.sum())
    return ratio.astype(np.float32), 0.0


def calibrate(
    raw: NDArray[np.float32], lengths: NDArray[np.int64], hip_hop: NDArray[np.bool_]
) -> tuple[float, float, float]:
    """Platt scaling whose slope grows with the logarithm of the length (see atl_core)."""
    inputs = np.stack([raw, raw * np.log(lengths)], axis=1)
    estimator = LogisticRegression(C=1e6, class_weight="balanced").fit(inputs, hip_hop)
    a, b = estimator.coef_[0]
    return float(a), float(b), float(estimator.intercept_[0])


def save(model: Linear, recipe: Recipe, out: Path) -> None:
    """Write weights, vocabularies and configuration; the card is written by hand."""
    out.mkdir(parents=True, exist_ok=True)
    for bag in model.bags:
        save_bag(bag, out)
    config = {
        "bags": [describe(bag) for bag in model.bags],
        "calibration": model.calibration,
        "recipe": asdict(recipe),
    }
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    print(f"written to {out}")


def save_bag(bag: Bag, out: Path, **more: NDArray[Any]) -> None:
    """Write a bag's vocabulary and arrays, and `more` arrays of the same length beside them."""
    arrays = {"idf": bag.idf.astype(np.float16), "weights": bag.weights.astype(np.float16)}
    save_file({**arrays, **more}, out / f"{bag.units}.safetensors")
    (out / f"{bag.units}.safetensors").chmod(0o644)
    vocabulary = json.dumps(list(bag.vocabulary), ensure_ascii=False, indent=0)
    (out / f"{bag.units}.json").write_text(vocabulary + "\n", encoding="utf-8")


def describe(bag: Bag) -> dict[str, str | float | bool]:
    """What `load_bag` needs beside the files."""
    return {"units": bag.units, "bias": bag.bias, "counts": bag.counts}


def clock(started: float) -> str:
    return f"{time.perf_counter() - started:.0f} s"
