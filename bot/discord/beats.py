"""From an attachment or a link to a beat that a worker can listen to."""

from __future__ import annotations

import mimetypes
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import discord
from discord import ui

from atl_core.audio.kinds import HEAD, group, not_sound, text_kind
from atl_core.audio.source import KeptBeat
from atl_core.audio.youtube import video_id
from atl_core.drafts.draft import Draft
from atl_core.errors import BeatError, limit, megabytes
from bot.clean import clean
from bot.discord.card import Card
from bot.discord.components import SELECT, Action, View
from bot.discord.context import Context
from bot.discord.limits import CHOICE, CHOICES, clip
from bot.discord.permissions import check_links

SHOWN_NAME: Final = 60
SOUND: Final = "sound"
VIDEO: Final = "video"
UNKNOWN: Final = "unknown"
OTHER: Final = "other"
SOUND_SUFFIXES: Final = frozenset(
    (
        ".mp3", ".wav", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff",
        ".caf", ".wma", ".w64", ".bw64", ".rf64", ".au",
    )
)  # fmt: skip
"""What people call files of sound; old clients say of them that they are pictures, or nothing."""
_ADDRESS: Final = re.compile(
    r"""(?:https?://|\b(?:(?:www|m|music)\.)?youtu(?:be\.com|\.be)/)[^\s<>()\[\]{}"“”|]+""",
    re.IGNORECASE,
)
AFTER_ADDRESS: Final = ".,;:!?'*_~`’…"
"""What may stand right after an address and does not belong to it."""


@dataclass(frozen=True, slots=True)
class FoundBeat:
    """Something in a message that may be a beat."""

    key: str
    """By which it is found in the message again: the id of the attachment or of the video."""
    name: str
    attachment: discord.Attachment | None
    link: str | None


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
        return await _kept(context, attachment), name_of(attachment)
    if not link:
        raise BeatError(context.say("beat.which"))
    await check_links(context)
    return f"https://www.youtube.com/watch?v={video_id(link)}", link.strip()


async def kept_for(context: Context, draft: Draft) -> str | KeptBeat:
    """The beat of a draft: as it is still kept, or its link.

    Raises:
        BeatError: it has to be given again.
    """
    kept = await context.client.studio.queue.kept_beat(draft.listening.sha256, draft.beat_name)
    if kept is not None:
        return kept
    with suppress(BeatError):
        return (await beat_of(context, None, draft.beat_name))[0]
    raise BeatError(context.say("rehearse.attach"))


async def _kept(context: Context, attachment: discord.Attachment) -> KeptBeat:
    client = context.client
    name = clip(name_of(attachment), SHOWN_NAME)
    if attachment.size > client.settings.max_megabytes * 1e6:
        size = megabytes(attachment.size).removesuffix(" MB")
        most = limit(client.settings.max_megabytes)
        raise BeatError(context.say("beat.large", name=name, size=size, limit=most))
    if attachment.size == 0:
        raise BeatError(context.say("beat.empty", name=name))
    async with client.attachments:
        try:
            data = await attachment.read()
        except discord.HTTPException as error:
            raise BeatError(context.say("beat.gone")) from error
        if named := not_sound(data[:HEAD]):
            what = context.say(f"file.{group(named)}", named=named)
            raise BeatError(context.say("beat.needs_sound", name=name, what=what))
        # A short text with sound after it is possible, a text alone is not worth a place in line.
        if text_kind(data[:HEAD]):
            raise BeatError(context.say("beat.not_audio", name=name))
        return await client.studio.queue.keep_beat(data, name_of(attachment))


def find_beats(message: discord.Message) -> list[FoundBeat]:
    """What may be a beat in a message, or in one forwarded with it: the likeliest kind alone.

    Sound comes before video, files before links, and files of no known kind last: their bytes
    decide when they are read. Pictures and texts are never beats. More than one is for the writer
    to choose from.
    """
    parts: tuple[discord.Message | discord.MessageSnapshot, ...]
    parts = (message, *message.message_snapshots)
    files = [file for part in parts for file in part.attachments]
    links = _links("\n".join(part.content for part in parts))
    for kind in (SOUND, VIDEO):
        if likely := [file for file in files if _kind(file) == kind]:
            return [_of_file(file) for file in likely]
    if links:
        return links
    return [_of_file(file) for file in files if _kind(file) == UNKNOWN]


def choice(context: Context, message: discord.Message, draft_id: str = "") -> Card:
    """A select of the beats of a message: to write to one, or to set it as that of a draft."""
    verb = "setbeat" if draft_id else "beat"
    where = (str(message.channel.id), str(message.id))
    action = Action(verb, draft_id, ":".join(where)) if draft_id else Action(verb, *where)
    select = ui.Select[ui.View](
        custom_id=action.custom_id(SELECT),
        placeholder=context.say("beat.pick"),
        options=[
            discord.SelectOption(label=clip(clean(beat.name), CHOICE), value=beat.key)
            for beat in find_beats(message)[:CHOICES]
            if beat.key
        ],
    )
    return Card(view=View(select))


def name_of(attachment: discord.Attachment) -> str:
    """The name that people see. Discord washes file names: `画像 🔥.mp3` becomes `_.mp3`.

    The name of a spoiler is seen by nobody until he asks for it.
    """
    suffix = PurePath(attachment.filename).suffix
    if attachment.is_spoiler():
        return f"spoiler{suffix}"
    title = clean(attachment.title or "").strip()
    if not title:
        return attachment.filename
    return title if title.casefold().endswith(suffix.casefold()) else f"{title}{suffix}"


def _of_file(attachment: discord.Attachment) -> FoundBeat:
    return FoundBeat(str(attachment.id), name_of(attachment), attachment, None)


def _kind(attachment: discord.Attachment) -> str:
    """By its name where that is one of sound, else by what Discord says; `other` is no beat."""
    suffix = PurePath(attachment.filename).suffix.casefold()
    if suffix in SOUND_SUFFIXES:
        return SOUND
    said = attachment.content_type or mimetypes.guess_type(attachment.filename)[0] or ""
    if said.startswith("audio/"):
        return SOUND
    if said.startswith("video/"):
        return VIDEO
    return UNKNOWN if said in ("", "application/octet-stream", "application/ogg") else OTHER


def _links(text: str) -> list[FoundBeat]:
    """The YouTube videos that a text leads to, once each; else its first address of any kind.

    An address may stand in brackets, in Markdown, and before a comma.
    """
    addresses = [found.group().rstrip(AFTER_ADDRESS) for found in _ADDRESS.finditer(clean(text))]
    found: dict[str, FoundBeat] = {}
    for address in addresses:
        with suppress(BeatError):
            video = video_id(address)
            found.setdefault(video, FoundBeat(video, address, None, address))
    if found or not addresses:
        return list(found.values())
    return [FoundBeat("", addresses[0], None, addresses[0])]
