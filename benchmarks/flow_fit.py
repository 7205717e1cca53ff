"""Count the flow model on part of the charted songs; no benchmark, but it shares their reader.

    python benchmarks/flow_fit.py MCFLOW_FOLDER COCOPOPS_FOLDER

Two songs of three are counted, rap and sung apart. Writes weights/flow/model.safetensors. Takes
seconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from atl_core.flow.model import (
    CONTEXTS,
    COUNTS,
    LONGEST,
    ROOMS,
    SIXTEENTHS,
    STRESSES,
    Places,
    Syllable,
    Tables,
    context,
    count_class,
    kinds,
    places,
    room_class,
)
from atl_core.flow.spoken import WEAK, split_word
from atl_core.flow.weights import FILE
from atl_core.lyrics.syllables import word_stresses
from benchmarks.flow_songs import ChartedLine, is_held_out, rap_lines, sung_lines

STIFF = 20.0
"""Counts that a class of steps borrows from its room as a whole."""


def syllables_of(line: ChartedLine) -> list[Syllable]:
    """A charted line as the model sees a line of a draft: its words are looked up. Where the
    artist says a word with other syllables than the dictionary, the chart's count is taken."""
    found = []
    for number, word in enumerate(line.words):
        digits = word_stresses(word.text).ljust(word.syllables, "0")[: word.syllables]
        weak = word.syllables == 1 and word.text.lower() in WEAK
        found += [Syllable(digit in "12" and not weak, weak, number) for digit in digits]
    return found


def texts_of(line: ChartedLine) -> list[str]:
    """The letters of each syllable."""
    return [part for word in line.words for part in split_word(word.text, word.syllables)]


def truth(line: ChartedLine, on: Places) -> np.ndarray | None:
    """The place of each syllable; None where it is off the grid or out of order."""
    at = np.array([int(np.argmin(np.abs(on.positions - place))) for place in line.places])
    far = np.abs(on.positions[at] - np.array(line.places)) > 0.13
    steps = np.diff(at)
    return None if far.any() or (steps < 0).any() or (steps > LONGEST).any() else at


def count(lines: Sequence[ChartedLine], bars: int) -> Tables:
    on = places(4, bars)
    start = np.zeros((len(COUNTS), SIXTEENTHS * (bars + 2)))
    step = np.zeros((len(ROOMS) + 1, CONTEXTS, LONGEST + 1))
    landing = np.zeros((STRESSES, SIXTEENTHS))
    used = 0
    for line in lines:
        syllables, at = syllables_of(line), truth(line, on)
        if at is None:
            continue
        used += 1
        number = len(syllables)
        start[count_class(number, bars), on.edges[at[0]]] += 1
        left = bars * SIXTEENTHS - on.sixteenths[at]
        for index, kind in enumerate(kinds(syllables)):
            landing[kind, on.rows[at[index]]] += 1
            if index + 1 < number:
                room = int(room_class(left[index : index + 1], number - index)[0])
                step[room, context(syllables, index), at[index + 1] - at[index]] += 1
    print(f"{used} of {len(lines)} lines lie on the grid")
    overall = start.sum(axis=0) / start.sum()
    start = start + 10 * overall + 0.02
    # A class borrows from its neighbours in room, and from all contexts of its room.
    smooth = step.copy()
    smooth[1:] += 0.2 * step[:-1]
    smooth[:-1] += 0.2 * step[1:]
    whole = smooth.sum(axis=1, keepdims=True) + 0.2
    smooth = smooth + STIFF * whole / whole.sum(axis=2, keepdims=True)
    any_kind = (landing.sum(axis=0) + 1) / (landing.sum() + SIXTEENTHS)
    share = (landing + 30 * any_kind) / (landing.sum(axis=1, keepdims=True) + 30)
    return Tables(
        np.log(start / start.sum(axis=1, keepdims=True)),
        np.log(smooth / smooth.sum(axis=2, keepdims=True)),
        np.log(share / any_kind),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mcflow", type=Path)
    parser.add_argument("cocopops", type=Path)
    asked = parser.parse_args()
    found = {}
    for manner, lines, bars in (
        ("rap", rap_lines(asked.mcflow), 1),
        ("sung", sung_lines(asked.cocopops), 2),
    ):
        songs = sorted({line.song for line in lines})
        learnt = [line for line in lines if not is_held_out(line.song, songs)]
        tables = count([line for line in learnt if line.beats_per_bar == 4], bars)
        for name, table in tables._asdict().items():
            found[f"{manner}.{name}"] = table.round(3).astype(np.float32)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    save_file(found, FILE)


if __name__ == "__main__":
    main()
