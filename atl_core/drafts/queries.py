"""The statements that the store is made of, and the way from rows to values."""

from __future__ import annotations

from collections.abc import Sequence
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
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from atl_core.audio.listening import Listening
from atl_core.drafts.draft import Draft, Section, covering
from atl_core.drafts.listing import Change, Page, Summary, Wording
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
) -> Row[Any]:
    """The session if it is there for the asker, locked against others when in a write.

    Raises:
        DraftError: it is not; whether it exists for somebody else is not said.
    """
    meant = read_id(draft_id)
    condition = SESSION.deleted.is_not(None) if deleted else present()
    row = (
        await connection.execute(
            select(SessionRow.__table__)
            .where(SESSION.id == meant, condition, allowed)
            .with_for_update()
        )
    ).one_or_none()
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


async def page(
    connection: AsyncConnection,
    who: str,
    *,
    containing: Sequence[str],
    deleted: bool,
    number: int,
    per_page: int,
) -> Page:
    """A page of summaries, last changed first; a page past the end is the last one.

    First which drafts, which an index alone can tell unless words are looked for, then only
    theirs of the wide rows.
    """
    shared = select(ShareRow.session_id).where(ShareRow.guest == who, ShareRow.edits)
    guest_of = (await connection.scalars(shared)).all()
    # Without the "or" that is hardly ever needed, the index gives the order as well.
    mine = own(who) | SESSION.id.in_(guest_of) if guest_of else own(who)
    wanted = (
        mine,
        SESSION.deleted.is_not(None) if deleted else present(),
        *(SESSION.words.contains(text, autoescape=True) for text in containing),
    )
    total = await connection.scalar(select(func.count()).select_from(SessionRow).where(*wanted))
    pages = max(1, -(-(total or 0) // per_page))
    number = min(max(1, number), pages)
    chosen = (
        select(SESSION.id)
        .where(*wanted)
        .order_by(SESSION.updated.desc(), SESSION.id.desc())
        .limit(per_page)
        .offset((number - 1) * per_page)
    )
    ids = (await connection.scalars(chosen)).all()
    try:
        rows = await connection.execute(_summaries.where(SESSION.id.in_(ids)))
        summaries = {row.id: summary_of(row) for row in rows}
    except ValueError:  # one of them is no JSON at all
        summaries = {}
    items = [summaries.get(id_) or await _summary(connection, id_) for id_ in ids]
    return Page(tuple(items), number, pages, total or 0)


async def _summary(connection: AsyncConnection, session_id: str) -> Summary:
    """One summary, read by itself because a row beside it may be damaged."""
    try:
        row = (await connection.execute(_summaries.where(SESSION.id == session_id))).one_or_none()
        if row is not None:
            return summary_of(row)
    except ValueError:
        pass
    columns = (SESSION.id, SESSION.owner, SESSION.title, SESSION.current, SESSION.revisions)
    plain = select(*columns, SESSION.updated).where(SESSION.id == session_id)
    return _unreadable((await connection.execute(plain)).one())


_summaries: Final = select(
    SESSION.id,
    SESSION.owner,
    SESSION.title,
    SESSION.current,
    SESSION.revisions,
    SESSION.tags,
    SESSION.updated,
    REVISION.lines,
    REVISION.brief,
).join(RevisionRow, and_(REVISION.session_id == SESSION.id, REVISION.number == SESSION.current))


def summary_of(row: Any) -> Summary:
    try:
        texts = [line["text"] for line in row.lines]
        genre, tempo, tags = row.brief["genre"], row.brief["tempo"], tuple(row.tags)
    except (KeyError, TypeError):
        return _unreadable(row)
    if genre not in GENRES or not all(isinstance(text, str) for text in (*texts, *tags)):
        return _unreadable(row)
    return Summary(
        id=row.id,
        owner=row.owner,
        title=row.title,
        revision=row.current,
        revisions=row.revisions,
        opening=texts[0] if texts else "",
        lines=len(texts),
        genre=genre,
        tempo=tempo,
        tags=tags,
        updated=row.updated,
    )


def _unreadable(row: Any) -> Summary:
    return Summary(
        id=row.id,
        owner=row.owner,
        title=row.title,
        revision=row.current,
        revisions=row.revisions,
        opening="",
        lines=0,
        genre=GENRES[0],
        tempo=0.0,
        tags=(),
        updated=row.updated,
        readable=False,
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


async def heard(connection: AsyncConnection, sha256: str) -> Listening | None:
    found = await connection.scalar(select(BeatRow.listening).where(BeatRow.sha256 == sha256))
    return None if found is None else Listening.from_json(found)


async def keep(connection: AsyncConnection, listening: Listening, now: datetime) -> Listening:
    """Cache a listening; a beat keeps what was heard first, until a newer ear hears it.

    Returns the one that is kept, which is what drafts of this beat show. One that was imported is
    of no ear (version 0), so it replaces nothing.
    """
    insert_into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    heard_by = func.coalesce(BeatRow.listening["version"].as_integer(), 0)
    await connection.execute(
        insert_into(BeatRow)
        .values(sha256=listening.sha256, listening=listening.to_json(), created=now)
        .on_conflict_do_update(
            index_elements=[BeatRow.sha256],
            set_={"listening": listening.to_json(), "created": now},
            where=heard_by < listening.version,
        )
    )
    return await heard(connection, listening.sha256) or listening


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
