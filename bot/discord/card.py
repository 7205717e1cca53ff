"""What a message of the bot is made of: embeds, fields, files; the same look everywhere."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import ui

from atl_core.lyrics.brief import GENRES, Genre
from bot.clean import clean
from bot.discord.escape import Markdown, escape
from bot.discord.limits import ALT, DESCRIPTION, FIELD, PARTS, TITLE, clip, parts

COLOURS: Final[Mapping[Genre, int]] = {"hip-hop": 0xFF7A59, "country": 0xF2C14E}
QUIET: Final = 0x5B4FC4
CELLS: Final = 10


@dataclass(frozen=True, slots=True)
class Card:
    """What a message is made of, beside its text."""

    embeds: Sequence[discord.Embed] = ()
    view: ui.View | None = None
    files: Sequence[discord.File] = ()

    def options(self) -> dict[str, Any]:
        """For `send` and its like."""
        options: dict[str, Any] = {"embeds": list(self.embeds), "files": list(self.files)}
        return options | ({"view": self.view} if self.view else {})


def make_embed(
    title: str = "",
    description: str = "",
    *,
    colour: int = QUIET,
    author: str = "",
    footer: str = "",
    fields: Sequence[Field] = (),
) -> discord.Embed:
    """Every embed of the bot. All text is escaped unless it is `Markdown`, and fits."""
    shown = discord.Embed(colour=colour)
    shown.title = escape(title).clip(TITLE) or None
    shown.description = escape(description).clip(DESCRIPTION) or None
    if author:
        shown.set_author(name=clip(clean(author), TITLE))
    if footer:
        shown.set_footer(text=clean(footer))
    for row in fields:
        value = escape(row.value).clip(FIELD)
        shown.add_field(name=escape(row.name).clip(TITLE), value=value, inline=row.inline)
    return shown


@dataclass(frozen=True, slots=True)
class Field:
    """A named value in an embed."""

    name: str
    value: str
    inline: bool = True


def as_file(name: str, data: bytes, description: str = "") -> discord.File:
    """An attachment; `description` is for whoever does not see a picture."""
    alt = clip(clean(description), ALT) or None
    return discord.File(io.BytesIO(data), clean(name), description=alt)


def meter(genre: Mapping[Genre, float]) -> Markdown:
    """Two probabilities as one bar."""
    left, right = GENRES
    cells = round(genre[left] * CELLS)
    bar = "▰" * cells + "▱" * (CELLS - cells)
    return Markdown(f"{left} {genre[left]:.0%} {bar} {genre[right]:.0%} {right}")


def note(text: Markdown) -> Card:
    """A text of some length, such as a comparison."""
    texts = parts([text.split("\n")])[:PARTS]
    return Card([make_embed(description=Markdown(part)) for part in texts])
