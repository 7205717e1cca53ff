"""How fast the language room is, and what its metrics say of lyrics that people wrote.

    python benchmarks/language.py --data DIR

`DIR` holds `lyrics/test.jsonl.gz`. The human figures are floors and goals for what is generated:
songs of held-out artists, clean and explicit, whole.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from atl_core.lyrics.brief import GENRES
from atl_core.lyrics.metrics import ANY_RHYME
from atl_core.lyrics.originality import load_index
from atl_core.lyrics.rhyme import end_word, rhyme, rhyming_words
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import clean_line, words
from atl_core.lyrics.vocabulary import near_words
from atl_core.lyrics.wordlists import explicit_words
from training import metrics

SHORTEST_SONG = 150
"""Words below which a song is left out."""


def read_songs(path: Path) -> dict[str, list[list[str]]]:
    """Songs of at least `SHORTEST_SONG` words by genre, each a list of lines."""
    songs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            if row["genre"] in GENRES:
                songs[row["genre"], row["song"]] += filter(None, map(clean_line, row["lines"]))
    by_genre: defaultdict[str, list[list[str]]] = defaultdict(list)
    for (genre, _), lines in songs.items():
        if sum(len(words(line)) for line in lines) >= SHORTEST_SONG:
            by_genre[genre].append(lines)
    return dict(by_genre)


def shuffled(song: list[str], chance: random.Random) -> list[str]:
    """The same words in any order, in lines of the same number of words."""
    spoken = [word for line in song for word in words(line)]
    chance.shuffle(spoken)
    rest = iter(spoken)
    return [" ".join(next(rest) for _ in words(line)) for line in song]


def per_second(act: Callable[[], object], count: int) -> float:
    start = time.perf_counter()
    act()
    return count / (time.perf_counter() - start)


def speed_table(lines: list[str]) -> Table:
    table = Table("speed, one core", "first time", "again", title=f"{len(lines)} lines")
    index = load_index()
    pairs = list(zip(map(end_word, lines), map(end_word, lines[1:]), strict=False))
    acts: dict[str, tuple[Callable[[], object], int]] = {
        "syllables, lines/s": (lambda: list(map(count_syllables, lines)), len(lines)),
        "rhyme, pairs/s": (lambda: [rhyme(a, b) for a, b in pairs], len(pairs)),
        "clean mode, lines/s": (lambda: list(map(explicit_words, lines)), len(lines)),
        "copied, lines/s (batches of 64)": (
            lambda: [index.copied(lines[i : i + 64]) for i in range(0, len(lines), 64)],
            len(lines),
        ),
        "rhyming words, words/s": (lambda: [rhyming_words(a) for a, _ in pairs[:500]], 500),
        "near words, words/s": (lambda: [near_words(a) for a, _ in pairs[:500]], 500),
    }
    for name, (act, count) in acts.items():
        table.add_row(name, f"{per_second(act, count):,.0f}", f"{per_second(act, count):,.0f}")
    return table


def human_table(by_genre: dict[str, list[list[str]]], most: int) -> Table:
    table = Table("lyrics that people wrote", title="held-out songs, and their words shuffled")
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for genre, songs in by_genre.items():
        chance = random.Random(0)
        chosen = chance.sample(songs, min(most, len(songs)))
        floor = [shuffled(song, chance) for song in chosen]
        table.add_column(f"{genre} ({len(chosen)})")

        def both(
            figure: Callable[[list[str]], float],
            human: list[list[str]] = chosen,
            mixed: list[list[str]] = floor,
        ) -> str:
            return f"{statistics.fmean(map(figure, human)):.3f} / " + (
                f"{statistics.fmean(map(figure, mixed)):.3f}"
            )

        for within in (1, 3):
            for name, kinds in (("perfect", metrics.PERFECT), ("any", ANY_RHYME)):
                rows[f"rhyme ({name}) within {within}"].append(
                    both(lambda song, w=within, k=kinds: metrics.rhyme_rate(song, w, k))  # type: ignore[misc]
                )
        rows["rhyme density"].append(both(metrics.rhyme_density))
        lines = [line for song in chosen for line in song]
        rows["distinct-1 at 500"].append(f"{metrics.distinct(lines, 1):.3f}")
        rows["distinct-2 at 500"].append(f"{metrics.distinct(lines, 2):.3f}")
        eights = [song[:8] for song in chosen]
        rows["self-BLEU-4, first 8 lines"].append(f"{metrics.self_bleu(eights):.3f}")
        rows["repeated lines, first 8"].append(
            f"{statistics.fmean(map(metrics.repeated_lines, eights)):.3f}"
        )
        rows["zlib, first 8 lines"].append(
            f"{statistics.fmean(map(metrics.compression, eights)):.3f}"
        )
        rows["syllables a line"].append(
            f"{statistics.fmean(map(count_syllables, lines)):.1f}"
            f" ± {statistics.pstdev(map(count_syllables, lines)):.1f}"
        )
        rows["ends on a function word"].append(
            f"{statistics.fmean(map(metrics.ends_weakly, lines)):.3f}"
        )
        rows["unfinished lines"].append(
            f"{statistics.fmean(map(metrics.is_unfinished, lines)):.3f}"
        )
    for name, cells in rows.items():
        table.add_row(name, *cells)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=60, help="songs of each genre")
    options = parser.parse_args()
    by_genre = read_songs(options.data / "lyrics" / "test.jsonl.gz")
    lines = [line for songs in by_genre.values() for song in songs for line in song]
    console = Console()
    console.print(speed_table(lines[:20000]))
    console.print(human_table(by_genre, options.songs))


if __name__ == "__main__":
    main()
