"""Showing a job's progress: a moving line in a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from atl_core.progress import OnProgress, Progress, unwatched
from bot.clean import clean

if TYPE_CHECKING:
    from atl_core.manifest import Weights
    from atl_core.weights import FetchProgress

SAID = {
    "fetch": "fetching",
    "listen": "listening",
    "write": "writing",
    "judge": "judging",
    "save": "saving",
    "render": "rendering",
}
PLAIN_STEP = 0.25
"""Share of a download after which plain output says something again."""

Elsewhere = Literal["plain", "silent"]
"""What to do where standard error is not a terminal."""


@contextmanager
def shown(elsewhere: Elsewhere = "silent") -> Iterator[OnProgress]:
    """Show the progress of jobs on standard error while the block runs."""
    if not sys.stderr.isatty():
        yield _Said() if elsewhere == "plain" else unwatched
        return
    from bot.render.console import console

    screen = console(stderr=True)
    with screen.status("") as status:
        section = ""

        def show(progress: Progress) -> None:
            nonlocal section
            if progress.stage == "write" and progress.line:
                if progress.section != section:
                    section = progress.section
                    screen.print(f"     [{section}]", style="dim")
                screen.print(f"{progress.line:>3}  {progress.text}", style="dim")
            status.update(_describe(progress))

        yield show


class _Said:
    """Says each stage and each line, and of a whole song each section."""

    def __init__(self) -> None:
        self._section = ""

    def __call__(self, progress: Progress) -> None:
        if progress.stage == "write" and progress.line:
            if progress.section != self._section:
                self._section = progress.section
                _tell(f"  [{self._section}]")
            _tell(f"  {progress.done}/{progress.total}  {progress.text}")
        elif progress.stage != "save" and progress.done % 25 == 0:
            _tell(f"{_describe(progress)} ...")


def _tell(text: str) -> None:
    print(clean(text), file=sys.stderr, flush=True)


def _describe(progress: Progress) -> str:
    said = SAID[progress.stage]
    if progress.stage == "write":
        return f"{said} line {min(progress.done + 1, progress.total)} of {progress.total}"
    if progress.stage == "render":
        return f"{said}: {progress.done} %"
    return f"{said}: {progress.text}" if progress.text else said


@contextmanager
def fetching() -> Iterator[FetchProgress]:
    """Show the progress of downloads on standard error while the block runs."""
    if not sys.stderr.isatty():
        yield _Plain().told
        return
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    from bot.render.console import console

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Bars(*columns, TransferSpeedColumn(), console=console(stderr=True)) as bars:
        tasks: dict[str, object] = {}

        def told(weights: Weights, done: int, total: int) -> None:
            if weights.name not in tasks:
                tasks[weights.name] = bars.add_task(weights.name, total=total)
            bars.update(tasks[weights.name], completed=done, total=total)  # type: ignore[arg-type]

        yield told


class _Plain:
    """Says how far a download has come, at every `PLAIN_STEP`."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def told(self, weights: Weights, done: int, total: int) -> None:
        share = done / total if total else 1.0
        if share - self._said.get(weights.name, -1.0) >= PLAIN_STEP:
            self._said[weights.name] = share
            megabytes = f"{done / 1e6:.0f} of {total / 1e6:.0f} MB"
            print(f"  {weights.name}: {megabytes}", file=sys.stderr, flush=True)
