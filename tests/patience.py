"""How long a test waits for other processes: for as long as anything moves."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

STANDSTILL_SECONDS: Final = 600.0
"""A test that sees nothing change for so long fails. Only a test that fails ever waits for it, so
it is long enough for a machine that is busy with other things."""


class Patience:
    """Is over when `state` has been the same for `STANDSTILL_SECONDS`."""

    def __init__(self, state: Callable[[], Any]) -> None:
        self._state = state
        self._last = state()
        self._since = time.monotonic()

    def is_over(self) -> bool:
        """Whether nothing moves any more."""
        now = self._state()
        if now != self._last:
            self._last, self._since = now, time.monotonic()
        return time.monotonic() - self._since > STANDSTILL_SECONDS
