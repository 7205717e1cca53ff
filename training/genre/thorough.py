"""Weigh the language model's part in the genre verdict beside the words.

    python -m training train genre thorough --data DIR

Run it again whenever the verdict's adapter (`train genre adapter`), `genre-linear` or
`genre-others` changes; the writer's own adapter may change freely. The language model reads
excerpts of the valid split (`training.genre.readings`), whose artists no part of the verdict has
seen, and logistic regression finds how much each part counts. Figures are of the test split.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from sklearn.linear_model import LogisticRegression

from atl_core import manifest
from atl_core.captioner.load import LM
from atl_core.genre import linear as stored_linear
from atl_core.genre import others as stored_others
from atl_core.genre.files import WEIGHTS
from atl_core.genre.text import words
from atl_core.genre.thorough import ADAPTER, FOLDER, Reading, Thorough, load
from atl_core.genre.verdict import Reader
from training.genre import others
from training.genre.linear import clock
from training.genre.readings import load_reader, read_texts, readings_of, weighing_texts

READINGS = Path("runs/genre-readings")


def train(
    data: Path,
    out: Path = FOLDER,
    readings: Path = READINGS,
    by_words: Path = WEIGHTS / "genre-linear",
    of_others: Path = WEIGHTS / "genre-others",
    load_model: Callable[[Path], Reader] = load_reader,
) -> Thorough:
    """Weigh on the lyrics in `data` and write `config.json` to `out`, where the adapter lies.

    Args:
        readings: folder of what was read before; see `read_texts`.
        by_words: the default classifier.
        of_others: its weights for pop and rock.
        load_model: called with `out` if anything is to be read.
    """
    started = time.perf_counter()
    texts = [text for text in weighing_texts(data) if words(text.text)]
    folder, said = readings_of(readings, out), [text.text for text in texts]
    states = read_texts(folder, said, partial(load_model, out))
    print(f"{len(texts)} excerpts read, {clock(started)}", flush=True)
    head = load_file(out / ADAPTER)["head.weight"]
    config = {
        "base_sha256": manifest.find(LM.base).files[0].sha256,
        "centre": (states.mean(axis=0) @ head.T).tolist(),
        # Until they are fitted: the evidence by itself.
        "together": [1.0, 1.0, 0.0, 0.0],
        "alone": [1.0, 0.0, 0.0],
        **asdict(stored_others.load(of_others).weighing),
    }
    write(config, out)
    thorough = load(out)
    by_model = np.array([whole(thorough, state).evidence() for state in states])
    default, more = stored_linear.load(by_words), stored_others.load(of_others)
    spoken = [words(text.text) for text in texts]
    log_odds = np.array([default.log_odds(one) for one in spoken])
    evidence = np.array([more.evidence(default.features(one)) for one in spoken])
    genre = np.array([text.genre for text in texts])
    length = np.array([len(one) for one in spoken])
    hears = by_model[:, 0]
    inputs = np.column_stack([log_odds, hears, hears * np.log(length)])
    two = np.isin(genre, ("hip-hop", "country"))
    hip_hop = genre[two] == "hip-hop"
    fitted = {}
    for name, columns in (("words", [0]), ("language model", [1, 2]), ("together", [0, 1, 2])):
        estimator = LogisticRegression(C=1e6, class_weight="balanced", max_iter=1000)
        fitted[name] = estimator.fit(inputs[two][:, columns], hip_hop)
        right = estimator.predict(inputs[two][:, columns]) == hip_hop
        share = np.mean([right[hip_hop].mean(), right[~hip_hop].mean()])
        print(f"{name:15} {100 * share:.1f} % of the excerpts weighed are right")
    for name, key in (("together", "together"), ("language model", "alone")):
        config[key] = [*fitted[name].coef_[0].tolist(), float(fitted[name].intercept_[0])]
    weighing = others.fit_weighing(
        others.Evidence(
            genre=genre,
            length=length,
            hip_hop=fitted["together"].decision_function(inputs),
            other=(evidence[:, 0], by_model[:, 1]),
            pop=(evidence[:, 1], by_model[:, 2]),
        ),
        others.Recipe().lost,
    )
    write(config | asdict(weighing), out)
    print(f"written to {out}, {clock(started)}")
    return load(out)


def whole(thorough: Thorough, state: NDArray[np.float32]) -> Reading:
    """A text with this mean state, as if it were one word of one token."""
    shares = (thorough.weights @ state - thorough.centre)[None]
    return Reading(thorough, shares, np.ones(1, np.int64))


def write(config: dict[str, object], out: Path) -> None:
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
