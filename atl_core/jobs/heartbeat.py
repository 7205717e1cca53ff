"""Who is alive: a worker whose heartbeat rises, whatever the clocks of the hosts say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Final

DEAD_SECONDS: Final = 15.0
"""A worker that was silent for so long is dead."""


class Heartbeats:
    """Remembers when each worker's count of heartbeats was last seen to rise."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[int, float]] = {}

    def living(self, workers: Iterable[Any]) -> list[Any]:
        """Those of the workers' rows that show signs of life."""
        return [worker for worker in workers if not self.silent(worker)]

    def silent(self, worker: Any, *, after: float = DEAD_SECONDS) -> bool:
        """Whether its heart has not been seen to beat for `after` seconds.

        Of one that is seen for the first time its own clock is believed.
        """
        now = self._clock()
        beats, since = self._seen.get(worker.id, (-1, now))
        if worker.beats != beats:
            age = max(0.0, time.time() - worker.beaten) if beats < 0 else 0.0
            since = now - age
            self._seen[worker.id] = (worker.beats, since)
        return now - since >= after
