"""The help: what to do first, shown by what it really gave once."""

from __future__ import annotations

from typing import Final

import discord

from bot.discord.cards import QUIET, Card
from bot.discord.texts import say

EXAMPLE: Final = """\
` 1` Midnight train whistle, it's lonesome night
` 2` Lonesome day in the sleepy station
` 3` Whisper down the dark mountains moonlight
` 4` With the sun out of operation"""
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
