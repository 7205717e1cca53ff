"""People: they write, run commands, press buttons, fill in forms; as a client would let them."""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import dataclass
from typing import Any, Final

from . import wire
from .store import Store
from .world import (
    BITS,
    FORWARD,
    VOICE,
    Channel,
    Interaction,
    Message,
    User,
    every_component,
    permissions,
    snowflake,
)

_COMMAND, _COMPONENT, _AUTOCOMPLETE, _SUBMITTED = 2, 3, 4, 5
_STRING, _INTEGER, _BOOLEAN, _ATTACHMENT = 3, 4, 5, 11


@dataclass(frozen=True, slots=True)
class File:
    """A file from somebody's disk."""

    name: str
    data: bytes


class Person:
    """Somebody in front of a Discord client."""

    def __init__(self, store: Store, user: User) -> None:
        self._store = store
        self.user = user

    def __repr__(self) -> str:
        return f"<{self.user.name}>"

    @property
    def direct(self) -> Channel:
        """Their direct message channel with the bot."""
        return self._store.direct(self.user)

    async def say(
        self,
        channel: Channel,
        text: str,
        *files: File,
        reply_to: Message | None = None,
        ping: bool = True,
    ) -> Message:
        """Write a message, with files, as an answer to another one, whose author it pings."""
        uploaded = [self._store.upload(file.name, file.data) for file in files]
        return await self._store.say(
            self.user, channel, text, files=uploaded, reply_to=reply_to, ping=ping
        )

    async def speak(self, channel: Channel, data: bytes, seconds: float) -> Message:
        """Send a voice message, as Discord's clients record it: Opus in Ogg."""
        recorded = self._store.upload("voice-message.ogg", data, "audio/ogg")
        recorded.seconds = seconds
        return await self._store.say(self.user, channel, "", files=[recorded], flags=VOICE)

    async def forward(self, message: Message, channel: Channel) -> Message:
        """Pass a message on to another channel."""
        return await self._store.say(self.user, channel, "", forwarded=message, flags=FORWARD)

    async def slash(self, channel: Channel, name: str, /, **options: Any) -> Interaction:
        """Run a slash command ("drafts" or "drafts list"); a `File` is uploaded first.

        Raises:
            LookupError: no such command is registered, or it is not shown to them there.
            ValueError: the client would not send these options.
        """
        data = self._command(channel, name, options)
        return await self._begin(_COMMAND, channel, data)

    async def suggest(
        self, channel: Channel, name: str, option: str, typed: str, **others: Any
    ) -> list[dict[str, Any]]:
        """What autocomplete offers for an option while it is being typed."""
        data = self._command(channel, name, others | {option: typed}, focused=option)
        interaction = await self._begin(_AUTOCOMPLETE, channel, data)
        await self.answered(interaction)
        return interaction.choices or []

    async def menu(self, target: Message, name: str) -> Interaction:
        """Choose a command from a message's menu."""
        command = self._registered(target.channel, name, kind=3)
        data = {
            "id": command["id"],
            "name": name,
            "type": 3,
            "target_id": str(target.id),
            "resolved": {"messages": {str(target.id): wire.message(target)}},
        }
        return await self._begin(_COMMAND, target.channel, data)

    async def click(self, message: Message, label: str) -> Interaction:
        """Press the button whose label or custom id holds these words.

        Raises:
            LookupError: there is no such button, or it is greyed out.
        """
        button = message.button(label)
        if button.get("disabled"):
            raise LookupError(f"the button {label!r} is disabled")
        data = {"component_type": 2, "custom_id": button["custom_id"], "id": button.get("id")}
        return await self._begin(_COMPONENT, message.channel, data, message)

    async def choose(self, message: Message, *values: str, select: int = 0) -> Interaction:
        """Pick from a select (the first of the message's) the choices with these labels or values.

        Raises:
            LookupError: there is no such select or choice.
        """
        selects = [part for part in every_component(message.components) if part["type"] == 3]
        part = selects[select]
        known = {o["value"]: o["value"] for o in part["options"]}
        known |= {option["label"]: option["value"] for option in part["options"]}
        picked = [known[value] for value in values]
        data = {"component_type": 3, "custom_id": part["custom_id"], "values": picked}
        return await self._begin(_COMPONENT, message.channel, data, message)

    async def fill(self, shown: Interaction, **fields: str) -> Interaction:
        """Fill in the form that an interaction has shown; fields by label, custom id or order.

        Raises:
            LookupError: no form was shown, or it has no such field.
            ValueError: the client would not send that.
        """
        if shown.modal is None:
            raise LookupError(f"no form was shown but {shown.text!r}")
        components = [_submitted(part, fields) for part in shown.modal["components"]]
        if fields:
            raise LookupError(f"the form {shown.modal['title']!r} has no {sorted(fields)}")
        data = {"custom_id": shown.modal["custom_id"], "components": components}
        return await self._begin(_SUBMITTED, shown.channel, data, shown.message)

    # --- what they see -----------------------------------------------------------------------

    async def answered(self, interaction: Interaction) -> Interaction:
        """Until the bot has acknowledged it."""
        await self._store.changes.until(
            lambda: interaction.acknowledged is not None,
            f"an acknowledgement of {interaction.data}",
        )
        return interaction

    async def reads(self, where: Channel | Interaction, words: str, *, after: int = 0) -> Message:
        """The first message (there, after that id) whose text matches these words, a pattern."""
        pattern = re.compile(words, re.IGNORECASE | re.DOTALL)

        def look() -> Message | None:
            messages = where.seen() if isinstance(where, Channel) else where.answers
            theirs = [m for m in messages if m.author is not self.user and m.id > after]
            return next((m for m in theirs if pattern.search(m.text)), None)

        found = await self._store.changes.until(look, f"{words!r} to be read")
        assert found is not None
        return found

    # --- how it is sent ----------------------------------------------------------------------

    async def _begin(
        self, kind: int, channel: Channel, data: dict[str, Any], message: Message | None = None
    ) -> Interaction:
        interaction = Interaction(
            snowflake(), secrets.token_urlsafe(96), kind, self.user, channel, data, message
        )
        self._store.interactions[interaction.token] = interaction
        payload = wire.interaction(interaction, self._store.bot, self._store.attachment_size_limit)
        if await self._store.gateway.dispatch("INTERACTION_CREATE", payload):
            interaction.sent = asyncio.get_running_loop().time()
        return interaction

    def _registered(self, channel: Channel, name: str, *, kind: int) -> dict[str, Any]:
        scopes = [0, channel.guild.id] if channel.guild is not None else [0]
        commands = [c for scope in scopes for c in self._store.commands.get(scope, [])]
        for command in commands:
            if command["name"] == name and command["type"] == kind:
                self._check_shown(command, channel)
                return command
        names = sorted(command["name"] for command in commands)
        raise LookupError(f"no command {name!r} is registered there, only {names}")

    def _check_shown(self, command: dict[str, Any], channel: Channel) -> None:
        context = 0 if channel.guild is not None else 1
        contexts = command.get("contexts")
        hidden = contexts is not None and context not in contexts
        hidden |= context == 1 and contexts is None and command.get("dm_permission") is False
        needed = command.get("default_member_permissions")
        if channel.guild is not None and needed is not None:
            allowed = permissions(self.user, channel)
            hidden |= allowed & int(needed) != int(needed) or int(needed) == 0
        if channel.guild is not None:
            hidden |= not permissions(self.user, channel) & BITS["use_application_commands"]
        if hidden:
            raise LookupError(f"/{command['name']} is not shown to {self.user.name} there")

    def _command(
        self, channel: Channel, path: str, options: dict[str, Any], focused: str = ""
    ) -> dict[str, Any]:
        name, *inner = path.split()
        command = self._registered(channel, name, kind=1)
        resolved: dict[str, Any] = {}
        spec, nest = command, []
        for part in inner:
            spec = next(o for o in spec["options"] if o["name"] == part and o["type"] in (1, 2))
            nest.append(spec)
        sent = self._options(spec, options, resolved, focused)
        for outer in reversed(nest):
            sent = [{"name": outer["name"], "type": outer["type"], "options": sent}]
        data = {"id": command["id"], "name": name, "type": 1, "options": sent}
        if resolved:
            data["resolved"] = resolved
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return data

    def _options(
        self, spec: dict[str, Any], given: dict[str, Any], resolved: dict[str, Any], focused: str
    ) -> list[dict[str, Any]]:
        known = {option["name"]: option for option in spec.get("options") or []}
        strange = given.keys() - known.keys()
        missing = {n for n, o in known.items() if o.get("required") and n not in given}
        if strange or (missing and not focused):
            raise ValueError(f"{spec['name']}: strange {strange}, missing {missing}")
        sent = []
        for name, value in given.items():
            option = known[name]
            if name != focused:
                _check_option(option, value)
            if option["type"] == _ATTACHMENT:
                kept = self._store.upload(value.name, value.data)
                resolved.setdefault("attachments", {})[str(kept.id)] = wire.attachment(kept)
                value = str(kept.id)
            part = {"name": name, "type": option["type"], "value": value}
            sent.append(part | ({"focused": True} if name == focused else {}))
        return sent


def _check_option(option: dict[str, Any], value: Any) -> None:
    kinds: Final = {_STRING: str, _INTEGER: int, _BOOLEAN: bool, _ATTACHMENT: File}
    wanted = kinds.get(option["type"])
    if wanted is not None and not isinstance(value, wanted):
        raise ValueError(f"{option['name']} takes a {wanted.__name__}, not {value!r}")
    choices = [choice["value"] for choice in option.get("choices") or []]
    if choices and value not in choices:
        raise ValueError(f"{option['name']} is one of {choices}, not {value!r}")
    if isinstance(value, str) and not (
        option.get("min_length", 0) <= len(value) <= option.get("max_length", 6000)
    ):
        raise ValueError(f"{option['name']} is too short or too long: {len(value)}")
    if option["type"] == _INTEGER and not (
        option.get("min_value", value) <= value <= option.get("max_value", value)
    ):
        raise ValueError(f"{option['name']} is out of its range: {value}")


def _submitted(part: dict[str, Any], fields: dict[str, str]) -> dict[str, Any]:
    """A part of a form, filled in: `fields` is emptied as its values find their places."""
    if part["type"] == 1:
        inside = [_submitted(inner, fields) for inner in part["components"]]
        return {"type": 1, "id": part.get("id", 0), "components": inside}
    if part["type"] == 18:
        inner = part["component"] | {"label": part["label"]}
        return {"type": 18, "id": part.get("id", 0), "component": _submitted(inner, fields)}
    if part["type"] == 10:
        return {"type": 10, "id": part.get("id", 0)}
    label = re.sub(r"\W+", "_", part.get("label") or "").strip("_").lower()
    name = next(
        (n for n in fields if n == part["custom_id"] or n.lower() in (label, label.split("_")[0])),
        next(iter(fields), None) if len(fields) == 1 and part.get("required", True) else None,
    )
    base = {"type": part["type"], "id": part.get("id", 0), "custom_id": part["custom_id"]}
    if part["type"] != 4:
        values = [fields.pop(name)] if name is not None else []
        return base | {"values": values}
    value = fields.pop(name) if name is not None else part.get("value") or ""
    least = part.get("min_length") or (1 if part.get("required", True) else 0)
    if value and len(value) > (part.get("max_length") or 4000):
        raise ValueError(f"{label} is too long: {len(value)}")
    if len(value) < least and (value or part.get("required", True)):
        raise ValueError(f"{label} is too short: {len(value)}")
    return base | {"value": value}
