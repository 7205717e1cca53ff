"""A request, however it was made, performed and answered: the same for buttons and replies."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from atl_core import edits, line_edits
from atl_core.drafts.draft import Draft
from atl_core.edits import Request
from atl_core.errors import DraftError, UserError
from atl_core.jobs.job import JobRequest
from bot.discord import cards
from bot.discord.cards import Card
from bot.discord.components import STYLE, Action, View, button
from bot.discord.context import Context, owner_of
from bot.discord.escape import Markdown, join
from bot.discord.limits import clip
from bot.discord.permissions import (
    changeable_draft,
    check_explicit,
    check_may_submit,
    check_postable,
    own_draft,
    visible_draft,
)
from bot.dispatch import change, export_file, find_rhymes

WORD_SHOWN: Final = 40
MENTION: Final = re.compile(r"<@!?(\d{1,20})>")
WITHOUT_DRAFT: Final = (
    edits.Search,
    edits.ListDrafts,
    edits.OpenDraft,
    edits.RestoreDraft,
    edits.ForgetMe,
    edits.MyData,
    edits.Help,
)
"""Requests that are not about a draft at hand."""
READING: Final = (
    edits.ShowDraft,
    edits.ShowHistory,
    edits.ShowSyllables,
    edits.ShowRhymes,
    edits.Compare,
    edits.Export,
)
"""What everybody may ask of a draft that is shared with them."""
HELP_EXAMPLE: Final = Markdown(
    """\
` 1` Midnight train whistle, it's lonesome night
` 2` And the country boy comes back to me
` 3` With a bell to let us know the light
` 4` To say that I'm not afraid to be free"""
)
"""What `make demo` wrote for the second of its two beats, as in the README; unedited."""


async def perform(context: Context, request: Request, draft_id: str = "") -> None:
    """Perform a request and answer.

    Raises:
        UserError: it cannot be done; the text says why.
    """
    if isinstance(request, WITHOUT_DRAFT):
        await _without_draft(context, request)
    elif isinstance(request, READING):
        await _read(context, request, draft_id)
    elif isinstance(request, edits.Share | edits.Unshare | edits.Collaborate):
        await _share(context, request, await own_draft(context, draft_id))
    else:
        await _change(context, request, await changeable_draft(context, draft_id))


async def submit(context: Context, request: Request, draft_id: str = "", *, beat: str = "") -> None:
    """Queue a job: the answer is its place in the queue, and later what it made.

    Raises:
        UserError: it may not be asked for here, or the queue is full.
    """
    await check_may_submit(context)
    client = context.client
    address = await context.address(beat)
    job = JobRequest(request, context.owner, context.key, draft_id, address.to_json())
    client.deliveries.follow(await client.studio.queue.submit(job))


async def show_page(context: Context, words: str = "", number: int = 1) -> None:
    """A page of the asker's drafts; in a channel it is for them alone, where that is possible."""
    await context.respond.send_privately("", await page_card(context, words, number))


async def page_card(context: Context, words: str, number: int) -> Card:
    studio, owner = context.client.studio, context.owner
    if words:
        found = await studio.drafts.search(owner, words, page=number)
    else:
        found = await studio.drafts.list(owner, page=number)
    return cards.page(found, context.locale, words)


async def open_draft(context: Context, draft_id: str) -> None:
    """A draft with everything that can be done with it, for the asker alone."""
    draft = await visible_draft(context, draft_id)
    mine = await context.client.studio.drafts.may_change(draft_id, context.owner)
    await context.respond.send_privately("", cards.draft(draft, context.locale, opened=mine))


async def show_rhymes(
    context: Context, word: str, line: int | None = None, draft: Draft | None = None
) -> None:
    """Words that rhyme with a word, or with the end of a line of a draft."""
    rhymes = await find_rhymes(line, word, draft)
    shown = clip(rhymes.word, WORD_SHOWN)
    if not rhymes.found:
        await context.respond.send(context.say("rhymes.none", word=shown))
        return
    embed = cards.embed(context.say("rhymes.title", word=shown), ", ".join(rhymes.found))
    await context.respond.send(card=Card([embed]))


async def show_help(context: Context) -> None:
    """What to do first, shown by what it once really gave."""
    then = ("help.then", "help.commands", "help.privacy")
    await context.respond.send(
        card=Card(
            [
                cards.embed(
                    context.say("help.title"),
                    join("\n", (context.say("help.start"), Markdown(f">>> {HELP_EXAMPLE}"))),
                ),
                cards.embed(description=join("\n\n", map(context.say, then))),
            ]
        )
    )


async def collaborate(context: Context, draft: Draft, people: Sequence[int]) -> None:
    """Let people edit a draft of the asker's."""
    client = context.client
    if client.user and client.user.id in people:
        raise DraftError(context.say("share.bot"))
    for person in people:
        await client.studio.drafts.share(draft.id, context.owner, owner_of(person), edits=True)
    names = join(", ", map(_mention, people))
    await context.respond.send(context.say("share.edit", people=names, title=draft.title))


async def _change(context: Context, request: Request, draft: Draft) -> None:
    if _asks_for_explicit(request):
        await check_explicit(context)
    if not context.private:
        await check_postable(context, draft)
    if request.needs_model:
        await submit(context, request, draft.id)
        return
    studio, respond = context.client.studio, context.respond
    after = await change(studio, request, draft, context.owner)
    match request:
        case edits.DeleteDraft():
            restore = button(context.say("button.restore"), Action("restore", after.id))
            message = context.say("deleted", title=after.title, id=after.id)
            await respond.send(message, Card(view=View(restore)))
        case edits.SetTitle():
            await respond.send(context.say("said.saved", title=after.title))
        case edits.Tag():
            tags = " ".join(f"#{tag}" for tag in after.tags) or context.say("said.tags.none")
            await respond.send(context.say("said.tags", title=after.title, tags=tags))
        case line_edits.SetBrief():
            setting = cards.brief(after, context.locale)
            await respond.send(context.say("said.brief", setting=setting))
        case _:
            await respond.show(cards.draft(after, context.locale, by=context.name))


async def _read(context: Context, request: Request, draft_id: str) -> None:
    studio, respond = context.client.studio, context.respond
    version = request.version if isinstance(request, edits.ShowDraft) else None
    draft = await visible_draft(context, draft_id, version)
    owner, channel = context.owner, context.guest
    match request:
        case edits.ShowDraft():
            await respond.send(card=cards.draft(draft, context.locale))
        case edits.ShowSyllables():
            shown = [join("\n", rows) for rows in cards.stanzas(draft, details=True)]
            await respond.send(card=cards.note(join("\n\n", (context.say("details"), *shown))))
        case edits.ShowHistory():
            changes = await studio.drafts.history(draft_id, owner, channel=channel)
            await respond.send(card=cards.history(draft, changes, context.locale))
        case edits.Compare(first=first, second=second):
            found = await studio.drafts.diff(draft_id, owner, first, second, channel=channel)
            await respond.send(card=cards.comparison(found))
        case edits.ShowRhymes(line=line, word=word):
            await show_rhymes(context, word, line, draft)
        case edits.Export(format=format):
            file = await export_file(draft, format)
            message = context.say("export.done", title=draft.title, format=format)
            await respond.send(message, Card(files=[cards.file(file.name, file.data)]))


async def _share(
    context: Context,
    request: edits.Share | edits.Unshare | edits.Collaborate,
    draft: Draft,
) -> None:
    studio, respond = context.client.studio, context.respond
    match request:
        case edits.Share():
            if context.server is None:
                raise DraftError(context.say("share.server"))
            await check_postable(context, draft)
            await studio.drafts.share(draft.id, context.owner, context.guest)
            await respond.send(context.say("share.here", title=draft.title))
        case edits.Collaborate(person=person):
            await collaborate(context, draft, [_person(context, person)])
        case edits.Unshare(person=person):
            if person:
                user = _person(context, person)
                guest, name = owner_of(user), _mention(user)
            else:
                guest, name = context.guest, context.say("share.channel")
            await studio.drafts.unshare(draft.id, context.owner, guest)
            await respond.send(context.say("share.stopped", title=draft.title, guest=name))


async def _without_draft(context: Context, request: Request) -> None:
    studio, respond = context.client.studio, context.respond
    match request:
        case edits.Help():
            await show_help(context)
        case edits.ListDrafts():
            await show_page(context)
        case edits.Search(words=words):
            await show_page(context, words)
        case edits.OpenDraft(draft=draft_id):
            await open_draft(context, draft_id)
        case edits.RestoreDraft(draft=draft_id):
            draft = await studio.drafts.restore(draft_id, context.owner)
            await respond.send(context.say("restored", title=draft.title, id=draft.id))
        case edits.ForgetMe():
            label, action = context.say("button.forget"), Action("forget", str(context.user))
            confirm = View(button(label, action, STYLE.danger))
            await respond.send(context.say("forget.sure"), Card(view=confirm))
        case edits.MyData():
            data = await studio.my_data(context.owner)
            for job in data["jobs"]:
                job["address"].pop("token", None)  # whoever has it speaks as the bot
            stored = json.dumps(data, ensure_ascii=False, indent=1).encode()
            file = cards.file("atl-my-data.json", stored)
            await respond.send_privately(context.say("data"), Card(files=[file]))


def _person(context: Context, said: str) -> int:
    found = MENTION.fullmatch(said.strip())
    if not found:
        raise UserError(context.say("share.nobody"))
    return int(found[1])


def _mention(user: int) -> Markdown:
    return Markdown(f"<@{user}>")


def _asks_for_explicit(request: Request) -> bool:
    if isinstance(request, line_edits.SetBrief):
        return bool(request.explicit)
    return isinstance(request, edits.Rewrite) and bool(request.manner.explicit)
