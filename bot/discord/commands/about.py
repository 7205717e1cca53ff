"""`/rhymes`, `/status` and `/help`: what is answered at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import Range
from discord.app_commands import locale_str as _

from bot.discord import access, acting, buttons, cards, guide, health
from bot.discord.asking import by_interaction
from bot.discord.interactions import answered, defer, tell

if TYPE_CHECKING:
    from bot.discord.client import Partner

    Asked = discord.Interaction[Partner]


@app_commands.command(name=_("rhymes"), description=_("Find words that rhyme"))
@app_commands.describe(word=_("The word to rhyme with"))
@app_commands.rename(word=_("word"))
async def rhymes(interaction: Asked, word: Range[str, 1, 60]) -> None:
    async def work() -> None:
        asking = by_interaction(interaction, progress=await defer(interaction))
        await acting.tell_rhymes(asking, None, word)

    await answered(interaction, work())


@app_commands.command(name=_("status"), description=_("The queue, the workers, and what is yours"))
async def status(interaction: Asked) -> None:
    async def work() -> None:
        asking = by_interaction(interaction, progress=await defer(interaction))
        scene = asking.scene
        jobs = await asking.client.studio.jobs(owner="" if scene.moderator else scene.owner)
        here = [
            job
            for job in jobs
            if job.owner == scene.owner or job.address.get("server") == str(scene.server)
        ]
        told = await asking.client.studio.health()
        settings = await access.settings_of(asking.client, scene)
        followed = asking.client.settings.links and settings.links
        links = await asyncio.to_thread(health.links_version) if followed else ""
        embed = health.embed(told, here, scene, links=links)
        view = buttons.of_jobs([(job.id, job.asked) for job in here], scene.locale)
        await asking.tell(card=cards.Card([embed], view if here else None))

    await answered(interaction, work())


@app_commands.command(name=_("help"), description=_("What I do, with an example"))
async def help_(interaction: Asked) -> None:
    async def work() -> None:
        card = guide.card(interaction.locale.value)
        await tell(interaction, **card.options())

    await answered(interaction, work())


COMMANDS: tuple[Any, ...] = (rhymes, status, help_)
