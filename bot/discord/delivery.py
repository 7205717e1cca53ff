"""Following jobs to their end and posting what they made: once, as a regular message.

The message carries the job's id as its nonce and is noted with the job. Whatever was finished
and not noted, because the bot died in between, is posted when it is back.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord

from atl_core.errors import DraftError
from bot.discord import cards
from bot.discord.addresses import Address
from bot.discord.interactions import is_over, logged
from bot.discord.limits import CHOICE, clip, nonce, plain
from bot.discord.progress import Progress
from bot.discord.texts import say

if TYPE_CHECKING:
    from atl_core.jobs.job import Job
    from bot.discord.cards import Card
    from bot.discord.client import Partner

log = logging.getLogger(__name__)

REFUSED: Final = (400, 403, 404)
"""Asking again would not help: the channel is gone, locked or closed to us, as are some DMs."""
LOOKED_AT: Final = 300
"""Messages since it was asked for, among which a draft is looked for that may be posted already."""
NOWHERE: Final = "nowhere"
"""Noted in place of a message id when a draft could be shown nowhere; it is saved all the same."""


async def follow(client: Partner, job: Job) -> None:
    """Show a job's progress until it is finished, then deliver it."""
    progress = Progress(client, job)
    try:
        last = job
        if job.state == "queued" and not (await client.studio.health())["workers"]:
            log.warning("Job %s waits, and no worker is running: start `atl worker`.", job.id)
            progress.nobody = True
        async for last in client.studio.watch(job.id):
            if not last.finished:
                progress.show(last)
        await progress.close()
        if last.finished:
            await deliver(client, last, progress)
    except (discord.HTTPException, OSError, aiohttp.ClientError) as error:
        log.warning("Job %s could not be delivered yet: %s", job.id, type(error).__name__)
    except Exception as error:
        if client.is_closed():  # taken up again by the next process
            return
        await logged(error, f"following job {job.id}")
    finally:
        await progress.close()


async def deliver(
    client: Partner, job: Job, progress: Progress | None = None, *, late: bool = False
) -> None:
    """Post what a finished job made, or say why it made nothing.

    With `late` it may have been posted before, and that is looked up first.
    """
    progress = progress or Progress(client, job)
    address = Address.read(job.address)
    if job.state == "cancelled":
        await progress.end(say("cancelled", address.locale))
        return
    if job.state == "failed":
        await _regret(client, job, address, progress)
        return
    card = await _card(client, job, address)
    if card is None:
        await progress.end(say("card.gone", address.locale))
        await client.studio.delivered(job.id, NOWHERE)
        return
    message = await _posted_before(client, job, address) if late else None
    if message is None:
        message = await _post(client, job, address, card)
    await client.studio.delivered(job.id, str(message.id) if message else NOWHERE)
    await _tell_where(job, address, progress, message)


async def _card(client: Partner, job: Job, address: Address) -> Card | None:
    """What the job made; None when it was deleted meanwhile."""
    if not job.draft_id:
        heard, picture = await client.studio.heard(job.id, owner=job.owner)
        return cards.listening(heard, address.beat, address.locale, picture)
    try:
        draft = await client.studio.show(job.draft_id, owner=job.owner, revision=job.revision)
    except DraftError:
        return None
    picture = await client.picture_of(job)
    return cards.draft(draft, address.locale, picture=picture, by=address.name)


async def _post(client: Partner, job: Job, address: Address, card: Card) -> discord.Message | None:
    """Post a card where it belongs, or where it still can be; None when it can be nowhere."""
    known = nonce(job.id)
    if not address.private:
        try:
            channel: Any = address.messageable(client)
            options = card.options() | _reference(address)
            posted: discord.Message = await channel.send(nonce=known, **options)
            return posted
        except discord.HTTPException as error:
            if error.status not in REFUSED:
                raise
            log.info("Job %s is delivered in private: %s", job.id, error)
            card = await _card(client, job, address) or card  # files are read once
    try:
        channel = await client.create_dm(discord.Object(int(address.user)))
        in_private: discord.Message = await channel.send(nonce=known, **card.options())
        return in_private
    except discord.HTTPException as error:
        if error.status not in REFUSED:
            raise
    webhook = address.webhook(client)
    if webhook is not None:
        card = await _card(client, job, address) or card
        try:
            return await webhook.send(ephemeral=True, wait=True, **card.options())
        except discord.HTTPException as error:
            if not is_over(error):
                raise
    log.info("Draft %s of job %s is saved and could be shown nowhere.", job.draft_id, job.id)
    return None


async def _tell_where(
    job: Job, address: Address, progress: Progress, message: discord.Message | None
) -> None:
    if message is None:
        await progress.end(say("delivered.nowhere", address.locale, id=job.draft_id))
    elif message.flags.ephemeral:
        await progress.end(say("delivered.private.here", address.locale))
    elif not address.token:
        await progress.remove()
    else:
        private = message.guild is None and bool(address.server)
        key = "delivered.private" if private else "delivered"
        await progress.end(say(key, address.locale, link=message.jump_url))


async def _regret(client: Partner, job: Job, address: Address, progress: Progress) -> None:
    problem = job.problem or say("failed.plain", address.locale)
    told = await progress.end(say("failed", address.locale, problem=problem))
    if not told:
        text = say(
            "failed.for",
            address.locale,
            user=address.user,
            asked=clip(plain(job.asked), CHOICE),
            problem=problem,
        )
        try:
            channel: Any = address.messageable(client)
            if address.private:
                channel = await client.create_dm(discord.Object(int(address.user)))
            await channel.send(text, nonce=nonce(job.id))
        except discord.HTTPException as error:
            if error.status not in REFUSED:
                raise
    await client.studio.delivered(job.id, address.progress or NOWHERE)


async def _posted_before(client: Partner, job: Job, address: Address) -> discord.Message | None:
    """The message of a job that was posted and not noted, should the bot have died in between."""
    if not job.draft_id:
        return None
    mark = f":{job.draft_id}:{job.revision}\n"
    try:
        channel: Any = address.messageable(client)
        if address.private:
            channel = await client.create_dm(discord.Object(int(address.user)))
        asked = discord.Object(int(address.progress)) if address.progress else None
        async for message in channel.history(limit=LOOKED_AT, after=asked):
            if client.user and message.author.id == client.user.id and mark in _ids(message):
                found: discord.Message = message
                return found
    except discord.HTTPException as error:
        log.info("Whether job %s was posted cannot be looked up: %s.", job.id, error.code)
    return None


def _ids(message: discord.Message) -> str:
    """The ids of a message's buttons, a line each."""
    return "".join(
        f"{getattr(child, 'custom_id', '')}\n"
        for component in message.components
        for child in getattr(component, "children", [])
    )


def _reference(address: Address) -> dict[str, discord.MessageReference]:
    if not address.reply_to:
        return {}
    to = discord.MessageReference(
        message_id=int(address.reply_to),
        channel_id=address.channel_id,
        guild_id=address.server_id,
        fail_if_not_exists=False,
    )
    return {"reference": to}


def is_ours(client: Partner, job: Job) -> bool:
    """Whether a job was asked for in this application of Discord."""
    return job.address.get("application") == str(client.application_id)
