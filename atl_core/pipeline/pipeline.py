"""The pipeline: listen -> plan -> write -> judge -> save, each stage with typed values.

A terminal runs it inline, with `Pipeline.run`. A worker runs the same stages with a checkpoint
after each (`atl_core.jobs.stages`). Nothing here blocks an event loop: whatever computes runs in
a thread, and models are loaded only there.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from atl_core.audio.source import KeptBeat, Source, name_of, open_beat
from atl_core.captioner.protocol import cancel_event
from atl_core.edits.beat import SetBeat
from atl_core.edits.choices import Options
from atl_core.edits.export import RehearsalFormat
from atl_core.edits.request import LineEdit, Request
from atl_core.edits.writing import AnotherTake, Write
from atl_core.errors import BriefError
from atl_core.lyrics.saying import OwnSound, saying
from atl_core.pipeline.captioners import Captioners, check_captioner
from atl_core.pipeline.listener import Listener
from atl_core.progress import OnProgress, Progress, Stages, in_thread, in_turn, unwatched
from atl_core.settings import Settings

if TYPE_CHECKING:
    from atl_core.audio.listening import Listening
    from atl_core.captioner.protocol import Captioner
    from atl_core.drafts.draft import Draft
    from atl_core.drafts.store import DraftStore
    from atl_core.genre.verdict import GenreVerdict, Verdict
    from atl_core.lyrics.brief import Line
    from atl_core.plans.plan import Plan
    from atl_core.plans.written import Written

log = logging.getLogger(__name__)

LANGUAGE_MODEL: Final = "lm"
"""The captioner whose language model is loaded for a thorough genre verdict."""
EDIT_ATTEMPTS: Final = 10
"""How often an edit is made anew when others change the same draft at the same moment."""

T = TypeVar("T")


class Pipeline:
    """The stages, and what they need: the drafts, the tagger, the captioners, the judge.

    One lives in one event loop. Its methods raise `UserError` for what the writer can correct.
    """

    def __init__(
        self,
        settings: Settings,
        drafts: DraftStore,
        *,
        captioners: Mapping[str, Captioner] | None = None,
        writing_at_once: int = 1,
        prepare: Callable[[Captioner], Captioner] = lambda captioner: captioner,
    ) -> None:
        """`prepare` is what becomes of a captioner once it is loaded, such as one that batches."""
        self.settings = settings
        self.drafts = drafts
        self.captioners = Captioners(settings, captioners, prepare)
        # One model at a time: two would only share the same cores. Those who can share a
        # captioner's forwards may write at once.
        hearing = asyncio.Semaphore(1)
        self.listener = Listener(settings, drafts, hearing)
        self._writing = asyncio.Semaphore(writing_at_once) if writing_at_once > 1 else hearing

    async def run(
        self,
        request: Request,
        *,
        owner: str,
        draft: Draft | None = None,
        captioner: str = "",
        on_progress: OnProgress = unwatched,
    ) -> Draft:
        """All stages of a request inline: a new draft, or `draft` as it is then.

        The draft is saved once, when it is whole; what is interrupted before leaves nothing.

        Raises:
            StaleDraftError: somebody else changed the draft while lines were written for it.
        """
        stages = Stages(on_progress)
        beat_name = ""

        def load_ahead() -> None:
            # The verdict on a writer's own text must not depend on how soon a model is loaded.
            if not (isinstance(request, Write) and request.text):
                self.captioners.load_ahead(draft.captioner if draft else captioner)

        if isinstance(request, Write | SetBeat):
            assert not isinstance(request.beat, KeptBeat)
            check_captioner(captioner or self.settings.captioner, self.settings)
            await self.drafts.database.engine()  # one that cannot be used is told before the work
            with stages("listen"):
                listening = await self.listener.hear(request.beat, on_progress, load_ahead)
            beat_name = name_of(request.beat) if request.beat else ""
            plan = await self.plan_to(request, listening, draft, captioner)
        else:
            assert draft is not None
            plan = await self.plan(request, draft, owner)
        plan = await self.for_writer(plan, owner)
        with stages("write", total=plan.wanted):
            written = await self.write(plan, on_progress=on_progress)
        with stages("judge"):
            verdict = await self.judge(written.lines, plan.sounds)
        with stages("save"):
            return await self.save(
                request,
                owner,
                written,
                verdict,
                draft=draft,
                beat_name=beat_name,
                seconds=stages.seconds,
            )

    async def edit(self, request: LineEdit, draft: Draft, *, owner: str) -> Draft:
        """What a writer changes with no model: the draft as it is then, judged anew.

        Two at once on one draft are made one after the other, the second on what the first made.
        """
        from atl_core.drafts.draft import StaleDraftError

        for attempt in range(EDIT_ATTEMPTS):
            with saying(draft.sounds):
                after = request.apply(draft)
            kept = [line.text for line in after.lines] == [line.text for line in draft.lines]
            verdict = draft.verdict if kept else await self.judge(after.lines, draft.sounds)
            try:
                return await self.drafts.revise(
                    draft.id,
                    owner,
                    based_on=draft.revision,
                    before=draft,
                    asked=request.describe(),
                    lines=after.lines,
                    sections=after.sections,
                    brief=after.brief,
                    verdict=verdict,
                )
            except StaleDraftError:
                if attempt == EDIT_ATTEMPTS - 1:
                    raise
                draft = await self.drafts.get(draft.id, owner)
        raise AssertionError

    async def plan_to(
        self,
        request: Write | SetBeat,
        listening: Listening,
        draft: Draft | None,
        captioner: str = "",
    ) -> Plan:
        """What is to be written for a request with a beat that has been listened to.

        Raises:
            BriefError: the writer's own text cannot be gone on from.
        """
        if isinstance(request, SetBeat):
            from atl_core.plans.revise import plan_beat

            assert draft is not None
            return plan_beat(draft, listening)
        named = self.captioners.name_of(captioner)
        if not request.text:
            from atl_core.plans.song import plan_new

            return plan_new(request.wish, listening, named)
        if request.wish.form:
            raise BriefError(
                "A text of your own has its sections in it.",
                remedy="Write [verse 2] or [hook] in it where a section is to be written.",
            )
        from atl_core.lyrics.own_text import read_own_text
        from atl_core.plans.half_written import plan_own_text

        text = read_own_text(request.text)
        read = await self.judge_text("\n".join(text.written))
        return plan_own_text(text, request.wish, listening, named, read)

    async def plan(self, request: Request, draft: Draft, owner: str) -> Plan:
        """What is to be written for a request that needs a captioner, on a draft that is there."""
        from atl_core.plans.revise import another_take, plan_for, plan_options

        if isinstance(request, AnotherTake):
            parent = draft.parent and await self.drafts.get(draft.id, owner, revision=draft.parent)
            return another_take(draft, parent or None)
        plan = plan_for(request, draft)
        if isinstance(request, Options):
            # What was offered before, and not taken, is not offered again.
            offered = await self.drafts.options.of_draft(draft.id, owner)
            return plan_options(plan, request, draft, offered)
        return plan

    async def for_writer(self, plan: Plan, owner: str) -> Plan:
        """The plan, with the words that its writer avoids in all drafts, and says otherwise."""
        avoid = dict.fromkeys((*plan.steer.avoid, *await self.drafts.writers.avoided(owner)))
        # What this draft is to be about, and what a line must have, may come all the same.
        wanted = {*plan.steer.seed_words, *plan.must_use}
        kept = tuple(said for said in avoid if said not in wanted)
        steer = replace(plan.steer, avoid=kept)
        return replace(plan, steer=steer, sounds=await self.drafts.writers.sounds(owner))

    async def write(
        self,
        plan: Plan,
        *,
        done: Sequence[str] = (),
        on_progress: OnProgress = unwatched,
        on_line: OnProgress | None = None,
    ) -> Written:
        """Have a plan's slots written; `done` is what was written for the first of them before.

        `on_progress` is called in the event loop. With `on_line` it is that instead, called in
        the thread that writes, which waits for it: once with no text before the first line, and
        after each line.
        """
        from atl_core.plans.written import Written, by_others

        def work(report: OnProgress, cancel: threading.Event) -> Written:
            with saying(plan.sounds):
                return write(report, cancel)

        def write(report: OnProgress, cancel: threading.Event) -> Written:
            begun = plan.begun(done)
            before = plan.wanted - begun.wanted
            report_progress = on_line or report
            if on_line:
                cancel_event.set(cancel)  # stops the captioner between two lines as well
                on_line(Progress("write", before, plan.wanted))

            def report_line(progress: Progress) -> None:
                report_progress(replace(progress, done=before + progress.done, total=plan.wanted))

            captioner = self.captioners.get(plan.captioner)
            others: dict[int, str] = {}
            if plan.options:
                texts = plan.offered(captioner, report_line, others.__setitem__)
                return Written.by(plan, plan.with_first(texts[0]), texts, by_others(others))
            lines = begun.filled(captioner, report_line, cancel, others.__setitem__)
            return Written.by(plan, lines, note=by_others(others))

        return await in_turn(self._writing, work, on_progress)

    async def judge(self, lines: Sequence[Line], sounds: Sequence[OwnSound] = ()) -> Verdict:
        """The verdict on a draft's lines, as its writer says them.

        The language model takes part where it is loaded.
        """
        from atl_core.genre.draft_verdict import verdict_on

        with saying(sounds):
            return await asyncio.to_thread(lambda: verdict_on(lines, self.captioners.reader()))

    async def judge_text(
        self, text: str, *, thorough: bool = False, on_progress: OnProgress = unwatched
    ) -> GenreVerdict:
        """How hip-hop or country a text is, whoever wrote it.

        The language model takes part where it is loaded. With `thorough` it is loaded for it.

        Raises:
            WeightsError: it is not here or is damaged.
        """
        from atl_core.genre.judge import judge

        def work(report: OnProgress, cancel: threading.Event) -> GenreVerdict:  # noqa: ARG001
            if thorough and not self.captioners.reader():
                report(Progress("judge", text="loading the language model"))
                self.captioners.get(LANGUAGE_MODEL)
            return judge(text, self.captioners.reader())

        return await in_thread(work, on_progress)

    async def save(
        self,
        request: Request,
        owner: str,
        written: Written,
        verdict: Verdict,
        *,
        draft_id: str = "",
        draft: Draft | None = None,
        beat_name: str = "",
        seconds: Mapping[str, float],
        job_id: str | None = None,
    ) -> Draft:
        """The next revision of a draft, or a new draft; written once for each job.

        `draft` is the draft that lines were written for, where it is still at hand.
        """
        if isinstance(request, Options):
            return await self.drafts.options.keep(
                draft.id if draft else draft_id,
                owner,
                written.options,
                line=request.line or 0,
                job_id=job_id,
            )
        verdict = replace(verdict, note=written.note)
        sets_beat = isinstance(request, SetBeat)
        if not isinstance(request, Write):
            revised = await self.drafts.revise(
                draft.id if draft else draft_id,
                owner,
                based_on=written.based_on,
                before=draft,
                asked=request.describe(),
                lines=written.lines,
                sections=written.sections,
                brief=written.brief,
                verdict=verdict,
                seconds=seconds,
                listening=await self.drafts.listenings.get(written.heard) if sets_beat else None,
                beat_name=beat_name,
                job_id=job_id,
            )
            return await self._offered(revised, owner, written, job_id)
        from atl_core.plans.written import title_of

        created = await self.drafts.create(
            owner,
            listening=await self.drafts.listenings.get(written.heard),
            beat_name=beat_name,
            brief=written.brief,
            lines=written.lines,
            sections=written.sections,
            verdict=verdict,
            captioner=written.captioner,
            seconds=seconds,
            asked=request.describe(),
            title=title_of(request, written),
            job_id=job_id,
        )
        return await self._offered(created, owner, written, job_id)

    async def _offered(
        self, draft: Draft, owner: str, written: Written, job_id: str | None
    ) -> Draft:
        """The draft, once the lines to choose from for its last line are kept, if there are any."""
        if written.options:
            await self.drafts.options.keep(
                draft.id,
                owner,
                written.options,
                line=len(draft.lines),
                goal=written.goal,
                job_id=job_id,
            )
        return draft

    async def rehearsal(
        self,
        draft: Draft,
        beat: Source,
        format: RehearsalFormat,  # noqa: A002
        on_share: Callable[[float], None],
    ) -> tuple[str, bytes]:
        """A file to rehearse a draft with, its name and its bytes.

        `on_share` is told what share is done, in the thread that renders.

        Raises:
            BeatError: the beat cannot be used; the text says why.
        """
        from atl_core.drafts.export import file_name

        def render(_report: OnProgress, cancel: threading.Event) -> bytes:
            from atl_core.drafts.timed.rehearsal import rehearsal

            return rehearsal(draft, path, format, on_share, cancel)

        async with open_beat(beat, self.settings, unwatched) as path:
            return file_name(draft, format), await in_thread(render, unwatched)
