"""The routes of the API that need the bot's token: itself, commands, channels, messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from . import wire
from .calls import Call
from .refusals import RefusalError, missing_access, missing_permissions, unknown
from .rules import check_commands
from .store import Store
from .world import BITS, DM, THREAD, Channel, Guild, Message, permissions, snowflake

Answer = tuple[int, Any]
Route = Callable[[Store, Call], Awaitable[Answer]]


async def me(store: Store, _: Call) -> Answer:
    """GET /users/@me"""
    return 200, wire.user(store.bot) | {"verified": True, "mfa_enabled": False, "flags": 0}


async def application(store: Store, _: Call) -> Answer:
    """GET /oauth2/applications/@me"""
    owner = next((guild.owner for guild in store.guilds.values()), store.bot)
    return 200, {
        "id": str(store.bot.id),
        "name": store.bot.name,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": wire.user(owner),
        "team": None,
        "flags": 0,
        "approximate_guild_count": len(store.guilds),
        "interactions_endpoint_url": None,
    }


async def gateway(store: Store, _: Call) -> Answer:
    """GET /gateway and /gateway/bot"""
    limits = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    address = store.root.replace("http://", "ws://") + "/gw/"
    return 200, {"url": address, "shards": 1, "session_start_limit": limits}


# --- commands ------------------------------------------------------------------------------------


def _scope(store: Store, call: Call) -> int:
    if call.number("application") != store.bot.id:
        raise RefusalError(403, 20012, "You are not authorized to perform this action")
    guild = int(call.parts.get("guild", 0))
    if guild and guild not in store.guilds:
        raise missing_access()
    return guild


async def list_commands(store: Store, call: Call) -> Answer:
    """GET /applications/{id}/commands"""
    return 200, store.commands.get(_scope(store, call), [])


async def put_commands(store: Store, call: Call) -> Answer:
    """PUT /applications/{id}/commands: all of them at once, in place of what there was."""
    scope = _scope(store, call)
    check_commands(call.body)
    old = {(c["name"], c.get("type", 1)): c["id"] for c in store.commands.get(scope, [])}
    registered = []
    for command in call.body:
        kind = command.get("type", 1)
        registered.append(
            {"description": "", "options": [], "default_member_permissions": None, "nsfw": False}
            | command
            | {
                "id": old.get((command["name"], kind)) or str(snowflake()),
                "application_id": str(store.bot.id),
                "type": kind,
                "version": str(snowflake()),
                **({"guild_id": str(scope)} if scope else {}),
            }
        )
    store.commands[scope] = registered
    store.changes.announce()
    return 200, registered


# --- channels and messages -----------------------------------------------------------------------


def _need(store: Store, channel: Channel, *names: str) -> None:
    allowed = permissions(store.bot, channel)
    if not allowed & BITS["view_channel"]:
        raise missing_access()
    for name in names:
        if name == "send_messages" and channel.kind == THREAD:
            name = "send_messages_in_threads"
        if not allowed & BITS[name]:
            raise missing_permissions()


def _may_read_back(store: Store, channel: Channel) -> bool:
    return bool(permissions(store.bot, channel) & BITS["read_message_history"])


def _message(store: Store, call: Call) -> Message:
    channel = store.channel(call.number("channel"))
    _need(store, channel)
    message = channel.messages.get(call.number("message"))
    if message is None or message.ephemeral:
        raise unknown("Message", 10008)
    return message


async def show_channel(store: Store, call: Call) -> Answer:
    """GET /channels/{id}"""
    channel = store.channel(call.number("channel"))
    _need(store, channel)
    return 200, wire.channel(channel)


async def open_direct(store: Store, call: Call) -> Answer:
    """POST /users/@me/channels"""
    user = store.users.get(int(call.body["recipient_id"]))
    if user is None:
        raise unknown("User", 10013)
    return 200, wire.channel(store.direct(user))


async def type_in(store: Store, call: Call) -> Answer:
    """POST /channels/{id}/typing"""
    channel = store.channel(call.number("channel"))
    _need(store, channel, "send_messages")
    store.typing.append(channel)
    return 204, None


async def post_message(store: Store, call: Call) -> Answer:
    """POST /channels/{id}/messages"""
    channel = store.channel(call.number("channel"))
    _need(store, channel, "send_messages")
    if channel.kind == DM and channel.recipient is not None and channel.recipient.closed:
        raise RefusalError(403, 50007, "Cannot send messages to this user")
    if call.files:
        _need(store, channel, "attach_files")
    body = call.body or {}
    if body.get("message_reference") and not _may_read_back(store, channel):
        raise RefusalError(400, 160002, "Cannot reply without permission to read message history")
    body["flags"] = (body.get("flags") or 0) & ~(1 << 6)
    return 200, wire.message(await store.post(channel, body, call.files))


async def list_messages(store: Store, call: Call) -> Answer:
    """GET /channels/{id}/messages: the newest first."""
    channel = store.channel(call.number("channel"))
    _need(store, channel)
    if not _may_read_back(store, channel):
        return 200, []
    found = sorted(channel.seen(), key=lambda message: message.id, reverse=True)
    if "before" in call.query:
        found = [m for m in found if m.id < int(call.query["before"])]
    if "after" in call.query:
        found = [m for m in found if m.id > int(call.query["after"])]
    return 200, [wire.message(message) for message in found[: int(call.query.get("limit", 50))]]


async def show_message(store: Store, call: Call) -> Answer:
    """GET /channels/{id}/messages/{id}"""
    message = _message(store, call)
    if message.channel.guild is not None:
        _need(store, message.channel, "read_message_history")
    return 200, wire.message(message)


async def edit_message(store: Store, call: Call) -> Answer:
    """PATCH /channels/{id}/messages/{id}: the bot's own only."""
    message = _message(store, call)
    if message.author is not store.bot:
        raise RefusalError(403, 50005, "Cannot edit a message authored by another user")
    return 200, wire.message(await store.amend(message, call.body or {}, call.files))


async def delete_message(store: Store, call: Call) -> Answer:
    """DELETE /channels/{id}/messages/{id}: the bot's own, or others' where it manages messages."""
    message = _message(store, call)
    if message.author is not store.bot:
        _need(store, message.channel, "manage_messages")
    await store.remove(message)
    return 204, None


# --- people and places ---------------------------------------------------------------------------


def _guild(store: Store, call: Call) -> Guild:
    guild = store.guilds.get(call.number("guild"))
    if guild is None:
        raise unknown("Guild", 10004)
    return guild


async def show_guild(store: Store, call: Call) -> Answer:
    """GET /guilds/{id}"""
    return 200, wire.guild(_guild(store, call))


async def show_member(store: Store, call: Call) -> Answer:
    """GET /guilds/{id}/members/{id}"""
    guild = _guild(store, call)
    if call.number("user") not in guild.members:
        raise unknown("Member", 10007)
    return 200, wire.member(guild, guild.members[call.number("user")][0])


async def show_user(store: Store, call: Call) -> Answer:
    """GET /users/{id}"""
    if call.number("user") not in store.users:
        raise unknown("User", 10013)
    return 200, wire.user(store.users[call.number("user")])


_APPLICATION = "/applications/{application}"
_MESSAGE = "/channels/{channel}/messages/{message}"
ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "/users/@me"): me,
    ("GET", "/oauth2/applications/@me"): application,
    ("GET", "/applications/@me"): application,
    ("GET", "/gateway"): gateway,
    ("GET", "/gateway/bot"): gateway,
    ("GET", f"{_APPLICATION}/commands"): list_commands,
    ("PUT", f"{_APPLICATION}/commands"): put_commands,
    ("GET", f"{_APPLICATION}/guilds/{{guild}}/commands"): list_commands,
    ("PUT", f"{_APPLICATION}/guilds/{{guild}}/commands"): put_commands,
    ("GET", "/channels/{channel}"): show_channel,
    ("POST", "/users/@me/channels"): open_direct,
    ("POST", "/channels/{channel}/typing"): type_in,
    ("GET", "/channels/{channel}/messages"): list_messages,
    ("POST", "/channels/{channel}/messages"): post_message,
    ("GET", _MESSAGE): show_message,
    ("PATCH", _MESSAGE): edit_message,
    ("DELETE", _MESSAGE): delete_message,
    ("GET", "/guilds/{guild}"): show_guild,
    ("GET", "/guilds/{guild}/members/{user}"): show_member,
    ("GET", "/users/{user}"): show_user,
}
