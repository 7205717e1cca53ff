"""The help: what to do first, shown by what it really gave once."""

from __future__ import annotations

from typing import Final

import discord

from bot.discord.cards import QUIET, Card
from bot.discord.texts import say

EXAMPLE: Final = """\
` 1` Midnight train whistle, it's lonesome night
` 2` And the country boy comes back to me
` 3` With a bell to let us know the light
` 4` To say that I'm not afraid to be free"""
"""What `make demo` wrote for the second of its two beats, as in the README; unedited."""


def card(locale: str) -> Card:
    rows = (
        say("help.start", locale),
        f">>> {EXAMPLE}",
    )
    embed = discord.Embed(title=say("help.title", locale), description="\n".join(rows))
    embed.colour = discord.Colour(QUIET)
    then = discord.Embed(
        description="\n\n".join(
            say(key, locale) for key in ("help.then", "help.commands", "help.privacy")
        ),
        colour=QUIET,
    )
    return Card([embed, then])
