"""Whole corpora that are on disk: MetroLyrics, musiXmatch, JamendoLyrics, a folder of songs.

Every reader yields songs one at a time and keeps none. Genres that the set does not want are
passed over, and counted.
"""

from __future__ import annotations

import csv
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple

from training.datasets.config import Corpus
from training.datasets.files import SOUNDS, duration, licence_of, name_of, tags, walk
from training.datasets.lyrics import plain_lines
from training.datasets.matching import genre_name
from training.datasets.songs import Form, Line, SourceError, Track, Words
from training.datasets.tracks import read_csv

Songs = Iterator[tuple[Track, Words]]

LANGUAGES: Final = {
    "english": "en", "spanish": "es", "french": "fr", "german": "de", "portuguese": "pt",
    "italian": "it",
}  # fmt: skip
ONE_LINE: Final = 60
"""Words in a line that no singer sings: the line breaks of the text are lost."""


@dataclass(frozen=True, slots=True)
class Genres:
    """The genres of the set, by what a corpus calls them."""

    wanted: Collection[str]
    spellings: Mapping[str, str]
    passed: Counter[str]
    """What was not wanted, as the corpus writes it, with the number of songs."""

    def find(self, written: str) -> str:
        """The genre of the set; empty if there is none."""
        genre = genre_of(written, self.spellings)
        if genre in self.wanted:
            return genre
        self.passed[written.strip() or "unnamed"] += 1
        return ""


def read_corpus(
    corpus: Corpus, wanted: Collection[str], passed: Counter[str] | None = None
) -> Songs:
    """The songs of a corpus in the wanted genres; the others are counted in `passed`.

    Raises:
        SourceError: it is not there, or not in the shape that it is known to have.
    """
    readers: dict[str, Callable[[Corpus, Genres], Songs]] = {
        "metrolyrics": _metrolyrics,
        "musixmatch": _musixmatch,
        "jamendolyrics": _jamendolyrics,
        "folder": _folder,
    }
    genres = Genres(wanted, corpus.genres, Counter() if passed is None else passed)
    return readers[corpus.source](corpus, genres)


def genre_of(name: str, spellings: Mapping[str, str]) -> str:
    """A genre as `genre_name` writes it, unless `spellings` says otherwise."""
    return spellings.get(name.strip()) or genre_name(name)


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


def _metrolyrics(corpus: Corpus, genres: Genres) -> Songs:
    try:
        with corpus.path.open(encoding="utf-8-sig", newline="") as file:
            version = metrolyrics_version(next(csv.reader(file), []))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{corpus.path} cannot be read as CSV in UTF-8.", "", "Check the path."
        ) from error
    for number, row in read_csv(corpus.path, ("song", "artist", "genre", "lyrics")):
        lines = plain_lines(row["lyrics"])
        if not any(line.text for line in lines) or not (genre := genres.find(row["genre"])):
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
                    raise SourceError(
                        f"{path.name}, line {number} is no bag of words.",
                        "Lines are TRACK,MXM,word:count,... after one of % and all words.",
                        "Unpack mxm_dataset_train.txt.zip again.",
                    ) from None
                yield Bag(track_id, mxm_id, counts)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise SourceError(f"{path} cannot be read as a musiXmatch file.") from error


def _index(word: str) -> int:
    number = int(word) - 1
    if number < 0:
        raise IndexError
    return number


def _musixmatch(corpus: Corpus, genres: Genres) -> Songs:
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
        if found is None or not (genre := genres.find(found[2])):
            continue
        text = " ".join(" ".join([word] * count) for word, count in bag.counts.items())
        track = Track(found[0], found[1], genre, source="musixmatch", id=bag.track_id)
        yield track, Words(
            (Line(text),), "musixmatch", found[1], found[0], bag.mxm_id,
            licence=corpus.licence, form="bag",
        )  # fmt: skip


# --- JamendoLyrics -------------------------------------------------------------------------------


def _jamendolyrics(corpus: Corpus, genres: Genres) -> Songs:
    """A checkout of the repository: JamendoLyrics.csv, mp3/ and annotations/lines/."""
    listing = corpus.path / "JamendoLyrics.csv"
    for _, row in read_csv(listing, ("Filepath", "Artist", "Title", "Genre", "Language")):
        if not (genre := genres.find(row["Genre"])):
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
                tuple(_timed(lines)) if lines.is_file() else (),
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


def _folder(corpus: Corpus, genres: Genres) -> Songs:
    """`GENRE/Artist - Title.mp3` or `GENRE/Artist/Title.mp3`. The lyrics, beside the file or in
    its tags, are read by `fetch`."""
    for path in walk(corpus.path, SOUNDS):
        inside = path.relative_to(corpus.path)
        if not (genre := genres.find(inside.parts[0] if len(inside.parts) > 1 else "")):
            continue
        artist, title = name_of(path)
        said = tags(path)
        licence = licence_of(said) or corpus.licence
        track = Track(
            artist, title, genre, duration(path), "folder",
            os.fspath(inside), os.fspath(path), licence,
        )  # fmt: skip
        yield track, Words((), "folder")
