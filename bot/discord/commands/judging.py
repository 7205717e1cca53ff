"""`/genre`: which genre lyrics are of, which words and lines say so, and a picture of it."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import Range
from discord.app_commands import locale_str as _

from atl_core.errors import UserError
from bot.discord import cards, drawing, forms
from bot.discord.asking import ByInteraction, by_interaction
from bot.discord.buttons import Pressed, handles
from bot.discord.cards import Card
from bot.discord.interactions import answered, ask, defer
from bot.discord.texts import say

if TYPE_CHECKING:
    from bot.discord.client import Partner

    Asked = discord.Interaction[Partner]

LONGEST_OPTION = 6000
PICTURE = "genre.png"


@app_commands.command(name=_("genre"), description=_("Judge how hip-hop or country lyrics are"))
@app_commands.describe(text=_("The lyrics; leave it out to paste many lines"))
@app_commands.rename(text=_("text"))
async def genre(interaction: Asked, text: Range[str, 1, LONGEST_OPTION] | None = None) -> None:
    async def work() -> None:
        if text is None:
            await ask(interaction, forms.genre(interaction.locale.value))
            return
        await judge(by_interaction(interaction, progress=await defer(interaction)), text)

    await answered(interaction, work())


@handles("genre")
async def pasted(interaction: Asked, pressed: Pressed) -> None:  # noqa: ARG001
    asking = by_interaction(interaction, progress=await defer(interaction))
    await judge(asking, forms.values(interaction).get("text", ""))


@app_commands.context_menu(name=_("Which genre is this?"))
async def genre_of(interaction: Asked, message: discord.Message) -> None:
    async def work() -> None:
        asking = by_interaction(interaction, progress=await defer(interaction))
        await judge(asking, cards.lyrics_in(message))

    await answered(interaction, work())


async def judge(asking: ByInteraction, text: str) -> None:
    """Say which genre a text is of, and offer the picture of it."""
    locale = asking.scene.locale
    if not text.strip():
        raise UserError(say("genre.empty", locale))
    verdict = await asking.client.studio.judge(text)
    asking.client.judged.keep(asking.key, text)
    await asking.tell(card=cards.verdict(verdict, locale, asking.key))


@handles("picture")
async def picture(interaction: Asked, pressed: Pressed) -> None:
    text = interaction.client.judged.get(pressed.about)
    if text is None:  # from before a restart, or long ago: lyrics of others are not stored
        await ask(interaction, forms.picture(interaction.locale.value))
        return
    await _show(by_interaction(interaction, progress=await defer(interaction)), text)


@handles("pictured")
async def pasted_again(interaction: Asked, pressed: Pressed) -> None:  # noqa: ARG001
    asking = by_interaction(interaction, progress=await defer(interaction))
    await _show(asking, forms.values(interaction).get("text", ""))


async def _show(asking: ByInteraction, text: str) -> None:
    locale = asking.scene.locale
    verdict = await asking.client.studio.judge(text)
    async with asking.client.drawing:
        drawn = await asyncio.to_thread(drawing.draw, text)
    told = cards.described(verdict, locale)
    file = discord.File(io.BytesIO(drawn), PICTURE, description=told)
    await asking.tell(card=Card([], None, [file]))


COMMANDS: tuple[Any, ...] = (genre, genre_of)
