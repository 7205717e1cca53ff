"""Commands for saved work: the `drafts` group."""

from __future__ import annotations

import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from atl_core.drafts.names import LOCAL
from atl_core.errors import BeatError
from bot.cli.common import (
    as_json,
    force,
    in_studio,
    print_json,
    read_file,
    say,
    show_draft,
    write_file,
)

if TYPE_CHECKING:
    from atl_core.drafts.listing import Page
    from atl_core.studio import Studio
    from bot.answers import File

NOT_FOUND: Final = "No draft has those words."

page_option = click.option(
    "--page", default=1, show_default=True, type=click.IntRange(min=1), metavar="N"
)


@click.group()
def drafts() -> None:
    """Saved drafts: list, show, search, diff, export, import."""


@drafts.command(name="list")
@page_option
@as_json
def list_(page: int, as_json: bool) -> None:
    """List your drafts, last changed first."""
    _show_page(
        in_studio(lambda studio: studio.drafts.list(LOCAL, page=page)),
        "atl drafts list --page",
        as_json,
    )


@drafts.command()
@click.argument("words", nargs=-1, required=True)
@page_option
@as_json
def search(words: tuple[str, ...], page: int, as_json: bool) -> None:
    """Find drafts by words of their title, tags, seed words or lines."""
    wanted = " ".join(words)
    found = in_studio(lambda studio: studio.drafts.search(LOCAL, wanted, page=page))
    _show_page(found, f"atl drafts search {shlex.join(words)} --page", as_json, NOT_FOUND)


@drafts.command()
@click.argument("draft_id", metavar="DRAFT")
@click.option("--version", "revision", type=int, metavar="N", help="An earlier version of it.")
@as_json
def show(draft_id: str, revision: int | None, as_json: bool) -> None:
    """Show DRAFT with its line numbers, syllables, rhymes and verdict."""
    show_draft(
        in_studio(lambda studio: studio.drafts.get(draft_id, LOCAL, revision=revision)), as_json
    )


@drafts.command()
@click.argument("draft_id", metavar="DRAFT")
@click.argument("first", type=int, required=False, metavar="[VERSION")
@click.argument("second", type=int, required=False, metavar="[VERSION]]")
@as_json
def diff(draft_id: str, first: int | None, second: int | None, as_json: bool) -> None:
    """Say how two versions of DRAFT differ, word by word.

    Without versions: the current one and the one that it was made from.
    """
    from atl_core.drafts.diff import as_plain, as_rich

    found = in_studio(lambda studio: studio.drafts.diff(draft_id, LOCAL, first, second))
    if as_json:
        print_json({**asdict(found), "summary": found.summary()})
    elif sys.stdout.isatty():
        from bot.render.console import console

        console().print(as_rich(found))
    else:
        say(as_plain(found))


@drafts.command()
@click.argument("draft_id", metavar="DRAFT")
@click.option(
    "--format",
    "format_",
    default="txt",
    show_default=True,
    type=click.Choice(
        "txt lrc elrc srt ass ttml midi labels csv chordpro pdf json html mp4".split()
    ),
)
@click.option(
    "--beat", type=click.Path(path_type=Path), metavar="FILE", help="The beat, for html and mp4."
)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="- is stdout.")
@click.option("--syllables", is_flag=True, help="Count them, in txt and pdf.")
@click.option("--raw", is_flag=True, help="All that is stored, even of an unreadable draft.")
@force
def export(
    draft_id: str,
    format_: str,
    output: Path | None,
    beat: Path | None,
    syllables: bool,
    raw: bool,
    force: bool,
) -> None:
    """Write DRAFT to a file, named after its title unless told otherwise.

    html is a page that plays the beat and lights every syllable; mp4 is a video to rehearse with.
    Both take the beat's file.

    \b
    Examples:
      atl drafts export k7m2qd
      atl drafts export k7m2qd --format lrc --output song.lrc
      atl drafts export k7m2qd --format mp4 --beat beat.mp3
    """
    from atl_core.edits.export import REHEARSAL_FORMATS, Rehearse
    from bot.answers import File
    from bot.cli.edit import answered
    from bot.files import export_file, raw_file

    async def made(studio: Studio) -> File:
        if raw:
            stored = await studio.drafts.raw(draft_id, LOCAL)
            return raw_file(draft_id, stored)
        draft = await studio.drafts.get(draft_id, LOCAL)
        return await export_file(draft, format_, syllables=syllables)

    rehearsal = next((kind for kind in REHEARSAL_FORMATS if kind == format_), None)
    if rehearsal and not raw:
        if beat is None:
            raise BeatError(
                f"A draft as {format_} needs the beat.",
                f"Give its file: atl drafts export {draft_id} --format {format_} --beat FILE",
            )
        given = str(beat)
        answer = answered(draft_id, lambda _: Rehearse(given, rehearsal))
        assert isinstance(answer, File)
        file = answer
    else:
        file = in_studio(made)
    if output == Path("-"):
        click.echo(file.data, nl=False)
        return
    path = output or Path(file.name)
    write_file(path, file.data, replace=force)
    say(f"Written to {path}")
    if file.part:
        from bot.terminal.show import part_of_song

        say(part_of_song(file.part))


@drafts.command()
@click.argument("draft_id", metavar="DRAFT")
def delete(draft_id: str) -> None:
    """Delete DRAFT, whether it can be read or not. For a day it can be brought back."""
    in_studio(lambda studio: studio.drafts.discard(draft_id, LOCAL))
    click.echo(f"Draft {draft_id} is deleted.")


@drafts.command(name="import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@as_json
def import_(file: Path, as_json: bool) -> None:
    """Save the draft in FILE, which was exported as JSON, as a new one."""
    from atl_core.drafts.import_json import MAX_BYTES

    accepted = "A file that `atl drafts export DRAFT --format json` wrote is accepted."
    data = read_file(file, MAX_BYTES, accepted)
    from atl_core.drafts.import_json import import_draft

    values = import_draft(data)
    show_draft(in_studio(lambda studio: studio.drafts.create(LOCAL, **values)), as_json)


@drafts.command()
@click.argument("draft_id", metavar="DRAFT")
@as_json
def history(draft_id: str, as_json: bool) -> None:
    """List every version of DRAFT and what was asked for."""
    found = in_studio(lambda studio: studio.drafts.history(draft_id, LOCAL))
    if as_json:
        print_json([change.to_json() for change in found])
        return
    from bot.render.console import console
    from bot.render.drafts import render_history

    console().print(render_history(found))


def _show_page(page: Page, command: str, as_json: bool, nothing: str = "No drafts yet.") -> None:
    if as_json:
        print_json(
            {
                "drafts": [item.to_json() for item in page.items],
                "page": page.page,
                "pages": page.pages,
                "total": page.total,
            }
        )
        return
    from bot.render.console import console
    from bot.render.drafts import render_page

    console().print(render_page(page, command, nothing))


COMMANDS = (drafts,)
