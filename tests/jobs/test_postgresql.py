"""Two workers on one PostgreSQL, by its address alone; a server of our own, where one is there."""

from __future__ import annotations

import asyncio
import getpass
import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from atl_core.admin import upgrade_database
from atl_core.settings import load_settings
from atl_core.studio import open_studio

from .workshop import Workshop, lines_of, parroted, workshop

JOBS, LINES, KILLS = 12, 3, 4


def programs() -> Path | None:
    """Where PostgreSQL's programs are, newest first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    named = shutil.which("initdb")
    places = [*([Path(named).resolve()] if named else []), *found]
    return next((p.parent for p in places if p.with_name("postgres").exists()), None)


def server_user() -> str | None:
    """It refuses to be run by root; then somebody else has to."""
    if os.geteuid() != 0:
        return getpass.getuser()
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    return None


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server, without a database's name."""
    bin_, user = programs(), server_user()
    if bin_ is None or user is None:
        pytest.skip("PostgreSQL is not installed here")
    folder = Path(tempfile.mkdtemp(prefix="atl-pg-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Only root may become somebody else, and has to.
    whose = {"user": user} if os.geteuid() == 0 else {}
    try:
        if whose:
            shutil.chown(folder, user)
        made = subprocess.run(
            [bin_ / "initdb", "-D", folder / "data", "-U", "atl", "-A", "trust", "-N"],
            capture_output=True,
            text=True,
            cwd=folder,
            check=False,
            **whose,
        )
        if made.returncode:
            pytest.skip(f"PostgreSQL cannot be started here: {made.stderr.strip()[-300:]}")
        running = subprocess.Popen(
            [bin_ / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder, "-F"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **whose,
        )
        try:
            ready = [bin_ / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "30"]
            while subprocess.run(ready, capture_output=True, check=False).returncode:
                assert running.poll() is None, "PostgreSQL ended"
            for name in ("jobs", "drafts"):
                make = [bin_ / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "atl", name]
                subprocess.run(make, check=True, capture_output=True)
            yield f"atl@127.0.0.1:{port}"
        finally:
            running.terminate()
            running.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def shop(server: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workshop]:
    monkeypatch.setenv("ATL_JOBS_URL", f"postgresql://{server}/jobs")
    monkeypatch.setenv("ATL_DATABASE_URL", f"postgresql+asyncpg://{server}/drafts")
    await upgrade_database(load_settings())
    async with open_studio(load_settings()) as studio:
        with workshop(studio) as shop:
            yield shop


async def test_two_workers_one_of_them_killed_again_and_again(shop: Workshop) -> None:
    chance = random.Random(3)
    people = [f"writer {number}" for number in range(JOBS)]
    jobs = [await shop.order("river", owner=person, lines=LINES) for person in people]
    everything = asyncio.create_task(shop.all_finished(jobs))
    options = {"STAND_IN_LINE_SECONDS": "0.1", "ATL_JOBS_AT_ONCE": "2"}
    steady, victim = shop.start(**options), shop.start(**options)
    for _ in range(KILLS):
        ready = asyncio.create_task(
            shop.until(lambda log=victim.log: "is ready" in log.read_text())
        )
        await asyncio.wait({ready, everything}, return_when=asyncio.FIRST_COMPLETED)
        lines = shop.began("line") + chance.randint(0, 5)
        await shop.until(lambda lines=lines: shop.began("line") >= lines)
        victim.kill()
        victim = shop.start(**options)
    for person, done in zip(people, await everything, strict=True):
        assert (done.problem, list(done.lines)) == ("", parroted("river", LINES))
        (draft,) = await shop.drafts(person)
        assert lines_of(draft) == parroted("river", LINES)
    assert "started" in steady.log.read_text()
    assert len((await shop.studio.queue.health())["workers"]) >= 1


async def test_orders_are_taken_back_and_come_once(shop: Workshop) -> None:
    one, same = await shop.order("rain", key="k1"), await shop.order("rain", key="k1")
    assert one.id == same.id
    taken = await shop.studio.queue.cancel(one.id, owner="ann")
    assert taken.state == "cancelled"
    shop.start()
    assert (await shop.finished(await shop.order("snow", owner="bob"))).state == "done"
    assert len(await shop.drafts("ann")) == 0
