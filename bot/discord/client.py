"""The client: one connection to Discord in front of one studio.

It knows no feature: each is a module of its own that hands in a `Feature`. All that must last is in
the studio and in the ids of buttons; what is kept here is for the moment.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import discord
from discord import app_commands

from atl_core.edits.wish import Wish
from atl_core.errors import UserError
from atl_core.settings import Settings
from atl_core.studio import Studio
from bot.discord import errors, interactions, invite, loopback
from bot.discord.components import Action
from bot.discord.delivery import Deliveries
from bot.discord.lru import LRUCache
from bot.discord.server_settings import ServerStore
from bot.discord.texts import Translator, say
from bot.phrases import compile_patterns
from bot.rhymes import find_rhymes

log = logging.getLogger(__name__)

MESSAGES_KEPT: Final = 100
TEXTS_KEPT: Final = 100
"""Texts that were judged and may yet be drawn; in memory alone, since they are not ours."""
ATTACHMENTS_AT_ONCE: Final = 2
"""Attachments in memory at one time; each may be as large as `ATL_MAX_MEGABYTES`."""

Interaction = discord.Interaction["Client"]
Command = app_commands.Command[Any, ..., Any] | app_commands.ContextMenu


@dataclass(frozen=True)
class Feature:
    """What one module of the bot adds to it."""

    commands: Sequence[Command] = ()
    handlers: Mapping[str, Callable[[Interaction, Action], Awaitable[None]]] = field(
        default_factory=dict
    )
    """By the verb in the `custom_id` of a button, a select or a form."""
    on_message: Callable[[Client, discord.Message], Awaitable[None]] | None = None


class Tree(app_commands.CommandTree["Client"]):
    """The commands, with the error handler of all of them."""

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            await answer_old(interaction)
            return
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await errors.report(interaction, cause)


class Client(discord.Client):
    """A songwriting partner on Discord."""

    def __init__(
        self,
        settings: Settings,
        studio: Studio,
        features: Sequence[Feature],
        *,
        content: bool = False,
    ) -> None:
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
        self.deliveries = Deliveries(self, studio)
        self.attachments = asyncio.Semaphore(ATTACHMENTS_AT_ONCE)
        self.messages: LRUCache[int, discord.Message] = LRUCache(MESSAGES_KEPT)
        """Those that somebody is filling in a form about; any other is fetched again."""
        self.judged: LRUCache[str, str] = LRUCache(TEXTS_KEPT)
        self.drawing = asyncio.Semaphore(1)
        self.tree = Tree(
            self,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self._features = features
        for feature in features:
            for command in feature.commands:
                self.tree.add_command(command)
        self._warming: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        await self.tree.set_translator(Translator())

    async def close(self) -> None:
        self.deliveries.close()
        if self._warming is not None:
            self._warming.cancel()
        await super().close()

    async def on_ready(self) -> None:
        log.info("Connected as %s to %d servers.", self.user, len(self.guilds))
        if self.application_id:
            log.info("Invite it with %s", invite.link(self.application_id))
        if self._warming is None:
            self._warming = asyncio.create_task(self._warm(), name="warming")

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        if event == "interaction":
            interactions.arrived(args[0])
        super().dispatch(event, *args, **kwargs)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Buttons, selects and forms; commands go through the tree."""
        if interaction.type in (
            discord.InteractionType.component,
            discord.InteractionType.modal_submit,
        ):
            data: Any = interaction.data or {}
            await self.handle(interaction, data.get("custom_id", ""))

    async def handle(self, interaction: Interaction, custom_id: str) -> None:
        """Do what a `custom_id` says: the first feature that knows its verb handles it."""
        action = Action.read(custom_id)
        for feature in self._features if custom_id.startswith("atl") else ():
            if handler := feature.handlers.get(action.verb):
                try:
                    await handler(interaction, action)
                except Exception as error:
                    await errors.report(interaction, error)
                return
        await answer_old(interaction)

    async def on_message(self, message: discord.Message) -> None:
        for feature in self._features:
            if feature.on_message is not None:
                await feature.on_message(self, message)

    async def servers(self) -> ServerStore:
        """What the managers of servers have set."""
        return ServerStore(await self.studio.drafts.database.engine())

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await (await self.servers()).forget(guild.id)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        error = sys.exc_info()[1]
        if error is not None:
            await errors.log_bug(error, event_method)

    async def _warm(self) -> None:
        """Load what is needed soon, off the loop and once, before many ask for it at once."""
        await asyncio.to_thread(load_modules)
        self.deliveries.sweeping.start()
        try:
            await find_rhymes(None, "rain")
            await self.studio.pipeline.judge_text("rain")
        except UserError as error:
            log.warning("Lyrics cannot be judged: %s", error)


async def answer_old(interaction: Interaction) -> None:
    """Answer a command or a button that this version does not know."""
    try:
        await interactions.send(interaction, say("button.old", interaction.locale.value))
    except Exception as error:
        await errors.report(interaction, error)


def load_modules() -> None:
    """What is otherwise imported and read when it is first asked for, on the event loop."""
    import atl_core.genre.judge
    import atl_core.jobs.queue
    import atl_core.lyrics.rhyme  # noqa: F401

    Wish.parse(seed_words="rain")
    compile_patterns()
