"""A build of any number of invented songs, to measure memory and time.

    python -m training.datasets.simulate --songs 100000

plans, fetches, checks and splits songs of a corpus in MetroLyrics' shape (no network, no audio),
and prints for each step the seconds of processor time and the largest memory so far.
"""

from __future__ import annotations

import csv
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from training.datasets.check import check
from training.datasets.config import Config, read_config
from training.datasets.fetch import Sources, fetch
from training.datasets.manifest import Manifest, Row, open_manifest
from training.datasets.plan import plan
from training.datasets.split import split

GENRES: Final = ("hip-hop", "country")
SONGS_AN_ARTIST: Final = 10
VOCABULARY: Final = 8000


def fill(folder: Path, songs: int, lines: int = 24) -> None:
    """Write a configuration and a MetroLyrics file of invented songs into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(0)
    with (folder / "lyrics.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["index", "song", "year", "artist", "genre", "lyrics"])
        for number in range(songs):
            text = "\n".join(
                " ".join(f"{chr(97 + n % 26)}{n}x" for n in draw.choices(range(VOCABULARY), k=7))
                for _ in range(lines)
            )
            artist = f"artist-{number // SONGS_AN_ARTIST}"
            genre = GENRES[number // SONGS_AN_ARTIST % 2]
            table.writerow([number, f"song-{number}", 2009, artist, genre, text])
    (folder / "set.toml").write_text(
        'name = "simulated"\nfolder = "set"\n'
        '[corpus]\nsource = "metrolyrics"\npath = "lyrics.csv"\n[match]\nlanguage = ""\n'
    )


def simulate(folder: Path, done: Callable[[str], None]) -> None:
    """Every step on what `fill` wrote; `done` is called with the name of each."""
    config = read_config(folder / "set.toml")
    with open_manifest(config.folder, create=True) as manifest:
        for name, step in STEPS.items():
            step(config, manifest)
            done(name)


def _nothing(row: Row) -> None:
    del row


STEPS: Final[dict[str, Callable[[Config, Manifest], object]]] = {
    "plan": lambda config, manifest: plan(config, manifest, None, None, lambda _: None),
    "fetch": lambda config, manifest: fetch(config, manifest, Sources(None, ()), _nothing),
    "check": lambda config, manifest: check(config, manifest, _nothing),
    "split": split,
}


@click.command()
@click.option("--songs", default=100_000, show_default=True)
def main(songs: int) -> None:
    """Measure a build of invented songs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, songs)
        last = time.process_time()

        def done(step: str) -> None:
            nonlocal last
            now = time.process_time()
            megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            took = f"{now - last:8.1f} s CPU {megabytes:8.0f} MB peak"
            click.echo(f"{songs:>8,} songs  {step:6} {took}")
            last = now

        simulate(folder, done)


if __name__ == "__main__":
    main()
