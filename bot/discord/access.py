"""Where something is asked and by whom, and what may be done there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord

from atl_core.errors import BriefError, UserError
from bot.discord.invite import NEEDED
from bot.discord.server_settings import ServerSettings, server_settings
from bot.discord.texts import say

if TYPE_CHECKING:
    from bot.discord.client import Partner


class PlaceError(UserError):
    """It cannot be done in this channel; the text says who can change that."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Who asks, where, and in which language."""

    user: int
    channel: int
    server: int | None
    locale: str
    permissions: discord.Permissions
    """Of the bot, in the channel."""
    thread: bool = False
    parent: int | None = None
    restricted: bool = False
    """Whether the channel is marked as age-restricted."""
    moderator: bool = False
    manager: bool = False

    @property
    def owner(self) -> str:
        return owner_of(self.user)

    @property
    def guest(self) -> str:
        """The channel as drafts are shared with it."""
        return f"discord:channel:{self.channel}"


def owner_of(user: int) -> str:
    return f"discord:{user}"


def server_name(server: int) -> str:
    return f"discord:{server}"


def of_interaction(interaction: discord.Interaction[Any]) -> Scene:
    channel = interaction.channel
    allowed = interaction.permissions
    return Scene(
        user=interaction.user.id,
        channel=interaction.channel_id or 0,
        server=interaction.guild_id,
        locale=interaction.locale.value,
        permissions=interaction.app_permissions,
        moderator=interaction.guild_id is not None and allowed.manage_messages,
        manager=interaction.guild_id is not None and allowed.manage_guild,
        **_kind(channel),
    )


def of_message(message: discord.Message) -> Scene:
    guild = message.guild
    locale = guild.preferred_locale.value if guild else "en"
    if guild is None or isinstance(message.channel, discord.PartialMessageable):
        # A thread that we have not been told of: what is refused there is told when it is.
        permissions = discord.Permissions.all()
    else:
        permissions = message.channel.permissions_for(guild.me)
    member = message.author
    rights = member.guild_permissions if isinstance(member, discord.Member) else None
    return Scene(
        user=member.id,
        channel=message.channel.id,
        server=guild.id if guild else None,
        locale=locale,
        permissions=permissions,
        moderator=rights is not None and rights.manage_messages,
        manager=rights is not None and rights.manage_guild,
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


def missing(scene: Scene) -> list[str]:
    """The permissions that the bot needs in a channel and has not, as Discord calls them."""
    if scene.server is None or scene.permissions.administrator:
        return []
    unused = "send_messages" if scene.thread else "send_messages_in_threads"
    return [
        name
        for permission, name in NEEDED.items()
        if permission != unused and not getattr(scene.permissions, permission)
    ]


def check_permissions(scene: Scene) -> None:
    """Raises `PlaceError` naming what the bot lacks to post in a channel."""
    if lacking := missing(scene):
        raise PlaceError(
            say(
                "permission",
                scene.locale,
                names=", ".join(lacking),
                s="s" if len(lacking) > 1 else "",
            )
        )


async def settings_of(client: Partner, scene: Scene) -> ServerSettings:
    """What holds in the server; a direct message has no managers."""
    if scene.server is None:
        return ServerSettings()
    return await (await server_settings(client.studio)).get(server_name(scene.server))


def check_channel(scene: Scene, settings: ServerSettings) -> None:
    """Raises `PlaceError` in a channel that the managers did not choose."""
    here = {str(scene.channel), str(scene.parent)}
    if settings.channels and not here & set(settings.channels):
        chosen = ", ".join(f"<#{channel}>" for channel in settings.channels)
        raise PlaceError(say("channel.closed", scene.locale, channels=chosen))


def why_not_explicit(client: Partner, scene: Scene, settings: ServerSettings) -> str:
    """Why explicit words may not be asked for here; empty when they may."""
    if not client.settings.explicit:
        return say("explicit.off", scene.locale)
    if not scene.restricted:
        return say("explicit.channel", scene.locale)
    return "" if settings.explicit else say("explicit.server", scene.locale)


def check_explicit(client: Partner, scene: Scene, settings: ServerSettings) -> None:
    """Raises `BriefError` where explicit words may not be asked for."""
    if why := why_not_explicit(client, scene, settings):
        raise BriefError(why)


def check_links(client: Partner, scene: Scene, settings: ServerSettings) -> None:
    """Raises `BriefError` where links are not followed."""
    if not (client.settings.links and settings.links):
        raise BriefError(say("links.off", scene.locale))


async def check_cap(client: Partner, scene: Scene, settings: ServerSettings) -> None:
    """Raises `PlaceError` when a person has as much in the making here as managers allow."""
    if scene.server is None:
        return
    waiting = [
        job
        for job in await client.studio.jobs(owner=scene.owner)
        if job.address.get("server") == str(scene.server)
    ]
    if len(waiting) >= settings.cap:
        raise PlaceError(say("cap", scene.locale, n=len(waiting)))
