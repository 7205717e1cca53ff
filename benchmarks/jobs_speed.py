"""How fast the job engine is, and what it costs: `python benchmarks/jobs_speed.py [PART ...]`

queue    enqueue to start, 200 jobs one after the other; listener and captioner are stand-ins
idle     share of a core that `atl worker` and `atl bot run` take while nobody asks for anything
cancel   a job of the real worker taken back, until the one behind it is begun; one slot
fair     twenty writers at once, two lines each, by the real worker: shortest and longest wait
lines    lines a second for 1, 4 and 16 writers at once, their forwards shared and in turn
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psutil

from atl_core.jobs import store
from atl_core.jobs.database import open_jobs_database, reading
from atl_core.jobs.job import Job
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from tests.fakes.discord import LoopbackDiscord
from tests.jobs.workshop import Workshop, workshop
from tests.machine import FETCHED
from tests.transport.processes import Running, environment, furnish
from tests.transport.product import beat

STARTS, WRITERS, IDLE_SECONDS, SETTLING_SECONDS = 200, 20, 60.0, 15.0
CANCELS = 5
SEEDS = ("midnight train", "money", "river", "home", "gold", "rain", "highway", "fire")


async def times_of(shop: Workshop, jobs: list[Job]) -> tuple[list[float], list[float]]:
    """Seconds from each order to its start, and to its end."""
    await shop.all_finished(jobs)
    engine = open_jobs_database(shop.studio.settings.queue_url)
    with reading(engine) as connection:
        rows = store.rows(connection, [job.id for job in jobs])
    engine.dispose()
    return [r.started - r.created for r in rows], [r.finished - r.created for r in rows]


async def queue(shop: Workshop) -> None:
    shop.start()
    started = []
    await shop.finished(await shop.order("warm"))
    for number in range(STARTS):
        job = await shop.order("rain", owner=f"writer {number}", listen=True)
        started += (await times_of(shop, [job]))[0]
    cuts = statistics.quantiles(started, n=20)
    print(f"enqueue to start: median {cuts[9] * 1e3:.0f} ms, p95 {cuts[18] * 1e3:.0f} ms")


async def idle(shop: Workshop) -> None:
    async with LoopbackDiscord() as discord:
        env = environment(furnish(shop.home), discord)
        sync = Running("bot", "sync", env=env, folder=shop.home)
        await discord.until(lambda: not sync.alive, "the registration of the commands")
        running = [Running(*command, env=env, folder=shop.home) for command in COMMANDS]
        await discord.ready()
        await shop.until(lambda: "is ready" in running[0].log)
        await asyncio.sleep(SETTLING_SECONDS)
        before = [cpu_seconds(one) for one in running]
        await asyncio.sleep(IDLE_SECONDS)
        for command, one, then in zip(COMMANDS, running, before, strict=True):
            share = (cpu_seconds(one) - then) / IDLE_SECONDS
            held = psutil.Process(one.process.pid).memory_info().rss / 1e6
            print(f"idle atl {' '.join(command):10}{share:6.1%} of a core, {held:.0f} MB")
        for one in running:
            one.stop()


COMMANDS = (("worker",), ("bot", "run"))


def cpu_seconds(running: Running) -> float:
    times = psutil.Process(running.process.pid).cpu_times()
    return float(times.user + times.system)


async def fair(shop: Workshop) -> None:
    furnish(shop.home)
    shop.start("--real")
    data = beat().data
    await shop.finished(await shop.order("warm", beat=data))
    orders = [
        shop.order(SEEDS[n % len(SEEDS)], owner=f"writer {n}", beat=data) for n in range(WRITERS)
    ]
    _, waits = await times_of(shop, list(await asyncio.gather(*orders)))
    print(
        f"{WRITERS} writers at once, 2 lines each: {min(waits):.1f} to {max(waits):.1f} s, "
        f"factor {max(waits) / min(waits):.2f}"
    )


async def cancel(shop: Workshop) -> None:
    furnish(shop.home)
    shop.start("--real", ATL_JOBS_AT_ONCE="1")
    await shop.finished(await shop.order("warm", beat=beat().data))
    for stage, bars in (("listen", 24), ("write", 6)):
        took = []
        for number in range(CANCELS):
            data = beat(bars + number if stage == "listen" else bars).data
            job = await shop.order("rain", owner=f"{stage} {number}", lines=8, beat=data)
            await shop.at(job, stage, lines=int(stage == "write"))
            waits = await shop.order("gold", owner=f"behind {stage} {number}", beat=beat().data)
            began = time.time()
            await shop.studio.queue.cancel(job.id, owner="")
            async for now in shop.studio.queue.watch(waits.id):
                if now.state == "running":
                    took.append(time.time() - began)
                    break
            await shop.studio.queue.cancel(waits.id, owner="")
        print(f"cancelled in {stage}: the next began after at most {max(took):.2f} s")


async def lines(shop: Workshop) -> None:  # noqa: ARG001
    await asyncio.to_thread(measure_lines)


def measure_lines() -> None:
    from atl_core.captioner.batching import BatchedCaptioner, batched
    from atl_core.captioner.load import load, prepare
    from atl_core.captioner.protocol import Task
    from atl_core.genre.judge import lean
    from atl_core.lyrics.brief import Brief
    from atl_core.lyrics.form import plan

    prepare(FETCHED)
    plain = load("lm", FETCHED, load_settings().device, lean)
    brief = Brief("country", "sad", "low", (), 4, "AABB", 9, 96.0)

    def task(number: int) -> Task:
        words = tuple(SEEDS[number % len(SEEDS)].split())
        own = replace(brief, seed_words=words, random_seed=number)
        return Task(own, plan(own, [], 0.0, first=0, count=own.lines))

    list(plain.write(task(0)))
    print(f"{'writers':8}{'batcher':9}{'lines/s':>9}{'requests a forward':>17}")
    for count in (1, 4, 16):
        texts = {}
        for batch in ("off", "on"):
            captioner = batched(plain, batch)
            assert isinstance(captioner, BatchedCaptioner)
            began = time.perf_counter()
            with ThreadPoolExecutor(count) as threads:
                written = threads.map(lambda n: list(captioner.write(task(n))), range(count))  # noqa: B023
                texts[batch] = list(written)
            took = time.perf_counter() - began
            (scheduler,) = captioner.schedulers
            shared_by = scheduler.requests / scheduler.forwards
            print(f"{count:<8}{batch:9}{4 * count / took:9.2f}{shared_by:17.1f}", flush=True)
        print(f"{'':8}the same lines: {'yes' if texts['on'] == texts['off'] else 'NO'}")


PARTS: dict[str, Callable[[Workshop], Awaitable[None]]] = {
    "queue": queue, "idle": idle, "cancel": cancel, "fair": fair, "lines": lines
}  # fmt: skip


async def measure(parts: list[str]) -> None:
    for part in parts:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["ATL_HOME"] = folder
            async with open_studio(load_settings()) as studio:
                with workshop(studio) as shop:
                    await PARTS[part](shop)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART")
    parts = parser.parse_args().parts or list(PARTS)
    if not PARTS.keys() >= set(parts):
        parser.error(f"parts are {', '.join(PARTS)}")
    asyncio.run(measure(parts))
