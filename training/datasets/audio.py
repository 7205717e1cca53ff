"""Step 3: the sound, from YouTube, from addresses of the user's own, or from a folder."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from atl_core.audio import youtube
from atl_core.audio.child import ChildCrashError, ChildTimeoutError, run_child
from atl_core.audio.decode import decode
from atl_core.audio.kinds import HEAD, looks_like_sound
from atl_core.errors import BeatError
from training.datasets.files import SOUNDS, FolderIndex, duration, licence_of, tags
from training.datasets.songs import Candidate, SourceError, Track, UnavailableError
from training.datasets.web import PoliteSession, Services

SEARCHER: Final = Path(__file__).with_name("search_child.py")
SEARCH_SECONDS: Final = 60.0
CHUNK: Final = 65_536
NO_ADDRESS: Final = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.TooManyRedirects,
)
# What the fetcher says when it is us or the network, not the song: another day it may work.
PASSING: Final = ("refused this server", "could not be reached", "connection broke", "took longer")


class YouTubeAudio:
    """YouTube's search through yt-dlp, and the download, each in a child that is confined."""

    def __init__(
        self,
        services: Services,
        *,
        pace: Callable[[], None],
        candidates: int,
        max_seconds: float,
        max_megabytes: float,
        licence: str = "",
    ) -> None:
        self.services = services
        self.pace = pace
        """Called before every search and download; waits for its turn."""
        self.candidates = candidates
        self.max_seconds = max_seconds
        self.max_megabytes = max_megabytes
        self.licence = licence

    def find(self, track: Track) -> Iterator[Candidate]:
        self.pace()
        spec = importlib.util.find_spec("atl_core.audio.youtube_child")
        assert spec is not None
        task = {
            "query": f"{track.artist} {track.title}",
            "count": self.candidates,
            "host": self.services.youtube_search,
            "loopback": self.services.loopback,
            "confinement": spec.origin,
        }
        try:
            report = run_child(SEARCHER, task, seconds=SEARCH_SECONDS)
        except (ChildTimeoutError, ChildCrashError):
            raise UnavailableError("YouTube's search did not answer") from None
        if report.get("error") == "missing":
            raise SourceError("YouTube needs yt-dlp.", "", "pip install yt-dlp")
        if report.get("error") == "sign in":
            raise SourceError(
                "YouTube refused this computer.", "", "Try tomorrow, or use audio of your own."
            )
        if "error" in report:
            raise UnavailableError("YouTube's search failed (an old yt-dlp is the usual cause)")
        for video in report["videos"]:
            yield Candidate(
                f"{self.services.youtube_watch}{video['id']}",
                video["title"],
                video["channel"],
                video["seconds"],
                "youtube",
                self.licence,
            )

    def fetch(self, candidate: Candidate, folder: Path) -> Path:
        self.pace()
        limits: dict[str, Any] = {
            "max_seconds": self.max_seconds,
            "max_megabytes": self.max_megabytes,
        }
        try:
            if self.services.loopback:
                where: dict[str, Any] = {"extractor": "generic", "loopback": True}
                return youtube._fetch(candidate.address, folder, **limits, **where).path
            return youtube.fetch(candidate.address, folder, **limits).path
        except BeatError as error:
            if any(sign in error.problem for sign in PASSING):
                raise UnavailableError(error.problem) from None
            raise


class AddressAudio:
    """Files at the addresses that the CSV names: the user's own catalogue on a server."""

    def __init__(self, session: PoliteSession, max_megabytes: float, licence: str = "") -> None:
        self.session = session
        self.max_bytes = int(max_megabytes * 1e6)
        self.licence = licence

    def find(self, track: Track) -> Iterator[Candidate]:
        if track.audio:
            yield Candidate(
                track.audio, track.title, track.artist, None, "address",
                track.licence or self.licence, exact=True,
            )  # fmt: skip

    def fetch(self, candidate: Candidate, folder: Path) -> Path:
        address = urlsplit(candidate.address)
        if address.scheme not in ("http", "https"):
            raise BeatError("The address does not begin with http:// or https://.")
        suffix = Path(address.path).suffix.lower()
        path = folder / f"audio{suffix if suffix in SOUNDS else ''}"
        received = 0
        try:
            with (
                self.session.get(candidate.address, stream=True) as answer,
                path.open("wb") as file,
            ):
                if answer.status_code != 200:
                    raise BeatError("There is no file at the address.")
                for chunk in answer.iter_content(CHUNK):
                    received += len(chunk)
                    if received > self.max_bytes:
                        raise BeatError("The file is too large.")
                    file.write(chunk)
        except NO_ADDRESS:
            raise BeatError("The address leads nowhere.") from None
        except requests.RequestException:
            raise UnavailableError("the connection broke before the whole file had come") from None
        with path.open("rb") as file:
            if not looks_like_sound(file.read(HEAD)):
                raise BeatError("What the address gave is not audio.")
        return path


class FolderAudio:
    """Audio that lies in a folder, and stays there."""

    def __init__(self, folder: Path, licence: str = "") -> None:
        self.index = FolderIndex(folder, SOUNDS)
        self.licence = licence

    def find(self, track: Track) -> Iterator[Candidate]:
        for path in self.index.find(track.artist, track.title):
            said = tags(path)
            yield Candidate(
                os.fspath(path),
                said.get("title", track.title),
                said.get("artist", track.artist),
                duration(path),
                "folder",
                track.licence or licence_of(said) or self.licence,
                exact=True,
            )

    def fetch(self, candidate: Candidate, folder: Path) -> Path:
        del folder
        return Path(candidate.address)


class PlannedAudio:
    """The files that a corpus on disk names itself."""

    def find(self, track: Track) -> Iterator[Candidate]:
        if track.audio:
            yield Candidate(
                track.audio, track.title, track.artist, track.seconds, track.source,
                track.licence, exact=True,
            )  # fmt: skip

    def fetch(self, candidate: Candidate, folder: Path) -> Path:
        del folder
        path = Path(candidate.address)
        if not path.is_file():
            raise BeatError("The file is gone.")
        return path


def heard_seconds(path: Path, source: str, max_seconds: float, max_megabytes: float) -> float:
    """How long a file is. What came from strangers is decoded, and in a child.

    Raises:
        BeatError: it has no sound, or it is damaged.
    """
    if source == "youtube":
        return decode(path, max_seconds=max_seconds, max_megabytes=max_megabytes).seconds
    seconds = duration(path)
    if seconds is None:
        raise BeatError("The file has no sound that can be read.")
    if seconds > max_seconds:
        raise BeatError(f"The audio is too long ({seconds:.0f} s).")
    return seconds
