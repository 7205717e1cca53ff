"""Is this a lyric at all? Prose, code, other languages and two words are neither genre.

A logistic regression on four things that any English lyric has something to say about: the
evidence `s` of its words and pairs (a linear classifier of lyrics against prose, code and other
languages), the same times `ln n` for a text of `n` words, the share of words that lyrics use,
and its square. Layout has no part in it: prose broken into lines is still prose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from atl_core.genre.files import WEIGHTS, damaged, read_json
from atl_core.genre.linear import Bag, load_bag

MIN_WORDS: Final = 4
"""Fewer words than this say too little, whatever they are."""


@dataclass(frozen=True, slots=True)
class LyricsOrNot:
    """Tells lyrics from other text."""

    bag: Bag
    """Words and pairs; positive evidence speaks for lyrics."""
    sung: NDArray[np.bool_]
    """(features,): whether lyrics use the word."""
    coefficients: tuple[float, float, float, float]
    constant: float
    threshold: tuple[float, float, float]
    """Slope on ln(n), least and most of the log-odds that a lyric of n words must reach."""

    def is_lyrics(self, words: Sequence[str]) -> bool:
        """Whether normalised words are lyrics."""
        if len(words) < MIN_WORDS:
            return False
        slope, least, most = self.threshold
        needed = min(most, max(least, least + slope * log(len(words) / MIN_WORDS)))
        return self.log_odds(words) >= needed

    def log_odds(self, words: Sequence[str]) -> float:
        """Log-odds of lyrics over everything else."""
        return float(np.dot(self.coefficients, self.measures(words))) + self.constant

    def measures(self, words: Sequence[str]) -> tuple[float, float, float, float]:
        """The four numbers of the module's docstring."""
        evidence = self.bag.evidence(words)
        vocabulary = self.bag.vocabulary
        used = sum(self.sung[index] for word in words if (index := vocabulary.get(word, -1)) >= 0)
        share = float(used) / max(1, len(words))
        return evidence, evidence * log(max(1, len(words))), share, share * share


def load(folder: Path = WEIGHTS / "genre-neither") -> LyricsOrNot:
    """Read the detector from its folder.

    Raises:
        WeightsError: a file is missing or damaged.
    """
    config: dict[str, Any] = read_json(folder / "config.json")
    try:
        sung = load_file(folder / "words.safetensors")["sung"]
    except (OSError, SafetensorError) as error:
        raise damaged(folder / "words.safetensors") from error
    return LyricsOrNot(
        load_bag(folder, **config["bag"]),
        sung.astype(np.bool_),
        coefficients=tuple(config["coefficients"]),
        constant=config["constant"],
        threshold=tuple(config["threshold"]),
    )
