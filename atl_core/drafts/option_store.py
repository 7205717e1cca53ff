"""Options that were offered for lines of drafts, kept until one is taken."""

from __future__ import annotations

from collections.abc import Sequence

from atl_core.drafts import queries
from atl_core.drafts.draft import Draft, StaleDraftError
from atl_core.drafts.lazy_database import LazyDatabase
from atl_core.drafts.options import OptionSet, of_draft, of_job, write
from atl_core.drafts.queries import editable


class OptionStore:
    """Every method takes who is asking, as those of `DraftStore` do."""

    def __init__(self, database: LazyDatabase) -> None:
        self._database = database

    async def of_draft(self, draft_id: str, owner: str) -> tuple[OptionSet, ...]:
        """The options that were offered for lines of a draft, the newest first."""
        async with self._database.reading() as connection:
            seen = await queries.session(connection, draft_id, editable(owner))
            return await of_draft(connection, seen.id)

    async def of_job(self, job_id: str) -> OptionSet | None:
        """The options that a job offered; for the engine, which has checked the asker."""
        async with self._database.reading() as connection:
            return await of_job(connection, job_id)

    async def keep(
        self,
        draft_id: str,
        owner: str,
        texts: Sequence[str],
        *,
        line: int,
        goal: int = 0,
        job_id: str | None = None,
    ) -> Draft:
        """Keep lines to choose from for a line of the current revision, which stays as it is.

        The line that stands there is the first of them. Those of a job are kept once.

        Raises:
            StaleDraftError: the draft has no such line any more.
        """
        async with self._database.writing() as connection:
            session = await queries.session(connection, draft_id, editable(owner), to_change=True)
            draft = await queries.load(connection, session.id)
            if not 1 <= line <= len(draft.lines):
                raise StaleDraftError(
                    f"Draft {draft.id} has changed meanwhile, and has no line {line} now.",
                    remedy="Look at it, then ask again.",
                )
            all_of_them = (draft.lines[line - 1].text, *texts)
            await write(
                connection,
                draft,
                line,
                all_of_them,
                goal=goal,
                job_id=job_id,
                now=self._database.now(),
            )
            return draft
