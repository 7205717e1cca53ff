"""Work on blocks of data, one a core, with the results in order.

torch splits every operation over its threads and lets them wait for one another after each. On
blocks that fit into a core's cache the operations are so short that the waiting takes as long
as the work. Here each thread takes a whole block through all operations by itself.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from threading import Barrier, Lock
from typing import TypeVar

import torch

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 2
"""Blocks a thread may be ahead of who takes the results; bounds memory."""


def side_by_side(
    work: Callable[[T], R], blocks: Iterable[T], device: torch.device | str = "cpu"
) -> Iterator[R]:
    """`map(work, blocks)`, on as many threads as torch has; other devices need no such help."""
    threads = cores() if torch.device(device).type == "cpu" else 1
    if threads == 1:
        yield from map(work, blocks)
        return
    pool = _pool(threads)
    waiting: deque[Future[R]] = deque()
    for block in blocks:
        waiting.append(pool.submit(work, block))
        if len(waiting) > AHEAD * threads:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def in_parts(work: Callable[[int], None], parts: int) -> None:
    """Run `work` of 0 to `parts` - 1 at the same time, the first of them in this thread."""
    threads = cores()
    others = [_pool(threads).submit(work, part) for part in range(1, parts)]
    work(0)
    for other in others:
        other.result()


_starting = Lock()


def cores() -> int:
    """The threads that torch has in this one.

    While those of the pool start, torch has one thread, and a thread that asks it for the first
    time then would be told so for good. So one that is to compute asks here before.
    """
    with _starting:
        threads = torch.get_num_threads()
        if threads > 1:
            _pool(threads)
    return threads


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads in which torch does not split operations any further."""
    pool = ThreadPoolExecutor(threads, "atl-compute")
    all_here = Barrier(threads)

    def alone() -> None:
        torch.set_num_threads(1)
        all_here.wait()

    for started in [pool.submit(alone) for _ in range(threads)]:
        started.result()
    # The setting is a thread's own, but is also what threads to come begin with.
    torch.set_num_threads(threads)
    return pool


def _begin_in_child() -> None:
    _pool.cache_clear()
    _starting.release()


# A forked process has the object, but none of its threads. It is not forked while they start.
os.register_at_fork(
    before=_starting.acquire, after_in_parent=_starting.release, after_in_child=_begin_in_child
)
