"""Is a lyric of another genre, pop or rock? By more weights for the grams of `genre-linear`.

Two questions are put to a lyric of `n` words. The evidence `o` that it is pop or rock, and not
hip-hop or country, becomes log-odds `a h + b |h| + c o + d o ln n + e`, where `h` is the log-odds
of hip-hop over country: a text that is surely one of the two is seldom a third. The evidence `p` of
pop over rock becomes log-odds `a p + b p ln n + c`. All four genres count equally. Where a language
model has read the text, its evidence stands beside the words' in both sums. R&B and soul are not in
the training data, and no answer of this module means them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from typing import Any, Final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from atl_core.genre.files import WEIGHTS, damaged, read_json
from atl_core.genre.linear import Features, Floats
from atl_core.genre.verdict import SongGenre

SONG_GENRES: Final[tuple[SongGenre, ...]] = ("hip-hop", "country", "pop", "rock")


@dataclass(frozen=True, slots=True)
class Weighing:
    """How evidence becomes log-odds."""

    other: tuple[float, ...]
    """Coefficients of `h`, `|h|`, and for each evidence of `o` and `o ln n`; last the constant."""
    pop: tuple[float, ...]
    """Coefficients for each evidence of `p` and `p ln n`; last the constant."""
    threshold: tuple[float, float, float]
    """Log-odds of pop or rock from which on a lyric of n words is called neither: slope on ln(n),
    constant, and most."""

    def log_odds(
        self, evidence: Sequence[tuple[float, float]], length: int, hip_hop: float
    ) -> tuple[float, float]:
        """Log-odds of pop or rock over the other two, and of pop over rock.

        Args:
            evidence: o and p by the words and, where it took part, by the language model.
            length: words of the text.
            hip_hop: its log-odds of hip-hop over country.
        """
        size = log(max(1, length))
        of_other = [hip_hop, abs(hip_hop), *(v for o, _ in evidence for v in (o, o * size)), 1.0]
        of_pop = [*(v for _, p in evidence for v in (p, p * size)), 1.0]
        return float(np.dot(self.other, of_other)), float(np.dot(self.pop, of_pop))

    def is_other(self, log_odds: float, length: int) -> bool:
        """Whether log-odds of pop or rock are enough to call a text of `length` words neither."""
        slope, constant, most = self.threshold
        return log_odds >= min(most, slope * log(max(1, length)) + constant)


@dataclass(frozen=True, slots=True)
class OtherGenres:
    """Tells pop and rock from hip-hop and country by their words."""

    weights: tuple[Floats, ...]
    """For each bag of `genre-linear`, (features, 2): of pop or rock, and of pop over rock."""
    bias: Floats
    """(2,)"""
    weighing: Weighing

    def evidence(self, features: Sequence[Features]) -> tuple[float, float]:
        """o and p of the module's formulas.

        Args:
            features: of a text, by `Linear.features` of `genre-linear`.
        """
        total = self.bias
        for weights, (indexes, values, _) in zip(self.weights, features, strict=True):
            total = total + values @ weights[indexes]
        return float(total[0]), float(total[1])


def probabilities(hip_hop: float, other: float, pop: float) -> dict[SongGenre, float]:
    """Of four genres, by the log-odds of hip-hop over country, of the others, of pop over rock."""
    of_other, of_hip_hop, of_pop = map(_probability, (other, hip_hop, pop))
    return {
        "hip-hop": (1 - of_other) * of_hip_hop,
        "country": (1 - of_other) * (1 - of_hip_hop),
        "pop": of_other * of_pop,
        "rock": of_other * (1 - of_pop),
    }


def _probability(log_odds: float) -> float:
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, log_odds))))


def weighing(config: dict[str, Any]) -> Weighing:
    """The part of a configuration file that `training.genre.others` writes."""
    return Weighing(tuple(config["other"]), tuple(config["pop"]), tuple(config["threshold"]))


def load(folder: Path = WEIGHTS / "genre-others") -> OtherGenres:
    """Read the weights from their folder.

    Raises:
        WeightsError: a file is missing or damaged.
    """
    config: dict[str, Any] = read_json(folder / "config.json")
    try:
        arrays = load_file(folder / "weights.safetensors")
        return OtherGenres(
            weights=tuple(arrays[name].astype(np.float32) for name in config["bags"]),
            bias=np.array(config["bias"], np.float32),
            weighing=weighing(config),
        )
    except (OSError, SafetensorError, KeyError) as error:
        raise damaged(folder / "weights.safetensors") from error
