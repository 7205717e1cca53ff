"""Replies to a draft, and direct messages: the words of `bot.phrases`, as in the terminal."""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING, Final

import discord

from atl_core.errors import DraftError, UserError
from bot.discord import access, acting, buttons
from bot.discord.asking import ByMessage
from bot.discord.interactions import logged
from bot.discord.texts import say
from bot.phrases import PhraseError, parse

if TYPE_CHECKING:
    from bot.discord.client import Partner

log = logging.getLogger(__name__)

EXPLAINED_EVERY: Final = 600.0
"""Seconds in which one person is told once that an empty reply says nothing to us."""


class Replies:
    """Understands messages that are addressed to the bot, and leaves all others alone."""

    def __init__(self, client: Partner) -> None:
        self._client = client
        self._explained: dict[tuple[int, int], float] = {}

    async def hear(self, message: discord.Message) -> None:
        """Answer a message, if it is for us."""
        if message.author.bot or message.is_system():
            return
        to = await self._replied_to(message)
        direct = message.guild is None
        pinged = self._client.user is not None and self._client.user in message.mentions
        if to is None and not direct:
            if pinged and message.reference is None:
                await self._say(message, "reply.beat" if message.attachments else "reply.no_draft")
            return
        asking = ByMessage(self._client, message, access.of_message(message), private=False)
        try:
            await self._answer(asking, to, addressed=direct or pinged)
        except UserError as error:
            await self._tell(asking, str(error))
        except discord.HTTPException as error:
            log.info("A reply could not be answered: %s.", error.code)
        except Exception as error:
            bug = await logged(error, "answering a reply")
            await self._tell(asking, say("button.bug", asking.scene.locale, bug=bug))

    async def _answer(
        self, asking: ByMessage, to: discord.Message | None, *, addressed: bool
    ) -> None:
        message = asking.message
        text = self._text(message)
        draft_id = draft_under(to) if to else ""
        if not text:
            if draft_id or to is None:
                await self._explain(message)
            return
        if not draft_id and to is not None:
            if addressed:
                await self._say(message, "reply.no_draft")
            return
        owner = asking.scene.owner
        if to is None:
            draft_id = await self._at_hand(owner)
        mine = bool(draft_id) and await self._client.studio.may_change(draft_id, owner=owner)
        lines = 0
        if draft_id:
            try:
                lines = len((await acting.visible(asking, draft_id)).lines)
            except DraftError:
                if not addressed:
                    return
                raise
        try:
            request = parse(text, lines=lines)
        except PhraseError:
            # People talk about a draft among themselves; that is not for us to correct.
            if addressed and (mine or not draft_id):
                if not message.attachments:
                    raise
                await self._say(message, "reply.beat")
            return
        if not draft_id and not isinstance(request, acting.ABOUT_NO_DRAFT):
            raise DraftError(say("reply.nothing_yet", asking.scene.locale))
        await acting.act(asking, request, draft_id)

    async def _at_hand(self, owner: str) -> str:
        """In a direct conversation: the draft that was changed last."""
        found = await self._client.studio.list(owner=owner, per_page=1)
        return found.items[0].id if found.items else ""

    def _text(self, message: discord.Message) -> str:
        """What was said, without the mention that addressed us."""
        me = self._client.user.id if self._client.user else 0
        return re.sub(rf"^\s*<@!?{me}>\s*|\s*<@!?{me}>\s*$", "", message.content).strip()

    async def _replied_to(self, message: discord.Message) -> discord.Message | None:
        """The message of ours that was replied to."""
        reference = message.reference
        if reference is None or reference.message_id is None or self._client.user is None:
            return None
        to = reference.resolved
        if not isinstance(to, discord.Message):
            return None
        return to if to.author.id == self._client.user.id else None

    async def _explain(self, message: discord.Message) -> None:
        """What to do instead, where a message came without words; said once in a while."""
        who = (message.author.id, message.channel.id)
        now = time.monotonic()
        if now - self._explained.get(who, -EXPLAINED_EVERY) < EXPLAINED_EVERY:
            return
        if len(self._explained) > 1000:
            self._explained.clear()
        self._explained[who] = now
        if message.attachments:
            await self._say(message, "reply.beat")
        else:
            await self._say(message, "reply.empty" if message.guild else "reply.no_draft")

    async def _say(self, message: discord.Message, key: str) -> None:
        scene = access.of_message(message)
        await self._tell(ByMessage(self._client, message, scene), say(key, scene.locale))

    async def _tell(self, asking: ByMessage, text: str) -> None:
        try:
            await asking.tell(text)
        except discord.HTTPException as error:
            # Where we may not write there is nobody to tell.
            log.info("A reply could not be answered: %s.", error.code)


def draft_under(message: discord.Message) -> str:
    """The id of the draft that a message of ours shows; empty if it shows none."""
    for component in message.components:
        for child in getattr(component, "children", []):
            custom_id = getattr(child, "custom_id", None) or ""
            pressed = buttons.Pressed.read(custom_id)
            if buttons.is_ours(custom_id) and pressed.verb == "more":
                return pressed.about
    return ""
