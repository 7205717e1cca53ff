"""The command that shows where the words fall: flow."""

from __future__ import annotations

from pathlib import Path

import click

from atl_core.drafts.names import LOCAL
from bot.cli.common import as_json, in_studio, print_json, write_file


@click.command()
@click.argument("draft_id", metavar="DRAFT")
@click.option("--picture", type=click.Path(path_type=Path), help="Draw it, as a PNG.")
@as_json
def flow(draft_id: str, picture: Path | None, as_json: bool) -> None:
    """Show where each syllable of DRAFT falls on the beat.

    Under a ruler that counts the bar (1 e & a 2 e & a) each syllable stands at its place; a mark
    (ˈ) is before the stressed ones.

    \b
    Example:
      atl flow k7m2qd --picture flow.png
    """
    draft = in_studio(lambda studio: studio.drafts.get(draft_id, LOCAL))
    if picture:
        from atl_core.flow.picture import draw

        about = f"{draft.brief.tempo:g} BPM · {draft.brief.genre}"
        drawn = draw(draft.title, about, draft.lines, draft.flow(), draft.brief.beats_per_bar)
        write_file(picture, drawn)
    if as_json:
        whole = draft.to_json()
        print_json({name: whole[name] for name in ("draft", "title", "revision", "lines")})
        return
    from bot.render.console import console
    from bot.render.lines import render_flow

    console().print(render_flow(draft))


COMMANDS = (flow,)
