"""Opening the database of drafts: SQLite by itself, PostgreSQL by its address.

Errors that an operator or a writer can correct are raised as `StorageError`.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import aiosqlite
from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from atl_core.database import (
    AGAIN_SECONDS,
    BUSY_SECONDS,
    WRITE_AHEAD,
    Sentences,
    make_file_of,
    prepare_sqlite,
)
from atl_core.drafts.tables import SCHEMA
from atl_core.errors import StorageError

CACHE_KIB: Final = 32 * 1024
"""Memory for SQLite's pages: the text of some ten thousand drafts is searched without reading."""
UPGRADE_LOCK: Final = 0x61746C
"""PostgreSQL advisory lock under which one process at a time upgrades."""


SENTENCES: Final = Sentences(
    "The database",
    "ATL_DATABASE_URL",
    (
        (
            "file is not a database",
            "The file of drafts is not an SQLite database.",
            "Move it away, or set ATL_DATABASE_URL to another file.",
        ),
        (
            "malformed",
            "The file of drafts is damaged.",
            "Restore it from a backup, or move it away to start afresh.",
        ),
        (
            "no such table",
            "The file of drafts is not whole: a table is missing.",
            "Restore it from a backup, or move it away to start afresh.",
        ),
        (
            "already exists",
            "The file of drafts does not say which version of ATL wrote it.",
            "Restore it from a backup, or move it away to start afresh.",
        ),
        (
            "readonly",
            "The drafts cannot be saved: the data folder is read-only.",
            "Allow writing to it, or set ATL_HOME to another folder.",
        ),
        (
            "unable to open",
            "The file of drafts cannot be opened.",
            "Check that its folder exists and may be written, or set ATL_HOME to another one.",
        ),
        (
            "disk is full",
            "The drafts cannot be saved: the disk is full.",
            "Free some space and try again; what was saved before is safe.",
        ),
        (
            "disk i/o error",
            "The drafts cannot be saved: the disk does not answer as it should.",
            "Check the disk; what was saved before is safe.",
        ),
        (
            "locked",
            "The drafts are busy: another program has been writing for too long.",
            "Try again in a moment.",
        ),
    ),
)


async def open_database(url: str) -> AsyncEngine:
    """Connect to the database of drafts at a SQLAlchemy address with an async driver.

    An SQLite file is created and upgraded as needed, safely when two processes start at
    once. A PostgreSQL database is upgraded by its operator (`atl db upgrade`).

    Raises:
        StorageError: it cannot be reached, read, written or upgraded; the text says which.
    """
    engine = create_database_engine(url)
    try:
        found = await schema_revision(engine)
        if found == SCHEMA:
            return engine
        if found is not None and found not in known_revisions():
            raise StorageError(
                f"The database was written by a newer version of ATL (schema {found}).",
                f"This version reads up to schema {SCHEMA}.",
                "Upgrade ATL, or set ATL_DATABASE_URL to another database.",
            )
        if engine.dialect.name != "sqlite":
            raise StorageError(
                "The database has not been brought up to this version of ATL.",
                remedy="Run `atl db upgrade` and try again.",
            )
        await upgrade(engine)
    except DBAPIError as error:
        await engine.dispose()
        raise SENTENCES.unreachable(str(error.orig).partition("\n")[0]) from error
    except (TypeError, ValueError) as error:
        await engine.dispose()
        if not engine.url.query:
            raise
        # What stands after ? goes to the driver, which knows no such option or value.
        raise _unusable() from error
    except BaseException:
        await engine.dispose()
        raise
    return engine


def create_database_engine(url: str) -> AsyncEngine:
    """An engine for an address, with nothing opened yet; `open_database` is the usual door.

    Raises:
        StorageError: the address cannot be understood, or its folder cannot be made.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_async_engine(parsed, pool_pre_ping=True, hide_parameters=True)
        where, how = parsed.get_dialect()().create_connect_args(parsed)
        make_file_of(parsed)
        connect = partial(_connected, *where, **{"timeout": BUSY_SECONDS, **how})
        engine = create_async_engine(parsed, async_creator=connect, hide_parameters=True)
    except (ArgumentError, InvalidRequestError, ModuleNotFoundError, ValueError) as error:
        # ValueError: a port or an option that is no number.
        raise _unusable() from error
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _unusable() -> StorageError:
    return StorageError(
        "The address of the database cannot be used.",
        "It looks like sqlite+aiosqlite:///path/to/file or postgresql+asyncpg://host/name.",
        "Correct ATL_DATABASE_URL and try again.",
    )


async def _connected(*where: Any, **how: Any) -> aiosqlite.Connection:
    """aiosqlite's connection, whose thread is over if it cannot be opened.

    aiosqlite 0.22 tells the thread to end and does not wait for it; where the loop is closed in the
    meantime, as after a command that was refused, the thread ends in a traceback.
    """
    connection = aiosqlite.connect(*where, **how)
    connection._thread.daemon = True  # as SQLAlchemy has it
    try:
        await connection
    except BaseException:
        await asyncio.to_thread(connection._thread.join)
        raise
    try:
        await _write_ahead(connection)
    except BaseException:
        await connection.close()
        raise
    return connection


async def _write_ahead(connection: aiosqlite.Connection) -> None:
    until = asyncio.get_running_loop().time() + BUSY_SECONDS
    while True:
        try:
            async with connection.execute(WRITE_AHEAD):
                return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or asyncio.get_running_loop().time() > until:
                raise
            await asyncio.sleep(AGAIN_SECONDS)


async def upgrade(engine: AsyncEngine, revision: str = "head") -> None:
    """Bring the schema up to `revision`; all of it or, should anything fail, none of it.

    Raises:
        StorageError: the database cannot be written.
    """
    from alembic import command

    await _migrate(engine, command.upgrade, revision)


async def downgrade(engine: AsyncEngine, revision: str) -> None:
    """Take the schema back to `revision` (`base` for nothing at all).

    Raises:
        StorageError: the database cannot be written.
    """
    from alembic import command

    await _migrate(engine, command.downgrade, revision)


async def schema_revision(engine: AsyncEngine) -> str | None:
    """The revision that the database stands at; None when it is new.

    Raises:
        StorageError: it cannot be read.
    """

    def read(connection: Connection) -> str | None:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found

    async with reading(engine) as connection:
        return await connection.run_sync(read)


@cache
def known_revisions() -> tuple[str, ...]:
    """Every schema revision that this version can migrate from, newest first."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_alembic_config())
    return tuple(script.revision for script in scripts.walk_revisions())


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction that only reads: it sees one moment, and locks nothing."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    with storage_errors():
        async with engine.begin() as connection:
            yield connection


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction that writes: committed at the end, or nothing happened."""
    with storage_errors():
        # SQLite would refuse, not wait, if a reader became a writer after another's commit.
        async with engine.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
            yield connection


async def lock(connection: AsyncConnection, name: str) -> None:
    """Others who take the same lock wait until this transaction ends.

    For what is read, changed and written back, where there may be no row yet that could be locked.
    SQLite has one writer at a time.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
        )


async def empty_log(engine: AsyncEngine) -> None:
    """Move SQLite's write-ahead log into the database, so that removed text is not left in it."""
    if engine.dialect.name == "sqlite":
        with storage_errors():
            async with engine.execution_options(begin=None).begin() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn the database's own complaints into sentences; what is a bug stays what it was."""
    try:
        with SENTENCES.translated():
            yield
    except OSError as error:
        raise SENTENCES.unreachable(error.strerror or str(error)) from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions start too late to be of use; `_begin_sqlite` starts ours.
    connection.isolation_level = None
    prepare_sqlite(connection, f"cache_size = -{CACHE_KIB}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if "foreign_keys" in options:
        connection.exec_driver_sql(f"PRAGMA foreign_keys = {options['foreign_keys']}")
    if begin := options.get("begin", "BEGIN"):
        connection.exec_driver_sql(begin)


def _alembic_config() -> Any:
    from alembic.config import Config

    import migrations

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


async def _migrate(engine: AsyncEngine, command: Any, revision: str) -> None:
    def run(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
        config = _alembic_config()
        config.attributes["connection"] = connection
        command(config, revision)

    # SQLite rebuilds a table to change it; with foreign keys on, that would delete its children.
    async with writing(engine.execution_options(foreign_keys="OFF")) as connection:
        await connection.run_sync(run)
    await engine.dispose()  # of the connection without foreign keys
