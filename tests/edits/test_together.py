"""Two writers on one draft: who wrote what, one's own version, the other's line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from atl_core.drafts.names import LOCAL
from atl_core.edits.lines import Replace
from atl_core.progress import unwatched
from atl_core.settings import load_settings
from atl_core.studio import Studio, open_studio
from bot.answers import Answer, Changed, Writers
from bot.dispatch import Asker, dispatch, inline
from bot.phrases import parse
from bot.terminal.show import lay_out
from tests.songs import SONG, saved

Say = Callable[[str, str], Awaitable[Answer]]
ANN, BOB = LOCAL, "discord:2"


async def at_work(studio: Studio) -> Say:
    """A draft of Ann's that Bob may change, and how each of them speaks of it."""
    draft = await saved(studio, ANN, asked="")
    await studio.drafts.shares.add(draft.id, ANN, BOB, edits=True)

    async def say(who: str, said: str) -> Answer:
        opened = await studio.drafts.open(draft.id, who)
        run = inline(studio, unwatched)
        answer = await dispatch(studio, parse(said, lines=6), Asker(who), opened, run)
        lay_out(answer)
        return answer

    return say


async def test_it_is_known_who_wrote_which_line() -> None:
    async with open_studio(load_settings()) as studio:
        say = await at_work(studio)
        await say(BOB, 'line 2: "Bob was here and wrote a line"')
        await say(ANN, "swap lines 2 and 3")
        answer = await say(ANN, "who wrote what?")
        assert isinstance(answer, Writers)
        assert [line.author for line in answer.lines] == [ANN, ANN, BOB, ANN, ANN, ANN]
        assert answer.lines[2].number == 2


async def test_each_finds_their_version_and_keeps_the_others_line() -> None:
    async with open_studio(load_settings()) as studio:
        say = await at_work(studio)
        await say(ANN, 'line 2: "Ann was here and wrote a line"')
        await say(BOB, 'line 2: "Bob was here and wrote a line"')
        await say(BOB, 'line 4: "Bob came again and wrote a line"')
        mine = await say(ANN, "my version")
        assert isinstance(mine, Changed)
        assert mine.draft.lines[1].text.startswith("Ann")
        theirs = await say(ANN, "keep the other line 2")
        assert isinstance(theirs, Changed)
        assert theirs.draft.lines[1].text.startswith("Bob")
        assert theirs.draft.lines[3].text == SONG[3], "only that line"
        undone = await say(ANN, "undo")
        assert isinstance(undone, Changed)
        assert undone.draft.lines[1].text.startswith("Ann")


async def test_two_changes_at_once_are_both_kept() -> None:
    async with open_studio(load_settings()) as studio:
        await at_work(studio)
        (item,) = (await studio.drafts.list(ANN)).items
        draft = await studio.drafts.get(item.id, ANN)
        await asyncio.gather(
            studio.pipeline.edit(Replace(1, "Ann has the first line now"), draft, owner=ANN),
            studio.pipeline.edit(Replace(2, "Bob has the second line now"), draft, owner=BOB),
        )
        after = await studio.drafts.get(item.id, ANN)
        assert [line.text for line in after.lines[:2]] == [
            "Ann has the first line now",
            "Bob has the second line now",
        ]
