"""A damaged row is shown as unreadable, and takes nothing else with it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from atl_core.drafts.database import writing
from atl_core.drafts.store import DraftStore
from atl_core.errors import DraftError, UnreadableDraftError
from tests.drafts.examples import draft_values

DAMAGE = {
    "a genre that is none": "brief = json_set(brief, '$.genre', 'polka')",
    "no genre": "brief = json_remove(brief, '$.genre')",
    "lines that are none": "lines = '[1, 2]'",
    "a line without a text": "lines = '[{\"syllables\": 3}]'",
    "no JSON at all": "lines = 'half a li'",
}


@pytest.mark.parametrize("how", DAMAGE)
async def test_a_list_with_a_damaged_draft_shows_it_and_the_others(
    store: DraftStore, how: str
) -> None:
    engine = await store.database.engine()
    if engine.dialect.name != "sqlite":
        pytest.skip("the damage is written in SQLite's words")
    good = await store.create("ann", **draft_values())
    bad = await store.create("ann", **draft_values())
    damage = text(f"UPDATE revisions SET {DAMAGE[how]} WHERE session_id = :id")
    async with writing(engine) as connection:
        await connection.execute(damage, {"id": bad.id})

    for page in (await store.list("ann"), await store.search("ann", "midnight")):
        readable = {item.id: item.readable for item in page.items}
        assert readable == {good.id: True, bad.id: False}
        (shown,) = (item for item in page.items if item.id == bad.id)
        assert shown.title == bad.title
    with pytest.raises(UnreadableDraftError, match=rf"Draft {bad.id} cannot be read.*--raw"):
        await store.open(bad.id, "ann")

    kept = await store.raw(bad.id, "ann")
    assert kept["session"]["title"] == bad.title
    assert kept["revisions"][0]["asked"] == bad.asked
    json.dumps(kept)
    with pytest.raises(DraftError):
        await store.raw(bad.id, "bob")
    with pytest.raises(DraftError):
        await store.discard(bad.id, "bob")
    await store.discard(bad.id, "ann")
    assert [item.id for item in (await store.list("ann")).items] == [good.id]
    assert (await store.get(good.id, "ann")).lines == good.lines
