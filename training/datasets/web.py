"""Asking services politely: one request at a time, at a pace, with retries that back off."""

from __future__ import annotations

import email.utils
import ipaddress
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from training.datasets.songs import SourceError, UnavailableError

TRY_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
BROKEN: Final = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,  # the answer stopped half-way
    requests.exceptions.ContentDecodingError,
)
TIMEOUT: Final = 30.0
FIRST_WAIT: Final = 1.0
LONG_WAIT: Final = 4.0
LONGEST_WAIT: Final = 600.0
"""A service that asks for a longer pause is not waited for."""
LOOPBACK: Final = "ATL_DATASET_LOOPBACK"


@dataclass(frozen=True, slots=True)
class Services:
    """Where the services are. Everything in the world, or, in tests, a server on loopback."""

    billboard: str = "https://www.billboard.com/charts/year-end/"
    spotify: str = "https://api.spotify.com/v1/"
    spotify_token: str = "https://accounts.spotify.com/api/token"
    musicbrainz: str = "https://musicbrainz.org/ws/2/"
    genius: str = "https://api.genius.com/"
    genius_web: str = "https://genius.com/"
    youtube_search: str = ""
    """Host of YouTube's search; yt-dlp knows the real one."""
    youtube_watch: str = "https://www.youtube.com/watch?v="
    loopback: bool = False

    @classmethod
    def on_loopback(cls, base: str, youtube_search: str = "") -> Services:
        """Everything under `base`, a loopback address; anything else is refused."""
        for host in (urlsplit(base).hostname, urlsplit(f"//{youtube_search}").hostname):
            if host and not ipaddress.ip_address(host).is_loopback:
                raise SourceError(f"{LOOPBACK} must be a loopback address.")
        return cls(
            f"{base}/billboard/", f"{base}/spotify/v1/", f"{base}/spotify/token",
            f"{base}/musicbrainz/", f"{base}/genius/", f"{base}/genius-web/", youtube_search,
            f"{base}/watch/", loopback=True,
        )  # fmt: skip

    @classmethod
    def from_environment(cls) -> Services:
        base = os.environ.get(LOOPBACK, "")
        return cls.on_loopback(base) if base else cls()


class PoliteSession(requests.Session):
    """A session that all requests to one service go through, those of its own client too.

    Requests start at least `pace` seconds apart. What may pass (429, 5xx, a broken connection) is
    tried again `retries` times after 1, 2, 4, ... seconds, or as long as `Retry-After` says.
    Redirects count as requests. Only success, redirects and "not found" come back as responses, so
    no client composes an error from an answer that may repeat a key.
    """

    def __init__(
        self,
        pace: float,
        *,
        retries: int = 5,
        contact: str = "",
        tell: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        self.pace = pace
        self.retries = retries
        self.tell = tell
        """Called before a wait that somebody might take for a standstill."""
        self.clock = clock
        self.sleep = sleep
        self.not_before = float("-inf")
        self.headers["User-Agent"] = f"ATL-dataset/0.1 ({contact or 'no contact given'})"

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send, politely.

        Raises:
            SourceError: the service refuses us, or asks for a pause that is too long to wait for.
            UnavailableError: it fails or cannot be reached, after all retries.
        """
        options["timeout"] = options.get("timeout") or TIMEOUT
        wait = FIRST_WAIT
        for attempt in range(self.retries + 1):
            self.take_turn()
            last = attempt == self.retries
            try:
                response = super().send(request, **options)
            except BROKEN:
                if last:
                    # No chain: the text of the cause holds the whole address.
                    raise UnavailableError(f"{_host(request)} cannot be reached") from None
                self.wait(wait, f"{_host(request)} cannot be reached")
            else:
                if response.status_code not in TRY_AGAIN or last:
                    refuse(response.status_code, _host(request))
                    return response
                pause = max(wait, self._asked_pause(response))
                if pause > LONGEST_WAIT:
                    raise SourceError(
                        f"{_host(request)} asks to wait for {pause / 60:.0f} minutes.",
                        remedy="Run the same command again later; it goes on where it stopped.",
                    )
                response.close()
                self.wait(pause, f"{_host(request)} answered HTTP {response.status_code}")
            wait = min(2 * wait, LONGEST_WAIT)
        raise AssertionError("unreachable")

    def wait(self, seconds: float, why: str) -> None:
        if seconds >= LONG_WAIT:
            self.tell(f"{why}: asking again in {seconds:.0f} s")
        self.sleep(seconds)

    def take_turn(self) -> None:
        """Wait until the next request may start, and count it as started."""
        if (pause := self.not_before - self.clock()) > 0:
            self.sleep(pause)
        self.not_before = self.clock() + self.pace

    @staticmethod
    def _asked_pause(response: requests.Response) -> float:
        """Seconds of `Retry-After`, a number or a date; 0 without one that can be read."""
        asked = response.headers.get("Retry-After", "").strip()
        try:
            return float(asked)
        except ValueError:
            pass
        try:
            return max(0.0, email.utils.parsedate_to_datetime(asked).timestamp() - time.time())
        except ValueError:
            return 0.0


def get(
    session: PoliteSession, address: str, params: dict[str, str] | None = None
) -> requests.Response | None:
    """A page, or None if there is none. Raises as `PoliteSession.send` does."""
    response = session.get(address, params=params)
    return response if response.status_code == 200 else None


def refuse(status: int, service: str) -> None:
    """Raise what a status means, if it is not success, a redirect or "not found"."""
    if status < 400 or status in (404, 410):
        return
    if status in TRY_AGAIN:
        raise UnavailableError(f"{service} answered HTTP {status}")
    raise SourceError(
        f"{service} refused the request (HTTP {status}).",
        remedy="Check the key, and what the service allows you.",
    )


@contextmanager
def known_shape(service: str, remedy: str) -> Iterator[None]:
    """Around the reading of an answer: what is not where it used to be is a `SourceError`."""
    try:
        yield
    except (AssertionError, AttributeError, LookupError, TypeError, ValueError):
        # Not chained: clients put the whole answer into the text.
        raise SourceError(
            f"{service} answers in another shape than it used to.", remedy=remedy
        ) from None


def _host(request: requests.PreparedRequest) -> str:
    return urlsplit(request.url or "").hostname or "the service"
