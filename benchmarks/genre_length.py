"""Does a genre classifier count words? python benchmarks/genre_length.py LYRICS_FOLDER

Hip-hop sections are twice as long as country's in the data. Each country section of the test
split is judged as it is and written twice: the same words, twice as long. A classifier that
listens to words alone calls no more of them hip-hop.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from training.genre.data import read
from training.genre.evaluate import scorers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    texts = [section.text for section in read(data, "test", ("country",))]
    print("| classifier | country called hip-hop | the same text twice |\n| --- | --- | --- |")
    names = ("genre-linear", "genre-judge", "genre-ranker", "genre-lstm", "genre-han")
    for name, score in scorers(names).items():
        once = (score(texts) > 0).mean()
        twice = (score([f"{text}\n{text}" for text in texts]) > 0).mean()
        print(f"| {name} | {100 * once:.1f} % | {100 * twice:.1f} % |")


if __name__ == "__main__":
    main()
