"""What a writer may count on: everything is kept, nothing is overwritten, nobody else looks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from atl_core.drafts.draft import Draft, Section, StaleDraftError
from atl_core.drafts.store import DraftStore
from atl_core.errors import DraftError
from tests.drafts.examples import (
    Clock,
    draft_values,
    make_brief,
    make_lines,
    make_listening,
    make_verdict,
)


async def shortened(store: DraftStore, draft: Draft, count: int) -> Draft:
    return await store.revise(
        draft.id, "ann", based_on=draft.revision, asked="shorter", lines=draft.lines[:count]
    )


async def test_what_is_saved_comes_back_the_same(store: DraftStore) -> None:
    saved = await store.create("ann", **draft_values())
    assert await store.get(saved.id, "ann") == saved
    assert saved.title == "Midnight train"
    assert saved.sections == (Section("verse 1", 4),)


async def test_text_in_any_script_survives(store: DraftStore) -> None:
    texts = (
        "Ночной поезд 🚂",
        "夜行列車が走る",
        'l\'été — "naïve"',
        "half a pair \ud83d, a nul \0",
    )
    saved = await store.create("ann", **draft_values(lines=make_lines(texts), title="Été 🚂"))
    again = await store.get(saved.id, "ann")
    assert tuple(line.text for line in again.lines) == texts
    assert again.title == "Été 🚂"


async def test_an_id_is_understood_as_people_type_it(store: DraftStore) -> None:
    saved = await store.create("ann", **draft_values())
    typed = saved.id.upper().replace("0", "o").replace("1", "L")
    assert (await store.get(f" #{typed[:3]}-{typed[3:]} ", "ann")).id == saved.id
    for wrong in ("", "k7", "k7m2q!", "k7m2qdd"):
        with pytest.raises(DraftError):
            await store.get(wrong, "ann")


async def test_a_revision_is_added_and_the_one_before_stays(store: DraftStore) -> None:
    first = await store.create("ann", **draft_values())
    second = await shortened(store, first, 2)
    assert (second.revision, second.parent, len(second.lines)) == (2, 1, 2)
    assert second.verdict == first.verdict
    assert await store.get(first.id, "ann") == second
    old = await store.get(first.id, "ann", revision=1)
    assert old.lines == first.lines
    assert (await store.compare(first.id, "ann", 1, 2)) == (old, second)


async def test_undo_and_redo_walk_the_branch(store: DraftStore) -> None:
    draft = await store.create("ann", **draft_values())
    for count in (3, 2):
        draft = await shortened(store, draft, count)
    assert (await store.undo(draft.id, "ann")).revision == 2
    assert (await store.undo(draft.id, "ann")).revision == 1
    with pytest.raises(DraftError, match="first version"):
        await store.undo(draft.id, "ann")
    assert (await store.redo(draft.id, "ann")).revision == 2
    assert (await store.redo(draft.id, "ann")).revision == 3
    with pytest.raises(DraftError, match="newest version"):
        await store.redo(draft.id, "ann")


async def test_several_steps_are_taken_all_or_none(store: DraftStore) -> None:
    draft = await store.create("ann", **draft_values())
    for count in (3, 2, 1):
        draft = await shortened(store, draft, count)
    assert (await store.undo(draft.id, "ann", 2)).revision == 2
    with pytest.raises(DraftError, match=r"There is only 1 step to go that way, not 5\."):
        await store.undo(draft.id, "ann", 5)
    assert (await store.get(draft.id, "ann")).revision == 2
    with pytest.raises(DraftError, match=r"There are only 2 steps to go that way, not 3\."):
        await store.redo(draft.id, "ann", 3)
    assert (await store.redo(draft.id, "ann", 2)).revision == 4


async def test_a_change_after_undo_starts_a_branch_and_loses_nothing(store: DraftStore) -> None:
    first = await store.create("ann", **draft_values())
    await shortened(store, first, 3)
    await store.undo(first.id, "ann")
    branch = await shortened(store, first, 1)
    assert (branch.revision, branch.parent) == (3, 1)
    assert [change.parent for change in await store.history(first.id, "ann")] == [None, 1, 1]
    assert len((await store.go_back(first.id, "ann", 2)).lines) == 3
    assert (await store.undo(first.id, "ann")).revision == 1
    assert (await store.redo(first.id, "ann")).revision == 2
    with pytest.raises(DraftError, match="versions 1 to 3"):
        await store.go_back(first.id, "ann", 4)
    with pytest.raises(DraftError, match="versions 1 to 3"):
        await store.get(first.id, "ann", revision=9)


async def test_a_change_made_from_an_old_version_is_refused(store: DraftStore) -> None:
    first = await store.create("ann", **draft_values())
    await shortened(store, first, 3)
    with pytest.raises(StaleDraftError, match="version 2 now"):
        await shortened(store, first, 2)
    assert (await store.get(first.id, "ann")).revisions == 2


async def test_of_two_rewrites_at_once_one_is_saved_and_one_refused(store: DraftStore) -> None:
    first = await store.create("ann", **draft_values())
    results = await asyncio.gather(
        *(shortened(store, first, count) for count in (1, 2)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Draft", "StaleDraftError"]


async def test_a_replayed_job_writes_once(store: DraftStore) -> None:
    values = draft_values(job_id="job-1")
    first, again = await asyncio.gather(*(store.create("ann", **values) for _ in range(2)))
    assert first == again == await store.written_by("job-1")
    assert (await store.list("ann")).total == 1

    for _ in range(2):
        revised = await store.revise(
            first.id, "ann", based_on=1, asked="a", lines=first.lines[:2], job_id="job-2"
        )
        assert revised.revision == 2
    assert await store.written_by("job-3") is None


async def test_a_draft_is_the_owners_alone(store: DraftStore) -> None:
    draft = await store.create("ann", **draft_values())
    for refused in (
        store.get(draft.id, "bob"),
        store.get(draft.id, "bob", channel="channel:1"),
        store.history(draft.id, "bob"),
        store.undo(draft.id, "bob"),
        store.title(draft.id, "bob", "mine"),
        store.duplicate(draft.id, "bob"),
        store.delete(draft.id, "bob"),
        store.shares.add(draft.id, "bob", "bob"),
        store.revise(draft.id, "bob", based_on=1, asked="", lines=()),
    ):
        with pytest.raises(DraftError, match=f"no draft {draft.id}"):
            await refused
    assert (await store.list("bob")).total == (await store.search("bob", "train")).total == 0


async def test_sharing_opens_a_draft_for_a_channel_and_collaborating_for_a_hand(
    store: DraftStore,
) -> None:
    draft = await store.create("ann", **draft_values())
    await store.shares.add(draft.id, "ann", "channel:1")
    assert (await store.get(draft.id, "bob", channel="channel:1")).id == draft.id
    with pytest.raises(DraftError):
        await store.get(draft.id, "bob", channel="channel:2")
    with pytest.raises(DraftError):
        await store.undo(draft.id, "bob")

    await store.shares.add(draft.id, "ann", "bob", edits=True)
    await store.revise(draft.id, "bob", based_on=1, asked="cut", lines=draft.lines[:1])
    assert [change.author for change in await store.history(draft.id, "ann")] == ["ann", "bob"]
    assert (await store.list("bob")).total == 1
    assert await store.shares.of(draft.id, "ann") == {"channel:1": False, "bob": True}
    with pytest.raises(DraftError):
        await store.delete(draft.id, "bob")

    await store.shares.remove(draft.id, "ann", "bob")
    with pytest.raises(DraftError):
        await store.get(draft.id, "bob")


async def test_a_deleted_draft_comes_back_for_a_day(store: DraftStore, clock: Clock) -> None:
    draft = await store.create("ann", **draft_values())
    await store.delete(draft.id, "ann")
    with pytest.raises(DraftError):
        await store.get(draft.id, "ann")
    assert (await store.list("ann")).total == 0
    assert (await store.list("ann", deleted=True)).items[0].id == draft.id

    clock.now += timedelta(hours=23)
    assert await store.restore(draft.id, "ann") == draft
    await store.delete(draft.id, "ann")
    clock.now += timedelta(hours=25)
    with pytest.raises(DraftError, match="no deleted draft"):
        await store.restore(draft.id, "ann")
    assert (await store.list("ann", deleted=True)).total == 0


async def test_what_was_deleted_long_ago_goes_for_good(store: DraftStore, clock: Clock) -> None:
    old = await store.create("ann", **draft_values())
    new = await store.create("ann", **draft_values())
    await store.delete(old.id, "ann")
    clock.now += timedelta(hours=25)
    await store.delete(new.id, "ann")
    assert [item.id for item in (await store.list("ann", deleted=True)).items] == [new.id]
    assert [draft["id"] for draft in (await store.writers.my_data("ann"))["drafts"]] == [new.id]
    assert await store.purge() == 0


async def test_titles_tags_and_search(store: DraftStore) -> None:
    draft = await store.create("ann", **draft_values())
    other = await store.create("ann", **draft_values(brief=make_brief("100%", "Straße")))
    await store.title(draft.id, "ann", "  Last   train\nhome ")
    tagged = await store.tag(draft.id, "ann", "#Demo", "work in progress")
    assert (tagged.title, tagged.tags) == ("Last train home", ("demo", "work-in-progress"))
    assert tagged.revision == 1
    for words, ids in {
        "last TRAIN": {draft.id},
        "pocket dream": {draft.id, other.id},
        "strasse": {other.id},
        "0%": {other.id},
        "_": set(),
        "#demo": {draft.id},
        "nowhere": set(),
    }.items():
        assert {item.id for item in (await store.search("ann", words)).items} == ids, words
    assert [item.id for item in (await store.search("ann", "#demo")).items] == [draft.id]
    assert (await store.tag(draft.id, "ann", "demo", remove=True)).tags == ("work-in-progress",)
    for title in ("", " \n", "x" * 101):
        with pytest.raises(DraftError):
            await store.title(draft.id, "ann", title)


async def test_search_sees_what_undo_shows(store: DraftStore) -> None:
    draft = await store.create("ann", **draft_values())
    await shortened(store, draft, 1)
    assert (await store.search("ann", "pocket")).total == 0
    await store.undo(draft.id, "ann")
    assert (await store.search("ann", "pocket")).total == 1


async def test_lists_come_in_pages_latest_first(store: DraftStore, clock: Clock) -> None:
    ids = []
    for _ in range(7):
        clock.now += timedelta(minutes=1)
        ids.append((await store.create("ann", **draft_values())).id)
    page = await store.list("ann", page=2, per_page=3)
    assert [item.id for item in page.items] == ids[::-1][3:6]
    assert (page.page, page.pages, page.total) == (2, 3, 7)
    assert page.items[0].opening == make_lines()[0].text
    assert (await store.list("ann", page=99, per_page=3)).page == 3
    assert (await store.list("nobody")).pages == 1


async def test_a_duplicate_goes_its_own_way(store: DraftStore) -> None:
    draft = await store.create("ann", **draft_values())
    draft = await shortened(store, draft, 2)
    copy = await store.duplicate(draft.id, "ann", title="Copy")
    assert (copy.revision, copy.lines, copy.title) == (1, draft.lines, "Copy")
    await store.revise(copy.id, "ann", based_on=1, asked="", lines=())
    assert (await store.get(draft.id, "ann")).lines == draft.lines


async def test_a_beat_is_remembered_by_its_bytes(store: DraftStore) -> None:
    listening = make_listening("a" * 64)
    assert await store.listenings.find("a" * 64) is None
    await store.listenings.keep(listening)
    await store.listenings.keep(replace(listening, tempo=1.0))
    assert await store.listenings.find("a" * 64) == listening


async def test_my_data_has_the_listening_of_every_beat_of_a_draft(store: DraftStore) -> None:
    draft = await store.create("ann", **draft_values())
    other = make_listening("c" * 64)
    await store.revise(
        draft.id, "ann", based_on=1, asked="a beat", lines=draft.lines, listening=other
    )
    (kept,) = (await store.writers.my_data("ann"))["drafts"]
    first, second = kept["versions"]
    assert kept["listening"]["sha256"] == "0" * 64
    assert "listening" not in first
    assert second["listening"]["sha256"] == "c" * 64


async def test_forget_me_removes_a_person_and_nobody_else(store: DraftStore, clock: Clock) -> None:
    mine = await store.create("ann", **draft_values(title="secret title"))
    clock.now += timedelta(hours=1)
    theirs = await store.create("bob", **draft_values(listening=make_listening("b" * 64)))
    await store.shares.add(theirs.id, "bob", "ann", edits=True)
    await store.revise(theirs.id, "ann", based_on=1, asked="cut", lines=theirs.lines[:3])
    deleted = await store.create("ann", **draft_values())
    await store.delete(deleted.id, "ann")

    before = await store.writers.my_data("ann")
    assert [draft["title"] for draft in before["drafts"]] == ["secret title", "Midnight train"]
    assert before["drafts"][0]["versions"][0]["lines"][0]["text"] == mine.lines[0].text
    assert len(before["changes_to_drafts_of_others"]) == 1

    gone = await store.writers.forget_me("ann")
    assert (gone.drafts, gone.revisions, gone.beats, gone.shares, gone.contributions) == (
        2,
        2,
        1,
        1,
        1,
    )
    assert gone.describe() == (
        "Removed: 2 drafts, 2 versions, 1 beat that was listened to, 1 share with you. "
        "Your name was taken off 1 change to the drafts of others."
    )
    after = await store.writers.my_data("ann")
    assert not any(after[kind] for kind in after if kind != "person")
    assert [change.author for change in await store.history(theirs.id, "bob")] == ["bob", None]
    assert await store.listenings.find("b" * 64) is not None
    assert (await store.writers.forget_me("ann")).describe() == "Nothing of yours was stored."

    engine = await store.database.engine()
    path = engine.url.database
    if engine.dialect.name != "sqlite" or path is None:
        return
    for suffix in ("", "-wal"):
        stored = await asyncio.to_thread(Path(path + suffix).read_bytes)
        assert b"secret title" not in stored


async def test_a_revision_counts_new_lines_to_the_last_section(store: DraftStore) -> None:
    sections = (Section("verse 1", 2), Section("hook", 2))
    draft = await store.create("ann", **draft_values(sections=sections))
    longer = await store.revise(
        draft.id,
        "ann",
        based_on=1,
        asked="continue",
        lines=(*draft.lines, *make_lines()[:1]),
        verdict=make_verdict(),
    )
    assert longer.sections == (Section("verse 1", 2), Section("hook", 3))
    assert (await shortened(store, longer, 1)).sections == (Section("verse 1", 1),)
