"""How writers say words: kept across drafts, and followed in each of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from atl_core.drafts.draft import Draft
from atl_core.drafts.tables import SoundRow
from atl_core.lyrics.saying import OwnSound, saying
from atl_core.lyrics.syllables import count_syllables


async def sounds(connection: AsyncConnection, who: str) -> tuple[OwnSound, ...]:
    """How a writer says words, in all drafts."""
    rows = await connection.execute(
        select(SoundRow.word, SoundRow.how, SoundRow.sound)
        .where(SoundRow.owner == who)
        .order_by(SoundRow.word)
    )
    return tuple(OwnSound(row.word, row.how, row.sound) for row in rows)


async def set_sounds(connection: AsyncConnection, who: str, said: Sequence[OwnSound]) -> None:
    await connection.execute(delete(SoundRow).where(SoundRow.owner == who))
    if said:
        values = [{"owner": who, **asdict(sound)} for sound in said]
        await connection.execute(insert(SoundRow), values)


async def as_said(connection: AsyncConnection, draft: Draft) -> Draft:
    """A draft with its owner's own sounds, its syllables counted by them."""
    said = await sounds(connection, draft.owner)
    if not said:
        return draft
    words = [sound.word.casefold() for sound in said]
    with saying(said):
        lines = tuple(
            replace(line, syllables=count_syllables(line.text))
            if any(word in line.text.casefold() for word in words)
            else line
            for line in draft.lines
        )
    return replace(draft, lines=lines, sounds=said)
