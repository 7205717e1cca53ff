"""The worker: takes orders off the queue and performs them, stage by stage.

Everything that a worker is made of lives in one event loop; what computes runs in threads. The
engine remembers which stages are finished, the ledger what a job has come to. A worker may only
go on with a job that the ledger says is in its hands, so that one that was believed dead, or
whose job was cancelled, stops at its next line.
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

from atl_core import edits
from atl_core.audio.source import KeptBeat, name_of
from atl_core.errors import UserError
from atl_core.jobs import store
from atl_core.jobs.engine import POLL_SECONDS, QUEUE, WORKFLOW, worker_config
from atl_core.jobs.hands import Hands, Json
from atl_core.jobs.isolation import Isolation
from atl_core.jobs.job import JobRequest, Stage
from atl_core.jobs.metrics import Metrics
from atl_core.jobs.retry import RetryingStore
from atl_core.settings import Settings

log = logging.getLogger(__name__)

LIMITS: Final[dict[Stage, float]] = {
    "fetch": 300.0, "listen": 900.0, "write": 900.0, "judge": 900.0, "save": 900.0,
}  # fmt: skip
"""Seconds after which a stage is taken to hang, also where other programs keep the machine busy.
Writing may take as long for each of its lines."""
PAUSES: Final[dict[Stage, tuple[float, ...]]] = {
    "fetch": (1.0, 2.0, 4.0),
    "listen": (0.5, 1.0, 2.0, 4.0, 8.0, 16.0),
    "write": (0.5, 1.0, 2.0, 4.0, 8.0, 16.0),
    "judge": (),
    "save": (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 60.0, 60.0),
}
"""Before each further try of what can pass."""
LOOK_SECONDS: Final = 0.15
"""How often a worker looks whether what it has in hand was taken back."""
MOST_DEATHS: Final = 3
"""A job over which so many workers died in a row, without its getting any further, is set aside."""
CALM_SECONDS: Final = 5.0
"""How long a worker has to have lived before it takes up a job whose next death is its last: where
workers are killed from outside, one after the other, no job is to blame."""


class GoneError(Exception):
    """The job is no longer this worker's to do: taken back, or taken over."""


@dataclass
class RunningJob:
    """A job that this worker is performing."""

    row: Any
    order: JobRequest
    cancel: threading.Event = field(default_factory=threading.Event)
    """Set when the job is to be left off, for the threads that work on it."""
    task: asyncio.Task[Any] | None = None
    stage: str = ""
    suspect: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    deadline: asyncio.Timeout | None = None


class Worker:
    """Where a worker performs its jobs."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        hands: Hands,
        worker_id: str,
        *,
        limits: dict[Stage, float] | None = None,
    ) -> None:
        self.settings = settings
        self.id = worker_id
        self.in_hand: dict[str, RunningJob] = {}
        self.begun: dict[str, asyncio.Event] = {}
        """The engine's workflows that run here, and what is set when each is over."""
        self.metrics = Metrics()
        self.stopping = False
        self.ready = asyncio.Event()
        """Set when the models are loaded; a worker that dies before does not die of its jobs."""
        self._calm = asyncio.Event()
        self._engine = engine
        self._store = RetryingStore(engine)
        self._hands = hands
        self._limits = {**LIMITS, **(limits or {})}
        self._isolation = Isolation()
        self._never = asyncio.Event()

    def register(self) -> None:
        """Tell the engine of the workflow and its steps; before it is launched."""
        from dbos import DBOS

        def step(stage: Stage, work: Callable[..., Awaitable[Json]]) -> Callable[..., Any]:
            async def run(job_id: str, *given: Any) -> Json:
                return await self._in_stage(job_id, stage, partial(work, job_id, *given))

            return DBOS.step(name=stage)(run)

        stages: dict[str, Callable[..., Any]] = {
            "fetch": step("fetch", self._fetch),
            "listen": step("listen", self._listen),
            "write": step("write", self._write),
            "judge": step("judge", self._judge),
            "save": step("save", self._save),
        }

        @DBOS.workflow(name=WORKFLOW)
        async def perform(job_id: str) -> None:
            if job_id in self.begun:  # handed out twice; whoever began with it goes on
                await self.begun[job_id].wait()
                return
            over = self.begun[job_id] = asyncio.Event()
            try:
                await self._perform(job_id, stages)
            except asyncio.CancelledError:
                await self._unless_stopping()
            except Exception as error:
                await self._unless_stopping()
                # The engine's own books failed. The recovery hands the job to somebody again.
                log.warning("interrupted: %s", error, extra={"job": job_id})
                raise
            finally:
                del self.begun[job_id]
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

    async def _perform(self, job_id: str, stages: dict[str, Callable[..., Any]]) -> None:
        job = await self._take(job_id)
        if job is None:
            return
        self.in_hand[job_id] = job
        started = time.monotonic()
        log.info("started: %s", job.row.asked, extra={"job": job_id})
        try:
            problem, result = await self._through(job_id, job, stages)
            if problem:
                await self._store.do(store.finish, job_id, "failed", problem=problem)
            else:
                await self._store.do(store.finish, job_id, "done", **result)
            self.metrics.finished("failed" if problem else "done")
            log.info(
                "%s after %.1f s",
                f"failed ({problem})" if problem else "done",
                time.monotonic() - started,
                extra={"job": job_id},
            )
        except BaseException as error:  # the engine has errors of its own for a cancelled job
            log.info("left off", extra={"job": job_id})
            if isinstance(error, GoneError):
                raise asyncio.CancelledError from None
            raise
        finally:
            job.cancel.set()
            self._isolation.leave(job_id)
            self.in_hand.pop(job_id, None)

    async def _through(
        self, job_id: str, job: RunningJob, stages: dict[str, Callable[..., Any]]
    ) -> tuple[str, Json]:
        """All stages, as far as they go: what the problem was, or what came of it."""
        request = job.order.request
        beat_name, heard = "", ""
        if isinstance(request, edits.Write | edits.Listen):
            beat_name = name_of(request.beat)
            if isinstance(request.beat, KeptBeat):
                beat = request.beat.id
            else:
                told = await stages["fetch"](job_id, request.beat)
                if "problem" in told:
                    return told["problem"], {}
                beat, beat_name = told["beat"], told["name"]
            told = await stages["listen"](job_id, beat, beat_name)
            if "problem" in told or isinstance(request, edits.Listen):
                return told.get("problem", ""), {}
            heard, job.seconds["listen"] = told["sha256"], told["seconds"]
        lines = await stages["write"](job_id, heard)
        if "problem" in lines:
            return lines["problem"], {}
        verdict = await stages["judge"](job_id, lines)
        if "problem" in verdict:
            return verdict["problem"], {}
        job.seconds |= {"write": lines.pop("seconds"), "judge": verdict.pop("seconds")}
        saved = await stages["save"](job_id, beat_name, lines, verdict)
        if "problem" in saved:
            return saved["problem"], {}
        return "", {"draft_id": saved["draft_id"], "revision": saved["revision"]}

    async def _fetch(self, job_id: str, link: str) -> Json:
        data, name = await self._hands.fetch(link)

        def keep(connection: Connection) -> str:
            beat_id = store.beat_id(data)
            store.store_beat(connection, beat_id, data)
            return store.needs_beat(connection, job_id, beat_id)

        return {"beat": await self._store.do(keep), "name": name}

    async def _listen(self, job_id: str, beat_id: str, beat_name: str) -> Json:
        data = await self._store.do(store.beat_bytes, beat_id)
        if data is None:
            raise UserError("The beat is not kept any more.", remedy="Attach it once more.")
        heard = await self._hands.listen_to(data)
        # Of a beat that is written to as well: the draft is shown with it.
        picture = await self._hands.picture(data, heard, beat_name)
        await self._store.do(store.keep_heard, job_id, json.dumps(heard), picture)
        return {"sha256": heard["sha256"]}

    async def _write(self, job_id: str, heard: str) -> Json:
        job = self.in_hand[job_id]
        await self._turn(job_id, job)
        written = (await self._store.do(store.lines_of, [job_id])).get(job_id, ())
        told = time.monotonic()

        def on_line(number: int, total: int, text: str) -> None:
            nonlocal told
            if not text:
                held = self._store.do_now(store.enter, job_id, self.id, "write", total)
            else:
                now = time.monotonic()
                self.metrics.line()
                share = (now - told) / max(1, len(self.in_hand))
                held = self._store.do_now(store.save_line, job_id, self.id, number, text)
                self._store.do_now(store.time_stage, "write", 1, share)
                job.suspect = False
                told = now
                loop.call_soon_threadsafe(self._extend, job)
            if not held:
                raise GoneError
            if text:  # a suspect may have its turn now
                self._isolation.leave(job_id)
                self._isolation.enter(job_id, alone=False, cancel=job.cancel)

        loop = asyncio.get_running_loop()
        return await self._hands.write(job.order, heard, written, on_line)

    async def _judge(self, job_id: str, lines: Json) -> Json:  # noqa: ARG002
        return await self._hands.judge(lines)

    async def _save(self, job_id: str, beat_name: str, lines: Json, verdict: Json) -> Json:
        job = self.in_hand[job_id]
        draft_id, revision = await self._hands.save(
            job_id, job.order, beat_name, lines, verdict, job.seconds
        )
        return {"draft_id": draft_id, "revision": revision}

    async def _in_stage(self, job_id: str, stage: Stage, work: Callable[[], Any]) -> Json:
        """One stage, within its time, tried again where that may help."""
        job = self.in_hand[job_id]
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
            return {"problem": str(error)}
        except TimeoutError:
            log.warning("%s took too long", stage, extra={"job": job_id})
            return {"problem": f"That took too long, and I gave up ({stage}). Please try again."}
        except DBAPIError:
            raise
        except Exception:
            bug = secrets.token_hex(4)
            log.exception("bug %s in %s", bug, stage, extra={"job": job_id})
            return {
                "problem": "Sorry, something went wrong here that should not have "
                f"(bug {bug}). Your saved drafts are safe."
            }
        finally:
            job.task = None
            self._isolation.leave(job_id)
        took = round(time.monotonic() - start, 3)
        self.metrics.stage(stage, took)
        if stage != "write":
            await self._store.do(store.time_stage, stage, 1, took / max(1, len(self.in_hand)))
        if job.suspect:
            job.suspect = False
            await self._store.do(store.got_further, job_id, self.id)
        return {**told, "seconds": took}

    async def _tries(self, job: RunningJob, stage: Stage, work: Callable[[], Any]) -> Json:
        for pause in (*PAUSES[stage], None):
            try:
                async with asyncio.timeout(self._limits[stage]) as job.deadline:
                    if stage != "write":  # which waits for its draft first
                        await self._enter(job)
                    told: Json = await work()
                    return told
            except Exception as error:
                if pause is None or isinstance(error, TimeoutError | GoneError):
                    raise
                if not self._hands.passing(error):
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

    async def _take(self, job_id: str) -> RunningJob | None:
        def take(connection: Connection) -> Any:
            return store.claim(connection, job_id, self.id) and store.row(connection, job_id)

        row = await self._store.do(take)
        if not row:
            return None
        order = JobRequest(
            edits.from_json(json.loads(row.request)), row.owner, row.key, row.revises
        )
        return RunningJob(row, order, suspect=row.deaths > 0)

    def leave_off(self, kept: set[str]) -> None:
        """Stop at once with every job that is not among `kept`."""
        for job_id, job in list(self.in_hand.items()):
            if job_id not in kept and not job.cancel.is_set():
                job.cancel.set()
                if job.task is not None:
                    job.task.cancel()

    async def _unless_stopping(self) -> None:
        """While the worker stops nothing may end: what is handed back goes on elsewhere."""
        if self.stopping:
            await self._never.wait()
