"""What goes on beside the jobs: heartbeats, taking over from the dead, purging, and the end.

The engine does not notice that a worker on another host has died, nor does it count whom a job
has killed; both is done here, over its public interface.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock, Timeout
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from atl_core.errors import StorageError
from atl_core.files import make_private_folder
from atl_core.jobs import beats, store
from atl_core.jobs.checkpoints import LOOK_SECONDS, MOST_DEATHS
from atl_core.jobs.database import reading, writing
from atl_core.jobs.engine import QUEUE, open_client
from atl_core.jobs.heartbeat import Heartbeats
from atl_core.jobs.runner import JobRunner
from atl_core.settings import Settings

if TYPE_CHECKING:
    from dbos import DBOSClient

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS: Final = 2.0
ROUND_SECONDS: Final = 2.0
"""How often the dead are looked for."""
HUNG_SECONDS: Final = 60.0
"""A process on this machine that is there but silent for so long is taken for dead as well."""
PURGE_SECONDS: Final = 600.0
TOLD_KEPT_SECONDS: Final = 86_400.0
"""How long a job is kept after its writer was told, or took it back."""
UNTOLD_KEPT_SECONDS: Final = 7 * 86_400.0
BEATS_KEPT_SECONDS: Final = 86_400.0
STOPPING_SECONDS: Final = 1.0
"""What the engine gets to notice that it is to stop. What it takes after that is taken over."""
SET_ASIDE: Final = (
    "This request stopped the writer three times, so I have set it aside. Your saved drafts are "
    "safe. Try another beat or other words."
)
ENDED: Final = ("SUCCESS", "ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


class Recovery:
    """Keeps one worker's place among the others."""

    def __init__(self, settings: Settings, engine: Engine, runner: JobRunner) -> None:
        self._settings = settings
        self._engine = engine
        self._runner = runner
        self._id = runner.state.id
        self._running = runner.state.running
        self._heartbeats = Heartbeats()
        self._client: DBOSClient | None = None
        self._orphans: set[str] = set()
        self._started = time.time()
        folder = settings.home / "workers"
        make_private_folder(folder)
        self._folder = folder
        self._lock = FileLock(folder / f"{runner.state.id}.lock")

    def join(self) -> None:
        """Join the workers. The kernel lets go of the lock when the process dies, however."""
        self._lock.acquire(blocking=False)
        self._beat()

    def _beat(self) -> None:
        about = self._runner.about()
        with writing(self._engine) as connection:
            worker = {
                "id": self._id,
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "started": self._started,
                "about": json.dumps(about),
            }
            store.heartbeat(connection, worker)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set."""
        await asyncio.gather(
            self._every(HEARTBEAT_SECONDS, self._beat, stop),
            self._every(ROUND_SECONDS, self._round, stop),
            self._every(PURGE_SECONDS, self._purge, stop),
            self._look(stop),
        )

    async def _every(self, seconds: float, work: Callable[[], None], stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await asyncio.to_thread(work)
            except (StorageError, DBAPIError) as error:
                log.warning("The job store does not answer: %s", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)

    async def _look(self, stop: asyncio.Event) -> None:
        """Stop jobs that were cancelled or taken over."""
        while not stop.is_set():
            if self._running:
                looked_for = set(self._running)
                with suppress(StorageError, DBAPIError):
                    kept = await asyncio.to_thread(self._held)
                    # What came in meanwhile was not looked for.
                    self._runner.stop_all_but(kept | (set(self._running) - looked_for))
            await asyncio.sleep(LOOK_SECONDS)

    def _held(self) -> set[str]:
        with reading(self._engine) as connection:
            return store.holding(connection, self._id)

    def _round(self) -> None:
        """Take over jobs of dead workers, and queue orphans again."""
        with reading(self._engine) as connection:
            workers = store.workers(connection)
        living = set()
        for worker in workers:
            if worker.id != self._id and self._is_dead(worker):
                self._take_over(worker.id)
            else:
                living.add(worker.id)
        self._requeue_orphans(living)

    def _is_dead(self, worker: Any) -> bool:
        path = self._folder / f"{worker.id}.lock"
        if not path.exists():
            return self._heartbeats.silent(worker)
        try:
            with FileLock(path, blocking=False):
                path.unlink(missing_ok=True)
                return True
        except Timeout:
            return self._heartbeats.silent(worker, after=HUNG_SECONDS)

    def _take_over(self, worker_id: str) -> None:
        with writing(self._engine) as connection:
            store.remove_worker(connection, worker_id)
            doomed = store.release_dead(connection, worker_id, MOST_DEATHS)
            for job_id in doomed:
                store.finish(connection, job_id, "failed", problem=SET_ASIDE)
        log.warning("worker %s is dead", worker_id)
        for job_id in doomed:
            log.error("set aside after %d dead workers", MOST_DEATHS, extra={"job": job_id})

    def _requeue_orphans(self, living: set[str]) -> None:
        """Queue again jobs that no worker runs."""
        under_way = {
            flow.workflow_id: flow.executor_id
            for flow in self._open_client().list_workflows(
                status=["PENDING"], queue_name=QUEUE, load_input=False, load_output=False
            )
        }
        mine = set(self._runner.workflows)
        with reading(self._engine) as connection:
            held = store.holding(connection, self._id)
            lost = (held - mine) | set(store.orphans(connection))
        orphans = lost - under_way.keys()
        orphans |= {
            job_id
            for job_id, executor in under_way.items()
            if executor not in living or (executor == self._id and job_id not in mine)
        }
        # One that is only between two steps is not there any more at the next round.
        for job_id in orphans:
            if job_id in self._orphans or under_way.get(job_id, self._id) not in living:
                self._requeue(job_id, under_way.get(job_id))
        self._orphans = orphans

    def _requeue(self, job_id: str, executor: str | None) -> None:
        """Let go of a job, and see to it that the engine runs it.

        `executor` is who ran it when it was found astray; if somebody else does by now, or if it
        waits on the queue, all is well.
        """
        client = self._open_client()
        with writing(self._engine) as connection:
            row = store.row(connection, job_id)
            if row is not None and row.state in store.ACTIVE and row.holder == self._id:
                store.release(connection, job_id, self._id)
        if row is None or row.state not in store.ACTIVE:
            client.cancel_workflow(job_id)
            return
        found = client.list_workflows(workflow_ids=[job_id], load_input=False, load_output=False)
        if not found:
            return
        (flow,) = found
        if flow.status in ENDED:
            client.rewind_workflow(job_id, start_step=self._unfinished(job_id), queue_name=QUEUE)
        elif flow.status == "PENDING" and flow.executor_id == executor:
            client.resume_workflow(job_id, queue_name=QUEUE)
        else:
            return
        log.info("queued again", extra={"job": job_id})

    def _unfinished(self, job_id: str) -> int:
        """The step of a job at which the engine is to go on: one that failed is not finished."""
        steps = self._open_client().list_workflow_steps(job_id)
        failed = [step["function_id"] for step in steps if step["error"] is not None]
        return min(failed, default=len(steps) + 1)

    def _purge(self) -> None:
        now = time.time()
        with writing(self._engine) as connection:
            old = store.old(
                connection, told=now - TOLD_KEPT_SECONDS, untold=now - UNTOLD_KEPT_SECONDS
            )
            store.remove(connection, old)
            beats.purge(connection, now - BEATS_KEPT_SECONDS)
            store.purge_remains(connection)
            store.purge_times(connection)
        if old:
            self._open_client().delete_workflows(old)

    def leave(self) -> None:
        """Release the running jobs, and leave the workers."""
        from dbos import DBOS

        # It stops taking jobs at once, but waits for threads that sleep for seconds; we do not.
        stopping = threading.Thread(target=DBOS.destroy, daemon=True)
        stopping.start()
        stopping.join(STOPPING_SECONDS)
        with writing(self._engine) as connection:
            for job_id in store.holding(connection, self._id):
                store.release(connection, job_id, self._id)
        client = self._open_client()
        mine = client.list_workflows(
            status=["PENDING"],
            executor_id=self._id,
            load_input=False,
            load_output=False,
        )
        for flow in mine:
            self._requeue(flow.workflow_id, self._id)
        with writing(self._engine) as connection:
            store.remove_worker(connection, self._id)
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)

    def gauges(self) -> dict[str, float]:
        """For Prometheus, of the whole queue and of this worker."""
        with reading(self._engine) as connection:
            rows = store.active(connection)
            workers = self._heartbeats.living(store.workers(connection))
        return {
            "jobs_queued": sum(row.state == "queued" for row in rows),
            "jobs_running": sum(row.state == "running" for row in rows),
            "workers": len(workers),
            "in_hand": len(self._running),
        }

    def _open_client(self) -> DBOSClient:
        if self._client is None:
            self._client = open_client(self._engine, self._settings)
        return self._client
