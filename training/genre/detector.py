"""Train the detector of texts that are neither genre.

    python -m training prepare genre --fortunes DIR --out runs/neither.jsonl.gz
    python -m training train genre neither --data DIR --neither runs/neither.jsonl.gz

Lyrics of all four genres against prose, code and other languages. A quarter of the artists and
sources is set aside: on them the four coefficients and the thresholds are fitted.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.linear_model import LogisticRegression

from atl_core.genre.linear import Bag, grams
from atl_core.genre.neither import MIN_WORDS, OTHER_TEXTS, LyricsOrNot
from atl_core.genre.text import words
from training.genre import other_texts
from training.genre.data import excerpt, part, read
from training.genre.linear import blank, describe, features, save_bag

KINDS = ("prose", "code", "language")
"""Kinds in the file of other texts, in the order of `OTHER_TEXTS`."""
UNKNOWN_SCALE = 3.0
"""Scale of the share of unknown words beside TF-IDF values, so that regularisation spares it."""


@dataclass(frozen=True)
class Recipe:
    most_of_a_genre: int = 5_000
    languages: int = 1_500
    """Texts in other languages; their words will not be met again, so a few teach enough."""
    cuts: tuple[int, ...] = (99, 4, 2)
    min_documents: int = 6
    max_features: int = 30_000
    inverse_regularisation: float = 3.0
    lost: float = 0.02
    """Share of lyrics that may be called neither, at any length."""
    seed: int = 0


def train(data: Path, neither_file: Path, out: Path) -> LyricsOrNot:
    """Train the detector and write it to the folder `out`."""
    recipe = Recipe()
    print(recipe, flush=True)
    rng = random.Random(recipe.seed)
    sections = read(data, "train", ("hip-hop", "country", "pop", "rock"))
    rng.shuffle(sections)
    seen: Counter[str] = Counter()
    pieces: list[tuple[list[str], str, bool]] = []
    for section in sections:
        seen[section.genre] += 1
        if seen[section.genre] <= recipe.most_of_a_genre:
            pieces += [
                (words(excerpt(section, cut, rng)), section.group, True) for cut in recipe.cuts
            ]
    others = other_texts.read(neither_file, "train")
    tongues = [text for text in others if text.kind == "language"]
    others = [text for text in others if text.kind != "language"]
    others += rng.sample(tongues, min(len(tongues), recipe.languages))
    pieces += [(words(text.text), text.source, False) for text in others]
    pieces = [piece for piece in pieces if len(piece[0]) >= MIN_WORDS]
    print(f"{len(pieces)} texts, {sum(lyric for _, _, lyric in pieces)} of them lyrics", flush=True)

    aside = [piece for piece in pieces if part(piece[1], 4, "aside") == 0]
    inside = [piece for piece in pieces if part(piece[1], 4, "aside") != 0]
    bag, sung = fit(inside, recipe)
    nothing = np.zeros((len(bag.vocabulary) + 1, len(OTHER_TEXTS)), np.float32)
    detector = LyricsOrNot(
        bag, sung, (1.0, 0.0, 0.0, 0.0), 0.0, (0.0, 0.0, 0.0), nothing, (0.0, 0.0, 0.0)
    )
    kinds, kind_bias = fit_kinds(detector, others)
    measured = np.array([detector.measures(found) for found, _, _ in aside])
    lyric = np.array([lyric for _, _, lyric in aside])
    final = LogisticRegression(C=1e3, class_weight="balanced", max_iter=2000).fit(measured, lyric)
    log_odds = measured @ final.coef_[0] + final.intercept_[0]
    lengths = np.array([len(found) for found, _, _ in aside])
    right = np.mean(log_odds[lyric] > 0), np.mean(log_odds[~lyric] < 0)
    print(f"aside: {right[0]:.3f} of lyrics right, {right[1]:.3f} of others")
    threshold = thresholds(log_odds[lyric], lengths[lyric], recipe.lost)
    print(f"coefficients {final.coef_[0]}, threshold {threshold}")

    out.mkdir(parents=True, exist_ok=True)
    save_bag(bag, out, sung=sung.astype(np.uint8), kinds=kinds[:-1].astype(np.float16))
    config = {
        "bag": describe(bag),
        "coefficients": final.coef_[0].tolist(),
        "constant": float(final.intercept_[0]),
        "threshold": threshold,
        "unknown": kinds[-1].tolist(),
        "kind_bias": kind_bias.tolist(),
        "recipe": asdict(recipe),
    }
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    print(f"written to {out}")
    return detector


def fit(pieces: list[tuple[list[str], str, bool]], recipe: Recipe) -> tuple[Bag, np.ndarray]:
    """The evidence of words, and which of them lyrics use."""
    documents = Counter(gram for found, _, _ in pieces for gram in set(grams(found)))
    in_lyrics = Counter(gram for found, _, lyric in pieces if lyric for gram in set(grams(found)))
    kept = [
        gram
        for gram, count in documents.most_common(recipe.max_features)
        if count >= recipe.min_documents
    ]
    kept.sort()
    model = blank(kept, documents, len(pieces), "words", counts=False)
    matrix = features(model, [found for found, _, _ in pieces])
    lyric = np.array([lyric for _, _, lyric in pieces])
    estimator = LogisticRegression(
        C=recipe.inverse_regularisation, class_weight="balanced", solver="liblinear"
    ).fit(matrix, lyric)
    weights, bias = estimator.coef_[0].astype(np.float32), float(estimator.intercept_[0])
    bag = Bag("words", model.vocabulary, model.idf, weights, bias)
    return bag, np.array([in_lyrics[gram] >= recipe.min_documents for gram in kept])


def fit_kinds(
    detector: LyricsOrNot, texts: list[other_texts.OtherText]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (features + 1, 3) and biases (3,) that tell prose, code and languages apart."""
    found = [words(text.text) for text in texts]
    chosen = [index for index, text in enumerate(found) if len(text) >= MIN_WORDS]
    unknown = np.array([[UNKNOWN_SCALE * detector.unknown(found[index])] for index in chosen])
    matrix = hstack([features(detector.bag, [found[index] for index in chosen]), unknown]).tocsr()
    kind = np.array([KINDS.index(texts[index].kind) for index in chosen])
    estimator = LogisticRegression(C=10.0, class_weight="balanced", max_iter=300)
    estimator.fit(matrix, kind)
    weights = estimator.coef_.T.astype(np.float32)
    weights[-1] *= UNKNOWN_SCALE
    return weights, estimator.intercept_.astype(np.float32)


def thresholds(
    log_odds: np.ndarray, lengths: np.ndarray, lost: float
) -> tuple[float, float, float]:
    """Slope on the logarithm of the length, least and most, so that few lyrics are lost.

    The quantile that loses a share `lost` of the lyrics is taken in bins of length, and a line
    laid through its values.
    """
    edges = [MIN_WORDS, 8, 12, 20, 35, 60, 100, 10_000]
    points = []
    for low, high in pairwise(edges):
        chosen = (lengths >= low) & (lengths < high)
        if chosen.sum() >= 50:
            middle = float(np.log(lengths[chosen] / MIN_WORDS).mean())
            points.append((middle, float(np.quantile(log_odds[chosen], lost))))
            print(f"{low} to {high} words: {points[-1][1]:.2f}")
    x, y = np.array(points).T
    slope, least = np.polyfit(x, y, 1)
    return float(slope), float(least), float(y.max())
