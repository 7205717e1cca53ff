"""Drafts at size: 10,000 drafts listed, searched, opened, undone; 100,000 revisions migrated.

    python -m benchmarks.drafts_store [DRAFTS] [REVISIONS_EACH]

ATL_TEST_DATABASE_URL names a PostgreSQL database to use (it is emptied); otherwise SQLite.
Targets: list, search and open under 50 ms; undo and lock under 30 ms; a migration in seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from atl_core.drafts.database import create_database_engine, downgrade, upgrade
from atl_core.drafts.store import DraftStore
from tests.drafts.filling import VOCABULARY, fill

REPEATS = 100


async def measure(name: str, target: float, act: Callable[[], Awaitable[object]]) -> None:
    """Print the best, median and 95th percentile of a call, and its processor time, in ms."""
    times = []
    used = time.process_time()
    for _ in range(REPEATS):
        start = time.perf_counter()
        await act()
        times.append((time.perf_counter() - start) * 1000)
    used = (time.process_time() - used) * 1000 / REPEATS
    times.sort()
    p95 = times[int(0.95 * len(times))]
    median = statistics.median(times)
    print(
        f"{name:<34} {times[0]:8.1f} {median:8.1f} {p95:8.1f} {used:8.1f} {target:8.0f}", flush=True
    )


async def main(url: str, drafts: int, revisions: int) -> None:
    engine = create_database_engine(url)
    await downgrade(engine, "base")
    await upgrade(engine)
    store = DraftStore(engine)
    start = time.perf_counter()
    ids = await fill(store, drafts, revisions)
    print(f"{engine.dialect.name}: {len(ids)} drafts, {len(ids) * revisions} revisions, ", end="")
    print(f"filled in {time.perf_counter() - start:.0f} s")
    chance = random.Random(2)

    async def lock() -> None:
        draft = await store.get(some(), "ann")
        first, *rest = draft.lines
        lines = (replace(first, locked=not first.locked), *rest)
        await store.revise(
            draft.id, "ann", based_on=draft.revision, asked="lock line 1", lines=lines
        )

    some = lambda: chance.choice(ids)  # noqa: E731
    words = lambda: " ".join(chance.sample(VOCABULARY, 2))  # noqa: E731
    columns = "".join(f"{name:>9}" for name in ("best", "median", "p95", "cpu", "target"))
    print(f"{'':<34}{columns}  (ms, {REPEATS} calls)")
    await measure("list, first page", 50, lambda: store.list("ann"))
    await measure("list, any page", 50, lambda: store.list("ann", page=chance.randrange(1000)))
    await measure("search, two words", 50, lambda: store.search("ann", words()))
    await measure("search, nothing found", 50, lambda: store.search("ann", "xylophone"))
    await measure("open", 50, lambda: store.get(some(), "ann"))
    each = iter(chance.sample(ids, REPEATS))
    await measure("undo", 30, lambda: store.undo(next(each), "ann"))
    await measure("lock", 30, lock)
    for name, migrate, revision in (
        ("down to 0001", downgrade, "0001"),
        ("up again", upgrade, "head"),
    ):
        start = time.perf_counter()
        await migrate(engine, revision)
        print(f"migration {name:<24} {time.perf_counter() - start:8.1f} s")
    await engine.dispose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("drafts", type=int, nargs="?", default=10_000)
    parser.add_argument("revisions", type=int, nargs="?", default=10, help="of each")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        default = f"sqlite+aiosqlite:///{folder}/atl.sqlite3"
        url = os.environ.get("ATL_TEST_DATABASE_URL", default)
        asyncio.run(main(url, asked.drafts, asked.revisions))
