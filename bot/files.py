"""Drafts as files."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

from atl_core.drafts.draft import Draft
from bot.answers import File


async def export_file(
    draft: Draft,
    format: str,  # noqa: A002
    *,
    syllables: bool = False,
) -> File:
    """A draft as a file.

    Raises:
        DraftError: there is no such format.
    """
    from atl_core.drafts.export import export, file_name

    data = await asyncio.to_thread(partial(export, draft, format, syllables=syllables))
    return File(file_name(draft, format), data, draft)


def raw_file(draft_id: str, stored: dict[str, Any]) -> File:
    """All that is stored of a draft, as a file."""
    data = json.dumps(stored, ensure_ascii=True, indent=1).encode()
    return File(f"{draft_id}-raw.json", data)
