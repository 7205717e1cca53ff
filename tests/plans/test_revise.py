"""Revising: what is asked for changes, everything else stays byte for byte."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.captioner.protocol import Task
from atl_core.drafts.draft import Draft, Section
from atl_core.edits.brief import SetBrief
from atl_core.edits.line_ranges import Lines, Manner, Part, Whole
from atl_core.edits.lines import Delete, Insert, Lock, Replace, Swap, Unlock
from atl_core.edits.request import LineEdit, Request
from atl_core.edits.rhymes import MoreRhymes, RhymeWith
from atl_core.edits.sections import AddSection
from atl_core.edits.words import UseWords
from atl_core.edits.writing import Continue, Rewrite
from atl_core.errors import BriefError, DraftError
from atl_core.lyrics.brief import Line
from atl_core.lyrics.form import Slot
from atl_core.lyrics.song_form import SECTION_KINDS
from atl_core.lyrics.text import words
from atl_core.plans.plan import Plan
from atl_core.plans.revise import another_take, plan_for
from tests.songs import SECONDS_A_BAR, SONG, a_draft


def blanks(plan: Plan) -> list[int]:
    """Numbers of the lines that are to be written."""
    return [number for number, line in enumerate(plan.lines, 1) if isinstance(line, Slot)]


def slots(plan: Plan) -> list[Slot]:
    return [line for line in plan.lines if isinstance(line, Slot)]


def texts(draft: Draft) -> list[str]:
    return [line.text for line in draft.lines]


def locked(draft: Draft, *numbers: int) -> Draft:
    return Lock(Lines(numbers)).apply(draft)


def test_continue_adds_below_and_keeps_all_above() -> None:
    plan = plan_for(Continue(2), a_draft())
    assert blanks(plan) == [7, 8]
    assert plan.lines[:6] == a_draft().lines
    assert [slot.rhyme for slot in slots(plan)] == ["D", "D"]
    assert plan.sections == (Section("verse 1", 4), Section("hook", 4))
    assert plan.brief.lines == 8


def test_a_half_written_stanza_is_completed() -> None:
    draft = Delete(Lines((6,))).apply(a_draft())
    assert [slot.rhyme for slot in slots(plan_for(Continue(1), draft))] == ["C"]


def test_a_hook_gets_a_name_and_rhymes_of_its_own() -> None:
    plan = plan_for(AddSection("bridge"), a_draft())
    assert plan.sections[-1] == Section("bridge", 4)
    assert not {slot.rhyme for slot in slots(plan)} & set("ABC")


def test_a_second_hook_is_as_long_as_the_first() -> None:
    plan = plan_for(AddSection("hook"), a_draft())
    assert plan.sections[-1] == Section("hook 2", 2)


def test_an_intro_comes_first_and_moves_the_rest_along() -> None:
    plan = plan_for(AddSection("intro", 2), a_draft())
    assert blanks(plan) == [1, 2]
    assert plan.sections[0] == Section("intro", 2)
    moved = plan.lines[2]
    assert isinstance(moved, Line)
    assert (moved.text, moved.bar, moved.start) == (SONG[0], 2, 2 * SECONDS_A_BAR)


def test_one_line_is_rewritten_in_its_own_place() -> None:
    plan = plan_for(Rewrite(Lines((3,))), a_draft())
    (slot,) = slots(plan)
    before = a_draft().lines[2]
    assert blanks(plan) == [3]
    assert (slot.rhyme, slot.target, slot.bar, slot.start) == ("B", 10, 2, before.start)
    assert plan.avoid == (SONG[2],)


def test_a_section_is_rewritten_by_its_name() -> None:
    assert blanks(plan_for(Rewrite(Part("hook")), a_draft())) == [5, 6]


def test_locked_lines_are_left_out_of_a_rewrite() -> None:
    draft = locked(a_draft(), 1, 4)
    plan = plan_for(Rewrite(Whole()), draft)
    assert blanks(plan) == [2, 3, 5, 6]
    assert (plan.lines[0], plan.lines[3]) == (draft.lines[0], draft.lines[3])


def test_what_is_all_locked_cannot_be_rewritten() -> None:
    with pytest.raises(DraftError, match="locked"):
        plan_for(Rewrite(Lines((1, 2))), locked(a_draft(), 1, 2))


def test_a_sadder_line_leaves_the_brief_alone_and_a_sadder_song_does_not() -> None:
    sadder = Manner(mood="sad")
    line = plan_for(Rewrite(Lines((2,)), sadder), a_draft())
    song = plan_for(Rewrite(Whole(), sadder), a_draft())
    assert (line.steer.mood, line.brief.mood) == ("sad", "dark")
    assert (song.steer.mood, song.brief.mood) == ("sad", "sad")


def test_a_sadder_line_is_still_about_what_it_was_about() -> None:
    draft = a_draft()
    slot = plan_for(Rewrite(Lines((2,)), Manner(mood="sad")), draft)
    tasks: list[Task] = []

    class Asked:
        name = "asked"

        def write(self, task: Task) -> Iterator[str]:
            tasks.append(task)
            return iter(["A sad line"] * len(task.slots))

        def options(self, task: Task, count: int) -> tuple[str, ...]:
            raise AssertionError(task, count)

    slot.filled(Asked(), lambda _: None, threading.Event())
    assert tasks[0].turn == "sad"
    assert set(tasks[0].about) <= set(words(draft.lines[1].text.lower()))
    assert tasks[0].about
    # A whole song turns with its own subject.
    song = plan_for(Rewrite(Whole(), Manner(mood="sad")), draft)
    song.filled(Asked(), lambda _: None, threading.Event())
    assert (tasks[1].turn, tasks[1].about) == ("sad", ())


def test_shorter_means_fewer_syllables() -> None:
    (slot,) = slots(plan_for(Rewrite(Lines((1,)), Manner(length="shorter")), a_draft()))
    assert slot.target < 10


def test_asking_twice_writes_two_different_things() -> None:
    first = plan_for(Rewrite(Lines((1,))), a_draft())
    second = plan_for(Rewrite(Lines((1,))), replace(a_draft(), revision=2, revisions=2))
    assert first.steer.random_seed != second.steer.random_seed


def test_a_line_may_be_asked_to_rhyme_with_a_word() -> None:
    plan = plan_for(RhymeWith(2, word="fire"), a_draft())
    (slot,) = slots(plan)
    assert plan.rhymes_with == (("fire", slot.rhyme),)
    assert slot.rhyme not in {line.rhyme for line in a_draft().lines}


def test_a_line_may_be_asked_to_rhyme_with_another() -> None:
    plan = plan_for(RhymeWith(2, other=5), a_draft())
    assert [slot.rhyme for slot in slots(plan)] == ["C"]


def test_words_that_must_be_used_are_asked_for() -> None:
    plan = plan_for(UseWords("river", 4), a_draft())
    assert plan.must_use == ("river",)
    assert plan.steer.seed_words == ("river",)
    assert plan.brief.seed_words == ("midnight", "train")


def test_another_take_writes_what_was_written_last() -> None:
    before = a_draft()
    after = replace(
        before, revision=2, lines=(*before.lines[:5], replace(before.lines[5], text="anew"))
    )
    assert blanks(another_take(after, before)) == [6]
    assert blanks(another_take(before, None)) == [1, 2, 3, 4, 5, 6]


def test_the_writers_own_words_are_kept_as_they_were_typed() -> None:
    after = Replace(5, "  Héy, Hold ON!! ").apply(a_draft())
    assert texts(after) == [*SONG[:4], "  Héy, Hold ON!! ", SONG[5]]
    assert after.lines[4].syllables == 3


def test_a_line_of_ones_own_goes_between_two_others() -> None:
    after = Insert(2, "my own line").apply(a_draft())
    assert texts(after) == [*SONG[:2], "my own line", *SONG[2:]]
    assert after.lines[2].rhyme == "X"
    assert after.sections == (Section("verse 1", 5), Section("hook", 2))


def test_a_tempo_that_is_set_moves_the_bars_and_they_stay_moved() -> None:
    draft = a_draft()
    slower = SetBrief(tempo=80.0).apply(draft)
    assert [line.start for line in slower.lines] == [index * 3.0 for index in range(6)]
    assert [line.end for line in slower.lines] == [index * 3.0 for index in range(1, 7)]
    assert texts(slower) == texts(draft)
    swapped = Swap(1, 2).apply(slower)
    assert [line.start for line in swapped.lines] == [line.start for line in slower.lines]


def test_syllables_follow_a_new_tempo_unless_the_writer_set_them() -> None:
    by_tempo = replace(a_draft().brief, syllables=11)
    assert SetBrief(tempo=70.0).apply(a_draft(brief=by_tempo)).brief.syllables == 13
    assert SetBrief(tempo=70.0).apply(a_draft()).brief.syllables == 10


def test_no_more_lines_are_none() -> None:
    with pytest.raises(DraftError, match="no line"):
        plan_for(Continue(0), a_draft())


def test_lines_are_swapped_with_their_rhymes_and_without_their_places() -> None:
    after = Swap(2, 3).apply(a_draft())
    assert texts(after)[1:3] == [SONG[2], SONG[1]]
    assert [line.rhyme for line in after.lines] == list("ABABCC")
    assert [line.bar for line in after.lines] == list(range(6))


def test_a_deleted_section_leaves_no_empty_name() -> None:
    after = Delete(Part("hook")).apply(a_draft())
    assert texts(after) == list(SONG[:4])
    assert after.sections == (Section("verse 1", 4),)


@pytest.mark.parametrize(
    "request_",
    [
        Replace(1, "mine"),
        Delete(Lines((1, 2))),
        Swap(1, 3),
        RhymeWith(1, word="fire"),
        UseWords("river", 1),
    ],
    ids=lambda request: request.describe(),
)
def test_a_locked_line_refuses(request_: Request) -> None:
    draft = locked(a_draft(), 1)
    with pytest.raises(DraftError, match=r"Line 1 is locked.*unlock line 1"):
        request_.apply(draft) if isinstance(request_, LineEdit) else plan_for(request_, draft)


@pytest.mark.parametrize(
    "request_",
    [
        Replace(7, "mine"),
        Swap(1, 9),
        Delete(Lines((0,))),
        Insert(8, "mine"),
    ],
    ids=lambda request: request.describe(),
)
def test_a_line_that_is_not_there(request_: LineEdit) -> None:
    with pytest.raises(DraftError, match="no line"):
        request_.apply(a_draft())


def test_a_draft_keeps_one_line_and_has_a_longest_length() -> None:
    with pytest.raises(DraftError, match="at least one line"):
        Delete(Lines(tuple(range(1, 7)))).apply(a_draft())
    with pytest.raises(BriefError, match="1006 lines"):
        plan_for(Continue(1000), a_draft())


numbers = st.integers(1, 6)
edits = st.one_of(
    st.builds(Replace, numbers, st.sampled_from(["mine", "yours again"])),
    st.builds(Insert, st.integers(0, 6), st.just("between")),
    st.builds(lambda n: Delete(Lines((n,))), numbers),
    st.builds(Swap, numbers, numbers),
    st.builds(lambda n: Unlock(Lines((n,))), numbers),
)
written = st.one_of(
    st.builds(Continue, st.integers(1, 9)),
    st.builds(AddSection, st.sampled_from(SECTION_KINDS), st.integers(1, 5)),
    st.builds(lambda n: Rewrite(Lines((n,))), numbers),
    st.just(Rewrite(Whole())),
    st.builds(Insert, st.integers(0, 6)),
    st.builds(RhymeWith, numbers, st.just("fire")),
    st.builds(lambda a, b: RhymeWith(a, other=b), numbers, numbers),
)


@given(st.lists(edits, max_size=6), written, st.sets(numbers, max_size=4))
def test_sections_cover_and_bars_rise_and_locks_hold(
    asked: list[LineEdit], last: Request, kept: set[int]
) -> None:
    draft = a_draft()
    for request in asked:
        try:
            draft = request.apply(draft)
        except DraftError:
            continue
    for number in kept:
        if number <= len(draft.lines):
            draft = locked(draft, number)
    try:
        plan = plan_for(last, draft)
    except DraftError:
        return
    assert sum(section.lines for section in plan.sections) == len(plan.lines)
    assert all(a.bar < b.bar and a.start < b.start for a, b in pairwise(plan.lines))
    before = [line.text for line in draft.lines if line.locked]
    after = [line.text for line in plan.lines if isinstance(line, Line) and line.locked]
    assert before == after
    assert plan.wanted > 0


def test_lines_are_asked_to_rhyme_inside() -> None:
    plan = plan_for(MoreRhymes(Lines((3, 4)), "multisyllabic"), a_draft())
    assert blanks(plan) == [3, 4]
    assert plan.rhyming == "multisyllabic"
    task = plan._task(plan.steer, 2, 4, plan.lines)
    assert task.rhyming == "multisyllabic"
