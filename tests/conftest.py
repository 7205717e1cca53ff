"""What every test stands on: settings of its own, and the weights that were really fetched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from machine import FETCHED, need_weights
from patience import STANDSTILL_SECONDS

from atl_core.settings import Settings

# Property tests judge answers, not speed: the first example often loads a dictionary, and a busy
# machine is no failure.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_itemcollected(item: pytest.Item) -> None:
    """simcord waits for the bot, whose threads share a machine that may be busy."""
    if "simcord_env" in getattr(item, "fixturenames", ()):
        own = item.get_closest_marker("simcord")
        options = {"settle_timeout": STANDSTILL_SECONDS} | (own.kwargs if own else {})
        item.add_marker(pytest.mark.simcord(**options), append=False)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder for this test alone; nobody's own settings reach it."""
    for name in os.environ:
        if name.startswith("ATL_"):
            monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    home = tmp_path / "atl home"
    monkeypatch.setenv("ATL_HOME", str(home))
    return home


@pytest.fixture
def with_weights(home: Path) -> Path:
    """The data folder, with the fetched weights in it. `make test` fetches them."""
    need_weights()
    home.mkdir(parents=True, exist_ok=True)
    (home / "weights").symlink_to(FETCHED, target_is_directory=True)
    return home
