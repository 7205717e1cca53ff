"""`/help` and `/rhymes`: what is answered at once, without a draft."""

from __future__ import annotations

from typing import Final

from discord import app_commands
from discord.app_commands import Range
from discord.app_commands import locale_str as _

from bot.discord.client import Feature, Interaction
from bot.discord.context import acknowledge, of_interaction
from bot.discord.perform import show_help, show_rhymes
from bot.rhymes import find_rhymes


@app_commands.command(name=_("help"), description=_("What I do, with an example"))
async def help_(interaction: Interaction) -> None:
    await show_help(of_interaction(interaction))


@app_commands.command(name=_("rhymes"), description=_("Find words that rhyme"))
@app_commands.describe(word=_("The word to rhyme with"))
@app_commands.rename(word=_("word"))
async def rhymes(interaction: Interaction, word: Range[str, 1, 60]) -> None:
    context = await acknowledge(interaction)
    await show_rhymes(context, await find_rhymes(None, word))


FEATURE: Final = Feature(commands=(rhymes, help_))
