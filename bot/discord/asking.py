"""Somebody asking by a command, a button, a form or a reply, and the ways to answer each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import discord

from bot.discord import access
from bot.discord.access import Scene
from bot.discord.addresses import Address, expiry
from bot.discord.cards import PICTURE, Card
from bot.discord.interactions import is_over, tell
from bot.discord.limits import MESSAGE, clip
from bot.discord.texts import say

if TYPE_CHECKING:
    from bot.discord.client import Partner

    Asked = discord.Interaction[Partner]


TOO_OLD: Final = 30046
"""Discord's code for a message that is over an hour old and was changed too often."""


class Asking(Protocol):
    """What a request needs of whoever made it."""

    client: Partner
    scene: Scene

    @property
    def key(self) -> str:
        """By which a request that arrives twice is known."""
        ...

    @property
    def private(self) -> bool:
        """Whether the answer is for the asker alone."""
        ...

    @property
    def name(self) -> str:
        """What the asker is called here."""
        ...

    async def tell(self, text: str = "", card: Card | None = None) -> None:
        """Say something short, for the asker where that is possible."""
        ...

    async def tell_privately(self, text: str, card: Card) -> None:
        """Say something that is nobody else's business."""
        ...

    async def show(self, card: Card) -> None:
        """Show a draft as it is now."""
        ...

    async def address(self) -> Address:
        """Where a job's progress and result go; a place for the progress is made."""
        ...


@dataclass(slots=True)
class ByInteraction:
    """A command, a button or a form, already acknowledged."""

    client: Partner
    interaction: Asked
    scene: Scene
    private: bool = False
    progress: int | None = None
    """The message of the acknowledgement; None when it was an update of another."""
    in_place: bool = False
    """Whether the message that the button is under is what changes."""

    @property
    def key(self) -> str:
        return str(self.interaction.id)

    @property
    def name(self) -> str:
        return self.interaction.user.display_name

    async def tell(self, text: str = "", card: Card | None = None) -> None:
        if self.progress is None:
            await tell(self.interaction, text, **_without_none(card))
            return
        self.progress = None  # what comes next is a further message
        await self.interaction.edit_original_response(**_changes(text, card))

    async def tell_privately(self, text: str, card: Card) -> None:
        await self.tell(text, card)

    async def show(self, card: Card) -> None:
        if not self.in_place:
            await self.tell(card=card)
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
            await tell(self.interaction, **card.options())

    async def address(self) -> Address:
        interaction = self.interaction
        under = interaction.message
        reply_to = str(under.id) if under and not under.flags.ephemeral else ""
        if self.progress is None:
            self.progress = (await interaction.original_response()).id
        return Address(
            application=str(interaction.application_id),
            server=str(self.scene.server or ""),
            channel=str(self.scene.channel),
            user=str(self.scene.user),
            name=self.name,
            locale=self.scene.locale,
            private="1" if self.private else "",
            token=interaction.token,
            expires=expiry(),
            progress=str(self.progress),
            reply_to=reply_to,
        )


@dataclass(slots=True)
class ByMessage:
    """A reply to a draft, or a message in a direct conversation."""

    client: Partner
    message: discord.Message
    scene: Scene
    private: bool = False
    waiting: discord.Message | None = None
    """Where the progress is to be shown; what is told instead of it takes its place."""

    @property
    def key(self) -> str:
        return str(self.message.id)

    @property
    def name(self) -> str:
        return self.message.author.display_name

    async def tell(self, text: str = "", card: Card | None = None) -> None:
        if self.waiting is None:
            await self.message.reply(clip(text, MESSAGE) or None, **_without_none(card))
            return
        waiting, self.waiting = self.waiting, None
        await waiting.edit(**_changes(text, card))

    async def tell_privately(self, text: str, card: Card) -> None:
        if self.message.guild is None:
            await self.tell(text, card)
            return
        try:
            await self.message.author.send(text, **_without_none(card))
        except discord.HTTPException:
            await self.tell(say("data.no_dm", self.scene.locale))
            return
        await self.tell(say("data.dm", self.scene.locale))

    async def show(self, card: Card) -> None:
        await self.tell(card=card)

    async def address(self) -> Address:
        self.waiting = await self.message.reply(say("stage.start", self.scene.locale))
        return Address(
            application=str(self.client.application_id),
            server=str(self.scene.server or ""),
            channel=str(self.scene.channel),
            user=str(self.scene.user),
            name=self.name,
            locale=self.scene.locale,
            private="1" if self.private else "",
            progress=str(self.waiting.id),
            reply_to=str(self.message.id),
        )


def by_interaction(
    interaction: Asked, *, progress: int | None = None, in_place: bool = False
) -> ByInteraction:
    """What is asked under a message that the asker alone sees is private."""
    under = interaction.message
    return ByInteraction(
        interaction.client,
        interaction,
        access.of_interaction(interaction),
        private=bool(under and under.flags.ephemeral),
        progress=progress,
        in_place=in_place,
    )


def _without_none(card: Card | None) -> dict[str, Any]:
    return card.options() if card else {}


def _changes(text: str, card: Card | None) -> dict[str, Any]:
    """For a message that becomes this one."""
    options = _without_none(card)
    files = options.pop("files", [])
    return {"content": clip(text, MESSAGE) or None, "attachments": files, **options}


def _picture(message: discord.Message | None) -> list[discord.Attachment]:
    files = message.attachments if message else []
    return [file for file in files if file.filename == PICTURE]
