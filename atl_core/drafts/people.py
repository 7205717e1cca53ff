"""What is stored about one person: to hand over, or to forget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from atl_core.drafts.listing import Forgotten
from atl_core.drafts.options import of_draft
from atl_core.drafts.queries import REVISION, SESSION, own
from atl_core.drafts.shares import shares
from atl_core.drafts.sounds import set_sounds, sounds
from atl_core.drafts.tables import BeatRow, RevisionRow, SessionRow, ShareRow, WriterRow


async def avoided(connection: AsyncConnection, who: str) -> tuple[str, ...]:
    """Words that a writer avoids in all drafts."""
    found = await connection.scalar(select(WriterRow.avoid).where(WriterRow.owner == who))
    return tuple(found or ())


async def set_avoided(connection: AsyncConnection, who: str, words: Sequence[str]) -> None:
    await connection.execute(delete(WriterRow).where(WriterRow.owner == who))
    if words:
        await connection.execute(insert(WriterRow).values(owner=who, avoid=list(words)))


async def everything_of(connection: AsyncConnection, who: str) -> dict[str, Any]:
    """All that is stored under a person's name, as JSON: drafts with every revision, shares."""
    owned = select(SessionRow.__table__).where(own(who)).order_by(SESSION.created, SESSION.id)
    sessions = (await connection.execute(owned)).mappings()
    drafts = []
    for session in sessions.all():
        of_session = REVISION.session_id == session["id"]
        revisions = select(RevisionRow.__table__).where(of_session).order_by(REVISION.number)
        drafts.append(
            {
                **_plain({name: value for name, value in session.items() if name != "words"}),
                "listening": await _listening(connection, session["beat_sha256"]),
                "shares": await shares(connection, session["id"]),
                "options": [
                    known.to_json() for known in await of_draft(connection, session["id"], None)
                ],
                "versions": [
                    _plain(row) | await _own_beat(connection, row, session["beat_sha256"])
                    for row in (await connection.execute(revisions)).mappings().all()
                ],
            }
        )
    opened = select(ShareRow.session_id, ShareRow.edits).where(ShareRow.guest == who)
    made = select(RevisionRow.__table__).where(_contributions(who)).order_by(REVISION.created)
    return {
        "person": who,
        "avoid": list(await avoided(connection, who)),
        "sounds": [asdict(sound) for sound in await sounds(connection, who)],
        "drafts": drafts,
        "shared_with_you": [_plain(row) for row in (await connection.execute(opened)).mappings()],
        "changes_to_drafts_of_others": [
            _plain(row) for row in (await connection.execute(made)).mappings()
        ],
    }


async def _listening(connection: AsyncConnection, sha256: str) -> Any:
    return await connection.scalar(select(BeatRow.listening).where(BeatRow.sha256 == sha256))


async def _own_beat(connection: AsyncConnection, revision: Any, first: str) -> dict[str, Any]:
    """What was heard in the beat of a revision, where it is not the draft's first one."""
    sha256 = revision["beat_sha256"]
    if sha256 in (None, first):
        return {}
    return {"listening": await _listening(connection, sha256)}


async def forget(connection: AsyncConnection, who: str) -> Forgotten:
    """Remove a person: their drafts, shares with them, their name on changes elsewhere.

    What they wrote into the drafts of others stays there, for it is the others' text.
    """
    mine = select(SESSION.id).where(own(who)).scalar_subquery()
    revisions = await connection.scalar(
        select(func.count()).select_from(RevisionRow).where(REVISION.session_id.in_(mine))
    )
    contributions = await connection.execute(
        update(RevisionRow).where(_contributions(who)).values(author=None)
    )
    drafts = await connection.execute(delete(SessionRow).where(own(who)))
    guest = await connection.execute(delete(ShareRow).where(ShareRow.guest == who))
    await set_avoided(connection, who, ())
    await set_sounds(connection, who, ())
    return Forgotten(
        drafts=drafts.rowcount,
        revisions=revisions or 0,
        beats=await drop_unused_beats(connection),
        shares=guest.rowcount,
        contributions=contributions.rowcount,
    )


async def drop_unused_beats(connection: AsyncConnection) -> int:
    """Drop listenings that no draft refers to; how many."""
    of_draft = exists().where(SESSION.beat_sha256 == BeatRow.sha256)
    of_revision = exists().where(REVISION.beat_sha256 == BeatRow.sha256)
    unused = ~of_draft & ~of_revision
    return (await connection.execute(delete(BeatRow).where(unused))).rowcount


def _contributions(who: str) -> ColumnElement[bool]:
    owner = select(SESSION.owner).where(SESSION.id == REVISION.session_id).scalar_subquery()
    return (REVISION.author == who) & (owner != who)


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.items()
    }
