"""`/drafts`: everything a writer has, for them alone: browse, open, compare, export, delete."""

from __future__ import annotations

from typing import Final

from discord import SelectOption, app_commands, ui
from discord.app_commands import Choice, Range
from discord.app_commands import locale_str as _

from atl_core.edits.drafts import DeleteDraft, ListDrafts, RestoreDraft, Search
from atl_core.edits.export import EXPORT_FORMATS, REHEARSAL_FORMATS, Export, Rehearse
from atl_core.edits.request import Request
from atl_core.edits.versions import Compare, ShowHistory
from atl_core.errors import DraftError
from bot.clean import clean
from bot.discord import cards, interactions, list_cards
from bot.discord.card import Card, as_file
from bot.discord.client import Feature, Interaction
from bot.discord.components import SELECT, Action, Form, View, chosen, filled_in
from bot.discord.context import acknowledge, of_interaction, owner_of
from bot.discord.escape import Markdown
from bot.discord.limits import CHOICE, CHOICES, clip
from bot.discord.perform import perform, show_opened
from bot.discord.permissions import check_channel, check_postable, open_draft, open_to_change
from bot.dispatch import Asker, list_drafts
from bot.files import raw_file


@app_commands.command(
    name=_("drafts"), description=_("Browse, search, open, compare, export or delete your drafts")
)
@app_commands.describe(
    search=_("Words of the title, the tags, the seeds or the lines"),
    draft=_("Open this draft at once"),
)
@app_commands.rename(search=_("search"), draft=_("draft"))
async def drafts(
    interaction: Interaction,
    search: Range[str, 1, 100] | None = None,
    draft: Range[str, 1, 40] | None = None,
) -> None:
    context = await acknowledge(interaction)
    if draft:
        await show_opened(context, draft)
    else:
        await perform(context, Search(search) if search else ListDrafts())


@drafts.autocomplete("draft")
async def titles(interaction: Interaction, current: str) -> list[Choice[str]]:
    """The writer's drafts, last changed first, by what was typed of them."""
    owner = owner_of(interaction.user.id)
    store = interaction.client.studio.drafts
    if current.strip():
        found = await store.search(owner, current, per_page=CHOICES)
    else:
        found = await store.list(owner, per_page=CHOICES)
    return [
        Choice(
            name=clip(clean(f"{item.title} · {item.id} · {item.opening}"), CHOICE), value=item.id
        )
        for item in found.items
    ]


async def turn_page(interaction: Interaction, action: Action) -> None:
    context = await acknowledge(interaction, in_place=True)
    asker = Asker(context.owner)
    found = await list_drafts(context.client.studio, asker, action.detail, page=int(action.subject))
    await context.respond.show(list_cards.page(found.page, context.locale, found.words))


async def open_chosen(interaction: Interaction, action: Action) -> None:  # noqa: ARG001
    context = await acknowledge(interaction)
    (draft_id,) = chosen(interaction)
    await show_opened(context, draft_id)


async def post(interaction: Interaction, action: Action) -> None:
    """Show a draft to everybody in the channel."""
    context = await acknowledge(interaction)
    draft = (await open_to_change(context, action.subject)).draft
    await check_channel(context)
    await check_postable(context, draft)
    card = cards.draft(draft, context.locale, by=context.name)
    channel = context.client.get_partial_messageable(context.channel, guild_id=context.server)
    message = await channel.send(**card.options())
    await context.respond.send(context.say("delivered", link=Markdown(message.jump_url)))


async def show_history(interaction: Interaction, action: Action) -> None:
    await perform(await acknowledge(interaction), ShowHistory(), action.subject)


async def open_compare_form(interaction: Interaction, action: Action) -> None:
    context = of_interaction(interaction)
    draft = (await open_draft(context, action.subject)).draft
    form = Form(context.say("form.compare"), Action("compared", draft.id))
    first = str(draft.parent or draft.revision)
    form.field("first", context.say("form.compare.first"), value=first, longest=6)
    second = str(draft.revision)
    form.field("second", context.say("form.compare.second"), value=second, longest=6)
    await interactions.open_form(interaction, form)


async def compare(interaction: Interaction, action: Action) -> None:
    context = await acknowledge(interaction)
    filled = filled_in(interaction)
    try:
        request = Compare(int(filled["first"]), int(filled["second"]))
    except (KeyError, ValueError) as error:
        raise DraftError(context.say("form.compare.number")) from error
    await perform(context, request, action.subject)


async def choose_format(interaction: Interaction, action: Action) -> None:
    context = await acknowledge(interaction)
    draft = (await open_draft(context, action.subject)).draft
    select = ui.Select[ui.View](
        custom_id=Action("file", draft.id).custom_id(SELECT),
        placeholder=context.say("export.pick"),
        options=[
            SelectOption(label=context.say(f"export.{kind}"), value=kind)
            for kind in (*EXPORT_FORMATS, *REHEARSAL_FORMATS)
        ],
    )
    message = context.say("export.choose", title=draft.title)
    await context.respond.send(message, Card(view=View(select)))


async def export(interaction: Interaction, action: Action) -> None:
    context = await acknowledge(interaction)
    (wanted,) = chosen(interaction)
    requests: dict[str, Request] = {
        **{kind: Export(kind) for kind in EXPORT_FORMATS},
        **{kind: Rehearse(format=kind) for kind in REHEARSAL_FORMATS},
    }
    await perform(context, requests[wanted], action.subject)


async def delete(interaction: Interaction, action: Action) -> None:
    context = await acknowledge(interaction)
    context.private = True
    await perform(context, DeleteDraft(), action.subject)


async def keep_raw(interaction: Interaction, action: Action) -> None:
    """All that is stored of a draft that cannot be read."""
    context = await acknowledge(interaction)
    stored = await context.client.studio.drafts.raw(action.subject, context.owner)
    file = raw_file(action.subject, stored)
    await context.respond.send(card=Card(files=[as_file(file.name, file.data)]))


async def discard(interaction: Interaction, action: Action) -> None:
    """Delete a draft that cannot be read."""
    context = await acknowledge(interaction)
    await context.client.studio.drafts.discard(action.subject, context.owner)
    await context.respond.send(context.say("discarded", id=action.subject))


async def restore(interaction: Interaction, action: Action) -> None:
    await perform(await acknowledge(interaction), RestoreDraft(action.subject))


FEATURE: Final = Feature(
    commands=(drafts,),
    handlers={
        "page": turn_page,
        "open": open_chosen,
        "post": post,
        "history": show_history,
        "compare": open_compare_form,
        "compared": compare,
        "export": choose_format,
        "file": export,
        "delete": delete,
        "restore": restore,
        "raw": keep_raw,
        "discard": discard,
    },
)
