"""`/lyrics` and the menu "Write lyrics for this beat"."""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.app_commands import locale_str as _

from atl_core.edits.beat import SetBeat
from atl_core.edits.wish import AUTO, DEFAULT_LINES, Wish
from atl_core.edits.writing import Write
from atl_core.errors import BeatError, BriefError
from atl_core.lyrics.brief import GENRES, MOODS
from atl_core.lyrics.checks import MAX_LINES
from atl_core.lyrics.form import MAX_SYLLABLES, MIN_SYLLABLES
from bot.discord import beats, interactions
from bot.discord.client import Feature, Interaction
from bot.discord.components import Action, Form, chosen, filled_in
from bot.discord.context import Context, acknowledge, of_interaction
from bot.discord.limits import CHOICE, CHOICES
from bot.discord.perform import perform, submit
from bot.discord.permissions import check_explicit, check_may_submit

SCHEMES: Final = {
    "AABB": "couplets",
    "ABAB": "alternating",
    "ABCB": "a ballad's",
    "AAAA": "one rhyme throughout",
    "ABBA": "enclosed",
    "XAXA": "every second line",
    "free": "no rhymes",
}


@app_commands.command(name=_("lyrics"), description=_("Write lyrics to a beat"))
@app_commands.describe(
    beat=_("The beat: an audio file, or a video with sound"),
    link=_("Or a link to it on YouTube"),
    seed=_("Up to 8 words to write from, such as: midnight train"),
    genre=_("Left out: as the beat sounds"),
    mood=_("Left out: as the beat sounds"),
    lines=_("How many lines; left out: 8"),
    scheme=_("Which lines rhyme, such as AABB; X need not rhyme"),
    syllables=_("Syllables a line; left out: by the tempo"),
    explicit=_("Allow explicit words, in age-restricted channels"),
    private=_("Show the draft to you alone"),
    options=_("Choose each line before the next one is written"),
    form=_("A whole song, such as: verse hook verse hook bridge hook"),
    avoid=_("Words that no line may have, or cliches"),
)
@app_commands.rename(
    beat=_("beat"),
    link=_("link"),
    seed=_("seed"),
    genre=_("genre"),
    mood=_("mood"),
    lines=_("lines"),
    scheme=_("scheme"),
    syllables=_("syllables"),
    explicit=_("explicit"),
    private=_("private"),
    options=_("options"),
    form=_("form"),
    avoid=_("avoid"),
)
@app_commands.choices(
    genre=[Choice(name=_(name), value=name) for name in GENRES],
    mood=[Choice(name=_(name), value=name) for name in MOODS],
)
async def lyrics(
    interaction: Interaction,
    beat: discord.Attachment | None = None,
    link: str | None = None,
    seed: Range[str, 1, 300] | None = None,
    genre: str = AUTO,
    mood: str = AUTO,
    lines: Range[int, 1, MAX_LINES] = DEFAULT_LINES,
    scheme: Range[str, 1, 40] = AUTO,
    syllables: Range[int, MIN_SYLLABLES, MAX_SYLLABLES] | None = None,
    explicit: bool = False,
    private: bool = False,
    options: bool = False,
    form: Range[str, 1, 300] | None = None,
    avoid: Range[str, 1, 300] | None = None,
) -> None:
    context = await acknowledge(interaction)
    context.private = private or context.absent
    wish = Wish.parse(
        seed_words=seed,
        genre=genre,
        mood=mood,
        lines=lines,
        scheme=scheme,
        syllables=syllables,
        explicit=explicit,
        options=options,
        form=form,
        avoid=avoid,
    )
    await _write(context, wish, beat, link)


@lyrics.autocomplete("scheme")
async def schemes(interaction: Interaction, current: str) -> list[Choice[str]]:  # noqa: ARG001
    """The usual ones, and what was typed when it is none of them."""
    typed = current.strip()
    found = [
        Choice(name=f"{scheme} · {meaning}", value=scheme)
        for scheme, meaning in SCHEMES.items()
        if typed.casefold() in f"{scheme} {meaning}".casefold()
    ]
    if typed and typed.upper() not in SCHEMES:
        found.insert(0, Choice(name=typed[:CHOICE], value=typed[:40]))
    return found[:CHOICES]


@app_commands.context_menu(name=_("Write lyrics for this beat"))
async def write_for(interaction: Interaction, message: discord.Message) -> None:
    """With one beat in the message the form opens; with several the writer chooses first."""
    context = of_interaction(interaction)
    found = beats.find_beats(message)
    if not found:
        raise BeatError(context.say("beat.none_here"))
    interaction.client.messages.put(message.id, message)
    if len(found) == 1:
        await interactions.open_form(interaction, _form(context, message.channel.id, message.id))
        return
    card = beats.choice(context, message)
    await interactions.send(interaction, context.say("beat.several"), card)


async def set_chosen(interaction: Interaction, action: Action) -> None:
    """Of several sounds in a message one was chosen as the beat of a draft."""
    context = await acknowledge(interaction)
    (key,) = chosen(interaction)
    channel, _, message_id = action.detail.partition(":")
    message = await _message(context, int(channel), int(message_id))
    for found in beats.find_beats(message):
        if found.key == key:
            beat, _ = await beats.beat_of(context, found.attachment, found.link)
            await perform(context, SetBeat(beat), action.subject)
            return
    raise BeatError(context.say("beat.gone"))


async def open_form_for_chosen(interaction: Interaction, action: Action) -> None:
    (key,) = chosen(interaction)
    context = of_interaction(interaction)
    form = _form(context, int(action.subject), int(action.detail), key)
    await interactions.open_form(interaction, form)


def _form(context: Context, channel: int, message: int, key: str = "") -> Form:
    """What to write to the beat of a message; `key` says which one where there are several."""
    say = context.say
    detail = f"{message}:{key}" if key else str(message)
    form = Form(say("form.write"), Action("write", str(channel), detail))
    form.field("seed", say("form.write.seed"), hint=say("form.write.seed.hint"))
    form.field("genre", say("form.write.genre"), longest=20)
    form.field("lines", say("form.write.lines"), value=str(DEFAULT_LINES), longest=3)
    return form


async def write_as_filled_in(interaction: Interaction, action: Action) -> None:
    context = await acknowledge(interaction)
    context.private = context.absent
    filled = filled_in(interaction)
    lines = filled.get("lines") or str(DEFAULT_LINES)
    if not lines.isdecimal():
        raise BriefError(context.say("form.write.lines.number"))
    wish = Wish.parse(
        seed_words=filled.get("seed") or None,
        genre=filled.get("genre") or AUTO,
        lines=int(lines),
    )
    message_id, _, key = action.detail.partition(":")
    message = await _message(context, int(action.subject), int(message_id))
    for beat in beats.find_beats(message):
        if key in ("", beat.key):
            await _write(context, wish, beat.attachment, beat.link)
            return
    raise BeatError(context.say("beat.gone"))


async def _message(context: Context, channel: int, message: int) -> discord.Message:
    """The message that the form was opened on.

    Raises:
        BeatError: it is not there any more, or not for us to read.
    """
    if known := context.client.messages.get(message):
        return known
    try:
        return await context.client.get_partial_messageable(channel).fetch_message(message)
    except discord.HTTPException as error:
        raise BeatError(context.say("beat.gone")) from error


async def _write(
    context: Context, wish: Wish, attachment: discord.Attachment | None, link: str | None
) -> None:
    """Submit a draft, once all that can be refused at once has been looked at."""
    if wish.explicit:
        await check_explicit(context)
    await check_may_submit(context)
    beat, name = await beats.beat_of(context, attachment, link)
    await submit(context, Write(beat, wish), beat=name)


FEATURE: Final = Feature(
    commands=(lyrics, write_for),
    handlers={"beat": open_form_for_chosen, "setbeat": set_chosen, "write": write_as_filled_in},
)
