"""How things are, for `/status`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import discord

from bot.discord.cards import QUIET
from bot.discord.interactions import latencies
from bot.discord.limits import CHOICE, FIELD, clip, plain
from bot.discord.texts import say

if TYPE_CHECKING:
    from atl_core.jobs.job import Job
    from bot.discord.access import Scene


def embed(told: Mapping[str, Any], jobs: Sequence[Job], scene: Scene) -> discord.Embed:
    """The queue, the workers, what is the asker's, and how quick the answers are."""
    locale = scene.locale
    shown = discord.Embed(title=say("status.title", locale), colour=QUIET)
    for name, value in told.items():
        if text := _told(value):
            shown.add_field(name=plain(name.replace("_", " ").capitalize()), value=text)
    if times := sorted(latencies):
        row = say("status.latency.row", locale, p50=_at(times, 0.5), p99=_at(times, 0.99))
        shown.add_field(name=say("status.latency", locale), value=row, inline=False)
    rows = [
        say(
            "status.row",
            locale,
            asked=clip(plain(job.asked), CHOICE),
            state=say(f"state.{job.state}", locale),
        )
        for job in jobs[:10]
    ]
    key = "status.here" if scene.moderator else "status.yours"
    listed = clip("\n".join(rows), FIELD) or say("status.nothing", locale)
    shown.add_field(name=say(key, locale), value=listed, inline=False)
    return shown


def _at(times: Sequence[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))]


def _told(value: Any) -> str:
    """A value of the studio's health report in a few words."""
    if isinstance(value, Mapping):
        value = ", ".join(f"{name} {_told(inner)}" for name, inner in value.items())
    elif isinstance(value, list | tuple):
        value = "\n".join(filter(None, map(_told, value))) or "—"
    elif isinstance(value, bool):
        value = "✓" if value else "—"
    elif isinstance(value, float):
        value = f"{value:.1f}"
    return clip(plain(str(value)), FIELD) if value is not None else ""
