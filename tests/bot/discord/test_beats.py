"""Finding the beat in a message: sound before video before nothing, and a picture is never one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from atl_core.audio import kinds
from bot.discord.beats import find_beats, name_of
from bot.discord.escape import unescape
from bot.discord.texts import say
from tests.bot.discord.desk import beat
from tests.bot.discord.world import World, answers, draft_id, response_of

LINK = "https://youtu.be/dQw4w9WgXcQ"
OTHER = "https://www.youtube.com/watch?v=9bZkp7q19f0"


def file(filename: str, content_type: str | None = None, title: str | None = None) -> Any:
    return SimpleNamespace(
        id=filename,
        filename=filename,
        content_type=content_type,
        title=title,
        is_spoiler=lambda: filename.startswith("SPOILER_"),
    )


def found(*files: Any, text: str = "", forwarded: Any = None) -> list[str]:
    message: Any = SimpleNamespace(
        attachments=list(files), content=text, message_snapshots=[forwarded] if forwarded else []
    )
    return [
        one.link or (one.attachment.filename if one.attachment else "")
        for one in find_beats(message)
        if one
    ]


COVER = file("cover.png", "image/png")
NOTES = file("notes.txt", "text/plain; charset=utf-8")
MP3 = file("beat.mp3", "audio/mpeg")
VIDEO = file("clip.mp4", "video/mp4")


@pytest.mark.parametrize(
    ("files", "text", "expected"),
    [
        ([COVER, NOTES, MP3], "", ["beat.mp3"]),
        ([COVER] * 9 + [MP3], "", ["beat.mp3"]),
        ([COVER, file("beat.mp3")], "", ["beat.mp3"]),
        ([COVER, file("BEAT.WAV", "image/png")], "", ["BEAT.WAV"]),
        ([VIDEO, MP3], "", ["beat.mp3"]),
        ([COVER, VIDEO], "", ["clip.mp4"]),
        ([VIDEO], f"and {LINK}", ["clip.mp4"]),
        ([COVER], "", []),
        ([COVER, NOTES, file("song.mid", "audio/midi")], "", ["song.mid"]),
        ([file("tape", None)], "", ["tape"]),
        ([file("tape", "application/octet-stream"), COVER], "", ["tape"]),
        ([file("scan.pdf", "application/pdf"), file("photo.heic", None)], "", []),
        ([file("voice-message.ogg", "audio/ogg")], "", ["voice-message.ogg"]),
    ],
)
def test_sound_comes_before_video_and_a_picture_is_never_a_beat(
    files: list[Any], text: str, expected: list[str]
) -> None:
    assert found(*files, text=text) == expected


@pytest.mark.parametrize(
    "text",
    [
        LINK,
        f"try <{LINK}> maybe",
        f"[my beat]({LINK})",
        f"beat ({LINK})",
        f"here: {LINK}, or not?",
        f"**{LINK}**",
        f"||{LINK}||",
        f"“{LINK}”…",
        f"https://example.com/x {LINK}",
        f"\u200e{LINK}\u2069",
    ],
)
def test_a_link_is_seen_wherever_it_stands(text: str) -> None:
    assert found(text=text) == [LINK]
    assert found(COVER, text=text) == [LINK], "and a cover does not hide it"


def test_a_link_without_its_scheme_is_seen_too() -> None:
    assert found(text="youtu.be/dQw4w9WgXcQ!") == ["youtu.be/dQw4w9WgXcQ"]
    assert found(text="www.youtube.com/watch?v=9bZkp7q19f0,") == [
        "www.youtube.com/watch?v=9bZkp7q19f0"
    ]


def test_two_names_of_one_video_are_one_beat() -> None:
    assert found(text=f"{LINK} https://www.youtube.com/watch?v=dQw4w9WgXcQ") == [LINK]
    assert found(text=f"{LINK} {OTHER}") == [LINK, OTHER]


def test_another_address_is_found_only_to_say_that_it_is_not_followed() -> None:
    assert found(text="https://example.com/song.mp3") == ["https://example.com/song.mp3"]
    assert found(text="no address, not.even.this") == []


def test_a_forwarded_message_is_looked_through() -> None:
    forwarded = SimpleNamespace(attachments=[MP3], content="")
    assert found(forwarded=forwarded) == ["beat.mp3"]


@pytest.mark.parametrize(
    ("filename", "title", "name"),
    [
        ("_.mp3", "画像 🔥", "画像 🔥.mp3"),
        ("_.mp3", "画像 🔥.mp3", "画像 🔥.mp3"),
        ("beat.wav", None, "beat.wav"),
        ("beat.wav", "\u202e\x1b[31m", "\ufffd[31m.wav"),
        ("SPOILER_the_murderer.mp3", "the murderer", "spoiler.mp3"),
    ],
)
def test_a_beat_has_the_name_that_people_see(filename: str, title: str | None, name: str) -> None:
    assert name_of(file(filename, "audio/mpeg", title)) == name


@pytest.mark.parametrize("locale", ["en-US", "de", "fr", "es-ES"])
@pytest.mark.parametrize("head", list(kinds._MAGIC))
def test_what_is_no_sound_is_named_in_the_language_of_the_reader(head: bytes, locale: str) -> None:
    named = kinds.not_sound(head)
    assert named
    what = say(f"file.{kinds.group(named)}", locale, named=named)
    told = say("beat.needs_sound", locale, name="beat.mp3", what=what)
    if locale == "en-US":
        assert unescape(told).startswith(f"beat.mp3 is {named}; ATL needs sound.")
    else:
        assert named not in told
        assert "sound" not in told


async def test_with_several_beats_in_a_message_the_menu_asks(world: World) -> None:
    name, data = beat()
    both = [(name, data), ("other.wav", data + b"\0\0")]
    message = await world.bob.send(world.channel, "two beats", attachments=both)
    asked = await world.ann.context_menu(world.channel, "Write lyrics for this beat", message)
    assert "several beats" in answers(asked)
    assert asked.ephemeral
    second = str(message.attachments[1].id)
    form = await world.ann.select(response_of(asked), [second])
    await world.ann.submit_modal(form, {"lines": "2"})
    draft = await world.studio.drafts.get(draft_id(world.last()), world.owner(world.ann))
    assert draft.beat_name == "other.wav"


async def test_a_beat_forwarded_into_direct_messages_is_written_to(world: World) -> None:
    first = await world.bob.send(world.channel, "my new beat", attachments=[beat()])
    user = world.ann.user
    await user.slash("help")  # opens the conversation
    await world.ann.forward(first, user.dm_channel)
    assert "choose it below" in answers_in(world, user.dm_channel)
    form = await user.select(world.last(user.dm_channel), [str(first.attachments[0].id)])
    await user.submit_modal(form, {"lines": "2"})
    draft = await world.studio.drafts.get(
        draft_id(world.last(user.dm_channel)), world.owner(world.ann)
    )
    assert draft.beat_name == beat()[0]


def answers_in(world: World, channel: Any) -> str:
    return "\n".join(world.said(channel))
