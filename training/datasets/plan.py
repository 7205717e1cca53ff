"""`plan`: which songs, before anything is downloaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from training.datasets.config import Config
from training.datasets.corpora import read_corpus
from training.datasets.manifest import Manifest, lyrics_columns
from training.datasets.songs import ArtistSource, Track, TrackSource, UnavailableError, Words
from training.datasets.tracks import csv_tracks

BATCH: Final = 100
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
        hours, minutes = divmod(round(self.seconds / 60), 60)
        return (
            f"{self.songs:,} songs to fetch: about {self.requests:,} requests, "
            f"{self.megabytes:,.0f} MB, {hours} h {minutes:02} min"
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
    """
    manifest.remember("config", str(config))
    if config.corpus is not None:
        return _plan_corpus(config, manifest)
    assert config.tracks is not None
    if config.tracks.source == "csv":
        assert config.tracks.path is not None
        _add(manifest, csv_tracks(config.tracks.path, config.genres))
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
            tell(f"{genre}: {name}: {new} songs")
    return unasked


def _add(manifest: Manifest, tracks: Iterable[Track]) -> None:
    tracks = iter(tracks)
    while batch := list(islice(tracks, BATCH)):
        with manifest.transaction():
            for track in batch:
                manifest.add(track)


def _plan_corpus(config: Config, manifest: Manifest) -> int:
    assert config.corpus is not None
    songs = read_corpus(config.corpus, config.genres)
    while batch := list(islice(songs, BATCH)):
        with manifest.transaction():
            for track, words in batch:
                manifest.add(track, **_columns(words))
    return 0


def _columns(words: Words) -> dict[str, object]:
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
