"""The context of one request: who asks, where, in which language, and how to answer.

A request comes by an interaction (a command, a button, a form) or by a message (a reply to a draft,
a direct message). Both are answered through a `Responder`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import discord

from bot.discord import interactions
from bot.discord.address import HERE, Address, expiry
from bot.discord.card import Card
from bot.discord.cards import PICTURE
from bot.discord.client import Client, Interaction
from bot.discord.escape import Markdown, escape
from bot.discord.interactions import is_over
from bot.discord.limits import CHOICE, MESSAGE, clip
from bot.discord.server_settings import ServerSettings
from bot.discord.texts import say

TOO_OLD: Final = 30046
"""Discord's code for a message that is over an hour old and was changed too often."""


class Responder(Protocol):
    """How a request is answered. Text is escaped unless it is `Markdown`."""

    async def send(self, text: str = "", card: Card | None = None) -> None:
        """Say something short, for the asker alone where that is possible."""

    async def send_privately(self, text: str, card: Card) -> None:
        """Say something that is nobody else's business."""

    async def show(self, card: Card) -> None:
        """Show a draft as it is now."""

    async def start_progress(self) -> Address:
        """Make a message for the progress of a job; where it and the result belong."""


@dataclass(slots=True)
class Context:
    """One request."""

    client: Client
    respond: Responder
    key: str
    """By which a request that arrives twice is known."""
    user: int
    name: str
    """What the asker is called here."""
    channel: int
    server: int | None
    locale: str
    permissions: discord.Permissions
    """Of the bot, in the channel."""
    private: bool = False
    """Whether the answer is for the asker alone."""
    absent: bool = False
    """Whether the bot is no member here: somebody brought it along, and all answers are private."""
    thread: bool = False
    parent: int | None = None
    restricted: bool = False
    """Whether the channel is marked as age-restricted."""
    moderator: bool = False
    manager: bool = False
    _server_settings: ServerSettings | None = field(default=None, repr=False)

    @property
    def owner(self) -> str:
        """The asker as the owner of drafts and jobs."""
        return owner_of(self.user)

    @property
    def guest(self) -> str:
        """The channel as drafts are shared with it."""
        return f"discord:channel:{self.channel}"

    def say(self, key: str, /, **values: str | float) -> Markdown:
        """A text in the asker's language; see `texts.say`."""
        return say(key, self.locale, **values)

    async def server_settings(self) -> ServerSettings:
        """What the managers of the server have set, loaded once. Direct messages have none."""
        if self._server_settings is None:
            if self.server is None:
                self._server_settings = ServerSettings()
            else:
                self._server_settings = await (await self.client.servers()).get(self.server)
        return self._server_settings

    async def address(self, beat: str = "") -> Address:
        """Where the answer to a job goes; a message for its progress is made."""
        return replace(
            await self.respond.start_progress(),
            application=str(self.client.application_id),
            server=str(self.server or ""),
            channel=str(self.channel),
            user=str(self.user),
            name=self.name,
            locale=self.locale,
            private=(HERE if self.absent else "1") if self.private else "",
            beat=clip(beat, CHOICE),
        )


def owner_of(user: int) -> str:
    return f"discord:{user}"


async def acknowledge(interaction: Interaction, *, in_place: bool = False) -> Context:
    """Acknowledge an interaction, which is the first thing to do, and read its context.

    With `in_place` the message that the button is under is what changes.
    """
    progress = await interactions.defer(interaction, update=in_place)
    return of_interaction(interaction, None if in_place else progress, in_place=in_place)


def of_interaction(
    interaction: Interaction, progress: int | None = None, *, in_place: bool = False
) -> Context:
    """The context of an interaction. What is asked under a private message is private."""
    under = interaction.message
    allowed = interaction.permissions
    in_server = interaction.guild_id is not None
    # Installed to the person alone: it cannot post, read or be replied to in this channel.
    direct = interaction.context.dm_channel
    absent = interaction.is_user_integration() and not (
        interaction.is_guild_integration() or direct
    )
    return Context(
        client=interaction.client,
        respond=InteractionResponder(interaction, progress, in_place),
        key=str(interaction.id),
        user=interaction.user.id,
        name=interaction.user.display_name,
        channel=interaction.channel_id or 0,
        server=interaction.guild_id,
        locale=interaction.locale.value,
        permissions=interaction.app_permissions,
        private=absent or bool(under and under.flags.ephemeral),
        absent=absent,
        moderator=in_server and allowed.manage_messages,
        manager=in_server and allowed.manage_guild,
        **_kind(interaction.channel),
    )


def of_message(client: Client, message: discord.Message) -> Context:
    """The context of a message that is addressed to the bot."""
    guild = message.guild
    if guild is None or isinstance(message.channel, discord.PartialMessageable):
        # A thread that we have not been told of: what is refused there is told when it is.
        permissions = discord.Permissions.all()
    else:
        permissions = message.channel.permissions_for(guild.me)
    locale = guild.preferred_locale.value if guild else "en"
    return Context(
        client=client,
        respond=MessageResponder(message, locale),
        key=str(message.id),
        user=message.author.id,
        name=message.author.display_name,
        channel=message.channel.id,
        server=guild.id if guild else None,
        locale=locale,
        permissions=permissions,
        **_kind(message.channel),
    )


def _kind(channel: Any) -> dict[str, Any]:
    thread = isinstance(channel, discord.Thread)
    nsfw = getattr(channel, "is_nsfw", None)
    return {
        "thread": thread,
        "parent": channel.parent_id if thread else None,
        "restricted": bool(nsfw and nsfw()),
    }


@dataclass(slots=True)
class InteractionResponder:
    """Answers a command, a button or a form that was acknowledged."""

    interaction: Interaction
    progress: int | None = None
    """The message of the acknowledgement; None when it was an update of another."""
    in_place: bool = False
    """Whether the message that the button is under is what changes."""

    async def send(self, text: str = "", card: Card | None = None) -> None:
        if self.progress is None:
            await interactions.send(self.interaction, text, card)
            return
        self.progress = None  # what comes next is a further message
        await self.interaction.edit_original_response(**_changes(text, card))

    async def send_privately(self, text: str, card: Card) -> None:
        await self.send(text, card)

    async def show(self, card: Card) -> None:
        if not self.in_place:
            await self.send(card=card)
            return
        kept = [] if card.files else _picture(self.interaction.message)
        if kept:
            card.embeds[-1].set_image(url=f"attachment://{PICTURE}")
        try:
            await self.interaction.edit_original_response(
                embeds=card.embeds, view=card.view, attachments=[*kept, *card.files]
            )
        except discord.HTTPException as error:
            if not (is_over(error) or error.code == TOO_OLD):
                raise
            # The message is gone, or too old to be changed once more: the change itself is made.
            await interactions.send(self.interaction, card=card)

    async def start_progress(self) -> Address:
        interaction = self.interaction
        under = interaction.message
        if self.in_place:
            started = say("stage.start", interaction.locale.value)
            message = await interaction.followup.send(started, ephemeral=True, wait=True)
            self.progress = message.id
        elif self.progress is None:
            self.progress = (await interaction.original_response()).id
        return Address(
            token=interaction.token,
            expires=expiry(),
            progress=str(self.progress),
            reply_to=str(under.id) if under and not under.flags.ephemeral else "",
        )


@dataclass(slots=True)
class MessageResponder:
    """Answers a reply to a draft, or a message in a direct conversation."""

    message: discord.Message
    locale: str
    progress: discord.Message | None = None
    """Where the progress is to be shown; what is sent instead of it takes its place."""

    async def send(self, text: str = "", card: Card | None = None) -> None:
        if self.progress is not None:
            await self.progress.edit(**_changes(text, card))
            self.progress = None
            return
        options = card.options() if card else {}
        await self.message.reply(escape(text).clip(MESSAGE) or None, **options)

    async def send_privately(self, text: str, card: Card) -> None:
        if self.message.guild is None:
            await self.send(text, card)
            return
        try:
            await self.message.author.send(escape(text) or None, **card.options())
        except discord.HTTPException:
            await self.send(say("data.no_dm", self.locale))
            return
        await self.send(say("data.dm", self.locale))

    async def show(self, card: Card) -> None:
        await self.send(card=card)

    async def start_progress(self) -> Address:
        self.progress = await self.message.reply(say("stage.start", self.locale))
        return Address(progress=str(self.progress.id), reply_to=str(self.message.id))


def _changes(text: str, card: Card | None) -> dict[str, Any]:
    """For a message that becomes this one."""
    options = card.options() if card else {}
    files = options.pop("files", [])
    return {"content": escape(text).clip(MESSAGE) or None, "attachments": files, **options}


def _picture(message: discord.Message | None) -> list[discord.Attachment]:
    files = message.attachments if message else []
    return [file for file in files if file.filename == PICTURE]
