"""The stages of the pipeline as a worker runs them for a job: fetch, listen, write, judge, save."""

from __future__ import annotations

import asyncio
import json
import time
from functools import partial
from typing import Final

from sqlalchemy import Connection

from atl_core.audio.source import KeptBeat, name_of
from atl_core.edits.beat import Listen, SetBeat
from atl_core.edits.export import Rehearse
from atl_core.edits.writing import Write
from atl_core.errors import UserError
from atl_core.genre.verdict import Verdict
from atl_core.jobs import beats, store
from atl_core.jobs.checkpoints import Checkpoints
from atl_core.jobs.worker_state import GoneError, Json, RunningJob, WorkerState
from atl_core.pipeline.pipeline import Pipeline
from atl_core.plans.written import Written
from atl_core.progress import Progress

SHOWN: Final = ("listen", "write", "judge")
"""Stages whose seconds are kept with a draft."""


class JobStages:
    """Runs the stages of a job, with a checkpoint after each."""

    def __init__(self, state: WorkerState, pipeline: Pipeline, checkpoints: Checkpoints) -> None:
        self._state = state
        self._pipeline = pipeline
        self._checkpoints = checkpoints

    async def run(self, job: RunningJob) -> Json:
        """The stages of the pipeline, with a checkpoint after each; what the job came to.

        Raises:
            StageFailedError: one of them failed.
        """
        asked, pipeline = job.asked, self._pipeline
        if isinstance(asked.request, Rehearse):
            return await self._rehearse(job, asked.request)
        beat_name, heard = "", ""
        if isinstance(asked.request, Write) and not asked.request.beat:
            heard = (await pipeline.listener.hear("")).sha256
        elif isinstance(asked.request, Write | Listen | SetBeat):
            beat_name = name_of(asked.request.beat)
            if isinstance(asked.request.beat, KeptBeat):
                beat = asked.request.beat.id
            else:
                fetched = await self._checkpoints.run(job, "fetch", partial(self._fetch, job))
                beat, beat_name = fetched["beat"], fetched["name"]
            listened = await self._checkpoints.run(
                job, "listen", partial(self._listen, job, beat, beat_name)
            )
            heard = listened["sha256"]
        if isinstance(asked.request, Listen):
            return {}

        async def write() -> Json:
            return (await self._write(job, heard)).to_json()

        written = Written.from_json(await self._checkpoints.run(job, "write", write))

        async def judge() -> Json:
            sounds = await pipeline.drafts.writers.sounds(asked.owner)
            return (await pipeline.judge(written.lines, sounds)).to_json()

        verdict = Verdict.from_json(await self._checkpoints.run(job, "judge", judge))

        async def save() -> Json:
            draft = await pipeline.save(
                asked.request,
                asked.owner,
                written,
                verdict,
                draft_id=asked.draft_id,
                draft=job.draft,
                beat_name=beat_name,
                seconds={name: job.seconds[name] for name in SHOWN if name in job.seconds},
                job_id=job.row.id,
            )
            return {"draft_id": draft.id, "revision": draft.revision}

        return await self._checkpoints.run(job, "save", save)

    async def _fetch(self, job: RunningJob) -> Json:
        takes_beat = Write | Listen | SetBeat | Rehearse
        assert isinstance(job.asked.request, takes_beat)
        data, name = await self._pipeline.listener.fetch(str(job.asked.request.beat))

        def keep(connection: Connection) -> str:
            beat_id = beats.id_of(data)
            beats.keep(connection, beat_id, data)
            return store.needs_beat(connection, job.row.id, beat_id)

        return {"beat": await self._state.store.do(keep), "name": name}

    async def _listen(self, job: RunningJob, beat_id: str, beat_name: str) -> Json:
        data = await self._beat(beat_id)
        # The picture of a beat that is written to as well: the draft is shown with it.
        listening, picture = await self._pipeline.listener.listen_and_draw(data, beat_name)
        told = json.dumps(listening.to_json())
        await self._state.store.do(store.keep_heard, job.row.id, told, picture)
        return {"sha256": listening.sha256}

    async def _rehearse(self, job: RunningJob, request: Rehearse) -> Json:
        """Make a file of a draft and its beat, and keep it with the job."""
        beat = request.beat
        if isinstance(beat, KeptBeat):
            beat_id = beat.id
        else:
            beat_id = (await self._checkpoints.run(job, "fetch", partial(self._fetch, job)))["beat"]

        async def render() -> Json:
            asked, job_id, loop = job.asked, job.row.id, asyncio.get_running_loop()
            draft = await self._pipeline.drafts.get(asked.draft_id, asked.owner)
            data = await self._beat(beat_id)

            def on_share(share: float) -> None:
                """Called by the thread that renders; ends it when the job is not ours any more."""
                done = int(100 * share)
                if not self._state.store.do_now(
                    store.enter, job_id, self._state.id, "render", done
                ):
                    raise GoneError
                loop.call_soon_threadsafe(self._checkpoints.extend, job)

            name, made = await self._pipeline.rehearsal(draft, data, request.format, on_share)
            await self._state.store.do(store.keep_made, job_id, name, made)
            return {"draft_id": draft.id, "revision": draft.revision}

        return await self._checkpoints.run(job, "render", render)

    async def _beat(self, beat_id: str) -> bytes:
        data = await self._state.store.do(beats.read, beat_id)
        if data is None:
            raise UserError("The beat is not kept any more.", remedy="Attach it once more.")
        return data

    async def _write(self, job: RunningJob, heard: str) -> Written:
        job_id, asked, pipeline = job.row.id, job.asked, self._pipeline
        await self._checkpoints.take_turn(job)
        draft = None
        if not isinstance(asked.request, Write):
            draft = job.draft = await pipeline.drafts.get(asked.draft_id, asked.owner)
        if isinstance(asked.request, Write | SetBeat):
            listening = await pipeline.drafts.listenings.get(heard)
            plan = await pipeline.plan_to(asked.request, listening, draft)
        else:
            assert draft is not None
            plan = await pipeline.plan(asked.request, draft, asked.owner)
        plan = await pipeline.for_writer(plan, asked.owner)
        await self._state.store.do(store.keep_places, job_id, plan.places)
        done = (await self._state.store.do(store.lines_of, [job_id])).get(job_id, ())
        last = time.monotonic()

        def on_line(progress: Progress) -> None:
            """Called by the thread that writes; ends it when the job is not ours any more."""
            nonlocal last
            total, text = progress.total, progress.text
            if not text:
                held = self._state.store.do_now(store.enter, job_id, self._state.id, "write", total)
            else:
                now = time.monotonic()
                self._state.metrics.line()
                share = self._state.share_of(now - last)
                number = progress.done - 1
                held = self._state.store.do_now(
                    store.save_line, job_id, self._state.id, number, text
                )
                self._state.store.do_now(store.time_stage, "write", 1, share)
                job.suspect = False
                last = now
                loop.call_soon_threadsafe(self._checkpoints.extend, job)
            if not held:
                raise GoneError
            if text:  # a suspect may have its turn now
                self._state.isolation.leave(job_id)
                self._state.isolation.enter(job_id, alone=False, cancel=job.cancel)

        loop = asyncio.get_running_loop()
        return await pipeline.write(plan, done=done, on_line=on_line)
