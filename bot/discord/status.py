"""`/status`: the queue, the workers, what is the asker's; and Cancel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any, Final

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from atl_core.errors import DraftError, UserError
from atl_core.jobs.job import Job
from bot.discord import interactions
from bot.discord.card import Card, Field, make_embed
from bot.discord.client import Feature, Interaction
from bot.discord.components import STYLE, Action, View, button
from bot.discord.context import Context, acknowledge
from bot.discord.escape import Markdown, escape, join
from bot.discord.interactions import latencies
from bot.discord.limits import CHOICE
from bot.discord.progress import duration
from bot.discord.texts import count

PARTS: Final[Mapping[str, int]] = {"listen": 1, "write": 8, "judge": 1, "save": 1}
"""What a song of eight lines takes of each stage."""
JOBS_SHOWN: Final = 10
CANCELS_SHOWN: Final = 5


@app_commands.command(name=_("status"), description=_("The queue, the workers, and what is yours"))
async def status(interaction: Interaction) -> None:
    context = await acknowledge(interaction)
    studio = context.client.studio
    jobs = await studio.queue.jobs(owner="" if context.moderator else context.owner)
    shown = [job for job in jobs if job.owner == context.owner or _is_here(context, job)]
    health = await studio.queue.health()
    followed = context.client.settings.links and (await context.server_settings()).links
    links = await asyncio.to_thread(links_version) if followed else ""
    cancels = [
        button(f"{context.say('cancel')}: {job.asked}", Action("cancel", job.id), STYLE.danger, row)
        for row, job in enumerate(
            [job for job in shown if not _is_secret(context, job)][:CANCELS_SHOWN]
        )
    ]
    card = Card([_embed(context, health, shown, links)], View(*cancels) if cancels else None)
    await context.respond.send(card=card)


async def cancel(interaction: Interaction, action: Action) -> None:
    """Under a job's progress and under `/status`."""
    context = await acknowledge(interaction, in_place=True)
    studio = context.client.studio
    owner = context.owner
    if context.moderator:
        jobs = await studio.queue.jobs()
        if any(job.id == action.subject and _may_moderate(context, job) for job in jobs):
            owner = ""
    try:
        job = await studio.queue.cancel(action.subject, owner=owner)
    except UserError as error:
        raise DraftError(context.say("cancel.not_yours")) from error
    if job.state in ("done", "failed"):
        await interactions.send(interaction, context.say("cancel.late"))


def _is_here(context: Context, job: Job) -> bool:
    """Whether a job was asked for in this channel. A moderator's rights are the channel's."""
    return context.server is not None and job.address.get("channel") == str(context.channel)


def _is_secret(context: Context, job: Job) -> bool:
    """Whether only the asker may see what was asked for."""
    return job.owner != context.owner and bool(job.address.get("private"))


def _may_moderate(context: Context, job: Job) -> bool:
    return _is_here(context, job) and not _is_secret(context, job)


def links_version() -> str:
    """Which yt-dlp is installed; it is upgraded by itself, so it is looked up each time."""
    try:
        return metadata.version("yt-dlp")
    except metadata.PackageNotFoundError:
        return "—"


def _embed(
    context: Context, health: Mapping[str, Any], jobs: Sequence[Job], links: str
) -> discord.Embed:
    """`health` is the studio's report, and `links` the version of yt-dlp; empty: links are off."""
    say = context.say
    queued, running = health.get("queued", 0), health.get("running", 0)
    fields = [
        Field(say("status.queue"), say("status.queue.row", queued=queued, running=running)),
        Field(say("status.workers"), _workers(context, health["workers"])),
    ]
    if (seconds := _song(health.get("seconds_a_part", {}))) is not None:
        takes = say("status.song.row", time=duration(seconds, context.locale))
        fields.append(Field(say("status.song"), takes))
    followed = say("status.links.on", version=links) if links else say("settings.off")
    fields.append(Field(say("settings.links"), followed))
    if times := sorted(latencies):
        row = say("status.latency.row", p50=_at(times, 0.5), p99=_at(times, 0.99))
        fields.append(Field(say("status.latency"), row, inline=False))
    rows = [
        say(
            "status.row",
            asked=say("status.private")
            if _is_secret(context, job)
            else escape(job.asked).clip(CHOICE),
            state=say(f"state.{job.state}"),
        )
        for job in jobs[:JOBS_SHOWN]
    ]
    listed = join("\n", rows) or say("status.nothing")
    key = "status.here" if context.moderator else "status.yours"
    fields.append(Field(say(key), listed, inline=False))
    return make_embed(say("status.title"), fields=fields)


def _workers(context: Context, workers: Sequence[Mapping[str, Any]]) -> Markdown:
    """How many there are; hosts and processes are not shown in a channel."""
    if not workers:
        return context.say("status.workers.none")
    return count(len(workers), "worker", context.locale)


def _song(seconds_a_part: Mapping[str, float]) -> float | None:
    """Seconds that eight lines take by what was measured lately; None before anything was."""
    if not seconds_a_part.keys() >= PARTS.keys():
        return None
    return sum(parts * seconds_a_part[stage] for stage, parts in PARTS.items())


def _at(times: Sequence[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))]


FEATURE: Final = Feature(commands=(status,), handlers={"cancel": cancel})
