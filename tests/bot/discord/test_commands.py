"""The other commands, the menus, the settings of a server, and the languages."""

from __future__ import annotations

import re
from typing import Any

import discord
import pytest

from atl_core.edits.writing import Write
from atl_core.settings import Settings
from bot.discord.features import FEATURES
from tests.bot.discord.conftest import Synced
from tests.bot.discord.desk import PICTURE, beat
from tests.bot.discord.world import World, answers, draft_id, labels, response_of, text

COUNTRY = "my truck is parked beside the old dirt road\nmomma prayed for rain on Sunday"
PROSE = (
    "The committee met on Tuesday to review the annual budget. After a lengthy discussion the "
    "members agreed that the proposal required further amendment."
)
HIP_HOP = "I got money on my mind, homie\nrolling through the hood with my crew"


async def test_genre_judges_a_text(world: World) -> None:
    asked = await world.ann.slash(world.channel, "genre", text=COUNTRY)
    assert "% country" in answers(asked)
    assert asked.ephemeral


async def test_genre_takes_a_long_paste_in_a_form(world: World) -> None:
    form = await world.ann.slash(world.channel, "genre")
    judged = await world.ann.submit_modal(form, {"text": HIP_HOP})
    assert "hip-hop 9" in answers(judged) or "hip-hop 100" in answers(judged)


async def test_genre_says_when_it_is_neither(world: World) -> None:
    asked = await world.ann.slash(world.channel, "genre", text="the")
    assert "neither" in answers(asked)


async def test_genre_says_what_it_could_be_as_well(world: World) -> None:
    asked = await world.ann.slash(
        world.channel, "genre", text="Dancing under neon lights tonight\nBaby your kiss is electric"
    )
    assert "It could as well be pop: pop " in answers(asked)


async def test_genre_shows_a_song_in_parts_with_a_strip(world: World) -> None:
    song = f"[Verse]\n{HIP_HOP}\n{HIP_HOP}\n\n[Hook]\n{COUNTRY}\n{COUNTRY}"
    asked = await world.ann.slash(world.channel, "genre", text=song)
    assert "🟧🟧🟧🟧 Verse · hip-hop" in answers(asked)
    assert "🟨🟨🟨🟨 Hook · country" in answers(asked)


async def test_genre_says_what_is_no_lyric(world: World) -> None:
    asked = await world.ann.slash(world.channel, "genre", text=PROSE)
    assert "Neither: this is prose, not English lyrics." in answers(asked)


async def test_genre_gives_a_text_without_english_words_no_shares(world: World) -> None:
    spanish = "Esta noche camino por la carretera\ny la luna me sigue despacio"
    asked = await world.ann.slash(world.channel, "genre", text=spanish)
    assert "Neither: this is another language, not English lyrics." in answers(asked)
    assert "%" not in answers(asked)
    drawn = await world.ann.click(response_of(asked), label="Picture")
    (picture,) = response_of(drawn).attachments
    assert "another language" in (picture.description or "")
    assert "%" not in (picture.description or "")


async def test_genre_is_drawn_on_request(world: World) -> None:
    asked = await world.ann.slash(world.channel, "genre", text=COUNTRY)
    drawn = await world.ann.click(response_of(asked), label="Picture")
    assert drawn.ephemeral
    (picture,) = response_of(drawn).attachments
    assert (await picture.read()).startswith(b"\x89PNG\r\n")
    assert "country 100%" in (picture.description or ""), "for whoever does not see it"
    assert "Spoke for country: " in (picture.description or "")
    assert "truck" in (picture.description or "")


async def test_after_a_restart_the_picture_asks_for_the_lyrics_once_more(world: World) -> None:
    asked = await world.ann.slash(world.channel, "genre", text=COUNTRY)
    await world.env.restart_bot(Synced(world.studio.settings, world.studio, FEATURES))
    form = await world.ann.click(response_of(asked), label="Picture")
    drawn = await world.ann.submit_modal(form, {"text": HIP_HOP})
    assert drawn.ephemeral
    (picture,) = response_of(drawn).attachments
    assert (await picture.read()).startswith(b"\x89PNG\r\n")
    assert "homie" in (picture.description or "")


async def test_each_genre_has_the_words_that_spoke_for_it(world: World) -> None:
    asked = await world.ann.slash(world.channel, "genre", text=f"{COUNTRY}\n{HIP_HOP}")
    (embed,) = response_of(asked).embeds
    said = {field.name: field.value or "" for field in embed.fields}
    assert "truck" in said["Spoke for country"]
    assert "homie" in said["Spoke for hip-hop"]


async def test_the_menu_judges_a_message(world: World) -> None:
    message = await world.bob.send(world.channel, COUNTRY)
    asked = await world.ann.context_menu(world.channel, "Which genre is this?", message)
    assert "% country" in answers(asked)
    draft = await world.song()
    judged = await world.ann.context_menu(world.channel, "Which genre is this?", draft)
    assert "hip-hop" in answers(judged), "a card is judged by what is on it"
    assert "`" not in answers(judged), "but not by the numbers of its lines"
    drawn = await world.ann.click(response_of(judged), label="Picture")
    assert len(response_of(drawn).attachments) == 1


async def test_the_menu_judges_a_forwarded_message(world: World) -> None:
    first = await world.bob.send(world.channel, COUNTRY)
    forwarded = await world.bob.forward(first, world.channel)
    asked = await world.ann.context_menu(world.channel, "Which genre is this?", forwarded)
    assert "100% country" in answers(asked)
    assert "**truck**" in answers(asked)


async def test_the_menu_writes_to_the_beat_of_a_message(world: World) -> None:
    message = await world.bob.send(world.channel, "my new beat", attachments=[beat()])
    form = await world.ann.context_menu(world.channel, "Write lyrics for this beat", message)
    await world.ann.submit_modal(form, {"seed": "river", "genre": "rap", "lines": "3"})
    draft = await world.studio.drafts.get(draft_id(world.last()), world.owner(world.ann))
    assert (draft.title, draft.brief.genre, len(draft.lines)) == ("River", "hip-hop", 3)
    assert draft.beat_name == "loop.wav"


async def test_the_menu_follows_a_link_in_a_message(world: World) -> None:
    message = await world.bob.send(world.channel, "try <https://youtu.be/dQw4w9WgXcQ> maybe")
    form = await world.ann.context_menu(world.channel, "Write lyrics for this beat", message)
    await world.ann.submit_modal(form, {"lines": "2"})
    (order,) = world.studio.inline.orders.values()
    assert isinstance(order.request, Write)
    assert str(order.request.beat).endswith("dQw4w9WgXcQ")


async def test_the_menu_finds_the_beat_in_a_forwarded_message(world: World) -> None:
    first = await world.bob.send(world.channel, "my new beat", attachments=[beat()])
    forwarded = await world.bob.forward(first, world.channel)
    form = await world.ann.context_menu(world.channel, "Write lyrics for this beat", forwarded)
    await world.ann.submit_modal(form, {"lines": "2"})
    draft = await world.studio.drafts.get(draft_id(world.last()), world.owner(world.ann))
    assert draft.beat_name == "loop.wav"


@pytest.mark.parametrize(
    ("filled", "told"),
    [({"lines": "x"}, "whole number"), ({"genre": "polka"}, "not a genre that I write")],
)
async def test_the_menus_form_is_read_with_care(
    world: World, filled: dict[str, str], told: str
) -> None:
    message = await world.bob.send(world.channel, "my new beat", attachments=[beat()])
    form = await world.ann.context_menu(world.channel, "Write lyrics for this beat", message)
    assert told in answers(await world.ann.submit_modal(form, filled))


async def test_the_menu_on_a_message_without_a_beat_says_so(world: World) -> None:
    message = await world.bob.send(world.channel, "no beat here")
    asked = await world.ann.context_menu(world.channel, "Write lyrics for this beat", message)
    assert "no audio file and no YouTube link" in answers(asked)


async def test_rhymes(world: World) -> None:
    asked = await world.ann.slash(world.channel, "rhymes", word="train")
    assert "rain" in answers(asked)
    nothing = await world.ann.slash(world.channel, "rhymes", word="**")
    assert "no rhyme" in answers(nothing)


async def test_listen_shows_the_picture_and_what_is_heard(world: World) -> None:
    await world.ann.slash(world.channel, "listen", beat=beat())
    heard = world.last()
    assert "What I hear in loop.wav" in text(heard)
    for told in ("96 BPM", "G major", "16 bars · 0:40", "sad, low energy", "country"):
        assert told in text(heard)
    (picture,) = heard.attachments
    assert await picture.read() == PICTURE
    assert picture.description == "The sound of the beat over time: 96 BPM, G major, 16 bars."
    await world.ann.send(world.channel, f"{world.mention} continue", reply_to=heard)
    assert "Reply to one of my drafts" in text(world.last())


async def test_status_says_how_things_are(world: World) -> None:
    await world.song()
    asked = await world.ann.slash(world.channel, "status")
    assert "0 waiting · 0 being made" in answers(asked)
    assert "1 worker" in answers(asked)
    assert "about 35 s" in answers(asked), "eight lines"
    assert re.search(r"on · yt-dlp \d+\.\d+", answers(asked))
    assert " ms" in answers(asked), "how quick the answers are"
    assert "nothing" in answers(asked)
    assert "studio-7" not in answers(asked), "where it runs is for operators"


async def test_status_says_that_nobody_is_at_work(world: World) -> None:
    world.studio.inline.workers = []
    panel = await world.meg.slash(world.channel, "settings")
    await world.meg.click(response_of(panel), label="Links: on")
    asked = await world.ann.slash(world.channel, "status")
    assert "waits until a worker is started" in answers(asked)
    assert "yt-dlp" not in answers(asked), "links are off here"


async def test_help_shows_a_real_example(world: World) -> None:
    asked = await world.ann.slash(world.channel, "help")
    assert "And the country boy comes back to me" in answers(asked)
    assert "rewrite line 3" in answers(asked)


# The managers' settings


async def test_only_managers_change_the_settings(world: World) -> None:
    panel = await world.meg.slash(world.channel, "settings")
    assert labels(panel.response) == ["Links: on", "Explicit: off"]
    assert "settings" not in world.ann.available_commands(world.channel)


async def test_links_can_be_switched_off(world: World) -> None:
    panel = await world.meg.slash(world.channel, "settings")
    await world.meg.click(response_of(panel), label="Links: on")
    assert labels(panel.response)[0] == "Links: off"
    link = "https://youtu.be/dQw4w9WgXcQ"
    asked = await world.ann.slash(world.channel, "lyrics", link=link)
    assert "Links are switched off in this server" in answers(asked)
    await world.ann.user.slash("lyrics", link=link, lines=1)
    assert "Continue" in labels(world.last(world.ann.user.dm_channel)), "not in direct messages"


async def test_two_managers_change_the_settings_at_once(world: World) -> None:
    first = await world.meg.slash(world.channel, "settings")
    second = await world.meg.slash(world.channel, "settings")
    await world.meg.click(response_of(first), label="Links: on")
    await world.meg.click(response_of(second), label="Links: on")
    assert labels(second.response)[0] == "Links: off", "both wanted them off"
    await world.meg.select(response_of(first), ["1"], custom_id="atl=cap")
    await world.meg.click(response_of(second), label="Explicit: off")
    servers = await world.bot.servers()
    kept = await servers.get(world.guild.id)
    assert (kept.links, kept.explicit, kept.cap) == (False, True, 1)


async def test_the_bot_keeps_to_the_channels_that_were_chosen(world: World) -> None:
    studio_room = world.guild.create_text_channel("studio")
    panel = await world.meg.slash(world.channel, "settings")
    await world.meg.select(response_of(panel), [studio_room], custom_id="atl=channels")
    asked = await world.ann.slash(world.channel, "lyrics", beat=beat())
    assert f"keep to <#{studio_room.id}>" in answers(asked)
    assert not world.studio.inline.orders
    await world.song(channel=studio_room)
    assert "Continue" in labels(world.last(studio_room))
    await world.meg.click(response_of(panel), label="All channels")
    await world.song()
    assert "Continue" in labels(world.last())


async def test_a_chosen_channel_that_is_deleted_locks_nobody_out(world: World) -> None:
    studio_room = world.guild.create_text_channel("studio")
    panel = await world.meg.slash(world.channel, "settings")
    await world.meg.select(response_of(panel), [studio_room], custom_id="atl=channels")
    room = world.env.bot.get_channel(studio_room.id)
    assert isinstance(room, discord.TextChannel)
    await room.delete()
    await world.env.settle()
    again = await world.meg.slash(world.channel, "settings")
    assert str(studio_room.id) not in str(response_of(again).components), "Discord would refuse it"
    await world.meg.click(response_of(again), label="All channels")
    await world.song()
    assert "Continue" in labels(world.last())


async def test_one_person_may_have_so_much_in_the_making(world: World) -> None:
    panel = await world.meg.slash(world.channel, "settings")
    await world.meg.select(response_of(panel), ["1"], custom_id="atl=cap")
    world.studio.inline.go.clear()
    await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=1)
    refused = await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=1)
    assert "You have 1 in the making in this server already" in answers(refused)
    await world.bob.slash(world.channel, "lyrics", beat=beat(), lines=1)
    world.studio.inline.go.set()
    await world.env.settle()
    assert len(world.said()) == 2


async def test_settings_are_forgotten_when_the_bot_is_sent_away(world: World) -> None:
    panel = await world.meg.slash(world.channel, "settings")
    await world.meg.click(response_of(panel), label="Links: on")
    guild = world.bot.get_guild(world.guild.id)
    assert guild is not None
    await world.bot.on_guild_remove(guild)
    servers = await world.bot.servers()
    assert (await servers.get(world.guild.id)).links


# Explicit words


@pytest.fixture
def restricted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every channel is marked as age-restricted; simcord knows none that is."""
    monkeypatch.setattr(discord.TextChannel, "is_nsfw", lambda _: True)


async def ask_for_explicit(world: World) -> Any:
    return await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2, explicit=True)


async def test_explicit_words_need_an_age_restricted_channel(world: World) -> None:
    assert "age-restricted" in answers(await ask_for_explicit(world))
    assert not world.studio.inline.orders


@pytest.mark.usefixtures("restricted")
async def test_and_the_managers_leave(world: World) -> None:
    assert "Its managers can allow them in `/settings`" in answers(await ask_for_explicit(world))
    panel = await world.meg.slash(world.channel, "settings")
    await world.meg.click(response_of(panel), label="Explicit: off")
    await ask_for_explicit(world)
    draft = await world.studio.drafts.get(draft_id(world.last()), world.owner(world.ann))
    assert draft.brief.explicit


@pytest.mark.usefixtures("restricted")
async def test_and_the_operators(world: World) -> None:
    world.bot.settings = Settings(explicit=False)
    assert "switched off here" in answers(await ask_for_explicit(world))
    panel = await world.meg.slash(world.channel, "settings")
    assert "off (by whoever runs this bot)" in answers(panel)


async def test_an_explicit_draft_is_not_shown_to_everybody_elsewhere(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as restricted:
        restricted.setattr(discord.TextChannel, "is_nsfw", lambda _: True)
        panel = await world.meg.slash(world.channel, "settings")
        await world.meg.click(response_of(panel), label="Explicit: off")
        await ask_for_explicit(world)
    draft = world.last()
    for label in ("Continue", "Undo", "Share"):
        pressed = await world.ann.click(draft, label=label)
        assert "can only be posted in an age-restricted channel" in answers(pressed), label
    opened = await world.ann.slash(world.channel, "drafts", draft=draft_id(draft))
    assert opened.ephemeral
    posted = await world.ann.click(response_of(opened), label="Post it here")
    assert "can only be posted" in answers(posted)
