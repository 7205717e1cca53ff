"""What was heard in beats, kept by the sha256 of their bytes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from atl_core.audio.listening import Listening
from atl_core.drafts.lazy_database import LazyDatabase
from atl_core.drafts.tables import BeatRow
from atl_core.errors import DraftError


async def heard(connection: AsyncConnection, sha256: str) -> Listening | None:
    found = await connection.scalar(select(BeatRow.listening).where(BeatRow.sha256 == sha256))
    return None if found is None else Listening.from_json(found)


async def keep(connection: AsyncConnection, listening: Listening, now: datetime) -> Listening:
    """Cache a listening; a beat keeps what was heard first, until a newer version listens to it.

    Returns the one that is kept, which is what drafts of this beat show. One that was imported is
    of no version (0), so it replaces nothing.
    """
    insert_into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    heard_by = func.coalesce(BeatRow.listening["version"].as_integer(), 0)
    await connection.execute(
        insert_into(BeatRow)
        .values(sha256=listening.sha256, listening=listening.to_json(), created=now)
        .on_conflict_do_update(
            index_elements=[BeatRow.sha256],
            set_={"listening": listening.to_json(), "created": now},
            where=heard_by < listening.version,
        )
    )
    return await heard(connection, listening.sha256) or listening


class ListeningStore:
    """What was heard in beats. All raise `StorageError` when the database cannot do its part."""

    def __init__(self, database: LazyDatabase) -> None:
        self._database = database

    async def get(self, sha256: str) -> Listening:
        """What was heard in a beat that was listened to.

        Raises:
            DraftError: it is gone.
        """
        found = await self.find(sha256)
        if found is None:
            raise DraftError("What was heard in the beat is gone.", remedy="Ask once more.")
        return found

    async def find(self, sha256: str) -> Listening | None:
        """What was heard in a beat before, if anything was."""
        async with self._database.reading() as connection:
            return await heard(connection, sha256)

    async def keep(self, listening: Listening) -> None:
        """Remember what was heard; a beat keeps its first listening of one version."""
        async with self._database.writing() as connection:
            await keep(connection, listening, self._database.now())
