"""The database of jobs: the engine's own tables, and beside them what ATL keeps about each job.

An SQLite file by default, PostgreSQL by its address. Everything here blocks: call it in a thread.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from atl_core.database import (
    AGAIN_SECONDS,
    BUSY_SECONDS,
    WRITE_AHEAD,
    Sentences,
    make_file_of,
    prepare_sqlite,
)
from atl_core.errors import StorageError

POOL: Final = 16
MAKING_LOCK: Final = 0x61746D
SUBMIT_LOCK: Final = 0x61746E
"""PostgreSQL advisory locks: one process at a time makes the tables, or submits a job."""

_LATER, _ASK = "Try again in a moment.", "Ask who runs ATL."
SENTENCES: Final = Sentences(
    "The queue of jobs",
    "ATL_JOBS_URL",
    (
        ("file is not a database", "The file of jobs is not an SQLite database.", _ASK),
        ("malformed", "The file of jobs is damaged.", _ASK),
        ("readonly", "Jobs cannot be taken: the data folder is read-only.", _LATER),
        ("unable to open", "The file of jobs cannot be opened.", _LATER),
        ("disk is full", "Jobs cannot be taken: the disk is full.", _LATER),
        ("disk i/o error", "Jobs cannot be taken: the disk does not answer as it should.", _LATER),
        (
            "locked",
            "The queue of jobs is busy: another program has been writing for too long.",
            _LATER,
        ),
    ),
)

METADATA: Final = MetaData()

JOBS: Final = Table(
    "atl_jobs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("owner", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("revises", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("beat", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("started", Float),
    Column("finished", Float),
    Column("holder", Text, nullable=False),
    Column("deaths", Integer, nullable=False),
    Column("alone", Integer, nullable=False),
    Column("draft_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    Column("message", Text, nullable=False),
    Index("ix_atl_jobs_owner", "owner"),
    Index("ix_atl_jobs_state", "state"),
)
"""One row for each job. `holder` is the worker that runs it, `revises` the draft that it
revises, `deaths` how many workers died over it since it last got any further."""

LINES: Final = Table(
    "atl_lines",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
)
"""What a job has written so far. Keyed by number, so that a line told twice is there once."""

PLACES: Final = Table(
    "atl_places",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("places", Text, nullable=False),
)
"""Where the lines of a job stand in the draft: JSON, `[[3, "verse 1"], [6, "verse 1"]]`, the number
and the section of each in the order in which they are written."""

HEARD: Final = Table(
    "atl_heard",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("listening", Text, nullable=False),
    Column("picture", LargeBinary, nullable=False),
)

MADE: Final = Table(
    "atl_made",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""Files that jobs made, such as a video: until the job is removed."""

BEATS: Final = Table(
    "atl_beats",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("used", Float, nullable=False),
)

CHUNKS: Final = Table(
    "atl_chunks",
    METADATA,
    Column("beat", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

TIMES: Final = Table(
    "atl_times",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("stage", Text, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("at", Float, nullable=False),
)
"""How long stages took, for the estimates: `parts` is lines for writing, 1 for the others."""

WORKERS: Final = Table(
    "atl_workers",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", Float, nullable=False),
    Column("beats", Integer, nullable=False),
    Column("beaten", Float, nullable=False),
    Column("about", Text, nullable=False),
)
"""Who works. `beats` rises with each heartbeat; others watch it rise, so clocks need not agree."""


def open_jobs_database(url: str) -> Engine:
    """The database of jobs, made or upgraded as needed.

    Raises:
        StorageError: it cannot be reached or written.
    """
    engine = create_jobs_engine(url)
    parsed = make_url(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            make_file_of(parsed)
        make_tables(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def create_jobs_engine(url: str) -> Engine:
    """An engine for the database of jobs, with nothing opened yet.

    Raises:
        StorageError: the address cannot be understood, or its folder cannot be made.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
            return create_engine(
                parsed, pool_size=POOL, max_overflow=POOL, pool_pre_ping=True, hide_parameters=True
            )
        if parsed.get_backend_name() != "sqlite":
            raise ArgumentError(parsed.drivername)
        engine = create_engine(
            parsed.set(drivername="sqlite"),
            pool_size=POOL,
            max_overflow=POOL,
            hide_parameters=True,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as error:
        raise StorageError(
            "The address of the jobs cannot be used.",
            "It looks like sqlite:///path/to/file or postgresql://host/name.",
            "Correct ATL_JOBS_URL and try again.",
        ) from error
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read by."""
    with _fresh_after_trouble(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that writes: committed at the end, or nothing happened."""
    with _fresh_after_trouble(engine), engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # SQLite would refuse, not wait, if a reader became a writer after another's commit.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


@contextmanager
def _fresh_after_trouble(engine: Engine) -> Iterator[None]:
    """Drop all connections after an error: one to a read-only file stays read-only."""
    try:
        with storage_errors():
            yield
    except StorageError:
        engine.dispose()
        raise


def make_tables(engine: Engine) -> None:
    """Make what is not there yet, once, however many processes start at the same moment."""
    with writing(engine) as connection:
        take_lock(connection, MAKING_LOCK)
        METADATA.create_all(connection)


def take_lock(connection: Connection, lock: int) -> None:
    """Others who take the same lock wait until this transaction ends.

    SQLite has one writer at a time.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock})")


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn the database's own complaints into sentences; what is a bug stays what it was."""
    try:
        with SENTENCES.translated():
            yield
    except PoolTimeoutError as error:
        raise StorageError("The queue of jobs is busy.", remedy="Try again in a moment.") from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = "IMMEDIATE"
    _write_ahead(connection)
    prepare_sqlite(connection, f"busy_timeout = {BUSY_SECONDS * 1000}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute(WRITE_AHEAD)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(AGAIN_SECONDS)
