"""What a server's managers set is kept; what is shared is read where it was shared."""

from __future__ import annotations

import pytest

from atl_core.drafts.store import DraftStore
from atl_core.errors import DraftError
from bot.discord.server_settings import ServerSettings, ServerStore
from tests.drafts.examples import draft_values


async def test_a_server_has_its_own_settings(store: DraftStore) -> None:
    servers = ServerStore(await store.database.engine())
    assert await servers.get(1) == ServerSettings()
    chosen = ServerSettings(links=False, explicit=True, channels=("7", "8"), cap=1)
    await servers.set(1, chosen)
    assert await servers.get(1) == chosen
    assert await servers.get(2) == ServerSettings()
    await servers.set(1, ServerSettings(cap=5))
    assert (await servers.get(1)).cap == 5
    await servers.forget(1)
    assert await servers.get(1) == ServerSettings()


async def test_history_and_versions_are_read_where_the_draft_is_shared(store: DraftStore) -> None:
    draft = await store.create("ann", **draft_values())
    with pytest.raises(DraftError):
        await store.history(draft.id, "bob", channel="room")
    await store.shares.add(draft.id, "ann", "room")
    assert len(await store.history(draft.id, "bob", channel="room")) == 1
    before, after = await store.compare(draft.id, "bob", 1, 1, channel="room")
    assert before == after
    with pytest.raises(DraftError):
        await store.history(draft.id, "bob", channel="another room")


async def test_only_owner_and_collaborators_may_change(store: DraftStore) -> None:
    draft = await store.create("ann", **draft_values())
    await store.shares.add(draft.id, "ann", "bob")
    assert await store.shares.may_change(draft.id, "ann")
    assert not await store.shares.may_change(draft.id, "bob"), "to read is not to write"
    await store.shares.add(draft.id, "ann", "bob", edits=True)
    assert await store.shares.may_change(draft.id, "bob")
