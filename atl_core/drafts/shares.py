"""Whom drafts are shared with: channels and people, to read or to change."""

from __future__ import annotations

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from atl_core.drafts import queries
from atl_core.drafts.draft import Draft
from atl_core.drafts.lazy_database import LazyDatabase
from atl_core.drafts.queries import editable, own
from atl_core.drafts.tables import ShareRow
from atl_core.errors import DraftError


class ShareStore:
    """Every method takes who is asking, as those of `DraftStore` do."""

    def __init__(self, database: LazyDatabase) -> None:
        self._database = database

    async def of(self, draft_id: str, owner: str) -> dict[str, bool]:
        """Whom a draft is shared with, and whether they may change it."""
        async with self._database.reading() as connection:
            shared = await queries.session(connection, draft_id, own(owner))
            return await shares(connection, shared.id)

    async def may_change(self, draft_id: str, owner: str) -> bool:
        """Whether the asker may change a draft, their own or one that they collaborate on."""
        async with self._database.reading() as connection:
            return await may_change(connection, draft_id, owner)

    async def add(self, draft_id: str, owner: str, guest: str, *, edits: bool = False) -> Draft:
        """Let a channel or a person see a draft, or with `edits` change it. Owners only."""
        async with self._database.writing() as connection:
            shared = await queries.session(connection, draft_id, own(owner), to_change=True)
            await share(connection, shared.id, guest, edits=edits)
            return await queries.load(connection, shared.id)

    async def remove(self, draft_id: str, owner: str, guest: str) -> Draft:
        async with self._database.writing() as connection:
            shared = await queries.session(connection, draft_id, own(owner), to_change=True)
            await unshare(connection, shared.id, guest)
            return await queries.load(connection, shared.id)


async def may_change(connection: AsyncConnection, draft_id: str, owner: str) -> bool:
    try:
        await queries.session(connection, draft_id, editable(owner))
    except DraftError:
        return False
    return True


async def share(connection: AsyncConnection, session_id: str, guest: str, *, edits: bool) -> None:
    await unshare(connection, session_id, guest)
    await connection.execute(
        insert(ShareRow).values(session_id=session_id, guest=guest, edits=edits)
    )


async def unshare(connection: AsyncConnection, session_id: str, guest: str) -> None:
    await connection.execute(
        delete(ShareRow).where(ShareRow.session_id == session_id, ShareRow.guest == guest)
    )


async def shares(connection: AsyncConnection, session_id: str) -> dict[str, bool]:
    rows = await connection.execute(
        select(ShareRow.guest, ShareRow.edits).where(ShareRow.session_id == session_id)
    )
    return {row.guest: row.edits for row in rows}
