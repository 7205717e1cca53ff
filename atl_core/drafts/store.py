"""The store of drafts: a tree of revisions for each session, written once and never changed.

Every method takes who is asking (an opaque string such as `local` or `discord:1234`) and
shows or changes only what that person may. All raise `DraftError` for a draft that is not
there for the asker and `StorageError` when the database cannot do its part.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from atl_core.audio.listening import Listening
from atl_core.drafts import pages, queries, tree
from atl_core.drafts.diff import Comparison, compare
from atl_core.drafts.draft import Draft, OpenedDraft, Section, StaleDraftError, covering
from atl_core.drafts.lazy_database import DELETED_KEPT, LazyDatabase
from atl_core.drafts.listenings import ListeningStore, keep
from atl_core.drafts.listing import Change, Page, Wording
from atl_core.drafts.names import clean_tag, clean_title, folded, storable, titled
from atl_core.drafts.option_store import OptionStore
from atl_core.drafts.queries import editable, own, readable
from atl_core.drafts.shares import ShareStore, may_change
from atl_core.drafts.writers import WriterStore
from atl_core.errors import DraftError
from atl_core.genre.verdict import Verdict
from atl_core.lyrics.brief import Brief, Line

MAX_SEARCH: Final = 200
"""Characters of a search. SQLite itself takes some 50,000."""


class DraftStore:
    """Drafts in a database: the one at an address, opened when it is first needed, or an open one.

    `close` it at the end.
    """

    def __init__(
        self,
        database: str | AsyncEngine,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.database = LazyDatabase(database, clock)
        self.writers = WriterStore(self.database)
        self.listenings = ListeningStore(self.database)
        self.options = OptionStore(self.database)
        self.shares = ShareStore(self.database)
        self._now = clock
        self._reading = self.database.reading
        self._writing = self.database.writing

    async def close(self) -> None:
        await self.database.close()

    # Reading

    async def get(
        self, draft_id: str, owner: str, *, revision: int | None = None, channel: str = ""
    ) -> Draft:
        """The draft at its current revision or at the one given.

        `channel` is where the asker reads it: a draft shared there is shown to everybody.
        """
        async with self._reading() as connection:
            seen = await queries.session(connection, draft_id, readable(owner, channel))
            return await queries.load(connection, seen.id, revision)

    async def open(self, draft_id: str, owner: str, *, channel: str = "") -> OpenedDraft:
        """The current draft, and whether the asker may change it."""
        async with self._reading() as connection:
            seen = await queries.session(connection, draft_id, readable(owner, channel))
            draft = await queries.load(connection, seen.id)
            return OpenedDraft(draft, await may_change(connection, seen.id, owner))

    async def written_by(self, job_id: str) -> Draft | None:
        """What a job wrote, if it got so far; for the engine, which has checked the asker."""
        async with self._reading() as connection:
            return await queries.written_by(connection, job_id)

    async def history(self, draft_id: str, owner: str, *, channel: str = "") -> tuple[Change, ...]:
        """Every revision, oldest first."""
        async with self._reading() as connection:
            seen = await queries.session(connection, draft_id, readable(owner, channel))
            return await queries.history(connection, seen.id, seen.current)

    async def wordings(
        self, draft_id: str, owner: str, *, channel: str = ""
    ) -> tuple[Wording, ...]:
        """The words of every revision, oldest first, and whose they are."""
        async with self._reading() as connection:
            seen = await queries.session(connection, draft_id, readable(owner, channel))
            return await queries.wordings(connection, seen.id)

    async def compare(
        self, draft_id: str, owner: str, first: int, second: int, *, channel: str = ""
    ) -> tuple[Draft, Draft]:
        """The draft at two revisions; `diff.py` says how they differ."""
        async with self._reading() as connection:
            seen = await queries.session(connection, draft_id, readable(owner, channel))
            return (
                await queries.load(connection, seen.id, first),
                await queries.load(connection, seen.id, second),
            )

    async def diff(
        self,
        draft_id: str,
        owner: str,
        first: int | None = None,
        second: int | None = None,
        *,
        channel: str = "",
    ) -> Comparison:
        """How two versions differ; left out: the one it was made from, and the current one."""
        if first is None or second is None:
            current = await self.get(draft_id, owner, channel=channel)
            second = current.revision if second is None else second
            first = (current.parent or current.revision) if first is None else first
        return compare(*await self.compare(draft_id, owner, first, second, channel=channel))

    async def list(
        self, owner: str, *, page: int = 1, per_page: int = 10, deleted: bool = False
    ) -> Page:
        """The asker's drafts and those they may edit, last changed first."""
        async with self._reading() as connection:
            return await pages.page(
                connection,
                owner,
                containing=(),
                deleted=deleted,
                number=page,
                per_page=per_page,
            )

    async def search(self, owner: str, words: str, *, page: int = 1, per_page: int = 10) -> Page:
        """Drafts whose title, tags, seed words or lines contain every one of `words`.

        Raises:
            DraftError: more text than a search can take.
        """
        if len(words) > MAX_SEARCH:
            raise DraftError(
                f"{len(words)} characters are too many to search for.",
                f"A search has up to {MAX_SEARCH}.",
            )
        async with self._reading() as connection:
            return await pages.page(
                connection,
                owner,
                containing=folded(words).split(),
                deleted=False,
                number=page,
                per_page=per_page,
            )

    # Writing

    async def create(
        self,
        owner: str,
        *,
        listening: Listening,
        beat_name: str,
        brief: Brief,
        lines: Sequence[Line],
        verdict: Verdict,
        captioner: str,
        seconds: Mapping[str, float],
        asked: str,
        title: str = "",
        tags: Sequence[str] = (),
        sections: Sequence[Section] = (),
        job_id: str | None = None,
    ) -> Draft:
        """Save the first revision of a new session and keep its listening.

        A job that already wrote gets back what it wrote. Without a title the seed words
        serve; without sections the lines are one verse.
        """
        now = self._now()

        async def write(connection: AsyncConnection) -> Draft:
            kept = await keep(connection, listening, now)
            draft = Draft(
                id=await queries.unused_id(connection),
                owner=owner,
                title=clean_title(title) if title else titled(brief, beat_name),
                revision=1,
                asked=asked,
                beat_name=storable(beat_name),
                brief=brief,
                listening=kept,
                lines=tuple(lines),
                verdict=verdict,
                captioner=captioner,
                seconds=dict(seconds),
                created=now,
                sections=covering(sections, len(lines)),
                tags=tuple(sorted({clean_tag(tag) for tag in tags})),
            )
            await queries.write_session(connection, draft)
            await queries.write_revision(connection, draft, owner, job_id)
            return draft

        return await self._once(job_id, write)

    async def revise(
        self,
        draft_id: str,
        owner: str,
        *,
        based_on: int,
        before: Draft | None = None,
        asked: str,
        lines: Sequence[Line],
        sections: Sequence[Section] | None = None,
        brief: Brief | None = None,
        verdict: Verdict | None = None,
        seconds: Mapping[str, float] | None = None,
        listening: Listening | None = None,
        beat_name: str = "",
        job_id: str | None = None,
    ) -> Draft:
        """Save the next revision, made from revision `based_on`; what is None stays as it was.

        `before` is the draft at that revision, for who has loaded it already. Without `sections`,
        lines that were added or lost are counted to the last section. `listening` is of another
        beat, of that name. A job that already wrote
        gets back what it wrote.

        Raises:
            StaleDraftError: another change came in between; read the draft and try again.
        """

        async def write(connection: AsyncConnection) -> Draft:
            session = await queries.session(connection, draft_id, editable(owner), to_change=True)
            if session.current != based_on:
                raise StaleDraftError(
                    f"Draft {session.id} has changed meanwhile: this was made from version "
                    f"{based_on}, and it is at version {session.current} now.",
                    remedy="Look at it, then ask again.",
                )
            if before is not None and before.revision == based_on:
                # Its labels and the number of revisions may have changed since it was loaded.
                draft = replace(
                    before,
                    title=session.title,
                    tags=tuple(session.tags),
                    revisions=session.revisions,
                )
            else:
                draft = await queries.load(connection, session.id)
            after = replace(
                draft,
                lines=tuple(lines),
                sections=draft.sections if sections is None else tuple(sections),
                brief=brief or draft.brief,
                verdict=verdict or draft.verdict,
            )
            if listening is not None:
                kept = await keep(connection, listening, self._now())
                after = replace(after, listening=kept, beat_name=storable(beat_name))
            return await self._append(
                connection, draft, after, owner, asked=asked, seconds=seconds, job_id=job_id
            )

        return await self._once(job_id, write)

    async def undo(self, draft_id: str, owner: str, steps: int = 1) -> Draft:
        """Back to the revision that the current one was made from; all of the steps or none."""
        return await self._move(draft_id, owner, tree.repeated(tree.undone, steps))

    async def redo(self, draft_id: str, owner: str, steps: int = 1) -> Draft:
        """Forward again along the branch that `undo` came from; all of the steps or none."""
        return await self._move(draft_id, owner, tree.repeated(tree.redone, steps))

    async def go_back(self, draft_id: str, owner: str, revision: int) -> Draft:
        """To any revision; from there `redo` walks on along its branch."""
        return await self._move(
            draft_id, owner, lambda _, tip, numbers: tree.jumped(revision, tip, numbers)
        )

    async def title(self, draft_id: str, owner: str, title: str) -> Draft:
        cleaned = clean_title(title)
        return await self._label(draft_id, owner, lambda draft: replace(draft, title=cleaned))

    async def tag(self, draft_id: str, owner: str, *tags: str, remove: bool = False) -> Draft:
        """Add tags, or take them off."""
        cleaned = {clean_tag(tag) for tag in tags}

        def tagged(draft: Draft) -> Draft:
            kept = {*draft.tags} - cleaned if remove else {*draft.tags} | cleaned
            return replace(draft, tags=tuple(sorted(kept)))

        return await self._label(draft_id, owner, tagged)

    async def duplicate(self, draft_id: str, owner: str, title: str = "") -> Draft:
        """A new draft of the asker's own that starts from the current revision."""
        async with self._writing() as connection:
            before = await self._before(connection, draft_id, owner)
            copy = replace(
                before,
                id=await queries.unused_id(connection),
                owner=owner,
                title=clean_title(title) if title else before.title,
                revision=1,
                revisions=1,
                parent=None,
                asked=f"duplicate of {before.id}, version {before.revision}",
                created=self._now(),
            )
            await queries.write_session(connection, copy)
            await queries.write_revision(connection, copy, owner, None)
            return copy

    async def delete(self, draft_id: str, owner: str) -> Draft:
        """Put a draft aside; `restore` brings it back within `DELETED_KEPT`."""
        async with self._writing() as connection:
            doomed = await queries.session(connection, draft_id, own(owner), to_change=True)
            draft = await queries.load(connection, doomed.id)
            await queries.set_deleted(connection, doomed.id, self._now())
            await queries.purge(connection, self._now() - DELETED_KEPT)
            return draft

    async def discard(self, draft_id: str, owner: str) -> None:
        """Delete a draft without reading it, since what is stored of it is damaged."""
        async with self._writing() as connection:
            doomed = await queries.session(connection, draft_id, own(owner), to_change=True)
            await queries.set_deleted(connection, doomed.id, self._now())

    async def raw(self, draft_id: str, owner: str) -> dict[str, Any]:
        """All that is stored of the asker's own draft, as text, whether it can be read or not."""
        async with self._reading() as connection:
            seen = await queries.session(connection, draft_id, own(owner))
            return await queries.raw(connection, seen.id)

    async def restore(self, draft_id: str, owner: str) -> Draft:
        """Bring a deleted draft back; without an id, the one deleted last."""
        await self.purge()
        async with self._writing() as connection:
            if not draft_id:
                draft_id = await queries.deleted_last(connection, owner)
            found = await queries.session(
                connection, draft_id, own(owner), deleted=True, to_change=True
            )
            await queries.set_deleted(connection, found.id, None)
            return await queries.load(connection, found.id)

    async def purge(self) -> int:
        """Remove for good what was deleted more than `DELETED_KEPT` ago; how many drafts."""
        async with self._writing() as connection:
            return await queries.purge(connection, self._now() - DELETED_KEPT)

    async def _before(self, connection: AsyncConnection, draft_id: str, owner: str) -> Draft:
        """The current draft, which the asker may change and nobody else can meanwhile."""
        session = await queries.session(connection, draft_id, editable(owner), to_change=True)
        return await queries.load(connection, session.id)

    async def _append(
        self,
        connection: AsyncConnection,
        before: Draft,
        after: Draft,
        author: str,
        *,
        asked: str,
        seconds: Mapping[str, float] | None = None,
        job_id: str | None = None,
    ) -> Draft:
        number = before.revisions + 1
        written = replace(
            before,
            revision=number,
            revisions=number,
            parent=before.revision,
            asked=asked,
            lines=after.lines,
            sections=covering(after.sections, len(after.lines)),
            brief=after.brief,
            verdict=after.verdict,
            captioner=after.captioner,
            listening=after.listening,
            beat_name=after.beat_name,
            seconds=dict(seconds or {}),
            created=self._now(),
        )
        await queries.write_revision(connection, written, author, job_id)
        await queries.show_revision(connection, written, tip=number, now=written.created)
        return written

    async def _move(
        self, draft_id: str, owner: str, step: Callable[[int, int, tree.Tree], tuple[int, int]]
    ) -> Draft:
        async with self._writing() as connection:
            session = await queries.session(connection, draft_id, editable(owner), to_change=True)
            numbers = await queries.parents(connection, session.id)
            current, tip = step(session.current, session.tip, numbers)
            draft = await queries.load(connection, session.id, current)
            await queries.show_revision(connection, draft, tip=tip, now=self._now())
            return draft

    async def _label(self, draft_id: str, owner: str, relabel: Callable[[Draft], Draft]) -> Draft:
        async with self._writing() as connection:
            session = await queries.session(connection, draft_id, editable(owner), to_change=True)
            draft = relabel(await queries.load(connection, session.id))
            await queries.show_revision(connection, draft, tip=session.tip, now=self._now())
            return draft

    async def _once(
        self, job_id: str | None, write: Callable[[AsyncConnection], Awaitable[Draft]]
    ) -> Draft:
        """What `write` writes, or what the job wrote before or writes at this very moment."""
        try:
            async with self._writing() as connection:
                return await queries.written_by(connection, job_id) or await write(connection)
        except IntegrityError:
            written = await self.written_by(job_id) if job_id else None
            if written is None:
                raise
            return written
