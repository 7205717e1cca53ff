"""How drafts and listenings look on Discord: calm, and legible on a phone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import ui

from atl_core.audio.listening import Listening
from atl_core.drafts.diff import Comparison
from atl_core.drafts.draft import Draft
from atl_core.drafts.export import by_section, export, file_name
from atl_core.drafts.timed.size import part_shown
from atl_core.edits.line_ranges import Lines
from atl_core.edits.writing import OWN_TEXT
from atl_core.genre.verdict import disagreement
from atl_core.lyrics.brief import Line
from atl_core.lyrics.inner_rhymes import RhymeChain
from bot.answers import Writers
from bot.clean import clean
from bot.discord.card import COLOURS, Card, Field, as_file, make_embed, meter, note
from bot.discord.components import STYLE, Action, View, button
from bot.discord.escape import Markdown, escape, join, unescape, verbatim
from bot.discord.limits import FIELD, PARTS, parts
from bot.discord.texts import count, say

TAGS_SHOWN: Final = 4
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


def flow(draft: Draft) -> discord.File:
    """A picture of where each syllable falls; its text is in the description. Takes a moment."""
    from atl_core.flow.picture import draw

    about = f"{draft.brief.tempo:g} BPM · {draft.brief.genre}"
    drawn = draw(draft.title, about, draft.lines, draft.flow(), draft.brief.beats_per_bar)
    return as_file("flow.png", drawn, "\n".join(line.text for line in draft.lines))


def rehearsal(draft: Draft, job_id: str, name: str, data: bytes, locale: str) -> Card:
    """A file to rehearse with, which Discord plays where it is a video.

    Its button tells the job as well, so that a message of it is known again.
    """
    again = button(say("button.rehearse.again", locale), Action("rehearse", draft.id, job_id))
    is_video = name.endswith(".mp4")
    about = say("rehearse.video" if is_video else "rehearse.page", locale)
    if is_video and (part := part_shown(draft)):
        about = join(" ", (about, say("rehearse.part", locale, part=part)))
    return Card([make_embed(draft.title, about)], View(again), [as_file(name, data)])


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
    return as_file("rhymes.png", draw(draft.title, texts, chains), "\n".join(texts))


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
        files.append(as_file(file_name(draft, "txt"), export(draft, "txt")))
        whole = say("card.long", locale, lines=count(len(draft.lines), "line", locale))
        texts = [f"{texts[0]}\n\n*{whole}*"]
    colour = COLOURS[draft.brief.genre]
    judged = Field(meter(draft.verdict.genre), _judged(draft, locale).clip(JUDGED), inline=False)
    footer = say("card.footer", locale, id=draft.id, version=draft.revision)
    if by:
        footer = join(" · ", (say("card.by", locale, user=verbatim(by)), footer))
    last = len(texts) - 1
    embeds = [
        make_embed(
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


def listening(heard: Listening, name: str, locale: str, picture: bytes = b"") -> Card:
    """What was heard in a beat, with its picture."""
    genre = max(heard.genre, key=lambda genre: heard.genre[genre])
    minutes, seconds = divmod(round(heard.duration), 60)
    length = f"{minutes}:{seconds:02d}"
    bars = say("heard.bars", locale, bars=count(heard.bars, "bar", locale), length=length)
    mood = say("heard.energy", locale, mood=heard.mood, energy=heard.energy)
    tags = ", ".join(list(heard.tags)[:TAGS_SHOWN])
    shown = make_embed(
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
    about = say("heard.picture", locale, tempo=tempo, key=heard.key, bars=bars)
    return as_file(PICTURE, data, about)


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
