"""The values that pass between the sources and the manifest, and the protocols of the sources."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from atl_core.errors import UserError
from training.datasets.matching import core_title, language, plain_name

Form = Literal["lines", "text", "bag"]
"""Lyrics in lines as sung, as running text, or as a bag of words whose order is lost."""


class SourceError(UserError):
    """A source as a whole cannot be used: no key, a wrong key, a page that has changed."""


class UnavailableError(Exception):
    """A source did not answer for this song; a later run may have more luck."""


class UnusableError(UnavailableError):
    """What was found is not what is wanted, today or tomorrow; the text says why."""


def counted(songs: int) -> str:
    """1 song, 1,200 songs."""
    return f"{songs:,} song{'s' if songs != 1 else ''}"


@dataclass(frozen=True, slots=True)
class Track:
    """A song that is wanted."""

    artist: str
    title: str
    genre: str
    seconds: float | None = None
    source: str = ""
    id: str = ""
    """The source's own name for it."""
    audio: str = ""
    """Where its audio is, if the source says so: an address or a path."""
    licence: str = ""

    @property
    def key(self) -> str:
        """The same for every spelling of the same artist and title; safe as a file name."""
        name = f"{plain_name(self.artist)}\n{core_title(self.title)}"
        return hashlib.sha256(name.encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Audio that may be that of a wanted song."""

    address: str
    title: str
    artist: str
    seconds: float | None
    source: str
    licence: str = ""
    exact: bool = False
    """Whether title and artist are fields of their own, not the name of a video."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of lyrics; an empty text parts stanzas. Times in seconds where they are known."""

    text: str
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """Lyrics that may be those of a wanted song. Empty title or artist: the source says none."""

    lines: tuple[Line, ...]
    source: str
    title: str = ""
    artist: str = ""
    address: str = ""
    language: str = ""
    licence: str = ""
    form: Form = "lines"

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def timed(self) -> bool:
        return any(line.start is not None for line in self.lines)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def spoken_language(words: Words) -> str:
    """What the commonest words tell; empty if unclear, or for a bag, which holds stems only."""
    return "" if words.form == "bag" else language(words.text)


def wrong_language(words: Words, wanted: str) -> str:
    """Why the words are not in the language `wanted`, whatever their source says; empty if they
    are, if nothing tells, or if any language will do."""
    for named in filter(None, (words.language, spoken_language(words)) if wanted else ()):
        if named != wanted:
            return f"in another language ({named})"
    return ""


class ArtistSource(Protocol):
    def top(self, genre: str, count: int) -> list[str]:
        """The `count` best artists of a genre, best first."""


class TrackSource(Protocol):
    def of(self, artist: str, genre: str, count: int) -> list[Track]:
        """Up to `count` different songs of an artist, best first."""


class AudioSource(Protocol):
    def find(self, track: Track) -> Iterable[Candidate]:
        """What may be the song, likeliest first. Nothing is downloaded."""

    def fetch(self, candidate: Candidate, folder: Path) -> Path:
        """The file: downloaded into `folder`, or where it already lies."""


class LyricsSource(Protocol):
    needs_audio: bool
    """Whether the words lie in or beside the song's file."""

    def find(self, track: Track, audio: Path | None) -> Iterable[Words]:
        """What may be the lyrics, likeliest first; the lines may still be missing."""

    def read(self, found: Words) -> Words:
        """The same with its lines, and with what is known only now of whose they are.

        Raises:
            UnusableError: there are none.
        """
