"""The help: what to do first, shown by what it really gave once."""

from __future__ import annotations

from typing import Final

import discord

from bot.discord.cards import QUIET, Card
from bot.discord.texts import say

EXAMPLE: Final = """\
` 1` Midnight train, how I feel in this station, wake up
` 2` Shake my brain like a mirage, I'm hooked on a cup
` 3` And the mist in front of me, it's like a nightmare
` 4` And the streets are darkest, ain't no hope for despair"""
"""What `make demo` wrote for the first of its two beats, as in the README; unedited."""


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
