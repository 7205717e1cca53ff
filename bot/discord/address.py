"""Where the answer to a job goes: kept with the job as plain strings, so that it survives us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import discord

TOKEN_SECONDS: Final = 15 * 60 - 30
"""How long an interaction can be answered, with something to spare."""

HERE: Final = "here"
"""Private, and where it was asked for: the bot is no member there."""


@dataclass(frozen=True, slots=True)
class Address:
    """A job's `address`, read. Ids are strings, as Discord writes them."""

    application: str = ""
    server: str = ""
    channel: str = ""
    user: str = ""
    name: str = ""
    """Of who asked, as the card says it."""
    locale: str = "en"
    private: str = ""
    """`1` where only the writer may see the answer."""
    beat: str = ""
    """What the beat is called."""
    token: str = ""
    """The interaction's, by which its answer is edited; of no use after `expires`."""
    expires: str = "0"
    progress: str = ""
    """The message that shows how far the job is."""
    reply_to: str = ""
    """The message that asked, or the draft that the button was under."""

    @classmethod
    def read(cls, stored: Mapping[str, str]) -> Self:
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})

    def to_json(self) -> dict[str, str]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value}

    @property
    def channel_id(self) -> int:
        return int(self.channel)

    @property
    def server_id(self) -> int | None:
        return int(self.server) if self.server else None

    def webhook(self, client: discord.Client) -> discord.Webhook | None:
        """By which the interaction is still answered; None when it cannot be any more."""
        if not self.token or discord.utils.utcnow().timestamp() > float(self.expires):
            return None
        data: Any = {"id": int(self.application), "type": 3, "token": self.token}
        return discord.Webhook.from_state(data, state=client._connection)

    def messageable(self, client: discord.Client) -> discord.PartialMessageable:
        return client.get_partial_messageable(self.channel_id, guild_id=self.server_id)


def expiry() -> str:
    """When the token of an interaction that has just arrived ends."""
    return str(int(discord.utils.utcnow().timestamp() + TOKEN_SECONDS))
