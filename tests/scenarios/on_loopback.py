"""People on the loopback Discord: real sockets between them and the product's own processes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.fakes.discord import Channel, File, Interaction, LoopbackDiscord, Message, bits
from tests.fakes.discord import Person as Client
from tests.fakes.discord.world import every_component
from tests.scenarios.people import Asked, Beat, Post


def as_post(message: Message) -> Post:
    """A message as it stands now."""
    buttons = [
        part.get("label", "")
        for part in every_component(message.components)
        if part["type"] == 2 and not part.get("disabled")
    ]
    files = {part.filename: part.data for part in message.attachments}
    return Post(message, message.text, buttons, files, message.ephemeral)


@dataclass(frozen=True, slots=True)
class Done:
    """An interaction, once it has been answered for the first time."""

    interaction: Interaction

    @property
    def form(self) -> str:
        """The title of the form that was shown in answer, or nothing."""
        return (self.interaction.modal or {}).get("title", "")


class OnLoopback:
    """A channel of the loopback Discord."""

    def __init__(self, discord: LoopbackDiscord, channel: Channel) -> None:
        self.discord = discord
        self.channel = channel

    def person(self, name: str, *, locale: str = "en-US", manages: bool = False) -> Writer:
        """Somebody new in the channel."""
        assert self.channel.guild is not None
        may = bits("manage_guild", "manage_messages") if manages else 0
        client = self.discord.person(name, self.channel.guild, locale=locale, may=may)
        return Writer(client, self.channel, self.discord)

    @property
    def pings(self) -> int:
        """How often the bot has pinged somebody."""
        return len(self.discord.pings)

    def count(self, words: str) -> int:
        """How many public messages of the bot's match these words now."""
        pattern = re.compile(words, re.IGNORECASE | re.DOTALL)
        return sum(
            m.author is self.discord.bot and pattern.search(m.text) is not None
            for m in self.channel.seen()
        )


class Writer:
    """One writer in one channel."""

    def __init__(self, client: Client, channel: Channel, discord: LoopbackDiscord) -> None:
        self.client = client
        self.channel = channel
        self._discord = discord

    @property
    def name(self) -> str:
        """What they are called."""
        return self.client.user.name

    async def slash(self, command: str, /, **options: Any) -> Done:
        """Run a command; its files are `Beat`s."""
        given = {
            name: File(value.name, value.data) if isinstance(value, Beat) else value
            for name, value in options.items()
        }
        return await self._done(await self.client.slash(self.channel, command, **given))

    async def menu(self, post: Post, command: str) -> Done:
        """Choose a command from a message's menu."""
        return await self._done(await self.client.menu(post.handle, command))

    async def say(
        self, text: str, *files: Beat, answering: Post | None = None, aside: bool = False
    ) -> Post:
        """Write into the channel, or to the bot in private."""
        where = self.client.direct if aside else self.channel
        sent = [File(file.name, file.data) for file in files]
        reply_to = answering.handle if answering else None
        return as_post(await self.client.say(where, text, *sent, reply_to=reply_to))

    async def click(self, post: Post, label: str) -> Done:
        """Press the button with these words on it."""
        return await self._done(await self.client.click(post.handle, label))

    async def fill(self, asked: Asked, **fields: str) -> Done:
        """Fill in the form that was shown, and send it."""
        assert isinstance(asked, Done)
        return await self._done(await self.client.fill(asked.interaction, **fields))

    async def told(self, asked: Asked, words: str) -> Post:
        """The answer to what they did that matches these words; waits for it."""
        assert isinstance(asked, Done)
        return as_post(await self.client.reads(asked.interaction, words))

    async def reads(self, words: str, *, after: Post | None = None, aside: bool = False) -> Post:
        """The first message of the bot's, after another one, that matches; waits for it."""
        where = self.client.direct if aside else self.channel
        since = after.handle.id if after else 0
        return as_post(await self.client.reads(where, words, after=since))

    async def sees(self, post: Post, words: str) -> Post:
        """The same message once its text matches these words; waits for it."""
        message: Message = post.handle
        pattern = re.compile(words, re.IGNORECASE | re.DOTALL)
        await self._discord.until(lambda: pattern.search(message.text), f"{words!r} in a message")
        return as_post(message)

    async def _done(self, interaction: Interaction) -> Done:
        return Done(await self.client.answered(interaction))
