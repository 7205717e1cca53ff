"""Two workers on one PostgreSQL, by its address alone; a server of our own, where one is there."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from atl_core.admin import upgrade_database
from atl_core.errors import JobError
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from tests.postgres import new_database

from .workshop import Workshop, lines_of, parroted, workshop

JOBS, LINES, KILLS = 12, 3, 4


@pytest.fixture(scope="module")
def databases(postgresql: str) -> tuple[str, str]:
    """The addresses of one for jobs and one for drafts."""
    return new_database(postgresql, "jobs"), new_database(postgresql, "drafts")


@pytest.fixture
async def shop(
    databases: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Workshop]:
    jobs, drafts = databases
    monkeypatch.setenv("ATL_JOBS_URL", f"postgresql://{jobs}")
    monkeypatch.setenv("ATL_DATABASE_URL", f"postgresql+asyncpg://{drafts}")
    await upgrade_database(load_settings())
    async with open_studio(load_settings()) as studio:
        with workshop(studio) as shop:
            yield shop


async def test_two_workers_one_of_them_killed_again_and_again(shop: Workshop) -> None:
    chance = random.Random(3)
    people = [f"writer {number}" for number in range(JOBS)]
    jobs = [await shop.order("river", owner=person, lines=LINES) for person in people]
    everything = asyncio.create_task(shop.all_finished(jobs))
    lines = 0

    def enough_or_over() -> bool:
        return shop.began("line") >= lines or everything.done()

    options = {"STAND_IN_LINE_SECONDS": "0.3", "ATL_JOBS_AT_ONCE": "2"}
    steady, victim = shop.start(**options), shop.start(**options)
    for _ in range(KILLS):
        ready = asyncio.create_task(shop.until(victim.is_ready))
        await asyncio.wait({ready, everything}, return_when=asyncio.FIRST_COMPLETED)
        lines = shop.began("line") + chance.randint(0, 5)
        await shop.until(enough_or_over)
        victim.kill()
        victim = shop.start(**options)
    for person, done in zip(people, await everything, strict=True):
        assert (done.problem, list(done.lines)) == ("", parroted("river", LINES))
        (draft,) = await shop.drafts(person)
        assert lines_of(draft) == parroted("river", LINES)
    assert "started" in steady.log.read_text()
    assert len((await shop.studio.queue.health())["workers"]) >= 1


async def test_who_asks_many_times_at_once_gets_one_job_and_no_more_than_may_wait(
    shop: Workshop,
) -> None:
    twice = await asyncio.gather(*(shop.order("rain", owner="eve", key="k2") for _ in range(8)))
    assert len({job.id for job in twice}) == 1
    shop.studio.queue.settings = shop.studio.queue.settings.model_copy(update={"max_jobs_each": 3})
    asked = await asyncio.gather(
        *(shop.order(f"snow {number}", owner="eve") for number in range(8)), return_exceptions=True
    )
    refused = [told for told in asked if isinstance(told, BaseException)]
    assert len(refused) == 6
    assert {type(told) for told in refused} == {JobError}
    for job in await shop.studio.queue.jobs(owner="eve"):
        await shop.studio.queue.cancel(job.id, owner="eve")


async def test_orders_are_taken_back_and_come_once(shop: Workshop) -> None:
    one, same = await shop.order("rain", key="k1"), await shop.order("rain", key="k1")
    assert one.id == same.id
    taken = await shop.studio.queue.cancel(one.id, owner="ann")
    assert taken.state == "cancelled"
    shop.start()
    assert (await shop.finished(await shop.order("snow", owner="bob"))).state == "done"
    assert len(await shop.drafts("ann")) == 0
