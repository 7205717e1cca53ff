"""What the commands share: an open studio, progress, JSON, files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from atl_core.errors import UserError
from atl_core.files import read_bounded, write_whole
from bot.clean import clean, escaped

if TYPE_CHECKING:
    from atl_core.drafts.diff import Comparison
    from atl_core.drafts.draft import Draft
    from atl_core.progress import OnProgress
    from atl_core.studio import Studio

T = TypeVar("T")

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def in_studio(work: Callable[[Studio], Awaitable[T]]) -> T:
    """Run `work` with an open studio."""
    from atl_core.settings import load_settings
    from atl_core.studio import open_studio

    async def run() -> T:
        async with open_studio(load_settings()) as studio:
            return await work(studio)

    return asyncio.run(run())


def watched(work: Callable[[Studio, OnProgress], Awaitable[T]]) -> T:
    """Run a job with an open studio, its progress shown in a terminal."""
    from bot.progress import shown

    with shown() as on_progress:
        return in_studio(lambda studio: work(studio, on_progress))


force = click.option("--force", is_flag=True, help="Write over a file that is there.")


def write_file(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Raises `UserError` where the file cannot be written, or is there and may not be replaced."""
    try:
        write_whole(path, data, replace=replace)
    except FileExistsError as error:
        raise UserError(
            f"{path} is there already.", remedy="Name another file, or add --force."
        ) from error
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}.",
            remedy="Name a file in another folder.",
        ) from error


def read_file(path: Path, most: int, accepted: str) -> bytes:
    """Raises `UserError` for what cannot be read, is no file, or has more than `most` bytes."""
    try:
        return read_bounded(path, most)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", accepted) from error


def say(text: str) -> None:
    """Print a text that may hold names of files or what somebody typed."""
    click.echo(clean(text))


def print_json(value: Any) -> None:
    click.echo(escaped(json.dumps(value, ensure_ascii=False, indent=2)))


def show_draft(draft: Draft, as_json: bool, changed: Comparison | None = None) -> None:
    if as_json:
        print_json(draft_json(draft, changed))
        return
    from bot.render.console import console
    from bot.render.drafts import render_draft

    console().print(render_draft(draft, changed))


def draft_json(draft: Draft, changed: Comparison | None) -> dict[str, Any]:
    """The draft, and where it is known the numbers of the lines that the last request changed."""
    return draft.to_json() | ({"changed": list(changed.changed)} if changed else {})
