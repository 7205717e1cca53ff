"""Choosing a line: the button Options, the select under the lines, and "None of these"."""

from __future__ import annotations

from typing import Final

from atl_core.edits.choices import Options, Take
from atl_core.edits.line_ranges import AS_IT_IS
from bot.discord import interactions
from bot.discord.client import Feature, Interaction
from bot.discord.components import Action, Form, chosen, filled_in
from bot.discord.context import acknowledge, of_interaction
from bot.discord.perform import perform
from bot.discord.permissions import open_to_change
from bot.phrases import fields

LONGEST: Final = 20
"""Characters of a field that names a line."""


async def open_form(interaction: Interaction, action: Action) -> None:
    # A form has to be the first answer, so who asks is looked up before it: milliseconds.
    context = of_interaction(interaction)
    draft = (await open_to_change(context, action.subject)).draft
    say = context.say
    form = Form(say("form.options"), Action("offer", draft.id))
    form.field(
        "line",
        say("form.options.line"),
        hint=say("form.options.line.hint"),
        required=True,
        longest=LONGEST,
    )
    form.field("how", say("form.options.how"), hint=say("form.options.how.hint"))
    await interactions.open_form(interaction, form)


async def offer(interaction: Interaction, action: Action) -> None:
    """The form was sent."""
    context = await acknowledge(interaction)
    opened = await open_to_change(context, action.subject)
    filled = filled_in(interaction)
    line = fields.read_line_number(filled.get("line", ""), len(opened.draft.lines))
    how = filled.get("how", "")
    manner = fields.manner(how) if how else AS_IT_IS
    await perform(context, Options(line, manner), opened.draft.id, opened)


async def pick(interaction: Interaction, action: Action) -> None:
    """An option was chosen: the draft with it takes the place of the message."""
    context = await acknowledge(interaction, in_place=True)
    (number,) = chosen(interaction)
    await perform(context, Take(int(number), offer=action.detail), action.subject)


async def none(interaction: Interaction, action: Action) -> None:
    """Others, for the same line."""
    context = await acknowledge(interaction)
    await perform(context, Options(offer=action.detail), action.subject)


FEATURE: Final = Feature(
    handlers={"options": open_form, "offer": offer, "pick": pick, "none": none},
)
