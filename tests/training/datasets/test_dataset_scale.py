"""Near-duplicates, splits, and many songs: memory does not grow with them."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.datasets.config import Config, Split, Tracks
from training.datasets.duplicates import mark_duplicates
from training.datasets.manifest import Manifest, lyrics_columns, open_manifest
from training.datasets.songs import Line, Track, Words
from training.datasets.split import SplitError, split

ROOT = Path(__file__).resolve().parents[3]


def config(folder: Path, **shares: float) -> Config:
    tracks = Tracks(source="csv", path=folder / "songs.csv")
    return Config(name="x", folder=folder, tracks=tracks, split=Split(**shares))  # type: ignore[arg-type]


def add(manifest: Manifest, artist: str, title: str, text: str, genre: str = "country") -> str:
    track = Track(artist, title, genre)
    words = Words(tuple(Line(line) for line in text.splitlines()), "test")
    manifest.add(track, **lyrics_columns(words), state="done")
    return track.key


def invented(seed: int, lines: int = 12) -> list[str]:
    draw = random.Random(seed)
    return [" ".join(f"w{draw.randrange(3000)}" for _ in range(7)) for _ in range(lines)]


def test_songs_that_share_much_are_one_song(tmp_path: Path) -> None:
    with open_manifest(tmp_path, create=True) as manifest:
        song, other = invented(1), invented(2)
        first = add(manifest, "Ada", "One", "\n".join(song))
        covered = ["[Chorus]", *(line.upper() for line in song[:9]), *other[:3]]
        cover = add(manifest, "Bo", "One, again", "\n".join(covered), genre="hip-hop")
        quote = add(manifest, "Cleo", "Quoting", "\n".join([*song[:2], *other]))
        chorus = "\n".join(["la la la la la la la la"] * 9)
        for number in range(5):
            add(
                manifest,
                f"D{number}",
                "La",
                f"{chorus}\nline {number} of " + invented(9 + number)[0],
            )
        copy = add(manifest, "E", "Exactly", "\n".join(song))
        short = add(manifest, "F", "Short", "oh my")
        shorter = add(manifest, "G", "Short too", "oh my")
        assert mark_duplicates(manifest, 0.4) == 3
        for key, original in ((cover, first), (quote, ""), (copy, first), (shorter, short)):
            row = manifest.row(key)
            assert row is not None
            assert row.duplicate_of == original
        assert mark_duplicates(manifest, 0.4) == 3, "checking again gives the same"


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_artists_stay_together_and_genres_are_balanced(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("split")
    with open_manifest(folder, create=True) as manifest:
        number = 0
        for genre in ("hip-hop", "country"):
            for artist in range(data.draw(st.integers(3, 8), label="artists")):
                for _ in range(data.draw(st.integers(1, 6), label="songs")):
                    number += 1
                    # One artist is of both genres.
                    name = "Both" if artist == 0 else f"{genre} {artist}"
                    text = "\n".join(invented(number, 3))
                    join = data.draw(st.sampled_from([" feat. ", " & ", ", ", " x "]))
                    add(manifest, f"{name}{join}Guest {number}", f"Song {number}", text, genre)
        manifest.remember("checked", "yes")
        counts = split(config(folder, valid=0.2, test=0.2), manifest)
        assert sum(songs for genres in counts.values() for songs in genres.values()) == number
        for name in ("train", "valid", "test"):
            assert counts[name]["hip-hop"] == counts[name]["country"]
        places: dict[str, set[str]] = {}
        for row in manifest.rows("split <> 'unused'"):
            places.setdefault(re.split(" feat| &|,| x", row.artist)[0], set()).add(row.split)
        assert all(len(names) == 1 for names in places.values())
        before = [row.split for row in manifest.rows()]
        split(config(folder, valid=0.2, test=0.2), manifest)
        assert [row.split for row in manifest.rows()] == before


def test_too_few_artists_to_split_by(tmp_path: Path) -> None:
    with open_manifest(tmp_path, create=True) as manifest:
        add(manifest, "Ada", "One", "words", "hip-hop")
        manifest.remember("checked", "yes")
        with pytest.raises(SplitError, match="1 artists; a split by artist needs 3"):
            split(config(tmp_path), manifest)


PEAKS = """
import tracemalloc
from pathlib import Path
from training.datasets.simulate import fill, simulate
fill(Path("warm"), 60, lines=40)
simulate(Path("warm"), lambda _: None)
for songs in (250, 1000):
    folder = Path(str(songs))
    fill(folder, songs, lines=4)
    tracemalloc.start()
    simulate(folder, lambda _: None)
    print(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
"""


def test_memory_is_flat_in_the_number_of_songs(tmp_path: Path) -> None:
    """Python's own peak; `python -m training.datasets.simulate` measures 100,000 songs.

    In a process of its own: caches that other tests fill would count.
    """
    run = subprocess.run(
        [sys.executable, "-c", PEAKS], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    few, many = map(int, run.stdout.split())
    assert many < 1.3 * few + 500_000
