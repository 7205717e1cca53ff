"""How a listening looks in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.table import Table

from atl_core.audio.listening import SURE_OF_BARS, Listening

if TYPE_CHECKING:
    pass
from bot.render.genre import meter
from bot.render.words import tags

UNSURE_TEMPO = 0.5


def render_listening(listening: Listening) -> RenderableType:
    """What was heard in a beat."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    sure = "" if listening.tempo_confidence >= UNSURE_TEMPO else " (not sure)"
    same = abs(listening.tempo_heard / listening.tempo - 1) < 0.1
    made = "" if same else f", made at {listening.tempo_heard:.0f}"
    table.add_row("tempo", f"{listening.tempo:.0f} BPM{made}{sure}")
    where = "" if listening.bar_confidence >= SURE_OF_BARS else " (not sure where they start)"
    table.add_row(
        "bars", f"{listening.bars} of {listening.time_signature}, {listening.duration:.1f} s{where}"
    )
    clip = f"{listening.clip_start:.1f} to {listening.clip_end:.1f} s, which stands for the whole"
    table.add_row("clip", clip)
    table.add_row("key", listening.key)
    table.add_row("mood", f"{listening.mood}, {listening.energy} energy")
    table.add_row("tags", tags(listening.tags))
    if listening.genres:
        table.add_row("sounds like", _sounds_like(listening.genres))
    table.add_row("genre", meter(listening.genre))
    return table


def _sounds_like(genres: Mapping[str, float]) -> str:
    """The genres that have a tenth or more, at least the first."""
    likeliest = sorted(genres.items(), key=lambda item: -item[1])
    shown = [pair for pair in likeliest if pair[1] >= 0.1] or likeliest[:1]
    return ", ".join(f"{name} {share:.0%}" for name, share in shown)
