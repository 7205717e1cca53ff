"""Whole corpora that are on disk: MetroLyrics, musiXmatch, JamendoLyrics, a folder of songs.

Every reader yields songs one at a time and keeps none. Genres that the set does not want are
passed over.
"""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple

from training.datasets.config import Corpus
from training.datasets.files import LYRICS, SOUNDS, duration, name_of, tags, walk
from training.datasets.lyrics import TagLyrics, plain_lines, read_file
from training.datasets.songs import Form, Line, SourceError, Track, Words
from training.datasets.tracks import read_csv

Songs = Iterator[tuple[Track, Words]]

USUAL_GENRES: Final = {"hip hop": "hip-hop", "hiphop": "hip-hop", "rap": "hip-hop"}
LANGUAGES: Final = {
    "english": "en", "spanish": "es", "french": "fr", "german": "de", "portuguese": "pt",
    "italian": "it",
}  # fmt: skip
ONE_LINE: Final = 60
"""Words in a line that no singer sings: the line breaks of the text are lost."""


def read_corpus(corpus: Corpus, genres: Collection[str]) -> Songs:
    """The songs of a corpus in the wanted genres.

    Raises:
        SourceError: it is not there, or not in the shape that it is known to have.
    """
    readers: dict[str, Callable[[Corpus, Collection[str]], Songs]] = {
        "metrolyrics": _metrolyrics,
        "musixmatch": _musixmatch,
        "jamendolyrics": _jamendolyrics,
        "folder": _folder,
    }
    return readers[corpus.source](corpus, genres)


def genre_of(name: str, spellings: Mapping[str, str]) -> str:
    """A genre as this project writes it: `hip-hop` for "Hip-Hop", "Hip Hop" or "Rap"."""
    plain = name.strip().lower()
    if name.strip() in spellings:
        return spellings[name.strip()]
    return USUAL_GENRES.get(plain.replace("-", " "), plain.replace(" ", "-"))


# --- MetroLyrics ---------------------------------------------------------------------------------

MetroVersion = Literal["raw", "cleaned"]


def metrolyrics_version(header: Collection[str]) -> MetroVersion:
    """Which of the two files that were on Kaggle: `lyrics.csv` or the English, cleaned one.

    Both have index, song, year, artist, genre and lyrics; the cleaned one was written by pandas
    with a nameless first column.

    Raises:
        SourceError: neither.
    """
    if missing := {"song", "artist", "genre", "lyrics"} - set(header):
        raise SourceError(
            f"This is no MetroLyrics file: no column {', '.join(sorted(missing))}.",
            "lyrics.csv and english_cleaned_lyrics.csv are known (a Parquet file: save it as CSV).",
        )
    return "cleaned" if {"", "Unnamed: 0"} & set(header) else "raw"


def _metrolyrics(corpus: Corpus, genres: Collection[str]) -> Songs:
    try:
        with corpus.path.open(encoding="utf-8-sig", newline="") as file:
            version = metrolyrics_version(next(csv.reader(file), []))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{corpus.path} cannot be read as CSV.") from error
    for number, row in read_csv(corpus.path, ("song", "artist", "genre", "lyrics")):
        genre = genre_of(row["genre"], corpus.genres)
        lines = plain_lines(row["lyrics"])
        if genre not in genres or not any(line.text for line in lines):
            continue
        # Names are written as in addresses: "beyonce-knowles".
        artist, title = (row[name].replace("-", " ").strip() for name in ("artist", "song"))
        if artist and title:
            longest = max(len(line.text.split()) for line in lines)
            form: Form = "text" if version == "cleaned" or longest > ONE_LINE else "lines"
            track = Track(
                artist, title, genre, source="metrolyrics", id=row.get("index") or str(number)
            )
            yield (
                track,
                Words(lines, "metrolyrics", title, artist, licence=corpus.licence, form=form),
            )


# --- musiXmatch ----------------------------------------------------------------------------------


class Bag(NamedTuple):
    """A song of the musiXmatch data set: how often each (stemmed) word is sung."""

    track_id: str
    mxm_id: str
    counts: dict[str, int]


def read_bags(path: Path) -> Iterator[Bag]:
    """The bags of `mxm_dataset_train.txt` or `_test.txt`.

    Lines that begin with "#" are comments, the one with "%" is the vocabulary, and the others are
    `track_id,mxm_id,word:count,...` with words numbered from 1.

    Raises:
        SourceError: the file is in another shape.
    """
    vocabulary: list[str] = []
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                line = line.strip()
                if not line or line.startswith("#"):
                    continue
                if line.startswith("%"):
                    vocabulary = line[1:].split(",")
                    continue
                track_id, mxm_id, *pairs = line.split(",")
                try:
                    counted = (pair.split(":") for pair in pairs)
                    counts = {vocabulary[_index(word)]: int(count) for word, count in counted}
                except (ValueError, IndexError):
                    raise SourceError(f"{path.name}, line {number} is no bag of words.") from None
                yield Bag(track_id, mxm_id, counts)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise SourceError(f"{path} cannot be read as a musiXmatch file.") from error


def _index(word: str) -> int:
    number = int(word) - 1
    if number < 0:
        raise IndexError
    return number


def _musixmatch(corpus: Corpus, genres: Collection[str]) -> Songs:
    assert corpus.tracks is not None
    names = sqlite3.connect("")  # on disk: the list of tracks may be long
    names.execute("CREATE TABLE track (id TEXT PRIMARY KEY, artist TEXT, title TEXT, genre TEXT)")
    columns = ("track_id", "artist", "title", "genre")
    names.executemany(
        "INSERT OR IGNORE INTO track VALUES (?, ?, ?, ?)",
        ([row[name] for name in columns] for _, row in read_csv(corpus.tracks, columns)),
    )
    for bag in read_bags(corpus.path):
        found = names.execute(
            "SELECT artist, title, genre FROM track WHERE id = ?", (bag.track_id,)
        ).fetchone()
        if found is None or (genre := genre_of(found[2], corpus.genres)) not in genres:
            continue
        text = " ".join(" ".join([word] * count) for word, count in bag.counts.items())
        track = Track(found[0], found[1], genre, source="musixmatch", id=bag.track_id)
        yield track, Words(
            (Line(text),), "musixmatch", found[1], found[0], bag.mxm_id,
            licence=corpus.licence, form="bag",
        )  # fmt: skip


# --- JamendoLyrics -------------------------------------------------------------------------------


def _jamendolyrics(corpus: Corpus, genres: Collection[str]) -> Songs:
    """A checkout of the repository: JamendoLyrics.csv, mp3/ and annotations/lines/."""
    listing = corpus.path / "JamendoLyrics.csv"
    for _, row in read_csv(listing, ("Filepath", "Artist", "Title", "Genre", "Language")):
        genre = genre_of(row["Genre"], corpus.genres)
        if genre not in genres:
            continue
        audio = corpus.path / "mp3" / row["Filepath"]
        licence = (row.get("LicenseType") or "").removeprefix("CC").strip()
        licence = f"CC {licence}" if licence else corpus.licence
        lines = corpus.path / "annotations" / "lines" / f"{audio.stem}.csv"
        track = Track(
            row["Artist"],
            row["Title"],
            genre,
            duration(audio) if audio.is_file() else None,
            "jamendolyrics",
            audio.stem,
            os.fspath(audio) if audio.is_file() else "",
            licence,
        )
        yield (
            track,
            Words(
                tuple(_timed(lines)),
                "jamendolyrics",
                track.title,
                track.artist,
                row.get("URL") or "",
                LANGUAGES.get(row["Language"].lower(), row["Language"].lower()),
                licence,
            ),
        )


def _timed(path: Path) -> Iterator[Line]:
    for number, row in read_csv(path, ("start_time", "end_time", "lyrics_line")):
        try:
            start, end = float(row["start_time"]), float(row["end_time"])
        except ValueError:
            raise SourceError(f"{path.name}, line {number}: no times.") from None
        yield Line(row["lyrics_line"].strip(), start, end)


# --- a folder of songs ---------------------------------------------------------------------------


def _folder(corpus: Corpus, genres: Collection[str]) -> Songs:
    """`GENRE/Artist - Title.mp3` or `GENRE/Artist/Title.mp3`, with `.lrc` or `.txt` beside it or
    lyrics in its tags. Songs without lyrics come with none, so that the manifest names them."""
    for path in walk(corpus.path, SOUNDS):
        genre = genre_of(path.relative_to(corpus.path).parts[0], corpus.genres)
        if genre not in genres:
            continue
        artist, title = name_of(path)
        said = tags(path)
        licence = said.get("license") or said.get("copyright") or corpus.licence
        track = Track(
            artist, title, genre, duration(path), "folder",
            os.fspath(path.relative_to(corpus.path)), os.fspath(path), licence,
        )  # fmt: skip
        beside = (path.with_suffix(suffix) for suffix in LYRICS)
        words = next((read_file(file, licence) for file in beside if file.is_file()), None)
        words = words or next(TagLyrics(licence).find(track, path), None)
        yield track, words or Words((), "folder")
