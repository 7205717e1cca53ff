"""How a job tells what it is doing: stages as they begin, lines as they are written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

Stage = Literal["listen", "write", "judge", "save"]


@dataclass(frozen=True, slots=True)
class Progress:
    """A stage has begun, or one more of its parts is done."""

    stage: Stage
    done: int = 0
    total: int = 0
    """0 where the stage has no parts."""
    text: str = ""
    """The line that was just written, or what exactly is being done."""


OnProgress = Callable[[Progress], None]


def unwatched(progress: Progress) -> None:
    """For callers that do not care."""


@dataclass
class Stages:
    """Tells of each stage and keeps its time."""

    on_progress: OnProgress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, stage: Stage, total: int = 0) -> Iterator[None]:
        self.on_progress(Progress(stage, total=total))
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - start, 3)
