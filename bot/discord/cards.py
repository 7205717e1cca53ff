"""How drafts, listenings and lists look on Discord: calm, and legible on a phone."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import ui

from atl_core.audio.listening import Listening
from atl_core.drafts.diff import Comparison, Piece, line_number
from atl_core.drafts.draft import Draft
from atl_core.drafts.export import by_section, export, file_name
from atl_core.drafts.listing import Change, Page
from atl_core.drafts.timed.size import part_shown
from atl_core.edits.line_ranges import Lines
from atl_core.edits.writing import OWN_TEXT
from atl_core.genre.verdict import disagreement
from atl_core.lyrics.brief import GENRES, Genre, Line
from atl_core.lyrics.inner_rhymes import RhymeChain
from bot.clean import clean
from bot.discord.components import SELECT, STYLE, Action, View, button
from bot.discord.escape import Markdown, escape, join, unescape, verbatim
from bot.discord.limits import ALT, CHOICE, DESCRIPTION, FIELD, PARTS, TITLE, clip, parts
from bot.discord.texts import count, say
from bot.dispatch import Writers

COLOURS: Final[Mapping[Genre, int]] = {"hip-hop": 0xFF7A59, "country": 0xF2C14E}
QUIET: Final = 0x5B4FC4
CELLS: Final = 10
TAGS_SHOWN: Final = 4
VERSIONS_SHOWN: Final = 20
WORDS_IN_ID: Final = 60
"""Characters of the words that were searched for, which the buttons of a page carry."""
UNSURE_TEMPO: Final = 0.5
STANZA: Final = 4
JUDGED: Final = 320
PICTURE: Final = "beat.png"
ROW: Final = re.compile(r"^`[\s\d][^`]*` (.+?)(?: 🔒)?$", re.MULTILINE)
"""A line of a draft, as `row` shows it."""
CHANGED: Final = "›"
"""Beside the number of a line that the last request changed."""
ROWS: Final = (
    ("more", "take", "rewrite"),
    ("lock", "undo", "details"),
    ("options", "export", "share"),
    ("flow", "rehearse"),
)
"""Verbs of the buttons under a draft, in rows that a phone does not break."""
ROW_WHEN_OPENED: Final = ("post", "history", "compare", "delete")
"""The same under a draft that its owner alone looks at."""
STYLES: Final = {"more": STYLE.primary, "delete": STYLE.danger}


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


def embed(
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


def file(name: str, data: bytes, description: str = "") -> discord.File:
    """An attachment; `description` is for whoever does not see a picture."""
    alt = clip(clean(description), ALT) or None
    return discord.File(io.BytesIO(data), clean(name), description=alt)


def flow(draft: Draft) -> discord.File:
    """A picture of where each syllable falls; its text is in the description. Takes a moment."""
    from atl_core.flow.picture import draw

    about = f"{draft.brief.tempo:g} BPM · {draft.brief.genre}"
    drawn = draw(draft.title, about, draft.lines, draft.flow(), draft.brief.beats_per_bar)
    return file("flow.png", drawn, "\n".join(line.text for line in draft.lines))


def rehearsal(draft: Draft, job_id: str, name: str, data: bytes, locale: str) -> Card:
    """A file to rehearse with, which Discord plays where it is a video.

    Its button tells the job as well, so that a message of it is known again.
    """
    again = button(say("button.rehearse.again", locale), Action("rehearse", draft.id, job_id))
    is_video = name.endswith(".mp4")
    about = say("rehearse.video" if is_video else "rehearse.page", locale)
    if is_video and (part := part_shown(draft)):
        about = join(" ", (about, say("rehearse.part", locale, part=part)))
    return Card([embed(draft.title, about)], View(again), [file(name, data)])


def writers(answer: Writers, locale: str) -> Card:
    """Each line of a draft with who wrote it. Nobody is pinged by it."""
    rows = [
        join(" ", (row(number, line), Markdown(f"· {_person(first.author, locale)}")))
        for number, (line, first) in enumerate(
            zip(answer.draft.lines, answer.lines, strict=True), 1
        )
    ]
    return note(join("\n", rows))


def _person(author: str | None, locale: str) -> Markdown:
    known = re.fullmatch(r"discord:(\d{1,20})", author or "")
    return Markdown(f"<@{known[1]}>") if known else say("writers.nobody", locale)


def rhymes(draft: Draft, chains: Sequence[RhymeChain]) -> discord.File:
    """A picture of the rhymes, one colour a chain; the lines are in the description."""
    from atl_core.flow.rhyme_picture import draw

    texts = [line.text for line in draft.lines]
    return file("rhymes.png", draw(draft.title, texts, chains), "\n".join(texts))


def draft(
    draft: Draft,
    locale: str,
    *,
    picture: bytes = b"",
    details: bool = False,
    opened: bool = False,
    by: str = "",
    extra: ui.Item[Any] | None = None,
    changed: Comparison | None = None,
) -> Card:
    """A draft with its buttons.

    `picture` is of its beat, `details` adds rhyme letters and syllables, `opened` the buttons of
    a draft that its owner alone looks at, `by` names who asked, and `extra` comes below the
    buttons. The lines that are new or other in `changed` are marked.
    """
    texts = parts(stanzas(draft, details=details, changed=changed))
    files = []
    if len(texts) > PARTS:
        files.append(file(file_name(draft, "txt"), export(draft, "txt")))
        whole = say("card.long", locale, lines=count(len(draft.lines), "line", locale))
        texts = [f"{texts[0]}\n\n*{whole}*"]
    colour = COLOURS[draft.brief.genre]
    judged = Field(meter(draft.verdict.genre), _judged(draft, locale).clip(JUDGED), inline=False)
    footer = say("card.footer", locale, id=draft.id, version=draft.revision)
    if by:
        footer = join(" · ", (say("card.by", locale, user=verbatim(by)), footer))
    last = len(texts) - 1
    embeds = [
        embed(
            draft.title if number == 0 else "",
            Markdown(text),
            colour=colour,
            author=_setting(draft, locale) if number == 0 else "",
            fields=[judged] if number == last else (),
            footer=footer if number == last else "",
        )
        for number, text in enumerate(texts)
    ]
    if draft.asked.startswith(OWN_TEXT):
        shape = draft.asked.removeprefix(OWN_TEXT)
        embeds[-1].add_field(name=say("card.shape", locale), value=escape(shape).clip(FIELD))
    if picture:
        files.append(_picture(picture, draft.listening, locale))
        embeds[-1].set_image(url=f"attachment://{PICTURE}")
    view = _draft_buttons(draft, locale, opened=opened)
    if extra is not None:
        view.add_item(extra)
    return Card(embeds, view, files)


def _draft_buttons(draft: Draft, locale: str, *, opened: bool) -> View:
    rows = [*ROWS, ROW_WHEN_OPENED] if opened else ROWS
    return View(
        *(
            button(
                say(f"button.{verb}", locale),
                Action(verb, draft.id, str(draft.revision)),
                STYLES.get(verb, STYLE.secondary),
                number,
            )
            for number, verbs in enumerate(rows)
            for verb in verbs
        )
    )


def stanzas(
    draft: Draft, *, details: bool, changed: Comparison | None = None
) -> list[list[Markdown]]:
    """The numbered lines by stanza; a section's first has the section's name over it."""
    found: list[list[Markdown]] = []
    number = 1
    headed = len(draft.sections) > 1
    changes = changed.changed if changed else {}
    size = max(STANZA, len(draft.brief.scheme))
    for heading, lines in by_section(draft):
        for start in range(0, len(lines), size):
            rows = [Markdown(f"**{escape(heading)}**")] if headed and start == 0 else []
            for line in lines[start : start + size]:
                rows.append(row(number, line, details=details, changed=number in changes))
                number += 1
            found.append(rows)
    return found


def row(number: int, line: Line, *, details: bool = False, changed: bool = False) -> Markdown:
    """A line as it is named and read; a mark beside its number says that it has changed."""
    figures = f" {line.rhyme} {line.syllables}/{line.target}" if details else ""
    lock = " 🔒" if line.locked else ""
    mark = CHANGED if changed else ""
    named = f"{number:>2}{mark}{clean(figures).replace('`', '')}"
    return Markdown(f"`{named}` {escape(line.text)}{lock}")


def lyrics_in(message: discord.Message) -> str:
    """What a message, or one forwarded with it, says; of a draft of ours the lines alone."""
    said: tuple[discord.Message | discord.MessageSnapshot, ...]
    said = (message, *message.message_snapshots)
    shown = [embed.description or "" for part in said for embed in part.embeds]
    lines = [row for text in shown for row in ROW.findall(text)]
    if lines:
        return "\n".join(map(unescape, lines))
    return "\n".join((*(part.content for part in said), *shown))


def meter(genre: Mapping[Genre, float]) -> Markdown:
    """Two probabilities as one bar."""
    left, right = GENRES
    cells = round(genre[left] * CELLS)
    bar = "▰" * cells + "▱" * (CELLS - cells)
    return Markdown(f"{left} {genre[left]:.0%} {bar} {genre[right]:.0%} {right}")


def listening(heard: Listening, name: str, locale: str, picture: bytes = b"") -> Card:
    """What was heard in a beat, with its picture."""
    genre = max(heard.genre, key=lambda genre: heard.genre[genre])
    minutes, seconds = divmod(round(heard.duration), 60)
    length = f"{minutes}:{seconds:02d}"
    bars = say("heard.bars", locale, bars=count(heard.bars, "bar", locale), length=length)
    mood = say("heard.energy", locale, mood=heard.mood, energy=heard.energy)
    tags = ", ".join(list(heard.tags)[:TAGS_SHOWN])
    shown = embed(
        say("listen.title", locale, name=name),
        colour=COLOURS[genre],
        fields=[
            Field(say("heard.tempo", locale), _tempo(heard, heard.tempo, locale)),
            Field(say("heard.key", locale), heard.key),
            Field(say("heard.length", locale), bars),
            Field(say("heard.mood", locale), mood),
            Field(say("heard.tags", locale), tags or "—"),
            Field(say("heard.genre", locale), meter(heard.genre), inline=False),
        ],
    )
    if not picture:
        return Card([shown])
    shown.set_image(url=f"attachment://{PICTURE}")
    return Card([shown], None, [_picture(picture, heard, locale)])


def _picture(data: bytes, heard: Listening, locale: str) -> discord.File:
    bars = count(heard.bars, "bar", locale)
    tempo = _tempo(heard, heard.tempo, locale)
    return file(PICTURE, data, say("heard.picture", locale, tempo=tempo, key=heard.key, bars=bars))


def page(found: Page, locale: str, words: str) -> Card:
    """A page of the writer's drafts, to open one of them or to turn the page."""
    if not found.items:
        return Card([embed(description=say("drafts.nothing" if words else "drafts.none", locale))])
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
    shown = embed(title, join("\n", rows), footer=footer)
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
    return Card([embed(description=text)], View(keep, delete))


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
    return Card([embed(say("history.title", locale, title=draft.title), join("\n", rows))])


def note(text: Markdown) -> Card:
    """A text of some length, such as a comparison."""
    texts = parts([text.split("\n")])[:PARTS]
    return Card([embed(description=Markdown(part)) for part in texts])


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


def brief(draft: Draft, locale: str) -> Markdown:
    """What is asked for from now on."""
    brief = draft.brief
    shown = [_setting(draft, locale), brief.scheme, str(brief.syllables)]
    return join(" · ", shown + ([" ".join(brief.seed_words)] if brief.seed_words else []))


def _setting(draft: Draft, locale: str) -> str:
    heard, brief = draft.listening, draft.brief
    if not heard.is_beat:
        return " · ".join((say("card.no_beat", locale), brief.genre, brief.mood))
    return " · ".join((_tempo(heard, brief.tempo, locale), heard.key, brief.genre, brief.mood))


def _tempo(heard: Listening, tempo: float, locale: str) -> str:
    sure = heard.tempo_confidence >= UNSURE_TEMPO or tempo != heard.tempo
    return f"{tempo:.0f} BPM" if sure else f"{tempo:.0f} BPM ({say('card.unsure', locale)})"


def _judged(draft: Draft, locale: str) -> Markdown:
    verdict = draft.verdict
    craft = say(
        "card.craft",
        locale,
        rhymes=f"{verdict.rhymes_kept:.0%}",
        syllables=f"{verdict.syllables_kept:.0%}",
        match=verdict.longest_match,
    )
    if verdict.cliches:
        named = say("card.cliches", locale, words=", ".join(verdict.cliches))
        craft = join(" · ", (craft, named))
    rows: list[Markdown] = []
    if heard := disagreement(draft.listening.genre, verdict.genre):
        beat, text = heard
        rows.append(
            say(
                "card.differs",
                locale,
                heard=f"{draft.listening.genre[beat]:.0%} {beat}",
                read=f"{verdict.genre[text]:.0%} {text}",
            )
        )
    if parts := disagreement(verdict.by_words, verdict.by_model):
        words, model = parts
        rows.append(
            say(
                "card.parts",
                locale,
                words=f"{verdict.by_words[words]:.0%} {words}",
                model=f"{verdict.by_model[model]:.0%} {model}",
            )
        )
    if after := draft.lines_after_sound():
        numbers = Lines(after).describe().partition(" ")[2]
        lines = count(len(after), "line", locale)
        rows.append(say("card.after", locale, end=draft.sound_ends, lines=lines, numbers=numbers))
    if verdict.note:
        rows.append(escape(verdict.note))
    if verdict.confident:
        return join("\n", (*rows, craft))
    if verdict.kind in ("", "too short"):
        neither = say("card.neither", locale)
    else:
        kind = say(f"kind.{verdict.kind.replace(' ', '_')}", locale)
        neither = say("card.kind", locale, kind=kind)
    return join("\n", (*rows, join(" · ", (neither, craft))))
