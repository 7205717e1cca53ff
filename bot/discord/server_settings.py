"""What the managers of a server have set: where the bot answers, and what may be asked of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from sqlalchemy import JSON, Column, DateTime, MetaData, Table, Text, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from atl_core.drafts.database import lock, reading, writing

CAPS: Final = (1, 2, 3, 5, 10)
"""How many songs one person may have in the making at once, to choose from."""
TABLE: Final = Table(
    "servers",
    MetaData(),
    Column("id", Text, primary_key=True),
    Column("settings", JSON, nullable=False),
    Column("updated", DateTime(timezone=True), nullable=False),
)
"""Made by the migrations of the database of drafts."""


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
    """Settings of servers, by their ids, in the database of drafts."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, server: int) -> ServerSettings:
        async with reading(self._engine) as connection:
            return await _settings(connection, server)

    async def change(
        self, server: int, step: Callable[[ServerSettings], ServerSettings]
    ) -> ServerSettings:
        """What `step` makes of the settings; nobody else changes them in between."""
        async with writing(self._engine) as connection:
            await lock(connection, _key(server))
            after = step(await _settings(connection, server))
            row = {"id": _key(server), "settings": after.to_json(), "updated": datetime.now(UTC)}
            await _forget(connection, server)
            await connection.execute(insert(TABLE).values(row))
            return after

    async def forget(self, server: int) -> None:
        """Drop a server's settings, as when the bot was sent away."""
        async with writing(self._engine) as connection:
            await _forget(connection, server)


async def _settings(connection: AsyncConnection, server: int) -> ServerSettings:
    found = await connection.scalar(select(TABLE.c.settings).where(TABLE.c.id == _key(server)))
    return ServerSettings() if found is None else ServerSettings.from_json(found)


async def _forget(connection: AsyncConnection, server: int) -> None:
    await connection.execute(delete(TABLE).where(TABLE.c.id == _key(server)))


def _key(server: int) -> str:
    return f"discord:{server}"
