"""A request, however it was made, performed and answered: the same for buttons and replies."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from atl_core.drafts.draft import Draft, OpenedDraft
from atl_core.edits.beat import SetBeat
from atl_core.edits.brief import SetBrief
from atl_core.edits.drafts import OpenDraft, SetTitle, Tag
from atl_core.edits.export import Export, Rehearse
from atl_core.edits.request import Request
from atl_core.edits.sharing import Collaborate, Share, Unshare
from atl_core.edits.words import AllowWords, Avoid, UseInDraft
from atl_core.edits.writing import Rewrite
from atl_core.errors import DraftError, UnreadableDraftError, UserError
from atl_core.jobs.job import JobRequest
from atl_core.lyrics.avoided import avoided_in, listed
from atl_core.lyrics.brief import Line
from bot import answers, dispatch
from bot.answers import Answer
from bot.discord import beats, cards, list_cards, option_cards
from bot.discord.card import Card, as_file, make_embed, note
from bot.discord.components import STYLE, Action, View, button
from bot.discord.context import Context, owner_of
from bot.discord.escape import Markdown, escape, join
from bot.discord.limits import clip
from bot.discord.permissions import (
    check_changeable,
    check_explicit,
    check_may_submit,
    check_own,
    check_postable,
    open_draft,
)
from bot.dispatch import READING, SHARING, WITH_OR_WITHOUT, WITHOUT_DRAFT, Asker

WORD_SHOWN: Final = 40
MENTION: Final = re.compile(r"<@!?(\d{1,20})>")
HELP_EXAMPLE: Final = Markdown(
    """\
` 1` Midnight train whistle, it's lonesome night
` 2` And the country boy comes back to me
` 3` With a bell to let us know the light
` 4` To say that I'm not afraid to be free"""
)
"""What `make demo` wrote for the second of its two beats, as in the README; unedited."""


async def perform(
    context: Context, request: Request, draft_id: str = "", opened: OpenedDraft | None = None
) -> None:
    """Perform a request and answer. The draft is loaded here, unless `opened` hands it in.

    Raises:
        UserError: it cannot be done; the text says why.
    """
    if isinstance(request, OpenDraft):
        await show_opened(context, request.draft)
        return
    given = request.beat if isinstance(request, SetBeat | Rehearse) else ""
    if isinstance(request, SetBeat | Rehearse) and isinstance(given, str) and given:
        # Never a path: it would be one of this machine.
        link, _ = await beats.beat_of(context, None, given)
        request = replace(request, beat=link)
    about_draft = draft_id or not isinstance(request, WITH_OR_WITHOUT)
    if opened is None and about_draft and not isinstance(request, WITHOUT_DRAFT):
        opened = await open_draft(context, draft_id)
    if opened is not None:
        await _check(context, request, opened)
        if isinstance(request, Rehearse) and not request.beat and opened.may_change:
            beat = await beats.kept_for(context, opened.draft)
            request = replace(request, beat=beat)
    asker = Asker(context.owner, context.guest, partial(_owner, context))
    run = partial(_queue, context)
    try:
        answer = await dispatch.dispatch(context.client.studio, request, asker, opened, run)
    except dispatch.NotYoursError as error:
        raise DraftError(context.say("card.not_yours")) from error
    await _show(context, request, answer)


async def show_opened(context: Context, draft_id: str) -> None:
    """A draft with everything that can be done with it, for the asker alone."""
    try:
        opened = await open_draft(context, draft_id)
    except UnreadableDraftError as error:
        await context.respond.send_privately(
            "", list_cards.unreadable(error.draft_id, context.locale)
        )
        return
    card = cards.draft(opened.draft, context.locale, opened=opened.may_change)
    await context.respond.send_privately("", card)


async def submit(
    context: Context, request: Request, draft: Draft | None = None, *, beat: str = ""
) -> answers.Queued:
    """Queue a job: the answer is its place in the queue, and later what it made.

    Raises:
        UserError: it may not be asked for here, or the queue is full.
    """
    await check_may_submit(context)
    client = context.client
    address = await context.address(beat)
    draft_id = draft.id if draft else ""
    job = await client.studio.queue.submit(
        JobRequest(request, context.owner, context.key, draft_id, address.to_json())
    )
    client.deliveries.follow(job)
    return answers.Queued(job)


async def _queue(context: Context, request: Request, draft: Draft | None) -> Answer:
    """How what takes a model is done here: by a worker."""
    return await submit(context, request, draft)


async def _check(context: Context, request: Request, opened: OpenedDraft) -> None:
    """What Discord and the server's managers have to say about it."""
    if isinstance(request, (*READING, *WITH_OR_WITHOUT)):
        return
    if isinstance(request, SHARING):
        check_own(context, opened.draft)
        if isinstance(request, Share):
            if context.server is None:
                raise DraftError(context.say("share.server"))
            await check_postable(context, opened.draft)
        return
    check_changeable(context, opened)
    if _asks_for_explicit(request):
        await check_explicit(context)
    if not context.private:
        await check_postable(context, opened.draft)


async def _show(context: Context, request: Request, answer: Answer) -> None:
    """Lay out an answer."""
    respond, say, locale = context.respond, context.say, context.locale
    match answer:
        case answers.Changed(draft=draft):
            await _show_change(context, request, answer)
            if answer.then:
                await perform(context, answer.then, draft.id)
        case answers.Offered(draft=draft, options=options):
            await respond.send(card=option_cards.card(draft, options, locale))
        case answers.Shown(draft=draft):
            await respond.send(card=cards.draft(draft, locale))
        case answers.Deleted(draft=draft):
            restore = button(say("button.restore"), Action("restore", draft.id))
            message = say("deleted", title=draft.title, id=draft.id)
            await respond.send(message, Card(view=View(restore)))
        case answers.Restored(draft=draft):
            await respond.send(say("restored", title=draft.title, id=draft.id))
        case answers.Syllables(draft=draft):
            shown = [join("\n", rows) for rows in cards.stanzas(draft, details=True)]
            await respond.send(card=note(join("\n\n", (say("details"), *shown))))
        case answers.Writers(draft=draft):
            await respond.send(say("writers", title=draft.title), cards.writers(answer, locale))
        case answers.Rhymed(draft=draft, chains=chains):
            picture = await asyncio.to_thread(cards.rhymes, draft, chains)
            await respond.send(say("rhymes.shown", title=draft.title), Card(files=[picture]))
        case answers.Flow(draft=draft):
            picture = await asyncio.to_thread(cards.flow, draft)
            await respond.send(say("flow.shown", title=draft.title), Card(files=[picture]))
        case answers.History(draft=draft, changes=changes):
            await respond.send(card=list_cards.history(draft, changes, locale))
        case answers.Compared(comparison=comparison):
            await respond.send(card=list_cards.comparison(comparison))
        case answers.Rhymes():
            await show_rhymes(context, answer)
        case answers.Avoided(always=always, here=here, lines=lines):
            await respond.send(_avoided(context, always, here, lines))
        case answers.Sounds():
            await respond.send(_sounds(context, answer))
        case answers.File(name=name, data=data, draft=Draft(title=title)):
            assert isinstance(request, Export)
            message = say("export.done", title=title, format=request.format)
            await respond.send(message, Card(files=[as_file(name, data)]))
        case answers.Drafts(page=page, words=words):
            await respond.send_privately("", list_cards.page(page, locale, words))
        case answers.Shared(draft=draft):
            await respond.send(_shared(context, request, draft))
        case answers.PersonalData(data=data):
            for job in data["jobs"]:
                job["address"].pop("token", None)  # whoever has it speaks as the bot
            stored = json.dumps(data, ensure_ascii=False, indent=1).encode()
            file = as_file("atl-my-data.json", stored)
            await respond.send_privately(say("data"), Card(files=[file]))
        case answers.AskFirst():
            action = Action("forget", str(context.user))
            confirm = View(button(say("button.forget"), action, STYLE.danger))
            await respond.send(say("forget.sure"), Card(view=confirm))
        case answers.Help():
            await show_help(context)
        case answers.Queued():
            pass  # its progress is shown already


async def _show_change(context: Context, request: Request, answer: answers.Changed) -> None:
    respond, say, draft = context.respond, context.say, answer.draft
    match request:
        case SetTitle():
            await respond.send(say("said.saved", title=draft.title))
        case Tag():
            tags = " ".join(f"#{tag}" for tag in draft.tags) or say("said.tags.none")
            await respond.send(say("said.tags", title=draft.title, tags=tags))
        case Avoid() | AllowWords():
            await respond.send(_avoided(context, (), draft.brief.avoid, draft.lines))
        case SetBrief() | UseInDraft():
            await respond.send(say("said.brief", setting=cards.brief(draft, context.locale)))
        case _:
            locale, options = context.locale, answer.options
            select = option_cards.select(options, locale) if options else None
            card = cards.draft(
                draft, locale, by=context.name, extra=select, changed=answer.comparison
            )
            await respond.show(card)


def _avoided(
    context: Context, always: Sequence[str], here: Sequence[str], lines: Sequence[Line]
) -> Markdown:
    """What is avoided in all drafts, and in this one, and the lines that have it all the same."""
    said = [
        context.say(key, words=listed(words))
        for key, words in (("avoid.always", always), ("avoid.here", here))
        if words
    ]
    words = (*always, *here)
    numbers = [str(n) for n, line in enumerate(lines, 1) if avoided_in(line.text, words)]
    if numbers:
        said.append(context.say("avoid.left", lines=", ".join(numbers), line=numbers[0]))
    return join("\n", said) if said else context.say("avoid.nothing")


def _sounds(context: Context, answer: answers.Sounds) -> Markdown:
    """How the asker says words, and the lines that have other syllables for it."""
    told = "; ".join(sound.describe() for sound in answer.sounds)
    said = [context.say("sounds", words=told) if told else context.say("sounds.none")]
    if answer.draft:
        for number in answer.counted:
            line = answer.draft.lines[number - 1]
            figures = f"{line.syllables}/{line.target}"
            said.append(Markdown(f"`{number:>2}` {escape(line.text)} · {figures}"))
    return join("\n", said)


def _shared(context: Context, request: Request, draft: Draft) -> Markdown:
    match request:
        case Collaborate(person=said):
            return context.say("share.edit", people=_mention(context, said), title=draft.title)
        case Unshare(person=said):
            guest = _mention(context, said) if said else context.say("share.channel")
            return context.say("share.stopped", title=draft.title, guest=guest)
    return context.say("share.here", title=draft.title)


async def show_rhymes(context: Context, rhymes: answers.Rhymes) -> None:
    word = clip(rhymes.word, WORD_SHOWN)
    if not rhymes.found:
        await context.respond.send(context.say("rhymes.none", word=word))
        return
    embed = make_embed(context.say("rhymes.title", word=word), ", ".join(rhymes.found))
    await context.respond.send(card=Card([embed]))


async def show_help(context: Context) -> None:
    """What to do first, shown by what it once really gave."""
    start = join("\n", (context.say("help.start"), Markdown(f">>> {HELP_EXAMPLE}")))
    then = map(context.say, ("help.then", "help.commands", "help.privacy"))
    embeds = [
        make_embed(context.say("help.title"), start),
        make_embed(description=join("\n\n", then)),
    ]
    await context.respond.send(card=Card(embeds))


def _user(context: Context, said: str) -> int:
    """The person that a mention means.

    Raises:
        UserError: it is no mention, or means the bot.
    """
    found = MENTION.fullmatch(said.strip())
    if not found:
        raise UserError(context.say("share.nobody"))
    if context.client.user and int(found[1]) == context.client.user.id:
        raise DraftError(context.say("share.bot"))
    return int(found[1])


def _owner(context: Context, said: str) -> str:
    """The same person as an owner of drafts."""
    return owner_of(_user(context, said))


def _mention(context: Context, said: str) -> Markdown:
    return Markdown(f"<@{_user(context, said)}>")


def _asks_for_explicit(request: Request) -> bool:
    if isinstance(request, SetBrief):
        return bool(request.explicit)
    return isinstance(request, Rewrite) and bool(request.manner.explicit)
