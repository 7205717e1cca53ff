"""What this Discord remembers, and the one way in which messages come to be, change and go."""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from . import wire
from .calls import Upload
from .gateway import DIRECT_MESSAGES, GUILD_MESSAGES, PRIVILEGED, Gateway
from .journal import Journal
from .refusals import RefusalError, invalid, unknown
from .rules import check_message, pings
from .waiting import Changes
from .world import (
    BITS,
    COMPONENTS_V2,
    DM,
    EPHEMERAL,
    LOADING,
    Attachment,
    Channel,
    Guild,
    Interaction,
    Message,
    User,
    every_component,
    is_present,
    permissions,
    snowflake,
)

_CALLER_SETS: Final = EPHEMERAL | COMPONENTS_V2 | 1 << 2 | 1 << 12


@dataclass(frozen=True, slots=True)
class Ping:
    """Somebody whose phone would have buzzed for what the bot wrote."""

    whom: str
    message: Message


@dataclass(slots=True)
class Store:
    """Users, servers, channels, messages, interactions, commands, files."""

    bot: User
    journal: Journal
    changes: Changes
    root: str = ""
    """The address of this Discord, once it is open: `http://127.0.0.1:PORT`."""
    attachment_size_limit: int = 20 * 1024 * 1024
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    commands: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """Registered commands; under 0 those for everywhere, else under the server's id."""
    files: dict[str, Attachment] = field(default_factory=dict)
    pings: list[Ping] = field(default_factory=list)
    typing: list[Channel] = field(default_factory=list)
    gateway: Gateway = field(init=False)

    def channel(self, identity: int) -> Channel:
        """The channel with this id.

        Raises:
            RefusalError: there is none.
        """
        try:
            return self.channels[identity]
        except KeyError:
            raise unknown("Channel", 10003) from None

    def direct(self, user: User) -> Channel:
        """The direct message channel between the bot and a user."""
        for channel in self.channels.values():
            if channel.kind == DM and channel.recipient is user:
                return channel
        channel = Channel(snowflake(), DM, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def upload(self, filename: str, data: bytes, content_type: str = "") -> Attachment:
        """Lay a file into the CDN, at an address that will expire."""
        identity = snowflake()
        kind = content_type or mimetypes.guess_type(filename)[0] or "application/octet-stream"
        path = f"/attachments/{snowflake()}/{identity}/{filename}"
        signed = f"{self.root}{path}?ex=ffffffff&is=0&hm={secrets.token_hex(16)}&"
        attachment = Attachment(identity, filename, data, kind, signed)
        self.files[path] = attachment
        return attachment

    def forget_files(self) -> None:
        """Every address in the CDN expires now."""
        self.files.clear()

    # --- messages ----------------------------------------------------------------------------

    async def post(
        self,
        channel: Channel,
        body: dict[str, Any],
        files: Iterable[Upload] = (),
        *,
        interaction: Interaction | None = None,
    ) -> Message:
        """A new message of the bot's; or, for a nonce that is to be unique, the one it made before.

        Raises:
            RefusalError: it breaks a rule.
        """
        files = tuple(files)
        check_message(body, files=len(files))
        nonce = None if body.get("nonce") is None else str(body["nonce"])
        if nonce is not None and body.get("enforce_nonce"):
            for old in channel.messages.values():
                if old.nonce == nonce:
                    return old
        message = Message(snowflake(), channel, self.bot, nonce=nonce, interaction=interaction)
        reference = body.get("message_reference")
        if reference:
            message.reply_to = channel.messages.get(int(reference["message_id"]))
            if message.reply_to is None and reference.get("fail_if_not_exists", True):
                raise invalid("message_reference", "Unknown message", "REPLIES_UNKNOWN_MESSAGE")
        self._fill(message, body, files)
        channel.messages[message.id] = message
        self._note_pings(message, body)
        if not message.ephemeral and is_present(self.bot, channel):
            await self.gateway.dispatch(
                "MESSAGE_CREATE", wire.message_event(message), intent=_intent(channel)
            )
        self.changes.announce()
        return message

    async def amend(
        self, message: Message, body: dict[str, Any], files: Iterable[Upload] = ()
    ) -> Message:
        """Change a message of the bot's; what the body leaves out stays as it is.

        Raises:
            RefusalError: it would break a rule.
        """
        files = tuple(files)
        kept = message.attachments
        if "attachments" in body:
            stay = {str(part["id"]) for part in body["attachments"] or []}
            kept = [part for part in kept if str(part.id) in stay]
        now = {
            "content": message.content,
            "embeds": message.embeds,
            "components": message.components,
        }
        sticky = message.flags & COMPONENTS_V2
        after = now | {name: body[name] or now[name][:0] for name in now if name in body}
        if not (message.loading and not any(after.values()) and not files):
            check_message(
                after | {"flags": body.get("flags") or 0},
                files=len(files),
                kept=len(kept),
                sticky=sticky,
            )
        message.attachments = list(kept)
        was_loading = message.loading
        message.flags &= ~LOADING
        self._fill(
            message, after | {k: body[k] for k in ("flags", "attachments") if k in body}, files
        )
        message.edited = not was_loading
        if was_loading:  # later edits buzz no phone
            self._note_pings(message, body)
        if not message.ephemeral:
            await self.gateway.dispatch(
                "MESSAGE_UPDATE", wire.message_event(message), intent=_intent(message.channel)
            )
        self.changes.announce()
        return message

    async def remove(self, message: Message) -> None:
        """Delete a message."""
        message.deleted = True
        message.channel.messages.pop(message.id, None)
        data = {"id": str(message.id), "channel_id": str(message.channel.id)}
        if message.channel.guild is not None:
            data["guild_id"] = str(message.channel.guild.id)
        if not message.ephemeral:
            await self.gateway.dispatch("MESSAGE_DELETE", data, intent=_intent(message.channel))
        self.changes.announce()

    async def say(
        self,
        author: User,
        channel: Channel,
        text: str,
        *,
        files: Iterable[Attachment] = (),
        reply_to: Message | None = None,
        forwarded: Message | None = None,
        flags: int = 0,
        ping: bool = True,
    ) -> Message:
        """A person writes a message; the bot may read it only where Discord lets it."""
        message = Message(snowflake(), channel, author, text, reply_to=reply_to)
        message.forwarded, message.flags = forwarded, flags
        message.attachments = list(files)
        message.mentions = [u for u in self.users.values() if f"<@{u.id}>" in text]
        # An answer to what an interaction posted pings nobody: its author is a webhook.
        if reply_to is not None and ping and reply_to.interaction is None:
            message.mentions.append(reply_to.author)
        channel.messages[message.id] = message
        granted = self.gateway.intents & PRIVILEGED["message_content"]
        readable = bool(granted) or channel.kind == DM or self.bot in message.mentions
        if is_present(self.bot, channel):
            await self.gateway.dispatch(
                "MESSAGE_CREATE",
                wire.message_event(message, readable=readable),
                intent=_intent(channel),
            )
        self.changes.announce()
        return message

    def _fill(self, message: Message, body: dict[str, Any], files: tuple[Upload, ...]) -> None:
        for name in ("content", "embeds", "components"):
            if name in body:
                setattr(message, name, body[name] or getattr(message, name)[:0])
        allowed = permissions(self.bot, message.channel)
        if message.interaction is None and not allowed & BITS["embed_links"]:
            message.embeds = []  # dropped without a word
        message.flags |= (body.get("flags") or 0) & _CALLER_SETS
        described = {str(part.get("id")): part for part in body.get("attachments") or []}
        for file in files:
            if len(file.data) > self.attachment_size_limit:
                raise RefusalError(413, 40005, "Request entity too large")
            about = described.get(str(file.index), {})
            kept = self.upload(about.get("filename") or file.filename, file.data)
            kept.description = about.get("description")
            message.attachments.append(kept)
        _check_media(message)
        for number, part in enumerate(every_component(message.components), start=1):
            part.setdefault("id", number)
        message.versions.append(message.text)

    def _note_pings(self, message: Message, body: dict[str, Any]) -> None:
        if message.interaction is None or not message.ephemeral:
            self.pings += [Ping(whom, message) for whom in pings(message, body)]


def _intent(channel: Channel) -> int:
    return DIRECT_MESSAGES if channel.kind == DM else GUILD_MESSAGES


def _check_media(message: Message) -> None:
    """`attachment://name` has to name a file of the message; it then shows that file's address."""
    addresses = {part.filename: part.url for part in message.attachments}
    places: list[dict[str, Any]] = []
    for embed in message.embeds:
        places += [embed[name] for name in ("image", "thumbnail") if name in embed]
    for part in every_component(message.components):
        places += [part[name] for name in ("media", "file") if name in part]
        places += [item["media"] for item in part.get("items", [])]
    for place in places:
        url = str(place.get("url", ""))
        if url.startswith("attachment://"):
            name = url.removeprefix("attachment://")
            if name not in addresses:
                raise invalid("components", f"The referenced attachment {name!r} was not found")
            place["url"] = addresses[name]
