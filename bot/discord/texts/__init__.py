"""Every text that a person reads on Discord, in one place, and in the reader's language.

What is said to the bot is English in every language, as the lyrics are. Errors of the studio come
in English from where they are raised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

import discord
from discord import app_commands

from bot.discord.escape import Markdown, escape
from bot.discord.texts.english import REPLIES as ENGLISH
from bot.discord.texts.french import COMMANDS as FRENCH_COMMANDS
from bot.discord.texts.french import REPLIES as FRENCH
from bot.discord.texts.german import COMMANDS as GERMAN_COMMANDS
from bot.discord.texts.german import REPLIES as GERMAN
from bot.discord.texts.spanish import COMMANDS as SPANISH_COMMANDS
from bot.discord.texts.spanish import REPLIES as SPANISH

REPLIES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": ENGLISH,
    "de": GERMAN,
    "es": SPANISH,
    "fr": FRENCH,
}
COMMANDS: Final[Mapping[str, Mapping[str, str]]] = {
    "de": GERMAN_COMMANDS,
    "es": SPANISH_COMMANDS,
    "fr": FRENCH_COMMANDS,
}
"""Names and descriptions of commands, by what they are in English."""
_COMMAND: Final = re.compile(r"`/([a-z]+)`")


def say(key: str, locale: str, /, **values: str | float) -> Markdown:
    """The text of a key in a language, with its values filled in; they are escaped."""
    shown = {
        name: escape(value) if isinstance(value, str) else value for name, value in values.items()
    }
    return Markdown(_template(key, locale[:2]).format(**shown))


@cache
def _template(key: str, language: str) -> str:
    """What is said, with commands called as the reader's Discord shows them."""
    names = COMMANDS.get(language, {})
    text = REPLIES.get(language, ENGLISH)[key]
    return _COMMAND.sub(lambda found: f"`/{names.get(found[1], found[1])}`", text)


def count(number: int, noun: str, locale: str) -> Markdown:
    """Such as `1 line`, `8 lines`."""
    return say(f"{noun}.one" if number == 1 else f"{noun}.many", locale, n=number)


class Translator(app_commands.Translator):
    """Gives Discord the commands in the languages that we have."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,  # noqa: ARG002
    ) -> str | None:
        return COMMANDS.get(locale.value[:2], {}).get(string.message)
