"""Running what blocks in a thread, so that an event loop never waits for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from atl_core.progress import OnProgress, Progress

T = TypeVar("T")
Work = Callable[[OnProgress, threading.Event], T]
"""`work(report, cancel)`: tells of its progress, and ends soon after `cancel` is set."""


async def in_thread(work: Work[T], on_progress: OnProgress) -> T:
    """Run `work` in a thread; what it reports is told in the event loop.

    When the caller is cancelled so is the work; nobody waits for it to notice.
    """
    loop = asyncio.get_running_loop()
    cancel = threading.Event()

    def report(progress: Progress) -> None:
        if not cancel.is_set():
            loop.call_soon_threadsafe(on_progress, progress)

    try:
        return await asyncio.to_thread(work, report, cancel)
    finally:
        cancel.set()
