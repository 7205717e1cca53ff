"""Going on from one's own lines on Discord: a form, a file, a beat that comes later."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest

from tests.bot.discord.desk import beat
from tests.bot.discord.world import World, answers, text

VERSE = """\
[Verse 1]
I left my home in the pouring rain
With a dollar and a dream
...
And nothing's what it seems
"""


def lines_of(message: Any) -> list[str]:
    return re.findall(r"^` ?\d+›?` (.*)$", text(message), re.MULTILINE)


def locked(message: Any) -> list[str]:
    return [line.removesuffix(" 🔒") for line in lines_of(message) if line.endswith("🔒")]


OWN = [line for line in VERSE.splitlines()[1:] if line != "..."]


async def test_lines_are_pasted_into_a_form(world: World) -> None:
    form = await world.ann.slash(world.channel, "write")
    await world.ann.submit_modal(form, {"text": VERSE})
    draft = world.last()
    assert locked(draft) == OWN
    assert len(lines_of(draft)) == 4
    assert "no beat yet" in text(draft)
    assert "ABAB, 9, 7, 9, 6 syllables, I, past" in text(draft)


def word(lines: str) -> bytes:
    made = io.BytesIO()
    rows = "".join(f"<w:p><w:r><w:t>{row}</w:t></w:r></w:p>" for row in lines.splitlines())
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{space}"><w:body>{rows}</w:body></w:document>',
        )
    return made.getvalue()


@pytest.mark.parametrize(
    "file", [("verse.txt", VERSE.encode()), ("verse.docx", word(VERSE))], ids=["txt", "docx"]
)
async def test_a_file_is_gone_on_from_with_a_beat(world: World, file: tuple[str, bytes]) -> None:
    await world.ann.slash(world.channel, "write", file=file, beat=beat())
    draft = world.last()
    assert locked(draft) == OWN
    assert "96 BPM" in text(draft)


async def test_the_beat_may_come_later(world: World) -> None:
    await world.ann.slash(world.channel, "write", file=("verse.txt", VERSE.encode()))
    draft = world.last()
    await world.ann.send(world.channel, "set the beat", reply_to=draft)
    assert "Attach the beat" in text(world.last())
    await world.ann.send(world.channel, "set the beat", reply_to=draft, attachments=[beat()])
    on_beat = world.last()
    assert "96 BPM" in text(on_beat)
    assert "version 2" in text(on_beat)
    assert lines_of(on_beat) == lines_of(draft)
    await world.ann.click(on_beat, label="Undo")
    assert "no beat yet" in text(world.last())


async def test_of_several_sounds_in_a_message_one_is_chosen(world: World) -> None:
    await world.ann.slash(world.channel, "write", file=("verse.txt", VERSE.encode()))
    draft = world.last()
    sounds = [beat(), ("voice-message.ogg", beat()[1])]
    sent = await world.ann.send(world.channel, "set the beat", reply_to=draft, attachments=sounds)
    asked = world.last()
    assert "several beats" in text(asked)
    await world.ann.select(asked, [str(sent.attachments[1].id)])
    on_beat = world.last()
    assert "96 BPM" in text(on_beat)
    assert "version 2" in text(on_beat)


async def test_a_path_of_this_machine_is_no_beat(world: World) -> None:
    await world.ann.slash(world.channel, "write", file=("verse.txt", VERSE.encode()))
    draft = world.last()
    for path in ("/etc/passwd.txt", "../beat.mp3", "file:///tmp/x.wav"):
        await world.ann.send(world.channel, f"set the beat to {path}", reply_to=draft)
        assert "version 2" not in text(world.last())
        assert "YouTube" in text(world.last())


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (("verse.txt", b"x" * 5_000_000), "too large"),
        (("verse.txt", b"My line is here\n" * 400), "400 lines"),
        (("verse.docx", b"PK\x03\x04 no Word file"), "not a Word file"),
        (("verse.txt", b"...\n...\n"), "no line of yours"),
    ],
    ids=["5 MB", "400 lines", "no Word file", "only gaps"],
)
async def test_what_cannot_be_gone_on_from_is_refused(
    world: World, file: tuple[str, bytes], problem: str
) -> None:
    asked = await world.ann.slash(world.channel, "write", file=file)
    assert problem in answers(asked)
