"""Many drafts at once, written past the store, for tests and benchmarks of size."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from atl_core.drafts.database import writing
from atl_core.drafts.names import fresh_id, searchable
from atl_core.drafts.store import DraftStore
from atl_core.drafts.tables import BeatRow, RevisionRow, SessionRow
from tests.drafts.examples import make_brief, make_lines, make_listening, make_verdict

VOCABULARY = (
    "river train midnight road heart fire rain whiskey city light money summer highway moon "
    "mama truck street dream gold shadow window Sunday broken silver home devil angel dust"
).split()


async def fill(store: DraftStore, drafts: int, revisions: int) -> list[str]:
    """Write sessions of one owner with a chain of revisions each; their ids."""
    chance = random.Random(1)
    listening = make_listening()
    verdict = make_verdict().to_json()
    ids: list[str] = sorted({fresh_id() for _ in range(drafts)})
    start = datetime.now(UTC) - timedelta(days=1)
    async with writing(await store.database.engine()) as connection:
        await connection.execute(
            insert(BeatRow).values(
                sha256=listening.sha256, listening=listening.to_json(), created=start
            )
        )
    for batch in range(0, len(ids), 500):
        sessions: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        for number, id_ in enumerate(ids[batch : batch + 500], batch):
            seeds = chance.sample(VOCABULARY, 2)
            brief = make_brief(*seeds)
            texts = tuple(" ".join(chance.choices(VOCABULARY, k=8)) for _ in range(8))
            lines = make_lines(texts)
            title = " ".join(seeds).title()
            when = start + timedelta(seconds=number)
            sessions.append(
                {
                    "id": id_, "owner": "ann", "title": title, "beat_name": "beat.wav",
                    "beat_sha256": listening.sha256, "current": revisions, "tip": revisions,
                    "revisions": revisions, "created": when, "updated": when, "tags": [],
                    "words": searchable(title, (), brief, lines),
                }
            )  # fmt: skip
            rows += [
                {
                    "session_id": id_, "number": revision, "parent": revision - 1 or None,
                    "asked": "4 more lines", "author": "ann", "sections": [],
                    "lines": [line.to_json() for line in lines], "brief": brief.to_json(),
                    "verdict": verdict, "captioner": "lm", "seconds": {}, "job_id": None,
                    "created": when,
                }
                for revision in range(1, revisions + 1)
            ]  # fmt: skip
        async with writing(await store.database.engine()) as connection:
            await connection.execute(insert(SessionRow), sessions)
            await connection.execute(insert(RevisionRow), rows)
    return ids
