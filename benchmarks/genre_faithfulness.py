"""Do the words that a verdict names make it? python benchmarks/genre_faithfulness.py LYRICS_FOLDER

Takes all occurrences of the first words that are named for the verdict's label out of a held-out
section, and judges it again: a faithful list changes the verdict (comprehensiveness, DeYoung et al.
2020, "ERASER"). Beside it, as many other words that carry an image are taken out at random. Prints
how far the log-odds fall towards the other genre and how many verdicts turn, with 95 % intervals by
bootstrap over sections. With `--thorough` the language model takes part, some seconds a section.
"""

from __future__ import annotations

import argparse
import random
from math import log
from pathlib import Path

import numpy as np

from atl_core.genre import thorough
from atl_core.genre.explanation import as_read
from atl_core.genre.judge import classifier, judge
from atl_core.genre.text import tokens, words
from atl_core.genre.verdict import GenreVerdict, Reader
from training.genre.data import GENRES, read
from training.genre.readings import load_reader

DRAWS = 2000
MOST_NAMED = (3, 6, 12)
"""Words taken out: as many as a terminal shows is 6."""


def interval(values: list[float], scale: float = 1.0) -> str:
    """The mean with its 95 % interval."""
    drawn = np.random.default_rng(0).choice(values, (DRAWS, len(values))).mean(axis=1)
    low, high = scale * np.percentile(drawn, [2.5, 97.5])
    return f"{scale * np.mean(values):.2f} [{low:.2f}, {high:.2f}]"


def log_odds(found: list[str], reader: Reader | None) -> float:
    """Of hip-hop over country, of normalised words."""
    by_words = classifier().log_odds(found)
    reading = thorough.read(found, reader) if reader else None
    if reading is None:
        return by_words
    return reading.thorough.log_odds(by_words, reading.evidence()[0], len(found))


def fall(
    found: list[str], gone: set[str], verdict: GenreVerdict, reader: Reader | None
) -> tuple[float, float]:
    """How far the log-odds fall without the words `gone`, and whether the verdict turns."""
    sign = 1.0 if verdict.label == "hip-hop" else -1.0
    share = verdict.genre[verdict.label]
    before = log(share / (1.0 - share)) if share < 1.0 else sign * log_odds(found, reader)
    after = sign * log_odds([word for word in found if word not in gone], reader)
    return before - after, float(after < 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sections", type=int, default=400)
    parser.add_argument("--thorough", action="store_true")
    asked = parser.parse_args()
    rng = random.Random(0)
    sections = [s for s in read(asked.data, "test") if len(s.lines) >= 4]
    by_genre = {genre: [s for s in sections if s.genre == genre] for genre in GENRES}
    chosen = [rng.choice(by_genre[GENRES[n % 2]]) for n in range(asked.sections)]
    print("| taken out | log-odds fall by | verdicts turn, % |\n| --- | --- | --- |")
    reader = load_reader() if asked.thorough else None
    judged = [(section.text, judge(section.text, reader)) for section in chosen]
    for most in MOST_NAMED:
        named_falls, other_falls = [], []
        for text, verdict in judged:
            found = [token.word for token in tokens(text)]
            named = [word.word for word in verdict.words if word.genre == verdict.label][:most]
            gone = {word for said in named for word in words(said)}
            # Other words of the kind that is named, as many occurrences of them.
            others = sorted({token.word for token in tokens(text) if as_read(text, token)} - gone)
            rng.shuffle(others)
            left, taken = sum(found.count(word) for word in gone), set[str]()
            while others and left > 0:
                taken.add(others[-1])
                left -= found.count(others.pop())
            named_falls.append(fall(found, gone, verdict, reader))
            other_falls.append(fall(found, taken, verdict, reader))
        for name, falls in (("words named", named_falls), ("other words", other_falls)):
            print(f"| {most} {name} | {interval([f for f, _ in falls])} | "
                  f"{interval([t for _, t in falls], 100)} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
