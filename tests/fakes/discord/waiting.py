"""Waiting until something is so: on a condition, for as long as anything moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from tests.patience import Patience

Found = TypeVar("Found")
_LOOK_AGAIN: Final = 0.2
"""Seconds; for conditions that no change in here announces, such as the end of a process."""


class Changes:
    """Tells those who wait that something has happened."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._moves = 0

    def announce(self, *, moved: bool = True) -> None:
        """Something has changed: whoever waits looks again; `moved` if that is more than a sign
        of life.
        """
        self._moves += moved
        self._event.set()
        self._event = asyncio.Event()

    async def until(self, found: Callable[[], Found], what: str = "") -> Found:
        """The first true value that `found` gives.

        Raises:
            TimeoutError: nothing moves any more; says what was waited for.
        """
        patience = Patience(lambda: self._moves)
        while not (value := found()):
            if patience.is_over():
                raise TimeoutError(f"waited in vain for {what or 'a change'}")
            event = self._event
            try:
                await asyncio.wait_for(event.wait(), _LOOK_AGAIN)
            except TimeoutError:
                continue
        return value
