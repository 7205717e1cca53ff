"""A worker: a process that performs orders, with its own models, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from atl_core import edits
from atl_core.admin import device, versions
from atl_core.audio.source import open_beat
from atl_core.errors import BeatUnreachableError, DraftError, StorageError, UserError
from atl_core.jobs.hands import Hands, Json, OnLine
from atl_core.jobs.job import JobRequest, Stage
from atl_core.jobs.recovery import FINISHING_SECONDS, serve
from atl_core.pipeline import Performing, first_plan, plan_of
from atl_core.progress import OnProgress, Progress, in_thread, unwatched
from atl_core.settings import Settings

if TYPE_CHECKING:
    from atl_core.audio.listening import Listening
    from atl_core.captioner.protocol import Captioner
    from atl_core.drafts.draft import Draft
    from atl_core.revise import Plan

log = logging.getLogger(__name__)


class WorkerHands(Performing):
    """The stages of an order, in JSON. See `atl_core.jobs.hands`."""

    def __init__(
        self, settings: Settings, *, captioners: Mapping[str, Captioner] | None = None
    ) -> None:
        super().__init__(settings, captioners=captioners, writing_at_once=settings.jobs_at_once)
        self._device = ""
        self._versions = versions()

    async def get_ready(self) -> None:
        """Load the captioner before the first order; one that cannot be loaded is told with it."""
        try:
            self._device = await device(self.settings)
            await asyncio.to_thread(self._captioner, self.settings.captioner)
        except UserError as error:
            log.error("The captioner cannot be loaded: %s", error)

    def _load(self, name: str) -> Captioner:
        from atl_core.captioner.batching import batched

        return batched(super()._load(name), self.settings.batch)

    async def fetch(self, link: str) -> tuple[bytes, str]:
        async with open_beat(link, self.settings, unwatched) as beat:
            return await asyncio.to_thread(beat.read_bytes), beat.stem

    async def listen_to(self, beat: bytes) -> Json:
        return (await self.listen(beat)).to_json()

    async def picture(self, beat: bytes, heard: Json, title: str) -> bytes:
        from atl_core.audio.listening import Listening

        with tempfile.TemporaryDirectory(prefix="atl-picture-") as folder:
            path = Path(folder) / "heard.png"
            await self.draw(beat, Listening.from_json(heard), path, title)
            return path.read_bytes()

    async def write(
        self, order: JobRequest, heard: str, written: Sequence[str], on_line: OnLine
    ) -> Json:
        plan, captioner, listening, based_on = await self._task(order, heard)
        begun = plan.begun(written)
        before = plan.wanted - begun.wanted

        def work(_: OnProgress, cancel: threading.Event) -> Json:
            from atl_core.captioner.batching import cancel_event

            cancel_event.set(cancel)

            def told(progress: Progress) -> None:
                on_line(before + progress.done - 1, plan.wanted, progress.text)

            on_line(before - 1, plan.wanted, "")
            lines = begun.filled(self._captioner(captioner), told, cancel, listening)
            return {"lines": [line.to_json() for line in lines]}

        async with self._writing:
            lines = await in_thread(work, unwatched)
        return {
            **lines,
            "sections": [section.to_json() for section in plan.sections],
            "brief": plan.brief.to_json(),
            "captioner": captioner,
            "heard": listening.sha256,
            "based_on": based_on,
        }

    async def judge(self, lines: Json) -> Json:
        from atl_core.lyrics.brief import Line

        return (await self._verdict([Line.from_json(line) for line in lines["lines"]])).to_json()

    async def save(
        self,
        job_id: str,
        order: JobRequest,
        beat_name: str,
        lines: Json,
        verdict: Json,
        seconds: Json,
    ) -> tuple[str, int]:
        from atl_core.drafts.draft import Section
        from atl_core.genre.verdict import Verdict
        from atl_core.lyrics.brief import Brief, Line

        store = await self.store()
        written: dict[str, Any] = {
            "asked": order.request.describe(),
            "lines": [Line.from_json(line) for line in lines["lines"]],
            "sections": [Section.from_json(section) for section in lines["sections"]],
            "brief": Brief.from_json(lines["brief"]),
            "verdict": Verdict.from_json(verdict),
            "seconds": seconds,
            "job_id": job_id,
        }
        draft: Draft
        if isinstance(order.request, edits.Write):
            draft = await store.create(
                order.owner,
                listening=await self._heard(lines["heard"]),
                beat_name=beat_name,
                captioner=lines["captioner"],
                **written,
            )
        else:
            draft = await store.revise(
                order.draft_id, order.owner, based_on=lines["based_on"], **written
            )
        return draft.id, draft.revision

    async def _task(self, order: JobRequest, heard: str) -> tuple[Plan, str, Listening, int]:
        """What is to be written, by which captioner, to which beat, and after which revision."""
        if isinstance(order.request, edits.Write):
            listening = await self._heard(heard)
            plan = first_plan(order.request.wish, listening)
            return plan, self.settings.captioner, listening, 0
        store = await self.store()
        draft = await store.get(order.draft_id, order.owner)
        plan = await plan_of(order.request, draft, store, order.owner)
        return plan, draft.captioner, draft.listening, draft.revision

    async def _heard(self, sha256: str) -> Listening:
        found = await (await self.store()).cached_listening(sha256)
        if found is None:
            raise DraftError("What was heard in the beat is gone.", remedy="Ask once more.")
        return found

    def passing(self, error: Exception) -> bool:
        # A device's memory may be another program's for a moment.
        full = type(error).__name__ == "OutOfMemoryError"
        return full or isinstance(error, StorageError | BeatUnreachableError)

    def about(self) -> Json:
        return {
            "device": self._device or self.settings.device,
            "captioner": self.settings.captioner,
            "slots": self.settings.jobs_at_once,
            "versions": self._versions,
        }


def work(
    settings: Settings,
    hands: Callable[[], Hands] | None = None,
    *,
    limits: dict[Stage, float] | None = None,
    finishing: float = FINISHING_SECONDS,
) -> NoReturn:
    """Perform orders until SIGTERM or SIGINT; what is in hand then is finished or handed back.

    Does not return: the process ends with it, whatever its threads are still at. `limits` are
    seconds that a stage may take, `finishing` those that a job gets which is being judged or saved
    when the worker stops, where they are not to be the usual ones.

    Raises:
        StorageError: the database of jobs cannot be used.
    """

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, stop.set)
        made = hands() if hands else WorkerHands(settings)
        await serve(settings, made, stop, limits=limits, finishing=finishing)

    asyncio.Runner().run(run())
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)
