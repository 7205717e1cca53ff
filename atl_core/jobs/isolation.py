"""Who may compute: everybody together, or one job alone that is suspected of killing workers."""

from __future__ import annotations

import threading
from collections import deque

LOOK_SECONDS = 0.2


class Isolation:
    """Jobs come in before a stage and after each line, and go out when that is done."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside: set[str] = set()
        self._suspects: deque[str] = deque()

    def enter(self, job: str, *, alone: bool, cancel: threading.Event) -> bool:
        """Wait for one's turn; False when `cancel` was set meanwhile. Blocks.

        With `alone` nobody else is inside until this job has left.
        """
        with self._changed:
            if alone:
                self._suspects.append(job)
            while not cancel.is_set():
                if self._may(job, alone):
                    self._inside.add(job)
                    return True
                self._changed.wait(LOOK_SECONDS)
            self._forget(job)
            return False

    def try_enter(self, job: str) -> bool:
        """Come in at once if that is possible, in company."""
        with self._changed:
            if not self._may(job, False):
                return False
            self._inside.add(job)
            return True

    def leave(self, job: str) -> None:
        with self._changed:
            self._forget(job)

    def _may(self, job: str, alone: bool) -> bool:
        if alone:
            return not self._inside and self._suspects[0] == job
        return not self._suspects

    def _forget(self, job: str) -> None:
        self._inside.discard(job)
        if job in self._suspects:
            self._suspects.remove(job)
        self._changed.notify_all()
