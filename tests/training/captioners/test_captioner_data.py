"""What a researcher has on disk, good or bad, becomes clips and lines, and nothing stops it."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from atl_core.captioner.paper.words import END, START, UNKNOWN, Vocabulary, as_line, tokens
from atl_core.errors import UserError
from tests.training.captioners.shelf import add_song, good_shelf, lyrics
from training.captioners.prepare import Preparing, prepare
from training.captioners.store import LENGTH, Facts, Front, Store, shuffled

ONE_FRONT = ("log-mel",)


def test_each_clip_has_the_lines_of_its_song_and_artists_are_held_out(tmp_path: Path) -> None:
    shelf = good_shelf(tmp_path / "songs")
    wanted = Preparing(
        out=str(tmp_path / "data"), songs=str(shelf), fronts=("log-mel", "constant-q")
    )
    facts = prepare(wanted)
    assert facts["kind"] == "pairs"
    assert facts["held_out"] == "artists"
    assert {split: found["clips"] for split, found in facts["splits"].items()} == {
        "train": 4, "valid": 2, "test": 2,
    }  # fmt: skip
    names = {
        split: (tmp_path / "data" / f"{split}.names.jsonl").read_text() for split in facts["splits"]
    }
    assert not set(names["train"].splitlines()) & set(names["test"].splitlines())
    for front in wanted.fronts:
        batch = Store(tmp_path / "data", "train", front).batch(0, 4, 16, seed=1)
        assert batch.features.shape[0] == 4
        assert batch.ids.shape == (16, LENGTH + 1)
        assert sorted(batch.genres.tolist()) == [0, 0, 1, 1]
        assert (batch.ids[:, 0] == START).all()


def test_bad_songs_are_counted_and_passed_over(tmp_path: Path) -> None:
    shelf = good_shelf(tmp_path / "songs")
    (shelf / "country" / "Broken - File.mp3").write_bytes(b"not sound at all" * 99)
    (shelf / "country" / "Broken - File.txt").write_text(lyrics(90))
    add_song(shelf, "country", "Silent - Words", 91, words="[Chorus]\n\n")
    spanish = "la noche es para mi amor y yo no se que me pasa con el cielo de los dos\n" * 4
    add_song(shelf, "hip-hop", "Otro - Idioma", 92, words=spanish)
    (shelf / "hip-hop" / "No - Words.wav").write_bytes(
        add_song(shelf, "hip-hop", "Twice - One", 93).read_bytes()
    )
    twice = shelf / "hip-hop" / "Twice - Two.wav"
    twice.write_bytes((shelf / "hip-hop" / "Twice - One.wav").read_bytes())
    twice.with_suffix(".txt").write_text(lyrics(94))
    add_song(shelf, "hip-hop", "Copy - Cat", 95, words=lyrics(0))
    add_song(shelf, "country", "Only - Text", 96, audio=False)
    add_song(shelf, "polka", "Lone - Dancer", 97)
    (shelf / "country" / "Odd - Bytes.txt").write_bytes(b"\xff\xfe\x00\xd8")
    (shelf / "country" / "Odd - Bytes.wav").write_bytes(
        (shelf / "hip-hop" / "Copy - Cat.wav").read_bytes()
    )
    facts = prepare(Preparing(out=str(tmp_path / "d"), songs=str(shelf), fronts=ONE_FRONT))
    found = facts["problems"]
    for reason in (
        "unreadable audio", "empty lyrics", "lyrics that are not English", "a song without lyrics",
        "the same audio again", "the same lyrics again", "lyrics without audio",
        "a genre with one song", "lyrics that are not text",
    ):  # fmt: skip
        assert found.get(reason) == 1, (reason, found)
    assert facts["splits"]["train"]["lines"] > 0


def test_one_song_alone_is_trained_on_and_the_facts_say_so(tmp_path: Path) -> None:
    add_song(tmp_path / "songs", "country", "Lone - Rider", 1)
    facts = prepare(
        Preparing(out=str(tmp_path / "d"), songs=str(tmp_path / "songs"), fronts=ONE_FRONT)
    )
    assert facts["held_out"] == "lines"
    assert facts["problems"]["a genre with one song"] == 1
    assert len(Store(tmp_path / "d", "valid", "log-mel")) == 1


def test_nothing_usable_and_nothing_asked_for_are_refused(tmp_path: Path) -> None:
    (tmp_path / "songs").mkdir()
    nothing = Preparing(out=str(tmp_path / "d"), songs=str(tmp_path / "songs"), fronts=ONE_FRONT)
    with pytest.raises(UserError, match="Nothing that was found"):
        prepare(nothing)
    with pytest.raises(UserError, match="--songs"):
        prepare(replace(nothing, songs=""))
    with pytest.raises(UserError, match="no prepared data"):
        Facts.read(tmp_path / "d")


def test_a_built_set_is_read_as_it_was_split(tmp_path: Path) -> None:
    built = good_shelf(tmp_path / "set", artists=2)
    songs = sorted(built.rglob("*.wav"))
    for split, path in zip(("train", "train", "valid", "test"), songs, strict=True):
        row = {
            "song": path.stem, "genre": path.parent.name, "audio": str(path.relative_to(built)),
            "start": 0.5, "end": 10.5, "lines": path.with_suffix(".txt").read_text().split("\n"),
        }  # fmt: skip
        with gzip.open(built / f"clips-{split}.jsonl.gz", "at") as file:
            file.write(json.dumps(row) + "\n")
    with gzip.open(built / "clips-train.jsonl.gz", "at") as file:
        file.write('{"half a row\n')
    facts = prepare(Preparing(out=str(tmp_path / "d"), dataset=str(built), fronts=ONE_FRONT))
    assert {split: found["clips"] for split, found in facts["splits"].items()} == {
        "train": 2, "valid": 1, "test": 1,
    }  # fmt: skip
    assert facts["problems"]["a damaged row of the set"] == 1


def test_where_there_are_no_pairs_a_clip_goes_with_its_genre(tmp_path: Path) -> None:
    folder = tmp_path / "lyrics"
    folder.mkdir()
    for split in ("train", "valid", "test"):
        with gzip.open(folder / f"{split}.jsonl.gz", "wt") as file:
            for seed in range(6):
                genre = ("hip-hop", "country")[seed % 2]
                row = {"genre": genre, "source": "ours", "lines": lyrics(seed).split("\n")[1:]}
                file.write(json.dumps(row) + "\n")
    facts = prepare(
        Preparing(out=str(tmp_path / "d"), lyrics=str(folder), beats=3, fronts=ONE_FRONT)
    )
    assert facts["kind"] == "weak"
    assert facts["splits"]["train"]["clips"] == 4
    store = Store(tmp_path / "d", "train", "log-mel")
    seen = {tuple(row) for n in range(9) for row in store.batch(n, 2, 8, seed=0).ids.tolist()}
    assert len(seen) > 20  # all lines of both genres come round


def test_a_word_outside_the_vocabulary_is_unknown_and_counted(tmp_path: Path) -> None:
    shelf = good_shelf(tmp_path / "songs")
    facts = prepare(
        Preparing(out=str(tmp_path / "d"), songs=str(shelf), fronts=ONE_FRONT, words=10)
    )
    assert facts["problems"]["a word outside the vocabulary"] > 10
    assert UNKNOWN in Store(tmp_path / "d", "train", "log-mel").lines[0]


def test_lines_are_the_papers_prefixes() -> None:
    words = Vocabulary(("black", "leather", "glove", "i'm", "sayin'"))
    row = words.encode(["black", "leather", "glove", "nonesuch"], 8)
    assert row == [START, 4, 5, 6, UNKNOWN, END, 0, 0, 0]
    assert words.decode(row) == ["black", "leather", "glove"]
    assert words.encode(["black"] * 8, 8) is None
    assert tokens("I'm sayin' a prayer, (yeah) x2", "sung") == ["i'm", "sayin'", "a", "prayer"]
    assert tokens("I'm sayin' a prayer, (yeah) x2", "paper") == ["im", "sayin", "prayer"]
    assert as_line(["i'm", "on", "my", "way", "to", "nashville"]) == "I'm on my way to Nashville"


def test_shuffling_without_a_list_visits_everything_once() -> None:
    for count in (1, 2, 7, 100, 1000):
        orders = [[shuffled(i, count, seed) for i in range(count)] for seed in (1, 2)]
        assert sorted(orders[0]) == sorted(orders[1]) == list(range(count))
    assert orders[0] != orders[1] != list(range(count))


def test_memory_is_flat_in_the_number_of_songs(tmp_path: Path) -> None:
    def peak(clips: int) -> int:
        folder = tmp_path / str(clips)
        folder.mkdir()
        front = Front(100, 64, "uint8")
        with (folder / "train.log-mel").open("wb") as features:
            for _ in range(clips):
                features.write(bytes(front.size))
        rows = np.array([[n >= clips // 2, 10 * n, 10] for n in range(clips)], np.int64)
        rows.tofile(folder / "train.clips")
        np.full((10 * clips, LENGTH + 1), 5, np.uint16).tofile(folder / "train.lines")
        facts = {
            "kind": "pairs", "spelling": "sung", "genres": ["country", "hip-hop"],
            "fronts": {"log-mel": list(front)}, "splits": {}, "held_out": "artists",
            "problems": {}, "made_with": {},
        }  # fmt: skip
        (folder / "data.json").write_text(json.dumps(facts))
        store = Store(folder, "train", "log-mel")
        tracemalloc.start()
        for number in range(20):
            store.batch(number, 4, 32, seed=0)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few, many = peak(20), peak(4000)
    assert many < 1.1 * few + 10_000
