"""How things are, for `/status`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.discord.cards import QUIET
from bot.discord.interactions import latencies
from bot.discord.limits import CHOICE, FIELD, clip, plain
from bot.discord.progress import duration
from bot.discord.texts import count, say

if TYPE_CHECKING:
    from atl_core.jobs.job import Job
    from bot.discord.access import Scene

PARTS: Final[Mapping[str, int]] = {"listen": 1, "write": 8, "judge": 1, "save": 1}
"""What a song of eight lines takes of each stage."""


def links_version() -> str:
    """Which yt-dlp is installed; it is upgraded by itself, so it is looked up each time."""
    try:
        return metadata.version("yt-dlp")
    except metadata.PackageNotFoundError:
        return "—"


def embed(
    told: Mapping[str, Any], jobs: Sequence[Job], scene: Scene, *, links: str
) -> discord.Embed:
    """The queue, the workers, what is the asker's, and how quick the answers are.

    `told` is the studio's health report, and `links` the version that `links_version` gave; empty
    where links are off.
    """
    locale = scene.locale
    shown = discord.Embed(title=say("status.title", locale), colour=QUIET)
    queue = say(
        "status.queue.row", locale, queued=told.get("queued", 0), running=told.get("running", 0)
    )
    shown.add_field(name=say("status.queue", locale), value=queue)
    shown.add_field(name=say("status.workers", locale), value=_workers(told["workers"], locale))
    if (seconds := _song(told.get("seconds_a_part", {}))) is not None:
        takes = say("status.song.row", locale, time=duration(seconds, locale))
        shown.add_field(name=say("status.song", locale), value=takes)
    followed = (
        say("status.links.on", locale, version=links) if links else say("settings.off", locale)
    )
    shown.add_field(name=say("settings.links", locale), value=followed)
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


def _workers(workers: Sequence[Mapping[str, Any]], locale: str) -> str:
    """How many; hosts and processes are nobody's business in a channel."""
    if not workers:
        return say("status.workers.none", locale)
    return count(len(workers), "worker", locale)


def _song(seconds_a_part: Mapping[str, float]) -> float | None:
    """Seconds that eight lines take by what was measured lately; None before anything was."""
    if not seconds_a_part.keys() >= PARTS.keys():
        return None
    return sum(parts * seconds_a_part[stage] for stage, parts in PARTS.items())


def _at(times: Sequence[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))]
