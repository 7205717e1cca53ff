"""The statements that the store is made of, and the way from rows to values."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    cast,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from atl_core.audio.listening import Listening
from atl_core.drafts.draft import Draft, Section, covering
from atl_core.drafts.listing import Change, Wording
from atl_core.drafts.names import fresh_id, read_id, searchable, storable
from atl_core.drafts.sounds import as_said
from atl_core.drafts.tables import BeatRow, RevisionRow, SessionRow, ShareRow
from atl_core.drafts.tree import Tree, no_revision
from atl_core.errors import DraftError, UnreadableDraftError
from atl_core.genre.verdict import Verdict
from atl_core.lyrics.brief import GENRES, Brief, Line

SESSION: Final = SessionRow.__table__.c
REVISION: Final = RevisionRow.__table__.c
"""Columns, for statements that want them one by one."""
APART: Final = ("session_id", "job_id", "beat_sha256", "beat_name")
"""Columns of a revision that a draft has not, or not as they are."""


def present() -> ColumnElement[bool]:
    """Drafts that were not deleted."""
    return SESSION.deleted.is_(None)


def own(who: str) -> ColumnElement[bool]:
    return SESSION.owner == who


def editable(who: str) -> ColumnElement[bool]:
    """The asker's own drafts and those they collaborate on."""
    return own(who) | exists().where(
        ShareRow.session_id == SESSION.id, ShareRow.guest == who, ShareRow.edits
    )


def readable(who: str, channel: str = "") -> ColumnElement[bool]:
    """What the asker may see, in the channel where they ask."""
    guests = [guest for guest in (who, channel) if guest]
    return own(who) | exists().where(ShareRow.session_id == SESSION.id, ShareRow.guest.in_(guests))


async def session(
    connection: AsyncConnection,
    draft_id: str,
    allowed: ColumnElement[bool],
    *,
    deleted: bool = False,
    to_change: bool = False,
) -> Row[Any]:
    """The session if it is there for the asker.

    Args:
        to_change: until this transaction ends, others who want to change it wait.

    Raises:
        DraftError: it is not there; whether it exists for somebody else is not said.
    """
    meant = read_id(draft_id)
    condition = SESSION.deleted.is_not(None) if deleted else present()
    statement = select(SessionRow.__table__).where(SESSION.id == meant, condition, allowed)
    if to_change:
        statement = statement.with_for_update()
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise DraftError(
            f"You have no {'deleted ' if deleted else ''}draft {meant}.",
            remedy="Your drafts and their ids are under `drafts`.",
        )
    return row


def select_draft(revision: int | None = None) -> Select[Any]:
    """The rows that `draft_of` reads: of one revision, or of the current one."""
    number = SESSION.current if revision is None else revision
    return (
        select(
            SESSION.id,
            SESSION.owner,
            SESSION.title,
            func.coalesce(REVISION.beat_name, SESSION.beat_name).label("beat_name"),
            SESSION.tags,
            SESSION.revisions,
            *(column for column in REVISION if column.name not in APART),
            BeatRow.listening,
        )
        .join(RevisionRow, and_(REVISION.session_id == SESSION.id, REVISION.number == number))
        .join(
            BeatRow,
            BeatRow.sha256 == func.coalesce(REVISION.beat_sha256, SESSION.beat_sha256),
        )
    )


async def raw(connection: AsyncConnection, session_id: str) -> dict[str, Any]:
    """All that is stored of a draft, as text: damaged JSON is not read."""
    sessions, revisions = SessionRow.__table__, RevisionRow.__table__
    session_columns = [cast(column, Text).label(column.name) for column in sessions.columns]
    revision_columns = [cast(column, Text).label(column.name) for column in revisions.columns]
    session_row = (
        await connection.execute(select(*session_columns).where(SESSION.id == session_id))
    ).one()
    rows = await connection.execute(
        select(*revision_columns).where(REVISION.session_id == session_id).order_by(REVISION.number)
    )
    return {
        "session": dict(session_row._mapping),
        "revisions": [dict(row._mapping) for row in rows],
    }


def draft_of(row: Any) -> Draft:
    if row.brief["genre"] not in GENRES:
        raise ValueError(f"no genre: {row.brief['genre']!r}")
    lines = tuple(Line.from_json(line) for line in row.lines)
    return Draft(
        id=row.id,
        owner=row.owner,
        title=row.title,
        revision=row.number,
        asked=row.asked,
        beat_name=row.beat_name,
        brief=Brief.from_json(row.brief),
        listening=Listening.from_json(row.listening),
        lines=lines,
        verdict=Verdict.from_json(row.verdict),
        captioner=row.captioner,
        seconds=row.seconds,
        created=row.created,
        sections=covering([Section.from_json(section) for section in row.sections], len(lines)),
        tags=tuple(row.tags),
        parent=row.parent,
        revisions=row.revisions,
    )


async def load(connection: AsyncConnection, session_id: str, revision: int | None = None) -> Draft:
    """A draft at a revision, or at its current one.

    Raises:
        DraftError: it has no such revision.
        UnreadableDraftError: what is stored is damaged.
    """
    # No database takes a number of twenty digits, and no draft has so many revisions.
    if revision is None or 0 < revision < 2**31:
        statement = select_draft(revision).where(SESSION.id == session_id)
        try:
            row = (await connection.execute(statement)).one_or_none()
            if row is not None:
                return await as_said(connection, draft_of(row))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise UnreadableDraftError(session_id) from error
    count = await connection.scalar(select(SESSION.revisions).where(SESSION.id == session_id))
    raise no_revision(revision or 0, count or 0)


async def written_by(connection: AsyncConnection, job_id: str | None) -> Draft | None:
    """What a job wrote, if it did."""
    if job_id is None:
        return None
    found = (
        await connection.execute(
            select(REVISION.session_id, REVISION.number).where(REVISION.job_id == job_id)
        )
    ).one_or_none()
    return None if found is None else await load(connection, found.session_id, found.number)


async def wordings(connection: AsyncConnection, session_id: str) -> tuple[Wording, ...]:
    """The words of every revision, oldest first."""
    rows = await connection.execute(
        select(REVISION.number, REVISION.parent, REVISION.author, REVISION.lines)
        .where(REVISION.session_id == session_id)
        .order_by(REVISION.number)
    )
    return tuple(
        Wording(row.number, row.parent, row.author, tuple(line["text"] for line in row.lines))
        for row in rows
    )


async def history(connection: AsyncConnection, session_id: str, current: int) -> tuple[Change, ...]:
    columns = (
        REVISION.number,
        REVISION.parent,
        REVISION.asked,
        REVISION.author,
        REVISION.created,
    )
    rows = await connection.execute(
        select(*columns).where(REVISION.session_id == session_id).order_by(REVISION.number)
    )
    return tuple(Change(*row, current=row.number == current) for row in rows)


async def parents(connection: AsyncConnection, session_id: str) -> Tree:
    """The tree of revisions: from each number to the one that it was made from."""
    rows = await connection.execute(
        select(REVISION.number, REVISION.parent).where(REVISION.session_id == session_id)
    )
    return {row.number: row.parent for row in rows}


async def unused_id(connection: AsyncConnection) -> str:
    while True:
        drawn = fresh_id()
        if not await connection.scalar(select(exists().where(SESSION.id == drawn))):
            return drawn


async def write_session(connection: AsyncConnection, draft: Draft) -> None:
    """Write the session of a draft that is new."""
    await connection.execute(
        insert(SessionRow).values(
            id=draft.id,
            owner=draft.owner,
            title=draft.title,
            beat_sha256=draft.listening.sha256,
            beat_name=draft.beat_name,
            current=draft.revision,
            tip=draft.revision,
            revisions=draft.revisions,
            created=draft.created,
            updated=draft.created,
            tags=list(draft.tags),
            words=searchable(draft.title, draft.tags, draft.brief, draft.lines),
        )
    )


async def write_revision(
    connection: AsyncConnection, draft: Draft, author: str, job_id: str | None
) -> None:
    """Write a draft's revision as a row of its own."""
    await connection.execute(
        insert(RevisionRow).values(
            session_id=draft.id,
            number=draft.revision,
            parent=draft.parent,
            asked=storable(draft.asked),
            author=author,
            lines=[line.to_json() for line in draft.lines],
            sections=[section.to_json() for section in draft.sections],
            brief=draft.brief.to_json(),
            verdict=draft.verdict.to_json(),
            captioner=draft.captioner,
            seconds=draft.seconds,
            beat_sha256=draft.listening.sha256,
            beat_name=storable(draft.beat_name),
            job_id=job_id,
            created=draft.created,
        )
    )


async def show_revision(
    connection: AsyncConnection, draft: Draft, *, tip: int, now: datetime
) -> None:
    """Point the session at a draft's revision and make it findable by its words."""
    await connection.execute(
        update(SessionRow)
        .where(SESSION.id == draft.id)
        .values(
            title=draft.title,
            tags=list(draft.tags),
            current=draft.revision,
            tip=tip,
            revisions=draft.revisions,
            updated=now,
            words=searchable(draft.title, draft.tags, draft.brief, draft.lines),
        )
    )


async def set_deleted(connection: AsyncConnection, session_id: str, when: datetime | None) -> None:
    await connection.execute(
        update(SessionRow).where(SESSION.id == session_id).values(deleted=when)
    )


async def deleted_last(connection: AsyncConnection, who: str) -> str:
    """The draft of an owner that was deleted last.

    Raises:
        DraftError: there is none.
    """
    newest = select(SESSION.id).where(own(who), SESSION.deleted.is_not(None))
    ids = (await connection.scalars(newest.order_by(SESSION.deleted.desc()).limit(1))).all()
    if not ids:
        raise DraftError("There is no deleted draft to bring back.")
    return str(ids[0])


async def purge(connection: AsyncConnection, before: datetime) -> int:
    """Remove drafts that were deleted before a moment; how many."""
    return (await connection.execute(delete(SessionRow).where(SESSION.deleted < before))).rowcount
