"""The studio's side for orders: what is handed to a worker, and what comes back.

Nothing in here loads a model. The queue is opened when it is first needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atl_core.audio.source import KeptBeat, Source
from atl_core.settings import Settings

if TYPE_CHECKING:
    from atl_core.audio.listening import Listening
    from atl_core.jobs.job import Job, JobRequest
    from atl_core.jobs.queue import JobQueue


class Ordering:
    """What a Studio offers to front ends that have their work done by a worker."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._queue: JobQueue | None = None
        self._opening_queue = asyncio.Lock()

    async def queue(self) -> JobQueue:
        """Where orders are handed in.

        Raises:
            StorageError: the database of jobs cannot be used.
        """
        async with self._opening_queue:
            if self._queue is None:
                from atl_core.jobs.queue import open_queue

                self._queue = await open_queue(self.settings)
        return self._queue

    async def close_queue(self) -> None:
        if self._queue is not None:
            await self._queue.close()
            self._queue = None

    async def keep_beat(self, data: bytes, name: str) -> KeptBeat:
        """Keep an attachment's bytes for the worker; they go when no job needs them any more.

        Raises:
            BeatError: they are more than is listened to.
        """
        return await (await self.queue()).keep_beat(data, name)

    async def submit(self, order: JobRequest) -> Job:
        """Queue an order. The same key again gives the job that came of it before.

        Raises:
            JobError: its writer, or everybody together, has as many jobs waiting as may wait.
            StorageError: the queue cannot be written.
        """
        return await (await self.queue()).submit(order)

    async def job(self, job_id: str, *, owner: str) -> Job:
        """How a job stands.

        Raises:
            JobError: there is no such job of this owner.
        """
        return await (await self.queue()).job(job_id, owner=owner)

    async def watch(self, job_id: str) -> AsyncIterator[Job]:
        """A snapshot now and whenever anything changes; the last one is finished.

        It goes on while workers come and go.
        """
        async for job in (await self.queue()).watch(job_id):
            yield job

    async def cancel(self, job_id: str, *, owner: str) -> Job:
        """Take a job back; `owner` is empty for a moderator. What is finished stays as it is.

        Raises:
            JobError: there is no such job of this owner.
        """
        return await (await self.queue()).cancel(job_id, owner=owner)

    async def heard(self, job_id: str, *, owner: str) -> tuple[Listening, bytes]:
        """What a `Listen` job heard, and the picture of it as PNG.

        Raises:
            JobError: there is no such job of this owner, or it has heard nothing.
        """
        from atl_core.audio.listening import Listening

        heard, picture = await (await self.queue()).heard(job_id, owner=owner)
        return Listening.from_json(heard), picture

    async def source(self, beat: str | KeptBeat) -> Source:
        """A beat that can be opened: what was kept for a worker, or what was given.

        Raises:
            BeatError: it was not kept for so long.
        """
        if not isinstance(beat, KeptBeat):
            return beat
        return await (await self.queue()).beat_bytes(beat)

    async def undelivered(self, *, since: datetime | None = None) -> list[Job]:
        """Jobs that are done or have failed, and whose writer has not been told; oldest first."""
        return await (await self.queue()).undelivered(since=since)

    async def delivered(self, job_id: str, message: str) -> None:
        """Note that the answer was posted, as the message of this id."""
        await (await self.queue()).delivered(job_id, message)

    async def jobs(self, *, owner: str = "") -> list[Job]:
        """What waits and what runs, in its order; of one owner, or all."""
        return await (await self.queue()).jobs(owner=owner)

    async def health(self) -> dict[str, Any]:
        """How the queue and the workers stand, for operators."""
        return await (await self.queue()).health()

    async def orders_of(self, owner: str) -> list[dict[str, Any]]:
        """What is kept about an owner's orders, as JSON."""
        return await (await self.queue()).data_of(owner) if self.has_queue() else []

    async def forget_orders(self, owner: str) -> None:
        """Take back an owner's orders and remove what is kept of them."""
        if self.has_queue():
            await (await self.queue()).forget(owner)

    def has_queue(self) -> bool:
        """Whether anything was ever ordered here; a terminal's own data folder has no queue."""
        from sqlalchemy import make_url

        url = make_url(self.settings.queue_url)
        return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()
