"""The studio: every use case, and the one door that the front ends come in by.

A Studio lives in an event loop and never blocks it: whatever computes (listening, writing,
judging) runs in a worker thread, and models are loaded only there. A draft is saved once, when
it is whole; whatever is interrupted before that leaves nothing behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

from atl_core import edits
from atl_core.audio.source import Source, name_of
from atl_core.edits import Request
from atl_core.errors import DraftError
from atl_core.ordering import Ordering
from atl_core.pipeline import Performing, check_captioner, first_plan, plan_of
from atl_core.progress import OnProgress, Stages, unwatched
from atl_core.settings import Settings
from atl_core.wish import Wish

if TYPE_CHECKING:
    from atl_core.audio.listening import Listening
    from atl_core.drafts.diff import Comparison
    from atl_core.drafts.draft import Draft
    from atl_core.drafts.listing import Change, Forgotten, Page
    from atl_core.genre.verdict import GenreVerdict, Verdict
    from atl_core.lyrics.brief import Line
    from atl_core.revise import Plan

LOCAL: Final = "local"
"""The owner of what is written at a terminal."""


class Studio(Performing, Ordering):
    """Open it with `open_studio`. Methods raise `UserError` for what the writer can mend."""

    def __init__(self, settings: Settings) -> None:
        Performing.__init__(self, settings)
        Ordering.__init__(self, settings)
        # A draft's lock lives as long as somebody holds it or waits for it.
        self._drafts: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def close(self) -> None:
        await self.close_queue()
        await super().close()

    async def judge(self, text: str) -> GenreVerdict:
        """How hip-hop or country a text is, whoever wrote it."""
        from atl_core.genre.judge import judge

        return await asyncio.to_thread(judge, text)

    async def picture_of(self, text: str) -> bytes:
        """A PNG of a text with the words and lines that spoke for each genre."""
        from atl_core.genre.picture import picture

        return await asyncio.to_thread(picture, text)

    async def write(
        self,
        source: Source,
        wish: Wish,
        *,
        owner: str = LOCAL,
        captioner: str = "",
        beat_name: str = "",
        on_progress: OnProgress = unwatched,
    ) -> Draft:
        """Listen to a beat, write to it, judge what was written, and save it as a new draft."""
        name = captioner or self.settings.captioner
        check_captioner(name)
        store = await self.store()
        stages = Stages(on_progress)
        with stages("listen"):
            listening = await self.listen(source, on_progress)
        plan = first_plan(wish, listening)
        lines = await self._write(name, plan, stages, listening)
        verdict = await self._judge(lines, stages)
        with stages("save"):
            return await store.create(
                owner,
                listening=listening,
                beat_name=beat_name or name_of(source),
                brief=plan.brief,
                lines=lines,
                verdict=verdict,
                captioner=name,
                seconds=stages.seconds,
                asked=edits.Write("", wish).describe(),
            )

    async def perform(
        self,
        request: Request,
        *,
        draft_id: str = "",
        owner: str = LOCAL,
        on_progress: OnProgress = unwatched,
    ) -> Draft:
        """Do what a writer asked of a draft; the draft as it is then.

        Two requests on one draft are performed one after the other, the second on the result of
        the first; against another process the second is refused with the reason.
        """
        if isinstance(request, edits.Write):
            return await self.write(
                await self.source(request.beat),
                request.wish,
                owner=owner,
                beat_name=name_of(request.beat),
                on_progress=on_progress,
            )
        store = await self.store()
        if isinstance(request, edits.OpenDraft):
            return await store.get(request.draft, owner)
        if isinstance(request, edits.RestoreDraft):
            return await store.restore(request.draft or await self._deleted_last(owner), owner)
        async with self._revising(draft_id):
            return await self._revise(request, draft_id, owner, on_progress)

    async def _revise(
        self, request: Request, draft_id: str, owner: str, on_progress: OnProgress
    ) -> Draft:
        store = await self.store()
        match request:
            case edits.Undo(steps=steps):
                return await store.undo(draft_id, owner, steps)
            case edits.Redo(steps=steps):
                return await store.redo(draft_id, owner, steps)
            case edits.GoBack(version=version):
                return await store.go_back(draft_id, owner, version)
            case edits.SetTitle(title=title):
                return await store.title(draft_id, owner, title)
            case edits.Tag(tags=tags, remove=remove):
                return await store.tag(draft_id, owner, *tags, remove=remove)
            case edits.Duplicate(title=title):
                return await store.duplicate(draft_id, owner, title)
            case edits.DeleteDraft():
                return await store.delete(draft_id, owner)
            case _ if edits.needs_model(request):
                return await self._rewrite(request, draft_id, owner, on_progress)
            case edits.Lock() | edits.Unlock() | edits.SetBrief():
                return await store.change(
                    draft_id, owner, partial(_edited, request), asked=request.describe()
                )
            case edits.Replace() | edits.Insert() | edits.Delete() | edits.Swap():
                return await self._edit(request, draft_id, owner, on_progress)
            case edits.ShowDraft(version=version):
                return await store.get(draft_id, owner, revision=version)
            case _:
                raise TypeError(f"{request!r} is not performed on a draft")

    async def continue_(
        self,
        draft_id: str,
        count: int = edits.MORE_LINES,
        *,
        owner: str = LOCAL,
        on_progress: OnProgress = unwatched,
    ) -> Draft:
        """Write more lines below a draft; the lines that are there stay as they are."""
        return await self.perform(
            edits.Continue(count), draft_id=draft_id, owner=owner, on_progress=on_progress
        )

    async def show(
        self, draft_id: str, *, owner: str = LOCAL, revision: int | None = None, channel: str = ""
    ) -> Draft:
        """A draft at its current revision or at the one given.

        `channel` is where the asker reads it, here and below: what is shared there is shown.
        """
        return await (await self.store()).get(draft_id, owner, revision=revision, channel=channel)

    async def list(
        self, *, owner: str = LOCAL, page: int = 1, per_page: int = 10, deleted: bool = False
    ) -> Page:
        """Drafts, last changed first."""
        store = await self.store()
        return await store.list(owner, page=page, per_page=per_page, deleted=deleted)

    async def search(
        self, words: str, *, owner: str = LOCAL, page: int = 1, per_page: int = 10
    ) -> Page:
        """Drafts in whose title, tags, seed words or lines every one of `words` is found."""
        return await (await self.store()).search(owner, words, page=page, per_page=per_page)

    async def history(
        self, draft_id: str, *, owner: str = LOCAL, channel: str = ""
    ) -> tuple[Change, ...]:
        """Every version of a draft, oldest first."""
        return await (await self.store()).history(draft_id, owner, channel=channel)

    async def compare(
        self,
        draft_id: str,
        first: int | None = None,
        second: int | None = None,
        *,
        owner: str = LOCAL,
        channel: str = "",
    ) -> Comparison:
        """How two versions differ; left out: the one it was made from, and the current one."""
        from atl_core.drafts.diff import compare

        store = await self.store()
        if first is None or second is None:
            current = await store.get(draft_id, owner, channel=channel)
            second = current.revision if second is None else second
            first = (current.parent or current.revision) if first is None else first
        return compare(*await store.compare(draft_id, owner, first, second, channel=channel))

    async def export(
        self,
        draft_id: str,
        format: str,  # noqa: A002
        *,
        syllables: bool = False,
        owner: str = LOCAL,
        channel: str = "",
    ) -> tuple[str, bytes]:
        """A draft as a file: its name and its bytes."""
        from atl_core.drafts.export import export, file_name

        draft = await self.show(draft_id, owner=owner, channel=channel)
        data = await asyncio.to_thread(partial(export, draft, format, syllables=syllables))
        return file_name(draft, format), data

    async def import_(self, data: bytes, *, owner: str = LOCAL) -> Draft:
        """A draft that was exported as JSON, saved as a new one of the asker's."""
        from atl_core.drafts.export import import_draft

        return await (await self.store()).create(owner, **import_draft(data))

    async def rhymes(
        self, draft_id: str, *, line: int | None, word: str, limit: int, owner: str = LOCAL
    ) -> Sequence[str]:
        """Words that rhyme with a word, or with the end of a line, by how well they fit.

        For a line those come first that no line of the draft ends in yet; the commoner in songs
        of two comes before the other. Where perfect rhymes are few, slant ones follow.
        """
        from atl_core.line_ranges import check_line
        from atl_core.lyrics.rhyme import end_word, rhyming_words

        used: set[str] = set()
        if line is not None:
            draft = await self.show(draft_id, owner=owner)
            check_line(line, len(draft.lines))
            word = end_word(draft.lines[line - 1].text)
            used = {end_word(other.text) for other in draft.lines}

        def fitting() -> list[str]:
            found = rhyming_words(word, limit + len(used))
            found.sort(key=used.__contains__)
            return [*found, *rhyming_words(word, limit, "slant")][:limit]

        return await asyncio.to_thread(fitting)

    async def share(
        self, draft_id: str, guest: str, *, edits: bool = False, owner: str = LOCAL
    ) -> Draft:
        """Let a channel or a person read a draft, or with `edits` change it; owners only."""
        return await (await self.store()).share(draft_id, owner, guest, edits=edits)

    async def unshare(self, draft_id: str, guest: str, *, owner: str = LOCAL) -> Draft:
        """Take that back."""
        return await (await self.store()).unshare(draft_id, owner, guest)

    async def may_change(self, draft_id: str, *, owner: str = LOCAL) -> bool:
        """Whether a draft is the asker's to change: their own, or one they collaborate on."""
        return await (await self.store()).may_change(draft_id, owner)

    async def my_data(self, *, owner: str = LOCAL) -> dict[str, Any]:
        """All that is stored about a person, as JSON."""
        return {**await (await self.store()).my_data(owner), "jobs": await self.orders_of(owner)}

    async def forget_me(self, *, owner: str = LOCAL) -> Forgotten:
        """Remove all that is stored about a person, at once and for good."""
        await self.forget_orders(owner)
        return await (await self.store()).forget_me(owner)

    async def _deleted_last(self, owner: str) -> str:
        found = await self.list(owner=owner, per_page=1, deleted=True)
        if not found.items:
            raise DraftError("There is no deleted draft to bring back.")
        return found.items[0].id

    async def _rewrite(
        self, request: Request, draft_id: str, owner: str, on_progress: OnProgress
    ) -> Draft:
        store = await self.store()
        draft = await store.get(draft_id, owner)
        plan = await plan_of(request, draft, store, owner)
        stages = Stages(on_progress)
        lines = await self._write(draft.captioner, plan, stages, draft.listening)
        verdict = await self._judge(lines, stages)
        with stages("save"):
            return await store.revise(
                draft.id,
                owner,
                based_on=draft.revision,
                asked=request.describe(),
                lines=lines,
                sections=plan.sections,
                brief=plan.brief,
                verdict=verdict,
                seconds=stages.seconds,
            )

    async def _edit(
        self, request: Request, draft_id: str, owner: str, on_progress: OnProgress
    ) -> Draft:
        store = await self.store()
        draft = await store.get(draft_id, owner)
        after = _edited(request, draft)
        stages = Stages(on_progress)
        verdict = await self._judge(after.lines, stages)
        return await store.revise(
            draft.id,
            owner,
            based_on=draft.revision,
            asked=request.describe(),
            lines=after.lines,
            sections=after.sections,
            brief=after.brief,
            verdict=verdict,
            seconds=stages.seconds,
        )

    async def _write(
        self, captioner: str, plan: Plan, stages: Stages, listening: Listening
    ) -> tuple[Line, ...]:
        with stages("write", total=plan.wanted):
            return await self._written(captioner, plan, listening, stages.on_progress)

    async def _judge(self, lines: Sequence[Line], stages: Stages) -> Verdict:
        with stages("judge"):
            return await self._verdict(lines)

    def _revising(self, draft_id: str) -> asyncio.Lock:
        """Held while a draft is read, changed and saved, however it was spelt."""
        from atl_core.drafts.names import read_id

        return self._drafts.setdefault(read_id(draft_id), asyncio.Lock())


def _edited(request: Request, draft: Draft) -> Draft:
    from atl_core.revise import edited

    return edited(request, draft)


@asynccontextmanager
async def open_studio(settings: Settings) -> AsyncIterator[Studio]:
    """A Studio, and its database closed at the end."""
    studio = Studio(settings)
    try:
        yield studio
    finally:
        await studio.close()
