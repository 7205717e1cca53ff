"""The manifest: one row a song, the single source of truth of a build.

An SQLite file. Every change is one transaction, on disk before it returns, so a build that is
killed goes on from the last one. Rows are read in pages: memory does not grow with the songs.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Literal, Self

from atl_core.errors import UserError
from training.datasets.keys import hide
from training.datasets.songs import Form, Line, Track, Words, spoken_language

State = Literal["planned", "done", "skipped"]
PAGE: Final = 200

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS song (
  number INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  genre TEXT NOT NULL,
  artist TEXT NOT NULL,
  title TEXT NOT NULL,
  seconds REAL,
  track_source TEXT NOT NULL,
  track_id TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'done', 'skipped')),
  reason TEXT NOT NULL DEFAULT '',
  audio_source TEXT NOT NULL DEFAULT '',
  audio_address TEXT NOT NULL DEFAULT '',
  audio_file TEXT NOT NULL DEFAULT '',
  audio_sha256 TEXT NOT NULL DEFAULT '',
  audio_seconds REAL,
  audio_licence TEXT NOT NULL DEFAULT '',
  lyrics_source TEXT NOT NULL DEFAULT '',
  lyrics_address TEXT NOT NULL DEFAULT '',
  lyrics_sha256 TEXT NOT NULL DEFAULT '',
  lyrics_licence TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT '',
  form TEXT NOT NULL DEFAULT 'lines',
  timed INTEGER NOT NULL DEFAULT 0,
  lines TEXT NOT NULL DEFAULT '',
  duplicate_of TEXT NOT NULL DEFAULT '',
  split TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS song_state ON song (state, number);
CREATE INDEX IF NOT EXISTS song_audio ON song (audio_sha256);
CREATE INDEX IF NOT EXISTS song_lyrics ON song (lyrics_sha256);
CREATE TABLE IF NOT EXISTS artist (
  genre TEXT NOT NULL, rank INTEGER NOT NULL, name TEXT NOT NULL, songs INTEGER,
  PRIMARY KEY (genre, rank)
);
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class ManifestError(UserError):
    """The manifest cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Row:
    """A song of the build; the columns of the table `song`, in their order."""

    number: int
    key: str
    genre: str
    artist: str
    title: str
    seconds: float | None
    track_source: str
    track_id: str
    state: State
    reason: str
    """Why it was skipped, or why it is not finished."""
    audio_source: str
    audio_address: str
    """Set before the download starts, so that a file found on disk has a known origin."""
    audio_file: str
    audio_sha256: str
    audio_seconds: float | None
    audio_licence: str
    lyrics_source: str
    lyrics_address: str
    lyrics_sha256: str
    lyrics_licence: str
    language: str
    form: Form
    timed: bool
    """Whether the lines have times."""
    lines: str
    """JSON: `[[text, start, end], ...]`, raw as the source gave them."""
    duplicate_of: str
    """Key of the earlier song that this one repeats."""
    split: str

    @property
    def track(self) -> Track:
        return Track(
            self.artist, self.title, self.genre, self.seconds, self.track_source, self.track_id,
            self.audio_address, self.audio_licence,
        )  # fmt: skip

    @property
    def lyrics(self) -> tuple[Line, ...]:
        return tuple(Line(*line) for line in json.loads(self.lines)) if self.lines else ()

    @property
    def words(self) -> Words:
        return Words(
            self.lyrics, self.lyrics_source, address=self.lyrics_address, language=self.language,
            licence=self.lyrics_licence, form=self.form,
        )  # fmt: skip


COLUMNS: Final = frozenset(field.name for field in fields(Row))


def lyrics_columns(words: Words) -> dict[str, Any]:
    """What the manifest keeps of lyrics."""
    lines = [[line.text, line.start, line.end] for line in words.lines]
    return {
        "lyrics_source": words.source,
        "lyrics_address": words.address,
        "lyrics_sha256": words.sha256,
        "lyrics_licence": words.licence,
        "language": words.language or spoken_language(words),
        "form": words.form,
        "timed": words.timed,
        "lines": json.dumps(lines, ensure_ascii=False),
    }


class Manifest:
    """An open manifest. Use `open_manifest`."""

    def __init__(self, database: sqlite3.Connection, folder: Path) -> None:
        self.database = database
        self.folder = folder

    @classmethod
    def at(cls, folder: Path) -> Self:
        database = sqlite3.connect(folder / "manifest.sqlite", isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.executescript(SCHEMA)
        return cls(database, folder)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside, or none."""
        if self.database.in_transaction:
            yield
            return
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")

    # --- facts and artists -----------------------------------------------------------------------

    def fact(self, name: str) -> str:
        """A remembered fact of the build; empty if there is none."""
        found = self.database.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return found[0] if found else ""

    def remember(self, name: str, value: str) -> None:
        self.database.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, hide(value)))

    def artists(self, genre: str) -> list[tuple[int, str, int | None]]:
        """Rank, name and number of songs planned (None: not asked for yet)."""
        return self.database.execute(
            "SELECT rank, name, songs FROM artist WHERE genre = ? ORDER BY rank", (genre,)
        ).fetchall()

    def add_artists(self, genre: str, names: Iterable[str]) -> None:
        with self.transaction():
            self.database.executemany(
                "INSERT OR IGNORE INTO artist (genre, rank, name) VALUES (?, ?, ?)",
                ((genre, rank, name) for rank, name in enumerate(names, 1)),
            )

    def add_songs_of(self, genre: str, rank: int, tracks: Iterable[Track]) -> int:
        """The songs of an artist, and that there are no more to ask for; how many were new."""
        with self.transaction():
            new = sum(self.add(track) for track in tracks)
            self.database.execute(
                "UPDATE artist SET songs = ? WHERE genre = ? AND rank = ?", (new, genre, rank)
            )
        return new

    # --- songs -----------------------------------------------------------------------------------

    def add(self, track: Track, **known: Any) -> bool:
        """Add a song, with any columns that are known; False if it is there already."""
        values = {
            "key": track.key,
            "genre": track.genre,
            "artist": track.artist,
            "title": track.title,
            "seconds": track.seconds,
            "track_source": track.source,
            "track_id": track.id,
            "audio_address": track.audio,
            "audio_licence": track.licence,
        } | known
        assert values.keys() <= COLUMNS
        done = self.database.execute(
            f"INSERT OR IGNORE INTO song ({', '.join(values)}) VALUES ({_marks(values)})",
            list(values.values()),
        )
        return done.rowcount == 1

    def update(self, key: str, **columns: Any) -> None:
        """Change columns of one song, at once and for good."""
        assert columns.keys() <= COLUMNS
        if "reason" in columns:
            columns["reason"] = hide(columns["reason"])
        changes = ", ".join(f"{name} = ?" for name in columns)
        self.database.execute(f"UPDATE song SET {changes} WHERE key = ?", [*columns.values(), key])

    def plan_skipped(self) -> None:
        """Plan what was left out once more, with other lyrics than those that were refused."""
        self.database.execute(
            "UPDATE song SET state = 'planned', reason = '', "
            "lines = CASE WHEN lyrics_source = track_source THEN lines ELSE '' END "
            "WHERE state = 'skipped'"
        )

    def number(self, key: str) -> int:
        """The place of a song in the plan, from 1; 0 if it is not there."""
        found = self.database.execute("SELECT number FROM song WHERE key = ?", (key,)).fetchone()
        return int(found[0]) if found else 0

    def need_songs(self) -> None:
        """Raise `ManifestError` if no song is fetched."""
        if not self.count("state = 'done'"):
            raise ManifestError(
                f"No song is fetched in {self.folder}.",
                "",
                "Run `python -m training dataset fetch`, which says why songs are left out.",
            )

    def reasons(self, state: State, most: int = 15) -> list[tuple[str, int]]:
        """Why songs are in a state, the commonest first; the rest is one line at the end."""
        said = self.database.execute(
            "SELECT reason, count(*) FROM song WHERE state = ? AND reason <> '' "
            "GROUP BY reason ORDER BY count(*) DESC, reason LIMIT ?",
            (state, most),
        ).fetchall()
        rest = self.count("state = ? AND reason <> ''", state) - sum(songs for _, songs in said)
        return [*said, *([("other reasons: see the manifest", rest)] if rest else [])]

    def row(self, key: str) -> Row | None:
        found = self.database.execute("SELECT * FROM song WHERE key = ?", (key,)).fetchone()
        return Row(*found) if found else None

    def rows(self, where: str = "1", *values: Any) -> Iterator[Row]:
        """Songs in the order of the plan. They may be changed while this runs."""
        last = -1
        while page := self.database.execute(
            f"SELECT * FROM song WHERE number > ? AND ({where}) ORDER BY number LIMIT {PAGE}",
            (last, *values),
        ).fetchall():
            for found in page:
                yield Row(*found)
            last = page[-1][0]

    def count(self, where: str = "1", *values: Any) -> int:
        found = self.database.execute(f"SELECT count(*) FROM song WHERE {where}", values).fetchone()
        return int(found[0])

    def count_by(self, *columns: str, where: str = "1") -> list[tuple[Any, ...]]:
        """Each combination of `columns` with its number of songs."""
        assert COLUMNS.issuperset(columns)
        names = ", ".join(columns)
        return self.database.execute(
            f"SELECT {names}, count(*) FROM song WHERE {where} GROUP BY {names} ORDER BY {names}"
        ).fetchall()

    def close(self) -> None:
        self.database.close()


def _marks(values: dict[str, Any]) -> str:
    return ", ".join("?" * len(values))


@contextmanager
def open_manifest(folder: Path, *, create: bool = False) -> Iterator[Manifest]:
    """The manifest of the build in `folder`, held by us alone until the block ends.

    Raises:
        ManifestError: there is none, it is damaged, or another command is at work on it.
    """
    if create:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ManifestError(
                f"The folder {folder} cannot be made: {error.strerror}.",
                "",
                "Choose another folder in the configuration.",
            ) from error
    elif not (folder / "manifest.sqlite").is_file():
        raise ManifestError(
            f"Nothing is planned in {folder}.", "", "Run `python -m training dataset plan` first."
        )
    lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ManifestError(
                f"Another command is at work in {folder}.", "", "Wait until it has ended."
            ) from None
        try:
            manifest = Manifest.at(folder)
        except sqlite3.DatabaseError as error:
            raise ManifestError(
                f"{folder / 'manifest.sqlite'} cannot be used as a manifest: {error}.",
                "",
                "Bring back a copy of it, or delete it and plan again.",
            ) from error
        try:
            yield manifest
        finally:
            manifest.close()
    finally:
        os.close(lock)
