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
    def __init__(self, loop: asyncio.AbstractEventLoop, stall: float) -> None:
        self._loop = loop
        self._stall = stall
        self._thread_id = threading.get_ident()
        self._last = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)
        self._beating: asyncio.TimerHandle | None = None
        self._seen = ""

    def start(self) -> None:
        self._beat()
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._beating:
            self._beating.cancel()

    def _beat(self) -> None:
        now = time.monotonic()
        late = now - self._last - BEAT
        if late > self._stall:
            log.warning("The event loop was held up for %.0f ms by\n%s", late * 1000, self._seen)
        self._seen = ""
        self._last = now
        self._beating = self._loop.call_later(BEAT, self._beat)

    def _look(self) -> None:
        """In a thread of its own: note what the loop is at when it is late."""
        while not self._over.wait(BEAT):
            if time.monotonic() - self._last > self._stall and not self._seen:
                frame = sys._current_frames().get(self._thread_id)
                self._seen = told(frame) if frame else ""


def told(frame: FrameType) -> str:
    """Where the loop is: the innermost frames, and the last of our own that led there."""
    every = traceback.extract_stack(frame)
    stack = [step for step in every if not step.filename.startswith("<frozen")]  # importing
    shown = stack[-INNERMOST:]
    ours = [step for step in stack[:-INNERMOST] if step.filename.startswith(OURS)]
    return "".join(traceback.format_list([*ours[-OWN:], *shown]))
