"""Measures of a genre classifier, each with an interval by bootstrap over artists.

Sections of one artist are alike, so artists and not sections are drawn with replacement. Both
genres count equally (the test split holds two hip-hop sections for each of country, which says
nothing about what writers paste); the plain accuracy of the mixture stands beside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DRAWS = 500
BINS = 15


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure and its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{100 * self.value:.1f} [{100 * self.low:.1f}, {100 * self.high:.1f}]"


@dataclass(frozen=True, slots=True)
class Report:
    """All measures of one classifier on one kind of text."""

    texts: int
    artists: int
    accuracy: Measured
    """Of the mixture as it is."""
    balanced: Measured
    """Mean of the two genres' accuracies."""
    macro_f1: Measured
    auc: Measured
    calibration_error: Measured
    """Expected calibration error of the label's probability, both genres counting equally.

    A draw can only add to the error, so its interval lies high around the value.
    """


def report(
    log_odds: Floats,
    hip_hop: Bools,
    artists: Sequence[str],
    draws: int = DRAWS,
    seed: int = 0,
) -> Report:
    """Measure scores of shape (texts,) against the truth."""
    names, group = np.unique(np.array(artists), return_inverse=True)
    rng = np.random.default_rng(seed)
    drawn = [
        np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))[group]
        for _ in range(draws)
    ]

    def measured(measure: Callable[[Floats, Bools, Floats], float]) -> Measured:
        value = measure(log_odds, hip_hop, np.ones(len(log_odds)))
        with np.errstate(invalid="ignore"):
            # A draw of few artists may hold one genre only: it is nan and left out.
            sample = [measure(log_odds, hip_hop, draw.astype(float)) for draw in drawn]
        low, high = np.nanpercentile(sample, [2.5, 97.5])
        return Measured(float(value), float(low), float(high))

    return Report(
        texts=len(log_odds),
        artists=len(names),
        accuracy=measured(accuracy),
        balanced=measured(balanced_accuracy),
        macro_f1=measured(macro_f1),
        auc=measured(auc),
        calibration_error=measured(calibration_error),
    )


def accuracy(log_odds: Floats, hip_hop: Bools, weights: Floats) -> float:
    return float(np.average((log_odds > 0) == hip_hop, weights=weights))


def balanced_accuracy(log_odds: Floats, hip_hop: Bools, weights: Floats) -> float:
    right = (log_odds > 0) == hip_hop
    return float(
        np.mean([(weights * right)[side].sum() / weights[side].sum() for side in sides(hip_hop)])
    )


def macro_f1(log_odds: Floats, hip_hop: Bools, weights: Floats) -> float:
    said = log_odds > 0
    scores = []
    for said_so, true in ((said, hip_hop), (~said, ~hip_hop)):
        hits = weights[said_so & true].sum()
        scores.append(2 * hits / (weights[said_so].sum() + weights[true].sum()))
    return float(np.mean(scores))


def auc(log_odds: Floats, hip_hop: Bools, weights: Floats) -> float:
    """Chance that a hip-hop text scores above a country text; ties count half."""
    values, place = np.unique(log_odds, return_inverse=True)
    inside = np.bincount(place, weights * hip_hop, minlength=len(values))
    outside = np.bincount(place, weights * ~hip_hop, minlength=len(values))
    below = np.cumsum(outside) - outside
    return float((inside * (below + outside / 2)).sum() / (inside.sum() * outside.sum()))


def calibration_error(log_odds: Floats, hip_hop: Bools, weights: Floats | None = None) -> float:
    """Mean distance between the label's probability and how often it is right, in `BINS` bins."""
    bins = reliability(log_odds, hip_hop, weights)
    return float(sum(share * abs(said - right) for said, right, share in bins))


def calibration_by_chance(log_odds: Floats, draws: int = DRAWS, seed: int = 0) -> Measured:
    """The calibration error of so many texts if every probability were true.

    The truth is drawn by the probabilities. Bins of few texts are off by chance, so the error of a
    perfect classifier is over 0: a measured error within this interval says nothing against it.
    """
    rng = np.random.default_rng(seed)
    probability = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    drawn = [rng.random(len(log_odds)) < probability for _ in range(draws)]
    errors = [calibration_error(log_odds, true) for true in drawn if 0 < true.sum() < len(true)]
    low, high = np.percentile(errors, [2.5, 97.5])
    return Measured(float(np.mean(errors)), float(low), float(high))


def reliability(
    log_odds: Floats, hip_hop: Bools, weights: Floats | None = None
) -> list[tuple[float, float, float]]:
    """(mean probability of the label, share that is right, share of all texts) by bin.

    Both genres count equally, each text within its genre by its weight.
    """
    counted = np.ones(len(log_odds)) if weights is None else weights
    counted = 0.5 * sum(np.where(side, counted, 0) / counted[side].sum() for side in sides(hip_hop))
    probability = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    confidence = np.maximum(probability, 1 - probability)
    right = (log_odds > 0) == hip_hop
    bins = np.minimum(((confidence - 0.5) * 2 * BINS).astype(int), BINS - 1)
    share, said, hit = (
        np.bincount(bins, counted * values, BINS) for values in (1, confidence, right)
    )
    return [
        (float(said[index] / share[index]), float(hit[index] / share[index]), float(share[index]))
        for index in np.flatnonzero(share)
    ]


def sides(hip_hop: Bools) -> tuple[Bools, Bools]:
    return hip_hop, ~hip_hop
