"""The database of jobs does not answer for a while: nothing is lost, and nobody is left waiting.

What befalls it is real: another process' lock, the kernel's refusal to write.
"""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier

import pytest

from atl_core.errors import StorageError
from atl_core.jobs.database import create_jobs_engine, make_tables
from atl_core.settings import load_settings
from atl_core.studio import open_studio

from .workshop import Worker, Workshop, lines_of, parroted

LOG_BYTES = 65_536


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another program writes, and takes its time."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def full(worker: Worker) -> Iterator[None]:
    """This process may write no file beyond what its log needs; its databases are longer."""
    if not hasattr(resource, "prlimit"):
        pytest.skip("limits of another process are Linux'")
    soft, hard = resource.prlimit(worker.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (LOG_BYTES, hard))
    yield
    resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(files: list[Path]) -> Iterator[None]:
    """Files that nobody may write, whoever he is."""
    try:
        subprocess.run(["chattr", "+i", *files], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("files cannot be made immutable here (chattr +i)")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *files], check=True)


async def survives(shop: Workshop, trouble: object) -> None:
    """A job that is being written when trouble comes is finished when it has gone."""
    job = await shop.order("slowly", lines=3)
    shop.let(1)
    await shop.at(job, "write", lines=1)
    with trouble:  # type: ignore[attr-defined]
        shop.let(2, 3)
        await shop.until(lambda: "job store" in shop.logs)
    done = await shop.finished(job)
    assert (done.problem, list(done.lines)) == ("", parroted("slowly", 3))
    (draft,) = await shop.drafts()
    assert lines_of(draft) == parroted("slowly", 3)
    assert (await shop.finished(await shop.order("next"))).state == "done"


async def test_a_disk_that_is_full_for_a_while(shop: Workshop) -> None:
    await survives(shop, full(shop.start()))


async def test_a_file_that_is_read_only_for_a_while(shop: Workshop) -> None:
    shop.start()
    await shop.finished(await shop.order("first"))
    with closing(sqlite3.connect(shop.home / "jobs.sqlite3")) as connection:
        connection.execute("PRAGMA wal_checkpoint")
    files = sorted(shop.home.glob("jobs.sqlite3*"))
    await shop.studio.forget_me("ann")
    await survives(shop, read_only(files))


async def test_a_file_that_is_locked_for_a_while(shop: Workshop) -> None:
    shop.start()
    job = await shop.order("slowly", lines=2)
    shop.let(1)
    await shop.at(job, "write", lines=1)
    with locked(shop.home / "jobs.sqlite3"):
        shop.let(2)
        late = asyncio.create_task(shop.order("late", owner="bob"))
        await shop.at(job, "write", lines=1)  # who only looks is not held up
    assert [done.problem for done in await shop.all_finished([job, await late])] == ["", ""]
    assert len(await shop.drafts()) == len(await shop.drafts("bob")) == 1


async def test_an_order_that_cannot_be_written_down_is_refused_with_the_reason(
    shop: Workshop,
) -> None:
    await shop.order("first")
    await shop.studio.queue.close()
    files = sorted(shop.home.glob("jobs.sqlite3*"))
    async with open_studio(load_settings()) as studio:
        other = Workshop(shop.home, studio)
        with read_only(files), pytest.raises(StorageError, match=r"read-only|cannot be opened"):
            await other.order("second", owner="bob")
        assert (await other.order("second", owner="bob")).state == "queued"


async def test_a_file_that_is_no_database_is_told(shop: Workshop) -> None:
    (shop.home / "jobs.sqlite3").write_text("no database " * 100)
    with pytest.raises(StorageError, match="not an SQLite database"):
        await shop.order("train")


def test_all_who_come_first_to_a_new_file_are_let_in(tmp_path: Path) -> None:
    start = Barrier(8)

    def come(address: str) -> None:
        engine = create_jobs_engine(address)
        start.wait()
        make_tables(engine)
        engine.dispose()

    with ThreadPoolExecutor(8) as crowd:
        for number in range(30):
            address = f"sqlite:///{tmp_path / f'{number}.sqlite3'}"
            for came in [crowd.submit(come, address) for _ in range(8)]:
                came.result()
