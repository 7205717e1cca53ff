"""The loopback world, and keys that no service knows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.training.datasets.dataset_world import World, serve, songs
from training.datasets.web import PoliteSession, Services

KEYS = {
    "SPOTIPY_CLIENT_ID": "client-0123456789",
    "SPOTIPY_CLIENT_SECRET": "secret-9876543210",
    "GENIUS_ACCESS_TOKEN": "genius-token-abcdef",
}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world, which the commands take for the services."""
    with serve(World(songs())) as world:
        monkeypatch.setenv("ATL_DATASET_LOOPBACK", world.base)
        yield world


@pytest.fixture
def services(world: World) -> Services:
    return Services.on_loopback(world.base)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    return KEYS


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.said: list[str] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def session(time: Time) -> PoliteSession:
    return PoliteSession(
        1.0,
        retries=3,
        contact="me@example.org",
        tell=time.said.append,
        clock=time.clock,
        sleep=time.sleep,
    )
