"""Metrics on lines small enough to check by hand, and on the reference values of their papers."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atl_core.lyrics.metrics import ANY_RHYME, rhymes_kept, syllables_kept
from training.metrics import (
    PERFECT,
    broken_words,
    compression,
    distinct,
    ends_weakly,
    grams,
    is_unfinished,
    names_a_section,
    opens_with,
    repeated_lines,
    rhyme_density,
    rhyme_density_lift,
    rhyme_rate,
    seeds_used,
    self_bleu,
)

VERSE = [
    "I been waiting by the water for a light",
    "Got a letter in my pocket from the night",
    "There's a river running underneath the town",
    "And it never let me up, it let me down",
]


def test_a_kept_scheme() -> None:
    assert rhymes_kept(VERSE, "AABB") == 1.0


def test_a_broken_scheme() -> None:
    assert rhymes_kept(VERSE, "ABAB") == 0.0
    assert rhymes_kept(VERSE, "AAAA") == pytest.approx(2 / 6)


def test_a_line_that_ends_like_its_partner_does_not_rhyme() -> None:
    assert rhymes_kept(["the light", "a light"], "AA") == 0.0
    assert rhymes_kept(["take your time", "you are mine"], "AA") == 1.0
    assert rhymes_kept(["take your time", "you are mine"], "AA", PERFECT) == 0.0


def test_nothing_asked_is_nothing_broken() -> None:
    assert rhymes_kept([], "") == rhymes_kept(VERSE, "XXXX") == rhymes_kept(VERSE, "ABCD") == 1.0


def test_syllables_within_a_tolerance() -> None:
    assert syllables_kept(["one two three", "one two three four five"], [3, 3]) == 0.5
    assert syllables_kept(["one two three", "one two three four five"], [4, 4], tolerance=1) == 1.0
    assert syllables_kept(["one two three"], [4], tolerance=0) == 0.0


def test_how_often_lines_rhyme() -> None:
    assert rhyme_rate(VERSE) == pytest.approx(2 / 3)
    assert rhyme_rate(["a night", "the road", "my light"], within=1) == 0.0
    assert rhyme_rate(["a night", "the road", "my light"], within=3) == 0.5
    assert rhyme_rate(["my time", "is mine"], kinds=ANY_RHYME) == 1.0


def test_rhyme_density_counts_vowels_backwards() -> None:
    # "mellow yellow": EH OW against EH OW, two vowels, for one word of two.
    assert rhyme_density(["mellow yellow"]) == 1.0
    # The same word again is no rhyme, one shared vowel is none either.
    assert rhyme_density(["mellow mellow"]) == 0.0
    assert rhyme_density(["night light"]) == 0.0
    # Across words: "big ship" against "thick grip".
    assert rhyme_density(["big ship", "thick grip"]) == pytest.approx(2 / 4)
    assert rhyme_density(["mellow yellow", "mellow yellow", "(mellow) mellow yellow"]) == 1.0


def test_internal_rhyme_stands_out_from_its_shuffles() -> None:
    rhymed = [
        "the lyrical miracle spiritual individual",
        "an analytical political cynical criminal",
        "plain stone under cold iron and rain falls on every old road",
    ]
    assert rhyme_density_lift(rhymed) > 0.09


def test_distinct_at_a_fixed_length() -> None:
    assert distinct(["a b a b"], 1, tokens=4) == 0.5
    assert distinct(["a b a b"], 2, tokens=4) == pytest.approx(2 / 3)
    assert distinct(["a b a b", "c d e f"], 1, tokens=4) == 0.75
    with pytest.raises(ValueError, match="taken of 4"):
        distinct(["a b a b"], 1)


def test_self_bleu_of_equal_and_of_different_texts() -> None:
    assert self_bleu([VERSE, VERSE]) == pytest.approx(1.0)
    assert self_bleu([["one two three four five"], ["six seven eight nine ten"]]) < 0.1
    with pytest.raises(ValueError, match="two"):
        self_bleu([VERSE])


def _bleu_by_the_book(text: list[str], others: list[list[str]]) -> float:
    logs = 0.0
    for n in range(1, 5):
        found = grams(text, n)
        matched = sum(
            min(found.count(g), max(grams(o, n).count(g) for o in others)) for g in set(found)
        )
        logs += math.log((matched or 0.1) / max(1, len(found))) / 4
    closest = min((len(o) for o in others), key=lambda size: (abs(size - len(text)), size))
    return math.exp(logs + min(0.0, 1 - closest / len(text)))


@settings(max_examples=60)
@given(st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=12), min_size=2, max_size=5))
def test_self_bleu_is_what_the_definition_says(texts: list[list[str]]) -> None:
    expected = [_bleu_by_the_book(text, texts[:i] + texts[i + 1 :]) for i, text in enumerate(texts)]
    found = self_bleu([[" ".join(text)] for text in texts])
    assert found == pytest.approx(sum(expected) / len(expected))


def test_repetition() -> None:
    assert repeated_lines(["Hey now", "hey, now!", "go home", ""]) == pytest.approx(1 / 3)
    assert repeated_lines([]) == 0.0
    assert compression(["la la la"] * 20) > 3 * compression(VERSE)
    assert compression([]) == 0.0


def test_seed_words() -> None:
    lines = ["Midnight train, I'm waiting", "For the rain"]
    assert seeds_used(lines, ["midnight", "train"]) == 1.0
    assert seeds_used(lines, ["midnight", "whiskey"]) == 0.5
    assert opens_with(lines, ["midnight", "train"])
    assert not opens_with(lines, ["train"])
    assert opens_with(lines, [])
    assert not opens_with([], [])


@pytest.mark.parametrize(
    ("line", "unfinished"),
    [
        ("I was walking with the", True),
        ("and then I'm", True),
        ("I was walking with you", False),
        ("what are you waiting for", False),
        ("", False),
    ],
)
def test_lines_that_break_off(line: str, unfinished: bool) -> None:
    assert is_unfinished(line) == unfinished


def test_faults() -> None:
    assert ends_weakly("I can't tell you what it")
    assert not ends_weakly("down a dirty road")
    assert names_a_section("Outro")
    assert names_a_section("back to the outro again")
    assert not names_a_section("burning every letter")
    assert broken_words("we ridin' on a blorptastic train") == ["blorptastic"]


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_text_has_figures_between_its_bounds(lines: list[str]) -> None:
    letters = list(itertools.islice(itertools.cycle("ABX"), len(lines)))
    for share in (
        rhymes_kept(lines, letters),
        syllables_kept(lines, [8] * len(lines)),
        rhyme_rate(lines),
        repeated_lines(lines),
        seeds_used(lines, ["love"]),
    ):
        assert 0.0 <= share <= 1.0
    assert rhyme_density(lines) >= 0.0
    assert compression(lines) >= 0.0
