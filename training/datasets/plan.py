"""`plan`: which songs, before anything is downloaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from training.datasets.config import Config, Corpus
from training.datasets.corpora import read_corpus
from training.datasets.manifest import Manifest, lyrics_columns
from training.datasets.songs import (
    ArtistSource,
    SourceError,
    Track,
    TrackSource,
    UnavailableError,
    Words,
    counted,
)
from training.datasets.tracks import csv_tracks

BATCH: Final = 100
MOST_GENRES: Final = 10
"""Genres that are named when they are passed over."""
USUAL_SECONDS: Final = 210.0
BYTES_A_SECOND: Final = 20_000
"""Of compressed audio (160 kbit/s)."""
DOWNLOAD_SPEED: Final = 2e6
CHILD_SECONDS: Final = 4.0
"""Starting yt-dlp and decoding, a song."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What `fetch` will do."""

    songs: int
    requests: int
    megabytes: float
    seconds: float

    def __str__(self) -> str:
        if not self.songs:
            return "to fetch: nothing"
        if not self.requests:
            return f"to fetch: {counted(self.songs)}, all on this computer"
        size = f" and {self.megabytes:,.0f} MB" if self.megabytes else ""
        hours, minutes = divmod(max(1, round(self.seconds / 60)), 60)
        return (
            f"to fetch: {counted(self.songs)} with about {self.requests:,} requests{size}, "
            f"in {hours} h {minutes:02} min"
        )


def plan(
    config: Config,
    manifest: Manifest,
    artists: ArtistSource | None,
    tracks: TrackSource | None,
    tell: Callable[[str], None],
) -> int:
    """Write every song that is wanted into the manifest; goes on where it was stopped.

    Returns how many artists could not be asked for their songs; planning again asks them again.

    Raises:
        SourceError: a source or a folder is not there, or cannot be used.
    """
    for key, folder in {"audio": config.audio.path, "lyrics": config.lyrics.path}.items():
        if folder is not None and not folder.is_dir():
            raise SourceError(f"{key}.path: there is no folder {folder}.", "", "Check the path.")
    manifest.remember("config", str(config))
    if config.corpus is not None:
        _plan_corpus(config, config.corpus, manifest, tell)
        return 0
    assert config.tracks is not None
    if config.tracks.source == "csv":
        assert config.tracks.path is not None
        tracks_of_csv = csv_tracks(config.tracks.path, config.genres)
        _add(manifest, ((track, {}) for track in tracks_of_csv), tell)
        return 0
    assert config.artists is not None
    assert artists is not None
    assert tracks is not None
    unasked = 0
    for genre in config.genres:
        if not manifest.artists(genre):
            manifest.add_artists(genre, artists.top(genre, config.artists.count))
        for rank, name, songs in manifest.artists(genre):
            if songs is not None:
                continue
            try:
                found = tracks.of(name, genre, config.tracks.count)
            except UnavailableError as error:
                unasked += 1
                tell(f"{genre}: {name}: {error}")
                continue
            new = manifest.add_songs_of(genre, rank, found)
            tell(f"{genre}: {name}: {counted(new) if found else 'nothing found'}")
    return unasked


def _add(
    manifest: Manifest,
    songs: Iterable[tuple[Track, dict[str, Any]]],
    tell: Callable[[str], None],
) -> None:
    """Add songs with the columns that are known of them, a batch at a time."""
    songs, before, twice = iter(songs), manifest.count(), 0
    while batch := list(islice(songs, BATCH)):
        with manifest.transaction():
            for track, known in batch:
                # What was there before this run was planned before; the rest is named twice.
                if not manifest.add(track, **known) and manifest.number(track.key) > before:
                    twice += 1
    if twice:
        tell(f"named again, which changes nothing: {counted(twice)}")


def _plan_corpus(
    config: Config, corpus: Corpus, manifest: Manifest, tell: Callable[[str], None]
) -> None:
    passed: Counter[str] = Counter()
    songs = read_corpus(corpus, config.genres, passed)
    _add(manifest, ((track, _columns(words)) for track, words in songs), tell)
    commonest = ", ".join(f"{name} {songs:,}" for name, songs in passed.most_common(MOST_GENRES))
    more = f" and {len(passed) - MOST_GENRES} more" if len(passed) > MOST_GENRES else ""
    if not manifest.count():
        raise SourceError(
            f"{corpus.path} holds no songs of {', '.join(config.genres)}.",
            f"Its genres are: {commonest}{more}." if passed else "No songs were found at all.",
            "Set genres, or say in [corpus.genres] what each is here.",
        )
    if passed:
        tell(f"other genres, passed over: {counted(passed.total())} ({commonest}{more})")


def _columns(words: Words) -> dict[str, Any]:
    return lyrics_columns(words) if any(line.text for line in words.lines) else {}


def estimate(config: Config, manifest: Manifest) -> Estimate:
    """How much is left to fetch, and how long it takes at the configured pace."""
    songs = manifest.count("state = 'planned'")
    total = manifest.database.execute(
        "SELECT coalesce(sum(coalesce(seconds, ?)), 0) FROM song WHERE state = 'planned'",
        (USUAL_SECONDS,),
    ).fetchone()[0]
    downloads = config.audio.source in ("youtube", "address")
    size = total * BYTES_A_SECOND if downloads else 0.0
    requests, seconds = 0, size / DOWNLOAD_SPEED
    if config.audio.source == "youtube":
        requests, seconds = 2 * songs, seconds + songs * (2 * config.pace.youtube + CHILD_SECONDS)
    elif config.audio.source == "address":
        requests, seconds = songs, seconds + songs * config.pace.address
    if config.corpus is None and "genius" in config.lyrics.sources:
        requests, seconds = requests + 2 * songs, seconds + 2 * songs * config.pace.genius
    return Estimate(songs, requests, size / 1e6, seconds)
