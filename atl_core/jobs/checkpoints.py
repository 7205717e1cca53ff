"""The stages of a job as steps of the engine: one that has ended is not run again after a crash."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final

from sqlalchemy.exc import DBAPIError

from atl_core.errors import UserError
from atl_core.jobs import store
from atl_core.jobs.limits import LIMITS, PAUSES, can_pass
from atl_core.jobs.worker_state import GoneError, Json, RunningJob, StageFailedError, WorkerState
from atl_core.progress import STAGES, Stage

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.15
"""How often a worker looks whether a job of its was cancelled."""
MOST_DEATHS: Final = 3
"""A job over which so many workers died in a row, without its getting any further, is set aside."""
PROBLEM: Final = "problem"
"""What a failure is kept under by the engine, and nowhere else."""


class Checkpoints:
    """Runs a stage of a job, and keeps what it gives or why it failed."""

    def __init__(self, state: WorkerState, limits: Mapping[Stage, float] | None = None) -> None:
        self._state = state
        self._limits = {**LIMITS, **(limits or {})}
        self._steps: dict[Stage, Callable[..., Awaitable[Json]]] = {}

    def register(self) -> None:
        """Tell the engine of its steps; before it is launched."""
        from dbos import DBOS

        def step(stage: Stage) -> Callable[..., Awaitable[Json]]:
            async def run(job: RunningJob, work: Callable[[], Awaitable[Json]]) -> Json:
                return await self._step(stage, job, work)

            return DBOS.step(name=stage)(run)

        self._steps = {stage: step(stage) for stage in STAGES}

    async def run(self, job: RunningJob, stage: Stage, work: Callable[[], Awaitable[Json]]) -> Json:
        """What a stage gives, or gave before this worker took the job.

        Raises:
            StageFailedError: it failed; the text is for the writer.
        """
        kept = await self._steps[stage](job, work)
        if PROBLEM in kept:
            raise StageFailedError(kept[PROBLEM])
        job.seconds[stage] = kept.pop("seconds")
        return kept

    async def _step(
        self, stage: Stage, job: RunningJob, work: Callable[[], Awaitable[Json]]
    ) -> Json:
        """A step of the engine: what the stage gives, or why it failed, in JSON that is kept.

        A failure is kept like a result, so that a stage that failed is not run again.
        """
        job_id = job.row.id
        if not await self._state.store.do(store.enter, job_id, self._state.id, stage):
            raise asyncio.CancelledError
        job.stage = stage
        start = time.monotonic()
        job.task = asyncio.create_task(self._tries(job, stage, work))
        try:
            told: Json = await job.task
        except (GoneError, asyncio.CancelledError):
            await self._state.unless_stopping()
            raise asyncio.CancelledError from None
        except UserError as error:
            return {PROBLEM: str(error)}
        except TimeoutError:
            log.warning("%s took too long", stage, extra={"job": job_id})
            return {PROBLEM: f"That took too long, and I gave up ({stage}). Please try again."}
        except DBAPIError:
            raise
        except Exception:
            bug = secrets.token_hex(4)
            log.exception("bug %s in %s", bug, stage, extra={"job": job_id})
            return {
                PROBLEM: "Sorry, something went wrong here that should not have "
                f"(bug {bug}). Your saved drafts are safe."
            }
        finally:
            job.task = None
            self._state.isolation.leave(job_id)
        took = round(time.monotonic() - start, 3)
        self._state.metrics.stage(stage, took)
        if stage != "write":
            await self._state.store.do(store.time_stage, stage, 1, self._state.share_of(took))
        if job.suspect:
            job.suspect = False
            await self._state.store.do(store.got_further, job_id, self._state.id)
        return {**told, "seconds": took}

    async def _tries(
        self, job: RunningJob, stage: Stage, work: Callable[[], Awaitable[Json]]
    ) -> Json:
        for pause in (*PAUSES[stage], None):
            try:
                async with asyncio.timeout(self._limits[stage]) as job.deadline:
                    if stage != "write":  # which waits for its draft first
                        await self._enter(job)
                    return await work()
            except Exception as error:
                if pause is None or isinstance(error, TimeoutError | GoneError):
                    raise
                if not can_pass(error):
                    raise
                log.info("%s again in %g s: %s", stage, pause, error, extra={"job": job.row.id})
                self._state.isolation.leave(job.row.id)
                await asyncio.sleep(pause)
        raise AssertionError

    async def _enter(self, job: RunningJob) -> None:
        """Wait until this job may compute."""
        job_id = job.row.id
        if job.suspect:
            await self._state.ready.wait()
            if job.row.deaths >= MOST_DEATHS - 1:
                await self._state.calm.wait()
        elif self._state.isolation.try_enter(job_id):
            return
        await asyncio.to_thread(
            partial(self._state.isolation.enter, job_id, alone=job.suspect, cancel=job.cancel)
        )
        if job.suspect:  # whatever kills this worker from here on, it is this job
            await self._state.store.do(store.set_alone, job_id, True)

    async def take_turn(self, job: RunningJob) -> None:
        """Wait while another job works on the same draft, then until this one may compute."""
        while job.row.revises and await self._state.store.do(
            store.is_before, job.row.id, job.row.revises
        ):
            if job.deadline is not None:
                self.extend(job)
            await asyncio.sleep(LOOK_SECONDS)
        await self._enter(job)

    def extend(self, job: RunningJob) -> None:
        """A line was written: the next one has as long."""
        if job.deadline is not None and not job.deadline.expired():
            with suppress(RuntimeError):
                now = asyncio.get_running_loop().time()
                job.deadline.reschedule(now + self._limits["write"])
