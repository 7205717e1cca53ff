"""Whole songs: a form is written section by section; sections are repeated, moved, reshaped."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from atl_core.drafts.draft import Draft
from atl_core.drafts.export import export
from atl_core.drafts.names import LOCAL
from atl_core.edits.export import EXPORT_FORMATS
from atl_core.edits.line_ranges import Lines, Part
from atl_core.edits.lines import Lock
from atl_core.edits.sections import ShapeSection
from atl_core.edits.wish import Wish
from atl_core.edits.writing import Rewrite, Write
from atl_core.errors import BriefError, DraftError
from atl_core.lyrics.song_form import FormPart, describe_form, parse_form
from atl_core.plans.revise import plan_for
from atl_core.plans.song import plan_form
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from bot.terminal.arguments import split_options
from tests.conversation import Conversation
from tests.songs import a_draft, heard

SONG = "verse of 4 lines, hook, verse, hook, bridge, hook"


@pytest.fixture
async def desk() -> AsyncIterator[Conversation]:
    async with open_studio(load_settings()) as studio:
        yield Conversation(studio)


async def a_song(desk: Conversation) -> Draft:
    wish = Wish.parse(seed_words="midnight train", form=SONG)
    return await desk.change(Write("beat.mp3", wish))


def names(draft: Draft) -> list[str]:
    return [section.name for section in draft.sections]


def texts(draft: Draft, *sections: str) -> list[list[str]]:
    """The lines of sections by their names."""
    return [[draft.lines[n - 1].text for n in Part(name).of(draft)] for name in sections]


async def test_a_song_is_written_section_by_section(desk: Conversation) -> None:
    draft = await a_song(desk)
    assert names(draft) == ["verse 1", "hook", "verse 2", "hook", "bridge", "hook"]
    assert [len(task.slots) for task in desk.writer.tasks] == [4, 4, 4, 4], "a hook is written once"
    told = [progress.section for progress in desk.told if progress.text and progress.section]
    assert list(dict.fromkeys(told)) == ["verse 1", "hook", "verse 2", "bridge"]
    first, second, third = texts(draft, "hook 1", "hook 2", "hook 3")
    assert first == second == third
    assert "midnight train" in first[0].lower(), "the hook has the title"
    assert draft.title == "Midnight train"


async def test_verses_have_one_shape_and_rhymes_of_their_own(desk: Conversation) -> None:
    draft = await a_song(desk)
    one, two = (
        [draft.lines[n - 1] for n in Part(name).of(draft)] for name in ("verse 1", "verse 2")
    )
    assert [line.target for line in one] == [line.target for line in two]
    assert not {line.rhyme for line in one} & {line.rhyme for line in two}
    pattern = [[[a.rhyme == b.rhyme for b in verse] for a in verse] for verse in (one, two)]
    assert pattern[0] == pattern[1]
    second = desk.writer.tasks[2]
    assert second.before == tuple(line.text for line in draft.lines[:8])


async def test_without_words_a_song_is_called_after_its_hook(desk: Conversation) -> None:
    draft = await desk.change(Write("beat.mp3", Wish.parse(form="verse, hook")))
    assert draft.lines[8].text.startswith(draft.title)


async def test_a_hook_that_is_added_has_the_title_that_was_given(desk: Conversation) -> None:
    await desk.change(Write("beat.mp3", Wish.parse(lines=4)))
    await desk.change('title it "The last way home"')
    draft = await desk.change("add a hook")
    assert draft.lines[4].text.lower().startswith("the last way home")


async def test_every_export_knows_the_form(desk: Conversation) -> None:
    draft = await a_song(desk)
    text = export(draft, "txt").decode()
    assert [row for row in text.splitlines() if row.startswith("[")] == [
        "[Verse 1]", "[Hook]", "[Verse 2]", "[Hook]", "[Bridge]", "[Hook]",
    ]  # fmt: skip
    assert export(draft, "chordpro").decode().count("{start_of_chorus") == 3
    for kind in EXPORT_FORMATS:
        assert export(draft, kind)


async def test_a_hook_that_came_back_is_rewritten_once(desk: Conversation) -> None:
    await a_song(desk)
    draft = await desk.change("rewrite the hook")
    first, second, third = texts(draft, "hook 1", "hook 2", "hook 3")
    assert first == second == third
    assert "midnight train" in first[0].lower()
    assert len(desk.writer.tasks[-1].slots) == 4


async def test_a_verse_at_hand_becomes_part_of_the_song(desk: Conversation) -> None:
    verse = await desk.change(Write("beat.mp3", Wish.parse(seed_words="midnight train", lines=4)))
    draft = await desk.change("write verse hook verse hook")
    assert names(draft) == ["verse 1", "hook", "verse 2", "hook"]
    assert draft.lines[:4] == verse.lines
    undone = await desk.studio.drafts.undo(draft.id, LOCAL)
    assert undone.lines == verse.lines


async def test_a_section_is_repeated_as_it_is_or_with_a_twist(desk: Conversation) -> None:
    await a_song(desk)
    draft = await desk.change("repeat verse 1")
    assert draft.sections[-1].name == "verse 1"
    assert [line.text for line in draft.lines[-4:]] == [line.text for line in draft.lines[:4]]
    draft = await desk.change("repeat the hook after verse 2 with a twist")
    kept = [line.text for line in draft.lines[4:8]]
    twisted = [line.text for line in draft.lines[12:16]]
    assert twisted[:3] == kept[:3]
    assert twisted[3] != kept[3]
    assert draft.lines[15].rhyme == draft.lines[7].rhyme


async def test_a_hook_that_comes_back_has_the_same_adlibs(desk: Conversation) -> None:
    before = await a_song(desk)
    draft = await desk.change("add ad-libs to the hook")
    (hooks,) = texts(draft, "hook")
    assert [hooks] != texts(before, "hook")
    assert hooks == hooks[: len(hooks) // 3] * 3
    assert draft.verdict.rhymes_kept == before.verdict.rhymes_kept


async def test_a_section_is_moved(desk: Conversation) -> None:
    await a_song(desk)
    draft = await desk.change("move the bridge up")
    assert names(draft) == ["verse 1", "hook", "verse 2", "bridge", "hook", "hook"]
    draft = await desk.change("move the bridge to the top")
    assert names(draft)[0] == "bridge"
    assert draft.lines[0].bar == 0
    with pytest.raises(DraftError, match="first already"):
        await desk.change("move the bridge up")
    draft = await desk.change("move verse 2 before verse 1")
    assert names(draft)[:3] == ["bridge", "verse 1", "verse 2"], "verses are counted in order"


async def test_a_pre_chorus_comes_before_each_hook_after_a_verse(desk: Conversation) -> None:
    await a_song(desk)
    draft = await desk.change("add a pre-chorus")
    assert names(draft) == [
        "verse 1", "pre-chorus", "hook", "verse 2", "pre-chorus", "hook", "bridge", "hook",
    ]  # fmt: skip
    first, second = texts(draft, "pre-chorus 1", "pre-chorus 2")
    assert first == second


async def test_a_section_gets_another_shape(desk: Conversation) -> None:
    await a_song(desk)
    before = desk.draft
    assert before is not None
    draft = await desk.change("make the hook 2 lines")
    assert len(draft.lines) == 24 - 6
    assert len(desk.writer.tasks) == 4, "nothing had to be written"
    draft = await desk.change("make verse 2 ABAB")
    letters = [draft.lines[n - 1].rhyme for n in Part("verse 2").of(draft)]
    assert letters[0] == letters[2] != letters[1] == letters[3]
    assert texts(draft, "verse 1") == texts(before, "verse 1")
    draft = await desk.change("make the bridge 6 lines")
    assert texts(draft, "bridge")[0][:4] == texts(before, "bridge")[0]


def test_a_mood_is_of_a_section() -> None:
    form = parse_form("verse 4 lines, hook happy")
    plan = plan_form(form, Wish().brief(heard()), heard(), "lm")
    moods = [plan._task(plan.steer, *run, plan.lines).brief.mood for run in plan._runs()]
    assert moods == ["sad", "happy"]


def test_a_locked_line_is_not_dropped_and_not_rewritten() -> None:
    draft = Lock(Lines((6,))).apply(a_draft())
    with pytest.raises(DraftError, match="locked"):
        plan_for(ShapeSection("hook", lines=1), draft)
    plan = plan_for(ShapeSection("hook", scheme="XX"), draft)
    assert plan.wanted == 1
    assert plan_for(Rewrite(Part("hook")), draft).wanted == 1


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("verse hook verse hook", "verse, hook, verse, hook"),
        ("Intro - Verse 1 - Pre-Chorus - Chorus", "intro, verse, pre-chorus, hook"),
        ("verse 1, chorus, verse 2", "verse, hook, verse"),
        ("verse 12, hook twice", "verse of 12 lines, hook, hook"),
        ("verse of 8 lines abab sad then hook couplets",
         "verse of 8 lines ABAB sad, hook AABB"),
        ("verse 6 syllables, hook, verse", "verse 6 syllables, hook, verse 6 syllables"),
    ],
)  # fmt: skip
def test_a_form_is_read(said: str, meant: str) -> None:
    form = parse_form(said)
    assert describe_form(form) == meant
    assert parse_form(meant) == form


@pytest.mark.parametrize(
    "said", ["", "8 lines", "verse banana", "verse 2", "verse " * 17, "verse of 99 lines"]
)
def test_what_is_no_form_is_refused(said: str) -> None:
    with pytest.raises(BriefError):
        parse_form(said)


def test_a_song_has_at_most_so_many_lines() -> None:
    with pytest.raises(BriefError, match="1 to 64 lines"):
        plan_form((FormPart("verse", 32),) * 3, Wish().brief(heard()), heard(), "lm")


def test_the_form_is_an_option_of_the_terminal() -> None:
    words, options = split_options('midnight train --form "verse hook verse" --lines 4')
    assert (words, options) == ("midnight train", {"form": "verse hook verse", "lines": 4})
