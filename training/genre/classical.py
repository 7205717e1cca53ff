"""The classical four of the paper's reference 4 (Canicatti 2016), on the common split.

Decision tree, random forest, k nearest neighbours and naive Bayes over TF-IDF of single words.
They are fitted anew for each evaluation and not stored: the forest and the neighbours are as
large as their data, and neither is anywhere near the default. At most `CAP` sections a genre:
a nearest-neighbour search through more adds minutes and no accuracy worth having.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.tree import DecisionTreeClassifier

from atl_core.genre.text import words
from training.genre.data import excerpt, is_hip_hop, read

CAP = 5_000

ESTIMATORS = {
    "decision tree": lambda: DecisionTreeClassifier(min_samples_leaf=10, random_state=0),
    "random forest": lambda: RandomForestClassifier(100, min_samples_leaf=2, random_state=0),
    "k nearest neighbours": lambda: KNeighborsClassifier(25, metric="cosine"),
    "naive Bayes": lambda: MultinomialNB(alpha=0.5),
}

Scorer = Callable[[Sequence[str]], NDArray[np.float32]]


def fit(data: Path) -> dict[str, Scorer]:
    """The four, fitted on as many country as hip-hop sections of the train split."""
    rng = random.Random(0)
    sections = read(data, "train")
    rng.shuffle(sections)
    chosen = [
        section
        for genre in ("hip-hop", "country")
        for section in [s for s in sections if s.genre == genre][:CAP]
    ]
    texts = [excerpt(section, lines, rng) for lines in (99, 4) for section in chosen]
    hip_hop = np.tile(is_hip_hop(chosen), 2)
    scorers: dict[str, Scorer] = {}
    for name, estimator in ESTIMATORS.items():
        started = time.perf_counter()
        vectors = TfidfVectorizer(analyzer=words, min_df=5, sublinear_tf=True, dtype=np.float32)
        pipeline = make_pipeline(vectors, estimator()).fit(texts, hip_hop)
        print(f"{name}: fitted in {time.perf_counter() - started:.0f} s", flush=True)
        scorers[name] = partial(score, pipeline)
    return scorers


def score(pipeline: Pipeline, texts: Sequence[str]) -> NDArray[np.float32]:
    return log_odds(pipeline.predict_proba(texts)[:, 1])


def log_odds(probability: NDArray[np.float64]) -> NDArray[np.float32]:
    clipped = np.clip(probability, 1e-3, 1 - 1e-3)
    return np.log(clipped / (1 - clipped)).astype(np.float32)
