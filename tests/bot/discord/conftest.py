"""A server with the bot in it, on simcord: no network, no token, and discord.py as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import discord
import pytest

from atl_core.errors import UserError
from atl_core.settings import Settings
from bot.discord.client import Client
from bot.discord.features import FEATURES
from tests.bot.discord.desk import DeskStudio
from tests.bot.discord.world import World


class Synced(Client):
    """The bot after `atl bot sync`."""

    async def setup_hook(self) -> None:
        await super().setup_hook()
        await self.tree.sync()


@pytest.fixture
def settings(with_databases: Any) -> Settings:  # noqa: ARG001
    return Settings(explicit=True)


@pytest.fixture
async def studio(settings: Settings) -> AsyncIterator[DeskStudio]:
    studio = DeskStudio(settings)
    yield studio
    await studio.close()


@pytest.fixture
def simcord_bot(settings: Settings, studio: DeskStudio) -> discord.Client:
    return Synced(settings, studio, FEATURES)


@pytest.fixture
def world(simcord_env: Any, studio: DeskStudio) -> Iterator[World]:
    studio.inline.env = simcord_env
    yield World(simcord_env, studio)
    assert bugs(simcord_env) == []


def bugs(env: Any) -> list[BaseException]:
    """What the error handler of the commands was given, beside what it tells the writer."""
    causes = [getattr(error, "original", error) for error in env.errors]
    return [cause for cause in causes if not isinstance(cause, UserError | discord.HTTPException)]
