"""How drafts, their lists and their versions look in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from atl_core.audio.listening import Listening
from atl_core.drafts.diff import Comparison
from atl_core.drafts.draft import Draft
from atl_core.drafts.listing import Change, Page
from atl_core.edits.line_ranges import Lines
from atl_core.genre.verdict import (
    disagreement,
)

if TYPE_CHECKING:
    pass
from bot.render.genre import render_verdict
from bot.render.lines import render_lines
from bot.render.words import COLOURS, count, tags


def render_draft(draft: Draft, changed: Comparison | None = None) -> RenderableType:
    """A draft in full: its head, its numbered lines, what `changed` of them, and the verdict."""
    head = Text(draft.title, style="bold")
    head.append(f"   draft {draft.id}, version {draft.revision}", style="dim")
    return Group(
        head,
        Text(brief_text(draft), style="dim"),
        Text(_heard(draft.listening), style="dim"),
        Padding(render_lines(draft.lines, draft.sections, changed), (1, 0)),
        render_verdict(draft.verdict),
        *filter(None, [_disagreement(draft), _after_sound(draft)]),
    )


def _disagreement(draft: Draft) -> Text | None:
    """`The beat sounds 87% hip-hop, these words read 71% country.`, where they differ."""
    heard, read = draft.listening.genre, draft.verdict.genre
    if not (found := disagreement(heard, read)):
        return None
    beat, text = found
    return Text.assemble(
        "The beat sounds ",
        (f"{heard[beat]:.0%} {beat}", COLOURS[beat]),
        ", these words read ",
        (f"{read[text]:.0%} {text}", COLOURS[text]),
        ".",
    )


def _after_sound(draft: Draft) -> Text | None:
    """`After the last sound of the beat (0:21): lines 9-16.`, where there are such lines."""
    if not (after := draft.lines_after_sound()):
        return None
    end, lines = draft.sound_ends, Lines(after).describe()
    return Text(f"After the last sound of the beat ({end}): {lines}.")


def render_page(page: Page, command: str, nothing: str = "No drafts yet.") -> RenderableType:
    """A list of drafts; `command` and a number is what shows another page."""
    if not page.items:
        return Text(nothing if page.total == 0 else "No drafts on this page.")
    table = Table.grid(padding=(0, 2))
    for item in page.items:
        if not item.readable:
            unreadable = Text("unreadable", style="red")
            table.add_row(Text(item.id, style="bold"), Text(item.title), unreadable)
            continue
        table.add_row(
            Text(item.id, style="bold"),
            Text(item.title),
            Text(item.genre, style=COLOURS[item.genre]),
            Text(count(item.lines, "line"), style="dim"),
            Text(f"{item.updated.astimezone():%Y-%m-%d %H:%M}", style="dim"),
            Text(item.opening, style="italic", overflow="ellipsis", no_wrap=True),
        )
    below = [
        Text(
            f"Keep what is stored of {item.id} with: atl drafts export {item.id} --raw\n"
            f"Delete it with: atl drafts delete {item.id}",
            style="dim",
        )
        for item in page.items
        if not item.readable
    ]
    if page.page < page.pages:
        more = f"Page {page.page} of {page.pages}. More with: {command} {page.page + 1}"
        below.append(Text(more, style="dim"))
    return Group(table, *below)


def render_history(changes: Sequence[Change]) -> RenderableType:
    """Every version of a draft, the current one marked."""
    table = Table.grid(padding=(0, 1))
    for change in changes:
        table.add_row(
            Text(">" if change.current else " ", style="bold"),
            Text(str(change.number)),
            Text(f"from {change.parent}" if change.parent else "", style="dim"),
            Text(change.asked),
            Text(f"{change.created.astimezone():%Y-%m-%d %H:%M}", style="dim"),
        )
    return table


def brief_text(draft: Draft) -> str:
    """What is asked for, in a line."""
    brief = draft.brief
    parts = [
        f"{brief.genre}, {brief.mood}, {brief.energy} energy",
        f"rhymes {brief.scheme}, {brief.syllables} syllables a line",
    ]
    if brief.tempo != draft.listening.tempo:
        parts.append(f"{brief.tempo:g} BPM")
    if brief.seed_words:
        parts.append(f"from: {' '.join(brief.seed_words)}")
    if draft.tags:
        parts.append(" ".join(f"#{tag}" for tag in draft.tags))
    return " · ".join(parts)


def _heard(listening: Listening) -> str:
    if not listening.is_beat:
        return "no beat yet: set the beat to beat.mp3"
    return (
        f"{listening.tempo:.0f} BPM, {listening.key}, {count(listening.bars, 'bar')} · "
        f"tags: {tags(listening.tags)}"
    )
