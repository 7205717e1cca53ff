"""Sharing a draft with a channel, and letting others edit it."""

from __future__ import annotations

from typing import Final

from discord import ui

from atl_core.edits.sharing import Share, Unshare
from atl_core.errors import DraftError
from bot.discord.client import Feature, Interaction
from bot.discord.components import SELECT, Action, View, button, chosen
from bot.discord.context import acknowledge, owner_of
from bot.discord.escape import Markdown, join
from bot.discord.perform import perform
from bot.discord.permissions import check_own, open_draft, open_to_change

PEOPLE: Final = 5
"""How many can be chosen at once."""


async def share(interaction: Interaction, action: Action) -> None:
    """Let the channel read a draft, then offer to let somebody edit it too."""
    context = await acknowledge(interaction)
    opened = await open_to_change(context, action.subject)
    draft = opened.draft
    await perform(context, Share(), draft.id, opened)
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
    """People were chosen, up to five."""
    context = await acknowledge(interaction)
    draft = (await open_draft(context, action.subject)).draft
    check_own(context, draft)
    people = [int(user) for user in chosen(interaction)]
    client = context.client
    if client.user and client.user.id in people:
        raise DraftError(context.say("share.bot"))
    for user in people:
        await client.studio.drafts.shares.add(draft.id, context.owner, owner_of(user), edits=True)
    names = join(", ", (Markdown(f"<@{user}>") for user in people))
    await context.respond.send(context.say("share.edit", people=names, title=draft.title))


async def unshare(interaction: Interaction, action: Action) -> None:
    await perform(await acknowledge(interaction), Unshare(), action.subject)


FEATURE: Final = Feature(handlers={"share": share, "edit": let_edit, "unshare": unshare})
