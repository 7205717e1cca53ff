"""Every field of every form, filled in by somebody who means no good."""

from __future__ import annotations

from typing import Any, Final

import pytest

from atl_core.genre.picture import picture
from bot.discord.lru import LRUCache
from bot.discord.texts import say
from tests.bot.discord.desk import beat
from tests.bot.discord.test_hostile import HOSTILE, check_all
from tests.bot.discord.world import World, answers, draft_id, labels, response_of

FORMS: Final = {
    "Rewrite a line": ("lines", "how", "own"),
    "Lock": ("lock", "unlock"),
    "Options": ("line", "how"),
    "Compare": ("first", "second"),
    "menu": ("seed", "genre", "lines"),
    "genre": ("text",),
    "Picture": ("text",),
    "write": ("text",),
}
"""The forms by what opens them, and their fields."""
NASTY: Final = (
    HOSTILE,
    "\u202e\u2066\u200b\ufeff\u00ad",
    "9" * 400,
    "-1",
    "1-99999999999999999999",
    "٣",
    "²",
    "1_0",
    "NaN",
    "\x00\x1b[31m",
    "```\n@everyone\n```",
    "%s %n {0} {draft} ${HOME}",
    "'; DROP TABLE drafts; --",
    "line 1: line 2: 12:30",
    "🔥" * 100,
    "a" * 4000,
    "\n" * 300,
    "(" * 300,
    "Z\u0351\u036b\u0343" * 80,
    "https://youtu.be/dQw4w9WgXcQ",
)
GOOD: Final = {"lines": "1", "line": "1", "first": "1", "second": "1", "text": "the river runs"}
"""What fields hold that must be filled in, while another one is attacked."""
SORRY: Final = say("button.bug", "en-US", bug="").partition("(")[0].strip()


async def opened(world: World, form: str, draft: Any) -> Any:
    ann, channel = world.ann, world.channel
    if form == "menu":
        message = await world.bob.send(channel, "my new beat", attachments=[beat()])
        return await ann.context_menu(channel, "Write lyrics for this beat", message)
    if form in ("genre", "write"):
        return await ann.slash(channel, form)
    if form == "Picture":
        # As after a restart: the text that was judged is not in memory any more.
        world.bot.judged = LRUCache(0)
        judged = await ann.slash(channel, "genre", text="the river runs")
        return await ann.click(response_of(judged), label="Picture")
    if form == "Compare":
        shown = await ann.slash(channel, "drafts", draft=draft_id(draft))
        return await ann.click(response_of(shown), label="Compare")
    # Each change posts or moves the card.
    newest = next(m for m in reversed(channel.history()) if form in labels(m))
    return await ann.click(newest, label=form)


def longest(form: Any, field: str) -> int:
    """Characters that a client lets somebody type into a field."""

    def walk(part: Any) -> int | None:
        if isinstance(part, dict):
            if part.get("custom_id") == field:
                return int(part.get("max_length", 4000))
            return next(filter(None, map(walk, part.values())), None)
        if isinstance(part, list):
            return next(filter(None, map(walk, part)), None)
        return None

    return walk(form.modal if isinstance(form.modal, dict) else form.modal.to_dict()) or 4000


async def attack(world: World, draft: Any, form: str, field: str, text: str) -> None:
    shown = await opened(world, form, draft)
    good = {name: GOOD[name] for name in FORMS[form] if name in GOOD}
    typed = text[: longest(shown, field)]
    answered = await world.ann.submit_modal(shown, good | {field: typed})
    assert SORRY not in answers(answered), (form, field, text[:60])


@pytest.mark.parametrize("form", FORMS)
async def test_a_form_is_read_with_care_whatever_is_typed(
    world: World, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Twenty pictures need no twenty processes.
    monkeypatch.setattr("bot.discord.genre_picture.draw", picture)
    theirs = await world.song(world.bob)
    draft = await world.song()
    before = await world.studio.drafts.get(draft_id(theirs), world.owner(world.bob))
    for field in FORMS[form]:
        for text in NASTY:
            await attack(world, draft, form, field, text)
    check_all(world)
    assert await world.studio.drafts.get(before.id, world.owner(world.bob)) == before
    mine = await world.studio.drafts.get(draft_id(draft), world.owner(world.ann))
    assert len(mine.lines) == 4
