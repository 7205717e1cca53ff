"""How lines to choose from look on Discord."""

from __future__ import annotations

from typing import Final

from discord import SelectOption, ui

from atl_core.drafts.draft import Draft
from atl_core.drafts.options import LineOption, OptionSet
from bot.clean import clean
from bot.discord.card import COLOURS, Card, make_embed
from bot.discord.components import SELECT, Action, View, button
from bot.discord.escape import Markdown, escape, join
from bot.discord.limits import CHOICE, clip
from bot.discord.texts import say

LINES_ABOVE: Final = 3
"""Lines that are shown above the one that is chosen."""
LAST_ROW: Final = 4


def card(draft: Draft, options: OptionSet, locale: str) -> Card:
    """The options for a line, with a select to take one, between the lines around it."""
    before = draft.lines[max(0, options.line - 1 - LINES_ABOVE) : options.line - 1]
    rows = [Markdown(f"-# {escape(line.text)}") for line in before]
    for number, option in enumerate(options.options, 1):
        figures = clean(_figures(option, locale))
        rows.append(Markdown(f"`{number}` {escape(option.text)} · {escape(figures)}"))
    after = () if options.goal else draft.lines[options.line : options.line + 1]
    rows += [Markdown(f"-# {escape(line.text)}") for line in after]
    if options.goal:
        title = say("options.next", locale, line=options.line, goal=options.goal)
    else:
        title = say("options.title", locale, line=options.line)
    shown = make_embed(
        title,
        join("\n", rows),
        colour=COLOURS[draft.brief.genre],
        author=draft.title,
        footer=say("options.footer", locale),
    )
    none = button(say("button.none", locale), Action("none", draft.id, options.id), row=1)
    return Card([shown], View(select(options, locale, row=0), none))


def select(options: OptionSet, locale: str, *, row: int = LAST_ROW) -> ui.Select[ui.View]:
    """The options as a select, whose id names the draft and the set."""
    return ui.Select(
        custom_id=Action("pick", options.draft, options.id).custom_id(SELECT),
        placeholder=say("options.pick", locale, line=options.line),
        options=[
            SelectOption(
                label=clip(clean(f"{number}  {option.text}"), CHOICE),
                description=clip(clean(_figures(option, locale)), CHOICE),
                value=str(number),
            )
            for number, option in enumerate(options.options, 1)
        ],
        row=row,
    )


def _figures(option: LineOption, locale: str) -> str:
    said = [f"{option.syllables}/{option.target}"]
    if option.rhymes_with:
        key = "options.near" if option.kind == "slant" else "options.rhymes"
        said.append(say(key, locale, word=option.rhymes_with))
    return " · ".join(said)
