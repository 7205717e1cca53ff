"""Whole corpora on disk, in the shapes in which they were published, with words of our own."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.training.datasets.dataset_world import Song, songs
from training.__main__ import main
from training.datasets.config import Corpus, read_config
from training.datasets.corpora import read_bags, read_corpus
from training.datasets.manifest import open_manifest
from training.datasets.songs import SourceError, Track

GENRES = ("hip-hop", "country")
WRITTEN = {"hip-hop": "Hip-Hop", "country": "Country"}


def metrolyrics(path: Path, found: list[Song], *, cleaned: bool = False) -> Path:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        header = ["index", "song", "year", "artist", "genre", "lyrics"]
        table.writerow(["", *header] if cleaned else header)
        for song in found:
            names = [name.lower().replace(" ", "-") for name in (song.title, song.artist)]
            text = " ".join(song.lines).lower() if cleaned else "\n".join(song.lines)
            row = [song.number, names[0], 2009, names[1], WRITTEN[song.genre], text]
            table.writerow([song.number, *row] if cleaned else row)
        row = [998, "a-rock-song", 2009, "someone", "Rock", "words"]
        table.writerow([998, *row] if cleaned else row)
        row = [999, "no-words", 2009, "someone", "Country", ""]
        table.writerow([999, *row] if cleaned else row)
    return path


@pytest.mark.parametrize("cleaned", [False, True])
def test_metrolyrics_in_both_versions(cleaned: bool, tmp_path: Path) -> None:
    path = metrolyrics(tmp_path / "lyrics.csv", songs(), cleaned=cleaned)
    found = list(read_corpus(Corpus(source="metrolyrics", path=path), GENRES))
    assert len(found) == 40, "neither other genres nor songs without words"
    track, words = found[0]
    assert (track.artist, track.title, track.genre) == ("ada rhymer", "block ada one", "hip-hop")
    same = songs()[0]
    assert track.key == Track(same.artist, same.title, same.genre).key
    assert words.form == ("text" if cleaned else "lines")
    assert len(words.lines) == (1 if cleaned else 8)


def test_another_csv_is_not_taken_for_metrolyrics(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("title,text\na,b\n")
    with pytest.raises(SourceError, match="no MetroLyrics"):
        list(read_corpus(Corpus(source="metrolyrics", path=file), GENRES))
    file.write_bytes(b"PAR1\x00\xff\xfe")
    with pytest.raises(SourceError):
        list(read_corpus(Corpus(source="metrolyrics", path=file), GENRES))


def test_musixmatch_bags(tmp_path: Path) -> None:
    bags, names = tmp_path / "mxm.txt", tmp_path / "tracks.csv"
    bags.write_text("# a comment\n%i,the,barn,flow\nTR1,77,1:2,3:1\nTR2,78,4:3\nTR3,79,1:1\n")
    names.write_text("track_id,artist,title,genre\nTR1,Ada,One,Country\nTR2,Bo,Two,Rap\n")
    assert next(read_bags(bags)).counts == {"i": 2, "barn": 1}
    corpus = Corpus(source="musixmatch", path=bags, tracks=names)
    one, two = read_corpus(corpus, GENRES)
    assert (one[0].genre, one[1].text, one[1].form) == ("country", "i i barn", "bag")
    assert (two[0].genre, two[1].text) == ("hip-hop", "flow flow flow")
    for line in ("TR1,77,9:1", "TR1,77,0:1", "TR1,77,word", "TR1"):
        bags.write_text(f"%i,the\n{line}\n")
        with pytest.raises(SourceError):
            list(read_bags(bags))


def jamendo(folder: Path, found: list[Song]) -> Path:
    (folder / "mp3").mkdir(parents=True)
    (folder / "annotations" / "lines").mkdir(parents=True)
    with (folder / "JamendoLyrics.csv").open("w", newline="") as file:
        table = csv.writer(file)
        head = "URL Filepath Artist Title Genre LicenseType Language LyricOverlap Polyphonic"
        table.writerow([*head.split(), "NonLexical"])
        for song in found:
            name = f"{song.artist}_-_{song.title}".replace(" ", "_")
            language = "French" if song.number == 1 else "English"
            table.writerow(
                ["https://www.jamendo.com/track/1", f"{name}.wav", song.artist, song.title,
                 WRITTEN[song.genre], "BY-SA", language, "false", "false", "false"]
            )  # fmt: skip
            (folder / "mp3" / f"{name}.wav").write_bytes(song.wav)
            with (folder / "annotations" / "lines" / f"{name}.csv").open("w") as lines:
                lines.write("start_time,end_time,lyrics_line\n")
                for at, line in enumerate(song.lines):
                    lines.write(f"{1.4 * at},{1.4 * at + 1.2},{line}\n")
    return folder


def build(folder: Path, corpus: str) -> Path:
    config = folder / "set.toml"
    config.write_text(
        f'name = "A corpus"\nfolder = "set"\n[corpus]\n{corpus}\n'
        "[split]\nvalid = 0.2\ntest = 0.2\nbalance = false\n"
    )
    for verb in ("plan", "fetch", "check", "split", "card"):
        result = CliRunner().invoke(main, ["dataset", verb, str(config)])
        assert result.exit_code == 0, f"{verb}: {result.output}{result.exception}"
    return read_config(config).folder


def test_jamendolyrics_pairs_each_clip_with_its_lines(tmp_path: Path) -> None:
    found = songs(artists=4, each=1)
    jamendo(tmp_path / "jamendo", found)
    folder = build(tmp_path, 'source = "jamendolyrics"\npath = "jamendo"')
    with open_manifest(folder) as manifest:
        assert manifest.count_by("state") == [("done", 7), ("skipped", 1)]
        assert manifest.count_by("reason") == [("", 7), ("no lyrics: in another language (fr)", 1)]
        assert manifest.count_by("audio_licence", where="state = 'done'") == [("CC BY-SA", 7)]
    clips = []
    for name in ("train", "valid", "test"):
        with gzip.open(folder / f"clips-{name}.jsonl.gz", "rt") as file:
            clips += [json.loads(line) for line in file]
    assert all(clip["start"] is not None and Path(clip["audio"]).is_file() for clip in clips)
    sung = {(clip["song"], line) for clip in clips for line in clip["lines"]}
    assert len(sung) == 8 * 7, "every line is sung in a clip"


def test_a_folder_of_songs(tmp_path: Path) -> None:
    for song in songs(artists=3, each=1):
        place = tmp_path / "music" / WRITTEN[song.genre] / song.artist
        place.mkdir(parents=True)
        (place / f"01 - {song.title}.wav").write_bytes(song.wav)
        if song.number == 0:
            continue
        if song.number % 2:
            (place / f"01 - {song.title}.lrc").write_text(song.lrc)
        else:
            text = "\n".join(song.lines)
            (place / f"01 - {song.title}.txt").write_text(text, encoding="utf-16")
    other = tmp_path / "music" / "Polka" / "A - B.wav"
    other.parent.mkdir()
    for path in (other, tmp_path / "music" / "loose.wav"):
        path.write_bytes(b"")
    bo = tmp_path / "music" / "Country" / "Bo Fielder"
    song = songs(artists=1, each=4)[3]
    for name, text in (
        ("Live", "some words"), ("Empty", " \n"), ("Latin", "caf\u00e9"), ("Untimed", "words"),
    ):  # fmt: skip
        aside = " (Live)" if name == "Live" else ""
        (bo / f"{name}{aside}.wav").write_bytes(song.wav + name.encode())
        suffix = "lrc" if name == "Untimed" else "txt"
        (bo / f"{name}{aside}.{suffix}").write_text(text, encoding="latin-1")
    (tmp_path / "set").mkdir()
    config = tmp_path / "set.toml"
    config.write_text('name = "x"\nfolder = "set"\n[corpus]\nsource = "folder"\npath = "music"\n')
    said = ""
    for verb in ("plan", "fetch"):
        result = CliRunner().invoke(main, ["dataset", verb, str(config)])
        assert result.exit_code == 0, result.output
        said += result.stdout
    assert "other genres, passed over: 2 songs (unnamed 1, Polka 1)\n" in said
    assert "to fetch: 10 songs, all on this computer\n" in said
    with open_manifest(tmp_path / "set") as manifest:
        assert manifest.count_by("state", "reason") == [
            ("done", "", 5),
            ("skipped", "another version (live)", 1),
            ("skipped", "no lyrics", 1),
            ("skipped", "no lyrics: no line of the .lrc file has a time", 1),
            ("skipped", "no lyrics: the .txt file is empty", 1),
            ("skipped", "no lyrics: the .txt file is not UTF-8 text", 1),
        ]
        assert manifest.count("timed") == 3
        assert {row.artist for row in manifest.rows("state = 'done' OR reason = 'no lyrics'")} == {
            s.artist for s in songs(3, 1)
        }


def test_a_corpus_without_the_wanted_genres_names_its_own(tmp_path: Path) -> None:
    metrolyrics(tmp_path / "lyrics.csv", songs(artists=1))
    config = tmp_path / "set.toml"
    config.write_text(
        'name = "x"\nfolder = "set"\ngenres = ["polka"]\n'
        '[corpus]\nsource = "metrolyrics"\npath = "lyrics.csv"\n'
    )
    result = CliRunner().invoke(main, ["dataset", "plan", str(config)])
    assert result.exit_code == 2
    assert "holds no songs of polka. Its genres are: Hip-Hop 4, Country 4, Rock 1." in result.stderr


def test_a_jamendo_song_without_annotations_is_left_out_alone(tmp_path: Path) -> None:
    jamendo(tmp_path / "jamendo", songs(artists=4, each=1))
    next(iter(sorted((tmp_path / "jamendo/annotations/lines").iterdir()))).unlink()
    folder = build(tmp_path, 'source = "jamendolyrics"\npath = "jamendo"')
    with open_manifest(folder) as manifest:
        assert manifest.count("reason = 'no lyrics'") == 1
        assert manifest.count("state = 'done'") == 6


def test_a_genre_that_is_no_longer_wanted_is_in_no_part(tmp_path: Path) -> None:
    metrolyrics(tmp_path / "lyrics.csv", songs())
    folder = build(tmp_path, 'source = "metrolyrics"\npath = "lyrics.csv"')
    config = tmp_path / "set.toml"
    config.write_text(config.read_text().replace("[corpus]", 'genres = ["country"]\n[corpus]', 1))
    said = CliRunner().invoke(main, ["dataset", "split", str(config)]).stdout
    assert (
        "train: 12 country\nvalid: 4 country\ntest: 4 country\nunused: 0 country, 20 hip-hop"
        in said
    )
    result = CliRunner().invoke(main, ["dataset", "card", str(config)])
    assert result.exit_code == 0
    card = (folder / "CARD.md").read_text()
    assert "| train | 12 |\n" in card
    assert 'folder = "set"\n' in card, "whose computer it was built on is nobody's business"
    assert str(tmp_path) not in card
