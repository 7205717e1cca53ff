"""The studio: nothing lost, nothing heard twice, and the event loop always free."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from atl_core.audio.listening import VERSION
from atl_core.drafts.draft import Draft
from atl_core.drafts.import_json import import_draft
from atl_core.drafts.names import LOCAL
from atl_core.edits.drafts import DeleteDraft, RestoreDraft, ShowDraft
from atl_core.edits.export import Export
from atl_core.edits.line_ranges import Lines
from atl_core.edits.lines import Delete, Insert, Lock, Replace, Swap
from atl_core.edits.request import Request
from atl_core.edits.rhymes import ShowRhymes
from atl_core.edits.versions import Redo, Undo
from atl_core.edits.wish import Wish
from atl_core.edits.writing import Write
from atl_core.errors import BriefError, DraftError
from atl_core.progress import Progress, unwatched
from atl_core.settings import load_settings
from atl_core.studio import Studio, open_studio
from bot.answers import Answer, Changed, File, Restored, Rhymes, Shown
from bot.dispatch import Asker, dispatch, inline
from tests.songs import SONG, a_draft, saved

RATE = 22_050


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    async with open_studio(load_settings()) as studio:
        yield studio


@pytest.fixture
async def draft(studio: Studio) -> Draft:
    """Six lines that are in the store."""
    return await saved(studio, sections=a_draft().sections)


async def ask(studio: Studio, request: Request, draft_id: str = "") -> Answer:
    """The answer to a request on a draft."""
    opened = await studio.drafts.open(draft_id, LOCAL) if draft_id else None
    run = inline(studio, unwatched)
    return await dispatch(studio, request, Asker(), opened, run)


async def changed(studio: Studio, request: Request, draft_id: str) -> Draft:
    answer = await ask(studio, request, draft_id)
    assert isinstance(answer, Changed)
    return answer.draft


@pytest.fixture
def beat(tmp_path: Path) -> Path:
    clicks = np.zeros(RATE * 6)
    clicks[:: RATE // 2] = 0.9
    sf.write(tmp_path / "clicks.wav", clicks + 0.01 * np.sin(np.arange(RATE * 6) / 20), RATE)
    return tmp_path / "clicks.wav"


async def test_two_changes_at_once_are_both_made(studio: Studio, draft: Draft) -> None:
    await asyncio.gather(
        changed(studio, Replace(1, "first of mine"), draft.id),
        changed(studio, Lock(Lines((6,))), draft.id.upper()),
        changed(studio, Replace(2, "second of mine"), draft.id),
    )
    after = await studio.drafts.get(draft.id, LOCAL)
    assert [line.text for line in after.lines] == ["first of mine", "second of mine", *SONG[2:]]
    assert after.lines[5].locked
    assert after.revisions == 4


async def test_many_changes_at_once_are_all_made(studio: Studio, draft: Draft) -> None:
    inserted = [Insert(6, f"number {number} of mine") for number in range(9)]
    await asyncio.gather(*(changed(studio, request, draft.id) for request in inserted))
    after = await studio.drafts.get(draft.id, LOCAL)
    assert after.revisions == 10
    assert {line.text for line in after.lines[6:]} == {request.text for request in inserted}


async def test_a_change_is_judged_anew(studio: Studio, draft: Draft) -> None:
    after = await changed(studio, Replace(1, "a line that rhymes with orange"), draft.id)
    assert after.verdict.rhymes_kept < 1


async def test_undo_and_redo_walk_the_versions(studio: Studio, draft: Draft) -> None:
    await changed(studio, Swap(1, 2), draft.id)
    await changed(studio, Delete(Lines((6,))), draft.id)
    back = await changed(studio, Undo(2), draft.id)
    assert back.lines == draft.lines
    forth = await changed(studio, Redo(2), draft.id)
    assert [line.text for line in forth.lines] == [SONG[1], SONG[0], *SONG[2:5]]
    assert [change.asked for change in await studio.drafts.history(draft.id, LOCAL)] == [
        draft.asked, "swap lines 1 and 2", "delete line 6"
    ]  # fmt: skip


async def test_an_earlier_version_is_shown(studio: Studio, draft: Draft) -> None:
    await changed(studio, Replace(3, "mine"), draft.id)
    shown = await ask(studio, ShowDraft(1), draft.id)
    assert isinstance(shown, Shown)
    assert shown.draft.lines == draft.lines


async def test_a_request_that_nobody_performs_is_a_bug(studio: Studio, draft: Draft) -> None:
    class Unheard(Request):
        pass

    with pytest.raises(TypeError, match="Unheard"):
        await ask(studio, Unheard(), draft.id)


async def test_the_last_version_is_compared_with_the_one_before(
    studio: Studio, draft: Draft
) -> None:
    await changed(studio, Replace(3, "mine"), draft.id)
    found = await studio.drafts.diff(draft.id, LOCAL)
    assert (found.before, found.after) == (1, 2)
    assert [line.after for line in found.lines if line.changed] == [3]


async def test_a_deleted_draft_comes_back(studio: Studio, draft: Draft) -> None:
    with pytest.raises(DraftError):
        await ask(studio, RestoreDraft())
    await ask(studio, DeleteDraft(), draft.id)
    with pytest.raises(DraftError):
        await studio.drafts.get(draft.id, LOCAL)
    assert await ask(studio, RestoreDraft()) == Restored(draft)


async def test_rhymes_are_offered_for_the_end_of_a_line(studio: Studio, draft: Draft) -> None:
    answer = await ask(studio, ShowRhymes(line=3), draft.id)
    assert isinstance(answer, Rhymes)
    assert len(answer.found) == 20
    found = answer.found[:10]
    assert "team" in found or "stream" in found
    assert not {SONG[index].split()[-1] for index in range(6)}.intersection(found)
    with pytest.raises(DraftError, match="no line 9"):
        await ask(studio, ShowRhymes(line=9), draft.id)


async def test_what_was_exported_is_imported_as_a_draft_of_its_own(
    studio: Studio, draft: Draft
) -> None:
    file = await ask(studio, Export("json"), draft.id)
    assert isinstance(file, File)
    copy = await studio.drafts.create(LOCAL, **import_draft(file.data))
    assert copy.id != draft.id
    assert (copy.title, copy.lines, copy.sections) == (draft.title, draft.lines, draft.sections)
    with pytest.raises(DraftError, match="no draft that I exported"):
        import_draft(b"[]")


@pytest.mark.usefixtures("with_weights")
async def test_the_same_bytes_are_heard_once(studio: Studio, beat: Path, home: Path) -> None:
    heard = await studio.pipeline.listener.listen(beat)
    (home / "weights").unlink()
    copy = beat.with_name("another name.wav")
    await asyncio.to_thread(shutil.copy, beat, copy)
    assert await studio.pipeline.listener.listen(copy) == heard


@pytest.mark.usefixtures("with_weights")
async def test_what_another_ear_heard_is_heard_anew(studio: Studio, beat: Path) -> None:
    heard = await studio.pipeline.listener.listen(beat)
    await studio.drafts.listenings.keep(replace(heard, version=VERSION - 1, tempo=1.0))
    assert await studio.pipeline.listener.listen(beat) == heard
    assert await studio.drafts.listenings.find(heard.sha256) == heard


@pytest.mark.usefixtures("with_weights")
async def test_listening_needs_no_database(home: Path, beat: Path) -> None:
    (home / "atl.sqlite3").mkdir()
    async with open_studio(load_settings()) as studio:
        assert (await studio.pipeline.listener.listen(beat)).duration == pytest.approx(6, abs=0.1)


@pytest.mark.usefixtures("with_weights")
async def test_the_loop_is_free_while_a_beat_is_heard(studio: Studio, beat: Path) -> None:
    told: list[Progress] = []
    listening = asyncio.create_task(studio.pipeline.listener.listen(beat, told.append))
    turns = 0
    while not listening.done():
        turns += 1
        await asyncio.sleep(0)
    assert (await listening).bars > 0
    assert turns > 100
    assert [progress.stage for progress in told] == ["listen"] * len(told)
    assert len(told) >= 2


async def test_an_unknown_captioner_is_refused_before_anything_is_heard(
    studio: Studio, beat: Path
) -> None:
    request = Write(str(beat), Wish.parse())
    with pytest.raises(BriefError, match="no captioner parrot"):
        await studio.pipeline.run(request, owner=LOCAL, captioner="parrot")


async def test_a_title_set_while_a_line_is_replaced_stays(studio: Studio, draft: Draft) -> None:
    await studio.drafts.title(draft.id, LOCAL, "Set meanwhile")
    after = await studio.pipeline.edit(Replace(1, "mine"), draft, owner=LOCAL)
    assert (after.title, after.lines[0].text) == ("Set meanwhile", "mine")
    assert (await studio.drafts.get(draft.id, LOCAL)).title == "Set meanwhile"
