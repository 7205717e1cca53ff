"""Options for a line: what they are, and how they are kept with the revision they were made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from atl_core.drafts.draft import Draft
from atl_core.drafts.names import fresh_id
from atl_core.drafts.tables import OptionsRow
from atl_core.errors import DraftError
from atl_core.lyrics.brief import Line
from atl_core.lyrics.form import UNRHYMED
from atl_core.lyrics.rhyme import end_word, rhyme
from atl_core.lyrics.saying import saying
from atl_core.lyrics.syllables import count_syllables

OPTION: Final = OptionsRow.__table__.c
REMEMBERED: Final = 20
"""Sets of options of a draft that are looked through, the newest first."""


@dataclass(frozen=True, slots=True)
class LineOption:
    """A line that may be taken."""

    text: str
    syllables: int
    target: int
    rhyme: str
    """The letter of the line's place."""
    rhymes_with: str = ""
    """The end of another line that it rhymes with; empty if it rhymes with none."""
    kind: str = ""
    """How it rhymes: `perfect` or `slant`."""


@dataclass(frozen=True, slots=True)
class OptionSet:
    """Lines to choose from for one line, the one that stood there first."""

    id: str
    draft: str
    revision: int
    """The revision that they were made for."""
    line: int
    goal: int
    """Lines that the draft is to have, where it is written line by line; else 0."""
    options: tuple[LineOption, ...]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "options": [asdict(option) for option in self.options]}

    def chosen(self, number: int) -> LineOption:
        """The option of a number, from 1.

        Raises:
            DraftError: there is no such option.
        """
        if not 1 <= number <= len(self.options):
            raise DraftError(
                f"There is no option {number}.",
                f"Line {self.line} has options 1 to {len(self.options)}.",
            )
        return self.options[number - 1]

    def place_in(self, draft: Draft) -> int:
        """The number of the line now: lines may have been put in or taken out above it."""
        known = {option.text for option in self.options}
        numbers = [n for n, line in enumerate(draft.lines, 1) if line.text in known]
        return min(numbers, key=lambda n: abs(n - self.line), default=self.line)


def as_option(text: str, number: int, lines: Sequence[Line]) -> LineOption:
    """A text as an option for a line, with its syllables and what it rhymes with."""
    line = lines[number - 1]
    end = end_word(text)
    partners = [
        end_word(other.text)
        for n, other in enumerate(lines, 1)
        if n != number and other.rhyme == line.rhyme != UNRHYMED
    ]
    rhyming = {partner: kind for partner in partners if (kind := rhyme(end, partner))}
    # A perfect rhyme is named before a near one.
    with_ = min(rhyming, key=lambda partner: rhyming[partner] != "perfect", default="")
    return LineOption(
        text, count_syllables(text), line.target, line.rhyme, with_, rhyming.get(with_, "")
    )


async def write(
    connection: AsyncConnection,
    draft: Draft,
    line: int,
    texts: Sequence[str],
    *,
    goal: int,
    job_id: str | None,
    now: datetime,
) -> OptionSet:
    """Keep options for a line of a draft; those of a job are kept once."""
    if job_id and (kept := await of_job(connection, job_id)):
        return kept
    with saying(draft.sounds):
        found = tuple(as_option(text, line, draft.lines) for text in dict.fromkeys(texts))
    made = OptionSet(fresh_id(), draft.id, draft.revision, line, goal, found)
    await connection.execute(
        insert(OptionsRow).values(
            id=made.id,
            session_id=draft.id,
            revision=made.revision,
            line=line,
            goal=goal,
            options=[asdict(option) for option in made.options],
            job_id=job_id,
            created=now,
        )
    )
    return made


async def of_job(connection: AsyncConnection, job_id: str) -> OptionSet | None:
    """What a job offered, if it did."""
    row = await connection.execute(select(OptionsRow.__table__).where(OPTION.job_id == job_id))
    found = row.one_or_none()
    return None if found is None else _read(found)


async def of_draft(
    connection: AsyncConnection, session_id: str, most: int | None = REMEMBERED
) -> tuple[OptionSet, ...]:
    """The options that were offered for a draft, the newest first; all of them without `most`."""
    rows = await connection.execute(
        select(OptionsRow.__table__)
        .where(OPTION.session_id == session_id)
        .order_by(OPTION.created.desc(), OPTION.id)
        .limit(most)
    )
    return tuple(map(_read, rows))


def _read(row: Any) -> OptionSet:
    options = tuple(LineOption(**option) for option in row.options)
    return OptionSet(row.id, row.session_id, row.revision, row.line, row.goal, options)
