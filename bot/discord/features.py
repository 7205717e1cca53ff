"""Every feature of the bot. `client.Client` takes its commands, buttons and forms from here."""

from __future__ import annotations

from typing import Final

from bot.discord import (
    about,
    drafts,
    genre,
    listen,
    lyrics,
    options,
    privacy,
    replies,
    revise,
    settings,
    share,
    status,
)
from bot.discord.client import Feature

FEATURES: Final[tuple[Feature, ...]] = tuple(
    module.FEATURE
    for module in (
        lyrics,
        listen,
        revise,
        options,
        drafts,
        share,
        genre,
        about,
        status,
        settings,
        privacy,
        replies,
    )
)
