"""Values as Discord writes them in JSON."""

from __future__ import annotations

import datetime
from typing import Any

from .world import (
    DM,
    EVERYDAY,
    IN_A_DM,
    LOADING,
    THREAD,
    Attachment,
    Channel,
    Guild,
    Interaction,
    Message,
    User,
    is_present,
    permissions,
)

Payload = dict[str, Any]


def moment(identity: int) -> str:
    """When the thing with this id was made."""
    seconds = ((identity >> 22) + 1_420_070_400_000) / 1000
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat()


def user(value: User) -> Payload:
    """A user object."""
    return {
        "id": str(value.id),
        "username": value.name,
        "global_name": None if value.bot else value.name.title(),
        "discriminator": "0",
        "avatar": None,
        "bot": value.bot,
        "public_flags": 0,
    }


def member(guild: Guild, value: User, *, with_user: bool = True) -> Payload:
    """A member object; without the user where the message has it already."""
    _, roles = guild.members[value.id]
    payload: Payload = {
        "roles": [str(role) for role in sorted(roles)],
        "joined_at": moment(guild.id),
        "nick": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "avatar": None,
    }
    if with_user:
        payload["user"] = user(value)
    return payload


def channel(value: Channel) -> Payload:
    """A channel object of the kind that it is."""
    payload: Payload = {"id": str(value.id), "type": value.kind, "flags": 0}
    if value.kind == DM:
        assert value.recipient is not None
        return payload | {"recipients": [user(value.recipient)], "last_message_id": None}
    assert value.guild is not None
    payload |= {
        "guild_id": str(value.guild.id),
        "name": value.name,
        "nsfw": value.nsfw,
        "rate_limit_per_user": 0,
        "last_message_id": None,
    }
    if value.kind == THREAD:
        assert value.parent is not None
        return payload | {
            "parent_id": str(value.parent.id),
            "owner_id": str(value.guild.owner.id),
            "message_count": 0,
            "member_count": 1,
            "thread_metadata": {
                "archived": False,
                "locked": False,
                "auto_archive_duration": 1440,
                "archive_timestamp": moment(value.id),
            },
        }
    overwrites = [
        {"id": str(who), "type": 1, "allow": "0", "deny": str(deny)}
        for who, deny in value.denied.items()
    ]
    return payload | {
        "position": 0,
        "topic": None,
        "parent_id": None,
        "permission_overwrites": overwrites,
    }


def guild(value: Guild) -> Payload:
    """What GUILD_CREATE carries: roles, channels, threads and members, all small."""
    roles = [
        {
            "id": str(role.id),
            "name": role.name,
            "permissions": str(role.permissions),
            "position": position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        for position, role in enumerate(value.roles.values())
    ]
    channels = [c for c in value.channels.values() if c.kind != THREAD]
    return {
        "id": str(value.id),
        "name": value.name,
        "owner_id": str(value.owner.id),
        "unavailable": False,
        "large": False,
        "member_count": len(value.members),
        "preferred_locale": value.locale,
        "joined_at": moment(value.id),
        "roles": roles,
        "channels": [channel(c) for c in channels],
        "threads": [channel(c) for c in value.channels.values() if c.kind == THREAD],
        "members": [member(value, who) for who, _ in value.members.values()],
        "premium_tier": 0,
        "nsfw_level": 0,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "system_channel_flags": 0,
        "afk_timeout": 300,
        "emojis": [],
        "stickers": [],
        "features": [],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def attachment(value: Attachment) -> Payload:
    """An attachment object."""
    payload: Payload = {
        "id": str(value.id),
        "filename": value.filename,
        "size": len(value.data),
        "url": value.url,
        "proxy_url": value.url,
        "content_type": value.content_type,
    }
    if value.description is not None:
        payload["description"] = value.description
    if value.seconds is not None:
        payload |= {"duration_secs": value.seconds, "waveform": "AAAA"}
    return payload


def message(value: Message, *, readable: bool = True, nested: bool = False) -> Payload:
    """A message object; not `readable` for a bot that may not see what is in it."""
    edited = moment(value.id) if value.edited else None
    payload: Payload = {
        "id": str(value.id),
        "channel_id": str(value.channel.id),
        "author": user(value.author),
        "content": value.content if readable else "",
        "timestamp": moment(value.id),
        "edited_timestamp": edited,
        "tts": False,
        "mention_everyone": False,
        "mentions": [user(who) for who in value.mentions],
        "mention_roles": [],
        "attachments": [attachment(a) for a in value.attachments] if readable else [],
        "embeds": value.embeds if readable else [],
        "components": value.components if readable else [],
        "pinned": False,
        "type": 19 if value.reply_to is not None else 0,
        "flags": value.flags,
    }
    if value.nonce is not None:
        payload["nonce"] = value.nonce
    if value.author.bot:
        payload["application_id"] = str(value.author.id)
    if value.interaction is not None:
        payload["webhook_id"] = str(value.author.id)
        payload["type"] = 20 if value.interaction.kind == 2 else 19
        payload["interaction_metadata"] = {
            "id": str(value.interaction.id),
            "type": value.interaction.kind,
            "user": user(value.interaction.user),
            "authorizing_integration_owners": owners(value.interaction, value.author),
        }
    if value.forwarded is not None and readable:
        payload["message_reference"] = {
            "type": 1,
            "message_id": str(value.forwarded.id),
            "channel_id": str(value.forwarded.channel.id),
        }
        payload["message_snapshots"] = [{"message": snapshot(value.forwarded)}]
    if value.reply_to is not None:
        reference: Payload = {
            "type": 0,
            "message_id": str(value.reply_to.id),
            "channel_id": str(value.channel.id),
        }
        if value.channel.guild is not None:
            reference["guild_id"] = str(value.channel.guild.id)
        payload["message_reference"] = reference
        if not nested:
            gone = value.reply_to.deleted
            payload["referenced_message"] = None if gone else message(value.reply_to, nested=True)
    return payload


def message_event(value: Message, *, readable: bool = True) -> Payload:
    """A message as the gateway sends it: with the server and the member."""
    payload = message(value, readable=readable) | {"channel_type": value.channel.kind}
    home = value.channel.guild
    if home is not None:
        payload["guild_id"] = str(home.id)
        if value.author.id in home.members:
            payload["member"] = member(home, value.author, with_user=False)
    return payload


def snapshot(value: Message) -> Payload:
    """The part of a message that a forwarded one carries."""
    kept = ("type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags",
            "mentions", "mention_roles", "components")  # fmt: skip
    return {name: part for name, part in message(value).items() if name in kept}


def owners(value: Interaction, bot: User) -> dict[str, str]:
    """Who installed the bot there: the server, "0" in a direct message with it, or, where it is no
    member, the user."""
    if not is_present(bot, value.channel):
        return {"1": str(value.user.id)}
    home = value.channel.guild
    return {"0": "0" if home is None else str(home.id)}


def interaction(value: Interaction, bot: User, attachment_size_limit: int) -> Payload:
    """What INTERACTION_CREATE carries."""
    where = value.channel
    here = is_present(bot, where)
    payload: Payload = {
        "id": str(value.id),
        "application_id": str(bot.id),
        "type": value.kind,
        "token": value.token,
        "version": 1,
        "data": value.data,
        "channel": channel(where),
        "channel_id": str(where.id),
        "locale": value.user.locale,
        "app_permissions": str(permissions(bot, where) if here else IN_A_DM | EVERYDAY),
        "entitlements": [],
        "authorizing_integration_owners": owners(value, bot),
        "context": 0 if where.guild is not None else 1,
        "attachment_size_limit": attachment_size_limit,
    }
    if where.guild is not None:
        who = member(where.guild, value.user) | {"permissions": str(permissions(value.user, where))}
        payload |= {
            "guild_id": str(where.guild.id),
            "guild": {"id": str(where.guild.id), "locale": where.guild.locale, "features": []},
            "guild_locale": where.guild.locale,
            "member": who,
        }
    else:
        payload["user"] = user(value.user)
    if value.message is not None:
        payload["message"] = message(value.message)
    return payload


def callback(value: Interaction) -> Payload:
    """The answer to a callback that asked for one (`with_response`)."""
    about: Payload = {"id": str(value.id), "type": value.kind}
    payload: Payload = {"interaction": about}
    original = value.original
    if value.callback in (4, 5, 6, 7) and original is not None:
        about["response_message_id"] = str(original.id)
        about["response_message_loading"] = bool(original.flags & LOADING)
        about["response_message_ephemeral"] = original.ephemeral
        if value.callback in (4, 7):
            payload["resource"] = {"type": value.callback, "message": message(original)}
    return payload
