"""A data folder of an earlier commit is opened, and its jobs go on where they stood.

`tests/homes/b7d189b` was made with the code of that commit and its stand-in worker: a draft with
revisions, a lock, tags and shares; jobs that wait, jobs whose worker was killed while it wrote and
while it judged; an answer that was delivered and two that were not.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from atl_core.settings import load_settings
from atl_core.studio import Studio, open_studio
from bot.discord.server_settings import ServerSettings, ServerStore

from .workshop import Workshop, lines_of, parroted, workshop

OLD = Path(__file__).parents[1] / "homes" / "b7d189b"
DRAFT = "2aa58p"
DELIVERED = "01a215486415cb0d39f8"
UNDELIVERED = ["01a2154886c89ee8121e", "01a2154888699e38c165"]
WRITING = "01a215488de64d38a88c"
JUDGING = "01a215488e643e018e1a"
CONTINUING = "01a215488fa93ceb77aa"
WAITING = {
    "write": "01a2154894b2e0cc83f6",
    "rewrite, darker": "01a2154894d92deddbb5",
    "rewrite all": "01a2154894f4565b7754",
    "add a hook": "01a2154895097fef2d85",
    "listen": "01a21548952d9b25a6f4",
}
LINES = [
    "delivered number 1 in the pouring rain",
    "delivered number 2 in the pouring rain",
    "my own words go here",
    *(f"delivered number {number} in the pouring rain" for number in (4, 5, 6)),
]


@pytest.fixture
def old_home() -> Path:
    """The folder, as if it had been made a moment ago: what is old is purged."""
    home = load_settings().home
    home.mkdir(parents=True, exist_ok=True)
    for file in OLD.glob("*.sqlite3"):
        shutil.copy(file, home)
    with closing(sqlite3.connect(home / "jobs.sqlite3")) as connection, connection:
        connection.execute("UPDATE atl_jobs SET finished = ? WHERE finished > 0", (time.time(),))
    return home


@pytest.fixture
async def studio(old_home: Path) -> AsyncIterator[Studio]:  # noqa: ARG001
    async with open_studio(load_settings()) as studio:
        yield studio


@pytest.fixture
def shop(studio: Studio) -> Iterator[Workshop]:
    with workshop(studio) as shop:
        yield shop


async def test_its_drafts_are_as_they_were(studio: Studio) -> None:
    draft = await studio.drafts.get(DRAFT, "ann")
    assert lines_of(draft) == LINES
    assert [line.locked for line in draft.lines] == [False, False, True, False, False, False]
    assert (draft.title, draft.tags, draft.brief.mood) == ("Kept from before", ("demo",), "sad")
    assert (draft.revision, draft.revisions) == (5, 5)
    history = await studio.drafts.history(DRAFT, "ann")
    assert [change.asked for change in history][1:] == [
        'line 3: "my own words go here"',
        "lock line 3",
        "swap lines 1 and 2",
        "set the mood to sad",
    ]
    assert [change.parent for change in history] == [None, 1, 2, 3, 3]
    assert await studio.drafts.shares.of(DRAFT, "ann") == {"channel:77": False, "cid": True}
    servers = ServerStore(await studio.drafts.database.engine())
    assert await servers.get(5) == ServerSettings(links=False, channels=("77",))
    back = await studio.drafts.undo(DRAFT, "ann")
    assert back.revision == 3


async def test_its_answers_are_delivered_once(studio: Studio) -> None:
    assert [job.id for job in await studio.queue.undelivered()] == UNDELIVERED
    assert (await studio.queue.job(DELIVERED, owner="ann")).message == "900000000000000001"


async def test_its_jobs_go_on_where_they_stood(shop: Workshop) -> None:
    queue = shop.studio.queue
    active = {job.id for job in await queue.jobs()}
    assert active == {WRITING, JUDGING, CONTINUING, *WAITING.values()}
    shop.let(2, 3)
    shop.start()
    done = {
        job.id: job
        for job in await shop.all_finished([await queue.job(id_, owner="") for id_ in active])
    }
    assert {job.problem for job in done.values()} == {""}
    assert list(done[WRITING].lines) == parroted("slowly", 3)
    (half,) = await shop.drafts("dan")
    assert lines_of(half) == parroted("slowly", 3)
    (judged,) = await shop.drafts("eve")
    assert lines_of(judged) == parroted("judged", 2)
    assert (await queue.heard(WAITING["listen"], owner="gus"))[1] == b"a picture"
    # Fetched, listened to and written before its worker was killed: none of it is done again.
    assert (shop.began("fetch"), shop.began("listen")) == (0, 2)
    draft = await shop.studio.drafts.get(DRAFT, "ann")
    assert draft.lines[2].text == "my own words go here", "it is locked"
    assert len(draft.lines) == 6 + 2 + 4
    assert draft.revisions == 5 + 4
