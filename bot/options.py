"""Choosing a line: which line options are for, and taking one of them."""

from __future__ import annotations

from dataclasses import replace

from atl_core.drafts.draft import Draft
from atl_core.drafts.options import OptionSet
from atl_core.edits.choices import LineByLine, Options, Take
from atl_core.edits.request import Request
from atl_core.edits.writing import Write
from atl_core.errors import DraftError
from atl_core.studio import Studio
from bot.answers import Changed


def offers(request: Request) -> bool:
    """Whether the answer to a request is lines to choose from."""
    writes = isinstance(request, Write) and request.wish.options
    return writes or isinstance(request, Options | LineByLine)


async def with_its_line(studio: Studio, request: Options, draft: Draft, owner: str) -> Options:
    """The request with the line that it is about, which is that of the last options if none is
    named."""
    if request.line is not None and request.like is None:
        return request
    latest = await _latest(studio, draft, owner, request.line, request.offer)
    if request.like is not None:
        latest.chosen(request.like)
    return replace(request, line=latest.place_in(draft))


async def take(studio: Studio, request: Take, draft: Draft, owner: str) -> Changed:
    """Put an option in its place. Where the draft is written line by line, the next one follows."""
    latest = await _latest(studio, draft, owner, request.line, request.offer)
    line = latest.place_in(draft) if request.line is None else request.line
    text = latest.chosen(request.option).text
    after = draft
    if not 1 <= line <= len(draft.lines) or draft.lines[line - 1].text != text:
        taken = replace(request, line=line, text=text)
        after = await studio.pipeline.edit(taken, draft, owner=owner)
    left = latest.goal - len(after.lines)
    goes_on = left > 0 and line == len(after.lines)
    return Changed(request, after, draft, LineByLine(left) if goes_on else None, latest)


async def _latest(
    studio: Studio, draft: Draft, owner: str, line: int | None, offer: str = ""
) -> OptionSet:
    """The options that were offered last: for a line, or for any if none is named.

    Raises:
        DraftError: there are none.
    """
    for known in await studio.drafts.options.of_draft(draft.id, owner):
        if offer == known.id or (not offer and line in (None, known.line, known.place_in(draft))):
            return known
    if line is None:
        raise DraftError("No options are at hand.", remedy="Name a line: options for line 3.")
    raise DraftError(
        f"No options were offered for line {line}.",
        remedy=f"Ask for some: options for line {line}.",
    )
