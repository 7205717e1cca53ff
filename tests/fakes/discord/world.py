"""What there is in a Discord: users, servers, channels, messages, interactions. Values, no wire."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any, Final

EPOCH: Final = 1_420_070_400_000
EPHEMERAL: Final = 1 << 6
VOICE: Final = 1 << 13
FORWARD: Final = 1 << 14
LOADING: Final = 1 << 7
COMPONENTS_V2: Final = 1 << 15
TEXT, DM, THREAD = 0, 1, 11

BITS: Final = {
    "kick_members": 1 << 1,
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "use_external_emojis": 1 << 18,
    "use_application_commands": 1 << 31,
    "send_messages_in_threads": 1 << 38,
}
EVERYTHING: Final = (1 << 53) - 1
_counter = itertools.count()


def bits(*names: str) -> int:
    """The permissions of these names as Discord's number."""
    return sum(BITS[name] for name in names)


IN_A_DM: Final = bits("attach_files", "embed_links", "mention_everyone", "use_external_emojis")
"""What `app_permissions` says in a direct message, by the documentation of interactions."""
EVERYDAY: Final = bits(
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
    "use_application_commands",
    "send_messages_in_threads",
)


def snowflake(*, seconds_ago: float = 0.0) -> int:
    """A new id, with the time in it: clients read when a thing was made out of its id."""
    milliseconds = int((time.time() - seconds_ago) * 1000) - EPOCH
    return (milliseconds << 22) | (next(_counter) & 0xFFF)


@dataclass(slots=True)
class User:
    """Somebody with an account; `closed` when strangers cannot write to them."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    closed: bool = False


@dataclass(slots=True)
class Role:
    """A name for permissions; the one with the server's id is everybody's."""

    id: int
    name: str
    permissions: int


@dataclass(slots=True)
class Attachment:
    """A file that lies in the CDN until its address expires."""

    id: int
    filename: str
    data: bytes
    content_type: str
    url: str
    description: str | None = None
    seconds: float | None = None
    """Of a voice message."""


@dataclass(slots=True)
class Message:
    """A message, as everybody (or with EPHEMERAL its one reader) sees it."""

    id: int
    channel: Channel
    author: User
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    reply_to: Message | None = None
    forwarded: Message | None = None
    """The message that it passes on."""
    mentions: list[User] = field(default_factory=list)
    interaction: Interaction | None = None
    edited: bool = False
    deleted: bool = False
    born: float = field(default_factory=time.monotonic)
    versions: list[str] = field(default_factory=list)
    """Every text that it has had, the newest last."""

    @property
    def ephemeral(self) -> bool:
        """Whether only the one who asked sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it still says "... is thinking"."""
        return bool(self.flags & LOADING)

    @property
    def text(self) -> str:
        """All that can be read in it: content, embeds and text components, top to bottom."""
        parts = [self.content]
        for embed in self.embeds:
            parts += [embed.get("author", {}).get("name", ""), embed.get("title", "")]
            parts.append(embed.get("description", ""))
            for row in embed.get("fields", []):
                parts += [row["name"], row["value"]]
            parts.append(embed.get("footer", {}).get("text", ""))
        parts += texts(self.components)
        return "\n".join(part for part in parts if part)

    def button(self, label: str) -> dict[str, Any]:
        """The button whose label or custom id holds these words.

        Raises:
            LookupError: no such button; its message names those that there are.
        """
        buttons = [part for part in every_component(self.components) if part["type"] == 2]
        for part in buttons:
            if label.lower() in (part.get("label") or "").lower() or label == part.get("custom_id"):
                return part
        names = [part.get("label") for part in buttons]
        raise LookupError(f"no button {label!r} under {self.text[:80]!r}; there are {names}")


def every_component(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The components and all that they hold, in reading order."""
    found = []
    for part in components:
        found.append(part)
        found += every_component(part.get("components") or [])
        for inner in ("accessory", "component"):
            if part.get(inner):
                found += every_component([part[inner]])
    return found


def texts(components: list[dict[str, Any]]) -> list[str]:
    """What the text components say."""
    return [part["content"] for part in every_component(components) if part["type"] == 10]


@dataclass(slots=True)
class Channel:
    """A text channel, a thread or a direct message; `denied` overwrites what a user may do."""

    id: int
    kind: int
    name: str = ""
    guild: Guild | None = None
    parent: Channel | None = None
    recipient: User | None = None
    nsfw: bool = False
    denied: dict[int, int] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)

    def seen(self) -> list[Message]:
        """What stands in it now for everybody, the oldest first."""
        return [m for m in self.messages.values() if not (m.deleted or m.ephemeral)]


@dataclass(slots=True)
class Guild:
    """A server: its roles, its members' roles, its channels."""

    id: int
    name: str
    owner: User
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, tuple[User, set[int]]] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    locale: str = "en-US"


@dataclass(slots=True)
class Interaction:
    """One thing that a person did with the bot, and all that came of it."""

    id: int
    token: str
    kind: int
    """2 a command, 3 a component, 4 autocomplete, 5 a submitted modal."""
    user: User
    channel: Channel
    data: dict[str, Any]
    message: Message | None = None
    """The message whose component it was."""
    born: float = field(default_factory=time.monotonic)
    sent: float | None = None
    """When it went out to a bot that was connected."""
    acknowledged: float | None = None
    callback: int | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] | None = None
    forgotten: bool = False
    """Whether its first answer came too late."""
    expired: bool = False

    @property
    def answers(self) -> list[Message]:
        """The messages that answer it, without those deleted or still loading."""
        messages = [self.original, *self.followups]
        return [m for m in messages if m is not None and not (m.deleted or m.loading)]

    @property
    def text(self) -> str:
        """All that its answers say."""
        return "\n".join(message.text for message in self.answers)


def is_present(bot: User, channel: Channel) -> bool:
    """Whether the bot is a member of the server of a channel, or it is a direct message."""
    return channel.guild is None or bot.id in channel.guild.members


def permissions(user: User, channel: Channel) -> int:
    """What a user may do there: roles, then what the channel (or a thread's parent) denies."""
    guild = channel.guild
    if guild is None:
        return IN_A_DM | EVERYDAY
    if user is guild.owner:
        return EVERYTHING
    if user.id not in guild.members:
        return 0
    allowed = guild.roles[guild.id].permissions
    for role in guild.members[user.id][1]:
        allowed |= guild.roles[role].permissions
    if allowed & BITS["administrator"]:
        return EVERYTHING
    for place in (channel.parent, channel):
        if place is not None:
            allowed &= ~place.denied.get(user.id, 0)
    return allowed if allowed & BITS["view_channel"] else 0
