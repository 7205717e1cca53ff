"""How much of a line's flow its words can tell.

    python benchmarks/flow_ceiling.py MCFLOW_FOLDER COCOPOPS_FOLDER

Of the charted songs that were not fitted, the share of syllables within a sixteenth of where the
artist put them, with more knowledge than a writer's line gives:

- what the artist does with another line of the same song: with the same words, with as many
  syllables (any of them; the one two lines above; the one that fits best, chosen by the truth);
- our model with the place of the first syllable given, with the artist's rhythm from our first
  syllable on, and with the artist's place of the syllable before for each one.

The second column says how many of the syllables have such a line.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from atl_core.flow.model import Manner, Scores, places
from atl_core.flow.placing import EXACT, backward, marginals, place, starting_at
from benchmarks.flow import NEAR
from benchmarks.flow_songs import (
    ChartedLine,
    is_held_out,
    rap_lines,
    songs_of,
    sung_lines,
    tempo_of,
)
from benchmarks.flow_verse import verse_scores

Song = Sequence[ChartedLine]
Said = Sequence[Scores]
"""What the model says of the lines of a song, each by itself."""
Found = Iterator[tuple[float, int]]
"""Shares of lines, with their syllables."""


def near(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.mean(np.abs(one - other) <= NEAR))


def with_another(song: Song, kind: str) -> Found:
    """Each line laid as the artist laid another one of as many syllables."""
    at = [np.array(line.places) for line in song]
    texts = [line.text.lower() for line in song]
    for number, mine in enumerate(at):
        others = [
            other for other in range(len(song))
            if other != number and len(at[other]) == len(mine)
            and (texts[other] == texts[number]) == (kind == "same words")
            and (kind != "two above" or other == number - 2)
        ]  # fmt: skip
        shares = [near(mine, at[other]) for other in others]
        if shares:
            yield float(max(shares) if kind == "best" else np.mean(shares)), len(mine)


def with_start(song: Song, said: Said, manner: Manner) -> Found:
    """Ours with the artist's place of the first syllable."""
    for line, scored in zip(song, said, strict=True):
        on, true = places(line.beats_per_bar, line.bars), np.array(line.places)
        first = int(np.abs(on.positions - true[0]).argmin())
        likely = marginals([starting_at(scored, first)], [])[0]
        laid = on.positions[place(likely, on.step, manner, first=first)]
        yield near(laid[1:], true[1:]), len(true) - 1


def with_rhythm(song: Song, said: Said, manner: Manner) -> Found:
    """The artist's rhythm, from our place of the first syllable on."""
    for line, scored in zip(song, said, strict=True):
        on, true = places(line.beats_per_bar, line.bars), np.array(line.places)
        laid = on.positions[place(marginals([scored], [])[0], on.step, manner)]
        yield near(true - true[0] + laid[0], true), len(true)


def with_before(song: Song, said: Said, manner: Manner) -> Found:
    """Each syllable but the first, with the artist's place of the one before."""
    for line, scored in zip(song, said, strict=True):
        on, true = places(line.beats_per_bar, line.bars), np.array(line.places)
        at = np.abs(on.positions[:, None] - true).argmin(0)
        after, last = backward(scored, np.zeros(len(on.positions))), len(true) - 1
        hits = 0
        for number in range(last):
            steps = scored.steps[number, at[number]]
            to = (at[number] + np.arange(len(steps))).clip(max=len(on.positions) - 1)
            logs = steps + after[number + 1][to]
            chances = np.exp(logs - logs.max())
            reach = np.convolve(chances, np.ones(3), "same") + EXACT[manner] * chances
            laid = on.positions[to[int(reach.argmax())]]
            hits += abs(laid - true[number + 1]) <= NEAR
        yield hits / last, last


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mcflow", type=Path)
    parser.add_argument("cocopops", type=Path)
    asked = parser.parse_args()
    charted: dict[Manner, tuple[list[ChartedLine], Path]] = {
        "rap": (rap_lines(asked.mcflow), asked.mcflow),
        "sung": (sung_lines(asked.cocopops), asked.cocopops),
    }
    for manner, (lines, folder) in charted.items():
        names = sorted({line.song for line in lines})
        songs = [song for song in songs_of(lines) if is_held_out(song[0].song, names)]
        count = sum(len(line.places) for song in songs for line in song)
        print(f"\n{manner}: {len(songs)} songs, {count} syllables")
        for name, kind in OTHERS.items():
            show(name, [row for song in songs for row in with_another(song, kind)], count)
        said = [verse_scores(song, manner, tempo_of(folder, song[0].song)) for song in songs]
        for name, way in WAYS.items():
            pairs = zip(songs, said, strict=True)
            show(name, [row for song, scores in pairs for row in way(song, scores, manner)], count)


def show(name: str, rows: list[tuple[float, int]], count: int) -> None:
    shares, weights = zip(*rows, strict=True)
    share = np.average(shares, weights=weights)
    print(f"{name:44}{share:8.3f}{sum(weights) / count:8.2f}", flush=True)


OTHERS = {
    "artist's other line, same words": "same words",
    "artist's other lines, as many syllables": "any",
    "the one two lines above": "two above",
    "the one of the song that fits best": "best",
}
WAYS: dict[str, Callable[[Song, Said, Manner], Found]] = {
    "ours, first syllable given": with_start,
    "artist's rhythm from our first syllable on": with_rhythm,
    "ours, the syllable before given": with_before,
}


if __name__ == "__main__":
    main()
