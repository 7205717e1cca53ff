"""Following jobs to their end and posting what they made: once, as a regular message.

The message carries the job's id as its nonce and is noted with the job. Whatever was finished
and not noted, because the bot died in between, is posted when it is back.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

import aiohttp
import discord
from discord.ext import tasks

from atl_core.drafts.diff import compare
from atl_core.errors import DraftError, UserError
from atl_core.jobs.job import Job
from atl_core.studio import Studio
from bot.discord import cards, option_cards
from bot.discord.address import HERE, Address
from bot.discord.card import Card
from bot.discord.errors import log_bug
from bot.discord.escape import Markdown, escape
from bot.discord.interactions import is_over
from bot.discord.limits import CHOICE, nonce
from bot.discord.progress import Progress
from bot.discord.texts import say

log = logging.getLogger(__name__)

REFUSED: Final = (400, 403, 404)
"""Asking again would not help: the channel is gone, locked or closed to us, as are some DMs."""
LOOKED_AT: Final = 300
"""Messages since it was asked for, among which a draft is looked for that may be posted already."""
NOWHERE: Final = "nowhere"
"""Noted in place of a message id when a draft could be shown nowhere; it is saved all the same."""
SWEEP_SECONDS: Final = 60


class Deliveries:
    """The jobs whose progress this process shows, and the drafts that it posts."""

    def __init__(self, client: discord.Client, studio: Studio) -> None:
        self._client = client
        self._studio = studio
        self._followed: dict[str, asyncio.Task[None]] = {}

    def close(self) -> None:
        self.sweeping.cancel()
        for task in self._followed.values():
            task.cancel()

    def follow(self, job: Job) -> None:
        """Show a job's progress and deliver what it makes; one that is followed is left alone."""
        if job.id in self._followed:
            return
        task = asyncio.create_task(self._follow(job), name=f"job {job.id}")
        self._followed[job.id] = task
        task.add_done_callback(lambda _: self._followed.pop(job.id, None))

    @tasks.loop(seconds=SWEEP_SECONDS)
    async def sweeping(self) -> None:
        """Take up what was left: jobs that nobody follows, and drafts that were not posted."""
        try:
            for job in await self._studio.queue.jobs():
                if self._is_ours(job):
                    self.follow(job)
            for job in await self._studio.queue.undelivered():
                if self._is_ours(job) and job.id not in self._followed:
                    await self._deliver_late(job)
        except UserError as error:
            log.warning("Looking for what was left: %s", error)

    def _is_ours(self, job: Job) -> bool:
        """Whether a job was asked for in this application of Discord."""
        return job.address.get("application") == str(self._client.application_id)

    async def _follow(self, job: Job) -> None:
        """Show a job's progress until it is finished, then deliver it."""
        progress = Progress(self._client, job)
        try:
            last = job
            if job.state == "queued" and not (await self._studio.queue.health())["workers"]:
                log.warning("Job %s waits, and no worker is running: start `atl worker`.", job.id)
                progress.nobody = True
            async for last in self._studio.queue.watch(job.id):
                if not last.finished:
                    progress.show(last)
            await progress.close()
            if last.finished:
                await self._deliver(last, progress)
        except (UserError, discord.HTTPException, OSError, aiohttp.ClientError) as error:
            log.warning("Job %s could not be delivered yet: %s", job.id, type(error).__name__)
        except Exception as error:
            if self._client.is_closed():  # taken up again by the next process
                return
            await log_bug(error, f"following job {job.id}")
        finally:
            await progress.close()

    async def _deliver_late(self, job: Job) -> None:
        """Deliver a job that may have been delivered already, as before a crash."""
        try:
            await self._deliver(job, Progress(self._client, job), late=True)
        except (discord.HTTPException, OSError, aiohttp.ClientError) as error:
            log.warning("Job %s could not be delivered yet: %s", job.id, type(error).__name__)
        except Exception as error:
            await log_bug(error, f"delivering job {job.id}")

    async def _deliver(self, job: Job, progress: Progress, *, late: bool = False) -> None:
        """Post what a finished job made, or say why it made nothing."""
        address = Address.read(job.address)
        if job.state == "cancelled":
            await progress.end(say("cancelled", address.locale))
            return
        if job.state == "failed":
            await self._tell_failure(job, address, progress)
            return
        card = await self._card(job, address)
        if card is None:
            await progress.end(say("card.gone", address.locale))
            await self._studio.queue.delivered(job.id, NOWHERE)
            return
        message = await self._posted_before(job, address) if late else None
        if message is None:
            message = await self._post(job, address, card)
        await self._studio.queue.delivered(job.id, str(message.id) if message else NOWHERE)
        await _tell_where(job, address, progress, message)

    async def _card(self, job: Job, address: Address) -> Card | None:
        """What the job made; None when it was deleted meanwhile."""
        if made := await self._studio.queue.made(job.id, owner=job.owner):
            try:
                rehearsed = await self._studio.drafts.get(job.draft_id, job.owner)
            except DraftError:
                return None
            return cards.rehearsal(rehearsed, job.id, *made, address.locale)
        if not job.draft_id:
            heard, picture = await self._studio.queue.heard(job.id, owner=job.owner)
            return cards.listening(heard, address.beat, address.locale, picture)
        try:
            draft = await self._studio.drafts.get(job.draft_id, job.owner, revision=job.revision)
        except DraftError:
            return None
        if options := await self._studio.drafts.options.of_job(job.id):
            return option_cards.card(draft, options, address.locale)
        try:
            _, picture = await self._studio.queue.heard(job.id, owner=job.owner)
        except UserError:
            picture = b""
        changed = None
        if draft.parent:
            before = await self._studio.drafts.get(job.draft_id, job.owner, revision=draft.parent)
            changed = compare(before, draft)
        return cards.draft(draft, address.locale, picture=picture, by=address.name, changed=changed)

    async def _post(self, job: Job, address: Address, card: Card) -> discord.Message | None:
        """Post a card where it belongs, or where it still can be; None when it can be nowhere."""
        known = nonce(job.id)
        if not address.private:
            try:
                channel: Any = address.messageable(self._client)
                options = card.options() | _reference(address)
                posted: discord.Message = await channel.send(nonce=known, **options)
                return posted
            except discord.HTTPException as error:
                if error.status not in REFUSED:
                    raise
                log.info("Job %s is delivered in private: %s", job.id, error)
                card = await self._card(job, address) or card  # files are read once
        if address.private == HERE and (shown := await self._whisper(address, card)):
            return shown
        try:
            channel = await self._client.create_dm(discord.Object(int(address.user)))
            in_private: discord.Message = await channel.send(nonce=known, **card.options())
            return in_private
        except discord.HTTPException as error:
            if error.status not in REFUSED:
                raise
        card = await self._card(job, address) or card
        if shown := await self._whisper(address, card):
            return shown
        log.info("Draft %s of job %s is saved and could be shown nowhere.", job.draft_id, job.id)
        return None

    async def _whisper(self, address: Address, card: Card) -> discord.Message | None:
        """A card for the asker alone, where they asked; None once that is too long ago."""
        webhook = address.webhook(self._client)
        if webhook is None:
            return None
        try:
            return await webhook.send(ephemeral=True, wait=True, **card.options())
        except discord.HTTPException as error:
            if not is_over(error):
                raise
        return None

    async def _tell_failure(self, job: Job, address: Address, progress: Progress) -> None:
        problem = job.problem or say("failed.plain", address.locale)
        if not await progress.end(say("failed", address.locale, problem=problem)):
            text = say(
                "failed.for",
                address.locale,
                user=address.user,
                asked=escape(job.asked).clip(CHOICE),
                problem=problem,
            )
            try:
                channel: Any = address.messageable(self._client)
                if address.private:
                    channel = await self._client.create_dm(discord.Object(int(address.user)))
                await channel.send(text, nonce=nonce(job.id))
            except discord.HTTPException as error:
                if error.status not in REFUSED:
                    raise
        await self._studio.queue.delivered(job.id, address.progress or NOWHERE)

    async def _posted_before(self, job: Job, address: Address) -> discord.Message | None:
        """The message of a job that was posted and not noted, as when the bot died in between."""
        if not job.draft_id:
            return None
        options = await self._studio.drafts.options.of_job(job.id)
        made = await self._studio.queue.made(job.id, owner=job.owner)
        seen = job.id if made else options.id if options else job.revision
        mark = f":{job.draft_id}:{seen}\n"
        try:
            channel: Any = address.messageable(self._client)
            if address.private:
                channel = await self._client.create_dm(discord.Object(int(address.user)))
            asked = discord.Object(int(address.progress)) if address.progress else None
            me = self._client.user
            async for message in channel.history(limit=LOOKED_AT, after=asked):
                if me and message.author.id == me.id and mark in _custom_ids(message):
                    found: discord.Message = message
                    return found
        except discord.HTTPException as error:
            log.info("Whether job %s was posted cannot be looked up: %s.", job.id, error.code)
        return None


async def _tell_where(
    job: Job, address: Address, progress: Progress, message: discord.Message | None
) -> None:
    if message is None:
        await progress.end(say("delivered.nowhere", address.locale, id=job.draft_id))
    elif message.flags.ephemeral:
        key = "delivered.below" if address.private == HERE else "delivered.private.here"
        await progress.end(say(key, address.locale))
    elif not address.token:
        await progress.remove()
    else:
        private = message.guild is None and bool(address.server)
        key = "delivered.private" if private else "delivered"
        await progress.end(say(key, address.locale, link=Markdown(message.jump_url)))


def _custom_ids(message: discord.Message) -> str:
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
