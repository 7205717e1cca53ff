"""From an attachment or a link to a beat that a worker can listen to."""

from __future__ import annotations

from typing import Final

import discord

from atl_core.audio.decode import ACCEPTED, needs_sound
from atl_core.audio.kinds import HEAD, not_sound, text_kind
from atl_core.audio.source import KeptBeat
from atl_core.audio.youtube import is_link, video_id
from atl_core.errors import BeatError
from bot.discord.context import Context
from bot.discord.limits import clip
from bot.discord.permissions import check_links

SHOWN_NAME: Final = 60


async def beat_of(
    context: Context, attachment: discord.Attachment | None, link: str | None
) -> tuple[str | KeptBeat, str]:
    """The beat for a job, and its name: bytes kept now, since Discord's address expires.

    Raises:
        BeatError: it cannot be used; the text says why and what is accepted.
        BriefError: links are not followed here.
    """
    if attachment is not None and link:
        raise BeatError(context.say("beat.both"))
    if attachment is not None:
        return await _kept(context, attachment), attachment.filename
    if not link:
        raise BeatError(context.say("beat.which"))
    await check_links(context)
    return f"https://www.youtube.com/watch?v={video_id(link)}", link.strip()


async def _kept(context: Context, attachment: discord.Attachment) -> KeptBeat:
    client = context.client
    name = clip(attachment.filename, SHOWN_NAME)
    limit = client.settings.max_megabytes
    if attachment.size > limit * 1e6:
        size = attachment.size / 1e6
        raise BeatError(context.say("beat.large", name=name, size=size, limit=limit))
    if attachment.size == 0:
        raise BeatError(context.say("beat.empty", name=name, accepted=ACCEPTED))
    async with client.attachments:
        try:
            data = await attachment.read()
        except discord.HTTPException as error:
            raise BeatError(context.say("beat.gone")) from error
        if named := not_sound(data[:HEAD]):
            raise needs_sound(named)
        # A short text with sound after it is possible, a text alone is not worth a place in line.
        if text_kind(data[:HEAD]):
            raise BeatError(context.say("beat.not_audio", name=name, accepted=ACCEPTED))
        return await client.studio.queue.keep_beat(data, attachment.filename)


def found_in(message: discord.Message) -> tuple[discord.Attachment | None, str | None]:
    """The first thing in a message, or in one forwarded with it, that may be a beat.

    Kinds as Discord names them only order the choice; the bytes decide when they are read.
    """
    said: tuple[discord.Message | discord.MessageSnapshot, ...]
    said = (message, *message.message_snapshots)
    likely = sorted(
        (file for part in said for file in part.attachments),
        key=lambda file: not (file.content_type or "").startswith(("audio", "video")),
    )
    if likely:
        return likely[0], None
    for word in " ".join(part.content for part in said).split():
        if is_link(word.strip("<>")):
            return None, word.strip("<>")
    return None, None
