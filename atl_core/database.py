"""What the databases of drafts and of jobs share: settings of SQLite, and errors in sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from atl_core.errors import StorageError
from atl_core.files import make_private_file, make_private_folder

SQLITE: Final = b"SQLite format 3\0"
"""How a file of SQLite begins, unless it is empty."""
BUSY_SECONDS: Final = 30
"""How long a writer waits for another process to finish its own write (SQLite)."""
AGAIN_SECONDS: Final = 0.02
"""How long until a new file, which another process is just making, is tried again (SQLite)."""
WRITE_AHEAD: Final = "PRAGMA journal_mode = WAL"
"""Stays in force for a file. While another process sets it in a new file, SQLite answers at once
that the file is locked, whatever its timeout is: try again until `BUSY_SECONDS` are over."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """What to say when a database refuses."""

    name: str
    """Of the database, at the start of a sentence."""
    setting: str
    """The setting with its address."""
    complaints: tuple[tuple[str, str, str], ...]
    """Words of SQLite in lower case, and the problem and the remedy to tell."""

    def unreachable(self, reason: str) -> StorageError:
        """The database does not answer."""
        return StorageError(
            f"{self.name} cannot be reached: {reason.strip().rstrip('.')}.",
            remedy=f"Check {self.setting} and that the server is running.",
        )

    def explain(self, error: DBAPIError) -> StorageError | None:
        """The sentence for an error of the driver; None for a bug of ours."""
        complaint = str(error.orig)
        for mark, problem, remedy in self.complaints:
            if mark in complaint.lower():
                return StorageError(problem, remedy=remedy)
        # SQLite calls a mistake in our own SQL "operational" too; that stays a bug.
        if isinstance(error.orig, sqlite3.Error) or not isinstance(error, OperationalError):
            return None
        return self.unreachable(complaint.partition("\n")[0])

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn the driver's errors into sentences; what is a bug stays what it was."""
        try:
            yield
        except DBAPIError as error:
            explained = self.explain(error)
            if explained is None:
                raise
            raise explained from error


def make_database_file(database: Path) -> None:
    """Make an SQLite file for its owner alone; SQLite gives its log the same rights.

    Others' rights are taken from one that is there, and from nothing else: an address that is
    mistyped leaves a folder, a device or another program's file as it is.

    Raises:
        StorageError: its folder cannot be made, or it is a folder or a device.
    """
    try:
        make_private_folder(database.parent)
    except OSError as error:
        raise StorageError(
            f"The data folder {database.parent} cannot be made: {error.strerror}.",
            remedy="Allow it, or set ATL_HOME to another folder.",
        ) from error
    with suppress(OSError):  # what is wrong with the file is told when it is opened
        try:
            make_private_file(database)
        except FileExistsError:
            if database.exists() and not database.is_file():
                raise StorageError(
                    f"{database} is a folder or a device, and no file of a database.",
                    remedy="Correct the address of the database, or ATL_HOME, and try again.",
                ) from None
            # Only a file that others may read is opened: closing it would drop the locks that this
            # process holds on it (POSIX; section 2.2 of SQLite's "How To Corrupt").
            if database.stat().st_mode & 0o077 and _is_sqlite(database):
                database.chmod(0o600)


def make_file_of(address: URL) -> None:
    """Make the file that an SQLite address names. For memory and for a URI nothing is made.

    Raises:
        StorageError: see `make_database_file`.
    """
    if address.database and not address.database.startswith((":memory:", "file:")):
        make_database_file(Path(address.database))


def _is_sqlite(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(SQLITE)) in (SQLITE, b"")


def prepare_sqlite(connection: Any, *more: str) -> None:
    """Set up a new connection: durable, and what is deleted is overwritten."""
    cursor = connection.cursor()
    for pragma in ("synchronous = FULL", "secure_delete = ON", "foreign_keys = ON", *more):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
