"""Files of the user's own: what they are called, what their tags say, and where each song is."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from training.datasets.matching import core_artist, core_title
from training.datasets.songs import SourceError

SOUNDS: Final = frozenset(
    {".mp3", ".wav", ".flac", ".ogg", ".opus", ".m4a", ".mp4", ".aac", ".aiff", ".aif", ".webm"}
)
LYRICS: Final = (".lrc", ".txt")
"""Timed lyrics first."""
_LICENCE: Final = re.compile(
    r"licen[cs]e|creative commons|\bCC[ -]?BY|\bCC0|public domain", re.IGNORECASE
)
_TRACK_NUMBER: Final = re.compile(r"^\d{1,3}\s*[.\-_)]\s*")


def walk(folder: Path, suffixes: Collection[str]) -> Iterator[Path]:
    """Files below `folder` in a fixed order, one folder in memory at a time."""
    if not folder.is_dir():
        raise SourceError(f"There is no folder {folder}.", "", "Check the path.")
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(here, name)
            if path.suffix.lower() in suffixes and not name.startswith("."):
                yield path


def tags(path: Path) -> dict[str, str]:
    """The tags of an audio file, names in lower case; empty if it cannot be read.

    Read in this process: for the user's own files, not for what was downloaded.
    """
    import av

    try:
        with av.open(os.fspath(path)) as container:
            streams = [stream.metadata for stream in container.streams.audio]
            found = [container.metadata, *streams]
            return {name.lower(): value for values in found for name, value in values.items()}
    except (av.FFmpegError, OSError, UnicodeDecodeError):
        return {}


def licence_of(said: Mapping[str, str]) -> str:
    """What the tags of a file allow; empty if they say nothing.

    A notice of whose the recording is grants nothing, but that of a free song names its licence.
    """
    notice = said.get("copyright", "")
    return said.get("license") or (notice if _LICENCE.search(notice) else "")


def duration(path: Path) -> float | None:
    """Seconds of an audio file by its header; None if it has no sound. As `tags`, for own files."""
    import av

    try:
        with av.open(os.fspath(path)) as container:
            if not container.streams.audio or container.duration is None:
                return None
            return float(container.duration / av.time_base)
    except (av.FFmpegError, OSError):
        return None


def name_of(path: Path) -> tuple[str, str]:
    """Artist and title by `Artist - Title.ext` or `Artist/Title.ext`, or else by the tags."""
    stem = _TRACK_NUMBER.sub("", path.stem.replace("_", " ")).strip()
    artist, dash, title = stem.partition(" - ")
    if dash and artist.strip() and title.strip():
        return artist.strip(), title.strip()
    said = tags(path) if path.suffix.lower() in SOUNDS else {}
    return said.get("artist") or path.parent.name, said.get("title") or stem


class FolderIndex:
    """Which files may be a song, by artist and title. Kept on disk, not in memory."""

    def __init__(self, folder: Path, suffixes: Collection[str]) -> None:
        self.database = sqlite3.connect("")  # a temporary file of SQLite's own
        self.database.execute("CREATE TABLE file (artist TEXT, title TEXT, path TEXT)")
        self.database.executemany(
            "INSERT INTO file VALUES (?, ?, ?)", self._names(folder, suffixes)
        )
        self.database.execute("CREATE INDEX file_name ON file (artist, title)")

    @staticmethod
    def _names(folder: Path, suffixes: Collection[str]) -> Iterator[tuple[str, str, str]]:
        for path in walk(folder, suffixes):
            artist, title = name_of(path)
            yield core_artist(artist), core_title(title), os.fspath(path)

    def find(self, artist: str, title: str) -> list[Path]:
        found = self.database.execute(
            "SELECT path FROM file WHERE artist = ? AND title = ? ORDER BY path",
            (core_artist(artist), core_title(title)),
        )
        return [Path(path) for (path,) in found]
