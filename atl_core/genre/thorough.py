"""The language model beside the words, calibrated together.

The base of the writer's language model, tuned to tell four genres, reads a text
(`atl_core.captioner.genre_reader`). A linear layer on the mean of its last states gives the logits
of the four, so that each word has a share of them. With the log-odds `h` by the words alone and
the evidence `p`, the logit of hip-hop less that of country, a text of `n` words is hip-hop rather
than country with log-odds `a h + (b + c ln n) p + d`, fitted on artists that neither part has seen.
The same logits say whether a lyric is pop or rock (`atl_core.genre.others`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from atl_core.genre.files import WEIGHTS, damaged, read_json
from atl_core.genre.linear import Floats
from atl_core.genre.others import Weighing, weighing
from atl_core.genre.verdict import Reader

FOLDER: Final = WEIGHTS / "genre-thorough"
ADAPTER: Final = "adapter.safetensors"
"""In that folder: what tunes the base model, and the linear layer on its states."""


@dataclass(frozen=True, slots=True)
class Thorough:
    """What a language model's states say, and how it is weighed beside the words."""

    weights: Floats
    """(4, width): of the logits of `SONG_GENRES`."""
    bias: Floats
    """(4,)"""
    centre: Floats
    """(4,): what the weights give for an average word, which is taken off each."""
    together: tuple[float, float, float, float]
    """a to d of the module's formula."""
    alone: tuple[float, float, float]
    """b to d of the same formula where the words have no part."""
    weighing: Weighing
    """Of the evidence that a lyric is pop or rock, by words and states."""

    def log_odds(self, by_words: float, evidence: float, length: int) -> float:
        """Log-odds of hip-hop over country by both parts, of a text of `length` words."""
        a, b, c, d = self.together
        return a * by_words + weight(b, c, length) * evidence + d

    def log_odds_alone(self, evidence: float, length: int) -> float:
        """The same by the language model alone."""
        b, c, d = self.alone
        return weight(b, c, length) * evidence + d


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A text that the language model has read."""

    thorough: Thorough
    shares: Floats
    """(words, 4): what each word adds to the logits, before it is divided by the tokens."""
    tokens: NDArray[np.int64]
    """(words,)"""

    def evidence(self, words: slice = slice(None)) -> tuple[float, float, float]:
        """Of hip-hop over country, of pop or rock over both, of pop over rock, by some words in a
        row; 0 where none of them was read.
        """
        tokens = int(self.tokens[words].sum())
        if not tokens:
            return 0.0, 0.0, 0.0
        thorough = self.thorough
        logits = self.shares[words].sum(axis=0) / tokens + thorough.centre + thorough.bias
        hip_hop, country, pop, rock = logits.tolist()
        other = float(np.logaddexp(pop, rock) - np.logaddexp(hip_hop, country))
        return hip_hop - country, other, pop - rock

    def contributions(self, by_words: Sequence[float]) -> list[float]:
        """What each word adds to the log-odds of both parts, given what it adds to the words'."""
        a, b, c, _ = self.thorough.together
        scale = weight(b, c, len(by_words)) / max(1, int(self.tokens.sum()))
        hip_hop = self.shares[:, 0] - self.shares[:, 1]
        said: list[float] = (a * np.array(by_words) + scale * hip_hop).tolist()
        return said


def weight(b: float, c: float, length: int) -> float:
    """The weight of the language model's evidence in a text of `length` words."""
    return max(0.0, b + c * log(max(1, length)))


def read(words: Sequence[str], reader: Reader) -> Reading:
    """What a language model says of normalised words.

    Raises:
        WeightsError: the weights are missing or damaged.
    """
    thorough, found = shipped(), reader.read(words)
    shares = found.states @ thorough.weights.T - found.tokens[:, None] * thorough.centre
    return Reading(thorough, shares.astype(np.float32), found.tokens)


@cache
def shipped() -> Thorough:
    """The weights of this repository, read once. Raises as `load` does."""
    return load(FOLDER)


def load(folder: Path) -> Thorough:
    """Read the weights from their folder.

    Raises:
        WeightsError: a file is missing or damaged.
    """
    config: dict[str, Any] = read_json(folder / "config.json")
    try:
        arrays = load_file(folder / ADAPTER)
        return Thorough(
            weights=arrays["head.weight"],
            bias=arrays["head.bias"],
            centre=np.array(config["centre"], np.float32),
            together=tuple(config["together"]),
            alone=tuple(config["alone"]),
            weighing=weighing(config),
        )
    except (OSError, SafetensorError, KeyError) as error:
        raise damaged(folder / ADAPTER) from error
