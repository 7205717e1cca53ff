"""The database of drafts, opened when it is first needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from atl_core.drafts import queries
from atl_core.drafts.database import open_database, reading, writing
from atl_core.errors import StorageError

DELETED_KEPT: Final = timedelta(days=1)
"""How long a deleted draft can be brought back."""


class LazyDatabase:
    """The database at an address, or an open one. `close` it at the end."""

    def __init__(self, database: str | AsyncEngine, clock: Callable[[], datetime]) -> None:
        self._url = database if isinstance(database, str) else ""
        self._engine = None if isinstance(database, str) else database
        self._opening = asyncio.Lock()
        self.now = clock

    async def engine(self) -> AsyncEngine:
        """The open database; what was deleted long ago is dropped when it is opened.

        Raises:
            StorageError: it cannot be used.
        """
        async with self._opening:
            if self._engine is None:
                engine = await open_database(self._url)
                with suppress(StorageError):  # one that can only be read is as good to read
                    async with writing(engine) as connection:
                        await queries.purge(connection, self.now() - DELETED_KEPT)
                self._engine = engine
        return self._engine

    async def close(self) -> None:
        if self._engine is not None:
            await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """See `database.reading`."""
        async with reading(await self.engine()) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """See `database.writing`."""
        async with writing(await self.engine()) as connection:
            yield connection
