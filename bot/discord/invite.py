"""What the bot needs to be allowed, and the link by which it is invited with exactly that."""

from __future__ import annotations

from typing import Final

import discord

NEEDED: Final[dict[str, str]] = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
"""Permissions as discord.py and as Discord's own settings call them."""

SCOPES: Final = ("bot", "applications.commands")


def permissions() -> discord.Permissions:
    return discord.Permissions(**dict.fromkeys(NEEDED, True))


def link(application_id: int) -> str:
    """Where somebody who manages a server adds the bot to it."""
    return discord.utils.oauth_url(application_id, permissions=permissions(), scopes=SCOPES)
