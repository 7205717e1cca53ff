"""Watching the event loop: whatever holds it up for longer than it may is logged with its stack."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

log = logging.getLogger(__name__)

STALL: Final = 0.1
"""Seconds for which the loop may be busy with one thing."""
BEAT: Final = 0.025
INNERMOST: Final = 4
OWN: Final = 2
"""Frames that are logged, besides, of our own code."""
_ROOT: Final = Path(__file__).parents[2]
OURS: Final = (str(_ROOT / "bot"), str(_ROOT / "atl_core"))


@contextmanager
def watched(stall: float = STALL) -> Iterator[None]:
    """Log every stall of the running loop while the block lasts."""
    watch = _Watch(asyncio.get_running_loop(), stall)
    watch.start()
    try:
        yield
    finally:
        watch.stop()


class _Watch:
    """The loop sets a timer again and again; a thread looks at the loop when the timer is late.

    Only what the thread saw is a stall. Where it saw nothing, the whole process was not running:
    another program had the processor, and nothing here held up the loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, stall: float) -> None:
        self._loop = loop
        self._stall = stall
        self._thread_id = threading.get_ident()
        self._last = time.monotonic()
        self._over = threading.Event()
        self._looking = threading.Lock()
        self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)
        self._beating: asyncio.TimerHandle | None = None
        self._seen: traceback.StackSummary | None = None

    def start(self) -> None:
        self._beat()
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._beating:
            self._beating.cancel()

    def _beat(self) -> None:
        # With the lock, a look that has begun ends first, and belongs to this stall.
        with self._looking:
            now = time.monotonic()
            late, seen = now - self._last - BEAT, self._seen
            self._last, self._seen = now, None
        if seen is not None:
            log.warning(
                "The event loop was held up for %.0f ms by\n%s", late * 1000, described(seen)
            )
        elif late > self._stall:
            log.info("The event loop was %.0f ms late: the machine was busy.", late * 1000)
        self._beating = self._loop.call_later(BEAT, self._beat)

    def _look(self) -> None:
        """In a thread of its own: note what the loop is at when it is late."""
        while not self._over.wait(BEAT):
            with self._looking:
                if self._seen is None and time.monotonic() - self._last - BEAT > self._stall:
                    frame = sys._current_frames().get(self._thread_id)
                    self._seen = stack_of(frame) if frame else None


def stack_of(frame: FrameType) -> traceback.StackSummary:
    """The calls that led to a frame, outermost first; the source lines are read when shown."""
    stack = traceback.StackSummary.extract(traceback.walk_stack(frame), lookup_lines=False)
    stack.reverse()
    return stack


def described(stack: traceback.StackSummary) -> str:
    """Where the loop is: the innermost frames, and the last of our own that led there."""
    every = [step for step in stack if not step.filename.startswith("<frozen")]  # importing
    shown = every[-INNERMOST:]
    ours = [step for step in every[:-INNERMOST] if step.filename.startswith(OURS)]
    return "".join(traceback.format_list([*ours[-OWN:], *shown]))
