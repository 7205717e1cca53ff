"""A studio whose jobs run at once, here: real drafts in a real database, and a
captioner, an ear and a queue of the test's own. What real workers do has its tests elsewhere."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from simcord.env import Env

from atl_core.audio.listening import Listening
from atl_core.audio.source import KeptBeat, Source, name_of
from atl_core.captioner.protocol import Task
from atl_core.drafts.draft import Draft
from atl_core.edits.beat import Listen, SetBeat
from atl_core.edits.export import RehearsalFormat, Rehearse
from atl_core.edits.writing import Write
from atl_core.errors import JobError, UserError
from atl_core.jobs.job import Job, JobRequest
from atl_core.jobs.queue import JobQueue
from atl_core.pipeline.pipeline import Pipeline
from atl_core.progress import Progress
from atl_core.studio import Studio
from tests.conversation import StandInListener
from tests.songs import heard

VIDEO = b"\x00\x00\x00\x20ftypisom of a song"
PICTURE = b"\x89PNG\r\n\x1a\n of a beat"
WORDS = "morning river window thunder silver highway summer shadow engine winter".split()


class Writer:
    """A captioner that never thinks twice, and never writes the same line again."""

    name = "lm"

    def __init__(self) -> None:
        self.written = 0

    def write(self, task: Task) -> Iterator[str]:
        for _ in task.slots:
            self.written += 1
            word = WORDS[self.written % len(WORDS)]
            seeds = " ".join((*task.brief.seed_words[:2], *task.must_use))
            yield f"The {word} number {self.written} comes {seeds}".strip()

    def options(self, task: Task, count: int) -> tuple[str, ...]:
        one = replace(task, slots=task.slots[:1])
        return tuple(line for _ in range(count) for line in self.write(one))


class StandInPipeline(Pipeline):
    """Its captioner and its listener are the test's own."""

    def __init__(self, settings: Any, studio: DeskStudio) -> None:
        self.writer = Writer()
        super().__init__(settings, studio.drafts, captioners={"lm": self.writer})
        self.listener = StandInListener(settings, studio.drafts, asyncio.Semaphore(1))

    async def rehearsal(
        self,
        draft: Draft,
        beat: Source,
        format: RehearsalFormat,  # noqa: A002
        on_share: Callable[[float], None],
    ) -> tuple[str, bytes]:
        assert beat
        on_share(0.5)
        return f"{draft.id}.{format}", VIDEO


class InlineQueue(JobQueue):
    """Jobs wait until `go` is set, which it is unless a test holds them, and run here."""

    def __init__(self, settings: Any, studio: DeskStudio) -> None:
        super().__init__(settings)
        self.studio = studio
        self.env: Env | None = None
        self.go = asyncio.Event()
        self.go.set()
        self.trouble: Exception | None = None
        """What the next job fails with."""
        self.table: dict[str, Job] = {}
        self.orders: dict[str, JobRequest] = {}
        self.beats: dict[str, bytes] = {}
        self.asked_for: list[str] = []
        self.files: dict[str, tuple[str, bytes]] = {}
        self.workers: list[dict[str, Any]] = [{"id": "one", "host": "studio-7", "device": "cpu"}]
        self.full = False
        """Whether the queue takes no more."""
        self.working: asyncio.Task[None] | None = None
        self._changes: dict[str, list[Job]] = {}
        self._moved = asyncio.Condition()

    async def keep_beat(self, data: bytes, name: str) -> KeptBeat:
        beat = KeptBeat(hashlib.sha256(data).hexdigest(), name)
        self.beats[beat.id] = data
        return beat

    async def kept_beat(self, beat_id: str, name: str) -> KeptBeat | None:
        return KeptBeat(beat_id, name) if beat_id in self.beats else None

    async def made(self, job_id: str, *, owner: str) -> tuple[str, bytes] | None:  # noqa: ARG002
        return self.files.get(job_id)

    async def submit(self, order: JobRequest) -> Job:
        if self.full:
            raise JobError("200 requests are waiting already.", remedy="Try again later.")
        for job_id, known in self.orders.items():
            if known.key == order.key:
                return self.table[job_id]
        job_id = f"job-{len(self.orders) + 1}"
        waiting = sum(not job.finished for job in self.table.values())
        job = Job(
            id=job_id,
            owner=order.owner,
            asked=order.request.describe(),
            state="queued",
            address=dict(order.address),
            position=waiting,
            wait_seconds=42.0 if waiting else None,
        )
        self.orders[job_id] = order
        self.table[job_id] = job
        return job

    async def work(self, job_id: str) -> None:
        """What a worker does with a job."""
        job, order = self.table[job_id], self.orders[job_id]
        lines: list[str] = []

        def told(progress: Progress) -> None:
            if progress.stage == "write" and progress.text:
                lines.append(progress.text)
            self._set(
                replace(
                    self.table[job_id],
                    state="running",
                    stage=progress.stage,
                    total=progress.total or self.table[job_id].total,
                    lines=tuple(lines),
                )
            )

        try:
            if self.trouble is not None:
                raise self.trouble
            pipeline, owner, request = self.studio.pipeline, order.owner, order.request
            name, before = "", None
            if isinstance(request, Write) and not request.beat:
                listening = await pipeline.listener.hear("")
            elif isinstance(request, Listen | Write | SetBeat):
                beat, name = request.beat, name_of(request.beat)
                source = self.beats[beat.id] if isinstance(beat, KeptBeat) else beat
                listening = await pipeline.listener.listen(source)
            if isinstance(request, Listen):
                self._set(replace(job, state="done"))
                return
            if not isinstance(request, Write):
                before = await pipeline.drafts.get(order.draft_id, owner)
            if isinstance(request, Rehearse):
                assert before is not None
                beat = request.beat
                source = self.beats[beat.id] if isinstance(beat, KeptBeat) else beat
                made = await pipeline.rehearsal(before, source, request.format, lambda _: None)
                self.files[job_id] = made
                self._set(replace(job, state="done", draft_id=before.id, revision=before.revision))
                return
            if isinstance(request, Write | SetBeat):
                plan = await pipeline.plan_to(request, listening, before)
            else:
                assert before is not None
                plan = await pipeline.plan(request, before, owner)
            plan = await pipeline.for_writer(plan, owner)
            self.table[job_id] = replace(self.table[job_id], places=plan.places)
            told(Progress("write", total=plan.wanted))
            written = await pipeline.write(plan, on_progress=told)
            draft = await pipeline.save(
                request,
                owner,
                written,
                await pipeline.judge(written.lines),
                draft_id=order.draft_id,
                beat_name=name,
                seconds={},
                job_id=job_id,
            )
            self._set(replace(job, state="done", draft_id=draft.id, revision=draft.revision))
        except UserError as error:
            self._set(replace(job, state="failed", problem=str(error)))

    def _set(self, job: Job) -> None:
        if not self.table[job.id].finished:
            self.table[job.id] = job

    async def watch(self, job_id: str) -> AsyncIterator[Job]:
        yield self.table[job_id]
        if not self.go.is_set():
            assert self.env is not None
            await self.env.external_wait(self.go.wait(), reason="no worker yet")
        if not self.table[job_id].finished:
            await self.work(job_id)
        yield self.table[job_id]

    async def job(self, job_id: str, *, owner: str) -> Job:
        job = self.table.get(job_id)
        if job is None or owner not in ("", job.owner):
            raise JobError("You have no such job.")
        return job

    async def cancel(self, job_id: str, *, owner: str) -> Job:
        job = await self.job(job_id, owner=owner)
        self._set(replace(job, state="cancelled"))
        return self.table[job_id]

    async def heard(self, job_id: str, *, owner: str) -> tuple[Listening, bytes]:
        await self.job(job_id, owner=owner)
        return heard(), PICTURE

    async def undelivered(self, *, since: datetime | None = None) -> list[Job]:  # noqa: ARG002
        return [
            job
            for job in self.table.values()
            if job.state in ("done", "failed") and not job.message
        ]

    async def delivered(self, job_id: str, message: str) -> None:
        self.table[job_id] = replace(self.table[job_id], message=message)

    async def jobs(self, *, owner: str = "") -> list[Job]:
        return [job for job in self.table.values() if not job.finished and owner in ("", job.owner)]

    async def health(self) -> dict[str, Any]:
        seconds = {"listen": 2.0, "write": 4.0, "judge": 0.1, "save": 0.1}
        waiting = [job for job in await self.jobs() if job.state == "queued"]
        return {
            "queued": len(waiting),
            "running": len(await self.jobs()) - len(waiting),
            "seconds_a_part": seconds,
            "workers": self.workers,
        }

    async def data_of(self, owner: str) -> list[dict[str, Any]]:
        jobs = [job for job in self.table.values() if job.owner == owner]
        return [{"id": job.id, "address": dict(job.address)} for job in jobs]

    async def forget(self, owner: str) -> None:
        """Nothing of this queue is stored."""


class DeskStudio(Studio):
    """A studio whose jobs run at once, here."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.pipeline = self.standing = StandInPipeline(settings, self)
        self.queue = self.inline = InlineQueue(settings, self)


def beat(path: Path | None = None) -> tuple[str, bytes]:  # noqa: ARG001
    """A short WAV, by name and bytes."""
    return "loop.wav", b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + bytes(64)
