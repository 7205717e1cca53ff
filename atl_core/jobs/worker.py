"""The worker: a process that runs jobs, with its own models, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NoReturn

from atl_core.drafts.store import DraftStore
from atl_core.files import sweep
from atl_core.jobs.database import open_jobs_database
from atl_core.jobs.engine import open_client
from atl_core.jobs.metrics import serving
from atl_core.jobs.recovery import Recovery
from atl_core.jobs.runner import JobRunner
from atl_core.pipeline.pipeline import Pipeline
from atl_core.progress import Stage
from atl_core.settings import Settings

if TYPE_CHECKING:
    from atl_core.captioner.protocol import Captioner

log = logging.getLogger(__name__)

FINISHING_SECONDS: Final = 4.0
"""What is being judged or saved when the worker stops gets so long to end."""


def work(
    settings: Settings,
    pipeline: Callable[[], Pipeline] | None = None,
    *,
    limits: dict[Stage, float] | None = None,
    finishing: float = FINISHING_SECONDS,
) -> NoReturn:
    """Run jobs until SIGTERM or SIGINT; what is running then is finished or handed back.

    Does not return: the process ends with it, whatever its threads are still at. `limits` are
    seconds that a stage may take, `finishing` those that a job gets which is being judged or saved
    when the worker stops, where they are not to be the usual ones.

    Raises:
        StorageError: the database of jobs cannot be used.
    """

    async def run() -> None:
        await asyncio.to_thread(sweep)  # what a worker that was killed left behind
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, stop.set)
        made = pipeline() if pipeline else worker_pipeline(settings)
        await serve(settings, made, stop, limits=limits, finishing=finishing)

    asyncio.Runner().run(run())
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def worker_pipeline(settings: Settings) -> Pipeline:
    """A pipeline whose jobs write at the same time and share the forwards of the model."""

    def batch(captioner: Captioner) -> Captioner:
        from atl_core.captioner.batching import batched

        return batched(captioner, settings.batch)

    drafts = DraftStore(settings.drafts_url)
    return Pipeline(settings, drafts, writing_at_once=settings.jobs_at_once, prepare=batch)


async def serve(
    settings: Settings,
    pipeline: Pipeline,
    stop: asyncio.Event,
    *,
    limits: dict[Stage, float] | None = None,
    finishing: float = FINISHING_SECONDS,
) -> None:
    """Work until `stop` is set, then finish or hand back what is running.

    Raises:
        StorageError: the database of jobs cannot be used.
    """
    engine = await asyncio.to_thread(open_jobs_database, settings.queue_url)
    runner = JobRunner(settings, engine, pipeline, _new_worker_id(), limits=limits)
    recovery = Recovery(settings, engine, runner)
    # The engine's tables first: its client and the first round of recovery need them.
    await asyncio.to_thread(open_client, engine, settings)
    await asyncio.to_thread(recovery.join)
    runner.register()
    await runner.launch()
    log.info("worker %s is ready", runner.state.id)
    ready = asyncio.create_task(runner.get_ready())
    async with serving(settings.metrics_port, runner.state.metrics, recovery.gauges):
        await recovery.run(stop)
    ready.cancel()
    log.info("stopping with %d running jobs", len(runner.state.running))
    await _finish(runner, finishing)
    runner.state.stopping = True
    runner.stop_all_but(set())
    await asyncio.to_thread(recovery.leave)
    log.info("stopped")


async def _finish(runner: JobRunner, seconds: float) -> None:
    """Let what is nearly done be done. What writes goes on elsewhere where it stopped."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(job.stage in ("judge", "save") for job in runner.state.running.values()):
            return
        await asyncio.sleep(0.05)


def _new_worker_id() -> str:
    """Never used before: two workers of one id strand each other's jobs."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
