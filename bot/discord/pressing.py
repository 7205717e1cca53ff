"""What each button, select and form under a draft does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import discord

from atl_core import edits
from atl_core.edits import Request
from atl_core.errors import DraftError
from bot.discord import acting, buttons, cards, forms
from bot.discord.asking import ByInteraction, by_interaction
from bot.discord.buttons import Pressed, handles
from bot.discord.cards import Card
from bot.discord.interactions import ask, defer, tell
from bot.discord.limits import plain
from bot.discord.texts import say
from bot.phrases import PhraseError, parse

if TYPE_CHECKING:
    from atl_core.drafts.draft import Draft
    from bot.discord.client import Partner

    Asked = discord.Interaction[Partner]


@handles("more", "take")
async def more(interaction: Asked, pressed: Pressed) -> None:
    asking = by_interaction(interaction, progress=await defer(interaction))
    request: Request = edits.Continue() if pressed.verb == "more" else edits.AnotherTake()
    await acting.act(asking, request, pressed.about)


@handles("undo", "redo")
async def undo(interaction: Asked, pressed: Pressed) -> None:
    await defer(interaction, update=True)
    asking = by_interaction(interaction, in_place=True)
    request = edits.Undo() if pressed.verb == "undo" else edits.Redo()
    await acting.act(asking, request, pressed.about)


@handles("rewrite", "lock", "compare")
async def open_form(interaction: Asked, pressed: Pressed) -> None:
    # A form has to be the first answer, so who asks is looked up before it: milliseconds.
    asking = by_interaction(interaction)
    if pressed.verb == "compare":
        draft = await acting.visible(asking, pressed.about)
    else:
        draft = await acting.changeable(asking, pressed.about)
    locale = asking.scene.locale
    match pressed.verb:
        case "rewrite":
            form = forms.rewrite(draft.id, pressed.version or draft.revision, locale)
        case "lock":
            form = forms.lock(draft.id, pressed.version or draft.revision, locale)
        case _:
            first = draft.parent or draft.revision
            form = forms.compare(draft.id, first, draft.revision, locale)
    await ask(interaction, form)


@handles("rewritten")
async def rewritten(interaction: Asked, pressed: Pressed) -> None:
    said = forms.values(interaction)
    own = said.get("own", "")
    # Their own words take no model: the draft changes where it is.
    progress = await defer(interaction, update=bool(own))
    asking = by_interaction(interaction, progress=None if own else progress, in_place=bool(own))
    draft = await acting.changeable(asking, pressed.about)
    if await _moved_on(asking, draft, pressed):
        return
    place, how = _lines(said.get("lines", "")), said.get("how", "")
    if own:
        phrase = f'{place}: "{own}"'
    elif rhyme := re.search(r"\brhymes?\b(.*)", how, re.IGNORECASE):
        phrase = f"make {place} rhyme{rhyme[1]}"
    elif re.match(r"use\b", how, re.IGNORECASE):
        phrase = f"{how} in {place}"
    else:
        phrase = f"rewrite {place} {how}".strip()
    try:
        request = parse(phrase, lines=len(draft.lines))
    except PhraseError as error:
        if own:
            raise DraftError(say("form.rewrite.one", asking.scene.locale)) from error
        raise
    await acting.act(asking, request, draft.id)


@handles("locked")
async def locked(interaction: Asked, pressed: Pressed) -> None:
    await defer(interaction, update=True)
    asking = by_interaction(interaction, in_place=True)
    draft = await acting.changeable(asking, pressed.about)
    if await _moved_on(asking, draft, pressed):
        return
    said = forms.values(interaction)
    wanted = [(verb, said[verb]) for verb in ("unlock", "lock") if said.get(verb)]
    if not wanted:
        raise DraftError(say("form.lock.nothing", asking.scene.locale))
    asked = [parse(f"{verb} {_lines(where)}", lines=len(draft.lines)) for verb, where in wanted]
    for request in asked:
        await acting.act(asking, request, draft.id)


@handles("compared")
async def compared(interaction: Asked, pressed: Pressed) -> None:
    asking = by_interaction(interaction, progress=await defer(interaction))
    said = forms.values(interaction)
    try:
        request = edits.Compare(int(said["first"]), int(said["second"]))
    except (KeyError, ValueError) as error:
        raise DraftError(say("form.compare.number", asking.scene.locale)) from error
    await acting.act(asking, request, pressed.about)


@handles("details", "history")
async def look(interaction: Asked, pressed: Pressed) -> None:
    asking = by_interaction(interaction, progress=await defer(interaction))
    request: Request = edits.ShowSyllables() if pressed.verb == "details" else edits.ShowHistory()
    await acting.act(asking, request, pressed.about)


@handles("export")
async def export(interaction: Asked, pressed: Pressed) -> None:
    asking = by_interaction(interaction, progress=await defer(interaction))
    draft = await acting.visible(asking, pressed.about)
    told = say("export.choose", asking.scene.locale, title=plain(draft.title))
    await asking.tell(told, Card([], buttons.of_export(draft, asking.scene.locale)))


@handles("file")
async def file(interaction: Asked, pressed: Pressed) -> None:
    asking = by_interaction(interaction, progress=await defer(interaction))
    (chosen,) = buttons.chosen(interaction)
    (format_,) = (kind for kind in edits.EXPORT_FORMATS if kind == chosen)
    await acting.act(asking, edits.Export(format_), pressed.about)


@handles("share")
async def share(interaction: Asked, pressed: Pressed) -> None:
    asking = by_interaction(interaction, progress=await defer(interaction))
    await acting.changeable(asking, pressed.about)
    await acting.act(asking, edits.Share(), pressed.about)
    draft = await acting.visible(asking, pressed.about)
    told = say("share.choose", asking.scene.locale, title=plain(draft.title))
    await interaction.edit_original_response(
        content=told, view=buttons.of_share(draft, asking.scene.locale)
    )


@handles("edit")
async def edit(interaction: Asked, pressed: Pressed) -> None:
    asking = by_interaction(interaction, progress=await defer(interaction))
    draft = await acting.visible(asking, pressed.about)
    await acting.collaborate(asking, draft, [int(id_) for id_ in buttons.chosen(interaction)])


@handles("unshare")
async def unshare(interaction: Asked, pressed: Pressed) -> None:
    asking = by_interaction(interaction, progress=await defer(interaction))
    await acting.act(asking, edits.Unshare(), pressed.about)


@handles("post")
async def post(interaction: Asked, pressed: Pressed) -> None:
    """Show a draft to everybody in the channel."""
    from bot.discord import access

    asking = by_interaction(interaction, progress=await defer(interaction))
    draft = await acting.changeable(asking, pressed.about)
    scene = asking.scene
    access.check_channel(scene, await access.settings_of(asking.client, scene))
    access.check_permissions(scene)
    await acting.check_postable(asking, draft)
    card = cards.draft(draft, scene.locale, by=interaction.user.display_name)
    channel = asking.client.get_partial_messageable(scene.channel, guild_id=scene.server)
    message = await channel.send(**card.options())
    await asking.tell(say("delivered", scene.locale, link=message.jump_url))


@handles("delete")
async def delete(interaction: Asked, pressed: Pressed) -> None:
    asking = by_interaction(interaction, progress=await defer(interaction))
    asking.private = True
    await acting.act(asking, edits.DeleteDraft(), pressed.about)


@handles("restore")
async def restore(interaction: Asked, pressed: Pressed) -> None:
    asking = by_interaction(interaction, progress=await defer(interaction))
    await acting.act(asking, edits.RestoreDraft(pressed.about))


@handles("page")
async def page(interaction: Asked, pressed: Pressed) -> None:
    await defer(interaction, update=True)
    asking = by_interaction(interaction, in_place=True)
    found_on = int(pressed.about)
    words, owner = pressed.rest, asking.scene.owner
    studio = asking.client.studio
    if words:
        found = await studio.search(words, owner=owner, page=found_on)
    else:
        found = await studio.list(owner=owner, page=found_on)
    await asking.show(cards.page(found, asking.scene.locale, words))


@handles("open")
async def open_(interaction: Asked, pressed: Pressed) -> None:  # noqa: ARG001
    asking = by_interaction(interaction, progress=await defer(interaction))
    (chosen,) = buttons.chosen(interaction)
    await acting.open_draft(asking, chosen)


@handles("forget")
async def forget(interaction: Asked, pressed: Pressed) -> None:
    asking = by_interaction(interaction, progress=await defer(interaction))
    if pressed.about != str(interaction.user.id):
        raise DraftError(say("card.not_yours", asking.scene.locale))
    gone = await asking.client.studio.forget_me(owner=asking.scene.owner)
    await asking.tell(gone.describe())


@handles("cancel")
async def cancel(interaction: Asked, pressed: Pressed) -> None:
    from atl_core.errors import UserError
    from bot.discord import access

    await defer(interaction, update=True)
    scene = access.of_interaction(interaction)
    studio = interaction.client.studio
    owner = scene.owner
    if scene.moderator and await _is_here(interaction, pressed.about):
        owner = ""
    try:
        job = await studio.cancel(pressed.about, owner=owner)
    except UserError as error:
        raise DraftError(say("cancel.not_yours", scene.locale)) from error
    if job.state in ("done", "failed"):
        await tell(interaction, say("cancel.late", scene.locale))


async def _is_here(interaction: Asked, job_id: str) -> bool:
    """Whether a job was asked for in this server."""
    jobs = await interaction.client.studio.jobs()
    here = str(interaction.guild_id)
    return any(job.id == job_id and job.address.get("server") == here for job in jobs)


async def _moved_on(asking: ByInteraction, draft: Draft, pressed: Pressed) -> bool:
    """Whether the lines that were named may be others by now; the draft is shown then."""
    if pressed.version in (None, draft.revision):
        return False
    card = cards.draft(draft, asking.scene.locale)
    told = say("card.moved", asking.scene.locale, version=draft.revision)
    await tell(asking.interaction, told, **card.options())
    return True


def _lines(where: str) -> str:
    if not where[:1].isdecimal():
        return where
    return f"line{'s' if '-' in where or ',' in where else ''} {where}"
