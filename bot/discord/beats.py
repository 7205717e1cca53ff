"""From an attachment or a link to a beat that a worker can listen to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import discord

from atl_core.audio.decode import ACCEPTED, sniff
from atl_core.audio.youtube import is_link, video_id
from atl_core.errors import BeatError
from bot.discord import access
from bot.discord.limits import clip, plain
from bot.discord.texts import say

if TYPE_CHECKING:
    from atl_core.audio.source import KeptBeat
    from bot.discord.client import Partner
    from bot.discord.server_settings import ServerSettings

HEAD: Final = 4096
SHOWN_NAME: Final = 60


async def beat_of(
    client: Partner,
    scene: access.Scene,
    settings: ServerSettings,
    attachment: discord.Attachment | None,
    link: str | None,
) -> tuple[str | KeptBeat, str]:
    """The beat for an order, and its name: bytes kept now, since Discord's address expires.

    Raises:
        BeatError: it cannot be used; the text says why and what is accepted.
        BriefError: links are not followed here.
    """
    if attachment is not None and link:
        raise BeatError(say("beat.both", scene.locale))
    if attachment is not None:
        return await _kept(client, scene, attachment), attachment.filename
    if not link:
        raise BeatError(say("beat.which", scene.locale))
    access.check_links(client, scene, settings)
    return f"https://www.youtube.com/watch?v={video_id(link)}", link.strip()


async def _kept(client: Partner, scene: access.Scene, attachment: discord.Attachment) -> KeptBeat:
    name = plain(clip(attachment.filename, SHOWN_NAME))
    limit = client.settings.max_megabytes
    if attachment.size > limit * 1e6:
        size = attachment.size / 1e6
        raise BeatError(say("beat.large", scene.locale, name=name, size=size, limit=limit))
    if attachment.size == 0:
        raise BeatError(say("beat.empty", scene.locale, name=name, accepted=ACCEPTED))
    async with client.reading:
        try:
            data = await attachment.read()
        except discord.HTTPException as error:
            raise BeatError(say("beat.gone", scene.locale)) from error
        if sniff(data[:HEAD]) is None:
            raise BeatError(say("beat.not_audio", scene.locale, name=name, accepted=ACCEPTED))
        return await client.studio.keep_beat(data, attachment.filename)


def found_in(message: discord.Message) -> tuple[discord.Attachment | None, str | None]:
    """The first thing in a message, or in one forwarded with it, that may be a beat.

    Kinds as Discord names them only order the choice; the bytes decide when they are read.
    """
    told: tuple[discord.Message | discord.MessageSnapshot, ...]
    told = (message, *message.message_snapshots)
    likely = sorted(
        (file for part in told for file in part.attachments),
        key=lambda file: not (file.content_type or "").startswith(("audio", "video")),
    )
    if likely:
        return likely[0], None
    for word in " ".join(part.content for part in told).split():
        if is_link(word.strip("<>")):
            return None, word.strip("<>")
    return None, None
