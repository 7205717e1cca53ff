"""The error handler: whatever goes wrong is told to whoever asked, and bugs are logged."""

from __future__ import annotations

import asyncio
import logging
import time

import discord

from atl_core.errors import UserError
from bot.discord.escape import error_text
from bot.discord.interactions import ANSWERED, Interaction, is_over, name, send
from bot.discord.texts import say
from bot.errors import record

log = logging.getLogger(__name__)


async def report(interaction: Interaction, error: Exception) -> None:
    """Answer an interaction that failed."""
    if isinstance(error, UserError):
        await _send_if_possible(interaction, error_text(error))
    elif isinstance(error, discord.HTTPException) and is_over(error):
        log.info("%s could not be answered any more (%s).", name(interaction), error.code)
    elif isinstance(error, discord.HTTPException) and error.code == ANSWERED:
        log.warning(
            "%s was answered by another process: is a second bot running with the same token?",
            name(interaction),
        )
    elif interaction.client.is_closed():  # no bug: nothing can be sent or looked up any more
        log.info("%s was cut short: the bot is stopping.", name(interaction))
    else:
        bug = await log_bug(error, name(interaction))
        await _send_if_possible(interaction, say("button.bug", interaction.locale.value, bug=bug))


async def log_bug(error: BaseException, doing: str) -> str:
    """Log a bug with its traceback; the id by which it is found."""
    bug = f"{time.time_ns() & 0xFFFFFFFF:08x}"
    log.error("Bug %s while doing %s", bug, doing, exc_info=error)
    try:
        await asyncio.to_thread(record, error, bug)
    except OSError:
        log.warning("Bug %s could not be written to a file.", bug)
    return bug


async def _send_if_possible(interaction: Interaction, text: str) -> None:
    try:
        await send(interaction, text)
    except discord.HTTPException as error:
        log.info("%s could not be answered: %s.", name(interaction), error.code)
