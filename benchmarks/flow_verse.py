"""The charted lines of one song before the flow model, as `atl_core.flow.flow` sees a draft's."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from atl_core.flow.model import Manner, Scores, joined, places, scores
from atl_core.flow.network import chances, features, with_chances
from atl_core.flow.placing import marginals, place
from atl_core.flow.weights import gaps, tables
from benchmarks.flow_fit import syllables_of, texts_of
from benchmarks.flow_songs import ChartedLine, lines_around

MOST_BARS = 4
"""Bars between two lines that bear on each other."""


def verse_scores(song: Sequence[ChartedLine], manner: Manner, tempo: float) -> list[Scores]:
    """What the model says of each line by itself, with the numbers of syllables around it."""
    found = []
    for line, around in zip(song, lines_around(song), strict=True):
        on, syllables = places(line.beats_per_bar, line.bars), syllables_of(line)
        scored = scores(syllables, on, line.bars, tables(manner))
        inputs = features(syllables, texts_of(line), line.bars, tempo, around)
        found.append(with_chances(scored, chances(inputs, manner), on))
    return found


def sixteenths_between(before: ChartedLine, after: ChartedLine) -> np.ndarray:
    """From each place of a line to each place of the next one."""
    here, there = (places(line.beats_per_bar, line.bars).positions for line in (before, after))
    bars = (after.bar - before.bar) * before.beats_per_bar
    return 4 * (bars + there - here[:, None])


def lay_verse(song: Sequence[ChartedLine], manner: Manner, tempo: float) -> list[np.ndarray]:
    """Quarter notes from each line's first bar, for its syllables."""
    links = [
        joined(sixteenths_between(before, after), gaps(manner))
        if after.bar - before.bar <= MOST_BARS
        else None
        for before, after in pairwise(song)
    ]
    laid = []
    for line, likely in zip(song, marginals(verse_scores(song, manner, tempo), links), strict=True):
        on = places(line.beats_per_bar, line.bars)
        laid.append(on.positions[place(likely, on.step, manner)])
    return laid
