"""Writers that write at the same time share forwards of the model.

Each writer samples in a thread of its own, with its own generator; what the threads want read at
one moment goes through the model together (continuous batching, Yu et al. 2022, "Orca"). Nobody
waits for a neighbour longer than a part of a forward, and rows of one writer never meet another's:
the large products treat every token alone, attention is apart for each (see `Llama.steps`).
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Final

import torch
from torch import Tensor

from atl_core.captioner.llama import Branches, Llama
from atl_core.captioner.lm import LanguageModel
from atl_core.captioner.protocol import Captioner, Task

MOST_TOKENS: Final = 4096
"""In one forward; what it computes on the way takes memory."""
PATIENCE: Final = 0.5
"""How long writers that are expected are waited for, as a share of the last forward."""
MOST_PATIENCE_SECONDS: Final = 0.05

abandoned: ContextVar[threading.Event | None] = ContextVar("abandoned", default=None)
"""Set by whoever calls a captioner: when the event is set nobody wants the lines any more."""


class AbandonedError(Exception):
    """Nobody wants what is being written."""


@dataclass(eq=False)
class Move:
    """What one thread wants read, and what came of it."""

    branches: Branches
    ids: Tensor
    over: threading.Event = field(default_factory=threading.Event)
    hidden: Tensor | None = None
    error: BaseException | None = None


class Shared(Llama):
    """A model for many threads: their forwards go through one thread, together or in turn."""

    def __init__(self, model: Llama, *, together: bool) -> None:
        self.__dict__.update(model.__dict__)
        self._together = together
        self._changed = threading.Condition()
        self._waiting: list[Move] = []
        self._writers = 0
        self._last_seconds = 0.0
        self.forwards = 0
        """Forwards so far, and the moves that they were made for."""
        self.moves = 0
        threading.Thread(target=self._serve, name="atl-forwards", daemon=True).start()

    def step(self, branches: Branches, ids: Tensor) -> Tensor:
        """See `Llama.step`; other threads' steps may be taken in the same forward.

        Raises:
            AbandonedError: nobody wants it any more.
        """
        cancel = abandoned.get()
        if cancel is not None and cancel.is_set():
            raise AbandonedError
        move = Move(branches, ids)
        with self._changed:
            self._waiting.append(move)
            self._changed.notify_all()
        move.over.wait()
        if move.error is not None:
            raise move.error
        assert move.hidden is not None
        return move.hidden

    @contextmanager
    def writer(self) -> Iterator[None]:
        """While the block runs its thread is expected to want forwards, and is waited for."""
        with self._changed:
            self._writers += 1
        try:
            yield
        finally:
            with self._changed:
                self._writers -= 1
                self._changed.notify_all()

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                if self._together:
                    self._changed.wait_for(
                        lambda: len(self._waiting) >= self._writers,
                        min(MOST_PATIENCE_SECONDS, PATIENCE * self._last_seconds),
                    )
                moves = self._take()
            began = time.perf_counter()
            self._forward(moves)
            self._last_seconds = time.perf_counter() - began
            self.moves += len(moves)
            for move in moves:
                move.over.set()

    def _take(self) -> list[Move]:
        """The moves that waited longest, as many as go together."""
        count, tokens = 1, self._waiting[0].ids.numel()
        while self._together and count < len(self._waiting):
            tokens += self._waiting[count].ids.numel()
            if tokens > MOST_TOKENS:
                break
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    def _forward(self, moves: Sequence[Move]) -> None:
        """Make these moves; those that do not fit into memory together, apart."""
        try:
            self.forwards += 1
            done = self.steps([(move.branches, move.ids) for move in moves])
        except BaseException as error:
            if len(moves) > 1:  # each of the halves, so that an error stays with whose it is
                self._forward(moves[: len(moves) // 2])
                self._forward(moves[len(moves) // 2 :])
            elif is_out_of_memory(error) and len(moves[0].ids) > 1:
                self._halve(moves[0])
            else:
                moves[0].error = error
            return
        for move, hidden in zip(moves, done, strict=True):
            move.hidden = hidden

    def _halve(self, move: Move) -> None:
        """Make one move in two parts, each with half of its branches."""
        middle = len(move.ids) // 2
        halves = [
            Move(_branches_of(move.branches, part), move.ids[part])
            for part in (slice(0, middle), slice(middle, None))
        ]
        for half in halves:
            self._forward([half])
            if half.error is not None:
                move.error = half.error
                return
        move.branches.length += move.ids.shape[1]
        move.hidden = torch.cat([half.hidden for half in halves if half.hidden is not None])


@dataclass(frozen=True, slots=True)
class SharingCaptioner:
    """A captioner whose forwards are shared by all the threads that write with it."""

    captioner: LanguageModel
    model: Shared

    @property
    def name(self) -> str:
        return self.captioner.name

    def write(self, task: Task) -> Iterator[str]:
        """Yield one line for each slot. See `Captioner`."""
        lines = self.captioner.write(task)
        while True:
            with self.model.writer():  # not while the line is being told
                line = next(lines, None)
            if line is None:
                return
            yield line


def shared(captioner: Captioner, batch: str = "auto") -> Captioner:
    """A captioner for many threads at once, where it is one that can share its forwards.

    Args:
        batch: `off`: forwards are made in turn; `on` and `auto`: they are shared, which pays on
            two cores as well (`benchmarks/jobs_speed.py lines`).
    """
    if not isinstance(captioner, LanguageModel):
        return captioner
    model = Shared(captioner.sampler.model, together=batch != "off")
    sampler = replace(captioner.sampler, model=model)
    return SharingCaptioner(replace(captioner, sampler=sampler), model)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device, or this machine, has no memory left for what was tried."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and "allocate memory" in str(error)
    )


def _branches_of(branches: Branches, rows: slice) -> Branches:
    """Some of the branches; they share memory with the whole."""
    part = copy.copy(branches)
    part.keys, part.values = branches.keys[:, rows], branches.values[:, rows]
    return part
