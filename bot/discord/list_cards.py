"""How lists of drafts, versions and their differences look on Discord."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord
from discord import ui

from atl_core.drafts.diff import Comparison, Piece, line_number
from atl_core.drafts.draft import Draft
from atl_core.drafts.listing import Change, Page
from bot.clean import clean
from bot.discord.card import Card, make_embed, note
from bot.discord.components import SELECT, STYLE, Action, View, button
from bot.discord.escape import Markdown, escape, join
from bot.discord.limits import CHOICE, clip
from bot.discord.texts import count, say

VERSIONS_SHOWN: Final = 20
WORDS_IN_ID: Final = 60
"""Characters of the words that were searched for, which the buttons of a page carry."""


def page(found: Page, locale: str, words: str) -> Card:
    """A page of the writer's drafts, to open one of them or to turn the page."""
    if not found.items:
        return Card(
            [make_embed(description=say("drafts.nothing" if words else "drafts.none", locale))]
        )
    title = say("drafts.found", locale, words=words) if words else say("drafts.title", locale)
    rows = [
        say(
            "drafts.row",
            locale,
            id=item.id,
            title=item.title,
            genre=item.genre,
            lines=count(item.lines, "line", locale),
            when=Markdown(discord.utils.format_dt(item.updated, "R")),
        )
        if item.readable
        else say("drafts.unreadable", locale, id=item.id, title=item.title)
        for item in found.items
    ]
    total = count(found.total, "draft", locale)
    footer = say("drafts.page", locale, page=found.page, pages=found.pages, total=total)
    shown = make_embed(title, join("\n", rows), footer=footer)
    return Card([shown], _page_components(found, locale, words))


def _page_components(page: Page, locale: str, words: str) -> View:
    select = ui.Select[ui.View](
        custom_id=Action("open").custom_id(SELECT),
        placeholder=say("drafts.open", locale),
        options=[
            discord.SelectOption(
                label=clip(clean(item.title), CHOICE),
                value=item.id,
                description=clip(
                    clean(f"{item.id} · {count(item.lines, 'line', locale)} · {item.opening}"),
                    CHOICE,
                ),
            )
            for item in page.items
        ],
        row=0,
    )
    turns = [
        button(say(key, locale), Action("page", str(number), words[:WORDS_IN_ID]), row=1)
        for key, number in (("drafts.newer", page.page - 1), ("drafts.older", page.page + 1))
        if 1 <= number <= page.pages
    ]
    return View(select, *turns)


def unreadable(draft_id: str, locale: str) -> Card:
    """What can be done with a draft that cannot be read."""
    keep = button(say("button.raw", locale), Action("raw", draft_id))
    delete = button(say("button.delete", locale), Action("discard", draft_id), STYLE.danger)
    text = say("drafts.unreadable.open", locale, id=draft_id)
    return Card([make_embed(description=text)], View(keep, delete))


def history(draft: Draft, changes: Sequence[Change], locale: str) -> Card:
    """The versions of a draft, newest first, the current one marked."""
    rows = [
        say(
            "history.row",
            locale,
            mark="▸" if change.current else " ",
            number=change.number,
            asked=escape(change.asked).clip(CHOICE),
            when=Markdown(discord.utils.format_dt(change.created, "R")),
        )
        for change in changes[::-1][:VERSIONS_SHOWN]
    ]
    if len(changes) > VERSIONS_SHOWN:
        rows.append(say("history.more", locale, n=len(changes) - VERSIONS_SHOWN))
    return Card([make_embed(say("history.title", locale, title=draft.title), join("\n", rows))])


def comparison(found: Comparison) -> Card:
    """How two versions differ: what went is struck through, what came is bold."""
    rows = [Markdown(f"**{escape(found.summary())}**")]
    for line in found.lines:
        words = " ".join(_marked(piece) for piece in line.pieces)
        rows.append(Markdown(f"`{line_number(line)}` {words}"))
    rows += [Markdown(f"-# {escape(text)}") for text in found.notes]
    return note(join("\n", rows))


def _marked(piece: Piece) -> Markdown:
    mark = {"same": "", "gone": "~~", "new": "**"}[piece.kind]
    return Markdown(f"{mark}{escape(piece.text)}{mark}")
