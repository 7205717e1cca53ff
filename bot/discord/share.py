"""Sharing a draft with a channel, and letting others edit it."""

from __future__ import annotations

from typing import Final

from discord import ui

from atl_core import edits
from bot.discord.client import Feature, Interaction
from bot.discord.components import SELECT, Action, View, button, chosen
from bot.discord.context import acknowledge
from bot.discord.perform import collaborate, perform
from bot.discord.permissions import changeable_draft, own_draft

PEOPLE: Final = 5
"""How many can be chosen at once."""


async def share(interaction: Interaction, action: Action) -> None:
    """Let the channel read a draft, then offer to let somebody edit it too."""
    context = await acknowledge(interaction)
    draft = await changeable_draft(context, action.subject)
    await perform(context, edits.Share(), draft.id)
    people = ui.UserSelect[ui.View](
        custom_id=Action("edit", draft.id).custom_id(SELECT),
        placeholder=context.say("share.pick"),
        max_values=PEOPLE,
        row=0,
    )
    stop = button(context.say("button.unshare"), Action("unshare", draft.id), row=1)
    message = context.say("share.choose", title=draft.title)
    await interaction.edit_original_response(content=message, view=View(people, stop))


async def let_edit(interaction: Interaction, action: Action) -> None:
    context = await acknowledge(interaction)
    draft = await own_draft(context, action.subject)
    await collaborate(context, draft, [int(user) for user in chosen(interaction)])


async def unshare(interaction: Interaction, action: Action) -> None:
    await perform(await acknowledge(interaction), edits.Unshare(), action.subject)


FEATURE: Final = Feature(handlers={"share": share, "edit": let_edit, "unshare": unshare})
