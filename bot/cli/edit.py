"""Commands that revise a draft: rewrite, lock, undo, and anything that can be said in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from atl_core.errors import DraftError, UserError
from bot.cli.song import as_json, print_json, show_draft, watched

if TYPE_CHECKING:
    from atl_core.drafts.draft import Draft
    from atl_core.edits import Request
    from atl_core.line_ranges import LineRange
    from atl_core.progress import OnProgress
    from atl_core.studio import Studio
    from bot.dispatch import Answer

draft_argument = click.argument("draft_id", metavar="DRAFT")
lines_argument = click.argument("lines", metavar="LINES")


def perform(draft_id: str, request: Request, as_json: bool) -> None:
    """Do what was asked and show the draft as it is then."""
    draft: Draft = watched(
        lambda studio, on_progress: studio.perform(
            request, draft_id=draft_id, on_progress=on_progress
        )
    )
    show_draft(draft, as_json)


@click.command()
@draft_argument
@lines_argument
@click.argument("words", nargs=-1, metavar="[WORDS]")
@as_json
def rewrite(draft_id: str, lines: str, words: tuple[str, ...], as_json: bool) -> None:
    """Write LINES of DRAFT anew, as it is or sadder, shorter, ...

    LINES are named like 3, 3-6, 1,4, hook or all; locked ones stay as they are.

    \b
    Examples:
      atl rewrite k7m2qd 3
      atl rewrite k7m2qd 3-6 sadder
      atl rewrite k7m2qd all more country
    """
    from atl_core.edits import Rewrite

    request = Rewrite(read_place(lines))
    if words:
        _say(draft_id, f"{request.describe()}, {' '.join(words)}", as_json)
    else:
        perform(draft_id, request, as_json)


@click.command()
@draft_argument
@lines_argument
@as_json
def lock(draft_id: str, lines: str, as_json: bool) -> None:
    """Keep LINES (3, 3-6, hook, all) of DRAFT through every rewrite."""
    from atl_core.edits import Lock

    perform(draft_id, Lock(read_place(lines)), as_json)


@click.command()
@draft_argument
@lines_argument
@as_json
def unlock(draft_id: str, lines: str, as_json: bool) -> None:
    """Let LINES (3, 3-6, hook, all) of DRAFT be rewritten again."""
    from atl_core.edits import Unlock

    perform(draft_id, Unlock(read_place(lines)), as_json)


@click.command()
@draft_argument
@as_json
def undo(draft_id: str, as_json: bool) -> None:
    """Go back to the version that DRAFT was made from."""
    from atl_core.edits import Undo

    perform(draft_id, Undo(), as_json)


@click.command()
@draft_argument
@as_json
def redo(draft_id: str, as_json: bool) -> None:
    """Go forward again after an undo."""
    from atl_core.edits import Redo

    perform(draft_id, Redo(), as_json)


@click.command()
@draft_argument
@click.argument("words", nargs=-1, required=True, metavar="WORDS")
@as_json
def say(draft_id: str, words: tuple[str, ...], as_json: bool) -> None:
    """Ask anything of DRAFT in plain words, as in the chat.

    \b
    Examples:
      atl say k7m2qd make line 2 rhyme with fire
      atl say k7m2qd swap lines 2 and 3
      atl say k7m2qd add a hook
    """
    _say(draft_id, " ".join(words), as_json)


def _say(draft_id: str, said: str, as_json: bool) -> None:
    from atl_core.edits import ForgetMe
    from bot.dispatch import answer
    from bot.phrases import parse

    async def ask(studio: Studio, on_progress: OnProgress) -> Answer:
        draft = await studio.show(draft_id)
        request = parse(said, lines=len(draft.lines))
        if isinstance(request, ForgetMe):
            raise UserError(
                "All of your drafts are removed only where you are asked once more.",
                remedy="Start atl chat and say there: forget me.",
            )
        return await answer(studio, request, draft, on_progress)

    answered = watched(ask)
    if as_json:
        print_json(answered.draft.to_json() if answered.draft else None)
        return
    from bot import render

    render.console().print(answered.shown)


def read_place(text: str) -> LineRange:
    """`3`, `3-6`, `1,3-4`, `all`, or the name of a section."""
    from atl_core.line_ranges import Lines, Part, Whole

    text = " ".join(text.split()).casefold()
    if text in ("all", "everything"):
        return Whole()
    if not re.match(r"\d", text):
        return Part(text)
    numbers: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part.strip())
        if not found or int(found[1]) > int(found[2] or found[1]):
            raise DraftError(
                f"“{text[:20]}” names no lines.", "Lines are named like 3, 3-6 or 1,3-4; or all."
            )
        numbers |= set(range(int(found[1]), int(found[2] or found[1]) + 1))
    return Lines(tuple(sorted(numbers)))


COMMANDS = (rewrite, lock, unlock, undo, redo, say)
