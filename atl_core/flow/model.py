"""How likely a line's syllables are to fall on each place of its bars: a Markov model.

`network.py` adds what a whole line says.

A place is a sixteenth (in compound metres a third of a beat) from one bar before the line's first
bar to one bar after its last. The first syllable starts where lines of so many syllables do. Each
further one follows after a time that depends on how much of the bar is left for how many
syllables, on both syllables' stress and on whether they are of one word; and it is drawn to the
places where syllables of its stress fall, the rhyme to its own. The tables are counted in charted
songs (`benchmarks/flow_fit.py`): rap in MCFlow (Condit-Schultz, "MCFlow: a digital corpus of rap
transcriptions", 2016), sung lines in CoCoPops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Manner = Literal["rap", "sung"]
Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

STRESSES: Final = 5
"""Kinds of syllable: function word, unstressed, stressed, stressed in a longer word, rhyme."""
SIXTEENTHS: Final = 16
"""Rows of a bar in the tables, whatever its metre."""
COUNTS: Final = (0, 6, 8, 10, 12, 14, 17)
"""Lower bounds of the classes of lines by their number of syllables a bar."""
ROOMS: Final = (0.6, 0.8, 0.95, 1.05, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0)
"""Upper bounds of the classes of room: sixteenths left of the line's bars, a syllable."""
CONTEXTS: Final = 16
"""Classes of steps: stress of both syllables, one word or two, the line's last step or not."""
LONGEST: Final = 16
"""Sixteenths that a syllable lasts at most before the next one starts."""
OVERLAP: Final = float(np.log(1e-4))
"""Log weight of a line that starts before the one before it has ended."""
BEATS: Final = {1: (0,), 2: (0, 2), 3: (0, 1, 3), 4: (0, 1, 2, 3)}
"""Which beat of 4/4 stands for each beat of another metre."""


class Syllable(NamedTuple):
    """What the model wants to know of a syllable."""

    stressed: bool
    function: bool
    word: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where syllables of a line may start, in order."""

    positions: Array
    """Quarter notes (or dotted ones) from the first beat of the line's first bar."""
    rows: Indices
    """Of each place, the sixteenth of a bar of 4/4 that stands for it in the tables."""
    edges: Indices
    """Of each place, its sixteenth counted from a bar before the line, for the start."""
    step: float
    """Quarter notes between places."""
    sixteenths: Array
    """Of each place, sixteenths of 4/4 from the first beat of the line's first bar."""


def places(beats_per_bar: int, bars: int, *, thirds: bool = False, finer: int = 1) -> Places:
    """Places in a line of `bars` bars; `finer` times as many for a line with many syllables."""
    a_beat = (3 if thirds else 4) * finer
    count = (bars + 2) * beats_per_bar * a_beat
    positions = np.arange(count) / a_beat - beats_per_bar
    beat = np.floor(positions + 1e-9).astype(int)
    within = np.floor((positions - beat) * 4 + 0.01).astype(int).clip(0, 3)
    named = BEATS.get(beats_per_bar) or tuple(n % 4 for n in range(beats_per_bar))
    rows = np.array([named[b % beats_per_bar] for b in beat]) * 4 + within
    scaled = positions * SIXTEENTHS / beats_per_bar
    edges = np.floor(scaled + 1e-9).astype(int) + SIXTEENTHS
    return Places(positions, rows, edges, 1 / a_beat, scaled)


class Tables(NamedTuple):
    """What was counted, as log probabilities."""

    start: Array
    """(classes of counts, places in sixteenths): where the first syllable falls."""
    step: Array
    """(classes of room, contexts, 0 to 16 sixteenths): how long until the next."""
    landing: Array
    """(kinds of syllable, sixteenths of a bar): how much more often than any syllable."""


class Scores(NamedTuple):
    """Log probabilities of a line on its places."""

    start: Array
    """(places,)"""
    steps: Array
    """(syllables - 1, places, steps + 1): by how many places the next one comes later."""


def kinds(syllables: Sequence[Syllable]) -> list[int]:
    """The kind of each syllable of a line. Its last stressed one is the rhyme, if near the end."""
    rhyme = max((at for at, one in enumerate(syllables) if one.stressed), default=-1)
    if rhyme < len(syllables) - 4:
        rhyme = len(syllables) - 1
    found = []
    for at, one in enumerate(syllables):
        longer = any(
            0 <= other < len(syllables) and syllables[other].word == one.word
            for other in (at - 1, at + 1)
        )
        stressed = 3 if longer else 2
        found.append(4 if at == rhyme else stressed if one.stressed else int(not one.function))
    return found


def context(syllables: Sequence[Syllable], at: int) -> int:
    """Class of the step from syllable `at` to the next one."""
    one, other = syllables[at], syllables[at + 1]
    last = at == len(syllables) - 2
    return 8 * one.stressed + 4 * other.stressed + 2 * (one.word == other.word) + last


def count_class(syllables: int, bars: int) -> int:
    return int(np.searchsorted(COUNTS, syllables / bars + 0.25, side="right")) - 1


def room_class(sixteenths_left: Array, syllables_left: int) -> Indices:
    """Class of the room from a syllable on: what is left of the bars for it and those after it."""
    found: Indices = np.searchsorted(ROOMS, sixteenths_left / syllables_left).astype(np.int64)
    return found


def scores(
    syllables: Sequence[Syllable],
    on: Places,
    bars: int,
    tables: Tables,
    *,
    pull: float = 1.0,
    density: float = 0.0,
) -> Scores:
    """A line's log probabilities.

    `pull` weighs what draws stresses and rhymes to their places. `density` is what a step costs for
    each doubling of its length: above 0 syllables are closer together, below 0 further apart.
    """
    count, total = len(syllables), len(on.positions)
    most = min(round(LONGEST * 0.25 / on.step), total - 1)
    steps = np.arange(most + 1)
    # A step shorter than a sixteenth is one to the tables, unless it is none at all.
    named = np.where(steps == 0, 0, np.maximum(1, np.round(steps * on.step * 4))).astype(int)
    to = np.arange(total)[:, None] + steps
    outside = to >= total
    landing = tables.landing[:, on.rows]
    longer = np.log2(np.maximum(steps * on.step * 4, 1.0))
    kind = kinds(syllables)
    found = np.empty((max(count - 1, 0), total, most + 1))
    left = bars * SIXTEENTHS - on.sixteenths
    for at in range(count - 1):
        room = room_class(left, count - at)
        values = tables.step[room, context(syllables, at)][:, named.clip(max=LONGEST)]
        values = values + pull * landing[kind[at + 1]][to.clip(max=total - 1)]
        values -= density * longer
        values[outside] = -np.inf
        highest = values.max(axis=1, keepdims=True)
        found[at] = values - (highest + np.log(np.exp(values - highest).sum(axis=1, keepdims=True)))
    start = tables.start[count_class(count, bars)][on.edges] + pull * landing[kind[0]]
    return Scores(start, found)


def joined(sixteenths: Array, gaps: Array) -> Array:
    """Log weights of so many sixteenths from a line's last syllable to the next line's first one.

    `gaps` holds those of 0 sixteenths and more; further apart the lines do not bear on each other.
    """
    apart = np.round(sixteenths).astype(int)
    found = np.where(apart < len(gaps), gaps[apart.clip(0, len(gaps) - 1)], 0.0)
    return np.where(apart < 1, OVERLAP, found)
