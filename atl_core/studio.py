"""The studio: the drafts, the queue and the pipeline, for front ends to use.

A Studio lives in an event loop. Nothing is opened and no model is loaded before it is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from atl_core.drafts.store import DraftStore
from atl_core.files import sweep
from atl_core.jobs.queue import JobQueue
from atl_core.pipeline.pipeline import Pipeline
from atl_core.settings import Settings

if TYPE_CHECKING:
    from atl_core.drafts.listing import Forgotten


class Studio:
    """Use its `drafts`, `queue` and `pipeline`. Open it with `open_studio`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.drafts = DraftStore(settings.drafts_url)
        self.queue = JobQueue(settings)
        self.pipeline = Pipeline(settings, self.drafts)

    async def my_data(self, owner: str) -> dict[str, Any]:
        """All that is stored about a person, as JSON."""
        return {
            **await self.drafts.writers.my_data(owner),
            "jobs": await self.queue.data_of(owner),
        }

    async def forget_me(self, owner: str) -> Forgotten:
        """Remove all that is stored about a person, at once and for good."""
        await self.queue.forget(owner)
        await asyncio.to_thread(sweep)
        return await self.drafts.writers.forget_me(owner)

    async def close(self) -> None:
        await self.queue.close()
        await self.drafts.close()


@asynccontextmanager
async def open_studio(settings: Settings) -> AsyncIterator[Studio]:
    """A Studio, and its databases closed at the end."""
    studio = Studio(settings)
    try:
        yield studio
    finally:
        await studio.close()
