"""Commands that change a draft: continue, rewrite, lock, undo, and whatever can be said."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from atl_core.drafts.names import LOCAL
from atl_core.errors import DraftError, UserError
from bot.clean import clean
from bot.cli.common import as_json, draft_json, print_json, show_draft, watched

if TYPE_CHECKING:
    from collections.abc import Callable

    from atl_core.drafts.draft import Draft
    from atl_core.edits.line_ranges import LineRange
    from atl_core.edits.request import Request
    from atl_core.progress import OnProgress
    from atl_core.studio import Studio
    from bot.answers import Answer

draft_argument = click.argument("draft_id", metavar="DRAFT")
lines_argument = click.argument("lines", metavar="LINES")


def edit(draft_id: str, request: Request, as_json: bool) -> None:
    """Do what was asked of a draft and show it as it is then."""
    from bot.answers import Changed

    answer = answered(draft_id, lambda _: request)
    assert isinstance(answer, Changed)
    show_draft(answer.draft, as_json, answer.comparison)


def answered(draft_id: str, read: Callable[[Draft], Request]) -> Answer:
    """The answer to the request that `read` makes of the draft."""
    from bot import dispatch

    async def ask(studio: Studio, on_progress: OnProgress) -> Answer:
        opened = await studio.drafts.open(draft_id, LOCAL)
        run = dispatch.inline(studio, on_progress)
        request = read(opened.draft)
        return await dispatch.dispatch(studio, request, dispatch.Asker(), opened, run)

    return watched(ask)


def answered_without_draft(request: Request) -> Answer:
    """The answer to a request about what is kept for all drafts."""
    from bot import dispatch

    async def ask(studio: Studio, on_progress: OnProgress) -> Answer:
        run = dispatch.inline(studio, on_progress)
        return await dispatch.dispatch(studio, request, dispatch.Asker(), None, run)

    return watched(ask)


@click.command(name="continue")
@draft_argument
@click.argument("count", metavar="[N]", default=4)
@as_json
def continue_(draft_id: str, count: int, as_json: bool) -> None:
    """Write N more lines (default 4) below DRAFT."""
    from atl_core.edits.writing import Continue

    edit(draft_id, Continue(count), as_json)


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
    from atl_core.edits.writing import Rewrite
    from bot.phrases import fields

    where = parse_lines(lines)
    if not words:
        edit(draft_id, Rewrite(where), as_json)
        return
    how = " ".join(words)
    show(answered(draft_id, lambda draft: fields.rewrite(where, how, len(draft.lines))), as_json)


@click.command()
@draft_argument
@lines_argument
@as_json
def lock(draft_id: str, lines: str, as_json: bool) -> None:
    """Keep LINES (3, 3-6, hook, all) of DRAFT through every rewrite."""
    from atl_core.edits.lines import Lock

    edit(draft_id, Lock(parse_lines(lines)), as_json)


@click.command()
@draft_argument
@lines_argument
@as_json
def unlock(draft_id: str, lines: str, as_json: bool) -> None:
    """Let LINES (3, 3-6, hook, all) of DRAFT be rewritten again."""
    from atl_core.edits.lines import Unlock

    edit(draft_id, Unlock(parse_lines(lines)), as_json)


@click.command()
@draft_argument
@as_json
def undo(draft_id: str, as_json: bool) -> None:
    """Go back to the version that DRAFT was made from."""
    from atl_core.edits.versions import Undo

    edit(draft_id, Undo(), as_json)


@click.command()
@draft_argument
@as_json
def redo(draft_id: str, as_json: bool) -> None:
    """Go forward again after an undo."""
    from atl_core.edits.versions import Redo

    edit(draft_id, Redo(), as_json)


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
    from bot.phrases import parse

    said = " ".join(words)
    show(answered(draft_id, lambda draft: parse(said, lines=len(draft.lines))), as_json)


@click.command()
@draft_argument
@click.argument("line", type=int, metavar="LINE")
@click.argument("how", nargs=-1, metavar="[HOW]")
@as_json
def options(draft_id: str, line: int, how: tuple[str, ...], as_json: bool) -> None:
    """Offer five lines to choose from for LINE of DRAFT, the present one first.

    \b
    Examples:
      atl options k7m2qd 3
      atl options k7m2qd 3 sadder
    """
    from atl_core.edits.choices import Options
    from atl_core.edits.line_ranges import AS_IT_IS
    from bot.answers import Offered
    from bot.phrases import fields

    manner = fields.manner(" ".join(how)) if how else AS_IT_IS
    answer = answered(draft_id, lambda _: Options(line, manner))
    assert isinstance(answer, Offered)
    if as_json:
        print_json(answer.options.to_json())
        return
    show(answer, as_json)


@click.command()
@draft_argument
@click.argument("line", type=int, metavar="LINE")
@click.argument("number", type=int, metavar="N")
@as_json
def take(draft_id: str, line: int, number: int, as_json: bool) -> None:
    """Put option N, of those that were offered for LINE of DRAFT last, in its place.

    Where the draft is written line by line (atl write --options), the next line is written then,
    with options of its own.
    """
    from atl_core.edits.choices import Take
    from bot.answers import Changed

    answer = answered(draft_id, lambda _: Take(number, line))
    if isinstance(answer, Changed) and answer.then:
        following = answer.then
        answer = answered(draft_id, lambda _: following)
    show(answer, as_json)


@click.command()
@click.argument("words", nargs=-1, metavar="[WORDS]")
@click.option("--allow", is_flag=True, help="Let WORDS come again.")
@as_json
def avoid(words: tuple[str, ...], allow: bool, as_json: bool) -> None:
    """Avoid WORDS in all your drafts, parted by commas; without any, list those that you avoid.

    \b
    Examples:
      atl avoid neon, city lights
      atl avoid --allow neon
    """
    from atl_core.edits.words import AllowWords, AvoidAlways, ShowAvoided
    from atl_core.lyrics.checks import parse_avoided
    from bot import answers
    from bot.render.lines import avoided_text

    named = parse_avoided(" ".join(words)) if words else ()
    if allow and not named:
        raise UserError(
            "--allow wants the words that may come again.",
            remedy="Say: atl avoid --allow neon. What you avoid is listed by: atl avoid.",
        )
    if allow:
        request: Request = AllowWords(named)
    else:
        request = AvoidAlways(named) if named else ShowAvoided()
    answer = answered_without_draft(request)
    assert isinstance(answer, answers.Avoided)
    if as_json:
        print_json({"avoid": list(answer.always)})
    else:
        click.echo(clean(avoided_text(answer.always, ())))


@click.command()
@click.argument("words", nargs=-1, metavar="[WORDS]")
@as_json
def sounds(words: tuple[str, ...], as_json: bool) -> None:
    """Say how you pronounce a word, in all your drafts; without WORDS, list what you said.

    \b
    Examples:
      atl sounds LA is L-A
      atl sounds say wind as in find
      atl sounds say wind as usual
    """
    from atl_core.edits.sounds import SayAs, SayAsUsual, ShowSounds
    from bot import answers
    from bot.phrases import parse
    from bot.render.lines import sounds_text

    request = parse(" ".join(words), lines=0) if words else ShowSounds()
    if not isinstance(request, SayAs | SayAsUsual | ShowSounds):
        raise UserError("That says no sound.", remedy="Say it like: atl sounds LA is L-A.")

    answer = answered_without_draft(request)
    assert isinstance(answer, answers.Sounds)
    if as_json:
        print_json({"sounds": [asdict(sound) for sound in answer.sounds]})
    else:
        click.echo(clean(sounds_text(answer.sounds)))


def show(answer: Answer, as_json: bool) -> None:
    from bot import answers
    from bot.answers import draft_after
    from bot.render.console import console
    from bot.terminal.show import lay_out

    if isinstance(answer, answers.AskFirst):
        raise UserError(
            "All of your drafts are removed only where you are asked once more.",
            remedy="Start atl chat and say there: forget me.",
        )
    shown = lay_out(answer)  # writes the file of an export
    if as_json:
        draft = draft_after(answer, getattr(answer, "draft", None))
        changed = answer.comparison if isinstance(answer, answers.Changed) else None
        told = draft_json(draft, changed) if draft else None
        if isinstance(answer, answers.Writers):
            who = [{"author": line.author, "revision": line.number} for line in answer.lines]
            told = {**(told or {}), "writers": who}
        if isinstance(answer, answers.Rhymed):
            told = {**(told or {}), "rhymes": [asdict(chain) for chain in answer.chains]}
        if isinstance(answer, answers.Offered):
            told = {**(told or {}), "offered": answer.options.to_json()}
        print_json(told)
        return
    console().print(shown)


def parse_lines(text: str) -> LineRange:
    """`3`, `3-6`, `1,3-4`, `all`, or the name of a section."""
    from atl_core.edits.line_ranges import Lines, Part, Whole

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


COMMANDS = (options, take, avoid, sounds, continue_, rewrite, lock, unlock, undo, redo, say)
