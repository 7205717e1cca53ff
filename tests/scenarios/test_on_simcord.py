"""The scenarios on simcord; the loopback Discord plays the same ones in `tests/transport`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import simcord

from atl_core.settings import Settings
from bot.discord.features import FEATURES
from tests.bot.discord.conftest import Synced, bugs
from tests.bot.discord.desk import DeskStudio, beat
from tests.scenarios import conversation
from tests.scenarios.on_simcord import OnSimcord
from tests.scenarios.people import Beat


@pytest.fixture
async def studio(home: Path) -> AsyncIterator[DeskStudio]:  # noqa: ARG001
    studio = DeskStudio(Settings())
    yield studio
    await studio.close()


@pytest.fixture
def simcord_bot(studio: DeskStudio) -> discord.Client:
    return Synced(studio.settings, studio, FEATURES)


async def test_the_conversation_of_the_readme(simcord_env: simcord.Env, studio: DeskStudio) -> None:
    studio.inline.env = simcord_env
    await conversation.the_whole_conversation(OnSimcord(simcord_env), Beat(*beat()))
    assert bugs(simcord_env) == []
