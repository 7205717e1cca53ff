"""The desk: who may order how much, who is next, how long it takes. No worker is needed for it."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from atl_core.edits.wish import Wish
from atl_core.edits.writing import Write
from atl_core.errors import BeatError, JobError
from atl_core.jobs import beats, store
from atl_core.jobs.database import open_jobs_database, reading, writing
from atl_core.jobs.job import JobRequest
from atl_core.jobs.recovery import TOLD_KEPT_SECONDS
from atl_core.progress import Stage
from atl_core.settings import load_settings
from atl_core.studio import open_studio

from .workshop import Workshop


async def test_two_front_ends_with_the_same_interaction_make_one_job(shop: Workshop) -> None:
    async with open_studio(load_settings()) as other:
        second = Workshop(shop.home, other)
        jobs = await asyncio.gather(
            *(place.order("train", key="interaction 1") for place in (shop, second) * 3)
        )
    assert len({job.id for job in jobs}) == 1
    assert len(await shop.studio.queue.jobs()) == 1


async def test_a_writer_and_everybody_may_have_so_many_waiting(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        await shop.order(f"song {number}")
    with pytest.raises(JobError, match="4 requests on the way"):
        await shop.order("one more")
    monkeypatch.setenv("ATL_MAX_JOBS", "5")
    async with open_studio(load_settings()) as small:
        other = Workshop(shop.home, small)
        last = await other.order("rain", owner="bob")
        with pytest.raises(JobError, match="5 requests are waiting"):
            await other.order("rain", owner="cid")
        await small.queue.cancel(last.id, owner="bob")
        assert (await other.order("rain", owner="cid")).state == "queued"


async def test_everybody_has_a_turn_before_anybody_has_a_second(shop: Workshop) -> None:
    for owner, times in (("ann", 3), ("bob", 2), ("cid", 1)):
        for number in range(times):
            await shop.order(f"song {number}", owner=owner)
    assert [
        job.owner for job in await shop.studio.queue.jobs()
    ] == "ann bob cid ann bob ann".split()
    assert [job.position for job in await shop.studio.queue.jobs()] == list(range(6))


async def test_the_wait_is_told_from_what_stages_took_and_not_made_up(shop: Workshop) -> None:
    first = await shop.order("train", lines=4)
    assert first.wait_seconds is None, "nobody works, and nothing was measured"
    engine = open_jobs_database(shop.studio.settings.queue_url)
    with writing(engine) as connection:
        about = json.dumps({"slots": 1})
        worker = {"id": "w", "host": "h", "pid": 1, "started": time.time(), "about": about}
        store.heartbeat(connection, worker)
        took: dict[Stage, float] = {"listen": 3.0, "write": 2.0, "judge": 0.5, "save": 0.5}
        for stage, seconds in took.items():
            store.time_stage(connection, stage, 1, seconds)
    second = await shop.order("train", owner="bob", lines=2)
    first = await shop.studio.queue.job(first.id, owner="ann")
    assert first.wait_seconds == 3 + 4 * 2 + 1
    assert second.wait_seconds == first.wait_seconds + 3 + 2 * 2 + 1
    engine.dispose()


async def test_a_beat_that_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATL_MAX_MEGABYTES", "0.001")
    async with open_studio(load_settings()) as small:
        with pytest.raises(BeatError, match="too large"):
            await small.queue.keep_beat(b"x" * 2000, "beat.wav")


async def test_old_jobs_go_with_all_that_was_kept_of_them(shop: Workshop) -> None:
    old, new = await shop.order("old"), await shop.order("new")
    await shop.studio.queue.cancel(old.id, owner="ann")
    engine = open_jobs_database(shop.studio.settings.queue_url)
    with writing(engine) as connection:
        store.save_line(connection, old.id, "", 0, "a line")
        past = time.time() + TOLD_KEPT_SECONDS
        gone = store.old(connection, told=past, untold=0.0)
        assert gone == [old.id]
        store.remove(connection, gone)
        beats.purge(connection, past)
    with reading(engine) as connection:
        assert beats.read(connection, beats.id_of(b"beat")) == b"beat", "new needs it"
    engine.dispose()
    with pytest.raises(JobError):
        await shop.studio.queue.job(old.id, owner="ann")
    assert (await shop.studio.queue.job(new.id, owner="ann")).state == "queued"


async def test_the_wait_for_words_without_a_beat_counts_no_listening(shop: Workshop) -> None:
    engine = open_jobs_database(shop.studio.settings.queue_url)
    with writing(engine) as connection:
        about = json.dumps({"slots": 1})
        worker = {"id": "w", "host": "h", "pid": 1, "started": time.time(), "about": about}
        store.heartbeat(connection, worker)
        took: dict[Stage, float] = {"write": 2.0, "judge": 0.5, "save": 0.5}
        for stage, seconds in took.items():
            store.time_stage(connection, stage, 1, seconds)
    engine.dispose()
    asked = Write("", Wish.parse(seed_words="rain", lines=2, genre="country"))
    job = await shop.studio.queue.submit(JobRequest(asked, "ann", "rain"))
    assert job.wait_seconds == 2 * 2 + 1


async def test_a_job_whose_writer_is_forgotten_ends_for_who_watches_it(shop: Workshop) -> None:
    job = await shop.order("train")
    seen: list[str] = []

    async def watch() -> None:
        async for now in shop.studio.queue.watch(job.id):
            seen.append(now.state)  # noqa: PERF401  # each as it comes

    watching = asyncio.create_task(watch())
    await shop.until(lambda: seen)
    await shop.studio.forget_me("ann")
    await watching
    assert seen == ["queued", "cancelled"]


async def test_who_is_forgotten_takes_no_beat_of_others_along(shop: Workshop) -> None:
    queue = shop.studio.queue
    await shop.order("train", beat=b"of ann")
    await shop.order("rain", beat=b"of both")
    await shop.order("rain", owner="bob", beat=b"of both")
    kept = await queue.keep_beat(b"given by bob, not yet written to", "beat.wav")
    await queue.forget("ann")
    assert await queue.beat_bytes(kept) == b"given by bob, not yet written to"
    assert await queue.kept_beat(beats.id_of(b"of both"), "beat.wav") is not None
    assert await queue.kept_beat(beats.id_of(b"of ann"), "beat.wav") is None


async def test_what_a_worker_kept_of_a_job_that_was_removed_meanwhile_is_purged(
    shop: Workshop,
) -> None:
    job = await shop.order("train")
    engine = open_jobs_database(shop.studio.settings.queue_url)
    with writing(engine) as connection:
        store.keep_made(connection, job.id, "song.mp4", b"video")
        store.keep_made(connection, "removed", "song.mp4", b"video")
        store.purge_remains(connection)
        assert store.made(connection, job.id) is not None
        assert store.made(connection, "removed") is None
    engine.dispose()


async def test_all_that_is_kept_of_a_writer_is_shown_and_forgotten(shop: Workshop) -> None:
    mine, other = await shop.order("train"), await shop.order("rain", owner="bob")
    data = await shop.studio.my_data("ann")
    assert [job["id"] for job in data["jobs"]] == [mine.id]
    await shop.studio.forget_me("ann")
    assert (await shop.studio.my_data("ann"))["jobs"] == []
    assert (await shop.studio.queue.job(other.id, owner="bob")).state == "queued"


async def test_what_was_made_and_not_posted_is_found_and_is_posted_once(shop: Workshop) -> None:
    shop.start()
    done = await shop.finished(await shop.order("train"))
    assert [job.id for job in await shop.studio.queue.undelivered()] == [done.id]
    await shop.studio.queue.delivered(done.id, "message 7")
    assert await shop.studio.queue.undelivered() == []
    assert (await shop.studio.queue.job(done.id, owner="ann")).message == "message 7"


async def test_operators_see_the_queue_and_the_workers(shop: Workshop) -> None:
    worker = shop.start()
    shop.hold("listen")
    job = await shop.order("train")
    await shop.at(job, "listen")
    health = await shop.studio.queue.health()
    assert (health["queued"], health["running"]) == (0, 1)
    (told,) = health["workers"]
    assert told["pid"] == worker.pid
    assert {"device", "captioner", "slots", "versions", "heartbeat_seconds"} <= told.keys()
    assert told["versions"].keys() >= {"atl", "torch", "dbos", "yt-dlp"}
    shop.go_on("listen")
    await shop.finished(job)
    lines = [json.loads(line) for line in worker.log.read_text().splitlines()]
    assert [line["message"].split()[0] for line in lines if line.get("job") == job.id] == [
        "started:",
        "done",
    ]
