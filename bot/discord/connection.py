"""Running the bot: a reconnect loop with a new client whenever one is lost for good.

discord.py reconnects by itself once it was connected. When its very first handshake fails it
dies with an AttributeError (discord.py#10520), so a client is never used twice here.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import aiohttp
import discord

from atl_core.errors import UserError
from atl_core.settings import Settings
from atl_core.studio import open_studio
from bot.discord import invite, loopback, watchdog
from bot.discord.client import Client
from bot.discord.features import FEATURES

log = logging.getLogger(__name__)

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
STEADY_SECONDS: Final = 60.0
"""A connection that held so long starts the pauses over."""
CLOSING_SECONDS: Final = 8.0
COLLECTING: Final = (20_000, 20, 50)
"""New objects before the youngest are gone through, and rounds before older ones are."""
ARENA_MAX: Final = -8
"""glibc's M_ARENA_MAX."""


class NoTokenError(UserError):
    """The bot has no token, or one that Discord does not know."""


async def run(settings: Settings, *, first_pause: float = FIRST_PAUSE) -> None:
    """Stay connected until SIGINT or SIGTERM.

    Raises:
        NoTokenError: there is no token, or Discord does not accept it.
        UserError: a setting or the database cannot be used.
    """
    token = token_of(settings)
    # Threads that compute give way to the event loop after 1 ms, not after Python's 5, and share
    # one heap: each of its own would keep what it once needed.
    sys.setswitchinterval(0.001)
    # A round of the garbage collector through a dictionary holds up everything for a tenth of a
    # second. With these it comes after millions of new objects, and not while one is read.
    gc.set_threshold(*COLLECTING)
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(ARENA_MAX, 1)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(sign, stop.set)
    async with open_studio(settings) as studio:
        # A database that cannot be used is told before anything else.
        await studio.drafts.database.engine()
        content = settings.discord_content

        def build() -> Client:
            return Client(settings, studio, FEATURES, content=content)

        with watchdog.watched():
            while not stop.is_set():
                try:
                    await keep_connected(build, token, stop, first_pause)
                except discord.PrivilegedIntentsRequired:
                    log.warning(
                        "Discord does not grant the message content intent; going on without it. "
                        "Switch it on in the developer portal, or unset ATL_DISCORD_CONTENT."
                    )
                    content = False


async def sync(settings: Settings, server: int | None, *, remove: bool = False) -> tuple[int, str]:
    """Register the commands, with one server or with all of Discord; how many, and the invite.

    With `remove` the commands that one server has of its own are taken away: where both kinds
    are registered, everybody sees each command twice.

    Raises:
        NoTokenError: there is no token, or Discord does not accept it.
        UserError: Discord cannot be reached, or refuses; or the commands would be there twice.
    """
    token = token_of(settings)
    async with open_studio(settings) as studio, Client(settings, studio, FEATURES) as client:
        try:
            await client.login(token)
            guild = discord.Object(server) if server else None
            if guild and not remove:
                if await client.tree.fetch_commands():
                    raise UserError(
                        "The commands are registered for all servers; in this one they would "
                        "show twice.",
                        remedy="`atl bot sync` brings them up to date everywhere.",
                    )
                client.tree.copy_global_to(guild=guild)
            commands = await client.tree.sync(guild=guild)
        except discord.LoginFailure as error:
            raise NoTokenError("Discord does not accept the token.") from error
        except (discord.HTTPException, OSError, aiohttp.ClientError) as error:
            raise UserError(
                f"The commands could not be registered: {reason(error)}.", remedy="Try again later."
            ) from error
        assert client.application_id is not None
        return len(commands), invite.link(client.application_id)


def token_of(settings: Settings) -> str:
    """The token in effect; for the loopback Discord of tests it makes sure that it is used."""
    if settings.discord_loopback:
        loopback.use(settings.discord_loopback)
    token = settings.discord_token.get_secret_value().strip() if settings.discord_token else ""
    if not token:
        raise NoTokenError("There is no Discord token.")
    return token


async def keep_connected(
    build: Callable[[], Client], token: str, stop: asyncio.Event, first_pause: float
) -> None:
    """Run one client after the other until `stop` is set.

    Raises:
        NoTokenError: Discord does not accept the token; asking again would not help.
        PrivilegedIntentsRequired: the client asked for an intent that it was not granted.
    """
    pause = first_pause
    while not stop.is_set():
        started = time.monotonic()
        try:
            await _once(build(), token, stop)
        except discord.LoginFailure as error:
            raise NoTokenError("Discord does not accept the token.") from error
        except discord.PrivilegedIntentsRequired:
            raise
        except Exception as error:
            # Whatever it was, a bot that is down helps nobody; its trace is for the operator.
            log.warning("The connection to Discord was lost: %s", reason(error))
            log.debug("It was lost so:", exc_info=error)
        if stop.is_set():
            return
        if time.monotonic() - started > STEADY_SECONDS:
            pause = first_pause
        log.info("Connecting again in %.1f s.", pause)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        pause = min(LONGEST_PAUSE, pause * 2) * random.uniform(0.8, 1.0)


def reason(error: Exception) -> str:
    """An error in a line."""
    if isinstance(error, AttributeError) and "NoneType" in str(error):
        return "its gateway did not answer the first call"
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


async def _once(client: Client, token: str, stop: asyncio.Event) -> None:
    running = asyncio.create_task(client.start(token))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        stopping.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(client.close(), CLOSING_SECONDS)
        running.cancel()
        await asyncio.gather(running, stopping, return_exceptions=True)
