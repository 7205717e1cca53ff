"""Beats that are kept for jobs, by the sha256 of their bytes, for as long as somebody needs them.

All functions block and take a connection of `database.reading` or `database.writing`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from atl_core.jobs.database import BEATS, CHUNKS, JOBS
from atl_core.jobs.store import ACTIVE, changed, put

CHUNK_BYTES: Final = 1_000_000


def id_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def has(connection: Connection, beat_id: str) -> bool:
    """Whether a beat is kept; it is from now on kept for as long as one that was just given."""
    used = update(BEATS).where(BEATS.c.id == beat_id).values(used=time.time())
    return changed(connection, used)


def keep(connection: Connection, beat_id: str, data: bytes) -> None:
    if has(connection, beat_id):
        return
    for number, start in enumerate(range(0, len(data), CHUNK_BYTES)):
        chunk = {"data": data[start : start + CHUNK_BYTES]}
        put(connection, CHUNKS, {"beat": beat_id, "number": number}, chunk)
    put(connection, BEATS, {"id": beat_id}, {"size": len(data), "used": time.time()})


def read(connection: Connection, beat_id: str) -> bytes | None:
    """The bytes of a beat; None if it is not kept any more."""
    size = connection.scalar(select(BEATS.c.size).where(BEATS.c.id == beat_id))
    if size is None:
        return None
    parts = select(CHUNKS.c.data).where(CHUNKS.c.beat == beat_id).order_by(CHUNKS.c.number)
    return b"".join(bytes(part) for part in connection.scalars(parts))


def purge(connection: Connection, before: float) -> None:
    """Remove beats that no active job needs and that nobody has given since then."""
    needed = select(JOBS.c.beat).where(JOBS.c.state.in_(ACTIVE))
    _remove(connection, BEATS.c.used < before, BEATS.c.id.not_in(needed))


def forget(connection: Connection, beats: Collection[str]) -> None:
    """Remove these beats, except those that a job has."""
    known = select(JOBS.c.beat)
    _remove(connection, BEATS.c.id.in_(beats), BEATS.c.id.not_in(known))


def _remove(connection: Connection, *conditions: Any) -> None:
    doomed = select(BEATS.c.id).where(*conditions)
    connection.execute(delete(CHUNKS).where(CHUNKS.c.beat.in_(doomed)))
    connection.execute(delete(BEATS).where(BEATS.c.id.in_(doomed)))
