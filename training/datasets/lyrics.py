"""Step 4: the words, from Genius, files beside the audio, or embedded tags."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from training.datasets.files import LYRICS, FolderIndex, tags
from training.datasets.keys import key, silence_clients
from training.datasets.songs import Line, SourceError, Track, UnavailableError, UnusableError, Words
from training.datasets.web import PoliteSession, Services, known_shape

_STAMP: Final = re.compile(r"\[(\d{1,3}):(\d{1,2}(?:[.:]\d{1,3})?)\]")
_TAG: Final = re.compile(r"^\s*\[([a-z#]+):([^\]]*)\]\s*$", re.IGNORECASE)
_WORD_STAMP: Final = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>\s?")
_EMBED: Final = re.compile(r"\d*Embed$")
_HEADER: Final = re.compile(r"^\d+\s*Contributors?.*?Lyrics(?=[\[A-Z\"'(]|$)")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOTHING_IN: Final = {
    ".lrc": "no line of the .lrc file has a time",
    ".txt": "the .txt file is empty",
}
LAST_LINE: Final = 5.0
"""Seconds that the last timed line is taken to last."""


class GeniusLyrics:
    """Genius, through lyricsgenius. Needs `GENIUS_ACCESS_TOKEN`."""

    needs_audio = False

    def __init__(self, session: PoliteSession, services: Services, licence: str = "") -> None:
        try:
            import lyricsgenius
        except ImportError as error:
            raise SourceError(
                "Genius needs lyricsgenius, which is not installed.", "", "pip install lyricsgenius"
            ) from error
        silence_clients()
        token = key("GENIUS_ACCESS_TOKEN", "Genius", "https://genius.com/api-clients")
        # Its own pauses and retries are off: the session has better ones.
        self.client = lyricsgenius.Genius(token, sleep_time=0, retries=0)
        self.client._session = session
        self.client.API_ROOT = services.genius
        self.client.WEB_ROOT = services.genius_web
        self.licence = licence

    def find(self, track: Track, audio: Path | None) -> Iterator[Words]:
        """The lyrics of each search result; a page is read only when its turn comes."""
        del audio
        with known_shape("Genius", "Upgrade lyricsgenius: pip install -U lyricsgenius"):
            answer = self.client.search_songs(f"{track.artist} {track.title}", per_page=5)
            songs = [hit["result"] for hit in answer["hits"] if hit["type"] == "song"]
            found = [
                Words(
                    lines=(),
                    source="genius",
                    title=song["title"],
                    artist=song["primary_artist"]["name"],
                    address=song["url"],
                    language=song.get("language") or "",
                    licence=self.licence,
                )
                for song in songs
                if song.get("lyrics_state") == "complete" and not song.get("instrumental")
            ]
        return iter(found)

    def read(self, found: Words) -> Words:
        """The same with its lines, off its page."""
        try:
            text = self.client.lyrics(song_url=found.address)
        except AssertionError:
            raise UnavailableError("Genius did not answer") from None
        lines = plain_lines(_EMBED.sub("", _HEADER.sub("", text or "")))
        return sung(replace(found, lines=lines), "the page at Genius holds none")


class BesideLyrics:
    """`.lrc` and `.txt` files with the name of the audio, or of the song in a folder of lyrics."""

    def __init__(self, folder: Path | None, licence: str = "") -> None:
        self.index = FolderIndex(folder, LYRICS) if folder is not None else None
        self.needs_audio = folder is None
        self.licence = licence

    def find(self, track: Track, audio: Path | None) -> Iterator[Words]:
        paths = [audio.with_suffix(suffix) for suffix in LYRICS] if audio is not None else []
        if self.index is not None:
            paths += self.index.find(track.artist, track.title)
        for path in filter(Path.is_file, paths):
            yield Words((), "beside", address=os.fspath(path))

    def read(self, found: Words) -> Words:
        path = Path(found.address)
        return sung(read_file(path, self.licence), _NOTHING_IN[path.suffix.lower()])


class TagLyrics:
    """The lyrics in an audio file's tags (ID3 USLT, MP4, Vorbis comments)."""

    needs_audio = True

    def __init__(self, licence: str = "") -> None:
        self.licence = licence

    def find(self, track: Track, audio: Path | None) -> Iterator[Words]:
        del track
        said = tags(audio) if audio is not None else {}
        for name, text in said.items():
            if name.startswith(("lyrics", "unsyncedlyrics", "syncedlyrics")):
                yield Words(
                    read_lrc(text)[0] if _STAMP.search(text) else plain_lines(text),
                    "tags",
                    said.get("title", ""),
                    said.get("artist", ""),
                    licence=self.licence,
                )

    def read(self, found: Words) -> Words:
        return sung(found, "the tag is empty")


def sung(words: Words, otherwise: str) -> Words:
    """`words`, which have a line at least; if not, `UnusableError(otherwise)`."""
    if not any(line.text for line in words.lines):
        raise UnusableError(otherwise)
    return words


def read_file(path: Path, licence: str = "") -> Words:
    """Lyrics of an LRC or text file, in UTF-8, or in UTF-16 that says so by its first bytes.

    Raises:
        UnusableError: it is not text.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-16" if raw.startswith(_UTF_16) else "utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UnusableError(f"the {path.suffix} file is not UTF-8 text") from None
    if path.suffix.lower() != ".lrc":
        return Words(plain_lines(text), "beside", address=path.name, licence=licence)
    lines, said = read_lrc(text)
    return Words(
        lines, "beside", said.get("ti", ""), said.get("ar", ""), path.name, licence=licence
    )


def plain_lines(text: str) -> tuple[Line, ...]:
    return tuple(Line(line.strip()) for line in text.strip().splitlines())


def read_lrc(text: str) -> tuple[tuple[Line, ...], dict[str, str]]:
    """Timed lines in the order of their times, and the tags (`ti`, `ar`, `offset`, ...).

    A line with several stamps is sung several times. A stamp with no text ends the line before
    it. Word stamps (`<00:12.3>`) are dropped. Each line ends where the next begins. A positive
    `offset`, in milliseconds, makes the lines come earlier. Text with no stamp is left out.
    """
    said: dict[str, str] = {}
    sung: list[tuple[float, str]] = []
    for raw in text.lstrip("\ufeff").splitlines():
        stamps = list(_STAMP.finditer(raw))
        if not stamps:
            if tag := _TAG.match(raw):
                said[tag[1].lower()] = tag[2].strip()
            continue
        words = _WORD_STAMP.sub("", _STAMP.sub("", raw)).strip()
        sung += ((60 * int(m[1]) + float(m[2].replace(":", ".")), words) for m in stamps)
    try:
        offset = float(said.get("offset") or 0) / 1000
    except ValueError:
        offset = 0.0
    sung.sort(key=lambda line: line[0])
    starts = [max(0.0, start - offset) for start, _ in sung]
    ends = [*starts[1:], *(last + LAST_LINE for last in starts[-1:])]
    lines = (
        Line(words, start, end) if words else Line("")
        for (_, words), start, end in zip(sung, starts, ends, strict=True)
    )
    return tuple(lines), said
