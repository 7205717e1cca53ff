"""Where a line's syllables are likely to fall, by a small recurrent network.

It reads the whole line at once, and how long the lines around it are, which the Markov model of
`model.py` cannot: a bidirectional GRU (Cho et al. 2014) whose output is a distribution over the
sixteenths from a bar before the line to a bar after it, for each syllable. Three networks are
averaged. They were trained on charted songs (`benchmarks/flow_fit_network.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from atl_core.flow.model import (
    COUNTS,
    STRESSES,
    Array,
    Manner,
    Places,
    Scores,
    Syllable,
    count_class,
    kinds,
)
from atl_core.flow.weights import FOLDER, read_weights

FILE: Final = FOLDER / "network.safetensors"
NETWORKS: Final = 3
COMMON: Final = tuple(
    "the i and a to you in it my of on that me for like but is with your this im be so up just no "
    "all got when we what do if how they".split()
)
"""Words of one syllable that the network knows by name."""
FEATURES: Final = 37 + len(COMMON)
FAR: Final = 9.0
"""Bars to a line that there is not."""
TRUST: Final = 1.2
"""Weight of the networks' log probabilities."""
COUNTED: Final = 0.4
"""Weight of the Markov model's log probabilities beside them."""
FLOOR: Final = 1e-4


class Around(NamedTuple):
    """The lines before and after a line: their syllables, and how many bars away they start."""

    before: int
    bars_before: float
    after: int
    bars_after: float
    usual: float
    """Mean syllables of the song's lines."""


def alike(syllables: int, bars: int) -> Around:
    """A line among lines as long as itself."""
    return Around(syllables, bars, syllables, bars, syllables)


def features(
    syllables: Sequence[Syllable], texts: Sequence[str], bars: int, tempo: float, around: Around
) -> Array:
    """(syllables, features). `texts` are the syllables' letters; `tempo` is 0 where unknown.

    No chart of sung lines names a tempo: the networks for them have learnt nothing of it, and it
    must be 0.
    """
    count = len(syllables)
    lengths = Counter(one.word for one in syllables)
    stressed = np.array([one.stressed for one in syllables])
    named = kinds(syllables)
    found = np.zeros((count, FEATURES))
    for at, one in enumerate(syllables):
        opens = at == 0 or syllables[at - 1].word != one.word
        closes = at == count - 1 or syllables[at + 1].word != one.word
        found[at, :13] = [
            one.stressed, one.function, opens, closes, lengths[one.word] / 3, len(texts[at]) / 4,
            at / count, (count - at) / count, min(at, 8) / 8, min(count - 1 - at, 8) / 8,
            count / bars / 12, (tempo - 95) / 30 if tempo else 0.0, at == count - 1,
        ]  # fmt: skip
        found[at, 13 + named[at]] = 1
        found[at, 13 + STRESSES + count_class(count, bars)] = 1
        word = texts[at].lower()
        if lengths[one.word] == 1 and word in COMMON:
            found[at, 37 + COMMON.index(word)] = 1
    base = 13 + STRESSES + len(COUNTS)
    found[:, base] = (np.cumsum(stressed) - stressed) / 8
    found[:, base + 1] = (stressed.sum() - np.cumsum(stressed)) / 8
    found[:, 30:37] = [
        around.before / bars / 12, min(around.bars_before / bars, 2),
        around.after / bars / 12, min(around.bars_after / bars, 2), around.usual / bars / 12,
        around.bars_before <= bars, around.bars_after <= bars,
    ]  # fmt: skip
    return found


def chances(inputs: Array, manner: Manner) -> Array:
    """Probability of each sixteenth, from a bar before the line, for each syllable."""
    found = [_softmax(_run(inputs, network)) for network in _networks(manner)]
    mean: Array = np.mean(found, axis=0)
    return mean


def with_chances(line: Scores, likely: Array, on: Places) -> Scores:
    """The Markov model's scores and the networks' log probabilities, weighed and added."""
    gained = TRUST * np.log(likely[:, on.edges] + FLOOR)
    total = len(on.positions)
    start = COUNTED * line.start + gained[0]
    if not len(line.steps):
        return line._replace(start=start)
    to = (np.arange(total)[:, None] + np.arange(line.steps.shape[2])).clip(max=total - 1)
    return Scores(start, COUNTED * line.steps + gained[1:][:, to])


def _run(inputs: Array, held: dict[str, Array]) -> Array:
    """(syllables, features) -> (syllables, sixteenths): logits."""
    hidden = np.maximum(inputs @ held["inp.weight"].T + held["inp.bias"], 0.0)
    both = np.concatenate(
        [
            _gru(hidden, held, "l0"),
            _gru(hidden[::-1], held, "l0_reverse")[::-1],
        ],
        axis=1,
    )
    logits: Array = both @ held["out.weight"].T + held["out.bias"]
    return logits


def _gru(inputs: Array, held: dict[str, Array], which: str) -> Array:
    weight = held[f"rnn.weight_hh_{which}"]
    bias = held[f"rnn.bias_hh_{which}"]
    fed = inputs @ held[f"rnn.weight_ih_{which}"].T + held[f"rnn.bias_ih_{which}"]
    size = weight.shape[1]
    state = np.zeros(size)
    states = np.empty((len(inputs), size))
    for at, row in enumerate(fed):
        back = weight @ state + bias
        reset = _sigmoid(row[:size] + back[:size])
        keep = _sigmoid(row[size : 2 * size] + back[size : 2 * size])
        new = np.tanh(row[2 * size :] + reset * back[2 * size :])
        state = (1 - keep) * new + keep * state
        states[at] = state
    return states


def _sigmoid(values: Array) -> Array:
    found: Array = 1.0 / (1.0 + np.exp(-values))
    return found


def _softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: Array = powers / powers.sum(axis=1, keepdims=True)
    return found


@cache
def _networks(manner: Manner) -> tuple[dict[str, Array], ...]:
    """Raises `WeightsError` where the file is missing or damaged."""
    held = read_weights(FILE)
    found: list[dict[str, Array]] = []
    for number in range(NETWORKS):
        prefix = f"{manner}.{number}."
        mine = {name: value for name, value in held.items() if name.startswith(prefix)}
        found.append({name.removeprefix(prefix): v.astype(np.float64) for name, v in mine.items()})
    return tuple(found)
