"""A worker whose captioner and listener are stand-ins; all the rest is real.

It is a process of its own, forked from one that has already imported what a worker imports, which
takes longer than all that a test does with it.

Seed words say how the captioner behaves: `slowly` waits for a file before each line, `poison`
kills the process, `hopeless` raises what is a bug. The listener hears what `HEARD` says, and takes
beats whose bytes start with `beat`.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from atl_core.audio.listening import Listening
from atl_core.audio.source import Source
from atl_core.captioner.protocol import Task
from atl_core.drafts.draft import Draft
from atl_core.drafts.store import DraftStore
from atl_core.edits.export import RehearsalFormat
from atl_core.errors import BeatError, BeatUnreachableError
from atl_core.genre.verdict import Verdict
from atl_core.jobs.worker import work
from atl_core.lyrics.brief import Line
from atl_core.lyrics.saying import OwnSound
from atl_core.pipeline.listener import Listener
from atl_core.pipeline.pipeline import Pipeline
from atl_core.progress import STAGES, OnProgress, unwatched
from atl_core.settings import Settings, load_settings
from bot.logs import start_log
from tests.songs import heard

LOOK_SECONDS = 0.01


class Parrot:
    """Says the seed words with a number, at once or when it is let."""

    name = "lm"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.seconds = float(os.environ.get("STAND_IN_LINE_SECONDS", "0.02"))

    def write(self, task: Task) -> Iterator[str]:
        words = " ".join(task.brief.seed_words)
        for number, _ in enumerate(task.slots, start=len(task.before) + 1):
            if "poison" in words:
                os.kill(os.getpid(), signal.SIGKILL)
            if "hopeless" in words:
                raise ZeroDivisionError(words)
            if "slowly" in words:
                wait_for(self.home / f"let-{number}")
            time.sleep(self.seconds)
            _count(self.home / "began-line")
            yield f"{words} number {number} in the pouring rain"

    def options(self, task: Task, count: int) -> tuple[str, ...]:
        words = " ".join(task.brief.seed_words)
        return tuple(f"{words} option {number} by the river" for number in range(1, count + 1))


class StandInListener(Listener):
    """Hears what `HEARD` says; its stages are those of the stand-in pipeline."""

    async def fetch(self, link: str) -> tuple[bytes, str]:
        await begun(self.settings.home, "fetch")
        if "unreachable" in link and _count(self.settings.home / "tried") < 2:
            raise BeatUnreachableError("YouTube could not be reached.")
        return b"beat of " + link.encode(), "a linked beat"

    async def listen_and_draw(
        self,
        source: Source,
        title: str = "",  # noqa: ARG002
        on_progress: OnProgress = unwatched,  # noqa: ARG002
    ) -> tuple[Listening, bytes]:
        await begun(self.settings.home, "listen")
        assert isinstance(source, bytes)
        if not source.startswith(b"beat"):
            raise BeatError("That is not audio.", remedy="Attach an audio file.")
        listening = heard(sha256=hashlib.sha256(source).hexdigest())
        await self.drafts.listenings.keep(listening)
        return listening, b"a picture"


class StandIn(Pipeline):
    """Every stage tells in the data folder that it has begun, and waits there if it is asked to."""

    def __init__(self, settings: Settings) -> None:
        drafts = DraftStore(settings.drafts_url)
        super().__init__(
            settings,
            drafts,
            captioners={"lm": Parrot(settings.home)},
            writing_at_once=settings.jobs_at_once,
        )
        self.listener = StandInListener(settings, drafts, asyncio.Semaphore(1))

    async def judge(self, lines: Sequence[Line], sounds: Sequence[OwnSound] = ()) -> Verdict:
        await begun(self.settings.home, "judge")
        return await super().judge(lines, sounds)

    async def save(self, *given: Any, **named: Any) -> Draft:
        await begun(self.settings.home, "save")
        return await super().save(*given, **named)

    async def rehearsal(
        self,
        draft: Draft,
        beat: Source,
        format: RehearsalFormat,  # noqa: A002
        on_share: Callable[[float], None],
    ) -> tuple[str, bytes]:
        assert isinstance(beat, bytes)
        await asyncio.to_thread(on_share, 0.5)
        await begun(self.settings.home, "render")
        await asyncio.to_thread(on_share, 0.75)
        return f"{draft.id}.{format}", b"a film of " + beat


async def begun(home: Path, stage: str) -> None:
    """Tell that a stage has begun; wait while the test holds it."""
    _count(home / f"began-{stage}")
    while (home / f"hold-{stage}").exists():  # noqa: ASYNC110  (a test in another process)
        await asyncio.sleep(LOOK_SECONDS)


def wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(LOOK_SECONDS)


def _count(path: Path) -> int:
    """How often this was called before, across processes."""
    before = path.stat().st_size if path.exists() else 0
    with path.open("a") as file:
        file.write("x")
    return before


def main(log: Path, environment: dict[str, str], *arguments: str) -> None:
    """Be a worker in this process until it ends; with `--real` one without stand-ins."""
    # A test may fill the disk: of bytecode that does not fit Python would keep a part.
    sys.dont_write_bytecode = True
    os.environ.clear()
    os.environ.update(environment)
    told = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(told, sys.stderr.fileno())
    os.close(told)
    start_log()
    settings = load_settings()
    if "--real" in arguments:
        import torch

        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
        work(settings)
    limits = dict.fromkeys(STAGES, float(os.environ.get("STAND_IN_LIMIT", "3600")))
    work(settings, lambda: StandIn(settings), limits=limits, finishing=3600)
