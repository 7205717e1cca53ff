"""Is this an English lyric at all, and what is it if not: prose, code or another language?

A logistic regression on four things that any English lyric has something to say about: the
evidence `s` of its words and pairs (a linear classifier of lyrics against prose, code and other
languages), the same times `ln n` for a text of `n` words, the share of words that lyrics use,
and its square. Layout has no part in it: prose broken into lines is still prose.

What is no lyric is prose, code or another language by three more weights for each gram, and one
for the share of words that the detector does not know (a softmax regression).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from atl_core.genre.files import WEIGHTS, damaged, read_json
from atl_core.genre.linear import Bag, Floats, load_bag

OtherText = Literal["prose", "code", "another language", "too short"]
OTHER_TEXTS: Final[tuple[OtherText, ...]] = ("prose", "code", "another language")
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
    kinds: Floats
    """(features + 1, 3), for `OTHER_TEXTS`; the last row is of the share of unknown words."""
    kind_bias: tuple[float, float, float]

    def kind(self, words: Sequence[str]) -> OtherText:
        """What normalised words are that are no lyrics."""
        if words and not any(map(str.isascii, words)):
            # Another script. Some are written without spaces, so that a line is a word or two.
            return "another language"
        if len(words) < MIN_WORDS:
            return "too short"
        features, values, _ = self.bag.features(words)
        scores = values @ self.kinds[features] + self.unknown(words) * self.kinds[-1]
        return OTHER_TEXTS[int(np.argmax(scores + np.array(self.kind_bias)))]

    def unknown(self, words: Sequence[str]) -> float:
        """The share of words that are not in the vocabulary."""
        known = sum(word in self.bag.vocabulary for word in words)
        return 1.0 - known / max(1, len(words))

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
        arrays = load_file(folder / "words.safetensors")
    except (OSError, SafetensorError) as error:
        raise damaged(folder / "words.safetensors") from error
    return LyricsOrNot(
        load_bag(folder, **config["bag"]),
        arrays["sung"].astype(np.bool_),
        coefficients=tuple(config["coefficients"]),
        constant=config["constant"],
        threshold=tuple(config["threshold"]),
        kinds=np.vstack([arrays["kinds"].astype(np.float32), np.float32(config["unknown"])]),
        kind_bias=tuple(config["kind_bias"]),
    )
