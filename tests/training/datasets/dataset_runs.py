"""The builder's commands on sets in the loopback world."""

from __future__ import annotations

import csv
from pathlib import Path

from click.testing import CliRunner, Result

from tests.training.datasets.dataset_world import World
from training.__main__ import main
from training.datasets.config import read_config
from training.datasets.songs import Track


def run(verb: str, config: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["dataset", verb, str(config), *options])


def done(verb: str, config: Path, *options: str) -> str:
    result = run(verb, config, *options)
    assert result.exit_code == 0, f"{result.output}{result.stderr}{result.exception}"
    return result.stdout


def write_catalogue(folder: Path, world: World) -> Path:
    """A label's own catalogue: a CSV with addresses, and timed lyrics for every second song."""
    folder.mkdir()
    (folder / "lyrics").mkdir()
    with (folder / "songs.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["artist", "title", "genre", "seconds", "audio", "licence"])
        for song in world.songs:
            address = f"{world.base}/audio/{song.slug}.wav"
            table.writerow([song.artist, song.title, song.genre, 12, address, "CC BY 4.0"])
            if song.number % 2 == 0:
                name = f"{song.artist} - {song.title}.lrc"
                (folder / "lyrics" / name).write_text(song.lrc)
    config = folder / "set.toml"
    config.write_text(
        'name = "A label"\nfolder = "set"\n'
        '[tracks]\nsource = "csv"\npath = "songs.csv"\n'
        '[audio]\nsource = "address"\n'
        '[lyrics]\nsources = ["beside", "genius"]\npath = "lyrics"\n'
        "[split]\nvalid = 0.2\ntest = 0.2\n[pace]\nretries = 0\n"
    )
    return config


def four_steps(folder: Path, world: World) -> Path:
    folder.mkdir()
    (folder / "audio").mkdir()
    for song in world.songs:
        (folder / "audio" / f"{song.artist} - {song.title}.wav").write_bytes(song.wav)
    config = folder / "set.toml"
    config.write_text(
        'name = "Four steps"\nfolder = "set"\n'
        '[artists]\nsource = "billboard"\ncount = 5\n[artists.charts]\n'
        'hip-hop = "2019/top-rap-artists"\ncountry = "2019/top-country-artists"\n'
        '[tracks]\nsource = "spotify"\ncount = 4\n'
        '[audio]\nsource = "folder"\npath = "audio"\n'
        "[pace]\nretries = 0\n"
    )
    return config


def in_place(config: Path, world: World) -> set[str]:
    """Paths of the server whose files the build has."""
    kept = {path.stem for path in (read_config(config).folder / "audio").rglob("*.*")}
    return {
        f"/audio/{song.slug}.wav"
        for song in world.songs
        if Track(song.artist, song.title, song.genre).key in kept
    }
