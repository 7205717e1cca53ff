"""Buttons, selects and forms. All that one means is in its `custom_id`.

An id is `atl`, the mark of its kind (`:` button, `=` select, `~` form), and an `Action`: a verb
with what it is about, as `atl:more:k7m2qd:3` (continue draft k7m2qd, seen at version 3). Nothing is
kept in memory, so they work after a restart and on messages that are a month old. `Client.handle`
finds the handler of a verb.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

import discord
from discord import ui

from bot.clean import clean

STYLE: Final = discord.ButtonStyle
BUTTON: Final = ":"
SELECT: Final = "="
FORM: Final = "~"
FORM_TITLE: Final = 45
HINT: Final = 100
LABEL: Final = 80


@dataclass(frozen=True, slots=True)
class Action:
    """What a `custom_id` says."""

    verb: str
    subject: str = ""
    """A draft, a job, the number of a page."""
    detail: str = ""
    """The version that was seen, or words that were searched for."""

    @classmethod
    def read(cls, custom_id: str) -> Self:
        verb, _, rest = custom_id[4:].partition(":")
        subject, _, detail = rest.partition(":")
        return cls(verb, subject, detail)

    def custom_id(self, kind: str = BUTTON) -> str:
        parts = [part for part in (self.verb, self.subject, self.detail) if part]
        return f"atl{kind}{':'.join(parts)}"

    @property
    def version(self) -> int | None:
        return int(self.detail) if self.detail.isdecimal() else None


class View(ui.View):
    """Components under a message. `Client.on_interaction` handles them."""

    def __init__(self, *items: ui.Item[Any]) -> None:
        super().__init__(timeout=None)
        for item in items:
            self.add_item(item)

    def is_dispatchable(self) -> bool:
        """False: discord.py would keep each view in memory to handle its components."""
        return False


def button(
    label: str, action: Action, style: discord.ButtonStyle = STYLE.secondary, row: int = 0
) -> ui.Button[ui.View]:
    """`label` is shown as it is: no Markdown is read in it."""
    text = clean(label)
    text = text if len(text) <= LABEL else f"{text[: LABEL - 1]}…"
    return ui.Button(label=text, custom_id=action.custom_id(), style=style, row=row)


def chosen(interaction: discord.Interaction[Any]) -> list[str]:
    """What was chosen in a select."""
    data: Any = interaction.data
    return list(data.get("values", []))


class Form(ui.Modal):
    """Text fields under a title."""

    def __init__(self, title: str, action: Action) -> None:
        super().__init__(title=title[:FORM_TITLE], custom_id=action.custom_id(FORM), timeout=None)

    def field(
        self,
        name: str,
        label: str,
        *,
        hint: str = "",
        value: str = "",
        required: bool = False,
        longest: int = 200,
        style: discord.TextStyle = discord.TextStyle.short,
    ) -> Form:
        text: ui.TextInput[ui.Modal] = ui.TextInput(
            custom_id=name,
            placeholder=hint[:HINT] or None,
            default=value or None,
            required=required,
            max_length=longest,
            style=style,
        )
        self.add_item(ui.Label(text=label[:FORM_TITLE], component=text))
        return self


def filled_in(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """What was typed into a form, by the names of its fields."""
    data: Any = interaction.data
    return {
        part["custom_id"]: part["value"].strip()
        for part in _parts(data.get("components", []))
        if isinstance(part.get("value"), str)
    }


def _parts(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        if "custom_id" in component:
            yield component
        yield from _parts(component.get("components", []))
        if "component" in component:
            yield from _parts([component["component"]])
