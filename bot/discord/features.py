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
    own_text,
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
        own_text,
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
