"""What is fetched, what is left out and why, and what later commands say of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.training.datasets.dataset_runs import done, four_steps, in_place, run, write_catalogue
from tests.training.datasets.dataset_world import (
    World,
    make_certificate,
    serve,
    songs,
    video_results,
)
from training.datasets import fetch as fetching
from training.datasets.audio import YouTubeAudio
from training.datasets.config import read_config
from training.datasets.lyrics import BesideLyrics
from training.datasets.manifest import open_manifest
from training.datasets.web import Services

pytest.importorskip("spotipy", reason="spotipy is not installed")
pytest.importorskip("lyricsgenius", reason="lyricsgenius is not installed")

pytestmark = pytest.mark.usefixtures("keys")


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


def test_audio_without_a_duration_to_compare_is_heard(world: World, tmp_path: Path) -> None:
    """A file that was cut off looks like a song until somebody listens."""
    config = write_catalogue(tmp_path / "heard", world)
    catalogue = config.parent / "songs.csv"
    head, *rows = catalogue.read_text().replace(",12,", ",,").splitlines(keepends=True)
    catalogue.write_text("".join((head, *rows[:8])))  # each is decoded by a process of its own
    song = world.songs[0]
    file = config.parent / "cut.wav"
    soundfile.write(file, np.zeros(2_000), 11_025)
    world.files[f"/audio/{song.slug}.wav"] = file.read_bytes()
    done("plan", config)
    assert "done: 8 songs" in done("fetch", config)
    assert "left out now: 0 songs\n" in done("check", config)
    said = done("check", config, "--hear")
    assert "left out now: 1 song\n  1 x no audio: the beat is too short (0.181 s)\n" in said


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
        assert dict(manifest.count_by("reason")) == {"no lyrics: another title": 40}
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
