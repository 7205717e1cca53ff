"""The routes of an interaction's own token: the first answer, its edits, what follows."""

from __future__ import annotations

import time
from typing import Any, Final

from . import wire
from .calls import Call
from .refusals import RefusalError, expired, invalid, unknown
from .routes import Answer, Route
from .rules import check_choices, check_modal
from .store import Store
from .world import EPHEMERAL, LOADING, Interaction, Message, snowflake

PONG, SAY, THINK, THINK_QUIETLY, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9


async def callback(store: Store, call: Call) -> Answer:
    """POST /interactions/{id}/{token}/callback: the first answer, before it is forgotten."""
    interaction = store.interactions.get(call.parts["token"])
    if interaction is None or str(interaction.id) != call.parts["interaction"]:
        raise unknown("interaction", 10062)
    if interaction.acknowledged is not None:
        raise RefusalError(400, 40060, "Interaction has already been acknowledged.")
    if interaction.forgotten:
        raise unknown("interaction", 10062)
    kind, data = call.body["type"], call.body.get("data") or {}
    _check_kind(interaction, kind)
    # Taken before anything is awaited: of two answers at once, one is refused.
    interaction.acknowledged = time.monotonic()
    try:
        await _take(store, interaction, kind, data, call)
    except RefusalError:
        interaction.acknowledged = None
        raise
    interaction.callback = kind
    store.changes.announce()
    if call.on("with_response"):
        return 200, wire.callback(interaction)
    return 204, None


async def _take(
    store: Store, interaction: Interaction, kind: int, data: dict[str, Any], call: Call
) -> None:
    if kind == SAY:
        interaction.original = await store.post(
            interaction.channel, data, call.files, interaction=interaction
        )
    elif kind == THINK:
        flags = (data.get("flags") or 0) & EPHEMERAL | LOADING
        message = Message(
            snowflake(), interaction.channel, store.bot, flags=flags, interaction=interaction
        )
        interaction.channel.messages[message.id] = message
        interaction.original = message
    elif kind == THINK_QUIETLY:
        interaction.original = interaction.message
    elif kind == UPDATE:
        assert interaction.message is not None
        interaction.original = await store.amend(interaction.message, data, call.files)
    elif kind == CHOICES:
        check_choices(data.get("choices", []))
        interaction.choices = data.get("choices", [])
    elif kind == MODAL:
        check_modal(data)
        interaction.modal = data


def _check_kind(interaction: Interaction, kind: int) -> None:
    """Not every answer fits every interaction.

    Raises:
        RefusalError: this one does not.
    """
    fitting = {2: {SAY, THINK, MODAL}, 3: {SAY, THINK, THINK_QUIETLY, UPDATE, MODAL}, 4: {CHOICES}}
    fitting[5] = {SAY, THINK} | ({THINK_QUIETLY, UPDATE} if interaction.message else set())
    if kind not in fitting[interaction.kind]:
        raise invalid("type", f"Value must be one of {sorted(fitting[interaction.kind])}.")


def _interaction(store: Store, call: Call) -> Interaction:
    if call.number("application") != store.bot.id:
        raise unknown("Webhook", 10015)
    interaction = store.interactions.get(call.parts["token"])
    if interaction is None:
        raise expired()
    if interaction.expired:
        raise expired()
    if interaction.acknowledged is None:
        raise unknown("Webhook", 10015)
    return interaction


def _message(interaction: Interaction, name: str) -> Message:
    for message in (interaction.original, *interaction.followups):
        if message is not None and not message.deleted and name in ("@original", str(message.id)):
            return message
        if name == "@original":
            break
    raise unknown("Message", 10008)


async def follow_up(store: Store, call: Call) -> Answer:
    """POST /webhooks/{application}/{token}: another message; the first one ends "is thinking"."""
    interaction = _interaction(store, call)
    body = call.body or {}
    original = interaction.original
    if interaction.callback == THINK and original is not None and original.loading:
        quiet = {name: value for name, value in body.items() if name != "flags"}
        flags = (body.get("flags") or 0) & ~EPHEMERAL
        message = await store.amend(original, quiet | {"flags": flags}, call.files)
    else:
        message = await store.post(interaction.channel, body, call.files, interaction=interaction)
        interaction.followups.append(message)
    # Webhooks answer with nothing unless asked to wait; for an interaction's they always wait.
    return 200, wire.message(message)


async def show(store: Store, call: Call) -> Answer:
    """GET /webhooks/{application}/{token}/messages/{@original|id}"""
    return 200, wire.message(_message(_interaction(store, call), call.parts["message"]))


async def edit(store: Store, call: Call) -> Answer:
    """PATCH /webhooks/{application}/{token}/messages/{@original|id}"""
    message = _message(_interaction(store, call), call.parts["message"])
    return 200, wire.message(await store.amend(message, call.body or {}, call.files))


async def delete(store: Store, call: Call) -> Answer:
    """DELETE /webhooks/{application}/{token}/messages/{@original|id}"""
    await store.remove(_message(_interaction(store, call), call.parts["message"]))
    return 204, None


_HOOK: Final = "/webhooks/{application}/{token}"
ROUTES: dict[tuple[str, str], Route] = {
    ("POST", "/interactions/{interaction}/{token}/callback"): callback,
    ("POST", _HOOK): follow_up,
    ("GET", f"{_HOOK}/messages/{{message}}"): show,
    ("PATCH", f"{_HOOK}/messages/{{message}}"): edit,
    ("DELETE", f"{_HOOK}/messages/{{message}}"): delete,
}
