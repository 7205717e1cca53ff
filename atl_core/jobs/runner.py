"""Running a worker's jobs.

All of it lives in one event loop; what computes runs in threads. The engine remembers which stages
are finished, the job store what a job has come to. A worker may only go on with a job that the
store says it holds, so that one that was believed dead, or whose job was cancelled, stops at its
next line.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any, Final

from sqlalchemy import Connection, Engine

from atl_core.edits.request_json import from_json
from atl_core.errors import UserError
from atl_core.jobs import store
from atl_core.jobs.checkpoints import Checkpoints
from atl_core.jobs.engine import POLL_SECONDS, QUEUE, WORKFLOW, worker_config
from atl_core.jobs.job import JobRequest
from atl_core.jobs.stages import JobStages
from atl_core.jobs.worker_state import GoneError, Json, RunningJob, StageFailedError, WorkerState
from atl_core.machine import device, versions
from atl_core.pipeline.pipeline import Pipeline
from atl_core.progress import Stage
from atl_core.settings import Settings

log = logging.getLogger(__name__)

CALM_SECONDS: Final = 5.0
"""How long a worker has to have lived before it takes up a job whose next death is its last: where
workers are killed from outside, one after the other, no job is to blame."""


class JobRunner:
    """Takes jobs, and runs each through its stages."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        pipeline: Pipeline,
        worker_id: str,
        *,
        limits: dict[Stage, float] | None = None,
    ) -> None:
        self.settings = settings
        self.state = WorkerState(engine, worker_id)
        self.workflows: dict[str, asyncio.Event] = {}
        """The engine's workflows that run here, and what is set when each is over."""
        self._device = ""
        self._versions = versions()
        self._engine = engine
        self._pipeline = pipeline
        self._checkpoints = Checkpoints(self.state, limits)
        self._stages = JobStages(self.state, pipeline, self._checkpoints)

    def register(self) -> None:
        """Tell the engine of the workflow and its steps; before it is launched."""
        from dbos import DBOS

        self._checkpoints.register()

        @DBOS.workflow(name=WORKFLOW)
        async def perform(job_id: str) -> None:
            if job_id in self.workflows:  # handed out twice; whoever began with it goes on
                await self.workflows[job_id].wait()
                return
            over = self.workflows[job_id] = asyncio.Event()
            try:
                await self._perform(job_id)
            except asyncio.CancelledError:
                await self.state.unless_stopping()
            except Exception as error:
                await self.state.unless_stopping()
                # The engine's own tables failed. Recovery hands the job to a worker again.
                log.warning("interrupted: %s", error, extra={"job": job_id})
                raise
            finally:
                del self.workflows[job_id]
                over.set()

    async def launch(self) -> None:
        """Begin to take jobs."""
        from dbos import DBOS

        slots = self.settings.jobs_at_once
        DBOS(config=worker_config(self._engine, self.state.id, threads=8 * slots + 32))
        DBOS.launch()
        await DBOS.register_queue_async(
            QUEUE,
            worker_concurrency=slots,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )
        asyncio.get_running_loop().call_later(CALM_SECONDS, self.state.calm.set)

    async def get_ready(self) -> None:
        """Load the captioner; one that cannot be loaded is told with the first job as well."""
        try:
            self._device = await device(self.settings)
            await asyncio.to_thread(self._load_captioner)
        except UserError as error:
            log.error("The captioner cannot be loaded: %s", error)
        finally:
            self.state.ready.set()

    def _load_captioner(self) -> None:
        captioners = self._pipeline.captioners
        captioners.get(captioners.name_of())

    def about(self) -> Json:
        """Device, captioner and versions, for the operator."""
        return {
            "device": self._device or self.settings.device,
            "captioner": self.settings.captioner,
            "slots": self.settings.jobs_at_once,
            "versions": self._versions,
            "in_hand": len(self.state.running),
        }

    async def _perform(self, job_id: str) -> None:
        job = await self._claim(job_id)
        if job is None:
            return
        self.state.running[job_id] = job
        started = time.monotonic()
        log.info("started: %s", job.row.asked, extra={"job": job_id})
        try:
            try:
                await self.state.store.do(
                    store.finish, job_id, "done", **await self._stages.run(job)
                )
                outcome, state = "done", "done"
            except StageFailedError as error:
                await self.state.store.do(store.finish, job_id, "failed", problem=str(error))
                outcome, state = f"failed ({error})", "failed"
            self.state.metrics.finished(state)
            took = time.monotonic() - started
            log.info("%s after %.1f s", outcome, took, extra={"job": job_id})
        except BaseException as error:  # the engine has errors of its own for a cancelled job
            log.info("job stopped", extra={"job": job_id})
            if isinstance(error, GoneError):
                raise asyncio.CancelledError from None
            raise
        finally:
            job.cancel.set()
            self.state.isolation.leave(job_id)
            self.state.running.pop(job_id, None)

    async def _claim(self, job_id: str) -> RunningJob | None:
        def claim(connection: Connection) -> Any:
            return store.claim(connection, job_id, self.state.id) and store.row(connection, job_id)

        row = await self.state.store.do(claim)
        if not row:
            return None
        asked = JobRequest(from_json(json.loads(row.request)), row.owner, row.key, row.revises)
        return RunningJob(row, asked, suspect=row.deaths > 0)

    def stop_all_but(self, kept: set[str]) -> None:
        """Stop at once with every job that is not among `kept`."""
        for job_id, job in list(self.state.running.items()):
            if job_id not in kept and not job.cancel.is_set():
                job.cancel.set()
                if job.task is not None:
                    job.task.cancel()
