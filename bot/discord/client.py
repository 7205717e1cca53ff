"""The client: one connection to Discord in front of one studio.

What it knows is in the studio and in the ids of its buttons. What is here is for the moment: the
jobs that it follows, and the messages that somebody is just filling in a form about.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord
from discord import app_commands
from discord.ext import tasks

import bot.discord.pressing  # noqa: F401  (its handlers enter themselves)
from atl_core.errors import UserError
from atl_core.settings import Settings
from atl_core.studio import Studio
from atl_core.wish import Wish
from bot.discord import (
    access,
    buttons,
    commands,
    delivery,
    forms,
    interactions,
    invite,
    loopback,
)
from bot.discord.latest import Latest
from bot.discord.replies import Replies
from bot.discord.server_settings import server_settings
from bot.discord.texts import Translator, say

if TYPE_CHECKING:
    from atl_core.jobs.job import Job

log = logging.getLogger(__name__)

MESSAGES_KEPT: Final = 100
TEXTS_KEPT: Final = 100
"""Texts that were judged and may yet be drawn; in memory alone, since they are not ours."""
ATTACHMENTS_AT_ONCE: Final = 2
"""Attachments in memory at one time; each may be as large as `ATL_MAX_MEGABYTES`."""
SWEEP_SECONDS: Final = 60


class Tree(app_commands.CommandTree["Partner"]):
    """The commands; an error that nobody caught is told all the same."""

    async def on_error(
        self,
        interaction: discord.Interaction[Partner],
        error: app_commands.AppCommandError,
    ) -> None:
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            text = say("button.old", interaction.locale.value)
            await interactions.answered(interaction, interactions.tell(interaction, text))
            return
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error

        async def again() -> None:
            raise cause

        await interactions.answered(interaction, again())


class Partner(discord.Client):
    """A songwriting partner on Discord."""

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
        self.reading = asyncio.Semaphore(ATTACHMENTS_AT_ONCE)
        self.seen = Seen(self)
        self.judged: Latest[str, str] = Latest(TEXTS_KEPT)
        self.drawing = asyncio.Semaphore(1)
        self.tree = Tree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        commands.add_to(self.tree)
        self._replies = Replies(self)
        self._followed: dict[str, asyncio.Task[None]] = {}
        self._warming: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        await self.tree.set_translator(Translator())
        self.add_dynamic_items(buttons.Press, buttons.Choose)

    async def close(self) -> None:
        self.sweeping.cancel()
        for task in (*self._followed.values(), self._warming):
            if task is not None:
                task.cancel()
        await super().close()

    async def on_ready(self) -> None:
        log.info("Connected as %s to %d servers.", self.user, len(self.guilds))
        if self.application_id:
            log.info("Invite it with %s", invite.link(self.application_id))
        if self._warming is None:
            self._warming = asyncio.create_task(self._warm(), name="warming")

    async def _warm(self) -> None:
        """Load what is needed soon, off the loop and once, before a crowd asks for it at once."""
        await asyncio.to_thread(_load)
        self.sweeping.start()
        try:
            await self.studio.rhymes("", line=None, word="rain", limit=1)
            await self.studio.judge("rain")
        except UserError as error:
            log.warning("Lyrics cannot be judged: %s", error)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        if event == "interaction":  # before any work on it has begun
            args[0].extras[interactions.SEEN] = time.perf_counter()
        super().dispatch(event, *args, **kwargs)

    async def on_interaction(self, interaction: discord.Interaction[Partner]) -> None:
        """Forms, and buttons that no handler of discord.py's would answer."""
        data: Any = interaction.data or {}
        custom_id = data.get("custom_id", "")
        match interaction.type:
            case discord.InteractionType.modal_submit if forms.is_form(custom_id):
                await buttons.handle(interaction, custom_id)
            case discord.InteractionType.component if not buttons.is_ours(custom_id):
                await buttons.handle(interaction, custom_id)

    async def on_message(self, message: discord.Message) -> None:
        await self._replies.hear(message)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await (await server_settings(self.studio)).forget(access.server_name(guild.id))

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        import sys

        error = sys.exc_info()[1]
        if error is not None:
            await interactions.logged(error, event_method)

    def follow(self, job: Job) -> None:
        """Show a job's progress and deliver what it makes; one that is followed is left alone."""
        if job.id in self._followed:
            return
        task = asyncio.create_task(delivery.follow(self, job), name=f"job {job.id}")
        self._followed[job.id] = task
        task.add_done_callback(lambda _: self._followed.pop(job.id, None))

    async def picture_of(self, job: Job) -> bytes:
        """The picture of the beat that a job was about; empty where there is none."""
        try:
            _, picture = await self.studio.heard(job.id, owner=job.owner)
        except UserError:
            return b""
        return picture

    @tasks.loop(seconds=SWEEP_SECONDS)
    async def sweeping(self) -> None:
        """Take up what was left: jobs that nobody follows, and drafts that were not posted."""
        try:
            for job in await self.studio.jobs():
                if delivery.is_ours(self, job):
                    self.follow(job)
            for job in await self.studio.undelivered():
                if delivery.is_ours(self, job) and job.id not in self._followed:
                    await self._deliver_late(job)
        except UserError as error:
            log.warning("Looking for what was left: %s", error)

    async def _deliver_late(self, job: Job) -> None:
        try:
            await delivery.deliver(self, job, late=True)
        except (discord.HTTPException, OSError, aiohttp.ClientError) as error:
            log.warning("Job %s could not be delivered yet: %s", job.id, type(error).__name__)
        except Exception as error:
            await interactions.logged(error, f"delivering job {job.id}")


def _load() -> None:
    """What is otherwise imported and read when it is first asked for, on the event loop."""
    import atl_core.genre.judge
    import atl_core.jobs.queue
    import atl_core.lyrics.rhyme  # noqa: F401

    Wish.parse(seed_words="rain")


class Seen:
    """The last messages that a form is being filled in about; any other is fetched again."""

    KEPT: Final = 100

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._messages: Latest[int, discord.Message] = Latest(self.KEPT)

    def keep(self, message: discord.Message) -> None:
        self._messages.keep(message.id, message)

    async def find(self, channel: int, message: int) -> discord.Message | None:
        """The message; None if it is not there any more, or not for us to read."""
        if known := self._messages.get(message):
            return known
        try:
            return await self._client.get_partial_messageable(channel).fetch_message(message)
        except discord.HTTPException:
            return None
