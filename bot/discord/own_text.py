"""`/write`: going on from lines of the writer's own, in a file or in a form."""

from __future__ import annotations

import asyncio
from typing import Final

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from atl_core.audio.source import KeptBeat
from atl_core.edits.wish import Wish
from atl_core.edits.writing import Write
from atl_core.errors import BriefError
from atl_core.lyrics.documents import MAX_BYTES, read_document
from atl_core.lyrics.own_text import read_own_text
from bot.discord import beats, interactions
from bot.discord.client import Feature, Interaction
from bot.discord.components import Action, Form, filled_in
from bot.discord.context import Context, acknowledge, of_interaction
from bot.discord.perform import submit
from bot.discord.permissions import check_may_submit

PASTED: Final = 4000
"""Characters that a field of a form takes."""


@app_commands.command(name=_("write"), description=_("Go on from lines of your own"))
@app_commands.describe(
    file=_("Your lines: .txt, .docx, .lrc or ChordPro; left out: a form to paste them in"),
    beat=_("The beat: an audio file, or a video with sound"),
    link=_("Or a link to it on YouTube"),
    private=_("Show the draft to you alone"),
)
@app_commands.rename(file=_("file"), beat=_("beat"), link=_("link"), private=_("private"))
async def write(
    interaction: Interaction,
    file: discord.Attachment | None = None,
    beat: discord.Attachment | None = None,
    link: str | None = None,
    private: bool = False,
) -> None:
    if file is None:
        if beat is not None or link:
            raise BriefError(of_interaction(interaction).say("own.file"))
        await interactions.open_form(interaction, _form(of_interaction(interaction)))
        return
    context = await acknowledge(interaction)
    context.private = private or context.absent
    if file.size > MAX_BYTES:
        # Not even fetched.
        read_document(b" " * (MAX_BYTES + 1), file.filename)
    async with context.client.attachments:
        try:
            data = await file.read()
        except discord.HTTPException as error:
            raise BriefError(context.say("beat.gone")) from error
    text = await asyncio.to_thread(read_document, data, file.filename)
    await _go_on(context, text, beat, link)


def _form(context: Context) -> Form:
    form = Form(context.say("form.own"), Action("own"))
    return form.field(
        "text",
        context.say("form.own.text"),
        hint=context.say("form.own.text.hint"),
        required=True,
        longest=PASTED,
        style=discord.TextStyle.paragraph,
    )


async def pasted(interaction: Interaction, action: Action) -> None:  # noqa: ARG001
    """The form was sent."""
    context = await acknowledge(interaction)
    context.private = context.absent
    await _go_on(context, filled_in(interaction).get("text", ""), None, None)


async def _go_on(
    context: Context, text: str, attachment: discord.Attachment | None, link: str | None
) -> None:
    """Submit the text, once all that can be refused at once has been looked at."""
    read_own_text(text)
    await check_may_submit(context)
    beat: str | KeptBeat = ""
    name = ""
    if attachment is not None or link:
        beat, name = await beats.beat_of(context, attachment, link)
    await submit(context, Write(beat, Wish.parse(), text), beat=name)


FEATURE: Final = Feature(commands=(write,), handlers={"own": pasted})
