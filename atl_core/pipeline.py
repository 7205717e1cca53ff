"""What it takes to perform a request: the store, the ear, the captioners, the judge.

The Studio performs with it in its own process, a worker performs orders with it. Nothing here
blocks an event loop: whatever computes runs in a thread, and models are loaded only there.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from atl_core import edits, weights
from atl_core.audio.source import Source, fingerprint, open_beat
from atl_core.edits import Request
from atl_core.errors import BriefError, StorageError
from atl_core.progress import OnProgress, Progress, Work, in_thread, unwatched
from atl_core.settings import CAPTIONERS, Settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from atl_core.audio.listening import Listening
    from atl_core.captioner.protocol import Captioner
    from atl_core.drafts.draft import Draft
    from atl_core.drafts.store import DraftStore
    from atl_core.genre.verdict import Verdict
    from atl_core.lyrics.brief import Line
    from atl_core.revise import Plan
    from atl_core.wish import Wish

log = logging.getLogger(__name__)

EAR: Final = "musicnn-msd"

T = TypeVar("T")


class Performing:
    """The stages of every request. One lives in one event loop."""

    def __init__(
        self,
        settings: Settings,
        *,
        captioners: Mapping[str, Captioner] | None = None,
        writing_at_once: int = 1,
    ) -> None:
        self.settings = settings
        self._captioners: dict[str, Captioner] = dict(captioners or {})
        self._engine: AsyncEngine | None = None
        self._opening = asyncio.Lock()
        self._loading = threading.Lock()
        # One model at a time: two would only share the same cores. Those who can share a
        # captioner's forwards may write at once.
        self._hearing = asyncio.Semaphore(1)
        self._writing = asyncio.Semaphore(writing_at_once) if writing_at_once > 1 else self._hearing

    async def store(self) -> DraftStore:
        """The drafts; the database is opened when it is first needed.

        Raises:
            StorageError: it cannot be used.
        """
        from atl_core.drafts.database import open_database
        from atl_core.drafts.store import DraftStore

        async with self._opening:
            if self._engine is None:
                self._engine = await open_database(self.settings.drafts_url)
                with suppress(StorageError):  # one that can only be read is as good to read
                    await DraftStore(self._engine).purge()
        return DraftStore(self._engine)

    async def close(self) -> None:
        if self._engine is not None:
            await self._engine.dispose()

    async def listen(self, source: Source, on_progress: OnProgress = unwatched) -> Listening:
        """What is heard in a beat; the same bytes are listened to once.

        Raises:
            BeatError: the file or link cannot be used; the text says why and what is accepted.
            WeightsError: the ear is not here or is damaged.
        """
        from atl_core.audio.listening import VERSION

        async with open_beat(source, self.settings, on_progress) as beat:
            try:
                store = await self.store()
            except StorageError as error:
                # Hearing a beat needs no database; only remembering it does.
                log.warning("What is heard is not kept: %s", error)
                return await self._hear(beat, on_progress)
            sha256 = await asyncio.to_thread(fingerprint, beat, self.settings)
            known = await store.cached_listening(sha256) if sha256 else None
            if known and known.version == VERSION:
                return known
            listening = await self._hear(beat, on_progress)
            await store.keep_listening(listening)
            return listening

    async def draw(self, source: Source, heard: Listening, output: Path, title: str = "") -> None:
        """Draw what was heard in a beat, as a PNG titled as said, or by the beat's own name."""
        async with open_beat(source, self.settings, unwatched) as beat:
            from atl_core.audio.picture import draw

            await asyncio.to_thread(draw, beat, heard, output, title)

    async def _hear(self, beat: Path, on_progress: OnProgress) -> Listening:
        musicnn = weights.folder(EAR, self.settings.weights_home)

        def work(report: OnProgress, cancel: threading.Event) -> Listening:
            from atl_core.audio.listen import listen

            return listen(
                beat,
                max_seconds=self.settings.max_seconds,
                max_megabytes=self.settings.max_megabytes,
                musicnn=musicnn,
                progress=lambda text: report(Progress("listen", text=text)),
                cancel=cancel,
            )

        return await _in_turn(self._hearing, work, on_progress)

    async def _written(
        self, captioner: str, plan: Plan, listening: Listening, on_progress: OnProgress
    ) -> tuple[Line, ...]:
        """The plan's lines, its slots written."""

        def work(report: OnProgress, cancel: threading.Event) -> tuple[Line, ...]:
            return plan.filled(self._captioner(captioner), report, cancel, listening)

        return await _in_turn(self._writing, work, on_progress)

    async def _verdict(self, lines: Sequence[Line]) -> Verdict:
        from atl_core.judging import verdict_on

        return await asyncio.to_thread(verdict_on, lines)

    def _captioner(self, name: str) -> Captioner:
        """Loaded once, by the thread that is the first to need it."""
        with self._loading:
            if name not in self._captioners:
                self._captioners[name] = self._load(name)
            return self._captioners[name]

    def _load(self, name: str) -> Captioner:
        from atl_core.captioner.load import load
        from atl_core.judging import lean

        settings = self.settings
        return load(name, settings.weights_home, settings.device, lean, settings.lm_folder)


def check_captioner(name: str) -> None:
    """Raises `BriefError` unless there is a captioner of that name."""
    if name not in CAPTIONERS:
        raise BriefError(f"There is no captioner {name}.", f"There is: {', '.join(CAPTIONERS)}.")


def first_plan(wish: Wish, listening: Listening) -> Plan:
    """What is to be written for a new draft."""
    from atl_core.lyrics.form import plan
    from atl_core.revise import Plan

    brief = wish.brief(listening)
    slots = plan(brief, listening.bar_times, listening.duration, first=0, count=brief.lines)
    return Plan(slots, (), brief, steer=brief)


async def plan_of(request: Request, draft: Draft, store: DraftStore, owner: str) -> Plan:
    """What is to be written for a request that needs a captioner, on a draft that is there."""
    from atl_core.revise import another_take, plan_for

    if isinstance(request, edits.AnotherTake):
        parent = draft.parent and await store.get(draft.id, owner, revision=draft.parent)
        return another_take(draft, parent or None)
    return plan_for(request, draft)


async def _in_turn(turn: asyncio.Semaphore, work: Work[T], on_progress: OnProgress) -> T:
    """Run heavy work in a thread, in turn with other such work."""
    async with turn:
        return await in_thread(work, on_progress)
