"""The half of the store that changes nothing: drafts, lists, versions, and who may see them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from atl_core.audio.listening import Listening
from atl_core.drafts import people, queries
from atl_core.drafts.database import reading
from atl_core.drafts.draft import Draft
from atl_core.drafts.listing import Change, Page
from atl_core.drafts.names import clean_tag, folded
from atl_core.drafts.queries import editable, own, readable
from atl_core.errors import DraftError


class DraftReader:
    """What can be read from a database of drafts; `DraftStore` also writes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def get(
        self, draft_id: str, owner: str, *, revision: int | None = None, channel: str = ""
    ) -> Draft:
        """The draft at its current revision or at the one given.

        `channel` is where the asker reads it: a draft shared there is shown to everybody.
        """
        async with reading(self.engine) as connection:
            seen = await queries.session(connection, draft_id, readable(owner, channel))
            return await queries.load(connection, seen.id, revision)

    async def written_by(self, job_id: str) -> Draft | None:
        """What a job wrote, if it got so far; for the engine, which has checked the asker."""
        async with reading(self.engine) as connection:
            return await queries.written_by(connection, job_id)

    async def history(self, draft_id: str, owner: str, *, channel: str = "") -> tuple[Change, ...]:
        """Every revision, oldest first."""
        async with reading(self.engine) as connection:
            seen = await queries.session(connection, draft_id, readable(owner, channel))
            return await queries.history(connection, seen.id, seen.current)

    async def compare(
        self, draft_id: str, owner: str, first: int, second: int, *, channel: str = ""
    ) -> tuple[Draft, Draft]:
        """The draft at two revisions; `diff.py` says how they differ."""
        async with reading(self.engine) as connection:
            seen = await queries.session(connection, draft_id, readable(owner, channel))
            return (
                await queries.load(connection, seen.id, first),
                await queries.load(connection, seen.id, second),
            )

    async def list(
        self, owner: str, *, page: int = 1, per_page: int = 10, tag: str = "", deleted: bool = False
    ) -> Page:
        """The asker's drafts and those they may edit, last changed first."""
        containing = (f"\n#{clean_tag(tag)}\n",) if tag else ()
        async with reading(self.engine) as connection:
            return await queries.page(
                connection,
                owner,
                containing=containing,
                deleted=deleted,
                number=page,
                per_page=per_page,
            )

    async def search(self, owner: str, words: str, *, page: int = 1, per_page: int = 10) -> Page:
        """Drafts whose title, tags, seed words or lines contain every one of `words`."""
        async with reading(self.engine) as connection:
            return await queries.page(
                connection,
                owner,
                containing=folded(words).split(),
                deleted=False,
                number=page,
                per_page=per_page,
            )

    async def shares(self, draft_id: str, owner: str) -> dict[str, bool]:
        """Whom a draft is shared with, and whether they may change it."""
        async with reading(self.engine) as connection:
            shared = await queries.session(connection, draft_id, own(owner))
            return await people.shares(connection, shared.id)

    async def may_change(self, draft_id: str, owner: str) -> bool:
        """Whether the asker may change a draft, their own or one that they collaborate on."""
        async with reading(self.engine) as connection:
            try:
                await queries.session(connection, draft_id, editable(owner))
            except DraftError:
                return False
            return True

    async def my_data(self, owner: str) -> dict[str, Any]:
        """All that is stored about the asker, as JSON."""
        async with reading(self.engine) as connection:
            return await people.everything_of(connection, owner)

    async def cached_listening(self, sha256: str) -> Listening | None:
        """What was heard in a beat before."""
        async with reading(self.engine) as connection:
            return await queries.heard(connection, sha256)
