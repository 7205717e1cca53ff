"""The conversation of the README, from a beat to a song that is taken home."""

from __future__ import annotations

import re
from typing import Final

from tests.scenarios.people import Beat, Person, Place, Post

_ROW: Final = re.compile(r"^`\s*(\d+)[^`]*` (.+?)( 🔒)?$", re.MULTILINE)


def lines_of(post: Post) -> list[str]:
    """The lines of the draft on a card, in order, without their numbers."""
    found = _ROW.findall(post.text)
    assert [int(number) for number, _, _ in found] == list(range(1, len(found) + 1)), post.text
    return [text for _, text, _ in found]


def locked_in(post: Post) -> list[int]:
    """The numbers of the locked lines on a card."""
    return [int(number) for number, _, lock in _ROW.findall(post.text) if lock]


async def a_first_draft(ann: Person, beat: Beat) -> Post:
    """`/lyrics` with a beat and seed words: progress for ann, and a draft for everybody."""
    asked = await ann.slash("lyrics", beat=beat, seed="midnight train", lines=2)
    draft = await ann.reads(r"version 1\b")
    assert len(lines_of(draft)) == 2
    assert draft.files["beat.png"].startswith(b"\x89PNG")
    assert not draft.private
    for label in ("Continue", "Another take", "Rewrite a line", "Lock", "Undo", "Export", "Share"):
        assert any(label in shown for shown in draft.buttons), (label, draft.buttons)
    await ann.told(asked, "Done")
    return draft


async def it_is_revised_in_replies(ann: Person, first: Post) -> Post:
    """ "2 more", "rewrite line 3 sadder", "undo", "lock 1-2", a line of her own."""
    await ann.say("2 more", answering=first)
    longer = await ann.reads(r"version 2\b", after=first)
    assert lines_of(longer)[:2] == lines_of(first)
    assert len(lines_of(longer)) == 4

    await ann.say("rewrite line 3 sadder", answering=longer)
    sadder = await ann.reads(r"version 3\b", after=longer)
    before, after = lines_of(longer), lines_of(sadder)
    assert [n for n in range(4) if before[n] != after[n]] == [2], "line 3 alone is another one"

    await ann.say("undo", answering=sadder)
    undone = await ann.reads(r"version 2\b", after=sadder)
    assert lines_of(undone) == before

    await ann.say("lock 1-2", answering=undone)
    locked = await ann.reads(r"🔒", after=undone)
    assert locked_in(locked) == [1, 2]

    await ann.say("line 4: I ride until the morning", answering=locked)
    own = await ann.reads(r"I ride until the morning", after=locked)
    assert locked_in(own) == [1, 2]
    return own


async def it_is_revised_by_buttons(ann: Person, draft: Post) -> Post:
    """Undo changes the card itself; a form takes a line of her own, and another button locks."""
    await ann.click(draft, "Undo")
    undone = await ann.sees(draft, r"version 4\b")
    assert lines_of(undone) != lines_of(draft)

    form = await ann.click(undone, "Rewrite a line")
    assert form.form == "Rewrite"
    sent = await ann.fill(form, lines="3", own="The river knows my name")
    own = await ann.told(sent, "The river knows my name")
    assert lines_of(own)[2] == "The river knows my name"
    return own


async def nobody_else_changes_it(bob: Person, draft: Post) -> None:
    """Another person's button and reply are answered, and change nothing."""
    refused = await bob.click(draft, "Undo")
    told = await bob.told(refused, "somebody else's draft|draft is gone")
    assert told.private


async def it_is_taken_home(ann: Person, draft: Post, lines: list[str]) -> None:
    """A title, the list of drafts, and a file with these lines."""
    await ann.say("save as Last Train Home", answering=draft)
    saved = await ann.reads("Saved as “Last Train Home”", after=draft)
    await ann.say("export as txt", answering=draft)
    exported = await ann.reads("Last Train Home", after=saved)
    (text,) = exported.files.values()
    rows = text.decode().splitlines()
    assert [row for row in rows if row in lines] == lines
    listed = await ann.told(await ann.slash("drafts"), "Last Train Home")
    assert listed.private


async def it_is_rehearsed(ann: Person, draft: Post) -> None:
    """A picture of the flow, and a video with the beat that was given at the start."""
    drawn = await ann.told(await ann.click(draft, "Flow"), "fall on the beat")
    assert drawn.files["flow.png"].startswith(b"\x89PNG")
    await ann.say("rehearse", answering=draft)
    video = await ann.reads("Rap along", after=drawn)
    (data,) = video.files.values()
    assert data[4:8] == b"ftyp"
    assert video.buttons == ["Rehearse again"]


async def what_cannot_be_done_is_said(ann: Person, draft: Post) -> None:
    """A file that is no beat, words that mean nothing, a line that is not there."""
    refused = await ann.slash("lyrics", beat=Beat("beat.mp3", b"not music at all" * 50))
    assert (await ann.told(refused, "beat.mp3 is not an audio file.*WAV, FLAC, MP3")).private
    await ann.say("rewrite line 40", answering=draft)
    beyond = await ann.reads("no line 40", after=draft)
    await ann.say("what is the weather like", answering=draft)
    await ann.reads("continue|help", after=beyond)
    judged = await ann.slash("genre", text="dirt road and a river, my truck and the rain")
    verdict = await ann.told(judged, r"9\d% country|100% country")
    assert verdict.private
    assert "truck" in verdict.text
    drawn = await ann.told(await ann.click(verdict, "Picture"), "")
    assert drawn.private
    assert drawn.files["genre.png"].startswith(b"\x89PNG")


async def the_whole_conversation(place: Place, beat: Beat) -> None:
    """All of it, between ann, who writes, and bob, who looks on."""
    ann, bob = place.person("ann"), place.person("bob")
    before = place.count(r"version 1\b")
    first = await a_first_draft(ann, beat)
    draft = await it_is_revised_in_replies(ann, first)
    own = await it_is_revised_by_buttons(ann, draft)
    await nobody_else_changes_it(bob, draft)
    await it_is_rehearsed(ann, draft)
    await it_is_taken_home(ann, draft, lines_of(own))
    await what_cannot_be_done_is_said(ann, draft)
    assert place.pings == 0
    assert place.count(r"version 1\b") == before + 1, "nothing was posted twice"
