"""The buttons under a draft, from Continue to Rehearse."""

from __future__ import annotations

from typing import Final

from atl_core.drafts.draft import Draft
from atl_core.edits.drafts import ShowSyllables
from atl_core.edits.export import Rehearse
from atl_core.edits.flow import ShowFlow
from atl_core.edits.lines import Lock, Unlock
from atl_core.edits.request import Request
from atl_core.edits.versions import Redo, Undo
from atl_core.edits.writing import AnotherTake, Continue
from atl_core.errors import DraftError
from bot.discord import cards, interactions
from bot.discord.client import Feature, Interaction
from bot.discord.components import Action, Form, filled_in
from bot.discord.context import Context, acknowledge, of_interaction
from bot.discord.perform import perform
from bot.discord.permissions import open_to_change
from bot.phrases import PhraseError, fields

LINES: Final = 40
"""Characters of a field that names lines."""


async def continue_(interaction: Interaction, action: Action) -> None:
    await perform(await acknowledge(interaction), Continue(), action.subject)


async def another_take(interaction: Interaction, action: Action) -> None:
    await perform(await acknowledge(interaction), AnotherTake(), action.subject)


async def show_syllables(interaction: Interaction, action: Action) -> None:
    await perform(await acknowledge(interaction), ShowSyllables(), action.subject)


async def show_flow(interaction: Interaction, action: Action) -> None:
    await perform(await acknowledge(interaction), ShowFlow(), action.subject)


async def rehearse(interaction: Interaction, action: Action) -> None:
    await perform(await acknowledge(interaction), Rehearse(), action.subject)


async def undo(interaction: Interaction, action: Action) -> None:
    context = await acknowledge(interaction, in_place=True)
    await perform(context, Undo(), action.subject)


async def redo(interaction: Interaction, action: Action) -> None:
    context = await acknowledge(interaction, in_place=True)
    await perform(context, Redo(), action.subject)


async def open_rewrite_form(interaction: Interaction, action: Action) -> None:
    # A form has to be the first answer, so who asks is looked up before it: milliseconds.
    context = of_interaction(interaction)
    draft = (await open_to_change(context, action.subject)).draft
    say = context.say
    form = Form(say("form.rewrite"), Action("rewritten", draft.id, _version_seen(action, draft)))
    form.field(
        "lines",
        say("form.rewrite.lines"),
        hint=say("form.rewrite.lines.hint"),
        required=True,
        longest=LINES,
    )
    form.field("how", say("form.rewrite.how"), hint=say("form.rewrite.how.hint"))
    form.field("own", say("form.rewrite.own"), hint=say("form.rewrite.own.hint"))
    await interactions.open_form(interaction, form)


async def rewrite(interaction: Interaction, action: Action) -> None:
    """The form was sent. The writer's own words take no model: the card changes where it is."""
    filled = filled_in(interaction)
    own = filled.get("own", "")
    context = await acknowledge(interaction, in_place=bool(own))
    opened = await open_to_change(context, action.subject)
    draft = opened.draft
    if await _moved_on(interaction, context, draft, action):
        return
    place = fields.read_lines(filled.get("lines", ""), len(draft.lines))
    if own:
        try:
            request: Request = fields.own_words(place, own)
        except PhraseError as error:
            raise DraftError(context.say("form.rewrite.one")) from error
    else:
        request = fields.rewrite(place, filled.get("how", ""), len(draft.lines))
    await perform(context, request, draft.id, opened)


async def open_lock_form(interaction: Interaction, action: Action) -> None:
    context = of_interaction(interaction)
    draft = (await open_to_change(context, action.subject)).draft
    say, hint = context.say, context.say("form.lock.hint")
    form = Form(say("form.lock"), Action("locked", draft.id, _version_seen(action, draft)))
    form.field("lock", say("form.lock.lock"), hint=hint, longest=LINES)
    form.field("unlock", say("form.lock.unlock"), hint=hint, longest=LINES)
    await interactions.open_form(interaction, form)


async def lock(interaction: Interaction, action: Action) -> None:
    """The form was sent. Both fields are read before either is done."""
    context = await acknowledge(interaction, in_place=True)
    opened = await open_to_change(context, action.subject)
    draft = opened.draft
    if await _moved_on(interaction, context, draft, action):
        return
    filled = filled_in(interaction)
    asked: list[Request] = [
        kind(fields.read_lines(filled[name], len(draft.lines)))
        for name, kind in (("unlock", Unlock), ("lock", Lock))
        if filled.get(name)
    ]
    if not asked:
        raise DraftError(context.say("form.lock.nothing"))
    for request in asked:  # the second on the result of the first
        await perform(context, request, draft.id)


def _version_seen(action: Action, draft: Draft) -> str:
    return str(action.version or draft.revision)


async def _moved_on(
    interaction: Interaction, context: Context, draft: Draft, action: Action
) -> bool:
    """Whether the lines that were named may be others by now; the draft is shown then."""
    if action.version in (None, draft.revision):
        return False
    moved = context.say("card.moved", version=draft.revision)
    await interactions.send(interaction, moved, cards.draft(draft, context.locale))
    return True


FEATURE: Final = Feature(
    handlers={
        "more": continue_,
        "take": another_take,
        "details": show_syllables,
        "flow": show_flow,
        "rehearse": rehearse,
        "undo": undo,
        "redo": redo,
        "rewrite": open_rewrite_form,
        "rewritten": rewrite,
        "lock": open_lock_form,
        "locked": lock,
    }
)
