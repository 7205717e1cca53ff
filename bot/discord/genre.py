"""`/genre`: which genre lyrics are of, which words and lines say so, and a picture of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import discord
from discord import app_commands
from discord.app_commands import Range
from discord.app_commands import locale_str as _

from atl_core.errors import UserError
from atl_core.genre.verdict import GenreVerdict, LineVerdict, PartVerdict, SpokenWord, likelier
from atl_core.lyrics.brief import GENRES, Genre
from bot.discord import cards, genre_picture, interactions
from bot.discord.card import COLOURS, QUIET, Card, Field, as_file, make_embed, meter
from bot.discord.client import Feature, Interaction
from bot.discord.components import Action, Form, View, button, filled_in
from bot.discord.context import Context, acknowledge, of_interaction
from bot.discord.escape import Markdown, escape, join
from bot.discord.limits import clip

LONGEST_OPTION: Final = 6000
LONGEST_FIELD: Final = 4000
PICTURE: Final = "genre.png"
WORDS_SHOWN: Final = 5
LINES_SHOWN: Final = 4
LINE_SHOWN: Final = 120
LOUD: Final = 0.35
"""Share of the loudest word's weight from which on a word of a judged text is in bold."""
PARTS_SHOWN: Final = 12
SQUARES: Final = 24
"""Lines of a part that have a square."""
NAME_SHOWN: Final = 40
SQUARE: Final[dict[Genre, str]] = {"hip-hop": "🟧", "country": "🟨"}
UNSURE: Final = "⬜"
SURE: Final = 0.8
"""Probability from which on a line has the square of its genre."""
HEARD: Final = 0.15
"""Share of the loudest word's weight from which on a word is named."""


@app_commands.command(name=_("genre"), description=_("Judge how hip-hop or country lyrics are"))
@app_commands.describe(text=_("The lyrics; leave it out to paste many lines"))
@app_commands.rename(text=_("text"))
async def genre(
    interaction: Interaction, text: Range[str, 1, LONGEST_OPTION] | None = None
) -> None:
    if text is None:
        await interactions.open_form(interaction, _form(of_interaction(interaction)))
    else:
        await _judge(await acknowledge(interaction), text)


@app_commands.context_menu(name=_("Which genre is this?"))
async def genre_of(interaction: Interaction, message: discord.Message) -> None:
    await _judge(await acknowledge(interaction), cards.lyrics_in(message))


async def judge_pasted(interaction: Interaction, action: Action) -> None:  # noqa: ARG001
    context = await acknowledge(interaction)
    await _judge(context, filled_in(interaction).get("text", ""))


async def draw(interaction: Interaction, action: Action) -> None:
    """The picture of a text, which is asked for once more when it is not in memory any more."""
    text = interaction.client.judged.get(action.subject)
    if text is None:
        form = _form_to_draw(of_interaction(interaction))
        await interactions.open_form(interaction, form)
    else:
        await _show_picture(await acknowledge(interaction), text)


async def draw_pasted(interaction: Interaction, action: Action) -> None:  # noqa: ARG001
    context = await acknowledge(interaction)
    await _show_picture(context, filled_in(interaction).get("text", ""))


def _form(context: Context) -> Form:
    return Form(context.say("form.genre"), Action("genre")).field(
        "text",
        context.say("form.genre.text"),
        required=True,
        longest=LONGEST_FIELD,
        style=discord.TextStyle.paragraph,
    )


def _form_to_draw(context: Context) -> Form:
    return Form(context.say("form.picture"), Action("pictured")).field(
        "text",
        context.say("form.picture.text"),
        hint=context.say("form.picture.hint"),
        required=True,
        longest=LONGEST_FIELD,
        style=discord.TextStyle.paragraph,
    )


async def _judge(context: Context, text: str) -> None:
    """Say which genre a text is of, and offer the picture of it."""
    if not text.strip():
        raise UserError(context.say("genre.empty"))
    found = await context.client.studio.pipeline.judge_text(text)
    context.client.judged.put(context.key, text)
    picture = button(context.say("button.picture"), Action("picture", context.key))
    await context.respond.send(card=Card([_embed(context, found)], View(picture)))


async def _show_picture(context: Context, text: str) -> None:
    found = await context.client.studio.pipeline.judge_text(text)
    async with context.client.drawing:
        drawn = await asyncio.to_thread(genre_picture.draw, text)
    file = as_file(PICTURE, drawn, _described(context, found))
    await context.respond.send(card=Card(files=[file]))


def _embed(context: Context, found: GenreVerdict) -> discord.Embed:
    """How hip-hop or country a text is, and the lines and words that say so."""
    if found.is_foreign:
        said = _neither(context, found)
        return make_embed(context.say("genre.title"), said, colour=QUIET)
    rows: list[str] = [] if found.confident else [_neither(context, found)]
    rows.append(meter(found.genre))
    if found.might_be:
        kind = context.say(f"kind.{found.might_be}")
        rows.append(context.say("genre.might", kind=kind, shares=found.shares))
    if found.parts:
        rows += ["", *(_part(context, found, part) for part in found.parts[:PARTS_SHOWN])]
    if len(found.lines) > 1:
        loudest = sorted(found.lines, key=_loudness, reverse=True)[:LINES_SHOWN]
        rows += ["", *(_judged_line(line) for line in found.lines if line in loudest)]
    return make_embed(
        context.say("genre.title"),
        join("\n", rows),
        colour=COLOURS[found.label] if found.confident else QUIET,
        fields=[
            Field(context.say("genre.words", genre=genre), ", ".join(words))
            for genre in GENRES
            if (words := _words(found.words, genre))
        ],
    )


def _neither(context: Context, found: GenreVerdict) -> Markdown:
    """What a text is that is neither hip-hop nor country."""
    kind = context.say(f"kind.{found.kind.replace(' ', '_')}")
    if found.kind == "too short":
        return context.say("genre.short")
    if not found.kinds:
        return context.say("genre.neither.text", kind=kind)
    return context.say("genre.neither.song", kind=kind, shares=found.shares)


def _part(context: Context, found: GenreVerdict, part: PartVerdict) -> Markdown:
    """A part with a strip of a square for each line, white where the line is not sure."""
    strip = ""
    for line in found.lines[part.first : part.last + 1][:SQUARES]:
        label = likelier(line.in_context)
        strip += SQUARE[label] if line.in_context[label] >= SURE else UNSURE
    if part.name:
        name = escape(clip(part.name, NAME_SHOWN))
    elif part.first == part.last:
        name = context.say("genre.line", number=part.first + 1)
    else:
        name = context.say("genre.lines", first=part.first + 1, last=part.last + 1)
    share = min(part.genre[part.label], 0.99)
    return Markdown(f"{strip} {name} · {part.label} {share:.0%}")


def _described(context: Context, found: GenreVerdict) -> str:
    """The picture of a verdict in words, for whoever does not see it."""
    if found.is_foreign:
        return f"{context.say('genre.picture')} {_neither(context, found)}"
    spoke = [
        f"{context.say('genre.words', genre=genre)}: {', '.join(words)}."
        for genre in GENRES
        if (words := _words(found.words, genre))
    ]
    left, right = (f"{genre} {found.genre[genre]:.0%}" for genre in GENRES)
    return " ".join((context.say("genre.picture"), f"{left}, {right}.", *spoke))


def _loudness(line: LineVerdict) -> float:
    return sum(mark.strength for mark in line.marks)


def _judged_line(line: LineVerdict) -> Markdown:
    """A line with its loud words in bold, and the genre that it speaks for."""
    text, shown, end = clip(line.text, LINE_SHOWN), "", 0
    for mark in line.marks:
        if mark.strength >= LOUD and mark.end <= len(text):
            shown += f"{escape(text[end : mark.start])}**{escape(text[mark.start : mark.end])}**"
            end = mark.end
    share = min(line.genre[line.label], 0.99)
    return Markdown(f"> {shown}{escape(text[end:])} · {line.label} {share:.0%}")


def _words(words: Sequence[SpokenWord], genre: Genre) -> list[str]:
    heard = [word for word in words if word.weight >= HEARD * words[0].weight]
    return [word.word for word in heard if word.genre == genre][:WORDS_SHOWN]


FEATURE: Final = Feature(
    commands=(genre, genre_of),
    handlers={
        "genre": judge_pasted,
        "picture": draw,
        "pictured": draw_pasted,
    },
)
