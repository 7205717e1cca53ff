"""Train the language model's part in the genre verdict.

    python -m training train genre thorough --data DIR

Run it again whenever the language model's adapter, `genre-linear` or `genre-others` changes. The
model reads an excerpt of each training section (`training.genre.readings`). On its mean states
three questions are put by logistic regression: hip-hop rather than country, pop or rock rather than
either, pop rather than rock. How the answers are weighed beside the words is fitted on artists that
neither part has seen: both are fitted on one half of the training artists and asked about the
other, in turn (stacking, Wolpert 1992).
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression

from atl_core.captioner.load import LM
from atl_core.genre import linear as stored_linear
from atl_core.genre.files import WEIGHTS
from atl_core.genre.linear import Linear
from atl_core.genre.others import SONG_GENRES
from atl_core.genre.text import words
from atl_core.genre.thorough import Thorough, load
from atl_core.genre.verdict import Reader
from training.genre import linear, others
from training.genre.data import part, read
from training.genre.linear import clock
from training.genre.readings import Text, load_reader, read_texts, training_texts

Floats = NDArray[np.float64]
READINGS = Path("runs/genre-readings")


@dataclass(frozen=True)
class Recipe:
    inverse_regularisation: float = 0.003
    """Of all three questions."""
    lost: tuple[float, float] = (0.005, 0.02)
    """Shares of hip-hop and of country that may be called pop or rock."""
    folds: int = 2
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Probe:
    """The answers to the three questions, linear in a text's mean state."""

    weights: Floats
    """(width, 3)"""
    centre: Floats
    """(3,): the evidence of the average text, which is taken off."""
    bias: Floats
    """(3,)"""

    def evidence(self, states: Floats) -> Floats:
        """Of mean states (texts, width): (texts, 3)."""
        found: Floats = states @ self.weights - self.centre + self.bias
        return found


def adapter_digest() -> str:
    """Which language model it is: the sha256 of its adapter."""
    return hashlib.sha256((LM.adapter / "adapter.safetensors").read_bytes()).hexdigest()


def train(
    data: Path,
    out: Path,
    readings: Path = READINGS,
    vocabulary: Path = WEIGHTS / "genre-linear",
    load_model: Callable[[], Reader] = load_reader,
) -> Thorough:
    """Train on the lyrics in `data` and write to the folder `out`.

    Args:
        readings: folder of what was read before; see `read_texts`.
        vocabulary: the default classifier, whose calibration is kept.
        load_model: see `read_texts`.
    """
    recipe, started, digest = Recipe(), time.perf_counter(), adapter_digest()
    texts = [text for text in training_texts(data) if words(text.text)]
    states = read_texts(readings / digest[:12], [text.text for text in texts], load_model)
    print(f"{len(texts)} texts read, {clock(started)}", flush=True)
    grams = stored_linear.load(vocabulary)
    sections = read(data, "train", SONG_GENRES)
    random.Random(recipe.seed).shuffle(sections)
    found = []
    for fold in range(recipe.folds):
        inside = [s for s in sections if part(s.group, recipe.folds, "fold") != fold]
        model = Linear(linear.fit(inside, linear.RECIPES["linear"]), grams.calibration)
        other = others.Recipe()
        more = others.fit(model.bags, others.at_most(inside, other.most_of_a_genre), other)
        seen = np.array([part(text.group, recipe.folds, "fold") != fold for text in texts])
        probe = fit([t for t, s in zip(texts, seen, strict=True) if s], states[seen], recipe)
        asked = [text for text, s in zip(texts, seen, strict=True) if not s]
        spoken = [words(text.text) for text in asked]
        by_words = others.evidence(model.bags, *more, spoken)
        by_model = probe.evidence(states[~seen])
        found.append(
            Asked(
                genre=np.array([text.genre for text in asked]),
                length=np.array([len(one) for one in spoken]),
                by_words=np.column_stack([[model.log_odds(one) for one in spoken], by_words]),
                by_model=by_model,
            )
        )
        print(f"fold {fold + 1}, {clock(started)}", flush=True)
    config = weigh(found, recipe)
    probe = fit(texts, states, recipe)
    out.mkdir(parents=True, exist_ok=True)
    arrays = {name: value.astype(np.float32) for name, value in asdict(probe).items()}
    save_file(arrays, out / "weights.safetensors")
    (out / "weights.safetensors").chmod(0o644)
    config |= {"adapter": digest, "recipe": asdict(recipe)}
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    print(f"written to {out}, {clock(started)}")
    return load(out)


@dataclass(frozen=True, slots=True)
class Asked:
    """Texts, and what two parts that have not seen their artists say of them."""

    genre: NDArray[np.str_]
    length: NDArray[np.int64]
    by_words: Floats
    """(texts, 3): log-odds of hip-hop over country, and evidence for the other two questions."""
    by_model: Floats
    """(texts, 3)"""


def fit(texts: Sequence[Text], states: NDArray[np.float32], recipe: Recipe) -> Probe:
    """The three questions put to mean states, (texts, width)."""
    genre = np.array([text.genre for text in texts])
    sizes = others.genre_shares(genre, [text.group for text in texts], (0.25,) * 4)
    mean, scale = states.mean(axis=0), states.std(axis=0) + 1e-6
    scaled = (states - mean) / scale
    other = np.isin(genre, ("pop", "rock"))
    questions = ((~other, genre == "hip-hop"), (np.ones(len(genre), bool), other),
                 (other, genre == "pop"))  # fmt: skip
    weights, bias = [], []
    for asked, yes in questions:
        estimator = LogisticRegression(C=recipe.inverse_regularisation, max_iter=500)
        estimator.fit(scaled[asked], yes[asked], sample_weight=sizes[asked])
        weights.append(estimator.coef_[0] / scale)
        bias.append(float(estimator.intercept_[0]))
    columns = np.stack(weights, 1).astype(np.float64)
    return Probe(columns, mean @ columns, np.array(bias))


def weigh(found: Sequence[Asked], recipe: Recipe) -> dict[str, Any]:
    """The coefficients of `atl_core.genre.thorough`; prints how many texts each part has right."""
    genre, length = (
        np.concatenate([getattr(one, name) for one in found]) for name in ("genre", "length")
    )
    by_words = np.concatenate([one.by_words for one in found])
    by_model = np.concatenate([one.by_model for one in found])
    size = np.log(length)
    inputs = np.column_stack([by_words[:, 0], by_model[:, 0], by_model[:, 0] * size])
    two = np.isin(genre, ("hip-hop", "country"))
    hip_hop = genre[two] == "hip-hop"
    fitted = {}
    for name, columns in (("words", [0]), ("language model", [1, 2]), ("together", [0, 1, 2])):
        estimator = LogisticRegression(C=1e6, class_weight="balanced", max_iter=1000)
        fitted[name] = estimator.fit(inputs[two][:, columns], hip_hop)
        right = estimator.predict(inputs[two][:, columns]) == hip_hop
        share = np.mean([right[hip_hop].mean(), right[~hip_hop].mean()])
        print(f"{name:15} {100 * share:.1f} % of the excerpts of artists left out are right")
    both, alone = fitted["together"], fitted["language model"]
    weighing = others.fit_weighing(
        others.Evidence(
            genre=genre,
            length=length,
            hip_hop=both.decision_function(inputs),
            other=(by_words[:, 1], by_model[:, 1]),
            pop=(by_words[:, 2], by_model[:, 2]),
        ),
        recipe.lost,
    )
    return {
        "together": [*both.coef_[0].tolist(), float(both.intercept_[0])],
        "alone": [*alone.coef_[0].tolist(), float(alone.intercept_[0])],
        **asdict(weighing),
    }
