"""`python -m training dataset plan|fetch|check|split|card CONFIG`."""

from __future__ import annotations

import errno
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from atl_core.errors import UserError
from training.datasets import audio, lyrics
from training.datasets.artists import BillboardArtists, ListedArtists
from training.datasets.card import card as write_card
from training.datasets.check import check as check_set
from training.datasets.config import Config, read_config
from training.datasets.fetch import Sources
from training.datasets.fetch import fetch as fetch_songs
from training.datasets.keys import hide
from training.datasets.manifest import Row, State, open_manifest
from training.datasets.plan import estimate
from training.datasets.plan import plan as plan_songs
from training.datasets.songs import ArtistSource, AudioSource, LyricsSource, TrackSource, counted
from training.datasets.split import split as split_set
from training.datasets.tracks import MusicBrainzTracks, SpotifyTracks
from training.datasets.web import PoliteSession, Services

DISK: Final = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO)
MENDED: Final = "What is done is kept: when that is mended, the same command goes on from here."


def subject(does: Callable[..., None]) -> click.Command:
    """A command on a configuration file; an error of the user's is one line and status 2."""

    @wraps(does)
    def command(config: Path, **options: Any) -> None:
        try:
            does(read_config(config), **options)
        except UserError as error:
            click.echo(hide(f"Error: {error}"), err=True)
            sys.exit(2)
        except (OSError, sqlite3.OperationalError) as error:
            if isinstance(error, OSError) and error.errno not in DISK:
                raise
            click.echo(f"Error: {hide(str(error))}. {MENDED}", err=True)
            sys.exit(2)
        except KeyboardInterrupt:
            click.echo("Stopped; the same command goes on from here.", err=True)
            sys.exit(130)

    argument = click.argument("config", type=click.Path(path_type=Path))
    return click.command(help=does.__doc__)(argument(command))


STATES: Final[dict[State, str]] = {"done": "done", "skipped": "left out", "planned": "planned"}


@subject
@click.option("--songs", is_flag=True, help="Also list the songs that are to be fetched.")
def plan(config: Config, songs: bool) -> None:
    """Say which songs will be fetched, how much that is and how long it takes.

    CONFIG is a TOML file (docs/datasets.md). Artists and their songs are looked up; no audio and
    no lyrics are downloaded. Planning again adds what is new.
    """
    services = Services.from_environment()
    with open_manifest(config.folder, create=True) as manifest:
        artists, tracks = open_names(config, services)
        unasked = plan_songs(config, manifest, artists, tracks, lambda said: click.echo(hide(said)))
        for row in manifest.rows("state = 'planned'") if songs else ():
            click.echo(f"{row.genre}\t{row.artist} - {row.title}\t{length(row.seconds)}")
        for genre, number in manifest.count_by("genre"):
            click.echo(f"{genre}: {counted(number)}")
        click.echo(str(estimate(config, manifest)))
        if unasked:
            click.echo(f"artists that could not be asked: {unasked}; plan again to ask them")


@subject
@click.option("--again", is_flag=True, help="Also try the songs that were left out before.")
def fetch(config: Config, again: bool) -> None:
    """Fetch audio and lyrics of what is planned.

    Stop it or kill it at any point: the next fetch goes on from there, and downloads nothing
    twice. What cannot be had or is not the song that was wanted is left out, with the reason.
    """
    services = Services.from_environment()
    with open_manifest(config.folder) as manifest:
        if again:
            manifest.plan_skipped()
        left = manifest.count("state = 'planned'")
        sources = open_sources(config, services) if left else Sources(None, ())
        with steps("fetching", left) as step:
            missed = fetch_songs(config, manifest, sources, step)
        for state, name in STATES.items():
            songs = manifest.count("state = ?", state)
            if songs or state == "done":
                click.echo(f"{name}: {counted(songs)}")
                for reason, times in manifest.reasons(state):
                    click.echo(f"  {times:,} x {reason}")
        if missed:
            click.echo("fetch again to try those that are still planned")


@subject
@click.option("--hear", is_flag=True, help="Also decode all audio, which takes a while.")
def check(config: Config, hear: bool) -> None:
    """Compare every file with the manifest, and leave near-duplicates out.

    Files that are missing or damaged are planned again; fetch gets them.
    """
    with open_manifest(config.folder) as manifest:
        with steps("checking", manifest.count("state = 'done'")) as step:
            checked = check_set(config, manifest, step, hear=hear)
        click.echo(str(checked))


@subject
def split(config: Config) -> None:
    """Split by artist, balance by genre, and write the files that training reads.

    The same set is split the same way everywhere; split.random_seed in CONFIG draws another way.
    """
    with open_manifest(config.folder) as manifest:
        counts = split_set(config, manifest)
        for name, songs in counts.items():
            told = ", ".join(f"{count:,} {genre}" for genre, count in songs.items())
            click.echo(f"{name}: {told}")
        if left := manifest.count("state = 'planned'"):
            click.echo(f"not fetched yet, and in no part: {counted(left)}")
        click.echo(f"The files are in {config.folder}")


@subject
def card(config: Config) -> None:
    """Write CARD.md: what the set contains and what it may be used for."""
    with open_manifest(config.folder) as manifest:
        path = config.folder / "CARD.md"
        path.write_text(hide(write_card(config, manifest)), encoding="utf-8")
        click.echo(str(path))


def open_names(
    config: Config, services: Services
) -> tuple[ArtistSource | None, TrackSource | None]:
    """The sources of steps 1 and 2; none where a CSV or a corpus names the songs."""
    if config.tracks is None or config.tracks.source == "csv":
        return None, None
    assert config.artists is not None
    artists: ArtistSource
    if config.artists.source == "list":
        artists = ListedArtists(config.artists.names)
    else:
        session = polite(config, services, "billboard")
        artists = BillboardArtists(config.artists.charts, session, services.billboard)
    session = polite(config, services, config.tracks.source)
    allow = config.match.allow
    if config.tracks.source == "spotify":
        return artists, SpotifyTracks(session, services, config.tracks.market, allow)
    return artists, MusicBrainzTracks(session, services, allow)


def open_sources(config: Config, services: Services) -> Sources:
    """The sources of steps 3 and 4."""
    about = config.audio
    if config.corpus is not None:
        licence = config.corpus.licence
        if config.corpus.source == "folder":
            beside, tags = lyrics.BesideLyrics(None, licence), lyrics.TagLyrics(licence)
            return Sources(audio.PlannedAudio(), (beside, tags))
        return Sources(
            audio.PlannedAudio() if config.corpus.source == "jamendolyrics" else None, ()
        )
    sound: AudioSource | None = None
    if about.source == "youtube":
        turn = polite(config, services, "youtube").take_turn
        sound = audio.YouTubeAudio(
            services,
            pace=turn,
            candidates=about.candidates,
            max_seconds=about.max_seconds,
            max_megabytes=about.max_megabytes,
            licence=about.licence,
        )
    elif about.source == "address":
        session = polite(config, services, "address")
        sound = audio.AddressAudio(session, about.max_megabytes, about.licence)
    elif about.source == "folder":
        assert about.path is not None
        sound = audio.FolderAudio(about.path, about.licence)
    words: list[LyricsSource] = []
    for name in config.lyrics.sources:
        if name == "genius":
            session = polite(config, services, "genius")
            words.append(lyrics.GeniusLyrics(session, services, config.lyrics.licence))
        elif name == "beside":
            words.append(lyrics.BesideLyrics(config.lyrics.path, config.lyrics.licence))
        else:
            words.append(lyrics.TagLyrics(config.lyrics.licence))
    return Sources(sound, words)


def polite(config: Config, services: Services, service: str) -> PoliteSession:
    """A session at the pace of a service; on loopback nobody needs to be spared."""
    pace = 0.0 if services.loopback else float(getattr(config.pace, service))
    return PoliteSession(
        pace,
        retries=config.pace.retries,
        contact=config.contact,
        tell=lambda said: click.echo(hide(said), err=True),
    )


def length(seconds: float | None) -> str:
    """3:25; empty if it is not known."""
    return "" if seconds is None else "{}:{:02}".format(*divmod(round(seconds), 60))


@contextmanager
def steps(what: str, total: int) -> Iterator[Callable[[Row], None]]:
    """A progress bar on stderr, on a terminal only."""
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, disable=not (total and console.is_terminal)
    ) as progress:
        task = progress.add_task(what, total=total)
        yield lambda row: progress.update(task, advance=1, description=row.title[:40])
