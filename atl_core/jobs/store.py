"""What is written down about each job: every statement, and nothing that decides. Beats: `beats`.

All functions block and take a connection of `database.reading` or `database.writing`.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from atl_core.audio.source import KeptBeat
from atl_core.edits.request import Request
from atl_core.edits.request_json import to_json
from atl_core.jobs.database import (
    HEARD,
    JOBS,
    LINES,
    MADE,
    PLACES,
    TIMES,
    WORKERS,
)
from atl_core.jobs.job import Job, JobRequest
from atl_core.progress import Stage

ACTIVE: Final = ("queued", "running")
OF_A_JOB: Final = (LINES, PLACES, HEARD, MADE)
"""Tables of what is kept of each job."""
TIMES_KEPT: Final = 200
"""Measurements of each stage that the estimates look back on."""

JobRow = Row[Any]
Places = tuple[tuple[int, str], ...]


def new_id() -> str:
    """An id that sorts by time, so that the queue is first in, first out within a millisecond."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(4)}"


def add(connection: Connection, asked: JobRequest, *, priority: int, total: int) -> str:
    job_id = new_id()
    beat = kept_beat(asked.request)
    connection.execute(
        insert(JOBS).values(
            id=job_id,
            key=asked.key,
            owner=asked.owner,
            request=json.dumps(to_json(asked.request)),
            asked=asked.request.describe(),
            revises=asked.draft_id,
            address=json.dumps(dict(asked.address)),
            beat=beat.id if beat else "",
            priority=priority,
            state="queued",
            stage="",
            total=total,
            created=time.time(),
            holder="",
            deaths=0,
            alone=0,
            draft_id="",
            revision=0,
            problem="",
            message="",
        )
    )
    return job_id


def kept_beat(request: Request) -> KeptBeat | None:
    beat = getattr(request, "beat", None)
    return beat if isinstance(beat, KeptBeat) else None


def by_key(connection: Connection, key: str) -> str | None:
    found: str | None = connection.scalar(select(JOBS.c.id).where(JOBS.c.key == key))
    return found


def row(connection: Connection, job_id: str) -> JobRow | None:
    return connection.execute(select(JOBS).where(JOBS.c.id == job_id)).one_or_none()


def rows(connection: Connection, job_ids: Collection[str]) -> Sequence[JobRow]:
    return connection.execute(select(JOBS).where(JOBS.c.id.in_(job_ids))).all()


def active(connection: Connection) -> Sequence[JobRow]:
    """What runs, then what waits, each in the order in which it is served."""
    return connection.execute(
        select(JOBS)
        .where(JOBS.c.state.in_(ACTIVE))
        .order_by(JOBS.c.state.desc(), JOBS.c.priority, JOBS.c.created, JOBS.c.id)
    ).all()


def active_of(connection: Connection, owner: str) -> int:
    return _count(connection, JOBS.c.state.in_(ACTIVE), JOBS.c.owner == owner)


def waiting(connection: Connection) -> int:
    return _count(connection, JOBS.c.state == "queued")


def lines_of(connection: Connection, job_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    told = select(LINES.c.job, LINES.c.text).where(LINES.c.job.in_(job_ids))
    for job_id, text in connection.execute(told.order_by(LINES.c.job, LINES.c.number)):
        found[job_id].append(text)
    return {job_id: tuple(texts) for job_id, texts in found.items()}


def keep_places(connection: Connection, job_id: str, places: Places) -> None:
    put(connection, PLACES, {"job": job_id}, {"places": json.dumps(places)})


def places_of(connection: Connection, job_ids: Collection[str]) -> dict[str, Places]:
    """Where the lines of jobs stand in their drafts, as `Job.places`; only of planned ones."""
    kept = select(PLACES.c.job, PLACES.c.places).where(PLACES.c.job.in_(job_ids))
    return {
        job_id: tuple((number, section) for number, section in json.loads(places))
        for job_id, places in connection.execute(kept)
    }


def claim(connection: Connection, job_id: str, holder: str) -> bool:
    """Claim a job for a worker; False when it is finished already."""
    return changed(
        connection,
        update(JOBS)
        .where(JOBS.c.id == job_id, JOBS.c.state.in_(ACTIVE))
        .values(state="running", holder=holder, started=func.coalesce(JOBS.c.started, time.time())),
    )


def is_before(connection: Connection, job_id: str, draft_id: str) -> bool:
    """Whether a job that started earlier is still at work on the same draft."""
    mine = select(JOBS.c.started).where(JOBS.c.id == job_id).scalar_subquery()
    earlier = or_(JOBS.c.started < mine, and_(JOBS.c.started == mine, JOBS.c.id < job_id))
    return bool(_count(connection, JOBS.c.state == "running", JOBS.c.revises == draft_id, earlier))


def holding(connection: Connection, holder: str) -> set[str]:
    """The jobs that a worker runs and that nobody cancelled."""
    mine = select(JOBS.c.id).where(JOBS.c.state == "running", JOBS.c.holder == holder)
    return set(connection.scalars(mine))


def enter(
    connection: Connection, job_id: str, holder: str, stage: Stage, total: int | None = None
) -> bool:
    """Note that a stage begins; False when the job is no longer this worker's to do."""
    values: dict[str, Any] = {"stage": stage}
    if total is not None:
        values["total"] = total
    return changed(connection, update(JOBS).where(*_held(job_id, holder)).values(**values))


def set_alone(connection: Connection, job_id: str, alone: bool) -> None:
    connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(alone=int(alone)))


def got_further(connection: Connection, job_id: str, holder: str) -> None:
    """Whatever killed its workers before was not this job, or is past."""
    cleared = update(JOBS).where(*_held(job_id, holder)).values(deaths=0, alone=0)
    connection.execute(cleared)


def save_line(connection: Connection, job_id: str, holder: str, number: int, text: str) -> bool:
    """Keep a line; False when the job is no longer this worker's to do."""
    held = update(JOBS).where(*_held(job_id, holder)).values(stage="write", deaths=0, alone=0)
    if not changed(connection, held):
        return False
    put(connection, LINES, {"job": job_id, "number": number}, {"text": text})
    return True


def finish(
    connection: Connection,
    job_id: str,
    state: str,
    *,
    draft_id: str = "",
    revision: int = 0,
    problem: str = "",
) -> bool:
    """The end of a job, unless it has ended already."""
    return changed(
        connection,
        update(JOBS)
        .where(JOBS.c.id == job_id, JOBS.c.state.in_(ACTIVE))
        .values(
            state=state,
            finished=time.time(),
            holder="",
            draft_id=draft_id,
            revision=revision,
            problem=problem,
        ),
    )


def cancel(connection: Connection, job_id: str) -> bool:
    """Take it back, unless it has ended or is being saved at this moment."""
    return changed(
        connection,
        update(JOBS)
        .where(JOBS.c.id == job_id, JOBS.c.state.in_(ACTIVE), JOBS.c.stage != "save")
        .values(state="cancelled", finished=time.time(), holder=""),
    )


def release(connection: Connection, job_id: str, holder: str) -> bool:
    """Hand a job back; whoever takes it next goes on with it."""
    return changed(
        connection, update(JOBS).where(*_held(job_id, holder)).values(holder="", alone=0)
    )


def release_dead(connection: Connection, holder: str, most: int) -> list[str]:
    """Release a dead worker's jobs and count the death against them; the ids of those to give up.

    The first death makes all of them suspect: nobody can say which of them it was. After that
    only what happens while a job computes alone is counted against it.
    """
    doomed = []
    held = connection.execute(
        select(JOBS).where(JOBS.c.state == "running", JOBS.c.holder == holder)
    ).all()
    for job in held:
        deaths = job.deaths + (job.alone or not job.deaths)
        values = {"holder": "", "alone": 0, "deaths": deaths}
        connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(**values))
        if deaths >= most:
            doomed.append(job.id)
    return doomed


def orphans(connection: Connection) -> list[str]:
    """Running jobs that no worker holds."""
    return list(
        connection.scalars(select(JOBS.c.id).where(JOBS.c.state == "running", JOBS.c.holder == ""))
    )


def deliver(connection: Connection, job_id: str, message: str) -> None:
    connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(message=message))


def undelivered(connection: Connection, since: float) -> Sequence[JobRow]:
    return connection.execute(
        select(JOBS)
        .where(
            JOBS.c.state.in_(("done", "failed")),
            JOBS.c.message == "",
            JOBS.c.finished >= since,
        )
        .order_by(JOBS.c.finished)
    ).all()


def keep_heard(connection: Connection, job_id: str, listening: str, picture: bytes) -> None:
    put(connection, HEARD, {"job": job_id}, {"listening": listening, "picture": picture})


def heard(connection: Connection, job_id: str) -> tuple[str, bytes] | None:
    found = connection.execute(select(HEARD).where(HEARD.c.job == job_id)).one_or_none()
    return (found.listening, bytes(found.picture)) if found else None


def keep_made(connection: Connection, job_id: str, name: str, data: bytes) -> None:
    put(connection, MADE, {"job": job_id}, {"name": name, "data": data})


def made(connection: Connection, job_id: str) -> tuple[str, bytes] | None:
    """The name and the bytes of the file that a job made."""
    found = connection.execute(select(MADE).where(MADE.c.job == job_id)).one_or_none()
    return (found.name, bytes(found.data)) if found else None


def needs_beat(connection: Connection, job_id: str, beat: str) -> str:
    """Note that a job needs a beat, so that it is kept for it."""
    connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(beat=beat))
    return beat


def time_stage(connection: Connection, stage: Stage, parts: int, seconds: float) -> None:
    connection.execute(
        insert(TIMES).values(stage=stage, parts=parts, seconds=seconds, at=time.time())
    )


def seconds_a_part(connection: Connection) -> dict[str, float]:
    """What one part of each stage took lately: a line of writing, the whole of the others."""
    found = connection.execute(
        select(TIMES.c.stage, func.sum(TIMES.c.seconds), func.sum(TIMES.c.parts)).group_by(
            TIMES.c.stage
        )
    )
    return {stage: seconds / parts for stage, seconds, parts in found if parts}


def heartbeat(connection: Connection, worker: Mapping[str, Any]) -> None:
    """A worker's sign of life."""
    values = {**worker, "beaten": time.time()}
    values.pop("id")
    alive = update(WORKERS).where(WORKERS.c.id == worker["id"])
    if not changed(connection, alive.values(beats=WORKERS.c.beats + 1, **values)):
        connection.execute(insert(WORKERS).values(id=worker["id"], beats=1, **values))


def workers(connection: Connection) -> Sequence[JobRow]:
    return connection.execute(select(WORKERS).order_by(WORKERS.c.started)).all()


def remove_worker(connection: Connection, worker_id: str) -> None:
    connection.execute(delete(WORKERS).where(WORKERS.c.id == worker_id))


def owned(connection: Connection, owner: str) -> Sequence[JobRow]:
    mine = select(JOBS).where(JOBS.c.owner == owner).order_by(JOBS.c.created)
    return connection.execute(mine).all()


def old(connection: Connection, *, told: float, untold: float) -> list[str]:
    """Finished jobs whose writer was told before `told`, or that ended before `untold`."""
    ended = JOBS.c.state.not_in(ACTIVE)
    known = or_(JOBS.c.message != "", JOBS.c.state == "cancelled")
    return list(
        connection.scalars(
            select(JOBS.c.id).where(
                ended, or_(JOBS.c.finished < untold, and_(known, JOBS.c.finished < told))
            )
        )
    )


def remove(connection: Connection, job_ids: Collection[str]) -> None:
    for table in OF_A_JOB:
        connection.execute(delete(table).where(table.c.job.in_(job_ids)))
    connection.execute(delete(JOBS).where(JOBS.c.id.in_(job_ids)))


def purge_remains(connection: Connection) -> None:
    """Remove what a worker kept of a job that was removed while the worker ran it."""
    for table in OF_A_JOB:
        connection.execute(delete(table).where(table.c.job.not_in(select(JOBS.c.id))))


def purge_times(connection: Connection) -> None:
    for stage in connection.scalars(select(TIMES.c.stage).distinct()).all():
        kept = select(TIMES.c.id).where(TIMES.c.stage == stage).order_by(TIMES.c.id.desc())
        last = connection.scalars(kept.limit(TIMES_KEPT)).all()
        gone = and_(TIMES.c.stage == stage, TIMES.c.id < min(last))
        connection.execute(delete(TIMES).where(gone))


def snapshot(
    row: JobRow,
    lines: Iterable[str] = (),
    places: Places = (),
    *,
    position: int = 0,
    wait_seconds: float | None = None,
) -> Job:
    return Job(
        id=row.id,
        owner=row.owner,
        asked=row.asked,
        state=row.state,
        address=json.loads(row.address),
        position=position,
        wait_seconds=wait_seconds,
        stage=row.stage,
        lines=tuple(lines),
        total=row.total,
        places=places,
        draft_id=row.draft_id,
        revision=row.revision,
        problem=row.problem,
        message=row.message,
    )


def _held(job_id: str, holder: str) -> tuple[Any, ...]:
    return JOBS.c.id == job_id, JOBS.c.holder == holder, JOBS.c.state == "running"


def changed(connection: Connection, statement: Any) -> bool:
    """Whether the statement, which is carried out, changed a row."""
    return bool(connection.execute(statement).rowcount)


def _count(connection: Connection, *conditions: Any) -> int:
    return connection.scalar(select(func.count()).select_from(JOBS).where(*conditions)) or 0


def put(
    connection: Connection, table: Any, key: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    """Insert a row, or write over the one with this key."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))
