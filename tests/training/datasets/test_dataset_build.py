"""A whole build of 40 songs: planned, fetched, killed, checked, split, described, trained on."""

from __future__ import annotations

import csv
import gzip
import json
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result
from dataset_world import World, make_certificate, serve, songs, video_results

from training.__main__ import main
from training.datasets import fetch as fetching
from training.datasets.audio import YouTubeAudio
from training.datasets.config import read_config
from training.datasets.lyrics import BesideLyrics
from training.datasets.manifest import Manifest, open_manifest
from training.datasets.songs import Track
from training.datasets.web import Services
from training.genre.data import read as read_sections

pytest.importorskip("spotipy", reason="spotipy is not installed")
pytest.importorskip("lyricsgenius", reason="lyricsgenius is not installed")

KILLS = 10


def run(verb: str, config: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["dataset", verb, str(config), *options])


def done(verb: str, config: Path, *options: str) -> str:
    result = run(verb, config, *options)
    assert result.exit_code == 0, f"{result.output}{result.stderr}{result.exception}"
    return result.stdout


pytestmark = pytest.mark.usefixtures("keys")


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("ATL_DATASET_LOOPBACK", world.base)
    return world


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


def rows(config: Path) -> list[tuple[Any, ...]]:
    database = sqlite3.connect(read_config(config).folder / "manifest.sqlite")
    return database.execute("SELECT * FROM song ORDER BY number").fetchall()


def in_place(config: Path, world: World) -> set[str]:
    """Paths of the server whose files the build has."""
    kept = {path.stem for path in (read_config(config).folder / "audio").rglob("*.*")}
    return {
        f"/audio/{song.slug}.wav"
        for song in world.songs
        if Track(song.artist, song.title, song.genre).key in kept
    }


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
        ready.wait(30)
        main(["dataset", "fetch", str(config)])

    process = fork.Process(target=work)
    process.start()
    assert process.pid is not None
    world.victim, world.fuse = process.pid, requests
    ready.set()
    process.join(60)
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
        loss.backward()  # type: ignore[no-untyped-call]
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


# --- the paper's four steps ----------------------------------------------------------------------


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


def test_the_four_steps_of_the_paper(world: World, keys: dict[str, str], tmp_path: Path) -> None:
    config = four_steps(tmp_path / "four", world)
    said = done("plan", config)
    assert (
        "country: 20 songs\nhip-hop: 20 songs\nto fetch: 40 songs with about 80 requests, in"
        in said
    )
    asked = world.asked.total()
    done("plan", config)
    assert world.asked.total() == asked, "planned once"
    # One song is not to be found, one has lyrics in another language, one file is another song's.
    first, second, third = world.songs[:3]
    (tmp_path / "four/audio" / f"{first.artist} - {first.title}.wav").unlink()
    third_file = tmp_path / "four/audio" / f"{third.artist} - {third.title}.wav"
    third_file.write_bytes(world.songs[9].wav)
    french = "<br/>".join(["je ne suis pas le seul et tu es dans la nuit avec moi"] * 4)
    page = f'<div data-lyrics-container="true">{french}</div>'
    world.answers[f"/genius-web/{second.slug}-lyrics"] = page
    said = done("fetch", config)
    assert "done: 37 songs" in said
    assert "1 x no audio\n" in said
    assert "1 x no lyrics: another version (remix); in another language (fr)\n" in said
    assert "1 x no audio: the same sound as Ada Rhymer" in said, "the later of two is left out"
    with open_manifest(tmp_path / "four/set") as manifest:
        row = next(manifest.rows("state = 'done'"))
        song = next(song for song in world.songs if song.title == row.title)
        assert [line.text for line in row.lyrics if line.text][-4:] == song.lines[4:]
        assert row.lyrics_address.endswith(f"{song.slug}-lyrics")
    for file in (tmp_path / "four/set").iterdir():
        content = file.read_bytes() if file.is_file() else b""
        for secret in (*keys.values(), "handed-out-token"):
            assert secret.encode() not in content


def test_a_source_that_is_down_stops_the_build_and_costs_nothing(
    world: World, tmp_path: Path
) -> None:
    config = four_steps(tmp_path / "down", world)
    world.failures["/spotify/v1"] = [503]
    assert "artists that could not be asked: 1; plan again" in done("plan", config)
    done("plan", config)
    world.failures["/genius/search"] = [503] * 10
    result = run("fetch", config)
    assert result.exit_code == 2
    assert "10 songs in a row" in result.stderr
    assert result.stderr.count("\n") == 1
    assert "done: 40 songs" in done("fetch", config)


def test_a_song_that_failed_is_tried_by_the_next_fetch(world: World, tmp_path: Path) -> None:
    config = write_catalogue(tmp_path / "again", world)
    done("plan", config)
    world.failures["/audio"] = [503, 503]
    said = done("fetch", config)
    assert "planned: 2 songs" in said
    assert "not yet: 127.0.0.1 answered HTTP 503" in said
    assert "done: 40 songs" in done("fetch", config)


def test_check_finds_what_changed(world: World, tmp_path: Path) -> None:
    config = write_catalogue(tmp_path / "changed", world)
    assert "Nothing is planned" in run("fetch", config).stderr
    done("plan", config)
    for verb in ("check", "split"):
        assert "No song is fetched" in run(verb, config).stderr
    done("fetch", config)
    assert "not checked" in run("split", config).stderr
    files = sorted((read_config(config).folder / "audio").rglob("*.wav"))
    files[0].unlink()
    files[1].write_bytes(files[1].read_bytes()[:-1])
    with open_manifest(read_config(config).folder) as manifest:
        one, two = list(manifest.rows())[20:22]
        manifest.update(two.key, lines=one.lines, lyrics_sha256=one.lyrics_sha256)
        assert "Another command is at work" in run("check", config).stderr
    assert done("check", config) == (
        "as they should be: 37 songs\nnear-duplicates, not used: 1 song\n"
        "to fetch again: 2 songs\nleft out now: 0 songs\n"
    )
    assert "not fetched yet, and in no part: 2 songs" in done("split", config)
    done("fetch", config)
    assert "not checked since the last fetch" in run("split", config).stderr
    assert "as they should be: 39 songs\n" in done("check", config)
    audio = read_config(config).folder / "audio"
    asked = {path: world.asked[path] for path in in_place(config, world)}
    assert sorted(asked.values()) == [1] * 38 + [2, 2]
    assert len(list(audio.rglob("*.wav"))) == 40


def test_wrong_finds_are_named_and_tried_again_when_asked(world: World, tmp_path: Path) -> None:
    config = four_steps(tmp_path / "wrong", world)
    done("plan", config)
    long = world.songs[5]
    file = tmp_path / "wrong/audio" / f"{long.artist} - {long.title}.wav"
    soundfile.write(file, np.zeros(20 * 11_025), 11_025)
    hit = {
        "type": "song",
        "result": {
            "title": "Something Else",
            "url": "https://genius.com/else",
            "primary_artist": {"name": "Ada Rhymer"},
            "lyrics_state": "complete",
        },
    }
    world.answers["/genius/search"] = {"response": {"hits": [hit]}}
    done("fetch", config)
    with open_manifest(tmp_path / "wrong/set") as manifest:
        assert dict(manifest.tally("reason")) == {"no lyrics: another title": 40}
    assert "/genius-web/else" not in world.asked, "a wrong page is not even read"
    del world.answers["/genius/search"]
    assert "left out: 40 songs" in done("fetch", config)
    said = done("fetch", config, "--again")
    assert "done: 39 songs" in said
    assert "1 x no audio: another duration (20 s for 12 s)" in said


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_song_from_youtube_is_searched_compared_fetched_and_heard(tmp_path: Path) -> None:
    config_file = tmp_path / "set.toml"
    config_file.write_text(
        'name = "x"\nfolder = "set"\n[tracks]\nsource = "csv"\npath = "songs.csv"\n'
        '[audio]\nsource = "youtube"\n[lyrics]\nsources = ["beside"]\npath = "lyrics"\n'
    )
    one, two = songs(artists=1, each=2)[:2]
    (tmp_path / "lyrics").mkdir()
    text = "artist,title,genre,seconds\n"
    for song in (one, two):
        (tmp_path / "lyrics" / f"{song.artist} - {song.title}.lrc").write_text(song.lrc)
        text += f"{song.artist},{song.title},{song.genre},12\n"
    (tmp_path / "songs.csv").write_text(text)
    done("plan", config_file)
    config = read_config(config_file)
    with (
        serve(World([one, two]), make_certificate(tmp_path)) as world,
        open_manifest(config.folder) as manifest,
    ):
        world.answers["/youtubei/v1/search"] = video_results(
            [
                ("live_______", f"{one.artist} - {one.title} (Live)", "A Fan", "0:12"),
                ("long_______", f"{one.artist} - {one.title}", one.artist, "0:19"),
                (one.video, f"{one.artist} - {one.title} [Lyric Video]", "A Fan", "0:12"),
            ]
        )
        source = YouTubeAudio(
            Services.on_loopback(world.base, world.tls),
            pace=lambda: None,
            candidates=5,
            max_seconds=60,
            max_megabytes=5,
        )
        words = BesideLyrics(config.lyrics.path)
        assert fetching.fetch(config, manifest, fetching.Sources(source, [words]), print) == 0
        found, missing = manifest.rows()
        assert found.state == "done"
        assert found.audio_address == f"{world.base}/watch/{one.video}"
        assert (config.folder / found.audio_file).read_bytes() == one.wav
        assert found.audio_seconds == pytest.approx(12)
        assert missing.reason == "no audio: another version (live)"
        assert [path for path in world.asked if path.startswith("/watch")] == [
            f"/watch/{one.video}"
        ]


def test_what_is_planned_can_be_listed(world: World, tmp_path: Path) -> None:
    config = write_catalogue(tmp_path / "listed", world)
    catalogue = config.parent / "songs.csv"
    first, *others = catalogue.read_text().splitlines()
    catalogue.write_text("\n".join([first, *others, others[0].upper()]))
    said = done("plan", config, "--songs")
    assert "named again, which changes nothing: 1 song\n" in said
    assert "hip-hop\tAda Rhymer - Block Ada One\t0:12\n" in said
    assert said.count("\t0:12\n") == 40
    assert "named again" not in done("plan", config), "what was planned before is not a repeat"


def test_lyrics_in_another_language_leave_the_next_source_to_be_asked(
    world: World, tmp_path: Path
) -> None:
    config = write_catalogue(tmp_path / "next", world)
    song = world.songs[0]
    french = "\n".join(["[00:01]je ne suis pas le seul et tu es dans la nuit avec moi"] * 4)
    (tmp_path / "next/lyrics" / f"{song.artist} - {song.title}.lrc").write_text(french)
    done("plan", config)
    assert "done: 40 songs" in done("fetch", config)
    with open_manifest(tmp_path / "next/set") as manifest:
        assert next(manifest.rows()).lyrics_source == "genius"


def test_a_song_has_one_key_in_every_spelling() -> None:
    one = Track("Béa & Co", "It’s On (feat. X)", "country")
    assert one.key == Track("Bea and Co", "Its On", "country").key
    assert one.key != Track("Bea and Co", "Its On - Live", "country").key
