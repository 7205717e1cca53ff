"""Choosing a line on Discord: the button, the select, after a restart, in replies."""

from __future__ import annotations

import re
from typing import Any

import discord

from bot.discord.features import FEATURES
from tests.bot.discord.conftest import Synced
from tests.bot.discord.desk import beat
from tests.bot.discord.world import World, answers, text


def lines_of(message: Any) -> list[str]:
    return re.findall(r"^` ?\d+›?` (.*)$", text(message), re.MULTILINE)


def offered(message: Any) -> list[str]:
    """The lines to choose from in a select, as it labels them."""
    return [
        re.sub(r"^\d+  ", "", option["label"])
        for row in message.components
        for part in (row if isinstance(row, dict) else row.to_dict())["components"]
        for option in part.get("options", [])
    ]


async def ask(world: World, draft: discord.Message, line: str = "3") -> discord.Message:
    form = await world.ann.click(draft, label="Options")
    await world.ann.submit_modal(form, {"line": line})
    return world.last()


async def test_the_button_offers_five_and_one_is_chosen(world: World) -> None:
    draft = await world.song()
    options = await ask(world, draft)
    assert options.id != draft.id
    assert "Line 3: which one?" in text(options)
    choices = offered(options)
    assert len(choices) == 5
    assert choices[0] == lines_of(draft)[2]
    await world.ann.select(options, ["2"])
    taken = world.last()
    assert taken.id == options.id, "the draft takes the place of its options"
    assert "version 2" in text(taken)
    assert lines_of(taken) == [*lines_of(draft)[:2], choices[1], lines_of(draft)[3]]
    assert "` 3›`" in text(taken), "the line that has changed is marked"
    assert offered(taken) == choices, "and another can be taken instead"
    await world.ann.select(taken, ["4"])
    assert lines_of(world.last())[2] == choices[3]


async def test_they_work_after_a_restart(world: World) -> None:
    draft = await world.song()
    options = await ask(world, draft)
    await world.env.restart_bot(Synced(world.studio.settings, world.studio, FEATURES))
    await world.ann.select(options, ["3"])
    assert lines_of(world.last())[2] == offered(options)[2]


async def test_none_of_them_leads_to_others(world: World) -> None:
    options = await ask(world, await world.song())
    await world.ann.click(options, label="None of these")
    others = world.last()
    assert others.id != options.id
    assert offered(others)[0] == offered(options)[0]
    assert not set(offered(others)[1:]) & set(offered(options)[1:])


async def test_it_is_said_in_replies_as_well(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, "options for line 2", reply_to=draft)
    first = world.last()
    await world.ann.send(world.channel, "none, sadder", reply_to=first)
    second = world.last()
    assert "Line 2: which one?" in text(second)
    await world.ann.send(world.channel, "take 5", reply_to=second)
    assert lines_of(world.last())[1] == offered(second)[4]


async def test_line_by_line_the_next_comes_once_one_is_chosen(world: World) -> None:
    asked = await world.ann.slash(
        world.channel, "lyrics", beat=beat(), seed="midnight train", lines=3, options=True
    )
    first = world.last()
    assert "Line 1 of 3" in text(first), answers(asked)
    chosen = [offered(first)[1]]
    await world.ann.select(first, ["2"])
    for number in (2, 3):
        options = world.last()
        assert f"Line {number} of 3" in text(options)
        chosen.append(offered(options)[2])
        await world.ann.select(options, ["3"])
    (song,) = [m for m in world.channel.history() if m.id == options.id]
    assert lines_of(song) == chosen


async def test_nobody_else_chooses(world: World) -> None:
    options = await ask(world, await world.song())
    refused = await world.bob.select(options, ["2"])
    assert re.search("somebody else's draft|draft is gone", answers(refused))


async def test_a_line_that_is_not_there_is_refused(world: World) -> None:
    draft = await world.song()
    form = await world.ann.click(draft, label="Options")
    told = await world.ann.submit_modal(form, {"line": "12"})
    assert "no line 12" in answers(told)
    form = await world.ann.click(draft, label="Options")
    told = await world.ann.submit_modal(form, {"line": "1-3"})
    assert "One line at a time" in answers(told)
