"""Replies to a draft, and direct messages: read by `bot.phrases`, as in the terminal."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import replace
from typing import Final

import discord

from atl_core.edits.beat import SetBeat
from atl_core.edits.export import Rehearse
from atl_core.errors import BeatError, DraftError, UserError
from bot.discord.beats import beat_of, choice, find_beats
from bot.discord.client import Client, Feature
from bot.discord.components import BUTTON, Action
from bot.discord.context import Context, of_message
from bot.discord.errors import log_bug
from bot.discord.escape import error_text
from bot.discord.lru import LRUCache
from bot.discord.perform import perform
from bot.discord.permissions import open_draft
from bot.dispatch import WITH_OR_WITHOUT, WITHOUT_DRAFT
from bot.phrases import PhraseError, parse

log = logging.getLogger(__name__)

EXPLAINED_EVERY: Final = 600.0
"""Seconds in which one person is told once that an empty reply says nothing to us."""
_explained: LRUCache[tuple[int, int], float] = LRUCache(1000)
"""When that was said last, by person and channel."""


async def answer_message(client: Client, message: discord.Message) -> None:
    """Answer a message that is addressed to the bot; all others are left alone."""
    if message.author.bot or message.is_system():
        return
    replied_to = _our_message(client, message)
    direct = message.guild is None
    pinged = client.user is not None and client.user in message.mentions
    context = of_message(client, message)
    if message.reference and isinstance(
        message.reference.resolved, discord.DeletedReferencedMessage
    ):
        # Whatever draft it showed, it is not the one that was changed last.
        if direct or pinged:
            await _send(context, context.say("reply.no_draft"))
        return
    if replied_to is None and not direct:
        if pinged and message.reference is None:
            if find_beats(message):
                await _offer_beats(context, message)
            else:
                await _send(context, context.say("reply.no_draft"))
        return
    try:
        await _answer(context, message, replied_to, addressed=direct or pinged)
    except UserError as error:
        await _send(context, error_text(error))
    except discord.HTTPException as error:
        log.info("A reply could not be answered: %s.", error.code)
    except Exception as error:
        bug = await log_bug(error, "answering a reply")
        await _send(context, context.say("button.bug", bug=bug))


async def _answer(
    context: Context,
    message: discord.Message,
    replied_to: discord.Message | None,
    *,
    addressed: bool,
) -> None:
    text = _text(context.client, message)
    draft_id = draft_under(replied_to) if replied_to else ""
    if not text:
        if draft_id or replied_to is None:
            await _explain(context, message)
        return
    if not draft_id and replied_to is not None:
        if addressed:
            await context.respond.send(context.say("reply.no_draft"))
        return
    if replied_to is None:
        draft_id = await _last_draft(context)
    opened = None
    if draft_id:
        try:
            opened = await open_draft(context, draft_id)
        except DraftError:
            if not addressed:
                return
            raise
    try:
        request = parse(text, lines=len(opened.draft.lines) if opened else 0)
    except PhraseError:
        # People talk about a draft among themselves; that is not for us to correct.
        if addressed and (opened is None or opened.may_change):
            if not find_beats(message):
                raise
            await _offer_beats(context, message)
        return
    if opened is None and not isinstance(request, (*WITHOUT_DRAFT, *WITH_OR_WITHOUT)):
        raise DraftError(context.say("reply.nothing_yet"))
    if isinstance(request, SetBeat | Rehearse):
        given = await _with_beat(context, message, request)
        if given is None:
            context.client.messages.put(message.id, message)
            await context.respond.send(
                context.say("beat.several"), choice(context, message, draft_id)
            )
            return
        request = given
    await perform(context, request, draft_id, opened)


async def _with_beat(
    context: Context, message: discord.Message, request: SetBeat | Rehearse
) -> SetBeat | Rehearse | None:
    """The request with the beat that is attached to the message, where one has to be.

    None: there are several to choose from.

    Raises:
        BeatError: there are several and no choice, or it cannot be used.
    """
    if request.beat:
        return request
    found = find_beats(message)
    if len(found) > 1 and isinstance(request, SetBeat):
        return None
    if len(found) > 1:
        raise BeatError(context.say("beat.several"))
    if not found and isinstance(request, Rehearse):
        return request  # the draft's own, if it is still kept
    if not found:
        raise BeatError(context.say("beat.attach"))
    beat, _ = await beat_of(context, found[0].attachment, found[0].link)
    return replace(request, beat=beat)


async def _last_draft(context: Context) -> str:
    """In a direct conversation: the draft that was changed last."""
    found = await context.client.studio.drafts.list(context.owner, per_page=1)
    return found.items[0].id if found.items else ""


async def _explain(context: Context, message: discord.Message) -> None:
    """What to do where a message came without words: write to the beat in it. Where it has none,
    what to do instead, said once in a while."""
    if find_beats(message):
        await _offer_beats(context, message)
        return
    who = (context.user, context.channel)
    now = time.monotonic()
    said = _explained.get(who)
    if said is not None and now - said < EXPLAINED_EVERY:
        return
    _explained.put(who, now)
    key = "reply.empty" if message.guild else "reply.no_draft"
    await context.respond.send(context.say(key))


async def _offer_beats(context: Context, message: discord.Message) -> None:
    """A message with a beat in it, a voice message or a forwarded one: it is chosen to be written
    to, since the form in which that is said opens only after a choice."""
    readable = [beat for beat in find_beats(message) if beat.key]
    context.client.messages.put(message.id, message)
    card = choice(context, message) if readable else None
    await context.respond.send(context.say("reply.beat"), card)


async def _send(context: Context, text: str) -> None:
    try:
        await context.respond.send(text)
    except discord.HTTPException as error:
        # Where we may not write there is nobody to tell.
        log.info("A reply could not be answered: %s.", error.code)


def _text(client: Client, message: discord.Message) -> str:
    """What was said, without the mention that addressed us."""
    me = client.user.id if client.user else 0
    return re.sub(rf"^\s*<@!?{me}>\s*|\s*<@!?{me}>\s*$", "", message.content).strip()


def _our_message(client: Client, message: discord.Message) -> discord.Message | None:
    """The message of ours that was replied to."""
    reference = message.reference
    if reference is None or reference.message_id is None or client.user is None:
        return None
    replied_to = reference.resolved
    if not isinstance(replied_to, discord.Message):
        return None
    return replied_to if replied_to.author.id == client.user.id else None


def draft_under(message: discord.Message) -> str:
    """The id of the draft that a message of ours shows; empty if it shows none."""
    for component in message.components:
        for child in getattr(component, "children", []):
            custom_id = getattr(child, "custom_id", None) or ""
            action = Action.read(custom_id)
            if custom_id.startswith(f"atl{BUTTON}") and action.verb in ("more", "none"):
                return action.subject
    return ""


FEATURE: Final = Feature(on_message=answer_message)
