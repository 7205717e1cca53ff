"""Progress events, and running work in a thread, so that an event loop never waits for it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar, get_args

T = TypeVar("T")

Stage = Literal["fetch", "listen", "write", "judge", "save", "render"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
"""In the order in which a request goes through them."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A stage has begun, or one more of its parts is done."""

    stage: Stage
    done: int = 0
    total: int = 0
    """0 where the stage has no parts."""
    text: str = ""
    """The line that was just written, or what exactly is being done."""
    section: str = ""
    """The section of that line, in a song that is written section by section."""
    line: int = 0
    """The number of that line in the draft; 0 where it is only offered."""


OnProgress = Callable[[Progress], None]


def unwatched(progress: Progress) -> None:
    """For callers that do not care."""


@dataclass
class Stages:
    """Tells of each stage and keeps its time."""

    on_progress: OnProgress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, stage: Stage, total: int = 0) -> Iterator[None]:
        self.on_progress(Progress(stage, total=total))
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - start, 3)


Work = Callable[[OnProgress, threading.Event], T]
"""`work(report, cancel)` reports its progress and ends soon after `cancel` is set."""


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


async def in_turn(turn: asyncio.Semaphore, work: Work[T], on_progress: OnProgress) -> T:
    """Run heavy work in a thread, in turn with other such work."""
    async with turn:
        return await in_thread(work, on_progress)
