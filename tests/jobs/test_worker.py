"""What becomes of an order: performed, resumed, taken back, set aside. Every worker is a process
of its own, and every death a real one.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal

import psutil
import pytest

from atl_core.edits.choices import Options
from atl_core.edits.export import Rehearse
from atl_core.edits.wish import Wish
from atl_core.edits.writing import Write
from atl_core.errors import JobError
from atl_core.jobs.job import Job, JobRequest

from .workshop import Workshop, lines_of, parroted

STAGES = ("fetch", "listen", "write", "judge", "save")
KILLS = 5
"""`benchmarks/jobs_kills.py` does fifty."""


async def test_an_order_becomes_a_draft_and_its_lines_are_seen_as_they_are_written(
    shop: Workshop,
) -> None:
    shop.start()
    job = await shop.order("slowly", lines=3)
    assert (job.state, job.position, job.total) == ("queued", 0, 3)
    shop.let(1)
    seen = await shop.at(job, "write", lines=1)
    assert list(seen.lines) == parroted("slowly", 3)[:1]
    shop.let(2, 3)
    done = await shop.finished(job)
    assert done.state == "done"
    assert list(done.lines) == parroted("slowly", 3)
    (draft,) = await shop.drafts()
    assert (draft.id, draft.revision) == (done.draft_id, done.revision)
    assert lines_of(draft) == parroted("slowly", 3)
    assert set(draft.seconds) == {"listen", "write", "judge"}


async def test_lines_that_fill_gaps_are_known_by_their_places(shop: Workshop) -> None:
    text = "I left my home in the pouring rain\n...\nNothing was left of the midnight train\n..."
    asked = JobRequest(Write("", Wish.parse(seed_words="gaps"), text), "ann", "gaps")
    job = await shop.studio.queue.submit(asked)
    assert job.places == ()
    shop.start()
    done = await shop.finished(job)
    assert done.places == ((2, ""), (4, ""))
    (draft,) = await shop.drafts()
    assert [draft.lines[number - 1].text for number, _ in done.places] == list(done.lines)


async def test_a_draft_is_rehearsed_with_the_beat_that_is_still_kept(shop: Workshop) -> None:
    shop.start()
    draft_id = (await shop.finished(await shop.order("rain"))).draft_id
    draft = await shop.studio.drafts.get(draft_id, "ann")
    queue = shop.studio.queue
    beat = await queue.kept_beat(draft.listening.sha256, "loop.wav")
    assert beat is not None
    assert await queue.kept_beat("0" * 64, "gone.wav") is None
    shop.hold("render")
    job = await queue.submit(JobRequest(Rehearse(beat), "ann", "rehearsal", draft_id))
    seen = await shop.at(job, "render")
    await shop.until(lambda: shop.began("render"))
    assert (await queue.job(job.id, owner="ann")).total == 50
    assert await queue.made(job.id, owner="ann") is None
    shop.go_on("render")
    done = await shop.finished(seen)
    assert (done.state, done.draft_id, done.revision) == ("done", draft_id, draft.revision)
    made = await queue.made(job.id, owner="ann")
    assert made == (f"{draft_id}.mp4", b"a film of " + await queue.beat_bytes(beat))
    with pytest.raises(JobError):
        await queue.made(job.id, owner="bob")


async def test_a_rehearsal_that_is_cancelled_makes_nothing(shop: Workshop) -> None:
    shop.start()
    draft_id = (await shop.finished(await shop.order("rain"))).draft_id
    draft = await shop.studio.drafts.get(draft_id, "ann")
    queue = shop.studio.queue
    beat = await queue.kept_beat(draft.listening.sha256, "loop.wav")
    assert beat is not None
    shop.hold("render")
    job = await queue.submit(JobRequest(Rehearse(beat), "ann", "rehearsal", draft_id))
    await shop.until(lambda: shop.began("render"))
    await queue.cancel(job.id, owner="ann")
    assert (await shop.finished(job)).state == "cancelled"
    assert await queue.made(job.id, owner="ann") is None


async def test_a_beat_is_heard_with_its_picture(shop: Workshop) -> None:
    shop.start()
    done = await shop.finished(await shop.order("rain", listen=True))
    assert (done.state, done.draft_id) == ("done", "")
    listening, picture = await shop.studio.queue.heard(done.id, owner="ann")
    assert (listening.tempo, picture) == (96.0, b"a picture")


@pytest.mark.parametrize("stage", STAGES)
async def test_a_worker_killed_in_any_stage_repeats_none_that_was_finished(
    shop: Workshop, stage: str
) -> None:
    first = shop.start()
    if stage != "write":
        shop.hold(stage)
    job = await shop.order("slowly", link="https://youtu.be/x", lines=2)
    shop.let(1, *([2] if stage != "write" else []))
    await shop.at(job, stage, lines=1 if stage == "write" else 0)
    if stage != "write":
        await shop.until(lambda: shop.began(stage))
    first.kill()
    shop.let(2)
    shop.go_on(stage)
    shop.start()
    done = await shop.finished(job)
    assert done.state == "done"
    assert list(done.lines) == parroted("slowly", 2)
    (draft,) = await shop.drafts()
    assert lines_of(draft) == parroted("slowly", 2)
    told = {name: shop.began(name) for name in STAGES if name != "write"}
    assert told == {name: 2 if name == stage else 1 for name in told}


async def test_random_kills_under_twenty_queued_jobs_lose_and_double_nothing(
    shop: Workshop,
) -> None:
    chance = random.Random(8)
    people = [f"writer {number}" for number in range(20)]
    jobs = [await shop.order("river", owner=person, lines=4) for person in people]
    everything = asyncio.create_task(shop.all_finished(jobs))
    lines = 0

    def enough_or_over() -> bool:
        return shop.began("line") >= lines or everything.done()

    kills = 0
    while not everything.done():
        worker = shop.start(STAND_IN_LINE_SECONDS="0.2", ATL_JOBS_AT_ONCE="3")
        ready = asyncio.create_task(shop.until(worker.is_ready))
        await asyncio.wait({ready, everything}, return_when=asyncio.FIRST_COMPLETED)
        if kills < KILLS:
            lines = shop.began("line") + chance.randint(0, 8)
            await shop.until(enough_or_over)
            worker.kill()
            kills += 1
        else:
            await everything
    assert kills == KILLS
    for person, done in zip(people, await everything, strict=True):
        assert (done.problem, list(done.lines)) == ("", parroted("river", 4))
        (draft,) = await shop.drafts(person)
        assert (draft.id, lines_of(draft)) == (done.draft_id, parroted("river", 4))


async def test_the_same_order_twice_is_one_job(shop: Workshop) -> None:
    shop.start()
    twice = await asyncio.gather(*(shop.order("train", key="a double click") for _ in range(5)))
    assert len({job.id for job in twice}) == 1
    done = await shop.finished(twice[0])
    late = await shop.order("train", key="a double click")
    assert (late.id, late.state) == (done.id, "done")
    assert len(await shop.drafts()) == 1


async def test_a_job_is_taken_back_in_any_stage_and_the_worker_goes_on(shop: Workshop) -> None:
    worker = shop.start(ATL_JOBS_AT_ONCE="1")
    cancelled = []
    for stage in ("fetch", "listen", "write", "judge"):
        # In writing, the first line is waited for, and nobody lets it come.
        shop.hold(stage)
        shop.let(*((1, 2) if stage == "judge" else ()))
        link = f"https://youtu.be/{stage}"
        job = await shop.order("slowly", key=stage, link=link)
        await shop.at(job, stage)
        waiting = await shop.order(f"after {stage}", owner="bob")
        taken = await shop.studio.queue.cancel(job.id, owner="ann")
        assert taken.state == "cancelled"
        cancelled.append(job.id)
        shop.go_on(stage)
        assert (await shop.finished(waiting)).state == "done"
        assert (await shop.studio.queue.job(job.id, owner="ann")).state == "cancelled"
    assert await shop.drafts() == []
    await shop.until(lambda: worker.log.read_text().count("job stopped") == len(cancelled))
    worker.stop()
    log = [json.loads(row) for row in worker.log.read_text().splitlines()]
    assert [row["job"] for row in log if row["message"] == "job stopped"] == cancelled
    assert {row["level"] for row in log} <= {"info", "warning"}, "nothing is wrong with that"
    assert not any("traceback" in row for row in log)


async def test_a_job_that_waits_is_taken_back_before_it_begins(shop: Workshop) -> None:
    job = await shop.order("train")
    assert (await shop.studio.queue.cancel(job.id, owner="ann")).state == "cancelled"
    shop.start()
    assert (await shop.finished(await shop.order("other"))).state == "done"
    assert shop.began("listen") == 1
    assert len(await shop.drafts()) == 1


async def test_what_is_being_saved_or_is_done_is_not_taken_back(shop: Workshop) -> None:
    shop.start()
    shop.hold("save")
    job = await shop.order("train")
    await shop.at(job, "save")
    assert (await shop.studio.queue.cancel(job.id, owner="ann")).state == "running"
    shop.go_on("save")
    assert (await shop.finished(job)).state == "done"
    assert (await shop.studio.queue.cancel(job.id, owner="ann")).state == "done"


async def test_nobody_takes_back_what_is_not_theirs_but_a_moderator(shop: Workshop) -> None:
    job = await shop.order("train")
    with pytest.raises(JobError):
        await shop.studio.queue.cancel(job.id, owner="bob")
    assert (await shop.studio.queue.cancel(job.id, owner="")).state == "cancelled"


async def test_a_writer_with_many_orders_does_not_hold_up_the_others(shop: Workshop) -> None:
    many = [await shop.order(f"ann {n}") for n in range(3)]
    one = await shop.order("bob", owner="bob")
    assert [job.id for job in await shop.studio.queue.jobs()] == [
        many[0].id, one.id, many[1].id, many[2].id
    ]  # fmt: skip
    shop.start(ATL_JOBS_AT_ONCE="1")
    await shop.all_finished([*many, one])
    drafts = [*await shop.drafts("ann"), *await shop.drafts("bob")]
    written = sorted(drafts, key=lambda draft: draft.created)
    assert [draft.brief.seed_words[0] for draft in written] == ["ann", "bob", "ann", "ann"]


async def test_a_job_that_kills_its_workers_is_set_aside_and_the_others_are_served(
    shop: Workshop,
) -> None:
    poison = await shop.order("poison", owner="eve")
    others = [await shop.order(f"song {n}", owner=f"writer {n}", lines=3) for n in range(4)]
    everything = asyncio.create_task(shop.all_finished([poison, *others]))
    deaths = 0
    while not everything.done():
        worker = shop.start()
        while worker.alive and not everything.done():
            await asyncio.wait({everything}, timeout=0.05)
        deaths += not worker.alive
    told, *rest = await everything
    assert told.state == "failed"
    assert "stopped the writer three times" in told.problem
    assert deaths == 3
    assert [job.state for job in rest] == ["done"] * 4
    assert [len(await shop.drafts(f"writer {n}")) for n in range(4)] == [1] * 4


async def test_a_bug_is_told_with_a_number_and_the_worker_goes_on(shop: Workshop) -> None:
    worker = shop.start()
    job = await shop.finished(await shop.order("hopeless"))
    assert job.state == "failed"
    assert "bug" in job.problem
    number = job.problem.partition("bug ")[2][:8]
    assert number in worker.log.read_text()
    assert (await shop.finished(await shop.order("fine"))).state == "done"


async def test_what_is_no_audio_is_told_at_once_and_not_tried_again(shop: Workshop) -> None:
    shop.start()
    job = await shop.finished(await shop.order("x", beat=b"a letter to my mother"))
    assert (job.state, job.problem) == ("failed", "That is not audio. Attach an audio file.")
    assert shop.began("listen") == 1


async def test_what_cannot_be_reached_is_tried_again(shop: Workshop) -> None:
    shop.start()
    job = await shop.finished(await shop.order("rain", link="https://youtu.be/unreachable"))
    assert job.state == "done"
    assert shop.began("fetch") == 3
    assert shop.began("listen") == 1


async def test_a_stage_that_takes_too_long_is_given_up(shop: Workshop) -> None:
    shop.start(STAND_IN_LIMIT="0.5")
    shop.hold("listen")
    job = await shop.finished(await shop.order("rain"))
    assert job.state == "failed"
    assert "too long" in job.problem


@pytest.mark.parametrize("stage", ["write", "judge"])
async def test_a_worker_that_is_told_to_stop_hands_back_or_finishes(
    shop: Workshop, stage: str
) -> None:
    first = shop.start()
    if stage != "write":
        shop.hold(stage)
    shop.let(1, *([2] if stage != "write" else []))
    job = await shop.order("slowly")
    await shop.at(job, stage, lines=1 if stage == "write" else 0)
    if stage == "judge":
        shop.go_on(stage)
    assert first.stop() == 0
    now = await shop.studio.queue.job(job.id, owner="ann")
    assert now.state == "done" if stage == "judge" else "running"
    shop.let(2)
    shop.go_on(stage)
    shop.start()
    done = await shop.finished(job)
    assert (done.state, list(done.lines)) == ("done", parroted("slowly", 2))
    assert len(await shop.drafts()) == 1
    assert shop.began("judge") == 1


async def test_two_workers_share_one_queue_and_perform_each_job_once(shop: Workshop) -> None:
    jobs = [await shop.order("river", owner=f"writer {n}", lines=3) for n in range(8)]
    shop.start(ATL_JOBS_AT_ONCE="2")
    shop.start(ATL_JOBS_AT_ONCE="2")
    done: list[Job] = await shop.all_finished(jobs)
    assert [job.state for job in done] == ["done"] * 8
    assert shop.began("judge") == shop.began("save") == 8
    for number in range(8):
        (draft,) = await shop.drafts(f"writer {number}")
        assert lines_of(draft) == parroted("river", 3)


async def test_a_worker_that_hangs_is_stopped_by_nobody_but_its_work_is_not_done_twice(
    shop: Workshop,
) -> None:
    """One that was believed dead finds, when it wakes, that its job is not its own any more."""
    first = shop.start()
    job = await shop.order("slowly")
    shop.let(1)
    await shop.at(job, "write", lines=1)
    from atl_core.jobs import store
    from atl_core.jobs.database import open_jobs_database, writing

    engine = open_jobs_database(shop.studio.settings.queue_url)
    with writing(engine) as connection:
        # Stopped while it writes itself, it would keep the database to itself until it wakes.
        first.signal(signal.SIGSTOP)
        await shop.until(lambda: psutil.Process(first.pid).status() == psutil.STATUS_STOPPED)
        # What the recovery of another worker does after a minute of silence.
        (row,) = store.workers(connection)
        store.remove_worker(connection, row.id)
        assert store.release_dead(connection, row.id, 3) == []
    engine.dispose()
    shop.start()
    shop.let(2)
    done = await shop.finished(job)
    first.signal(signal.SIGCONT)
    assert done.state == "done"
    assert (await shop.finished(await shop.order("next"))).state == "done"
    assert len(await shop.drafts()) == 2
    assert first.stop() == 0


async def test_options_for_a_line_are_kept_once_and_taken(shop: Workshop) -> None:
    """By real workers: the first is killed before it saves, the second offers the same job's."""
    first = shop.start()
    written = await shop.finished(await shop.order("rain", lines=2))
    shop.hold("save")
    asked = JobRequest(Options(2), "ann", "options", written.draft_id)
    job = await shop.studio.queue.submit(asked)
    began = shop.began("save")
    await shop.until(lambda: shop.began("save") > began)
    first.kill()
    shop.go_on("save")
    shop.start()
    done = await shop.finished(job)
    assert (done.state, done.draft_id, done.revision) == ("done", written.draft_id, 1)
    (kept,) = await shop.studio.drafts.options.of_draft(written.draft_id, "ann")
    assert kept == await shop.studio.drafts.options.of_job(job.id)
    assert [option.text for option in kept.options] == [
        parroted("rain", 2)[1],
        *(f"rain option {number} by the river" for number in range(1, 5)),
    ]
