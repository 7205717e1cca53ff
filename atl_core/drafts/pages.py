"""Lists of drafts, a page at a time, without reading the drafts themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    and_,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from atl_core.drafts.listing import Page, Summary
from atl_core.drafts.queries import REVISION, SESSION, own, present
from atl_core.drafts.tables import RevisionRow, SessionRow, ShareRow
from atl_core.lyrics.brief import GENRES


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
