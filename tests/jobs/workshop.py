"""A data folder with real worker processes in it, and a writer's side to order from."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from atl_core.drafts.draft import Draft
from atl_core.edits.beat import Listen
from atl_core.edits.wish import Wish
from atl_core.edits.writing import Write
from atl_core.jobs.job import Job, JobRequest
from atl_core.settings import load_settings
from atl_core.studio import Studio
from tests.jobs.stand_in import main
from tests.patience import Patience

ROOT = Path(__file__).parents[2]
LOOK_SECONDS = 0.02
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.jobs.stand_in", "tests.jobs.warm", "torch", "dbos"])
EVERYBODY = 1_000
"""Rows of a list that is to hold all."""


class Worker:
    """A worker's process."""

    def __init__(self, log: Path, *arguments: str, **env: str) -> None:
        self.log = log
        log.touch()
        environment = {**os.environ, "OMP_NUM_THREADS": "1", **env}
        with threads(1):  # the process that is forked from starts with the first worker
            self.process = FORKED.Process(target=main, args=(log, environment, *arguments))
            self.process.daemon = True
            self.process.start()

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process.is_alive()

    def is_ready(self) -> bool:
        """Whether it has said that it takes jobs."""
        return "is ready" in self.log.read_text()

    def signal(self, sign: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, sign)

    def wait(self) -> int:
        """The status it ends with."""
        self.process.join()
        assert self.process.exitcode is not None
        return self.process.exitcode

    def kill(self) -> None:
        if self.alive:
            self.signal(signal.SIGKILL)
        self.wait()

    def stop(self) -> int:
        """SIGTERM; the status it ends with."""
        self.signal(signal.SIGTERM)
        return self.wait()


@contextmanager
def threads(number: int) -> Iterator[None]:
    """The environment of a process that is to compute in so many threads."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = str(number)
    try:
        yield
    finally:
        del os.environ["OMP_NUM_THREADS"]
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before


class Workshop:
    """Workers that are stand-ins (see `tests.jobs.stand_in`), and the studio that they work for."""

    def __init__(self, home: Path, studio: Studio) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.studio = studio
        self.workers: list[Worker] = []

    def start(self, *arguments: str, **env: str) -> Worker:
        worker = Worker(self.home / f"worker-{len(self.workers)}.log", *arguments, **env)
        self.workers.append(worker)
        return worker

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()

    async def order(
        self,
        seed: str,
        *,
        owner: str = "ann",
        lines: int = 2,
        key: str = "",
        beat: bytes = b"beat",
        link: str = "",
        listen: bool = False,
    ) -> Job:
        """Hand in a Write, or with `listen` a Listen, to a kept beat or to a link."""
        source = link or await self.studio.queue.keep_beat(beat, "a beat.wav")
        wish = Wish.parse(seed_words=seed, lines=lines, genre="country")
        request = Listen(source) if listen else Write(source, wish)
        return await self.studio.queue.submit(
            JobRequest(request, owner, key or f"{owner} {seed} {lines}")
        )

    async def finished(self, job: Job) -> Job:
        """The last snapshot of a job."""

        now = job

        async def follow() -> Job:
            nonlocal now
            async for seen in self.studio.queue.watch(job.id):
                now = seen
            return now

        following = asyncio.create_task(follow())
        patience = Patience(lambda: (now, self._moved()))
        while not (await asyncio.wait({following}, timeout=1.0))[0]:
            if patience.is_over():
                following.cancel()
                raise AssertionError(f"{now} never ended; the workers say:\n{self.logs}")
        return await following

    async def all_finished(self, jobs: Sequence[Job]) -> list[Job]:
        return list(await asyncio.gather(*(self.finished(job) for job in jobs)))

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait for something that is going to happen."""
        patience = Patience(self._moved)
        while not true():
            assert not patience.is_over(), f"it never happened; the workers say:\n{self.logs}"
            await asyncio.sleep(LOOK_SECONDS)

    def _moved(self) -> list[int]:
        """Grows with everything that a worker logs, or begins."""
        return [path.stat().st_size for path in sorted(self.home.glob("*")) if path.is_file()]

    async def at(self, job: Job, stage: str, *, lines: int = 0) -> Job:
        """A job once it is in a stage and has so many lines."""
        async for now in self.studio.queue.watch(job.id):
            if now.stage == stage and len(now.lines) >= lines:
                return now
            assert not now.finished, f"{now} is over before {stage}"
        raise AssertionError

    def began(self, stage: str) -> int:
        """How often a stage began, in all workers together."""
        path = self.home / f"began-{stage}"
        return path.stat().st_size if path.exists() else 0

    def hold(self, stage: str) -> None:
        """Let every job wait in a stage."""
        (self.home / f"hold-{stage}").touch()

    def go_on(self, stage: str) -> None:
        (self.home / f"hold-{stage}").unlink(missing_ok=True)

    def let(self, *numbers: int) -> None:
        """Let the lines of these numbers, from 1, of those who write slowly be written."""
        for number in numbers:
            (self.home / f"let-{number}").touch()

    async def drafts(self, owner: str = "ann") -> list[Draft]:
        """All drafts of an owner, whole."""
        page = await self.studio.drafts.list(owner, per_page=EVERYBODY)
        return [await self.studio.drafts.get(item.id, owner) for item in page.items]

    @property
    def logs(self) -> str:
        return "\n".join(worker.log.read_text()[-4000:] for worker in self.workers)


@contextmanager
def workshop(studio: Studio) -> Iterator[Workshop]:
    """A Workshop in the data folder of the settings; its workers end with the block."""
    shop = Workshop(load_settings().home, studio)
    try:
        yield shop
    finally:
        shop.close()


def lines_of(draft: Draft) -> list[str]:
    return [line.text for line in draft.lines]


def parroted(seed: str, lines: int) -> list[str]:
    """What the stand-in writes to seed words."""
    return [f"{seed} number {number} in the pouring rain" for number in range(1, lines + 1)]
