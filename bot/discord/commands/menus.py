"""The message menu that writes: a long press on somebody's message, then Apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from atl_core.errors import BeatError, BriefError
from atl_core.wish import AUTO, DEFAULT_LINES, Wish
from bot.discord import beats, forms
from bot.discord.asking import by_interaction
from bot.discord.buttons import Pressed, handles
from bot.discord.commands.writing import write
from bot.discord.interactions import answered, ask, defer
from bot.discord.texts import say

if TYPE_CHECKING:
    from bot.discord.client import Partner

    Asked = discord.Interaction[Partner]


@app_commands.context_menu(name=_("Write lyrics for this beat"))
async def write_for(interaction: Asked, message: discord.Message) -> None:
    async def work() -> None:
        locale = interaction.locale.value
        if beats.found_in(message) == (None, None):
            raise BeatError(say("beat.none_here", locale))
        interaction.client.seen.keep(message)
        await ask(interaction, forms.write(message.channel.id, message.id, locale))

    await answered(interaction, work())


@handles("write")
async def write_to(interaction: Asked, pressed: Pressed) -> None:
    asking = by_interaction(interaction, progress=await defer(interaction))
    asking.private = False
    locale = asking.scene.locale
    said = forms.values(interaction)
    lines = said.get("lines") or str(DEFAULT_LINES)
    if not lines.isdecimal():
        raise BriefError(say("form.write.lines.number", locale))
    wish = Wish.parse(
        seed_words=said.get("seed") or None,
        genre=said.get("genre") or AUTO,
        lines=int(lines),
    )
    message = await asking.client.seen.find(int(pressed.about), int(pressed.rest))
    if message is None:
        raise BeatError(say("beat.gone", locale))
    await write(asking, wish, *beats.found_in(message))


COMMANDS: tuple[Any, ...] = (write_for,)
