"""`/drafts`: ann's own, for her alone, with everything that can be done to one."""

from __future__ import annotations

import pytest
from sqlalchemy import text as text_of_sql

from atl_core.drafts.database import writing
from tests.bot.discord.world import World, answers, draft_id, labels, response_of, text


async def shelf(world: World, count: int) -> None:
    for number in range(count):
        await world.song(seed=f"train {'abcdefghijklmnopqrstuvwxyz'[number]}", lines=1)


async def test_the_shelf_is_empty_at_first(world: World) -> None:
    listed = await world.ann.slash(world.channel, "drafts")
    assert "No drafts yet. `/lyrics` with a beat writes the first one." in answers(listed)
    assert listed.ephemeral


async def test_pages_are_turned_and_a_draft_opened(world: World) -> None:
    await shelf(world, 12)
    listed = await world.ann.slash(world.channel, "drafts")
    assert "Page 1 of 2 · 12 drafts" in answers(listed)
    assert labels(listed.response) == ["Older"]
    await world.ann.click(response_of(listed), label="Older")
    assert "Page 2 of 2" in answers(listed)
    assert labels(listed.response) == ["Newer"]
    id_ = answers(listed).split("`")[1]
    opened = await world.ann.select(response_of(listed), [id_])
    assert opened.ephemeral
    assert id_ in answers(opened)
    assert labels(opened.response)[-4:] == ["Post it here", "Versions", "Compare", "Delete"]
    assert "Newer" in labels(listed.response), "and the list is still there"


async def test_drafts_are_searched_by_their_words(world: World) -> None:
    await shelf(world, 3)
    await world.song(seed="mountain")
    found = await world.ann.slash(world.channel, "drafts", search="MOUNTAIN")
    assert "Drafts with “MOUNTAIN”" in answers(found)
    assert "1 draft" in answers(found)
    nothing = await world.ann.slash(world.channel, "drafts", search="valley")
    assert "No draft has those words." in answers(nothing)
    offered = await world.ann.autocomplete(world.channel, "drafts", "draft", "mountain")
    assert [choice["name"].split(" · ")[0] for choice in offered] == ["Mountain"]


async def test_versions_are_compared_word_by_word(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, 'line 1: "my own first line"', reply_to=draft)
    opened = await world.ann.slash(world.channel, "drafts", draft=draft_id(draft))
    form = await world.ann.click(response_of(opened), label="Compare")
    compared = await world.ann.submit_modal(form, {"first": "1", "second": "2"})
    assert "Version 1 → 2: 1 line changed" in answers(compared)
    assert "**my own first line**" in answers(compared)
    form = await world.ann.click(response_of(opened), label="Compare")
    wrong = await world.ann.submit_modal(form, {"first": "one", "second": "2"})
    assert "by their numbers" in answers(wrong)
    versions = await world.ann.click(response_of(opened), label="Versions")
    assert "write 4 lines midnight train" in answers(versions)


async def test_a_draft_is_deleted_and_brought_back(world: World) -> None:
    draft = await world.song()
    opened = await world.ann.slash(world.channel, "drafts", draft=draft_id(draft))
    deleted = await world.ann.click(response_of(opened), label="Delete")
    assert "For a day it can be brought back" in answers(deleted)
    assert "No drafts yet" in answers(await world.ann.slash(world.channel, "drafts"))
    again = await world.ann.click(response_of(opened), label="Delete")
    assert "That draft is gone" in answers(again)
    restored = await world.ann.click(response_of(deleted), label="Bring it back")
    assert "is back" in answers(restored)
    assert draft_id(draft) in answers(await world.ann.slash(world.channel, "drafts"))


@pytest.mark.parametrize("typed", ["zzzzz9", "not an id at all"])
async def test_what_is_no_draft_of_hers_is_not_opened(world: World, typed: str) -> None:
    asked = await world.ann.slash(world.channel, "drafts", draft=typed)
    assert "gone" in answers(asked)


async def test_nobody_sees_anybody_elses(world: World) -> None:
    draft = await world.song()
    assert "No drafts yet" in answers(await world.bob.slash(world.channel, "drafts"))
    offered = await world.bob.autocomplete(world.channel, "drafts", "draft", "")
    assert offered == []
    opened = await world.bob.slash(world.channel, "drafts", draft=draft_id(draft))
    assert "gone" in answers(opened)
    assert "midnight" not in text(opened.response)


async def test_a_damaged_draft_is_listed_with_what_can_be_done(world: World) -> None:
    good, bad = draft_id(await world.song()), draft_id(await world.song(seed="broken wheel"))
    damage = text_of_sql("UPDATE revisions SET lines = '[1]' WHERE session_id = :id")
    async with writing(await world.studio.drafts.database.engine()) as connection:
        await connection.execute(damage, {"id": bad})
    listed = await world.ann.slash(world.channel, "drafts")
    assert f"`{bad}` **Broken wheel** · unreadable" in answers(listed)
    assert f"`{good}` **Midnight train** · country" in answers(listed)
    opened = await world.ann.select(response_of(listed), [bad])
    assert "cannot be read" in answers(opened)
    kept = await world.ann.click(response_of(opened), label="Keep what is stored")
    (file,) = response_of(kept).attachments
    assert file.filename == f"{bad}-raw.json"
    assert b"broken wheel" in await file.read()
    deleted = await world.ann.click(response_of(opened), label="Delete")
    assert f"Draft `{bad}` is deleted" in answers(deleted)
    assert bad not in answers(await world.ann.slash(world.channel, "drafts"))
