"""The queue: jobs are submitted, looked at, cancelled, and what they made is collected.

It loads no model. Whatever blocks runs in threads of its own, so that an event loop never waits
for a database.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import Connection, Engine

from atl_core.audio.listening import Listening
from atl_core.audio.source import KeptBeat
from atl_core.errors import BeatError, JobError, StorageError, limit, megabytes
from atl_core.jobs import beats, store
from atl_core.jobs.database import SUBMIT_LOCK, open_jobs_database, reading, take_lock, writing
from atl_core.jobs.engine import enqueue_options, open_client
from atl_core.jobs.estimate import Outlook, expected_lines
from atl_core.jobs.heartbeat import Heartbeats
from atl_core.jobs.job import Job, JobRequest
from atl_core.settings import Settings

if TYPE_CHECKING:
    from dbos import DBOSClient

log = logging.getLogger(__name__)

THREADS: Final = 4
LOOK_SECONDS: Final = 0.1
"""How often the jobs that somebody watches are looked at."""
PATIENCE_SECONDS: Final = 1.0
"""Between two looks while the database does not answer."""

T = TypeVar("T")


class JobQueue:
    """The queue of jobs; its database is made and opened when it is first needed.

    Every method raises `StorageError` when the database cannot be used. `close` it at the end.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._opened: Engine | None = None
        self._opening = threading.Lock()
        self._client: DBOSClient | None = None
        self._threads = ThreadPoolExecutor(THREADS, "atl-queue")
        self._heartbeats = Heartbeats()
        self._watchers: dict[str, set[asyncio.Queue[Job | None]]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._threads.shutdown()
        if self._client is not None:
            self._client.destroy()
        if self._opened is not None:
            self._opened.dispose()

    @property
    def _engine(self) -> Engine:
        """The open database; call it in a thread."""
        with self._opening:
            if self._opened is None:
                self._opened = open_jobs_database(self.settings.queue_url)
        return self._opened

    def exists(self) -> bool:
        """Whether anything was ever submitted; a terminal's own data folder has no queue."""
        from sqlalchemy import make_url

        url = make_url(self.settings.queue_url)
        return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()

    async def keep_beat(self, data: bytes, name: str) -> KeptBeat:
        """Keep an attachment's bytes for the worker; they go when no job needs them any more.

        Raises:
            BeatError: they are more than is listened to.
        """
        most = self.settings.max_megabytes
        if len(data) > most * 1e6:
            raise BeatError(
                f"The attachment is too large ({megabytes(len(data))}).",
                f"Up to {limit(most)} MB are accepted.",
                "Send an MP3, or a shorter part of the beat.",
            )

        def keep() -> str:
            beat_id = beats.id_of(data)
            with writing(self._engine) as connection:
                beats.keep(connection, beat_id, data)
            return beat_id

        return KeptBeat(await self._in_thread(keep), name)

    async def beat_bytes(self, beat: KeptBeat) -> bytes:
        """The bytes that were kept.

        Raises:
            BeatError: they were not kept for so long.
        """

        def read() -> bytes | None:
            with reading(self._engine) as connection:
                return beats.read(connection, beat.id)

        data = await self._in_thread(read)
        if data is None:
            raise BeatError(
                f"The beat {beat.name} is not kept any more.", remedy="Attach it once more."
            )
        return data

    async def kept_beat(self, beat_id: str, name: str) -> KeptBeat | None:
        """A beat that was given before, by the sha256 of its bytes; None if it is gone."""
        if not self.exists():
            return None

        def find() -> bool:
            with writing(self._engine) as connection:
                return beats.has(connection, beat_id)

        return KeptBeat(beat_id, name) if await self._in_thread(find) else None

    async def submit(self, asked: JobRequest) -> Job:
        """Queue a request. The same key again gives the job that came of it before.

        Raises:
            JobError: its writer, or everybody together, has as many jobs waiting as may wait.
        """
        return await self._in_thread(partial(self._submit, asked))

    def _submit(self, asked: JobRequest) -> Job:
        client = self._open_client()
        with writing(self._engine) as connection:
            # Until it is over, nobody else counts what waits or hands in the same request.
            take_lock(connection, SUBMIT_LOCK)
            job_id = store.by_key(connection, asked.key)
            if job_id is None:
                self._check_room(connection, asked)
                priority = 1 + store.active_of(connection, asked.owner)
                total = expected_lines(asked.request)
                job_id = store.add(connection, asked, priority=priority, total=total)
                # In one transaction: a job is on the engine's queue and in the store, or nowhere.
                options = enqueue_options(job_id, priority)
                client.enqueue_in_transaction(connection, options, job_id)
                log.info("queued: %s", asked.request.describe(), extra={"job": job_id})
            return self._snapshots(connection, [job_id])[0]

    def _check_room(self, connection: Connection, asked: JobRequest) -> None:
        each, most = self.settings.max_jobs_each, self.settings.max_jobs
        if store.active_of(connection, asked.owner) >= each:
            raise JobError(
                f"You have {each} requests on the way already."
                if each > 1
                else "You have a request on the way already.",
                remedy="Wait until one is finished, or cancel one.",
            )
        if store.waiting(connection) >= most:
            raise JobError(
                f"{most} requests are waiting already, and no more are taken for the moment.",
                remedy="Try again in a few minutes.",
            )

    async def job(self, job_id: str, *, owner: str) -> Job:
        """How a job stands.

        Raises:
            JobError: there is no such job of this owner.
        """

        def read() -> Job:
            with reading(self._engine) as connection:
                return self._found(connection, job_id, owner)

        return await self._in_thread(read)

    async def jobs(self, *, owner: str = "") -> list[Job]:
        """What waits and what runs, in its order; of one owner, or all."""

        def read() -> list[Job]:
            with reading(self._engine) as connection:
                rows = store.active(connection)
                ids = [row.id for row in rows if owner in ("", row.owner)]
                return self._snapshots(connection, ids)

        return await self._in_thread(read)

    async def cancel(self, job_id: str, *, owner: str) -> Job:
        """Cancel a job; `owner` is empty for a moderator. What is finished stays as it is.

        Raises:
            JobError: there is no such job of this owner.
        """
        return await self._in_thread(partial(self._cancel, job_id, owner))

    def _cancel(self, job_id: str, owner: str) -> Job:
        client = self._open_client()
        with writing(self._engine) as connection:
            self._found(connection, job_id, owner)
            cancelled = store.cancel(connection, job_id)
        if cancelled:
            log.info("cancelled", extra={"job": job_id})
            client.cancel_workflow(job_id)
        with reading(self._engine) as connection:
            return self._found(connection, job_id, owner)

    async def heard(self, job_id: str, *, owner: str) -> tuple[Listening, bytes]:
        """What a job heard in its beat, and the picture of it as PNG.

        Raises:
            JobError: there is no such job of this owner, or it has heard nothing.
        """

        def read() -> tuple[Listening, bytes]:
            with reading(self._engine) as connection:
                self._found(connection, job_id, owner)
                found = store.heard(connection, job_id)
            if found is None:
                raise JobError("Nothing was heard in that beat.", remedy="Ask once more.")
            listening, picture = found
            return Listening.from_json(json.loads(listening)), picture

        return await self._in_thread(read)

    async def made(self, job_id: str, *, owner: str) -> tuple[str, bytes] | None:
        """The name and the bytes of the file that a job made; None if it made none.

        Raises:
            JobError: there is no such job of this owner.
        """

        def read() -> tuple[str, bytes] | None:
            with reading(self._engine) as connection:
                self._found(connection, job_id, owner)
                return store.made(connection, job_id)

        return await self._in_thread(read)

    async def undelivered(self, *, since: datetime | None = None) -> list[Job]:
        """Jobs that are done or have failed, and whose writer has not been told; oldest first."""

        def read() -> list[Job]:
            with reading(self._engine) as connection:
                rows = store.undelivered(connection, since.timestamp() if since else 0.0)
                return self._snapshots(connection, [row.id for row in rows])

        return await self._in_thread(read)

    async def delivered(self, job_id: str, message: str) -> None:
        """Note that the answer was posted, as the message of this id."""

        def note() -> None:
            with writing(self._engine) as connection:
                store.deliver(connection, job_id, message)

        await self._in_thread(note)

    async def data_of(self, owner: str) -> list[dict[str, Any]]:
        """What is kept about an owner's jobs, as JSON."""
        if not self.exists():
            return []

        def read() -> list[dict[str, Any]]:
            with reading(self._engine) as connection:
                rows = store.owned(connection, owner)
                lines = store.lines_of(connection, [row.id for row in rows])
            return [
                {
                    "id": row.id,
                    "asked": row.asked,
                    "state": row.state,
                    "created": row.created,
                    "address": json.loads(row.address),
                    "lines": list(lines.get(row.id, ())),
                }
                for row in rows
            ]

        return await self._in_thread(read)

    async def forget(self, owner: str) -> None:
        """Cancel what is under way for an owner, and remove all that is kept of it."""
        if not self.exists():
            return

        def remove() -> None:
            client = self._open_client()
            with writing(self._engine) as connection:
                rows = store.owned(connection, owner)
                ids = [row.id for row in rows]
                store.remove(connection, ids)
                beats.forget(connection, {row.beat for row in rows})
            if ids:
                client.delete_workflows(ids)

        await self._in_thread(remove)

    async def watch(self, job_id: str) -> AsyncIterator[Job]:
        """A snapshot now and whenever anything changes; the last one is finished.

        It goes on while workers come and go. A job that is removed, since its owner asked to be
        forgotten, ends as cancelled.
        """
        news: asyncio.Queue[Job | None] = asyncio.Queue()
        self._watchers.setdefault(job_id, set()).add(news)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            last = (await self._in_thread(partial(self._read, [job_id])))[:1]
            if not last:
                raise JobError("There is no such request any more.", remedy="Ask once more.")
            (job,) = last
            yield job
            while not job.finished:
                told = await news.get() or replace(job, state="cancelled")
                if told != job:
                    job = told
                    yield job
        finally:
            watchers = self._watchers.get(job_id, set())
            watchers.discard(news)
            if not watchers:
                self._watchers.pop(job_id, None)

    async def _look(self) -> None:
        """Tells the watchers, one look for all of them, for as long as there are any."""
        while self._watchers:
            watched = list(self._watchers)
            try:
                jobs = await self._in_thread(partial(self._read, watched))
            except StorageError as error:
                log.warning("Jobs cannot be looked at: %s", error)
                await asyncio.sleep(PATIENCE_SECONDS)
                continue
            found = {job.id: job for job in jobs}
            for job_id in watched:
                for watcher in self._watchers.get(job_id, ()):
                    watcher.put_nowait(found.get(job_id))
            await asyncio.sleep(LOOK_SECONDS)

    async def health(self) -> dict[str, Any]:
        """How the queue and the workers stand, for operators."""

        def read() -> dict[str, Any]:
            with reading(self._engine) as connection:
                rows = store.active(connection)
                living = self._heartbeats.living(store.workers(connection))
                seconds = store.seconds_a_part(connection)
            return {
                "queued": sum(row.state == "queued" for row in rows),
                "running": sum(row.state == "running" for row in rows),
                "oldest_seconds": round(max((time.time() - r.created for r in rows), default=0), 1),
                "seconds_a_part": {stage: round(took, 3) for stage, took in seconds.items()},
                "workers": [
                    {
                        "id": worker.id,
                        "host": worker.host,
                        "pid": worker.pid,
                        "heartbeat_seconds": round(max(0.0, time.time() - worker.beaten), 1),
                        "up_seconds": round(max(0.0, time.time() - worker.started), 1),
                        **json.loads(worker.about),
                    }
                    for worker in living
                ],
            }

        return await self._in_thread(read)

    def _read(self, job_ids: Sequence[str]) -> list[Job]:
        with reading(self._engine) as connection:
            return self._snapshots(connection, job_ids)

    def _found(self, connection: Connection, job_id: str, owner: str) -> Job:
        found = self._snapshots(connection, [job_id])
        if not found or owner not in ("", found[0].owner):
            raise JobError("There is no such request of yours.", remedy="Look at what waits.")
        return found[0]

    def _snapshots(self, connection: Connection, job_ids: Sequence[str]) -> list[Job]:
        """The jobs of these ids that there are, in this order."""
        rows = {row.id: row for row in store.rows(connection, job_ids)}
        lines = store.lines_of(connection, job_ids)
        places = store.places_of(connection, job_ids)
        outlook = None
        if any(row.state in store.ACTIVE for row in rows.values()):
            active = store.active(connection)
            outlook = Outlook(
                active,
                store.lines_of(connection, [row.id for row in active if row.state == "running"]),
                store.seconds_a_part(connection),
                self._heartbeats.living(store.workers(connection)),
            )
        return [
            store.snapshot(
                rows[job_id],
                lines.get(job_id, ()),
                places.get(job_id, ()),
                position=outlook.position(job_id) if outlook else 0,
                wait_seconds=outlook.wait_seconds(job_id) if outlook else None,
            )
            for job_id in job_ids
            if job_id in rows
        ]

    def _open_client(self) -> DBOSClient:
        if self._client is None:
            self._client = open_client(self._engine, self.settings)
        return self._client

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
