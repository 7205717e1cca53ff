"""A whole build of 40 songs: planned, fetched, killed, checked, split, described, trained on."""

from __future__ import annotations

import csv
import gzip
import json
import multiprocessing
import os
import random
import signal
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.training.datasets.dataset_runs import done, in_place, run, write_catalogue
from tests.training.datasets.dataset_world import World
from training.__main__ import main
from training.datasets import fetch as fetching
from training.datasets.config import read_config
from training.datasets.manifest import Manifest
from training.datasets.songs import Track
from training.genre.data import read as read_sections

pytest.importorskip("spotipy", reason="spotipy is not installed")
pytest.importorskip("lyricsgenius", reason="lyricsgenius is not installed")

KILLS = 10


pytestmark = pytest.mark.usefixtures("keys")


def rows(config: Path) -> list[tuple[Any, ...]]:
    database = sqlite3.connect(read_config(config).folder / "manifest.sqlite")
    return database.execute("SELECT * FROM song ORDER BY number").fetchall()


def fetch_until_killed(config: Path, world: World, *, requests: int = 0, writes: int = 0) -> None:
    """`fetch` in a process of its own that is killed: in the middle of the answer to one of its
    requests, or just before one of its changes of the manifest."""
    fork = multiprocessing.get_context("fork")
    ready = fork.Event()

    def work() -> None:
        left = writes
        update = Manifest.update

        def counted(self: Manifest, key: str, **columns: Any) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            update(self, key, **columns)

        Manifest.update = counted  # type: ignore[method-assign]
        ready.wait()
        main(["dataset", "fetch", str(config)])

    process = fork.Process(target=work)
    process.start()
    assert process.pid is not None
    world.victim, world.fuse = process.pid, requests
    ready.set()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def test_killed_at_ten_points_it_ends_with_the_same_manifest(world: World, tmp_path: Path) -> None:
    config = write_catalogue(tmp_path / "killed", world)
    done("plan", config)
    draw = random.Random(0)
    for number in range(KILLS):
        before, at = in_place(config, world), len(world.order)
        what = "requests" if number % 2 else "writes"
        fetch_until_killed(config, world, **{what: draw.randint(1, 12)})
        assert before.isdisjoint(world.order[at:]), "downloaded a second time"
    before, at = in_place(config, world), len(world.order)
    assert len(before) > KILLS
    assert "done: 40 songs" in done("fetch", config)
    assert before.isdisjoint(world.order[at:])
    # A kill may cut one download in two; that one alone comes again.
    assert sum(world.asked[path] for path in in_place(config, world)) <= 40 + KILLS

    calm = write_catalogue(tmp_path / "calm", world)
    done("plan", calm)
    done("fetch", calm)
    assert rows(config) == rows(calm)
    at = len(world.order)
    done("fetch", calm)
    assert len(world.order) == at, "nothing is left to fetch"

    assert "as they should be: 40 songs\n" in done("check", config)
    assert done("split", config) == (
        "train: 12 hip-hop, 12 country\nvalid: 4 hip-hop, 4 country\n"
        "test: 4 hip-hop, 4 country\nunused: 0 hip-hop, 0 country\n"
        f"The files are in {read_config(config).folder}\n"
    )
    check_files(read_config(config).folder, world)
    card = Path(done("card", config).strip()).read_text()
    assert "| address | CC BY 4.0 | 40 |" in card
    assert "| beside | not known | 20 |" in card
    assert "Songs with timed lines: 20" in card
    learn(read_config(config).folder)


def check_files(folder: Path, world: World) -> None:
    train = read_sections(folder, "train")
    held = [section for name in ("valid", "test") for section in read_sections(folder, name)]
    assert {s.group for s in train}.isdisjoint(s.group for s in held)
    assert not any("[" in line or "Embed" in line for s in train for line in s.lines)
    songs = {Track(s.artist, s.title, s.genre).key: s for s in world.songs}
    with gzip.open(folder / "clips-train.jsonl.gz", "rt") as file:
        clips = [json.loads(line) for line in file]
    timed = [clip for clip in clips if clip["start"] is not None]
    assert timed
    assert len(timed) < len(clips)
    for clip in timed:
        song = songs[clip["song"]]
        assert clip["end"] - clip["start"] == pytest.approx(10)
        for line in clip["lines"]:
            assert clip["start"] <= 1.4 * song.lines.index(line) + 0.7 < clip["end"]
    with gzip.open(folder / "paper-train.csv.gz", "rt") as file:
        sentences = [row["sentence"] for row in csv.DictReader(file)]
    words = (folder / "vocabulary.txt").read_text().split()
    assert {word for sentence in sentences for word in sentence.split()} == set(words)
    assert all(len(word) > 1 and word.isalpha() and word.islower() for word in words)
    assert words[0] in ("startseq", "endseq", "the", "my", "you", "and")


def learn(folder: Path) -> None:
    """A tiny captioner in the paper's manner: the clip's spectrum is added to the words so far.

    On artists it never saw, it must find the words likelier with their own audio than with that
    of the other genre.
    """
    import torch
    from torch import nn

    torch.manual_seed(0)
    torch.set_num_threads(2)
    words = (folder / "vocabulary.txt").read_text().split()
    number = {word: at for at, word in enumerate(words)}

    def spectrum(name: str) -> list[float]:
        samples, _ = soundfile.read(folder / name, frames=8192, dtype="float32")
        power = np.abs(np.fft.rfft(samples))[:2048].reshape(16, 128).sum(1)
        return list(np.log1p(power))

    def examples(split: str) -> tuple[torch.Tensor, torch.Tensor]:
        with gzip.open(folder / f"paper-{split}.csv.gz", "rt") as file:
            table = [(row["audio"], row["sentence"].split()) for row in csv.DictReader(file)]
        table = [(name, line) for name, line in table if number.keys() >= set(line)]
        heard = {name: spectrum(name) for name, _ in table}
        sound = torch.tensor([heard[name] for name, _ in table])
        return sound, torch.tensor([[number[word] for word in line] for _, line in table])

    class Captioner(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Embedding(len(words), 32)
            self.rnn = nn.GRU(32, 48, batch_first=True)
            self.sound = nn.Linear(16, 48)
            self.out = nn.Linear(48, len(words))

        def loss(self, sound: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
            states, _ = self.rnn(self.words(text[:, :-1]))
            guess = self.out(states + self.sound(sound)[:, None])
            return nn.functional.cross_entropy(guess.flatten(0, 1), text[:, 1:].flatten())

    model = Captioner()
    train, valid = examples("train"), examples("valid")
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    for _ in range(60):
        optimizer.zero_grad()
        loss = model.loss(*train)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        # Songs stand by genre, so that the first has the audio of the last, of the other genre.
        own, other = model.loss(*valid), model.loss(valid[0].flip(0), valid[1])
    assert own < np.log(len(words)) / 2
    assert own < other


def test_a_file_in_place_is_taken_though_its_row_was_not_written(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kill between moving the file and writing the row."""
    config = write_catalogue(tmp_path / "cut", world)
    done("plan", config)
    monkeypatch.setattr(
        fetching._Song, "accept", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    assert run("fetch", config).exit_code == 130
    assert len(in_place(config, world)) == 1
    monkeypatch.undo()
    monkeypatch.setenv("ATL_DATASET_LOOPBACK", world.base)
    monkeypatch.setenv("GENIUS_ACCESS_TOKEN", "again")
    done("fetch", config)
    assert {world.asked[path] for path in in_place(config, world)} == {1}


def test_a_song_has_one_key_in_every_spelling() -> None:
    one = Track("Béa & Co", "It’s On (feat. X)", "country")
    assert one.key == Track("Bea and Co", "Its On", "country").key
    assert one.key != Track("Bea and Co", "Its On - Live", "country").key
