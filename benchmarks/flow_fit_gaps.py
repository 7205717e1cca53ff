"""Count how far apart lines lie in part of the charted songs; no benchmark, but it shares their
reader.

    python benchmarks/flow_fit_gaps.py MCFLOW_FOLDER COCOPOPS_FOLDER

Of each two lines that follow one another, at most four bars apart, in two songs of three: how often
so many sixteenths lie between the last syllable of one and the first of the other, over how often
the model would have that if it laid the lines without regard to each other. Run it after
`flow_fit_network.py`. Writes weights/flow/gaps.safetensors. Takes less than a minute.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from atl_core.flow.model import Manner, places
from atl_core.flow.placing import marginals
from atl_core.flow.weights import GAPS_FILE
from benchmarks.flow_fit import truth
from benchmarks.flow_songs import (
    ChartedLine,
    is_held_out,
    rap_lines,
    songs_of,
    sung_lines,
    tempo_of,
)
from benchmarks.flow_verse import MOST_BARS, sixteenths_between, verse_scores

LONGEST = 40
"""Sixteenths."""
STIFF = 2.0


def count(manner: Manner, songs: Sequence[list[ChartedLine]], folder: Path) -> np.ndarray:
    true, expected = np.zeros(LONGEST), np.zeros(LONGEST)
    for song in songs:
        scored = verse_scores(song, manner, tempo_of(folder, song[0].song))
        chances = marginals(scored, [None] * (len(song) - 1))
        for (one, after), (ends, starts) in zip(pairwise(song), pairwise(chances), strict=True):
            if after.bar - one.bar > MOST_BARS:
                continue
            on = places(one.beats_per_bar, one.bars)
            ended, started = truth(one, on), truth(after, on)
            if ended is None or started is None:
                continue
            apart = np.round(sixteenths_between(one, after)).astype(int)
            inside = (apart >= 0) & (apart < LONGEST)
            actual = apart[ended[-1], started[0]]
            if 0 <= actual < LONGEST:
                true[actual] += 1
            both = np.outer(ends[-1], starts[0])
            expected += np.bincount(apart[inside], both[inside], LONGEST)
    return np.log((true + STIFF) / (expected + STIFF))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mcflow", type=Path)
    parser.add_argument("cocopops", type=Path)
    asked = parser.parse_args()
    rap, sung = rap_lines(asked.mcflow), sung_lines(asked.cocopops)
    found: dict[str, np.ndarray] = {}
    charted: dict[Manner, tuple[list[ChartedLine], Path]] = {
        "rap": (rap, asked.mcflow),
        "sung": (sung, asked.cocopops),
    }
    for manner, (lines, folder) in charted.items():
        names = sorted({line.song for line in lines})
        learnt = [
            song for song in songs_of(lines)
            if not is_held_out(song[0].song, names) and song[0].beats_per_bar == 4
        ]  # fmt: skip
        table = count(manner, learnt, folder)
        found[manner] = table.round(3).astype(np.float32)
    save_file(found, GAPS_FILE)
    GAPS_FILE.chmod(0o644)


if __name__ == "__main__":
    main()
