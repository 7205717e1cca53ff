"""How long it is going to take: from what the stages took lately and from who is ahead."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from atl_core.edits.lines import Insert
from atl_core.edits.request import Request
from atl_core.edits.rhymes import RhymeWith
from atl_core.edits.sections import AddSection, RepeatSection
from atl_core.edits.words import UseWords
from atl_core.edits.writing import Continue, Write
from atl_core.progress import STAGES, Stage

UNKNOWN_LINES: Final = 4
"""Taken for a request of which nobody can say yet how many lines it wants."""


def expected_lines(request: Request) -> int:
    """Lines that a request is going to write; 0 where that depends on the draft."""
    match request:
        case Write(wish=wish, text=""):
            return 1 if wish.options else wish.lines_written
        case Continue(lines=lines):
            return lines
        case Insert() | RhymeWith() | UseWords():
            return 1
        case AddSection(lines=lines):
            return lines or 0
        case RepeatSection():
            return 1
    return 0


class Outlook:
    """What is to be done by whom, as far as it can be known at this moment."""

    def __init__(
        self,
        active: Sequence[Any],
        lines: Mapping[str, Sequence[str]],
        seconds_a_part: Mapping[str, float],
        workers: Sequence[Any],
    ) -> None:
        self._order = [row.id for row in active]
        self._running = {row.id for row in active if row.state == "running"}
        self._slots = sum(json.loads(worker.about).get("slots", 1) for worker in workers)
        self._workers = len(workers)
        left = {
            row.id: _seconds_left(row, len(lines.get(row.id, ())), seconds_a_part)
            for row in active
            if workers
        }
        self._left = {job_id: seconds for job_id, seconds in left.items() if seconds is not None}

    def position(self, job_id: str) -> int:
        """Jobs that are served before this one; 0 for one that runs or has ended."""
        if job_id in self._running or job_id not in self._order:
            return 0
        waiting = [other for other in self._order if other not in self._running]
        return waiting.index(job_id)

    def wait_seconds(self, job_id: str) -> float | None:
        """Until a job is finished; None while nothing was measured or nobody works.

        Running jobs share the workers, so one that runs is held up by each of the others
        for as long as both of them last; one that waits, by all that is ahead of it.
        """
        if job_id not in self._left:
            return None
        mine = self._left[job_id]
        at = self._order.index(job_id)
        if at < self._slots:
            others = self._order[: self._slots]
            work = sum(min(mine, self._left.get(other, mine)) for other in others)
        else:
            work = mine + sum(self._left.get(other, 0.0) for other in self._order[:at])
        return round(max(work / self._workers, mine), 1)


def _seconds_left(row: Any, written: int, seconds_a_part: Mapping[str, float]) -> float | None:
    at = STAGES.index(row.stage) if row.stage else -1
    left = 0.0
    for stage in _stages(row):
        number = STAGES.index(stage)
        if number < at or (number == at and stage != "write"):
            continue
        if stage not in seconds_a_part:
            return None
        parts = max(0, (row.total or UNKNOWN_LINES) - written) if stage == "write" else 1
        left += parts * seconds_a_part[stage]
    return left


def _stages(row: Any) -> tuple[Stage, ...]:
    """What a job goes through."""
    asked = json.loads(row.request)
    kind = asked["request"]
    hearing: tuple[Stage, ...] = ()  # of a text without a beat
    if asked.get("beat"):
        hearing = ("listen",) if row.beat else ("fetch", "listen")
    if kind == "Listen":
        return hearing
    if kind == "Rehearse":
        return (*hearing[:-1], "render")
    hears = kind in ("Write", "SetBeat")
    return (*(hearing if hears else ()), "write", "judge", "save")
