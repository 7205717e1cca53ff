"""A Discord of our own to talk to, for every test in here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import yarl

from tests.fakes.discord import LoopbackDiscord


@pytest.fixture
async def loopback() -> AsyncIterator[LoopbackDiscord]:
    """An open Discord with nobody in it."""
    async with LoopbackDiscord() as loopback:
        yield loopback


@pytest.fixture
def rerouted(loopback: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch) -> LoopbackDiscord:
    """The same, and discord.py in this process takes it for the real one."""
    gateway = yarl.URL(loopback.url.replace("http", "ws") + "/gw/")
    monkeypatch.setattr("discord.http.Route.BASE", loopback.url + "/api/v10")
    monkeypatch.setattr("discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY", gateway)
    monkeypatch.setattr("discord.asset.Asset.BASE", loopback.url)
    return loopback
