"""For tests: a Discord on this machine in place of the real one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import yarl
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

from atl_core.errors import UserError
from atl_core.settings import LOOPBACK_HOSTS

READY_SECONDS = 0.1
"""How long to wait for the list of servers; discord.py's default is 2 s."""


def use(url: str) -> None:
    """Send every request to `url`: REST under `/api/v10`, the gateway at `/gw/`, files at `/`.

    Raises:
        UserError: it is not a loopback address.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK_HOSTS or parts.username:
        raise UserError(
            "The setting ATL_DISCORD_LOOPBACK cannot be used: only a loopback address is accepted.",
            "It looks like http://127.0.0.1:8123 and exists for tests.",
            "Remove it to speak with Discord.",
        )
    base = f"http://{parts.netloc}"
    Route.BASE = f"{base}/api/v10"
    Asset.BASE = base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{parts.netloc}/gw/")


def options(url: str) -> dict[str, Any]:
    """What a client is built with beside its intents."""
    return {"guild_ready_timeout": READY_SECONDS} if url else {}
