"""Waiting until something is so: on a condition, with a deadline, never a sleep to be in time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, TypeVar

Found = TypeVar("Found")
DEADLINE: Final = 60.0
_LOOK_AGAIN: Final = 0.2
"""Seconds; for conditions that no change in here announces, such as the end of a process."""


class Changes:
    """Tells those who wait that something has happened."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def announce(self) -> None:
        """Something has changed: whoever waits looks again."""
        self._event.set()
        self._event = asyncio.Event()

    async def until(
        self, found: Callable[[], Found], what: str = "", *, seconds: float = DEADLINE
    ) -> Found:
        """The first true value that `found` gives.

        Raises:
            TimeoutError: none came before the deadline; says what was waited for.
        """
        deadline = time.monotonic() + seconds
        while not (value := found()):
            event = self._event
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"waited {seconds:g} s in vain for {what or 'a change'}")
            try:
                await asyncio.wait_for(event.wait(), min(left, _LOOK_AGAIN))
            except TimeoutError:
                continue
        return value
