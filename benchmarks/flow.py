"""Words on the beat: `python benchmarks/flow.py MCFLOW_FOLDER COCOPOPS_FOLDER`.

Of charted songs that were not fitted (every third by name): the share of syllables within a
sixteenth of where the artist put them and on that very sixteenth, and the mean distance in beats,
given a line's words and its bar, beside even spacing over the bar and beside a greedy rule (each
stressed syllable to the next eighth, each other to the next sixteenth). Then, for the artists and
for us, the share of stressed syllables on a beat or an eighth, of rhymes on beats 3 and 4, and of
steps of a sixteenth or less. `each by itself` lays every line as if it were alone, `ours` the lines
of a song together.
The last row has the words of each line shuffled: nobody put them anywhere. The rows before it are
the same for the songs by artists of whom no song was fitted.

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
from atl_core.flow.placing import marginals, place
from atl_core.flow.spoken import spoken
from atl_core.flow.weights import tables
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from benchmarks.flow_fit import syllables_of
from benchmarks.flow_songs import (
    ChartedLine,
    Word,
    has_fitted_artist,
    is_held_out,
    rap_lines,
    songs_of,
    sung_lines,
    tempo_of,
)
from benchmarks.flow_verse import lay_verse, verse_scores

NEAR = 0.2501
SAME = 0.1251
"""Beats: half a sixteenth."""
Rule = Callable[[ChartedLine], np.ndarray]
VerseRule = Callable[[list[ChartedLine], float], list[np.ndarray]]
"""The lines of a song and its tempo to the places of their syllables."""


def apart(rule: Rule) -> VerseRule:
    """A rule that lays every line by itself."""
    return lambda song, _tempo: [rule(line) for line in song]


def counted(manner: Manner) -> Rule:
    """The Markov model alone."""

    def laid(line: ChartedLine) -> np.ndarray:
        on = places(line.beats_per_bar, line.bars)
        scored = scores(syllables_of(line), on, line.bars, tables(manner))
        return on.positions[place(marginals([scored], [])[0], on.step, manner)]

    return laid


def by_itself(manner: Manner) -> VerseRule:
    """Our model without regard to where the lines around a line end and start."""

    def laid(song: list[ChartedLine], tempo: float) -> list[np.ndarray]:
        found = []
        for line, scored in zip(song, verse_scores(song, manner, tempo), strict=True):
            on = places(line.beats_per_bar, line.bars)
            found.append(on.positions[place(marginals([scored], [])[0], on.step, manner)])
        return found

    return laid


def ours(manner: Manner) -> VerseRule:
    return lambda song, tempo: lay_verse(song, manner, tempo)


def even(line: ChartedLine) -> np.ndarray:
    count = len(line.places)
    return np.arange(count) / count * line.beats_per_bar * line.bars


def greedy(line: ChartedLine) -> np.ndarray:
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
        played = [song for song in songs_of(lines) if is_held_out(song[0].song, songs)]
        held = [line for song in played for line in song]
        count = sum(len(line.places) for line in held)
        print(f"\n{manner}: {len(held)} lines, {count} syllables of {len(played)} songs")
        print(f"{'':18} within 1/16    same 1/16   beats off   strong   3 and 4   crowded")
        rows: list[tuple[str, list[np.ndarray]]] = [("artist", [np.array(x.places) for x in held])]
        folder = asked.mcflow if manner == "rap" else asked.cocopops
        tempi = [tempo_of(folder, song[0].song) for song in played]
        for name, rule in (
            ("even", apart(even)),
            ("greedy", apart(greedy)),
            ("Markov model alone", apart(counted(manner))),
            ("each by itself", by_itself(manner)),
            ("ours", ours(manner)),
        ):
            start = time.process_time()
            rows.append((name, laid_by(rule, played, tempi)))
            spent = (time.process_time() - start) / len(held)
        for name, placed in rows:
            print(f"{name:18}" + report(held, placed))
        unknown = [n for n, line in enumerate(held) if not has_fitted_artist(line.song, songs)]
        of_them = [held[n] for n in unknown]
        print(f"artists of whom no song was fitted: {len({line.song for line in of_them})} songs")
        for name, placed in rows:
            print(f"{name:18}" + report(of_them, [placed[n] for n in unknown]))
        mixed = [[shuffled(line) for line in song] for song in played]
        laid = laid_by(ours(manner), mixed, tempi)
        flat = [line for song in mixed for line in song]
        print(f"{'ours, shuffled':18}" + shares(flat, laid, blank=True))
        print(f"{1000 * spent:.1f} ms a line")


def laid_by(
    rule: VerseRule, songs: list[list[ChartedLine]], tempi: list[float]
) -> list[np.ndarray]:
    return [one for song, tempo in zip(songs, tempi, strict=True) for one in rule(song, tempo)]


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
        tempi = {line.song: draft.brief.tempo for draft, line in found if line.bars == bars}
        verses = songs_of([line for _, line in found if line.bars == bars])
        if not verses:
            continue
        count = sum(map(len, verses))
        print(f"\n{manner}: {count} lines of {len(verses)} drafts")
        print(f"{'':18} within 1/16    same 1/16   beats off   strong   3 and 4   crowded")
        mixed = [[shuffled(line) for line in verse] for verse in verses]
        for name, texts in (("drafts", verses), ("shuffled", mixed)):
            known = manner == "rap"  # the model for sung lines knows no tempo
            laid = laid_by(
                ours(manner), texts, [tempi[verse[0].song] if known else 0.0 for verse in texts]
            )
            flat = [line for verse in texts for line in verse]
            print(f"{name:18}" + shares(flat, laid, blank=True))


def report(lines: list[ChartedLine], placed: list[np.ndarray]) -> str:
    off = [np.abs(at - np.array(line.places)) for line, at in zip(lines, placed, strict=True)]
    whole = np.concatenate(off)
    figures = f"{np.mean(whole <= NEAR):12.3f}{np.mean(whole <= SAME):12.3f}{np.mean(whole):12.3f}"
    return figures + shares(lines, placed)


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
    return " " * 36 * blank + figures


if __name__ == "__main__":
    main()
