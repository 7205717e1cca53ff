"""Continuous batching: writers that write at the same time share forwards of the model.

Each writer samples in its own thread with its own generator. Forward requests that arrive together
run in one pass of the model (Yu et al. 2022, "Orca"). Nobody waits for another writer longer than
part of a forward. The result for a writer does not depend on the others: linear layers treat every
token alone, and attention runs once for each cache (see `Decoder.forward_many`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

import torch
from torch import Tensor

from atl_core.captioner.captioner import LineCaptioner
from atl_core.captioner.kv_cache import SequenceCache
from atl_core.captioner.language_model import LanguageModel
from atl_core.captioner.model import Decoder
from atl_core.captioner.protocol import Captioner, Task, WritingCancelledError, cancel_event
from atl_core.captioner.server import ServerModel
from atl_core.captioner.two_models import TwoModels

MAX_TOKENS: Final = 4096
"""In one forward. Activations take memory in proportion."""
MAX_WAIT_SHARE: Final = 0.5
"""How long to wait for further requests, as a share of the last forward."""
MAX_WAIT_SECONDS: Final = 0.05


@dataclass(eq=False)
class ForwardRequest:
    """A forward that one thread waits for, and its result."""

    cache: SequenceCache
    ids: Tensor
    thread: int = field(default_factory=threading.get_ident)
    done: threading.Event = field(default_factory=threading.Event)
    hidden: Tensor | None = None
    error: BaseException | None = None


class BatchScheduler(Decoder):
    """A model for many threads. One thread of its own runs their forwards.

    Args:
        batch: run requests that arrive together in one forward; else one after the other.
    """

    def __init__(self, model: Decoder, *, batch: bool) -> None:
        self.__dict__.update(model.__dict__)
        self._batch = batch
        self._changed = threading.Condition()
        self._waiting: list[ForwardRequest] = []
        self._writers = 0
        self._last_seconds = 0.0
        self.forwards = 0
        """Number of forwards so far."""
        self.requests = 0
        """Number of requests that they served."""
        threading.Thread(target=self._serve, name="atl-forwards", daemon=True).start()

    def forward_all(self, requests: Sequence[tuple[SequenceCache, Tensor]]) -> list[Tensor]:
        """See `Decoder.forward_all`. Requests of other threads may run in the same forward.

        Raises:
            WritingCancelledError: the caller's `cancel_event` is set.
        """
        cancel = cancel_event.get()
        if cancel is not None and cancel.is_set():
            raise WritingCancelledError
        waiting = [ForwardRequest(cache, ids) for cache, ids in requests]
        with self._changed:
            self._waiting += waiting
            self._changed.notify_all()
        for request in waiting:
            request.done.wait()
        for request in waiting:
            if request.error is not None:
                raise request.error
        return [request.hidden for request in waiting if request.hidden is not None]

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Within the block this thread is expected to send requests, and is waited for."""
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
                if self._batch:
                    self._changed.wait_for(
                        lambda: len({one.thread for one in self._waiting}) >= self._writers,
                        min(MAX_WAIT_SECONDS, MAX_WAIT_SHARE * self._last_seconds),
                    )
                requests = self._next_batch()
            began = time.perf_counter()
            self._run(requests)
            self._last_seconds = time.perf_counter() - began
            self.requests += len(requests)
            for request in requests:
                request.done.set()

    def _next_batch(self) -> list[ForwardRequest]:
        """Take the requests that waited longest, up to `MAX_TOKENS`."""
        count, tokens = 1, self._waiting[0].ids.numel()
        while self._batch and count < len(self._waiting):
            tokens += self._waiting[count].ids.numel()
            if tokens > MAX_TOKENS:
                break
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    def _run(self, requests: Sequence[ForwardRequest]) -> None:
        """Run the requests in one forward, or in several if memory does not suffice."""
        try:
            self.forwards += 1
            hidden = self.forward_many([(request.cache, request.ids) for request in requests])
        except BaseException as error:
            if len(requests) > 1:  # by halves, so that an error reaches its own request only
                self._run(requests[: len(requests) // 2])
                self._run(requests[len(requests) // 2 :])
            elif is_out_of_memory(error) and len(requests[0].ids) > 1:
                self._run_in_halves(requests[0])
            else:
                requests[0].error = error
            return
        for request, states in zip(requests, hidden, strict=True):
            request.hidden = states

    def _run_in_halves(self, request: ForwardRequest) -> None:
        """Run one request as two, each with half of its rows."""
        middle = len(request.ids) // 2
        halves = [
            ForwardRequest(request.cache.part(part), request.ids[part])
            for part in (slice(0, middle), slice(middle, None))
        ]
        for half in halves:
            self._run([half])
            if half.error is not None:
                request.error = half.error
                return
        request.cache.length += request.ids.shape[1]
        request.hidden = torch.cat([half.hidden for half in halves if half.hidden is not None])


@dataclass(frozen=True, slots=True)
class BatchedCaptioner:
    """A captioner for many threads, whose forwards go through a scheduler."""

    captioner: LineCaptioner
    schedulers: Sequence[BatchScheduler]
    """One for each model of the captioner."""

    @property
    def name(self) -> str:
        return self.captioner.name

    def write(self, task: Task) -> Iterator[str]:
        """Yield one line for each slot. See `Captioner`."""
        lines = self.captioner.write(task)
        while True:
            with self._writing():  # not while the caller handles the line
                line = next(lines, None)
            if line is None:
                return
            yield line

    def options(self, task: Task, count: int) -> tuple[str, ...]:
        """Lines to choose from. See `Captioner`."""
        with self._writing():
            return self.captioner.options(task, count)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with ExitStack() as stack:
            for scheduler in self.schedulers:
                stack.enter_context(scheduler.writer())
            yield


def batched(captioner: Captioner, batch: str = "auto") -> Captioner:
    """A captioner that many threads can use at once; captioners without a decoder as they are.

    Args:
        batch: `off`: forwards run one after the other. `on` and `auto`: they are batched, which is
            faster on two cores as well (`benchmarks/jobs_speed.py lines`).
    """
    if not isinstance(captioner, LineCaptioner):
        return captioner
    schedulers: list[BatchScheduler] = []

    def scheduled(model: LanguageModel) -> LanguageModel:
        schedulers.append(BatchScheduler(model.sampler.model, batch=batch != "off"))
        return replace(model, sampler=replace(model.sampler, model=schedulers[-1]))

    proposer = captioner.proposer
    if isinstance(proposer, LanguageModel):
        proposer = scheduled(proposer)
    elif isinstance(proposer, TwoModels):
        proposer = replace(
            proposer, writer=scheduled(proposer.writer), reader=scheduled(proposer.reader)
        )
    elif isinstance(proposer, ServerModel):
        # Its writers mostly wait for the server. Nobody's forward waits for them.
        proposer = replace(proposer, reader=scheduled(proposer.reader))
        return replace(captioner, proposer=proposer)
    else:
        return captioner
    return BatchedCaptioner(replace(captioner, proposer=proposer), schedulers)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the device or the machine ran out of memory."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and "allocate memory" in str(error)
    )
