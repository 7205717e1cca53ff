"""What a server's managers have set: where the bot may speak, and what may be asked of it there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from atl_core.drafts.database import reading, writing
from atl_core.drafts.tables import ServerRow
from atl_core.studio import Studio

CAPS: Final = (1, 2, 3, 5, 10)
"""How many songs one person may have in the making at once, to choose from."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The choices of one server; as they are until somebody changes them."""

    links: bool = True
    """Whether links are followed; the operator's own setting comes first."""
    explicit: bool = False
    """Whether explicit words may be asked for in age-restricted channels; likewise."""
    channels: tuple[str, ...] = ()
    """Ids of the channels that the bot answers in; none means all."""
    cap: int = 3
    """Songs that one person may have in the making at once."""

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "channels": list(self.channels)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "channels": tuple(data["channels"])})


class ServerStore:
    """Settings of servers in a database that `open_database` has opened."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def get(self, server: str) -> ServerSettings:
        """The settings of a server, named like `discord:1234`."""
        async with reading(self.engine) as connection:
            found = await connection.scalar(
                select(ServerRow.settings).where(ServerRow.id == server)
            )
        return ServerSettings() if found is None else ServerSettings.from_json(found)

    async def set(self, server: str, settings: ServerSettings) -> None:
        async with writing(self.engine) as connection:
            await _forget(connection, server)
            await connection.execute(
                insert(ServerRow).values(
                    id=server, settings=settings.to_json(), updated=datetime.now(UTC)
                )
            )

    async def forget(self, server: str) -> None:
        """Drop a server's settings, as when the bot was sent away."""
        async with writing(self.engine) as connection:
            await _forget(connection, server)


async def server_settings(studio: Studio) -> ServerStore:
    """The settings of all servers, kept in the database of drafts."""
    return ServerStore((await studio.store()).engine)


async def _forget(connection: AsyncConnection, server: str) -> None:
    await connection.execute(delete(ServerRow).where(ServerRow.id == server))
