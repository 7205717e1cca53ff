"""Nothing is lost and nothing is said twice, whatever happens to tokens, messages and the bot."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import discord
import pytest

from atl_core.jobs.job import Job
from bot.discord.escape import Markdown
from bot.discord.features import FEATURES
from bot.discord.limits import nonce
from bot.discord.progress import PAUSE, Progress, duration, embed
from tests.bot.discord.conftest import Synced
from tests.bot.discord.desk import beat
from tests.bot.discord.world import World, answers, labels, text


async def restart(world: World) -> None:
    await world.env.restart_bot(Synced(world.studio.settings, world.studio, FEATURES))
    await world.env.settle()


async def forget_delivery(world: World, job_id: str = "job-1") -> None:
    """As if the bot had died between finishing a job and noting its message."""
    job = world.studio.inline.table[job_id]
    world.studio.inline.table[job_id] = replace(job, message="")


async def test_a_draft_is_posted_though_the_token_is_long_void(world: World) -> None:
    world.studio.inline.go.clear()
    asked = await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2)
    await world.env.advance_time(20 * 60)
    world.studio.inline.go.set()
    await world.env.settle()
    assert "Continue" in labels(world.last())
    assert "You are next" in answers(asked), "nobody could change that any more"
    assert len(world.said()) == 1


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 10015), (404, 10008)])
async def test_however_discord_says_that_a_token_is_over(
    world: World, status: int, code: int
) -> None:
    world.env.inject_error("PATCH", "/webhooks/*", status=status, code=code, times=None)
    await world.song()
    assert "Continue" in labels(world.last())
    assert len(world.said()) == 1


async def test_a_progress_edit_that_fails_fails_nothing_else(world: World) -> None:
    world.env.inject_error("PATCH", "/webhooks/*", status=400, code=50035, times=None)
    await world.song()
    assert "Continue" in labels(world.last())
    assert (await world.studio.queue.undelivered()) == []


async def test_a_failure_is_told_in_the_channel_when_its_token_is_void(world: World) -> None:
    world.studio.inline.go.clear()
    await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2)
    await world.env.advance_time(20 * 60)
    world.studio.inline.trouble = None
    world.studio.inline.table["job-1"] = replace(
        world.studio.inline.table["job-1"], state="failed", problem="The beat is silent."
    )
    world.studio.inline.go.set()
    await world.env.settle()
    assert f"<@{world.ann.id}> asked for “write 2 lines”" in text(world.last())
    assert "The beat is silent." in text(world.last())


async def test_what_was_finished_while_the_bot_was_away_is_posted_when_it_is_back(
    world: World,
) -> None:
    world.studio.inline.go.clear()
    await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2)
    world.studio.inline.go.set()
    await restart(world)
    assert len(world.said()) == 1
    assert "Continue" in labels(world.last())
    assert (await world.studio.queue.undelivered()) == []


async def test_a_draft_that_was_posted_and_not_noted_is_not_posted_again(world: World) -> None:
    draft = await world.song()
    await forget_delivery(world)
    await restart(world)
    assert len(world.said()) == 1
    assert world.studio.inline.table["job-1"].message == str(draft.id)


async def test_a_draft_is_found_again_below_all_that_was_said_since(world: World) -> None:
    draft = await world.song()
    for number in range(40):
        await world.bob.send(world.channel, f"talk {number}")
    await forget_delivery(world)
    await restart(world)
    assert len(world.said()) == 1
    assert world.studio.inline.table["job-1"].message == str(draft.id)


async def test_a_draft_that_was_not_posted_is_posted_once(world: World) -> None:
    draft = await world.song()
    channel = world.bot.get_partial_messageable(world.channel.id)
    await channel.get_partial_message(draft.id).delete()
    await forget_delivery(world)
    await restart(world)
    await restart(world)
    assert len(world.said()) == 1


async def test_a_draft_is_posted_later_when_discord_is_down_for_a_while(world: World) -> None:
    path = f"/channels/{world.channel.id}/messages"
    world.env.inject_error("POST", path, status=503, times=1)
    await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2)
    assert world.said() == []
    await world.env.advance_time(61)
    assert len(world.said()) == 1


async def test_a_draft_that_was_deleted_meanwhile_is_not_posted(world: World) -> None:
    await world.song()
    await forget_delivery(world)
    await world.studio.forget_me(world.owner(world.ann))
    await restart(world)
    assert len(world.said()) == 1
    assert (await world.studio.queue.undelivered()) == []


async def test_jobs_of_another_application_are_left_alone(world: World) -> None:
    await world.song()
    job = world.studio.inline.table["job-1"]
    world.studio.inline.table["job-1"] = replace(
        job, message="", address={**job.address, "application": "1"}
    )
    await restart(world)
    assert len(world.said()) == 1
    assert world.studio.inline.table["job-1"].message == ""


@pytest.mark.parametrize(("status", "code"), [(400, 50083), (403, 160005), (404, 10003)])
async def test_a_thread_that_was_archived_locked_or_deleted_loses_no_draft(
    world: World, status: int, code: int
) -> None:
    thread = await world.thread()
    world.studio.inline.go.clear()
    asked = await world.ann.slash(thread, "lyrics", beat=beat(), lines=2)
    path = f"/channels/{thread.id}/messages"
    world.env.inject_error("POST", path, status=status, code=code)
    world.studio.inline.go.set()
    await world.env.settle()
    assert "Continue" in labels(world.last(world.ann.user.dm_channel))
    assert "direct messages" in answers(asked)
    assert (await world.studio.queue.undelivered()) == []


async def test_a_second_bot_with_the_same_token_is_noted_and_answers_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.env.inject_error("POST", "/interactions/*", status=400, code=40060)
    with caplog.at_level(logging.WARNING, "bot.discord"):
        await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2)
    assert "a second bot running with the same token" in caplog.text
    assert "Bug" not in caplog.text
    assert not world.studio.inline.orders


# Progress


async def test_that_no_worker_is_there_is_said_at_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.studio.inline.workers = []
    world.studio.inline.go.clear()
    with caplog.at_level(logging.WARNING, "bot.discord"):
        asked = await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2)
    assert "Nobody is at work just now" in answers(asked)
    assert "no worker is running" in caplog.text
    world.studio.inline.go.set()
    await world.env.settle()
    assert "Done" in answers(asked)


def a_job(**changes: object) -> Job:
    return replace(Job("job", "discord:1", "write 4 lines", "running", {}), **changes)  # type: ignore[arg-type]


def test_what_is_shown_while_a_song_is_made() -> None:
    shown = embed(a_job(stage="write", lines=("one", "two *stars*"), total=4), "en-US")
    assert "Writing line 3 of 4" in text_of(shown)
    assert "` 1` one" in text_of(shown)
    assert r"two \*stars\*" in text_of(shown)
    waiting = embed(a_job(state="queued", position=3, wait_seconds=130), "en-US")
    assert "3 ahead of you" in text_of(waiting)
    assert "About 3 min" in text_of(waiting)
    assert "Ich höre den Beat an" in text_of(embed(a_job(stage="listen"), "de"))


def text_of(shown: discord.Embed) -> str:
    return f"{shown.title}\n{shown.description}"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.3, "5 s"), (12, "15 s"), (54, "55 s"), (61, "2 min")]
)
def test_how_long_is_said_roughly(seconds: float, said: str) -> None:
    assert duration(seconds, "en-US") == said


class Screen(Progress):
    """A progress message that notes what it shows and when."""

    def __init__(self, job: Job, *, broken: bool = False) -> None:
        super().__init__(None, job)  # type: ignore[arg-type]
        self.edits: list[tuple[float, str]] = []
        self.broken = broken
        self.twice = asyncio.Event()

    async def _edit(self, **changes: object) -> bool:
        shown = changes.get("embed")
        said = text_of(shown) if isinstance(shown, discord.Embed) else str(changes["content"])
        self.edits.append((asyncio.get_running_loop().time(), said))
        if len(self.edits) == 2:
            self.twice.set()
        return not self.broken


async def test_at_most_an_edit_in_two_seconds_and_the_last_one_wins() -> None:
    screen = Screen(a_job())
    for count in range(50):
        lines = tuple(f"line {n}" for n in range(count))
        screen.show(a_job(stage="write", lines=lines, total=50))
        await asyncio.sleep(0)
    await screen.twice.wait()
    (first, _), (second, said) = screen.edits
    assert second - first >= PAUSE - 0.05
    assert "Writing line 50 of 50" in said
    screen.show(a_job(stage="write", lines=tuple(f"line {n}" for n in range(49)), total=50))
    assert await screen.end(Markdown("done"))
    assert [said for _, said in screen.edits][2:] == ["done"], "no edit for what is the same"


# Ids


def test_a_nonce_is_short_and_always_the_same() -> None:
    assert nonce("job-1") == "job-1"
    long = "0b9f4c1e-8a57-4b53-9f4e-5d4ce4a1cb21"
    assert nonce(long) == nonce(long)
    assert len(nonce(long)) <= 25


async def test_acknowledgements_are_timed(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bot.discord"):
        await world.song()
    assert "Acknowledged /lyrics in" in caplog.text


def test_lines_that_fill_gaps_have_the_numbers_of_their_places() -> None:
    shown = embed(a_job(stage="write", lines=("one",), total=2, places=((3, ""), (6, ""))), "en-US")
    assert "Writing line 2 of 2" in text_of(shown)
    assert "` 3` one" in text_of(shown)


def test_a_whole_song_is_shown_section_by_section() -> None:
    job = Job(
        "1", "ann", "a song", "running", {}, stage="write", total=6, lines=("one", "two", "three"),
        places=((1, "verse 1"), (2, "verse 1"), (3, "hook"), (4, "hook")),
    )  # fmt: skip
    shown = str(embed(job, "en").description)
    assert shown.index("Verse 1") < shown.index("one") < shown.index("Hook") < shown.index("three")
