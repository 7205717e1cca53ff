"""The scenarios on the loopback Discord, with the same desk as on simcord behind the bot.

What is compared here is the two Discords. The product's own processes, with real weights, play
the same scenarios in `tests/transport/test_product.py`.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import soundfile
import yarl

from atl_core.settings import Settings
from bot.discord.features import FEATURES
from tests.bot.discord.conftest import Synced
from tests.bot.discord.desk import DeskStudio, beat
from tests.fakes.discord import File, LoopbackDiscord, Message, Person
from tests.scenarios import conversation
from tests.scenarios.on_loopback import OnLoopback
from tests.scenarios.people import Beat
from tests.songs import drum_loop


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


async def written_to(who: Person, offered: Message, key: str) -> Message:
    """The draft for a beat that was offered, once it is chosen and the form is sent."""
    form = await who.answered(await who.choose(offered, key))
    sent = await who.fill(form, lines="2")
    return await who.reads(offered.channel, r"version 1\b") if sent else offered


def recorded() -> bytes:
    """A second of Opus in Ogg, as Discord's clients record."""
    written = io.BytesIO()
    soundfile.write(written, drum_loop(1), 24_000, format="OGG", subtype="OPUS")
    return written.getvalue()


async def test_a_beat_with_words_in_a_direct_message_is_chosen_and_written_to(
    place: OnLoopback,
) -> None:
    ann = place.person("ann")
    said = await ann.say("midnight train", Beat(*beat()), aside=True)
    offered = await ann.reads("choose it below", aside=True)
    await written_to(ann.client, offered.handle, str(said.handle.attachments[0].id))


async def test_a_link_that_is_not_followed_is_not_offered(place: OnLoopback) -> None:
    ann = place.person("ann")
    await ann.say("https://example.com/song.mp3", aside=True)
    told = await ann.reads("press long on a message", aside=True)
    assert told.handle.components == []


async def test_a_voice_message_in_a_direct_message_is_a_beat(place: OnLoopback) -> None:
    ann = place.person("ann").client
    spoken = await ann.speak(ann.direct, recorded(), 1.0)
    offered = await ann.reads(ann.direct, "choose it below")
    draft = await written_to(ann, offered, str(spoken.attachments[0].id))
    assert "Voice-message" in draft.text


async def test_a_beat_forwarded_into_a_direct_message_is_a_beat(place: OnLoopback) -> None:
    ann, bob = place.person("ann").client, place.person("bob").client
    posted = await bob.say(place.channel, "my new beat", File(*beat()))
    await ann.forward(posted, ann.direct)
    offered = await ann.reads(ann.direct, "choose it below")
    await written_to(ann, offered, str(posted.attachments[0].id))


@pytest.mark.parametrize("way", ["voice message", "forwarded"])
async def test_where_the_bot_is_no_member_the_menu_writes_for_the_asker_alone(
    place: OnLoopback, way: str
) -> None:
    elsewhere = await place.discord.channel(await place.discord.guild("Elsewhere", present=False))
    assert elsewhere.guild is not None
    ann, bob = (place.discord.person(name, elsewhere.guild) for name in ("ann", "bob"))
    if way == "forwarded":
        first = await bob.say(elsewhere, "my new beat", File(*beat()))
        message = await bob.forward(first, elsewhere)
    else:
        message = await bob.speak(elsewhere, recorded(), 1.0)
    form = await ann.answered(await ann.menu(message, "Write lyrics for this beat"))
    sent = await ann.fill(form, lines="2")
    draft = await ann.reads(sent, r"version 1\b")
    assert draft.ephemeral
    assert [m for m in elsewhere.seen() if m.author is place.discord.bot] == []


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
