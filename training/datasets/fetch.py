"""`fetch`: the audio and the words of every planned song, resumable at any point."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from atl_core.errors import BeatError
from training.datasets.audio import heard_seconds
from training.datasets.config import Config
from training.datasets.manifest import Manifest, Row, lyrics_columns
from training.datasets.matching import marked_version, why_not
from training.datasets.songs import (
    AudioSource,
    Candidate,
    LyricsSource,
    SourceError,
    UnavailableError,
    UnusableError,
    Words,
    wrong_language,
)

MOST_MISSES: Final = 10
"""Songs in a row for which a source did not answer, until we take it to be down."""
MOST_DOWNLOADS: Final = 2
"""Candidates downloaded for one song."""
MOST_REASONS: Final = 4


@dataclass(frozen=True, slots=True)
class Sources:
    audio: AudioSource | None
    lyrics: Sequence[LyricsSource]


class SkipError(Exception):
    """The song is left out; the text says why."""


def fetch(config: Config, manifest: Manifest, sources: Sources, step: Callable[[Row], None]) -> int:
    """Fetch what is planned; returns the number of songs that a later run must try again.

    Each result is in the manifest before the next is asked for, and files are moved into place
    whole. `step` is called after each song.

    Raises:
        SourceError: a source cannot be used at all; what is fetched stays.
    """
    missed = in_a_row = 0
    if manifest.count("state = 'planned'"):
        manifest.remember("checked", "")  # what comes now may repeat what is there
    for row in manifest.rows("state = 'planned'"):
        try:
            _Song(config, manifest, sources, row).fetch()
            in_a_row = 0
        except SkipError as skip:
            manifest.update(row.key, state="skipped", reason=str(skip))
            in_a_row = 0
        except UnavailableError as error:
            manifest.update(row.key, reason=f"not yet: {error}")
            missed, in_a_row = missed + 1, in_a_row + 1
            if in_a_row >= MOST_MISSES:
                raise SourceError(
                    f"{error}, {in_a_row} songs in a row.",
                    remedy="Run fetch again later; it goes on where it stopped.",
                ) from None
        step(row)
    shutil.rmtree(config.folder / "partial", ignore_errors=True)
    return missed


class _Song:
    """One song on its way from planned to done."""

    def __init__(self, config: Config, manifest: Manifest, sources: Sources, row: Row) -> None:
        self.config = config
        self.manifest = manifest
        self.sources = sources
        self.row = row
        self.file: Path | None = Path(config.folder, row.audio_file) if row.audio_file else None

    def fetch(self) -> None:
        kind = marked_version(self.row.title, self.config.match.allow)
        if kind and self.config.corpus is not None:  # nobody asked for this very song
            raise SkipError(f"another version ({kind})")
        self.words()
        if self.sources.audio is not None:
            self.audio()
        self.update(state="done", reason="")

    def update(self, **columns: object) -> None:
        self.manifest.update(self.row.key, **columns)
        self.row = replace(self.row, **columns)  # type: ignore[arg-type]

    # --- words -----------------------------------------------------------------------------------

    def words(self) -> None:
        """The words of the plan, or of the first source that has the right ones."""
        reasons: list[str] = []
        if self.row.lines:
            if reason := wrong_language(self.row.words, self.config.match.language):
                raise SkipError(because("no lyrics", [reason]))
            return None
        for source in self.sources.lyrics:
            audio = self.audio() if source.needs_audio else self.file
            for found in source.find(self.row.track, audio):
                try:
                    return self.take_words(source, found)
                except UnusableError as error:
                    reasons.append(str(error))
        raise SkipError(because("no lyrics", reasons))

    def take_words(self, source: LyricsSource, found: Words) -> None:
        """Read and keep what was found.

        Raises:
            UnusableError: it is of another song, in another language, or nothing.
        """
        # Whose it is may be known before it is read, or only then.
        if reason := self.wrong_song(found):
            raise UnusableError(reason)
        words = source.read(found)
        if reason := self.wrong_song(words):
            raise UnusableError(reason)
        self.update(**lyrics_columns(words))

    def wrong_song(self, found: Words) -> str:
        match = self.config.match
        if reason := wrong_language(found, match.language):
            return reason
        if not found.title and not found.artist:
            return ""
        named = found.artist or self.row.artist, found.title or self.row.title, None
        wanted = self.row.artist, self.row.title, None
        return why_not(wanted, named, exact=True, allow=match.allow)

    # --- audio -----------------------------------------------------------------------------------

    def audio(self) -> Path:
        """The file, downloaded now if it was not before."""
        if self.file is not None:
            return self.file
        if self.sources.audio is None:
            raise SkipError("no audio")
        if (kept := self.left_by_a_killed_run()) is not None:
            # Its address was written before its download began.
            with contextlib.suppress(BeatError):
                return self.accept(kept, self.row.audio_source)
        reasons: list[str] = []
        downloads = 0
        match = self.config.match
        for found in self.sources.audio.find(self.row.track):
            reason = why_not(
                (self.row.artist, self.row.title, self.row.seconds),
                (found.artist, found.title, found.seconds),
                exact=found.exact,
                seconds=match.seconds,
                allow=match.allow,
            )
            if not reason and downloads < MOST_DOWNLOADS:
                downloads += 1
                try:
                    return self.download(self.sources.audio, found)
                except BeatError as error:
                    reason = in_a_list(error.problem)
            if reason:
                reasons.append(reason)
        raise SkipError(because("no audio", reasons))

    def left_by_a_killed_run(self) -> Path | None:
        if not self.row.audio_source:
            return None
        return next(iter(sorted(self.shelf.glob(f"{self.row.key}.*"))), None)

    @property
    def shelf(self) -> Path:
        return self.config.folder / "audio" / self.row.key[:2]

    def download(self, source: AudioSource, found: Candidate) -> Path:
        self.update(
            audio_source=found.source, audio_address=found.address, audio_licence=found.licence
        )
        partial = self.config.folder / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        path = source.fetch(found, partial)
        if path.is_relative_to(partial):
            self.shelf.mkdir(parents=True, exist_ok=True)
            place = self.shelf / f"{self.row.key}{path.suffix.lower() or '.audio'}"
            _move(path, place)
            path = place
        return self.accept(path, found.source)

    def accept(self, path: Path, source: str) -> Path:
        """Take a file that lies where it is to stay, unless it is not the song."""
        ours = path.is_relative_to(self.config.folder)
        limits = self.config.audio.max_seconds, self.config.audio.max_megabytes
        try:
            seconds = heard_seconds(path, source, *limits)
            wanted = self.row.seconds
            if wanted is not None and abs(seconds - wanted) > self.config.match.seconds:
                raise BeatError(f"another duration ({seconds:.0f} s for {wanted:.0f} s)")
            sha256 = file_hash(path)
            twin = next(
                self.manifest.rows("audio_sha256 = ? AND key <> ?", sha256, self.row.key), None
            )
            if twin is not None:
                raise BeatError(f"the same sound as {twin.artist}: {twin.title}")
        except BeatError:
            if ours:
                path.unlink()
            raise
        name = path.relative_to(self.config.folder) if ours else path
        self.update(audio_file=os.fspath(name), audio_sha256=sha256, audio_seconds=seconds)
        self.file = path
        return path


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _move(source: Path, place: Path) -> None:
    """Rename, with the bytes and the name on disk before it returns."""
    _sync(source)
    source.replace(place)
    _sync(place.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def in_a_list(sentence: str) -> str:
    """ "Too large." as "too large"; a name such as YouTube keeps its capitals."""
    first, *_ = sentence.split(maxsplit=1)
    return (sentence if first[1:].lower() != first[1:] else first[0].lower() + sentence[1:]).rstrip(
        "."
    )


def because(what: str, reasons: Sequence[str]) -> str:
    """ "no audio: another version (live); too large", each reason once.

    A search finds other songs too: that says nothing where something was nearer to the song.
    """
    others = ("another title", "another artist")
    near = [reason for reason in reasons if reason not in others] or reasons
    return ": ".join(filter(None, (what, "; ".join(list(dict.fromkeys(near))[:MOST_REASONS]))))
