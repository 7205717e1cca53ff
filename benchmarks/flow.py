"""Words on the beat: `python benchmarks/flow.py MCFLOW_FOLDER COCOPOPS_FOLDER`.

Of charted songs that were not fitted (every third by name): the share of syllables within a
sixteenth of where the artist put them and the mean distance in beats, given a line's words and its
bar, beside even spacing over the bar and beside a greedy rule (each stressed syllable to the next
eighth, each other to the next sixteenth). Then, for the artists and for us, the share of stressed
syllables on a beat or an eighth, of rhymes on beats 3 and 4, and of steps of a sixteenth or less.
The last row has the words of each line shuffled: nobody put them anywhere.

`python benchmarks/flow.py --drafts` prints these shares for the drafts in the data folder
(`ATL_HOME`), and for their lines with the words shuffled.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from atl_core.drafts.draft import Draft
from atl_core.drafts.names import LOCAL
from atl_core.flow.model import Manner, places, scores
from atl_core.flow.network import Around, chances, features, with_chances
from atl_core.flow.placing import place
from atl_core.flow.spoken import spoken
from atl_core.flow.weights import tables
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from benchmarks.flow_fit import syllables_of, texts_of
from benchmarks.flow_songs import (
    ChartedLine,
    Word,
    is_held_out,
    lines_around,
    rap_lines,
    sung_lines,
    tempo_of,
)

NEAR = 0.2501
Rule = Callable[[ChartedLine, Around, float], np.ndarray]


def counted(manner: Manner) -> Rule:
    """The Markov model alone."""

    def laid(line: ChartedLine, _around: Around, _tempo: float) -> np.ndarray:
        on = places(line.beats_per_bar, line.bars)
        return on.positions[
            place(scores(syllables_of(line), on, line.bars, tables(manner)), on.step)
        ]

    return laid


def ours(manner: Manner) -> Rule:
    def laid(line: ChartedLine, around: Around, tempo: float) -> np.ndarray:
        on, syllables = places(line.beats_per_bar, line.bars), syllables_of(line)
        scored = scores(syllables, on, line.bars, tables(manner))
        inputs = features(syllables, texts_of(line), line.bars, tempo, around)
        return on.positions[place(with_chances(scored, chances(inputs, manner), on), on.step)]

    return laid


def even(line: ChartedLine, _around: Around, _tempo: float) -> np.ndarray:
    count = len(line.places)
    return np.arange(count) / count * line.beats_per_bar * line.bars


def greedy(line: ChartedLine, _around: Around, _tempo: float) -> np.ndarray:
    """Left to right from the bar's first beat. As wide a step as the line leaves room for."""
    step = 0.25 if line.bars == 1 else 0.5
    now, found = 0.0, []
    for syllable in syllables_of(line):
        if syllable.stressed:
            now = np.ceil(now / (2 * step)) * 2 * step
        found.append(now)
        now += step
    return np.array(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mcflow", type=Path, nargs="?")
    parser.add_argument("cocopops", type=Path, nargs="?")
    parser.add_argument("--drafts", action="store_true")
    asked = parser.parse_args()
    if asked.drafts:
        of_drafts(asyncio.run(drafted()))
        return
    if asked.cocopops is None:
        parser.error("MCFLOW_FOLDER and COCOPOPS_FOLDER are needed, or --drafts")
    charted: dict[Manner, list[ChartedLine]] = {
        "rap": rap_lines(asked.mcflow),
        "sung": sung_lines(asked.cocopops),
    }
    for manner, lines in charted.items():
        songs = sorted({line.song for line in lines})
        held = [line for line in lines if is_held_out(line.song, songs)]
        count, of = sum(len(line.places) for line in held), len({line.song for line in held})
        print(f"\n{manner}: {len(held)} lines, {count} syllables of {of} songs")
        print(f"{'':18} within 1/16   beats off   strong   3 and 4   crowded")
        rows: list[tuple[str, list[np.ndarray]]] = [("artist", [np.array(x.places) for x in held])]
        near = dict(zip(lines, lines_around(lines), strict=True))
        folder = asked.mcflow if manner == "rap" else asked.cocopops
        tempi = {song: tempo_of(folder, song) for song in songs}
        for name, rule in (
            ("even", even),
            ("greedy", greedy),
            ("Markov model alone", counted(manner)),
            ("ours", ours(manner)),
        ):
            start = time.perf_counter()
            rows.append((name, [rule(x, near[x], tempi[x.song]) for x in held]))
            spent = (time.perf_counter() - start) / len(held)
        for name, placed in rows:
            print(f"{name:18}" + report(held, placed))
        mixed = [shuffled(line) for line in held]
        laid = [ours(manner)(x, near[y], tempi[y.song]) for x, y in zip(mixed, held, strict=True)]
        print(f"{'ours, shuffled':18}" + shares(mixed, laid, blank=True))
        print(f"{1000 * spent:.1f} ms a line")


def shuffled(line: ChartedLine) -> ChartedLine:
    """The words of a line in another order."""
    words = list(line.words)
    random.Random(line.text).shuffle(words)
    return replace(line, words=tuple(words))


async def drafted() -> list[tuple[Draft, ChartedLine]]:
    """The lines of all drafts of the local writer that have a tempo."""
    found = []
    async with open_studio(load_settings()) as studio:
        number, pages = 1, 1
        while number <= pages:
            page = await studio.drafts.list(LOCAL, page=number)
            pages, number = page.pages, number + 1
            for item in page.items:
                draft = await studio.drafts.get(item.id, LOCAL)
                bars = 1 if draft.brief.genre == "hip-hop" else 2
                for line in draft.lines:
                    words = [Word(w, len(spoken(w))) for w in line.text.split() if spoken(w)]
                    count = sum(word.syllables for word in words)
                    if count > 3 and draft.brief.beats_per_bar == 4:
                        nowhere = (0.0,) * count
                        charted = ChartedLine(
                            draft.id, tuple(words), nowhere, (), (), 4, bars, line.bar
                        )
                        found.append((draft, charted))
    return found


def of_drafts(found: list[tuple[Draft, ChartedLine]]) -> None:
    """Print the shares of drafts, rap and sung apart, beside their words shuffled."""
    bars_a_line: dict[Manner, int] = {"rap": 1, "sung": 2}
    for manner, bars in bars_a_line.items():
        kept = [(draft, line) for draft, line in found if line.bars == bars]
        lines = [line for _, line in kept]
        if not lines:
            continue
        of = len({draft.id for draft, _ in kept})
        print(f"\n{manner}: {len(lines)} lines of {of} drafts")
        print(f"{'':18} within 1/16   beats off   strong   3 and 4   crowded")
        near = lines_around(lines)
        for name, texts in (("drafts", lines), ("shuffled", [shuffled(x) for x in lines])):
            laid = [
                ours(manner)(x, y, draft.brief.tempo)
                for x, y, (draft, _) in zip(texts, near, kept, strict=True)
            ]
            print(f"{name:18}" + shares(texts, laid, blank=True))


def report(lines: list[ChartedLine], placed: list[np.ndarray]) -> str:
    off = [np.abs(at - np.array(line.places)) for line, at in zip(lines, placed, strict=True)]
    near = np.concatenate(off) <= NEAR
    return f"{np.mean(near):12.3f}{np.mean(np.concatenate(off)):12.3f}" + shares(lines, placed)


def shares(lines: list[ChartedLine], placed: list[np.ndarray], *, blank: bool = False) -> str:
    """What can be said without a chart; `blank` leaves the columns of the chart empty."""
    strong, rhymes, crowded = [], [], []
    for line, at in zip(lines, placed, strict=True):
        syllables = syllables_of(line)
        stressed = np.array([syllable.stressed for syllable in syllables])
        strong += (np.abs(at * 2 - np.round(at * 2)) < 0.01)[stressed].tolist()
        if stressed.any():
            last = at[np.flatnonzero(stressed)[-1]]
            rhymes.append((last % line.beats_per_bar) >= line.beats_per_bar / 2)
        crowded += (np.diff(at) < 0.26).tolist()
    figures = f"{np.mean(strong):10.3f}{np.mean(rhymes):10.3f}{np.mean(crowded):10.3f}"
    return " " * 24 * blank + figures


if __name__ == "__main__":
    main()
