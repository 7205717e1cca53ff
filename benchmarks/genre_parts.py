"""Is a song in parts judged rightly? python benchmarks/genre_parts.py LYRICS_FOLDER [--fit]

Songs are put together of three held-out sections: either all of one genre, or the middle one of
the other genre. They are judged with empty lines between the sections and without. Prints how many
lines are right, taken by themselves and in context, and how many songs are divided, with 95 %
intervals by bootstrap over songs. `--fit` tries other constants of `atl_core.genre.parts` on the
validation split instead.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from itertools import accumulate, product
from pathlib import Path

import numpy as np

from atl_core.genre import parts
from atl_core.genre.judge import classifier
from atl_core.genre.text import words
from training.genre.data import GENRES, Section, read

DRAWS = 2000


def songs(sections: list[Section], count: int, seed: int = 0) -> list[list[Section]]:
    """Half of them of one genre, half with a middle section of the other; both genres in turn."""
    rng = random.Random(seed)
    by_genre = {g: [s for s in sections if s.genre == g and len(s.lines) >= 4] for g in GENRES}
    made = []
    for number in range(count):
        outer, other = GENRES if number % 2 else GENRES[::-1]
        middle = other if number // 2 % 2 else outer
        made.append([rng.choice(by_genre[genre]) for genre in (outer, middle, outer)])
    return made


def interval(values: list[float]) -> str:
    """The mean in percent with its 95 % interval."""
    drawn = np.random.default_rng(0).choice(values, (DRAWS, len(values))).mean(axis=1)
    low, high = 100 * np.percentile(drawn, [2.5, 97.5])
    return f"{100 * np.mean(values):.1f} % [{low:.1f}, {high:.1f}]"


@dataclass(frozen=True)
class Read:
    """A song whose lines have been judged one by one."""

    alone: list[float]
    """Log-odds of hip-hop of each line taken by itself."""
    hip_hop: list[bool]
    begins: frozenset[int]
    """Indexes of the lines that begin a section."""


def read_lines(song: list[Section]) -> Read:
    sung = [[line for line in section.lines if words(line)] for section in song]
    edges = list(accumulate(map(len, sung), initial=0))[:-1]
    return Read(
        [classifier().log_odds(words(line)) for lines in sung for line in lines],
        [section.genre == "hip-hop" for section, lines in zip(song, sung, strict=True)
         for _ in lines],
        frozenset(edges),
    )  # fmt: skip


def measure(song: Read, *, divided: bool) -> dict[str, float]:
    """Shares of a song's lines that are right, and how it was divided."""
    context = parts.in_context(song.alone, song.begins if divided else {0})
    return {
        "alone": float(np.mean((np.array(song.alone) > 0) == song.hip_hop)),
        "context": float(np.mean((np.array(context) > 0) == song.hip_hop)),
        "divided": float(len(parts.runs(context)) > 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--songs", type=int, default=400)
    parser.add_argument("--fit", action="store_true")
    asked = parser.parse_args()
    if asked.fit:
        made = [read_lines(song) for song in songs(read(asked.data, "valid"), asked.songs)]
        for change, at_section, evidence in product(
            (0.01, 0.02, 0.05), (0.1, 0.2, 0.3), (0.4, 0.6, 0.8, 1.0)
        ):
            parts.CHANGE, parts.CHANGE_AT_SECTION, parts.EVIDENCE = change, at_section, evidence  # type: ignore[misc]
            found = [[measure(song, divided=d) for song in made] for d in (True, False)]
            right = [np.mean([one["context"] for one in of]) for of in found]
            mixed, one = (
                np.mean([row["divided"] for n, row in enumerate(found[1]) if (n // 2 % 2) == m])
                for m in (1, 0)
            )
            print(f"{change} {at_section} {evidence}: lines {100 * right[0]:.1f} divided, "
                  f"{100 * right[1]:.1f} not; mixed divided {100 * mixed:.0f}, "
                  f"one genre {100 * one:.0f}", flush=True)  # fmt: skip
        return
    made = [read_lines(song) for song in songs(read(asked.data, "test"), asked.songs)]
    print("| songs of three sections | lines right alone | in context | divided |")
    print("| --- | --- | --- | --- |")
    for divided, name in ((True, "empty lines between"), (False, "no empty lines")):
        for mix in (1, 0):
            rows = [measure(s, divided=divided) for n, s in enumerate(made) if n // 2 % 2 == mix]
            figures = [interval([row[key] for row in rows]) for key in rows[0]]
            if divided:
                figures[-1] = "-"
            kind = "the middle one of the other genre" if mix else "one genre"
            print(f"| {name}, {kind} | {' | '.join(figures)} |")


if __name__ == "__main__":
    main()
