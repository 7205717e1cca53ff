"""The job store, tried again and again: a worker waits until the database answers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine

from atl_core.errors import StorageError
from atl_core.jobs import beats, store
from atl_core.jobs.database import reading, writing

log = logging.getLogger(__name__)

FIRST_PAUSE: Final = 0.1
MOST_PAUSE: Final = 5.0
"""Seconds before a statement is tried again."""
_READS: Final = (beats.read, store.lines_of, store.is_before)

T = TypeVar("T")


class RetryingStore:
    """The statements of the store, each in a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def do(self, work: Callable[..., T], *given: Any, **named: Any) -> T:
        """A statement, made in a thread, as often as it takes."""
        for pause in _pauses():
            try:
                return await asyncio.to_thread(partial(self._once, work, *given, **named))
            except StorageError as error:
                _complain(error)
                await asyncio.sleep(pause)
        raise AssertionError

    def do_now(self, work: Callable[..., T], *given: Any, **named: Any) -> T:
        """The same from a thread that computes."""
        for pause in _pauses():
            try:
                return self._once(work, *given, **named)
            except StorageError as error:
                _complain(error)
                time.sleep(pause)
        raise AssertionError

    def _once(self, work: Callable[..., T], *given: Any, **named: Any) -> T:
        with self._transaction(work) as connection:
            return work(connection, *given, **named)

    @contextmanager
    def _transaction(self, work: Callable[..., Any]) -> Iterator[Connection]:
        opened = reading if work in _READS else writing
        with opened(self._engine) as connection:
            yield connection


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(MOST_PAUSE, pause * 2)


def _complain(error: StorageError) -> None:
    log.warning("The job store cannot be written: %s", error)
