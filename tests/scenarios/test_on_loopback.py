"""The scenarios on the loopback Discord, with the same desk as on simcord behind the bot.

What is compared here is the two Discords. The product's own processes, with real weights, play
the same scenarios in `tests/transport/test_product.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yarl
from fakes.discord import LoopbackDiscord
from scenarios import conversation
from scenarios.on_loopback import OnLoopback
from scenarios.people import Beat

from atl_core.settings import Settings
from bot.discord.features import FEATURES
from tests.bot.discord.conftest import Synced
from tests.bot.discord.desk import DeskStudio, beat


@pytest.fixture
async def place(home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OnLoopback]:  # noqa: ARG001
    async with LoopbackDiscord() as loopback:
        gateway = yarl.URL(loopback.url.replace("http", "ws") + "/gw/")
        monkeypatch.setattr("discord.http.Route.BASE", loopback.url + "/api/v10")
        monkeypatch.setattr("discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY", gateway)
        channel = await loopback.channel(await loopback.guild())
        settings = Settings(discord_loopback=loopback.url)
        studio = DeskStudio(settings)
        bot = Synced(settings, studio, FEATURES)
        life = asyncio.create_task(bot.start(loopback.token))
        try:
            await loopback.until(
                lambda: life.done() or (loopback.gateway.connected and bot.is_ready()), "the bot"
            )
            yield OnLoopback(loopback, channel)
            assert loopback.journal.strangers() == []
        finally:
            await bot.close()
            await asyncio.wait({life})
            await studio.close()


async def test_a_beat_in_a_direct_message_is_told_how_to_hand_it_in(place: OnLoopback) -> None:
    ann = place.person("ann")
    await ann.say("midnight train", Beat(*beat()), aside=True)
    await ann.reads("use `/lyrics` and attach it there", aside=True)


async def test_forms_and_answers_are_in_the_language_of_whoever_asks(place: OnLoopback) -> None:
    uwe, zoe = place.person("uwe", locale="de"), place.person("zoe", locale="fr")
    form = await uwe.slash("genre")
    assert form.form == "Welches Genre ist das?"
    judged = await uwe.fill(form, **{"Füge den Songtext ein": "dirt road, my truck and the rain"})
    verdict = await uwe.told(judged, "Sprach für country")
    assert verdict.buttons == ["Bild"]
    await zoe.told(await zoe.slash("lyrics"), "Joins un beat")


async def test_the_conversation_of_the_readme(place: OnLoopback) -> None:
    await conversation.the_whole_conversation(place, Beat(*beat()))
