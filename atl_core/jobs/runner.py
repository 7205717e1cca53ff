"""Running a worker's jobs: the stages of the pipeline, with a checkpoint after each.

All of it lives in one event loop; what computes runs in threads. The engine remembers which stages
are finished, the job store what a job has come to. A worker may only go on with a job that the
store says it holds, so that one that was believed dead, or whose job was cancelled, stops at its
next line.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from atl_core.audio.source import KeptBeat, name_of
from atl_core.drafts.draft import Draft
from atl_core.edits.beat import Listen, SetBeat
from atl_core.edits.export import Rehearse
from atl_core.edits.request_json import from_json
from atl_core.edits.writing import Write
from atl_core.errors import UserError
from atl_core.genre.verdict import Verdict
from atl_core.jobs import store
from atl_core.jobs.engine import POLL_SECONDS, QUEUE, WORKFLOW, worker_config
from atl_core.jobs.isolation import Isolation
from atl_core.jobs.job import JobRequest
from atl_core.jobs.limits import LIMITS, PAUSES, can_pass
from atl_core.jobs.metrics import Metrics
from atl_core.jobs.retry import RetryingStore
from atl_core.machine import device, versions
from atl_core.pipeline.pipeline import Pipeline
from atl_core.plans.written import Written
from atl_core.progress import STAGES, Progress, Stage
from atl_core.settings import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.15
"""How often a worker looks whether a job of its was cancelled."""
MOST_DEATHS: Final = 3
"""A job over which so many workers died in a row, without its getting any further, is set aside."""
CALM_SECONDS: Final = 5.0
"""How long a worker has to have lived before it takes up a job whose next death is its last: where
workers are killed from outside, one after the other, no job is to blame."""


SHOWN: Final = ("listen", "write", "judge")
"""Stages whose seconds are kept with a draft."""
PROBLEM: Final = "problem"
"""What a failure is kept under by the engine, and nowhere else."""

Json = dict[str, Any]


class GoneError(Exception):
    """The job is no longer this worker's to do: cancelled, or taken over."""


class StageFailedError(Exception):
    """A stage failed; the text is for the writer."""


@dataclass
class RunningJob:
    """A job that this worker runs."""

    row: Any
    asked: JobRequest
    cancel: threading.Event = field(default_factory=threading.Event)
    """Set when the job is to be stopped, for the threads that work on it."""
    task: asyncio.Task[Any] | None = None
    stage: str = ""
    suspect: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    deadline: asyncio.Timeout | None = None
    draft: Draft | None = None
    """The draft that lines are written for, once it is loaded here."""


class JobRunner:
    """Runs a worker's jobs through the pipeline, with a checkpoint after each stage."""

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
        self.id = worker_id
        self.running: dict[str, RunningJob] = {}
        self.workflows: dict[str, asyncio.Event] = {}
        """The engine's workflows that run here, and what is set when each is over."""
        self.metrics = Metrics()
        self.stopping = False
        self.ready = asyncio.Event()
        """Set when the models are loaded; a worker that dies before does not die of its jobs."""
        self._device = ""
        self._versions = versions()
        self._calm = asyncio.Event()
        self._engine = engine
        self._store = RetryingStore(engine)
        self._pipeline = pipeline
        self._limits = {**LIMITS, **(limits or {})}
        self._isolation = Isolation()
        self._never = asyncio.Event()
        self._steps: dict[Stage, Callable[..., Awaitable[Json]]] = {}

    def register(self) -> None:
        """Tell the engine of the workflow and its steps; before it is launched."""
        from dbos import DBOS

        def step(stage: Stage) -> Callable[..., Awaitable[Json]]:
            async def run(job: RunningJob, work: Callable[[], Awaitable[Json]]) -> Json:
                return await self._step(stage, job, work)

            return DBOS.step(name=stage)(run)

        self._steps = {stage: step(stage) for stage in STAGES}

        @DBOS.workflow(name=WORKFLOW)
        async def perform(job_id: str) -> None:
            if job_id in self.workflows:  # handed out twice; whoever began with it goes on
                await self.workflows[job_id].wait()
                return
            over = self.workflows[job_id] = asyncio.Event()
            try:
                await self._perform(job_id)
            except asyncio.CancelledError:
                await self._unless_stopping()
            except Exception as error:
                await self._unless_stopping()
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
        DBOS(config=worker_config(self._engine, self.id, threads=8 * slots + 32))
        DBOS.launch()
        await DBOS.register_queue_async(
            QUEUE,
            worker_concurrency=slots,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )
        asyncio.get_running_loop().call_later(CALM_SECONDS, self._calm.set)

    async def get_ready(self) -> None:
        """Load the captioner; one that cannot be loaded is told with the first job as well."""
        try:
            self._device = await device(self.settings)
            await asyncio.to_thread(self._load_captioner)
        except UserError as error:
            log.error("The captioner cannot be loaded: %s", error)
        finally:
            self.ready.set()

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
            "in_hand": len(self.running),
        }

    async def _perform(self, job_id: str) -> None:
        job = await self._claim(job_id)
        if job is None:
            return
        self.running[job_id] = job
        started = time.monotonic()
        log.info("started: %s", job.row.asked, extra={"job": job_id})
        try:
            try:
                await self._store.do(store.finish, job_id, "done", **await self._stages(job))
                outcome, state = "done", "done"
            except StageFailedError as error:
                await self._store.do(store.finish, job_id, "failed", problem=str(error))
                outcome, state = f"failed ({error})", "failed"
            self.metrics.finished(state)
            took = time.monotonic() - started
            log.info("%s after %.1f s", outcome, took, extra={"job": job_id})
        except BaseException as error:  # the engine has errors of its own for a cancelled job
            log.info("job stopped", extra={"job": job_id})
            if isinstance(error, GoneError):
                raise asyncio.CancelledError from None
            raise
        finally:
            job.cancel.set()
            self._isolation.leave(job_id)
            self.running.pop(job_id, None)

    async def _stages(self, job: RunningJob) -> Json:
        """The stages of the pipeline, with a checkpoint after each; what the job came to.

        Raises:
            StageFailedError: one of them failed.
        """
        asked, pipeline = job.asked, self._pipeline
        if isinstance(asked.request, Rehearse):
            return await self._rehearse(job, asked.request)
        beat_name, heard = "", ""
        if isinstance(asked.request, Write) and not asked.request.beat:
            heard = (await pipeline.listener.hear("")).sha256
        elif isinstance(asked.request, Write | Listen | SetBeat):
            beat_name = name_of(asked.request.beat)
            if isinstance(asked.request.beat, KeptBeat):
                beat = asked.request.beat.id
            else:
                fetched = await self._stage(job, "fetch", partial(self._fetch, job))
                beat, beat_name = fetched["beat"], fetched["name"]
            listened = await self._stage(job, "listen", partial(self._listen, job, beat, beat_name))
            heard = listened["sha256"]
        if isinstance(asked.request, Listen):
            return {}

        async def write() -> Json:
            return (await self._write(job, heard)).to_json()

        written = Written.from_json(await self._stage(job, "write", write))

        async def judge() -> Json:
            sounds = await pipeline.drafts.sounds(asked.owner)
            return (await pipeline.judge(written.lines, sounds)).to_json()

        verdict = Verdict.from_json(await self._stage(job, "judge", judge))

        async def save() -> Json:
            draft = await pipeline.save(
                asked.request,
                asked.owner,
                written,
                verdict,
                draft_id=asked.draft_id,
                draft=job.draft,
                beat_name=beat_name,
                seconds={name: job.seconds[name] for name in SHOWN if name in job.seconds},
                job_id=job.row.id,
            )
            return {"draft_id": draft.id, "revision": draft.revision}

        return await self._stage(job, "save", save)

    async def _fetch(self, job: RunningJob) -> Json:
        takes_beat = Write | Listen | SetBeat | Rehearse
        assert isinstance(job.asked.request, takes_beat)
        data, name = await self._pipeline.listener.fetch(str(job.asked.request.beat))

        def keep(connection: Connection) -> str:
            beat_id = store.beat_id(data)
            store.store_beat(connection, beat_id, data)
            return store.needs_beat(connection, job.row.id, beat_id)

        return {"beat": await self._store.do(keep), "name": name}

    async def _listen(self, job: RunningJob, beat_id: str, beat_name: str) -> Json:
        data = await self._beat(beat_id)
        # The picture of a beat that is written to as well: the draft is shown with it.
        listening, picture = await self._pipeline.listener.listen_and_draw(data, beat_name)
        told = json.dumps(listening.to_json())
        await self._store.do(store.keep_heard, job.row.id, told, picture)
        return {"sha256": listening.sha256}

    async def _rehearse(self, job: RunningJob, request: Rehearse) -> Json:
        """Make a file of a draft and its beat, and keep it with the job."""
        beat = request.beat
        if isinstance(beat, KeptBeat):
            beat_id = beat.id
        else:
            beat_id = (await self._stage(job, "fetch", partial(self._fetch, job)))["beat"]

        async def render() -> Json:
            asked, job_id, loop = job.asked, job.row.id, asyncio.get_running_loop()
            draft = await self._pipeline.drafts.get(asked.draft_id, asked.owner)
            data = await self._beat(beat_id)

            def on_share(share: float) -> None:
                """Called by the thread that renders; ends it when the job is not ours any more."""
                done = int(100 * share)
                if not self._store.do_now(store.enter, job_id, self.id, "render", done):
                    raise GoneError
                loop.call_soon_threadsafe(self._extend, job)

            name, made = await self._pipeline.rehearsal(draft, data, request.format, on_share)
            await self._store.do(store.keep_made, job_id, name, made)
            return {"draft_id": draft.id, "revision": draft.revision}

        return await self._stage(job, "render", render)

    async def _beat(self, beat_id: str) -> bytes:
        data = await self._store.do(store.beat_bytes, beat_id)
        if data is None:
            raise UserError("The beat is not kept any more.", remedy="Attach it once more.")
        return data

    async def _write(self, job: RunningJob, heard: str) -> Written:
        job_id, asked, pipeline = job.row.id, job.asked, self._pipeline
        await self._turn(job_id, job)
        draft = None
        if not isinstance(asked.request, Write):
            draft = job.draft = await pipeline.drafts.get(asked.draft_id, asked.owner)
        if isinstance(asked.request, Write | SetBeat):
            listening = await pipeline.drafts.listening(heard)
            plan = await pipeline.plan_to(asked.request, listening, draft)
        else:
            assert draft is not None
            plan = await pipeline.plan(asked.request, draft, asked.owner)
        plan = await pipeline.for_writer(plan, asked.owner)
        done = (await self._store.do(store.lines_of, [job_id])).get(job_id, ())
        last = time.monotonic()

        def on_line(progress: Progress) -> None:
            """Called by the thread that writes; ends it when the job is not ours any more."""
            nonlocal last
            total, text = progress.total, progress.text
            if not text:
                held = self._store.do_now(store.enter, job_id, self.id, "write", total)
            else:
                now = time.monotonic()
                self.metrics.line()
                share = (now - last) / max(1, len(self.running))
                number = progress.done - 1
                held = self._store.do_now(store.save_line, job_id, self.id, number, text)
                self._store.do_now(store.time_stage, "write", 1, share)
                job.suspect = False
                last = now
                loop.call_soon_threadsafe(self._extend, job)
            if not held:
                raise GoneError
            if text:  # a suspect may have its turn now
                self._isolation.leave(job_id)
                self._isolation.enter(job_id, alone=False, cancel=job.cancel)

        loop = asyncio.get_running_loop()
        return await pipeline.write(plan, done=done, on_line=on_line)

    async def _stage(
        self, job: RunningJob, stage: Stage, work: Callable[[], Awaitable[Json]]
    ) -> Json:
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
        if not await self._store.do(store.enter, job_id, self.id, stage):
            raise asyncio.CancelledError
        job.stage = stage
        start = time.monotonic()
        job.task = asyncio.create_task(self._tries(job, stage, work))
        try:
            told: Json = await job.task
        except (GoneError, asyncio.CancelledError):
            await self._unless_stopping()
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
            self._isolation.leave(job_id)
        took = round(time.monotonic() - start, 3)
        self.metrics.stage(stage, took)
        if stage != "write":
            await self._store.do(store.time_stage, stage, 1, took / max(1, len(self.running)))
        if job.suspect:
            job.suspect = False
            await self._store.do(store.got_further, job_id, self.id)
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
                self._isolation.leave(job.row.id)
                await asyncio.sleep(pause)
        raise AssertionError

    async def _enter(self, job: RunningJob) -> None:
        """Wait until this job may compute."""
        job_id = job.row.id
        if job.suspect:
            await self.ready.wait()
            if job.row.deaths >= MOST_DEATHS - 1:
                await self._calm.wait()
        elif self._isolation.try_enter(job_id):
            return
        await asyncio.to_thread(
            partial(self._isolation.enter, job_id, alone=job.suspect, cancel=job.cancel)
        )
        if job.suspect:  # whatever kills this worker from here on, it is this job
            await self._store.do(store.set_alone, job_id, True)

    async def _turn(self, job_id: str, job: RunningJob) -> None:
        """Wait while another job works on the same draft, then until this one may compute."""
        while job.row.revises and await self._store.do(store.is_before, job_id, job.row.revises):
            if job.deadline is not None:
                self._extend(job)
            await asyncio.sleep(LOOK_SECONDS)
        await self._enter(job)

    def _extend(self, job: RunningJob) -> None:
        """A line was written: the next one has as long."""
        if job.deadline is not None and not job.deadline.expired():
            with suppress(RuntimeError):
                now = asyncio.get_running_loop().time()
                job.deadline.reschedule(now + self._limits["write"])

    async def _claim(self, job_id: str) -> RunningJob | None:
        def claim(connection: Connection) -> Any:
            return store.claim(connection, job_id, self.id) and store.row(connection, job_id)

        row = await self._store.do(claim)
        if not row:
            return None
        asked = JobRequest(from_json(json.loads(row.request)), row.owner, row.key, row.revises)
        return RunningJob(row, asked, suspect=row.deaths > 0)

    def stop_all_but(self, kept: set[str]) -> None:
        """Stop at once with every job that is not among `kept`."""
        for job_id, job in list(self.running.items()):
            if job_id not in kept and not job.cancel.is_set():
                job.cancel.set()
                if job.task is not None:
                    job.task.cancel()

    async def _unless_stopping(self) -> None:
        """While the worker stops nothing may end: what is handed back goes on elsewhere."""
        if self.stopping:
            await self._never.wait()
