"""Kills processes that write drafts, and looks at what they leave behind.

    python -m tests.drafts.hammer FILE KILLS SEED

Each child opens the database (every tenth a new one, so that upgrades are hit as well) and
writes without pause. Half of them are killed with SIGKILL at a random moment after their start,
half after a random number of revisions. Whatever a child was told had been saved must be there, and
the database must be sound.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
import time
import traceback
from pathlib import Path

from atl_core.drafts.database import known_revisions
from atl_core.drafts.store import DraftStore
from tests.drafts.examples import draft_values, make_lines

LONGEST = 0.25
"""Seconds after which a child is killed that is to die while it opens, at most."""
MOST = 12
"""Revisions after which a child is killed that is to die while it writes, at most."""
FRESH_EVERY = 10


async def write_without_pause(path: Path, acknowledge: int, child: int) -> None:
    """Create drafts and revise them, telling the pipe each job that was saved."""
    store = DraftStore(f"sqlite+aiosqlite:///{path}")
    for count in range(10**6):
        draft = await store.create("ann", **draft_values(job_id=f"{child}-{count}-1"))
        os.write(acknowledge, f"{child}-{count}-1\n".encode())
        for step in range(2, 5):
            lines = make_lines(tuple(f"line {step} " * 20 for _ in range(16)))
            draft = await store.revise(
                draft.id,
                "ann",
                based_on=draft.revision,
                asked="more",
                lines=lines,
                job_id=f"{child}-{count}-{step}",
            )
            os.write(acknowledge, f"{child}-{count}-{step}\n".encode())
        await store.undo(draft.id, "ann")


def kill_one(path: Path, child: int, chance: random.Random) -> set[str]:
    """Let a child write for a moment and kill it; the jobs that it was told were saved."""
    told, acknowledge = os.pipe()
    process = os.fork()
    if process == 0:
        # Whatever goes wrong in the child must not run what its parent does afterwards.
        try:
            os.close(told)
            asyncio.run(write_without_pause(path, acknowledge, child))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(acknowledge)
    with os.fdopen(told) as pipe:
        seen = []
        if child % 2:
            seen = [next(pipe) for _ in range(chance.randint(1, MOST))]
        else:
            time.sleep(chance.uniform(0.0, LONGEST))
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        assert os.WIFSIGNALED(status), "it ended by itself"
        seen += pipe
    return {line.strip() for line in seen if line.endswith("\n")}


def check(path: Path, saved: set[str]) -> int:
    """The revisions in a database that must be sound and hold what was saved."""
    connection = sqlite3.connect(path)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not {"alembic_version"} <= tables:
        # Killed before or within the upgrade: all of it or nothing.
        assert tables == set(), tables
        return 0
    (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
    assert verdict == "ok", verdict
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    jobs = {job for (job,) in connection.execute("SELECT job_id FROM revisions")}
    assert saved <= jobs, f"lost: {sorted(saved - jobs)[:5]}"
    torn = connection.execute(
        "SELECT s.id FROM sessions s LEFT JOIN revisions r ON r.session_id = s.id "
        "GROUP BY s.id, s.revisions, s.current, s.tip HAVING count(r.number) <> s.revisions "
        "OR max(r.number) <> s.revisions OR s.current > s.revisions OR s.tip > s.revisions"
    ).fetchall()
    assert torn == [], torn
    connection.close()
    return len(jobs)


def main(path: Path, kills: int, seed: int) -> None:
    known_revisions()  # loads Alembic, so that the children need not
    chance = random.Random(seed)
    saved: set[str] = set()
    total = 0
    for child in range(kills):
        if child % FRESH_EVERY == 0:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            saved.clear()
        new = kill_one(path, child, chance)
        saved |= new
        total += len(new)
        check(path, saved)
    print(f"{kills} kills, {total} revisions acknowledged, none lost, every database sound")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
