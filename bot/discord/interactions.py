"""Answering an interaction: at once, in private unless told otherwise, and never with silence."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, Any, Final

import discord

from atl_core.errors import UserError
from bot.discord.limits import MESSAGE, clip
from bot.discord.texts import say
from bot.errors import record

if TYPE_CHECKING:
    from bot.discord.client import Partner

    Asked = discord.Interaction[Partner]

log = logging.getLogger(__name__)

SEEN: Final = "seen"
"""Where an interaction keeps the moment at which it arrived."""
TOKEN_SECONDS: Final = 15 * 60 - 30
"""How long an interaction can be answered, with something to spare."""
GONE: Final = frozenset({10008, 10015, 10062, 50027})
"""Discord's codes for a token that is over, a webhook or a message that is not there any more."""

ANSWERED: Final = 40060
"""Discord's code for an interaction that somebody has answered already."""

latencies: deque[float] = deque(maxlen=1000)
"""Milliseconds from the arrival of each late interaction to its acknowledgement."""


def is_over(error: discord.HTTPException) -> bool:
    """Whether an interaction can no longer be answered, however Discord words it."""
    return error.code in GONE or error.status in (401, 404)


def acknowledged(interaction: Asked) -> None:
    """Note how long it took to answer."""
    seen = interaction.extras.pop(SEEN, None)
    if seen is not None:
        taken = (time.perf_counter() - seen) * 1000
        latencies.append(taken)
        log.info("Acknowledged %s in %.0f ms.", _name(interaction), taken)


async def defer(interaction: Asked, *, ephemeral: bool = True, update: bool = False) -> int | None:
    """Say that an answer will come: the first thing to do. The id of the message to be edited.

    With `update` it will be a change of the message that the button is under.
    """
    callback = await interaction.response.defer(ephemeral=ephemeral, thinking=not update)
    acknowledged(interaction)
    return callback.message_id if callback else None


async def ask(interaction: Asked, form: discord.ui.Modal) -> None:
    """Answer with a form."""
    await interaction.response.send_modal(form)
    acknowledged(interaction)


async def tell(
    interaction: Asked,
    text: str = "",
    *,
    embeds: Sequence[discord.Embed] = (),
    files: Sequence[discord.File] = (),
    view: discord.ui.View | None = None,
    ephemeral: bool = True,
) -> None:
    """Answer, as the first or a further message."""
    more: dict[str, Any] = {"embeds": list(embeds), "files": list(files)}
    if view is not None:
        more["view"] = view
    text = clip(text, MESSAGE)
    if not interaction.response.is_done():
        await interaction.response.send_message(text or None, ephemeral=ephemeral, **more)
        acknowledged(interaction)
    else:
        await interaction.followup.send(text, ephemeral=ephemeral, **more)


async def answered(interaction: Asked, work: Awaitable[None]) -> None:
    """Do the work of an interaction; whatever goes wrong is told to whoever asked."""
    try:
        await work
    except discord.HTTPException as error:
        if is_over(error):
            log.info("%s could not be answered any more (%s).", _name(interaction), error.code)
            return
        if error.code == ANSWERED:
            log.warning(
                "%s was answered by another process: is a second bot running with the same token?",
                _name(interaction),
            )
            return
        await _apologise(interaction, error)
    except UserError as error:
        await _tell_if_possible(interaction, str(error))
    except Exception as error:
        if interaction.client.is_closed():  # no bug: nothing can be sent or looked up any more
            log.info("%s was cut short: the bot is stopping.", _name(interaction))
            return
        await _apologise(interaction, error)


async def _apologise(interaction: Asked, error: Exception) -> None:
    bug = await logged(error, _name(interaction))
    await _tell_if_possible(interaction, say("button.bug", str(interaction.locale), bug=bug))


async def logged(error: BaseException, doing: str) -> str:
    """Log a bug with its traceback; the number by which it is found."""
    bug = f"{time.time_ns() & 0xFFFFFFFF:08x}"
    log.error("Bug %s while doing %s", bug, doing, exc_info=error)
    try:
        await asyncio.to_thread(record, error, bug)
    except OSError:
        log.warning("Bug %s could not be written to a file.", bug)
    return bug


async def _tell_if_possible(interaction: Asked, text: str) -> None:
    try:
        await tell(interaction, text)
    except discord.HTTPException as error:
        log.info("%s could not be answered: %s.", _name(interaction), error.code)


def _name(interaction: Asked) -> str:
    data: Any = interaction.data or {}
    if "name" in data:
        return f"/{data['name']}"
    return str(data.get("custom_id", interaction.type.name)).partition(":")[2] or "an interaction"
