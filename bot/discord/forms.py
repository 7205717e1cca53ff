"""Forms (modals). Like buttons they are known by their id alone, so one that was open during a
restart is still read when it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import discord
from discord import ui

from bot.discord.buttons import Pressed
from bot.discord.texts import say

KIND: Final = "~"
FORM_TITLE: Final = 45
LONG: Final = discord.TextStyle.paragraph
LONGEST_TEXT: Final = 4000


class Form(ui.Modal):
    """Fields under a title; `client.on_interaction` reads it when it comes back."""

    def __init__(self, title: str, pressed: Pressed) -> None:
        super().__init__(title=title[:FORM_TITLE], custom_id=pressed.id(KIND), timeout=None)

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
            placeholder=hint[:100] or None,
            default=value or None,
            required=required,
            max_length=longest,
            style=style,
        )
        self.add_item(ui.Label(text=label[:FORM_TITLE], component=text))
        return self


def is_form(custom_id: str) -> bool:
    return custom_id.startswith(f"atl{KIND}")


def values(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """What was filled in, by the fields' names."""
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


def rewrite(draft_id: str, version: int, locale: str) -> Form:
    return (
        Form(say("form.rewrite", locale), Pressed("rewritten", draft_id, str(version)))
        .field(
            "lines",
            say("form.rewrite.lines", locale),
            hint=say("form.rewrite.lines.hint", locale),
            required=True,
            longest=40,
        )
        .field("how", say("form.rewrite.how", locale), hint=say("form.rewrite.how.hint", locale))
        .field("own", say("form.rewrite.own", locale), hint=say("form.rewrite.own.hint", locale))
    )


def lock(draft_id: str, version: int, locale: str) -> Form:
    hint = say("form.lock.hint", locale)
    return (
        Form(say("form.lock", locale), Pressed("locked", draft_id, str(version)))
        .field("lock", say("form.lock.lock", locale), hint=hint, longest=40)
        .field("unlock", say("form.lock.unlock", locale), hint=hint, longest=40)
    )


def compare(draft_id: str, first: int, second: int, locale: str) -> Form:
    return (
        Form(say("form.compare", locale), Pressed("compared", draft_id))
        .field("first", say("form.compare.first", locale), value=str(first), longest=6)
        .field("second", say("form.compare.second", locale), value=str(second), longest=6)
    )


def genre(locale: str) -> Form:
    return Form(say("form.genre", locale), Pressed("genre")).field(
        "text",
        say("form.genre.text", locale),
        required=True,
        longest=LONGEST_TEXT,
        style=LONG,
    )


def picture(locale: str) -> Form:
    """The lyrics once more, when they are not in memory any more."""
    return Form(say("form.picture", locale), Pressed("pictured")).field(
        "text",
        say("form.picture.text", locale),
        hint=say("form.picture.hint", locale),
        required=True,
        longest=LONGEST_TEXT,
        style=LONG,
    )


def write(channel: int, message: int, locale: str) -> Form:
    """What to write to the beat of a message."""
    return (
        Form(say("form.write", locale), Pressed("write", str(channel), str(message)))
        .field("seed", say("form.write.seed", locale), hint=say("form.write.seed.hint", locale))
        .field("genre", say("form.write.genre", locale), longest=20)
        .field("lines", say("form.write.lines", locale), value="8", longest=3)
    )
