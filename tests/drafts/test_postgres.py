"""Migrations on PostgreSQL. The tests of the store run on it as well: see the fixture `store`."""

from __future__ import annotations

from atl_core.drafts.database import create_database_engine, downgrade, schema_revision, upgrade
from atl_core.drafts.store import DraftStore
from atl_core.drafts.tables import SCHEMA
from tests.drafts.examples import draft_values, make_listening
from tests.drafts.filling import fill
from tests.postgres import new_database


async def test_thousands_of_revisions_go_down_and_up_without_loss(postgresql: str) -> None:
    address = new_database(postgresql, "migrations")
    engine = create_database_engine(f"postgresql+asyncpg://{address}")
    await upgrade(engine)
    store = DraftStore(engine)
    kept = await store.create("bob", **draft_values(listening=make_listening("1" * 64)))
    await fill(store, 200, 10)
    before = await store.list("ann")
    await downgrade(engine, "0001")
    await upgrade(engine)
    assert await schema_revision(engine) == SCHEMA
    assert await store.list("ann") == before
    assert await store.get(kept.id, "bob") == kept
    assert (await store.search("ann", before.items[0].title)).total
    await engine.dispose()
