"""A real SQLite store in a fresh folder."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from atl_core.drafts.database import (
    create_database_engine,
    downgrade,
    open_database,
    upgrade,
)
from atl_core.drafts.store import DraftStore
from tests.drafts.examples import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'atl.sqlite3'}"


@pytest.fixture
async def store(database_url: str, clock: Clock) -> AsyncIterator[DraftStore]:
    """On SQLite, or on the database of ATL_TEST_DATABASE_URL, which is emptied first."""
    if url := os.environ.get("ATL_TEST_DATABASE_URL"):
        engine = create_database_engine(url)
        await downgrade(engine, "base")
        await upgrade(engine)
    else:
        engine = await open_database(database_url)
    yield DraftStore(engine, clock=clock)
    await engine.dispose()
