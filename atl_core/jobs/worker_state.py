"""The jobs that a worker runs, and what its parts share while it runs them."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from atl_core.drafts.draft import Draft
from atl_core.jobs.isolation import Isolation
from atl_core.jobs.job import JobRequest
from atl_core.jobs.metrics import Metrics
from atl_core.jobs.retry import RetryingStore

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


class WorkerState:
    """What the parts of one worker share."""

    def __init__(self, engine: Engine, worker_id: str) -> None:
        self.id = worker_id
        self.store = RetryingStore(engine)
        self.metrics = Metrics()
        self.isolation = Isolation()
        self.running: dict[str, RunningJob] = {}
        self.stopping = False
        self.ready = asyncio.Event()
        """Set when the models are loaded; a worker that dies before does not die of its jobs."""
        self.calm = asyncio.Event()
        """Set once the worker has lived for a while."""
        self._never = asyncio.Event()

    def share_of(self, seconds: float) -> float:
        """What a job took of the worker that it shared with others."""
        return seconds / max(1, len(self.running))

    async def unless_stopping(self) -> None:
        """While the worker stops nothing may end: what is handed back goes on elsewhere."""
        if self.stopping:
            await self._never.wait()
