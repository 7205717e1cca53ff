"""The fitted networks that judge hypotheses about the bars, and how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from atl_core.audio.onsets import Array
from atl_core.errors import WeightsError

if TYPE_CHECKING:
    from atl_core.audio.metre import Hypothesis

OPENING: Final = 1.5
"""Log odds for a beat that starts on bar one: loops are cut there. The synthesised beats that
the networks were fitted to have a pickup more often than those that people rap to."""
FILE: Final = Path(__file__).resolve().parents[2] / "weights" / "rhythm" / "model.safetensors"
"""Beside the package: at the root of a checkout, and at the top level of an installed wheel."""


@cache
def weights() -> dict[str, Array]:
    """Arrays by name.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    from safetensors.numpy import load_file

    try:
        return {name: array.astype(np.float64) for name, array in load_file(FILE).items()}
    except (OSError, ValueError, RuntimeError) as error:
        raise WeightsError(
            "The rhythm model's file weights/rhythm/model.safetensors is missing or damaged.",
            remedy="Reinstall ATL, or restore the weights folder with: git checkout weights",
        ) from error


def log_probabilities(options: Sequence[Hypothesis]) -> Array:
    """Log probability of each hypothesis: a network a metre, one softmax over all."""
    scores = np.empty(len(options))
    for metre in {option.metre for option in options}:
        rows = [number for number, option in enumerate(options) if option.metre == metre]
        inputs = np.stack([options[number].features for number in rows])
        scores[rows] = network(inputs, metre)
    scores += [OPENING * (option.first == 0) for option in options]
    scores -= scores.max()
    found: Array = scores - np.log(np.exp(scores).sum())
    return found


def network(inputs: Array, metre: int) -> Array:
    """Scores of hypotheses of one metre: (rows, features) -> (rows,)."""
    held = weights()
    scaled = (inputs - held[f"{metre}.mean"]) / held[f"{metre}.scale"]
    hidden = np.maximum(scaled.clip(-5, 5) @ held[f"{metre}.in"] + held[f"{metre}.in_bias"], 0)
    found: Array = hidden @ held[f"{metre}.out"] + held[f"{metre}.out_bias"]
    return found


def logistic(name: str, terms: Array) -> float:
    """A probability from a few terms, by a fitted logistic model."""
    held = weights()
    total = float((terms - held[f"{name}.mean"]) / held[f"{name}.scale"] @ held[f"{name}.weight"])
    return float(1 / (1 + np.exp(-np.clip(total + float(held[f"{name}.bias"][0]), -30, 30))))
