"""From a draft to a video to rehearse with: by a button, a sentence, a choice among files."""

from __future__ import annotations

from dataclasses import replace

from bot.discord.features import FEATURES
from tests.bot.discord.conftest import Synced
from tests.bot.discord.desk import VIDEO, beat
from tests.bot.discord.world import World, answers, labels, text


async def test_a_button_makes_a_video_of_a_draft(world: World) -> None:
    draft = await world.song()
    await world.ann.click(draft, label="Rehearse")
    video = world.last()
    assert "Rap along" in text(video)
    assert labels(video) == ["Rehearse again"]
    (file,) = video.attachments
    assert file.filename.endswith(".mp4")
    assert await file.read() == VIDEO


async def test_a_web_page_is_chosen_among_the_files(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, "export as html", reply_to=draft)
    (file,) = world.last().attachments
    assert file.filename.endswith(".html")
    assert "works offline" in text(world.last())


async def test_a_beat_that_is_no_longer_kept_is_asked_for(world: World) -> None:
    draft = await world.song()
    world.studio.inline.beats.clear()
    pressed = await world.ann.click(draft, label="Rehearse")
    assert "with the beat attached" in answers(pressed)
    await world.ann.send(world.channel, "rehearse", reply_to=draft, attachments=[beat()])
    assert "Rap along" in text(world.last())


async def test_only_those_who_may_change_a_draft_have_it_rendered(world: World) -> None:
    draft = await world.song()
    pressed = await world.bob.click(draft, label="Rehearse")
    assert "not shared with you" in answers(pressed)
    assert len(world.studio.inline.orders) == 1


async def test_a_video_is_posted_once_whenever_the_bot_dies(world: World) -> None:
    draft = await world.song()
    await world.ann.click(draft, label="Rehearse")
    job = world.studio.inline.table["job-2"]
    world.studio.inline.table["job-2"] = replace(job, message="")
    await world.env.restart_bot(Synced(world.studio.settings, world.studio, FEATURES))
    await world.env.settle()
    assert sum("Rap along" in said for said in world.said()) == 1
    assert world.studio.inline.table["job-2"].message


async def test_the_flow_is_a_picture(world: World) -> None:
    draft = await world.song()
    pressed = await world.ann.click(draft, label="Flow")
    assert "fall on the beat" in answers(pressed) + text(world.last())
