"""Which lines are a choice: they differ in their end, their image or their turn."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.lyrics.sameness import SAME, different, sameness

LINE = "I heard the whistle of the midnight train"


@pytest.mark.parametrize(
    "other",
    [
        LINE,
        "I heard the whistle of the morning train",
        "I heard the whistle of a midnight train",
        "You heard the whistle of the midnight train",
        "I hear a whistle of the midnight rain",
    ],
)
def test_a_word_exchanged_is_no_choice(other: str) -> None:
    assert sameness(LINE, other) >= SAME


@pytest.mark.parametrize(
    "other",
    [
        "My mama left a candle in the window",
        "And every road I know is made of rain",
        "The station clock was all that I could hear",
        "Oh, take me home before the river freezes",
        "I heard my father calling out my name",
    ],
)
def test_another_image_is_a_choice(other: str) -> None:
    assert sameness(LINE, other) < SAME


TEXTS = st.lists(st.sampled_from("train rain the my river i heard ride riding".split()), max_size=9)


@given(TEXTS, TEXTS)
def test_sameness_is_symmetric_and_between_nought_and_one(a: list[str], b: list[str]) -> None:
    one, other = " ".join(a), " ".join(b)
    assert 0 <= sameness(one, other) == sameness(other, one) <= 1
    assert sameness(one, one) == 1.0


def test_the_best_is_taken_first_and_its_likes_are_left_out() -> None:
    scores = {
        LINE: 3.0,
        "I heard the whistle of the morning train": 2.9,
        "My mama left a candle in the window": 1.0,
        "And every road I know is made of rain": 0.5,
    }
    chosen = different(scores, 3)
    assert chosen == [LINE, *list(scores)[2:]]
    assert all(sameness(a, b) < SAME for a, b in combinations(chosen, 2))


def test_what_is_shown_already_is_not_offered() -> None:
    scores = {"I heard the whistle of the morning train": 3.0, "My mama left a candle burning": 1.0}
    assert different(scores, 2, [LINE]) == ["My mama left a candle burning"]


def test_each_ends_on_a_word_of_its_own_where_there_are_such() -> None:
    scores = {
        "I left my heart in the rain": 3.0,
        "She came back with the morning rain": 2.9,
        "Nobody knows about this pain": 1.0,
    }
    assert different(scores, 2) == [next(iter(scores)), list(scores)[2]]
    assert len(different(scores, 3)) == 3, "and the others after them"


@given(
    st.dictionaries(TEXTS.map(" ".join), st.floats(-20, 20), max_size=12),
    st.integers(1, 6),
)
def test_no_two_that_are_chosen_are_the_same(scores: dict[str, float], count: int) -> None:
    chosen = different(scores, count)
    assert len(chosen) <= count
    assert all(sameness(a, b) < SAME for a, b in combinations(chosen, 2))
    if scores:
        assert chosen[:1] == [max(scores, key=lambda text: scores[text])]
