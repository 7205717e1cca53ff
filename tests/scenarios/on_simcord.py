"""People on simcord: the bot runs in the test, and Discord is simulated around it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import discord
import simcord

from tests.fakes.discord.world import every_component, texts
from tests.patience import Patience
from tests.scenarios.people import Asked, Beat, Post


def words_of(embeds: Iterable[discord.Embed]) -> list[str]:
    """All that embeds say, top to bottom."""
    said: list[str | None] = []
    for embed in embeds:
        said += [embed.author.name, embed.title, embed.description]
        for row in embed.fields:
            said += [row.name, row.value]
        said.append(embed.footer.text)
    return [text for text in said if text]


@dataclass(frozen=True, slots=True)
class Done:
    """An interaction and all that has come of it."""

    result: simcord.InteractionResult

    @property
    def form(self) -> str:
        """The title of the form that was shown in answer, or nothing."""
        return (self.result.modal or {}).get("title", "")


class OnSimcord:
    """A channel of a simulated Discord."""

    def __init__(self, env: simcord.Env) -> None:
        self.env = env
        self.guild = env.create_guild()
        self.channel = self.guild.create_text_channel("lyrics")

    def person(self, name: str, *, locale: str = "en-US", manages: bool = False) -> Writer:
        """Somebody new in the channel; simcord knows no locales."""
        del locale
        roles = []
        if manages:
            may = discord.Permissions(manage_guild=True, manage_messages=True)
            roles.append(self.guild.create_role("managers", permissions=may))
        actor = self.guild.add_member(self.env.create_user(name), roles=roles)
        return Writer(actor, self)

    @property
    def pings(self) -> int:
        """How often the bot has pinged somebody."""
        said = [m for m in self.public() if m.author == self.env.bot.user]
        return sum(len(m.mentions) + len(m.role_mentions) + m.mention_everyone for m in said)

    def count(self, words: str) -> int:
        """How many public messages of the bot's match these words now."""
        pattern = re.compile(words, re.IGNORECASE | re.DOTALL)
        return sum(
            m.author == self.env.bot.user and pattern.search(self.read(m).text) is not None
            for m in self.public()
        )

    def public(self) -> list[discord.Message]:
        """What everybody sees in the channel, the oldest first."""
        return [m for m in self.channel.history() if not m.flags.ephemeral]

    def read(self, message: discord.Message) -> Post:
        """A message as it stands now."""
        stored = self.env.backend.get_message(message.channel.id, message.id)
        components = stored.components
        text = [message.content, *words_of(message.embeds), *texts(components)]
        buttons = [
            part.get("label", "")
            for part in every_component(components)
            if part["type"] == 2 and not part.get("disabled")
        ]
        files = {
            a["filename"]: self.env.backend.cdn.get(a["url"]) or b"" for a in stored.attachments
        }
        return Post(message, "\n".join(filter(None, text)), buttons, files, message.flags.ephemeral)

    async def until(self, found: Callable[[], Post | None], what: str) -> Post:
        """The first post that `found` gives; workers are other processes, and take their time."""
        patience = Patience(lambda: len(self.env.transcript()))
        while (post := found()) is None:
            if patience.is_over():
                raise TimeoutError(f"waited in vain for {what}\n{self.env.transcript()[-3000:]}")
            await asyncio.sleep(0.05)
        return post


class Writer:
    """One writer in one channel."""

    def __init__(self, actor: simcord.MemberActor, place: OnSimcord) -> None:
        self.actor = actor
        self.place = place

    @property
    def name(self) -> str:
        """What they are called."""
        return self.actor.name

    async def slash(self, command: str, /, **options: Any) -> Done:
        """Run a command; its files are `Beat`s."""
        given = {
            name: (value.name, value.data) if isinstance(value, Beat) else value
            for name, value in options.items()
        }
        return Done(await self.actor.slash(self.place.channel, command, **given))

    async def menu(self, post: Post, command: str) -> Done:
        """Choose a command from a message's menu."""
        return Done(await self.actor.context_menu(self.place.channel, command, post.handle))

    async def say(
        self, text: str, *files: Beat, answering: Post | None = None, aside: bool = False
    ) -> Post:
        """Write into the channel, or to the bot in private."""
        sent = [(file.name, file.data) for file in files]
        if aside:
            return self.place.read(await self.actor.send_dm(text, attachments=sent))
        reply_to = answering.handle if answering else None
        message = await self.actor.send(
            self.place.channel, text, reply_to=reply_to, attachments=sent
        )
        return self.place.read(message)

    async def click(self, post: Post, label: str) -> Done:
        """Press the button with these words on it."""
        now = self.place.read(post.handle)
        exact = next((name for name in now.buttons if label.lower() in name.lower()), label)
        return Done(await self.actor.click(post.handle, label=exact))

    async def fill(self, asked: Asked, **fields: str) -> Done:
        """Fill in the form that was shown, and send it."""
        assert isinstance(asked, Done)
        return Done(await self.actor.submit_modal(asked.result, dict(fields)))

    async def told(self, asked: Asked, words: str) -> Post:
        """The answer to what they did that matches these words; waits for it."""
        assert isinstance(asked, Done)
        result, pattern = asked.result, re.compile(words, re.IGNORECASE | re.DOTALL)

        def look() -> Post | None:
            answers = [a for a in (result.response, *result.followups) if a is not None]
            posts = [self.place.read(answer.message) for answer in answers]
            return next((post for post in posts if pattern.search(post.text)), None)

        return await self.place.until(look, f"{words!r} in answer")

    async def reads(self, words: str, *, after: Post | None = None, aside: bool = False) -> Post:
        """The first message of the bot's, after another one, that matches; waits for it."""
        pattern = re.compile(words, re.IGNORECASE | re.DOTALL)
        since = after.handle.id if after else 0

        def look() -> Post | None:
            channel = self.actor.user.dm_channel if aside else self.place.channel
            for message in channel.history():
                if message.id > since and message.author == self.place.env.bot.user:
                    post = self.place.read(message)
                    if not post.private and pattern.search(post.text):
                        return post
            return None

        return await self.place.until(look, f"{words!r} in the channel")

    async def sees(self, post: Post, words: str) -> Post:
        """The same message once its text matches these words; waits for it."""
        pattern = re.compile(words, re.IGNORECASE | re.DOTALL)

        def look() -> Post | None:
            history = self.place.channel.history()
            now = next(self.place.read(m) for m in history if m.id == post.handle.id)
            return now if pattern.search(now.text) else None

        return await self.place.until(look, f"{words!r} in a message")
