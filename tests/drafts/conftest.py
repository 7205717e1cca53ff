"""A real store in a fresh folder, and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from atl_core.drafts.database import create_database_engine, open_database, upgrade, writing
from atl_core.drafts.store import DraftStore
from tests.drafts.examples import Clock
from tests.postgres import new_database

EMPTY = """DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables
              WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP EXECUTE 'TRUNCATE ' || quote_ident(name) || ' CASCADE'; END LOOP;
END $$"""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'atl.sqlite3'}"


@pytest.fixture(scope="session")
def postgresql_url(postgresql: str) -> str:
    """A database of the tests of the store, which each of them empties first."""
    return f"postgresql+asyncpg://{new_database(postgresql, 'store')}"


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[DraftStore]:
    """The store works unchanged on both."""
    if request.param == "sqlite":
        path = request.getfixturevalue("tmp_path") / "atl.sqlite3"
        shutil.copy(request.getfixturevalue("first_start") / "atl.sqlite3", path)
        engine = await open_database(request.getfixturevalue("database_url"))
    else:
        engine = create_database_engine(request.getfixturevalue("postgresql_url"))
        await upgrade(engine)
        async with writing(engine) as connection:
            await connection.execute(text(EMPTY))
    yield DraftStore(engine, clock=clock)
    await engine.dispose()
