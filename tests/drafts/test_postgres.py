"""The store works unchanged on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from atl_core.drafts.database import (
    create_database_engine,
    downgrade,
    schema_revision,
    upgrade,
)
from atl_core.drafts.store import DraftStore
from atl_core.drafts.tables import SCHEMA
from tests.drafts.examples import draft_values, make_listening
from tests.drafts.filling import fill
from tests.drafts.postgres import server, unavailable

pytestmark = pytest.mark.skipif(bool(unavailable()), reason=unavailable() or "it is there")
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with server() as url:
        yield url


def test_every_test_of_the_store_passes_on_it(address: str) -> None:
    ran = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
            str(HERE / "test_store.py"), str(HERE / "test_servers.py"),
        ],
        env={**os.environ, "ATL_TEST_DATABASE_URL": address},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-3000:]


async def test_thousands_of_revisions_go_down_and_up_without_loss(address: str) -> None:
    engine = create_database_engine(address)
    await downgrade(engine, "base")
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
