"""What a server's managers set is kept; what is shared is read where it was shared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from atl_core.drafts import queries
from atl_core.drafts.queries import own
from atl_core.drafts.store import DraftStore
from atl_core.errors import DraftError
from atl_core.lyrics.saying import OwnSound
from bot.discord.server_settings import ServerSettings, ServerStore
from tests.drafts.examples import draft_values


async def test_a_server_has_its_own_settings(store: DraftStore) -> None:
    servers = ServerStore(await store.database.engine())
    assert await servers.get(1) == ServerSettings()
    chosen = ServerSettings(links=False, explicit=True, channels=("7", "8"), cap=1)
    await servers.change(1, lambda _: chosen)
    assert await servers.get(1) == chosen
    assert await servers.get(2) == ServerSettings()
    assert await servers.change(1, lambda before: replace(before, cap=5)) == replace(chosen, cap=5)
    assert (await servers.get(1)).cap == 5
    await servers.forget(1)
    assert await servers.get(1) == ServerSettings()


async def test_managers_and_writers_who_change_things_at_once_lose_nothing(
    store: DraftStore,
) -> None:
    servers = ServerStore(await store.database.engine())

    def adding(channel: str) -> Callable[[ServerSettings], ServerSettings]:
        return lambda before: replace(before, channels=(*before.channels, channel))

    await asyncio.gather(
        *(servers.change(3, adding(channel)) for channel in "12345"),
        *(store.writers.avoid("ann", [word]) for word in ("neon", "baby", "fire", "rain", "gold")),
        *(store.writers.say("ann", OwnSound(word, "L-A", "EH1 L EY1")) for word in ("LA", "NY")),
    )
    assert {*(await servers.get(3)).channels} == {*"12345"}
    assert {*await store.writers.avoided("ann")} == {"neon", "baby", "fire", "rain", "gold"}
    assert {said.word for said in await store.writers.sounds("ann")} == {"LA", "NY"}


async def test_a_draft_is_read_while_somebody_changes_it(store: DraftStore) -> None:
    draft = await store.create("ann", **draft_values())
    async with store.database.writing() as connection:
        await queries.session(connection, draft.id, own("ann"), to_change=True)
        assert await store.get(draft.id, "ann") == draft
        assert len(await store.history(draft.id, "ann")) == 1


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
