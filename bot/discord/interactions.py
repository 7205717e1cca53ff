"""Answering an interaction: at once, and in private unless told otherwise."""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import Any, Final

import discord

from bot.discord.card import Card
from bot.discord.escape import escape
from bot.discord.limits import MESSAGE

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]

ARRIVED: Final = "arrived"
"""Where an interaction keeps the moment at which it arrived."""
GONE: Final = frozenset({10008, 10015, 10062, 50027})
"""Discord's codes for a token that is over, a webhook or a message that is not there any more."""
ANSWERED: Final = 40060
"""Discord's code for an interaction that somebody has answered already."""

latencies: deque[float] = deque(maxlen=1000)
"""Milliseconds from the arrival of each late interaction to its acknowledgement."""


def is_over(error: discord.HTTPException) -> bool:
    """Whether an interaction can no longer be answered, however Discord words it."""
    return error.code in GONE or error.status in (401, 404)


def arrived(interaction: Interaction) -> None:
    """Note the time, before any work on an interaction has begun."""
    interaction.extras[ARRIVED] = time.perf_counter()


async def defer(
    interaction: Interaction, *, ephemeral: bool = True, update: bool = False
) -> int | None:
    """Say that an answer will come: the first thing to do. The id of the message to be edited.

    With `update` it will be a change of the message that the button is under.
    """
    callback = await interaction.response.defer(ephemeral=ephemeral, thinking=not update)
    _acknowledged(interaction)
    return callback.message_id if callback else None


async def open_form(interaction: Interaction, form: discord.ui.Modal) -> None:
    """Answer with a form. Discord takes one as the first answer only."""
    await interaction.response.send_modal(form)
    _acknowledged(interaction)


async def send(
    interaction: Interaction, text: str = "", card: Card | None = None, *, ephemeral: bool = True
) -> None:
    """Answer, as the first or a further message. `text` is escaped unless it is `Markdown`."""
    options = (card or Card()).options()
    content = escape(text).clip(MESSAGE)
    if not interaction.response.is_done():
        await interaction.response.send_message(content or None, ephemeral=ephemeral, **options)
        _acknowledged(interaction)
    else:
        await interaction.followup.send(content, ephemeral=ephemeral, **options)


def name(interaction: Interaction) -> str:
    """What was done, for the log."""
    data: Any = interaction.data or {}
    if "name" in data:
        return f"/{data['name']}"
    return str(data.get("custom_id", interaction.type.name)).partition(":")[2] or "an interaction"


def _acknowledged(interaction: Interaction) -> None:
    """Note how long it took to answer."""
    began = interaction.extras.pop(ARRIVED, None)
    if began is not None:
        taken = (time.perf_counter() - began) * 1000
        latencies.append(taken)
        log.info("Acknowledged %s in %.0f ms.", name(interaction), taken)
