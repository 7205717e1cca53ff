"""How drafts, listenings, verdicts and lists look on Discord: calm, and legible on a phone."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import discord

from atl_core.audio.listening import Listening
from atl_core.drafts.draft import Draft
from atl_core.drafts.export import by_section, export, file_name
from atl_core.drafts.listing import Change, Page
from atl_core.genre.verdict import GenreVerdict, LineVerdict, SpokenWord
from atl_core.lyrics.brief import GENRES, Genre, Line
from bot.discord import buttons
from bot.discord.limits import ALT, CHOICE, FIELD, PARTS, TITLE, clip, parts, plain, written
from bot.discord.texts import count, say

COLOURS: Final[Mapping[Genre, int]] = {"hip-hop": 0xFF7A59, "country": 0xF2C14E}
QUIET: Final = 0x5B4FC4
CELLS: Final = 10
WORDS_SHOWN: Final = 5
LINES_SHOWN: Final = 4
LINE_SHOWN: Final = 120
LOUD: Final = 0.35
"""Share of the loudest word's weight from which on a word of a judged text is in bold."""
HEARD: Final = 0.15
"""Share of the loudest word's weight from which on a word is named."""
TAGS_SHOWN: Final = 4
VERSIONS_SHOWN: Final = 20
UNSURE_TEMPO: Final = 0.5
STANZA: Final = 4
PICTURE: Final = "beat.png"
ROW: Final = re.compile(r"^`[\s\d][^`]*` (.+?)(?: 🔒)?$", re.MULTILINE)
"""A line of a draft, as `row` shows it."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a message is made of."""

    embeds: list[discord.Embed]
    view: discord.ui.View | None = None
    files: list[discord.File] = field(default_factory=list)

    def options(self) -> dict[str, Any]:
        """For `send` and its like."""
        options: dict[str, Any] = {"embeds": self.embeds, "files": self.files}
        return options | ({"view": self.view} if self.view else {})


def draft(
    draft: Draft,
    locale: str,
    *,
    picture: bytes = b"",
    details: bool = False,
    opened: bool = False,
    by: str = "",
) -> Card:
    """A draft with its buttons.

    `picture` is of its beat, `details` adds rhyme letters and syllables, `opened` the buttons of
    a draft that its owner alone looks at, and `by` names who asked.
    """
    texts = parts(stanzas(draft, details=details))
    files = []
    if len(texts) > PARTS:
        data = export(draft, "txt")
        files.append(discord.File(io.BytesIO(data), file_name(draft, "txt")))
        whole = say("card.long", locale, lines=count(len(draft.lines), "line", locale))
        texts = [f"{texts[0]}\n\n*{whole}*"]
    colour = COLOURS[draft.brief.genre]
    embeds = [discord.Embed(description=text, colour=colour) for text in texts]
    embeds[0].title = clip(plain(draft.title), TITLE)
    embeds[0].set_author(name=clip(_setting(draft, locale), TITLE))
    last = embeds[-1]
    last.add_field(
        name=meter(draft.verdict.genre),
        value=clip(_judged(draft, locale), 320),
        inline=False,
    )
    footer = say("card.footer", locale, id=draft.id, version=draft.revision)
    last.set_footer(text=f"{say('card.by', locale, user=by)} · {footer}" if by else footer)
    if picture:
        files.append(_picture(picture, draft.listening, locale))
        last.set_image(url=f"attachment://{PICTURE}")
    return Card(embeds, buttons.of_draft(draft, locale, opened=opened), files)


def stanzas(draft: Draft, *, details: bool) -> list[list[str]]:
    """The numbered lines by stanza; a section's first has the section's name over it."""
    found: list[list[str]] = []
    number = 1
    headed = len(draft.sections) > 1
    size = max(STANZA, len(draft.brief.scheme))
    for heading, lines in by_section(draft):
        for start in range(0, len(lines), size):
            rows = [f"**{plain(heading)}**"] if headed and start == 0 else []
            for line in lines[start : start + size]:
                rows.append(row(number, line, details=details))
                number += 1
            found.append(rows)
    return found


def row(number: int, line: Line, *, details: bool = False) -> str:
    """A line as it is named and read."""
    figures = f" {line.rhyme} {line.syllables}/{line.target}" if details else ""
    lock = " 🔒" if line.locked else ""
    return f"`{number:>2}{figures}` {plain(line.text)}{lock}"


def meter(genre: Mapping[Genre, float]) -> str:
    """Two probabilities as one bar."""
    left, right = GENRES
    cells = round(genre[left] * CELLS)
    bar = "▰" * cells + "▱" * (CELLS - cells)
    return f"{left} {genre[left]:.0%} {bar} {genre[right]:.0%} {right}"


def listening(heard: Listening, name: str, locale: str, picture: bytes = b"") -> Card:
    """What was heard in a beat, with its picture."""
    genre = max(heard.genre, key=lambda genre: heard.genre[genre])
    embed = discord.Embed(
        title=clip(say("listen.title", locale, name=plain(name)), TITLE), colour=COLOURS[genre]
    )
    minutes, seconds = divmod(round(heard.duration), 60)
    length = f"{minutes}:{seconds:02d}"
    embed.add_field(name=say("heard.tempo", locale), value=_tempo(heard, heard.tempo, locale))
    embed.add_field(name=say("heard.key", locale), value=heard.key)
    embed.add_field(
        name=say("heard.length", locale),
        value=say("heard.bars", locale, bars=count(heard.bars, "bar", locale), length=length),
    )
    mood = say("heard.energy", locale, mood=heard.mood, energy=heard.energy)
    embed.add_field(name=say("heard.mood", locale), value=mood)
    tags = ", ".join(list(heard.tags)[:TAGS_SHOWN])
    embed.add_field(name=say("heard.tags", locale), value=plain(tags) or "—")
    embed.add_field(name=say("heard.genre", locale), value=meter(heard.genre), inline=False)
    files = []
    if picture:
        files.append(_picture(picture, heard, locale))
        embed.set_image(url=f"attachment://{PICTURE}")
    return Card([embed], None, files)


def _picture(data: bytes, heard: Listening, locale: str) -> discord.File:
    bars = count(heard.bars, "bar", locale)
    tempo = _tempo(heard, heard.tempo, locale)
    told = say("heard.picture", locale, tempo=tempo, key=heard.key, bars=bars)
    return discord.File(io.BytesIO(data), PICTURE, description=told)


def verdict(found: GenreVerdict, locale: str, key: str) -> Card:
    """How hip-hop or country a text is; its picture is asked for by the `key` of the text."""
    embed = discord.Embed(title=say("genre.title", locale), description=meter(found.genre))
    embed.colour = discord.Colour(COLOURS[found.label] if found.confident else QUIET)
    if not found.confident:
        embed.description = f"{embed.description}\n{say('genre.neither', locale)}"
    if len(found.lines) > 1:
        loudest = sorted(found.lines, key=_loudness, reverse=True)[:LINES_SHOWN]
        rows = [_judged_line(line) for line in found.lines if line in loudest]
        embed.description = "\n".join((embed.description or "", "", *rows))
    for genre in GENRES:
        if words := _words(found.words, genre):
            spoke = clip(", ".join(map(plain, words)), FIELD)
            embed.add_field(name=say("genre.words", locale, genre=genre), value=spoke)
    return Card([embed], buttons.of_verdict(key, locale))


def described(found: GenreVerdict, locale: str) -> str:
    """The picture of a verdict in words, for whoever does not see it."""
    spoke = [
        f"{say('genre.words', locale, genre=genre)}: {', '.join(words)}."
        for genre in GENRES
        if (words := _words(found.words, genre))
    ]
    left, right = (f"{genre} {found.genre[genre]:.0%}" for genre in GENRES)
    return clip(" ".join((say("genre.picture", locale), f"{left}, {right}.", *spoke)), ALT)


def lyrics_in(message: discord.Message) -> str:
    """What a message, or one forwarded with it, says; of a draft of ours the lines alone."""
    told: tuple[discord.Message | discord.MessageSnapshot, ...]
    told = (message, *message.message_snapshots)
    shown = [embed.description or "" for part in told for embed in part.embeds]
    lines = [row for text in shown for row in ROW.findall(text)]
    if lines:
        return "\n".join(map(written, lines))
    return "\n".join((*(part.content for part in told), *shown))


def page(found: Page, locale: str, words: str) -> Card:
    """A page of the writer's drafts, to open one of them or to turn the page."""
    if not found.items:
        nothing = say("drafts.nothing" if words else "drafts.none", locale)
        return Card([discord.Embed(description=nothing, colour=QUIET)])
    title = (
        say("drafts.found", locale, words=plain(words)) if words else say("drafts.title", locale)
    )
    rows = [
        say(
            "drafts.row",
            locale,
            id=item.id,
            title=plain(item.title),
            genre=item.genre,
            lines=count(item.lines, "line", locale),
            when=discord.utils.format_dt(item.updated, "R"),
        )
        for item in found.items
    ]
    embed = discord.Embed(title=clip(title, TITLE), description="\n".join(rows), colour=QUIET)
    total = count(found.total, "draft", locale)
    embed.set_footer(
        text=say("drafts.page", locale, page=found.page, pages=found.pages, total=total)
    )
    return Card([embed], buttons.of_page(found, locale, words))


def history(draft: Draft, changes: Sequence[Change], locale: str) -> Card:
    """The versions of a draft, newest first, the current one marked."""
    rows = [
        say(
            "history.row",
            locale,
            mark="▸" if change.current else " ",
            number=change.number,
            asked=clip(plain(change.asked), CHOICE),
            when=discord.utils.format_dt(change.created, "R"),
        )
        for change in changes[::-1][:VERSIONS_SHOWN]
    ]
    if len(changes) > VERSIONS_SHOWN:
        rows.append(say("history.more", locale, n=len(changes) - VERSIONS_SHOWN))
    title = say("history.title", locale, title=plain(draft.title))
    text = "\n".join(rows)
    return Card([discord.Embed(title=clip(title, TITLE), description=text, colour=QUIET)])


def note(text: str) -> Card:
    """A text of some length, such as a comparison."""
    return Card(
        [
            discord.Embed(description=part, colour=QUIET)
            for part in parts([[*text.split("\n")]])[:PARTS]
        ]
    )


def setting(draft: Draft, locale: str) -> str:
    """What is asked for from now on."""
    brief = draft.brief
    seeds = f" · {' '.join(brief.seed_words)}" if brief.seed_words else ""
    return f"{_setting(draft, locale)} · {brief.scheme} · {brief.syllables}{plain(seeds)}"


def _setting(draft: Draft, locale: str) -> str:
    heard, brief = draft.listening, draft.brief
    return " · ".join((_tempo(heard, brief.tempo, locale), heard.key, brief.genre, brief.mood))


def _tempo(heard: Listening, tempo: float, locale: str) -> str:
    sure = heard.tempo_confidence >= UNSURE_TEMPO or tempo != heard.tempo
    return f"{tempo:.0f} BPM" if sure else f"{tempo:.0f} BPM ({say('card.unsure', locale)})"


def _judged(draft: Draft, locale: str) -> str:
    verdict = draft.verdict
    craft = say(
        "card.craft",
        locale,
        rhymes=f"{verdict.rhymes_kept:.0%}",
        syllables=f"{verdict.syllables_kept:.0%}",
        match=verdict.longest_match,
    )
    if not verdict.confident:
        return f"{say('card.neither', locale)} · {craft}"
    return craft


def _loudness(line: LineVerdict) -> float:
    return sum(mark.strength for mark in line.marks)


def _judged_line(line: LineVerdict) -> str:
    """A line with its loud words in bold, and the genre that it speaks for."""
    text, said, end = clip(line.text, LINE_SHOWN), "", 0
    for mark in line.marks:
        if mark.strength >= LOUD and mark.end <= len(text):
            said += f"{plain(text[end : mark.start])}**{plain(text[mark.start : mark.end])}**"
            end = mark.end
    return f"> {said}{plain(text[end:])} · {line.label} {min(line.genre[line.label], 0.99):.0%}"


def _words(words: Sequence[SpokenWord], genre: Genre) -> list[str]:
    heard = [word for word in words if word.weight >= HEARD * words[0].weight]
    return [word.word for word in heard if word.genre == genre][:WORDS_SHOWN]
