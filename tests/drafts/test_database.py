"""The file survives what happens to files; every trouble is told in its own sentence."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, text

from atl_core.drafts.database import (
    create_database_engine,
    downgrade,
    known_revisions,
    open_database,
    reading,
    schema_revision,
    upgrade,
    writing,
)
from atl_core.drafts.store import DraftStore
from atl_core.drafts.tables import SCHEMA, Base
from atl_core.errors import StorageError
from bot.discord.server_settings import TABLE as SERVERS
from tests.drafts.examples import draft_values, make_lines
from tests.drafts.filling import fill

ROOT = Path(__file__).parents[2]


async def test_a_new_database_is_made_with_its_folder(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'deep' / 'er' / 'atl.sqlite3'}"
    store = DraftStore(url)
    assert (await store.list("ann")).total == 0
    engine = await store.database.engine()
    async with reading(engine) as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert await connection.scalar(text("PRAGMA synchronous")) == 2
    assert await schema_revision(engine) == SCHEMA == known_revisions()[0]
    await store.close()


async def test_the_migrations_build_what_the_tables_declare(database_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, [Base.metadata, SERVERS.metadata]))  # type: ignore[arg-type]

    engine = await open_database(database_url)
    async with reading(engine) as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_down_to_nothing_and_up_again(database_url: str) -> None:
    engine = await open_database(database_url)
    await downgrade(engine, "base")
    assert await schema_revision(engine) is None
    await upgrade(engine)
    assert await schema_revision(engine) == SCHEMA
    await DraftStore(engine).create("ann", **draft_values())
    await engine.dispose()


async def test_drafts_of_the_first_schema_are_kept_and_become_searchable(database_url: str) -> None:
    engine = await open_database(database_url)
    store = DraftStore(engine)
    kept = await store.create("ann", **draft_values())
    gone = await store.create("ann", **draft_values())
    await store.revise(
        kept.id, "ann", based_on=1, asked="", lines=make_lines(("Straße nach Süden",))
    )
    await store.delete(gone.id, "ann")

    await downgrade(engine, "0001")
    assert await schema_revision(engine) == "0001"
    await upgrade(engine)
    assert [item.id for item in (await store.search("ann", "strasse")).items] == [kept.id]
    assert (await store.search("ann", "pocket")).total == 0
    assert (await store.list("ann")).total == 1, "a deleted draft must not come back to life"
    assert (await store.undo(kept.id, "ann")).lines == kept.lines
    await engine.dispose()


async def test_thousands_of_revisions_go_down_and_up_without_loss(database_url: str) -> None:
    """`benchmarks/drafts_store.py` does a hundred thousand, and measures."""
    engine = await open_database(database_url)
    store = DraftStore(engine)
    ids = await fill(store, drafts=300, revisions=10)
    before = await store.get(ids[7], "ann")
    words = before.lines[0].text
    found = (await store.search("ann", words)).total
    await downgrade(engine, "0001")
    await upgrade(engine)
    assert await store.get(ids[7], "ann") == before
    assert (await store.search("ann", words)).total == found >= 1
    assert (await store.list("ann")).total == len(ids)
    async with reading(engine) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM revisions")) == 3000
        assert (await connection.execute(text("PRAGMA foreign_key_check"))).all() == []
    await engine.dispose()


async def test_two_processes_that_start_at_once_upgrade_once(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'atl.sqlite3'}"
    engines = await asyncio.gather(*(open_database(url) for _ in range(6)))
    for engine in engines:
        assert await schema_revision(engine) == SCHEMA
        await engine.dispose()


async def test_a_new_file_that_another_process_is_just_making_is_waited_for(tmp_path: Path) -> None:
    """SQLite says at once that such a file is locked, and does not wait as for other locks."""
    path = tmp_path / "atl.sqlite3"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    opening = asyncio.create_task(open_database(f"sqlite+aiosqlite:///{path}"))
    refused, _ = await asyncio.wait({opening}, timeout=0.3)
    other.close()
    assert not refused
    engine = await opening
    assert await schema_revision(engine) == SCHEMA
    await engine.dispose()


async def test_a_migration_that_fails_leaves_no_trace(database_url: str) -> None:
    engine = create_database_engine(database_url)
    await upgrade(engine, "0001")
    async with writing(engine) as connection:
        # The migration reads every current revision: one that is no JSON stops it half-way.
        for statement in (
            "INSERT INTO beats VALUES ('b', '{}', '2026-01-01')",
            "INSERT INTO sessions VALUES "
            "('k7m2qd', 'ann', 't', 'b', 'n', 1, 1, 1, '2026-01-01', '2026-01-01')",
            "INSERT INTO revisions VALUES ('k7m2qd', 1, NULL, '', 'ann', 'no json', '{}', '{}', "
            "'lm', '{}', NULL, '2026-01-01')",
        ):
            await connection.exec_driver_sql(statement)
    with pytest.raises(json.JSONDecodeError):
        await upgrade(engine)
    assert await schema_revision(engine) == "0001"
    async with reading(engine) as connection:
        columns = (await connection.exec_driver_sql("PRAGMA table_info(sessions)")).all()
    assert "words" not in {column.name for column in columns}
    await engine.dispose()


async def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    engine = await open_database(database_url)
    async with writing(engine) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(StorageError, match=r"newer version of ATL \(schema 9999\).*Upgrade ATL"):
        await open_database(database_url)


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "atl.sqlite3"
    path.write_bytes(b"these are my lyrics, not a database at all" * 100)
    with pytest.raises(StorageError, match=r"not an SQLite database.*Move it away"):
        await open_database(f"sqlite+aiosqlite:///{path}")
    assert path.read_bytes().startswith(b"these are my lyrics")


async def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is a folder or a device"):
        await open_database(f"sqlite+aiosqlite:///{tmp_path}")


async def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StorageError, match="cannot be made"):
        await open_database(f"sqlite+aiosqlite:///{tmp_path / 'home' / 'atl.sqlite3'}")


async def test_a_read_only_database_is_told(database_url: str, tmp_path: Path) -> None:
    await (await open_database(database_url)).dispose()
    read_only = f"sqlite+aiosqlite:///file:{tmp_path / 'atl.sqlite3'}?mode=ro&uri=true"
    engine = create_database_engine(read_only)
    with pytest.raises(StorageError, match="read-only"):
        await DraftStore(engine).create("ann", **draft_values())
    await engine.dispose()
    assert "file:" not in os.listdir()  # noqa: PTH208, the folder that is no folder


async def test_a_connection_that_fails_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    nowhere = tmp_path / "no folder" / "atl.sqlite3"
    with pytest.raises(StorageError, match="cannot be opened"):
        await open_database(f"sqlite+aiosqlite:///file:{nowhere}?uri=true")
    left = set(threading.enumerate()) - before
    assert not [thread for thread in left if "connection_worker" in thread.name]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
async def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    await asyncio.to_thread(tmp_path.chmod, 0o500)
    with pytest.raises(StorageError):
        await open_database(f"sqlite+aiosqlite:///{tmp_path / 'atl.sqlite3'}")


async def test_a_full_disk_is_told_and_nothing_half_saved_is_left(database_url: str) -> None:
    engine = await open_database(database_url)
    store = DraftStore(engine)
    first = await store.create("ann", **draft_values())
    await engine.dispose()
    # SQLite then takes the file's present size as the most there is room for.
    event.listen(engine.sync_engine, "connect", lambda c, _: c.execute("PRAGMA max_page_count = 1"))
    lines = make_lines(tuple("la " * 500 for _ in range(60)))
    with pytest.raises(StorageError, match=r"the disk is full.*what was saved before is safe"):
        await store.revise(first.id, "ann", based_on=1, asked="longer", lines=lines)
    assert await store.get(first.id, "ann") == first
    await engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "sqlite+nosuch:///x",
        "sqlite+aiosqlite:///x?timeout=soon",
        "postgresql+asyncpg://127.0.0.1:port/x",
        "sqlite://",
        "oracle://host/x",
        "postgresql+nosuch://h/x",
        "postgresql+asyncpg://127.0.0.1:1/x?no_such_option=1",
        "postgresql+asyncpg://127.0.0.1:1/x?timeout=soon",
    ],
)
async def test_an_address_that_cannot_be_is_told(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StorageError, match="ATL_DATABASE_URL"):
        await open_database(url)
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == []


def test_processes_killed_while_they_write_leave_sound_databases(tmp_path: Path) -> None:
    """Thirty kills here; `benchmarks/drafts_kill.py` does five hundred."""
    hammer = [sys.executable, "-m", "tests.drafts.hammer", str(tmp_path / "atl.sqlite3"), "30", "7"]
    done = subprocess.run(hammer, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    acknowledged = int(done.stdout.split()[2])
    assert acknowledged > 30, done.stdout


def test_processes_killed_while_they_export_leave_whole_files_and_nothing_else(
    tmp_path: Path,
) -> None:
    """Ten kills here; `benchmarks/drafts_kill.py` does fifty."""
    hammer = [sys.executable, "-m", "tests.drafts.export_hammer", str(tmp_path), "10", "7"]
    done = subprocess.run(hammer, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "10 kills of exports" in done.stdout
