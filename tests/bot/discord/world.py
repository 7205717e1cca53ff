"""A server, its channels, ann who writes and bob who reads; and what they see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import discord
from simcord.actors import MemberActor
from simcord.backend import serializers
from simcord.builders import ChannelHandle
from simcord.env import Env
from simcord.results import InteractionResult, ResponseMessage

from bot.discord.client import Client
from tests.bot.discord.desk import beat

if TYPE_CHECKING:
    from tests.bot.discord.desk import DeskStudio


class World:
    def __init__(self, env: Env, studio: DeskStudio) -> None:
        self.env = env
        self.studio = studio
        self.guild = env.create_guild()
        self.channel = self.guild.create_text_channel("songs")
        self.ann = self.guild.add_member(env.create_user("ann"))
        self.bob = self.guild.add_member(env.create_user("bob"))
        managers = self.guild.create_role(
            "managers", permissions=discord.Permissions(manage_guild=True, manage_messages=True)
        )
        self.meg = self.guild.add_member(env.create_user("meg"), roles=[managers])

    async def song(
        self, who: MemberActor | None = None, channel: ChannelHandle | None = None, **asked: Any
    ) -> discord.Message:
        """A draft that somebody had written: the message that shows it."""
        asked = {"beat": beat(), "seed": "midnight train", "lines": 4} | asked
        channel = channel or self.channel
        await (who or self.ann).slash(channel, "lyrics", **asked)
        return self.last(channel)

    async def send_unseen(self, who: MemberActor, reply_to: discord.Message) -> None:
        """A reply that does not ping: without the intent its words do not reach the bot."""
        backend = self.env.backend
        sent = await who.send(self.channel, "what a line", reply_to=reply_to)
        payload = dict(
            serializers.message_payload(backend, backend.get_message(self.channel.id, sent.id))
        )
        backend.emit("MESSAGE_CREATE", payload | {"content": "", "mentions": []})
        await self.env.settle()

    async def send_to_deleted(self, who: MemberActor, words: str) -> None:
        """A reply to a message that is gone when the reply arrives."""
        backend = self.env.backend
        sent = await who.send(self.channel, "…")
        payload = dict(
            serializers.message_payload(backend, backend.get_message(self.channel.id, sent.id))
        )
        gone = {"channel_id": str(self.channel.id), "message_id": "1", "type": 0}
        mine = self.env.bot.user
        assert mine is not None
        mentions = [serializers.user_payload(backend.users[mine.id])] * (mine.mention in words)
        reply = {"type": 19, "message_reference": gone, "referenced_message": None}
        backend.emit("MESSAGE_CREATE", payload | reply | {"content": words, "mentions": mentions})
        await self.env.settle()

    async def thread(self) -> ChannelHandle:
        """A thread in the channel."""
        channel = self.env.bot.get_channel(self.channel.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.create_thread(name="a song", type=discord.ChannelType.public_thread)
        await self.env.settle()
        return self.channel.threads[-1]

    @property
    def bot(self) -> Client:
        assert isinstance(self.env.bot, Client)
        return self.env.bot

    @property
    def mention(self) -> str:
        """What pings the bot."""
        assert self.bot.user is not None
        return self.bot.user.mention

    def owner(self, who: MemberActor) -> str:
        return f"discord:{who.id}"

    def closed_channel(self, permission: str) -> ChannelHandle:
        """A channel in which the bot lacks a permission."""
        me = self.env.bot.user
        assert me is not None
        denied = discord.PermissionOverwrite(**{permission: False})
        return self.guild.create_text_channel(f"no {permission}", overwrites={me: denied})

    def last(self, channel: ChannelHandle | None = None) -> discord.Message:
        """The newest message of a channel as it stands now."""
        message = (channel or self.channel).last_message
        assert message is not None
        return message

    def said(self, channel: ChannelHandle | None = None) -> list[str]:
        """All that the bot has said in a channel."""
        return [
            text(message)
            for message in (channel or self.channel).history()
            if message.author == self.env.bot.user and not message.flags.ephemeral
        ]


def text(message: Any) -> str:
    """All the words of a message."""
    return "\n".join(words(message))


def words(message: Any) -> Iterator[str]:
    if message is None:
        return
    yield message.content or ""
    for embed in message.embeds:
        yield from (embed.author.name or "", embed.title or "", embed.description or "")
        for field in embed.fields:
            yield from (field.name or "", field.value or "")
        yield embed.footer.text or ""


def response_of(result: InteractionResult) -> ResponseMessage:
    """The message that answers an interaction."""
    assert result.response is not None
    return result.response


def answers(result: Any) -> str:
    """All that the bot answered to an interaction, for the asker."""
    return "\n".join(text(answer) for answer in (result.response, *result.followups))


def labels(message: Any) -> list[str]:
    """What is written on the buttons under a message."""
    return [label for label, _ in buttons(message)]


def buttons(message: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def walk(parts: Any) -> None:
        for part in parts:
            plain = part if isinstance(part, dict) else part.to_dict()
            if plain.get("type") == 2:
                found.append((plain.get("label", ""), plain.get("custom_id", "")))
            walk(plain.get("components", []))

    walk(message.components)
    return found


def draft_id(message: Any) -> str:
    """The draft that a message shows."""
    return next(id_ for _, id_ in buttons(message) if id_.startswith("atl:more:")).split(":")[2]
