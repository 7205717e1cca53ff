"""What may be done in a channel, with a draft, and by whom.

Each check raises a `UserError` whose text says who can change that.
"""

from __future__ import annotations

from atl_core.drafts.draft import Draft, OpenedDraft
from atl_core.errors import BriefError, DraftError, UnreadableDraftError, UserError
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


async def open_draft(context: Context, draft_id: str) -> OpenedDraft:
    """A draft that the asker may see here, and whether they may change it.

    Raises:
        DraftError: there is none; whether it is somebody else's is not said.
    """
    try:
        return await context.client.studio.drafts.open(
            draft_id, context.owner, channel=context.guest
        )
    except UnreadableDraftError as error:
        text = context.say("drafts.unreadable.open", id=error.draft_id)
        raise UnreadableDraftError(error.draft_id, text) from error
    except DraftError as error:
        raise DraftError(context.say("card.gone")) from error


async def open_to_change(context: Context, draft_id: str) -> OpenedDraft:
    """A draft that the asker may change.

    Raises:
        DraftError: there is none, or it is only theirs to read.
    """
    opened = await open_draft(context, draft_id)
    check_changeable(context, opened)
    return opened


def check_changeable(context: Context, opened: OpenedDraft) -> None:
    """Raises `DraftError` when a draft is only the asker's to read."""
    if not opened.may_change:
        raise DraftError(context.say("card.not_yours"))


def check_own(context: Context, draft: Draft) -> None:
    """Raises `DraftError` when a draft is not the asker's own."""
    if draft.owner != context.owner:
        raise DraftError(context.say("card.not_yours"))
