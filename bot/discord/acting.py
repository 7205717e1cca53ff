"""Doing what was asked of a draft, however it was asked: the one way to every request."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import discord

from atl_core import edits
from atl_core.drafts.diff import as_markdown
from atl_core.edits import Request
from atl_core.errors import BriefError, DraftError, UserError
from atl_core.jobs.job import JobRequest
from atl_core.line_ranges import Lines
from bot.discord import access, buttons, cards, guide
from bot.discord.cards import Card
from bot.discord.limits import CHOICE, clip, plain
from bot.discord.texts import say

if TYPE_CHECKING:
    from atl_core.drafts.draft import Draft
    from bot.discord.asking import Asking

RHYMES_SHOWN: Final = 20
MENTION: Final = re.compile(r"<@!?(\d{1,20})>")
ABOUT_NO_DRAFT: Final = (
    edits.Search,
    edits.ListDrafts,
    edits.OpenDraft,
    edits.RestoreDraft,
    edits.ForgetMe,
    edits.MyData,
    edits.Help,
)
READING: Final = (
    edits.ShowDraft,
    edits.ShowHistory,
    edits.ShowSyllables,
    edits.ShowRhymes,
    edits.Compare,
    edits.Export,
)
"""What everybody may ask of a draft that is shared with them."""


async def act(asking: Asking, request: Request, draft_id: str = "") -> None:
    """Perform a request and answer.

    Raises:
        UserError: it cannot be done; the text says why.
    """
    if isinstance(request, ABOUT_NO_DRAFT):
        await _about_no_draft(asking, request)
    elif isinstance(request, READING):
        await _read(asking, request, draft_id)
    elif isinstance(request, edits.Share | edits.Unshare | edits.Collaborate):
        await _share(asking, request, draft_id)
    else:
        await _change(asking, request, draft_id)


async def make(asking: Asking, request: Request, draft_id: str = "", *, beat: str = "") -> None:
    """JobRequest what takes a model: the answer is its place in the queue, and later what it made.

    Raises:
        UserError: it may not be asked for here, or the queue is full.
    """
    client, scene = asking.client, asking.scene
    settings = await access.settings_of(client, scene)
    if not asking.private:
        access.check_channel(scene, settings)
        access.check_permissions(scene)
    await access.check_cap(client, scene, settings)
    address = replace(await asking.address(), beat=clip(beat, CHOICE))
    order = JobRequest(request, scene.owner, asking.key, draft_id, address.told())
    client.follow(await client.studio.submit(order))


async def visible(asking: Asking, draft_id: str, version: int | None = None) -> Draft:
    """A draft that the asker may see here.

    Raises:
        DraftError: there is none; whether it is somebody else's is not said.
    """
    scene = asking.scene
    try:
        return await asking.client.studio.show(
            draft_id, owner=scene.owner, revision=version, channel=scene.guest
        )
    except DraftError as error:
        if version is not None:
            await visible(asking, draft_id)
            raise  # the draft is there, and that version is not
        raise DraftError(say("card.gone", scene.locale)) from error


async def changeable(asking: Asking, draft_id: str) -> Draft:
    """A draft that the asker may change.

    Raises:
        DraftError: there is none, or it is only theirs to read.
    """
    draft = await visible(asking, draft_id)
    if not await asking.client.studio.may_change(draft_id, owner=asking.scene.owner):
        raise DraftError(say("card.not_yours", asking.scene.locale))
    return draft


async def check_postable(asking: Asking, draft: Draft) -> None:
    """Raises `BriefError` when a draft's words are not for everybody in this channel."""
    if draft.brief.explicit:
        client, scene = asking.client, asking.scene
        if access.why_not_explicit(client, scene, await access.settings_of(client, scene)):
            raise BriefError(say("explicit.private", scene.locale))


async def _change(asking: Asking, request: Request, draft_id: str) -> None:
    client, scene = asking.client, asking.scene
    draft = await changeable(asking, draft_id)
    if _asks_for_explicit(request):
        access.check_explicit(client, scene, await access.settings_of(client, scene))
    if not asking.private:
        await check_postable(asking, draft)
    if edits.needs_model(request):
        await make(asking, request, draft.id)
        return
    after = await client.studio.perform(request, draft_id=draft_id, owner=scene.owner)
    match request:
        case edits.DeleteDraft():
            told = say("deleted", scene.locale, title=plain(after.title), id=after.id)
            await asking.tell(told, Card([], buttons.of_deleted(after, scene.locale)))
        case edits.SetTitle():
            await asking.tell(say("said.saved", scene.locale, title=plain(after.title)))
        case edits.Tag():
            tags = " ".join(f"#{tag}" for tag in after.tags) or say("said.tags.none", scene.locale)
            told = say("said.tags", scene.locale, title=plain(after.title), tags=plain(tags))
            await asking.tell(told)
        case edits.SetBrief():
            setting = cards.setting(after, scene.locale)
            await asking.tell(say("said.brief", scene.locale, setting=setting))
        case _:
            await asking.show(cards.draft(after, scene.locale, by=asking.name))


async def _read(asking: Asking, request: Request, draft_id: str) -> None:
    studio, scene = asking.client.studio, asking.scene
    draft = await visible(asking, draft_id)
    owner, channel = scene.owner, scene.guest
    match request:
        case edits.ShowDraft(version=version):
            await asking.tell(
                card=cards.draft(await visible(asking, draft_id, version), scene.locale)
            )
        case edits.ShowSyllables():
            told = f"{say('details', scene.locale)}\n\n{_figures(draft)}"
            await asking.tell(card=cards.note(told))
        case edits.ShowHistory():
            changes = await studio.history(draft_id, owner=owner, channel=channel)
            await asking.tell(card=cards.history(draft, changes, scene.locale))
        case edits.Compare(first=first, second=second):
            found = await studio.compare(draft_id, first, second, owner=owner, channel=channel)
            await asking.tell(card=cards.note(as_markdown(found)))
        case edits.ShowRhymes(line=line, word=word):
            await tell_rhymes(asking, line, word, draft)
        case edits.Export(format=format):
            name, data = await studio.export(draft_id, format, owner=owner, channel=channel)
            told = say("export.done", scene.locale, title=plain(draft.title), format=format)
            await asking.tell(told, Card([], None, [discord.File(io.BytesIO(data), name)]))


def _figures(draft: Draft) -> str:
    stanzas = cards.stanzas(draft, details=True)
    return "\n\n".join("\n".join(rows) for rows in stanzas)


async def tell_rhymes(
    asking: Asking, line: int | None, word: str, draft: Draft | None = None
) -> None:
    """Words that rhyme with a word, or with the end of a line of a draft."""
    from atl_core.line_ranges import check_line
    from atl_core.lyrics.rhyme import end_word

    locale = asking.scene.locale
    if line is not None and draft is not None:
        check_line(line, len(draft.lines))
        word = end_word(draft.lines[line - 1].text)
    found = await asking.client.studio.rhymes("", line=None, word=word, limit=RHYMES_SHOWN)
    if not found:
        await asking.tell(say("rhymes.none", locale, word=plain(clip(word, 40))))
        return
    title = say("rhymes.title", locale, word=plain(clip(word, 40)))
    embed = discord.Embed(title=title, description=", ".join(found), colour=cards.QUIET)
    await asking.tell(card=Card([embed]))


async def _share(
    asking: Asking,
    request: edits.Share | edits.Unshare | edits.Collaborate,
    draft_id: str,
) -> None:
    studio, scene = asking.client.studio, asking.scene
    draft = await visible(asking, draft_id)
    if draft.owner != scene.owner:
        raise DraftError(say("card.not_yours", scene.locale))
    title = plain(draft.title)
    match request:
        case edits.Share():
            if scene.server is None:
                raise DraftError(say("share.server", scene.locale))
            await check_postable(asking, draft)
            await studio.share(draft_id, scene.guest, owner=scene.owner)
            await asking.tell(say("share.here", scene.locale, title=title))
        case edits.Collaborate(person=person):
            await collaborate(asking, draft, [_person(person, scene.locale)])
        case edits.Unshare(person=""):
            await studio.unshare(draft_id, scene.guest, owner=scene.owner)
            guest = say("share.channel", scene.locale)
            await asking.tell(say("share.stopped", scene.locale, title=title, guest=guest))
        case edits.Unshare(person=person):
            guest_id = _person(person, scene.locale)
            await studio.unshare(draft_id, access.owner_of(guest_id), owner=scene.owner)
            told = say("share.stopped", scene.locale, title=title, guest=f"<@{guest_id}>")
            await asking.tell(told)


async def collaborate(asking: Asking, draft: Draft, people: list[int]) -> None:
    """Let people edit a draft."""
    scene = asking.scene
    if draft.owner != scene.owner:
        raise DraftError(say("card.not_yours", scene.locale))
    if asking.client.user and asking.client.user.id in people:
        raise DraftError(say("share.bot", scene.locale))
    for person in people:
        guest = access.owner_of(person)
        await asking.client.studio.share(draft.id, guest, edits=True, owner=scene.owner)
    names = ", ".join(f"<@{person}>" for person in people)
    await asking.tell(say("share.edit", scene.locale, people=names, title=plain(draft.title)))


async def _about_no_draft(asking: Asking, request: Request) -> None:
    studio, scene = asking.client.studio, asking.scene
    match request:
        case edits.Help():
            await asking.tell(card=guide.card(scene.locale))
        case edits.ListDrafts():
            await show_page(asking, "", 1)
        case edits.Search(words=words):
            await show_page(asking, words, 1)
        case edits.OpenDraft(draft=draft_id):
            await open_draft(asking, draft_id)
        case edits.RestoreDraft():
            draft = await studio.perform(request, owner=scene.owner)
            told = say("restored", scene.locale, title=plain(draft.title), id=draft.id)
            await asking.tell(told)
        case edits.ForgetMe():
            card = Card([], buttons.of_forget(scene.user, scene.locale))
            await asking.tell(say("forget.sure", scene.locale), card)
        case edits.MyData():
            data = await studio.my_data(owner=scene.owner)
            for job in data["jobs"]:
                job["address"].pop("token", None)  # whoever has it speaks as the bot
            told = json.dumps(data, ensure_ascii=False, indent=1)
            file = discord.File(io.BytesIO(told.encode()), "atl-my-data.json")
            await asking.tell_privately(say("data", scene.locale), Card([], None, [file]))


async def show_page(asking: Asking, words: str, number: int) -> None:
    """A page of the asker's drafts; in a channel it is for them alone, where that is possible."""
    studio, scene = asking.client.studio, asking.scene
    if words:
        found = await studio.search(words, owner=scene.owner, page=number)
    else:
        found = await studio.list(owner=scene.owner, page=number)
    await asking.tell_privately("", cards.page(found, scene.locale, words))


async def open_draft(asking: Asking, draft_id: str) -> None:
    """A draft with everything that can be done with it, for the asker alone."""
    draft = await visible(asking, draft_id)
    mine = await asking.client.studio.may_change(draft_id, owner=asking.scene.owner)
    card = cards.draft(draft, asking.scene.locale, opened=mine)
    await asking.tell_privately("", card)


def _person(said: str, locale: str) -> int:
    found = MENTION.fullmatch(said.strip())
    if not found:
        raise UserError(say("share.nobody", locale))
    return int(found[1])


def _asks_for_explicit(request: Request) -> bool:
    if isinstance(request, edits.SetBrief):
        return bool(request.explicit)
    return isinstance(request, edits.Rewrite) and bool(request.manner.explicit)


def names_lines(request: Request) -> bool:
    """Whether a request means lines by their numbers, which another version may have moved."""
    place = getattr(request, "place", None)
    return isinstance(place, Lines) or hasattr(request, "line") or hasattr(request, "after")
