"""Linear genre classifiers over words, pairs of words and letters, in numpy alone.

A classifier adds up one or more bags of grams. At run time every bag is one weight a gram,
whatever it was trained by:

- `tfidf`: logistic regression on TF-IDF, `x_i = (1 + ln tf_i) idf_i`, scaled to length 1, with
  features scaled by their naive Bayes log-odds before training (NBSVM);
- `counts`: multinomial naive Bayes on grams that occur, `x_i = 1`, weights the log-odds of the
  two genres (both: Wang and Manning 2012, "Baselines and Bigrams").

The sum `s` of the bags for a text of `n` words becomes calibrated log-odds of hip-hop over
country by `(a + b ln n) s + c`, fitted on artists that the weights have not seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise, repeat
from math import log
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from atl_core.genre.files import WEIGHTS, damaged, read_json
from atl_core.genre.text import Token, tokens

Floats = NDArray[np.float32]
Units = Literal["words", "letters"]
Features = tuple[list[int], Floats, list[int]]
"""The known grams of a text: their features (n), values (n,) and occurrences (n)."""

MOST_REMEMBERED: Final = 1 << 16
"""Words whose letter grams a bag remembers."""


@dataclass(frozen=True, slots=True)
class Bag:
    """Weights of grams. Positive evidence speaks for hip-hop."""

    units: Units
    vocabulary: dict[str, int]
    """Gram -> feature."""
    idf: Floats
    """(features,)"""
    weights: Floats
    """(features,), evidence of a unit of the feature."""
    bias: float
    counts: bool = False
    """Whether grams that occur count 1 (naive Bayes) instead of their TF-IDF."""
    remembered: dict[str, list[int]] = field(default_factory=dict, repr=False, compare=False)
    """Word -> features of its letter grams."""

    def evidence(self, words: Sequence[str]) -> float:
        """Uncalibrated evidence of normalised words."""
        features, values, _ = self.features(words)
        # Of single words half are unknown, and thousands are asked for at each start.
        return float(values @ self.weights[features]) + self.bias if features else self.bias

    def weight(self, gram: str) -> float:
        """Evidence of a gram; 0 if it is not known."""
        index = self.vocabulary.get(gram, -1)
        return float(self.weights[index]) if index >= 0 else 0.0

    def contributions(self, words: Sequence[str], found: Features | None = None) -> list[float]:
        """What each word adds to the evidence; with the bias they add up to it.

        A gram's share is split between its occurrences, a pair's between its two words. `found`
        is what `features` says of the words, where it is known already.
        """
        features, values, counts = found or self.features(words)
        each_time = (values * self.weights[features] / np.array(counts, np.float32)).tolist()
        shares = dict(zip(features, each_time, strict=True))
        if self.units == "letters":
            by_word = {word: sum(map(shares.__getitem__, self._letters(word)))
                       for word in set(words)}  # fmt: skip
            return [by_word[word] for word in words]
        feature = self.vocabulary.get
        each = [shares.get(feature(word, -1), 0.0) for word in words]
        for index, (left, right) in enumerate(pairwise(words)):
            if half := shares.get(feature(f"{left} {right}", -1), 0.0) / 2:
                each[index] += half
                each[index + 1] += half
        return each

    def features(self, words: Sequence[str]) -> Features:
        """The known grams of normalised words."""
        if self.units == "letters":
            counts = Counter([one for word in words for one in self._letters(word)])
        else:
            counts = Counter(map(self.vocabulary.get, grams(words), repeat(-1)))
            counts.pop(-1, None)
        if not counts:
            return [], np.zeros(0, np.float32), []
        features, occurrences = list(counts), list(counts.values())
        if self.counts:
            return features, np.ones(len(features), np.float32), occurrences
        values = (1 + np.log(np.array(occurrences, np.float32))) * self.idf[features]
        return features, values / np.sqrt(values @ values), occurrences

    def _letters(self, word: str) -> list[int]:
        """Features of the known letter grams of a word."""
        found = self.remembered.get(word)
        if found is None:
            known = map(self.vocabulary.get, letters(word), repeat(-1))
            found = [feature for feature in known if feature >= 0]
            if len(self.remembered) >= MOST_REMEMBERED:
                self.remembered.clear()
            self.remembered[word] = found
        return found


@dataclass(frozen=True, slots=True)
class Linear:
    """A trained classifier: the sum of its bags, calibrated."""

    bags: tuple[Bag, ...]
    calibration: tuple[float, float, float] = (1.0, 0.0, 0.0)
    """a, b and c of the module's formula."""

    def score(self, texts: Sequence[str]) -> Floats:
        """Calibrated log-odds of hip-hop over country, shape (len(texts),)."""
        return np.array(
            [self.log_odds([token.word for token in tokens(text)]) for text in texts], np.float32
        )

    def log_odds(self, words: Sequence[str]) -> float:
        """Calibrated log-odds of hip-hop over country of normalised words."""
        slope, constant = self.calibrate(len(words))
        return slope * sum(bag.evidence(words) for bag in self.bags) + constant

    def features(self, words: Sequence[str]) -> tuple[Features, ...]:
        """The features of a text, for each bag."""
        return tuple(bag.features(words) for bag in self.bags)

    def contributions(
        self, found: Sequence[Token], features: Sequence[Features] | None = None
    ) -> Floats:
        """What each token adds to the calibrated log-odds, shape (len(found),).

        Together with `constant` they add up to `log_odds`. `features` is what the method of that
        name says of the words, where it is known already.
        """
        words = [token.word for token in found]
        slope, _ = self.calibrate(len(words))
        known = features or self.features(words)
        pairs = zip(self.bags, known, strict=True)
        each = np.array([bag.contributions(words, of_bag) for bag, of_bag in pairs], np.float32)
        total: Floats = np.float32(slope) * each.sum(axis=0)
        return total

    def constant(self, length: int) -> float:
        """The part of the log-odds of a text of `length` words that no word accounts for."""
        slope, constant = self.calibrate(length)
        return slope * sum(bag.bias for bag in self.bags) + constant

    def calibrate(self, length: int) -> tuple[float, float]:
        """Slope and constant of the calibration for a text of `length` words."""
        a, b, c = self.calibration
        return max(0.0, a + b * log(max(1, length))), c


def grams(words: Sequence[str], units: Units = "words") -> list[str]:
    """Words and pairs of neighbours, or the letter grams of every word."""
    if units == "letters":
        return [gram for word in words for gram in letters(word)]
    return [*words, *(f"{left} {right}" for left, right in pairwise(words))]


def letters(word: str) -> tuple[str, ...]:
    """Runs of 2 to 4 letters of a word, its edges marked by spaces."""
    framed = f" {word} "
    return tuple(
        framed[start : start + size]
        for size in (2, 3, 4)
        for start in range(len(framed) - size + 1)
    )


def load(folder: Path = WEIGHTS / "genre-linear") -> Linear:
    """Read a linear classifier from its folder.

    Raises:
        WeightsError: a file is missing or damaged.
    """
    config: dict[str, Any] = read_json(folder / "config.json")
    return Linear(
        tuple(load_bag(folder, **bag) for bag in config["bags"]), tuple(config["calibration"])
    )


def load_bag(folder: Path, units: Units, bias: float, counts: bool) -> Bag:
    """Read one bag: the arrays and the vocabulary that are named after its units.

    Raises:
        WeightsError: a file is missing or damaged.
    """
    vocabulary: list[str] = read_json(folder / f"{units}.json")
    try:
        arrays = load_file(folder / f"{units}.safetensors")
    except (OSError, SafetensorError) as error:
        raise damaged(folder / f"{units}.safetensors") from error
    return Bag(
        units=units,
        vocabulary={gram: index for index, gram in enumerate(vocabulary)},
        idf=arrays["idf"].astype(np.float32),
        weights=arrays["weights"].astype(np.float32),
        bias=bias,
        counts=counts,
    )
