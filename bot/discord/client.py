"""The client: one connection to Discord in front of one studio."""

from __future__ import annotations

import logging
from typing import Any

import discord

from atl_core.settings import Settings
from atl_core.studio import Studio
from bot.discord import invite, loopback

log = logging.getLogger(__name__)

MESSAGES_KEPT = 100


class Partner(discord.Client):
    """A songwriting partner on Discord. What it knows is in the studio; nothing is kept here."""

    def __init__(self, settings: Settings, studio: Studio, *, content: bool = False) -> None:
        """`content` asks for the privileged intent by which unaddressed messages are read."""
        intents = discord.Intents(
            guilds=True, guild_messages=True, dm_messages=True, message_content=content
        )
        super().__init__(
            intents=intents,
            max_messages=MESSAGES_KEPT,
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            **loopback.options(settings.discord_loopback),
        )
        self.settings = settings
        self.studio = studio
        self.tree: discord.app_commands.CommandTree[Any] = discord.app_commands.CommandTree(self)

    async def on_ready(self) -> None:
        log.info("Connected as %s to %d servers.", self.user, len(self.guilds))
        if self.application_id:
            log.info("Invite it with %s", invite.link(self.application_id))
