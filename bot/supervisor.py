"""Processes that belong together: kept running, started again when they die, stopped as one."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from bot.errors import USER_ERROR

log = logging.getLogger(__name__)

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
STEADY_SECONDS: Final = 60.0
"""A child that ran for so long starts its pauses over, and has shown that it can run."""
STOPPING_SECONDS: Final = 12.0
"""What a child needs to let go of its work; then it is killed."""
DIE_WITH_PARENT: Final = 1
"""Linux: PR_SET_PDEATHSIG."""


async def keep_running(commands: Mapping[str, Sequence[str]], stop: asyncio.Event) -> int:
    """Run `atl` commands side by side until `stop` is set; the exit status for them all.

    A command that dies is started again after a growing pause. One that ends with `USER_ERROR`
    before it ever ran steadily stops the others: starting it again would not help.
    """
    watching = (_keep(name, arguments, stop) for name, arguments in commands.items())
    return max(await asyncio.gather(*watching))


async def _keep(name: str, arguments: Sequence[str], stop: asyncio.Event) -> int:
    """Run one command, again and again, until `stop` is set; 2 when somebody has to correct it."""
    pause = FIRST_PAUSE
    proven = False  # it ran steadily once, so its settings cannot be what is wrong with it
    while True:
        started = time.monotonic()
        status = await _once(name, arguments, stop)
        if stop.is_set():
            return 0
        steady = time.monotonic() - started > STEADY_SECONDS
        proven |= steady
        if status == USER_ERROR and not proven:
            log.error("%s cannot run as it is set up; stopping", name)
            stop.set()
            return USER_ERROR
        pause = FIRST_PAUSE if steady else pause
        log.warning("%s ended (%s); starting it again in %.1f s", name, _how(status), pause)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        if stop.is_set():
            return 0
        pause = min(LONGEST_PAUSE, pause * 2) * random.uniform(0.8, 1.0)


async def _once(name: str, arguments: Sequence[str], stop: asyncio.Event) -> int:
    """Run a child until it ends, or end it when `stop` is set."""
    # -P: a file bot.py where atl was started is not ours.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "bot", *arguments, preexec_fn=_dying_with_parent()
    )
    log.info("%s runs as process %d", name, process.pid)
    ended = asyncio.create_task(process.wait())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(ended), STOPPING_SECONDS)
        if not ended.done():
            log.warning("%s does not end by itself; killing it", name)
            with suppress(ProcessLookupError):
                process.kill()
        return await ended
    finally:
        stopping.cancel()


def _dying_with_parent() -> Callable[[], None] | None:
    """Where the kernel offers it (Linux), a child is told to stop when this process is killed."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(DIE_WITH_PARENT, signal.SIGTERM)


def _how(status: int) -> str:
    """How a process ended, in words."""
    if status >= 0:
        return f"status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"
