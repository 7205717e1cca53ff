"""What may be done in a channel, with a draft, and by whom.

Each check raises a `UserError` whose text says who can change that.
"""

from __future__ import annotations

from atl_core.drafts.draft import Draft
from atl_core.errors import BriefError, DraftError, UserError
from bot.discord.context import Context
from bot.discord.escape import Markdown, join
from bot.discord.invite import NEEDED


class ChannelError(UserError):
    """It cannot be done in this channel."""


def missing(context: Context) -> list[str]:
    """The permissions that the bot needs in a channel and has not, as Discord calls them."""
    if context.server is None or context.permissions.administrator:
        return []
    unused = "send_messages" if context.thread else "send_messages_in_threads"
    return [
        name
        for permission, name in NEEDED.items()
        if permission != unused and not getattr(context.permissions, permission)
    ]


async def check_channel(context: Context) -> None:
    """Raises `ChannelError` where the bot may not post: by Discord or by the server's managers."""
    chosen = (await context.server_settings()).channels
    if chosen and not {str(context.channel), str(context.parent)} & set(chosen):
        channels = join(", ", (Markdown(f"<#{channel}>") for channel in chosen))
        raise ChannelError(context.say("channel.closed", channels=channels))
    if lacking := missing(context):
        names, plural = ", ".join(lacking), "s" if len(lacking) > 1 else ""
        raise ChannelError(context.say("permission", names=names, s=plural))


async def check_may_submit(context: Context) -> None:
    """Raises `ChannelError` where a job may not be submitted; before a beat is fetched for it."""
    if not context.private:
        await check_channel(context)
    if context.server is None:
        return
    waiting = [
        job
        for job in await context.client.studio.queue.jobs(owner=context.owner)
        if job.address.get("server") == str(context.server)
    ]
    if len(waiting) >= (await context.server_settings()).cap:
        raise ChannelError(context.say("cap", n=len(waiting)))


async def check_links(context: Context) -> None:
    """Raises `BriefError` where links are not followed."""
    if not (context.client.settings.links and (await context.server_settings()).links):
        raise BriefError(context.say("links.off"))


async def check_explicit(context: Context) -> None:
    """Raises `BriefError` where explicit words may not be asked for."""
    if why := await _why_not_explicit(context):
        raise BriefError(why)


async def check_postable(context: Context, draft: Draft) -> None:
    """Raises `BriefError` when a draft's words are not for everybody in this channel."""
    if draft.brief.explicit and await _why_not_explicit(context):
        raise BriefError(context.say("explicit.private"))


async def _why_not_explicit(context: Context) -> Markdown | None:
    if not context.client.settings.explicit:
        return context.say("explicit.off")
    if not context.restricted:
        return context.say("explicit.channel")
    if not (await context.server_settings()).explicit:
        return context.say("explicit.server")
    return None


async def visible_draft(context: Context, draft_id: str, version: int | None = None) -> Draft:
    """A draft that the asker may see here.

    Raises:
        DraftError: there is none; whether it is somebody else's is not said.
    """
    try:
        return await context.client.studio.drafts.get(
            draft_id, context.owner, revision=version, channel=context.guest
        )
    except DraftError as error:
        if version is not None:
            await visible_draft(context, draft_id)
            raise  # the draft is there, and that version is not
        raise DraftError(context.say("card.gone")) from error


async def changeable_draft(context: Context, draft_id: str) -> Draft:
    """A draft that the asker may change.

    Raises:
        DraftError: there is none, or it is only theirs to read.
    """
    draft = await visible_draft(context, draft_id)
    if not await context.client.studio.drafts.may_change(draft_id, context.owner):
        raise DraftError(context.say("card.not_yours"))
    return draft


async def own_draft(context: Context, draft_id: str) -> Draft:
    """A draft of the asker's own.

    Raises:
        DraftError: there is none, or it is somebody else's.
    """
    draft = await visible_draft(context, draft_id)
    if draft.owner != context.owner:
        raise DraftError(context.say("card.not_yours"))
    return draft
