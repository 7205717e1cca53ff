"""Fifty kills at random moments under twenty queued jobs: is any lost, or done twice?

`python benchmarks/jobs_kills.py [KILLS] [SEED]`, three times over: one worker is killed; the front
end that orders and watches is; one of two workers is. Listener and captioner are stand-ins that
take a fifth of a second a line, so that the kills fall on the engine; all else is real. As many
jobs are queued anew as are finished. With `ATL_JOBS_URL` and `ATL_DATABASE_URL` set it runs on
PostgreSQL, in databases that are empty.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
from contextlib import suppress

from atl_core.admin import upgrade_database
from atl_core.jobs.job import Job
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from tests.jobs.workshop import Worker, Workshop, lines_of, parroted, workshop

QUEUED, LINES, KILLS_A_ROUND = 20, 4, 5
SLOW = {"STAND_IN_LINE_SECONDS": "0.2", "ATL_JOBS_AT_ONCE": "3"}


async def ready(shop: Workshop, worker: Worker) -> None:
    await shop.until(worker.is_ready)


async def checked(shop: Workshop, jobs: dict[str, Job]) -> str:
    """What came of these writers' jobs, in words."""
    done = dict(zip(jobs, await shop.all_finished(list(jobs.values())), strict=True))
    lost = sum(job.state != "done" for job in done.values())
    drafts = {person: await shop.drafts(person) for person in jobs}
    doubled = sum(len(found) > 1 for found in drafts.values())
    spoilt = sum(
        any(lines_of(draft) != parroted("river", LINES) for draft in found)
        or list(done[person].lines) != parroted("river", LINES)
        for person, found in drafts.items()
    )
    return f"{len(jobs)} jobs: {lost} not finished, {doubled} doubled, {spoilt} with other lines"


async def refill(shop: Workshop, jobs: dict[str, Job], prefix: str) -> None:
    """Keep twenty jobs on the way."""
    active = len(await shop.studio.queue.jobs())
    for _ in range(QUEUED - active):
        person = f"{prefix} {len(jobs)}"
        jobs[person] = await shop.order("river", owner=person, lines=LINES)


async def workers_killed(shop: Workshop, kills: int, chance: random.Random, beside: int) -> str:
    jobs: dict[str, Job] = {}
    prefix = f"beside {beside}"
    steady = [shop.start(**SLOW) for _ in range(beside)]
    for _ in range(kills):
        await refill(shop, jobs, prefix)
        victim = shop.start(**SLOW)
        await ready(shop, victim)
        await asyncio.sleep(chance.uniform(0, 5.0))
        victim.kill()
    last = shop.start(**SLOW)
    told = await checked(shop, jobs)
    for worker in (*steady, last):
        worker.stop()
    return told


async def front_end_killed(shop: Workshop, kills: int, chance: random.Random) -> str:
    worker = shop.start(**SLOW)
    await ready(shop, worker)
    rounds = range(1 + (kills - 1) // KILLS_A_ROUND)
    for kill in range(kills):
        child = await front_end(kill // KILLS_A_ROUND)
        await asyncio.sleep(0.8 + chance.uniform(0, 2.0))  # it takes so long to be there
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    for number in rounds:
        await (await front_end(number)).wait()
    jobs = {}
    for number in rounds:
        for person in writers(number):
            jobs[person] = await shop.order("river", owner=person, lines=LINES)
    told = await checked(shop, jobs)
    worker.stop()
    return told


async def front_end(number: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, __file__, "--orders", str(number))


def writers(number: int) -> list[str]:
    return [f"front {number} {writer}" for writer in range(QUEUED)]


async def orders(number: int) -> None:
    """A front end: it orders, with the same keys whenever it is started, and watches."""
    async with open_studio(load_settings()) as studio:
        shop = Workshop(load_settings().home, studio)
        jobs = [await shop.order("river", owner=who, lines=LINES) for who in writers(number)]
        await shop.all_finished(jobs)


async def measure(kills: int, seed: int) -> None:
    settings = load_settings()
    await upgrade_database(settings)
    print(f"{kills} kills each, on {settings.queue_url.partition(':')[0]}, seed {seed}")
    for name in ("a worker", "the front end", "one of two workers"):
        chance = random.Random(seed)
        async with open_studio(load_settings()) as studio:
            with workshop(studio) as shop:
                match name:
                    case "a worker":
                        told = await workers_killed(shop, kills, chance, 0)
                    case "the front end":
                        told = await front_end_killed(shop, kills, chance)
                    case _:
                        told = await workers_killed(shop, kills, chance, 1)
        print(f"{name:20}{told}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=50)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--orders", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.orders is not None:  # a front end that is to be killed
        asyncio.run(orders(asked.orders))
        sys.exit()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ATL_HOME"] = folder
        asyncio.run(measure(asked.kills, asked.seed))
