"""Whatever people type, upload or store: what goes out is their text, and never more than that."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.errors import BeatError
from atl_core.jobs.job import Job
from bot.clean import clean
from bot.discord.escape import Markdown, error_text, escape, unescape
from bot.discord.progress import embed
from bot.discord.texts import REPLIES, say
from tests.bot.discord.desk import beat
from tests.bot.discord.world import World, draft_id, response_of

HOSTILE: Final = (
    "\x1b]0;OWNED\x07\x9b31m\u202egpj\u2066 **b** __u__ `c` ||s|| [free](https://evil.example) "
    "<@1> <@&2> <#3> <t:1> @everyone @here </lyrics:1> https://evil.example"
)
UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What moves a cursor or turns the reading order."""
READ: Final = re.compile(
    r"(?<!\\)(?:\\\\)*(?:\[free|`c`|\|\|s|\*\*b|__u|<@1|<@&2|<#3|<t:1>|</lyrics:1|@everyone|@here)"
    r"|https?://evil"
)
"""The hostile text where Discord would read it as more than text."""
MARKDOWN_KEYS: Final = ("content", "title", "description", "value")


def strings(payload: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a payload, with the name that it goes by."""
    if isinstance(payload, dict):
        for name, value in payload.items():
            # No Markdown is read in the options of a select and in what describes a file.
            option = name == "description" and not payload.keys().isdisjoint(("label", "filename"))
            yield from strings(value, "plain" if option else name)
    elif isinstance(payload, list):
        for value in payload:
            yield from strings(value, key)
    elif isinstance(payload, str):
        yield key, payload


def check_payload(payload: Any) -> None:
    for key, text in strings(payload):
        if key not in ("custom_id", "id", "token"):
            assert not UNSEEN.search(text), (key, text)
        if key in MARKDOWN_KEYS:
            assert not READ.search(text), (key, text)


@pytest.mark.parametrize("locale", list(REPLIES))
def test_every_text_of_the_bot_with_a_hostile_value_in_it(locale: str) -> None:
    for key, template in REPLIES[locale].items():
        values: dict[str, str | float] = {}
        for _, name, spec, _ in string.Formatter().parse(template):
            if name:
                values[name] = 1.5 if spec else HOSTILE
        said = say(key, locale, **values)
        assert not UNSEEN.search(said), key
        assert not READ.search(said.replace("<@" + escape(HOSTILE) + ">", "")), key


@given(st.text(max_size=60))
def test_what_is_shown_is_what_was_written(text: str) -> None:
    shown = escape(text)
    assert unescape(shown) == clean(text)
    assert escape(shown) is shown, "text is escaped once"
    assert not UNSEEN.search(shown)


@given(st.text(alphabet="\\*_`[]<>@# -ab", max_size=30), st.integers(1, 30))
def test_a_clipped_text_does_not_end_in_half_an_escape(text: str, longest: int) -> None:
    shown = escape(text).clip(longest)
    assert len(shown) <= longest or len(shown) == 1
    bare = shown.removesuffix("…")
    assert (len(bare) - len(bare.rstrip("\\"))) % 2 == 0


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("# loud", "\\# loud"),
        ("-# small", "\\-# small"),
        ("- list", "\\- list"),
        ("> quote", "\\> quote"),
        ("#1 hit", "#1 hit"),
        ("HTTPS://evil.example", "HTTPS\\://evil.example"),
        ("discord://-/channels/1", "discord\\://-/channels/1"),
        ("join discord.gg/evil", "join discord\\.gg/evil"),
        ("DiscordApp.com/invite/evil", "DiscordApp\\.com/invite/evil"),
        ("at 12:30 // at noon", "at 12:30 // at noon"),
        ("a\r\nb", "a\nb"),
        ("lone \ud800", "lone \ufffd"),
    ],
)
def test_what_discord_would_format_is_shown_as_typed(typed: str, shown: str) -> None:
    assert escape(typed) == shown


def test_an_error_may_quote_what_was_typed() -> None:
    quoted = BeatError(f"Links to {HOSTILE} are not followed.", "Ours: **bold**.")
    assert not READ.search(error_text(quoted))
    ours = BeatError(Markdown("Use `/drafts`."), HOSTILE)
    assert error_text(ours).startswith("Use `/drafts`. ")
    assert not READ.search(error_text(ours))


def test_progress_shows_lines_as_they_are() -> None:
    job = Job("job", "discord:1", f"write {HOSTILE}", "running", {}, stage="write", total=2)
    check_payload(embed(replace(job, lines=(HOSTILE,)), "en-US").to_dict())


def check_all(world: World) -> None:
    for request in world.env.http_requests:
        if isinstance(request.json, dict) and "commands" not in request.path:
            check_payload(request.json)


async def test_a_hostile_title_line_tag_and_name_in_every_answer(world: World) -> None:
    ann, channel = world.ann, world.channel
    _, data = beat()
    draft = await world.song(beat=(f"{HOSTILE.replace('/', '')}.wav", data))
    id_, owner = draft_id(draft), world.owner(ann)
    store = world.studio.drafts
    await store.title(id_, owner, HOSTILE[:100])
    await store.tag(id_, owner, "[free](https://evil.example)")
    mention = world.mention
    for said in (
        f'line 1: "{HOSTILE[:150]}"',
        f'line 2: "{HOSTILE[40:]}"',
        "show it", "show syllables", "show the versions", "what changed", "show version 1",
        f'title it "{HOSTILE[30:]}"', "tag it demo", "export as txt", "share it here",
        f'search my drafts for "{HOSTILE[:40]}"', f"rhymes for {HOSTILE[:30]}",
        "open [free](https://evil.example)", f"colourless {HOSTILE}",
        "set the mood to sad", "duplicate it", "my drafts", "delete the draft",
    ):  # fmt: skip
        await ann.send(channel, f"{mention} {said}", reply_to=draft)
    await store.restore(id_, owner)
    for label in ("Syllables", "Export", "Share", "Lock"):
        await ann.click(draft, label=label)
    await ann.slash(channel, "drafts")
    await ann.slash(channel, "drafts", search="**free**")
    opened = await ann.slash(channel, "drafts", draft=id_)
    for label in ("Versions", "Post it here", "Delete"):
        await ann.click(response_of(opened), label=label)
    for choice in await ann.autocomplete(channel, "drafts", "draft", ""):
        assert not UNSEEN.search(choice["name"])
    form = await ann.click(draft, label="Rewrite a line")
    assert form is not None
    await ann.slash(channel, "genre", text=HOSTILE)
    await ann.slash(channel, "rhymes", word=HOSTILE[:50])
    await ann.slash(channel, "listen", beat=beat())
    await ann.slash(channel, "lyrics", link=f"https://{HOSTILE[60:90]}.example/")
    world.studio.inline.trouble = BeatError(f"{HOSTILE} is silent.")
    await ann.slash(channel, "lyrics", beat=beat(), seed="free bird")
    check_all(world)
    assert "evil" in "".join(world.said()), "it was shown all the same"


async def test_a_lyric_that_pings_is_posted_without_a_ping(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, f"line 1: @everyone <@{world.bob.id}>", reply_to=draft)
    shown = world.last()
    assert shown.mentions == []
    assert not shown.mention_everyone
    assert isinstance(shown, discord.Message)
    assert "everyone" in answers_text(shown)


def answers_text(message: discord.Message) -> str:
    return "\n".join(embed.description or "" for embed in message.embeds)
