"""Perfect and slant rhyme, as an ear would have it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atl_core.lyrics.pronunciation import pronounce
from atl_core.lyrics.rhyme import (
    end_word,
    is_close,
    rhyme,
    rhyme_keys,
    rhyming_part,
    rhyming_words,
    same_word,
    suggest_rhymes,
)
from atl_core.lyrics.vocabulary import common_words


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("night", "light"),
        ("ocean", "motion"),
        ("hotline", "fine"),
        ("ridin'", "hidin'"),
        ("ridin", "slidin'"),
        ("read", "seed"),
        ("again", "rain"),
        ("again", "men"),
        ("tonight", "night"),
        ("gon'", "on"),
        ("808", "late"),
        ("killa", "vanilla"),
        ("og", "me"),
        ("l.a.", "day"),
        ("patrón", "alone"),
        ("rosé", "day"),
        ("touché", "way"),
        ("fiancée", "day"),
        ("corazón", "zone"),
        ("beyoncé", "day"),
        ("brrrt", "hurt"),
        # One vowel before R, whatever CMUdict writes.
        ("here", "near"),
        ("here", "beer"),
        ("carry", "cherry"),
        ("poor", "sure"),
        # Unstressed vowels are one.
        ("austin", "lost in"),
        ("tomorrow", "sorrow"),
        ("mic", "like"),
        ("cartier", "day"),
        ("nashville", "still"),
    ],
)
def test_perfect(a: str, b: str) -> None:
    assert rhyme(a, b) == "perfect"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("time", "mine"),
        ("world", "girl"),
        ("riding", "hidin'"),
        ("city", "really"),
        ("talk", "rock"),
        ("sure", "more"),
        ("dinner", "finna"),
        ("carolina", "finer"),
    ],
)
def test_slant(a: str, b: str) -> None:
    assert rhyme(a, b) == "slant"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("night", "day"),
        ("night", "night"),
        ("Night", "night"),
        ("night", "knight"),
        ("riding", "ridin'"),
        ("ridin", "ridin'"),
        ("orange", "door"),
        ("", "night"),
        ("...", "..."),
    ],
)
def test_no_rhyme(a: str, b: str) -> None:
    assert rhyme(a, b) is None


_COMMON = st.sampled_from(common_words()[:4000])


@settings(max_examples=200)
@given(_COMMON, _COMMON)
def test_rhyme_is_symmetric_and_never_with_oneself(a: str, b: str) -> None:
    assert rhyme(a, b) == rhyme(b, a)
    assert rhyme(a, a) is None
    if rhyme(a, b) == "perfect":
        assert rhyme_keys(a) & rhyme_keys(b)
        assert rhyme_keys(a, "slant") & rhyme_keys(b, "slant")


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_two_strings_may_be_asked(a: str, b: str) -> None:
    assert rhyme(a, b) == rhyme(b, a)


def test_keys_group_what_rhymes() -> None:
    some = common_words()[200:320]
    for a, b in itertools.combinations(some, 2):
        shared = bool(rhyme_keys(a) & rhyme_keys(b)) and not same_word(a, b)
        assert shared == (rhyme(a, b) == "perfect")


def test_rhyming_words_come_commonest_first() -> None:
    found = rhyming_words("night", 8)
    assert found[:3] == ["right", "might", "light"]
    assert all(rhyme("night", word) == "perfect" for word in found)
    slant = rhyming_words("night", 8, "slant")
    assert slant
    assert all(rhyme("night", word) == "slant" for word in slant)


def test_a_word_that_is_rarely_said_so_comes_last() -> None:
    """ "minute" is also "my-newt"."""
    found = rhyming_words("newt", 1000)
    assert "minute" in found
    assert found.index("minute") >= len(found) - 3


def test_what_a_word_rhymes_with_as_it_is_rarely_said_is_suggested_last() -> None:
    """ "my-newt" rhymes with "suit"; "minute" of a song does not."""
    found = suggest_rhymes("minute", 10)
    assert all(rhyming_part(pronounce(word)[0])[0] == "IH" for word in found)
    assert "suit" not in found
    # "wind" is said both ways in songs.
    assert {"mind", "skinned"} <= set(suggest_rhymes("wind", 40))


def test_what_a_word_rhymes_with_from_its_primary_stress_on_is_no_rare_rhyme() -> None:
    """ "tomorrow" ends in a secondary stress."""
    for found in (rhyming_words("tomorrow", 1000), suggest_rhymes("tomorrow", 1000)):
        perfect = [word for word in found if rhyme("tomorrow", word) == "perfect"]
        assert perfect.index("sorrow") < perfect.index("throw") + 50 < len(perfect)


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [("rewind", "find", "perfect"), ("somethin", "discussion", "slant")],
)
def test_words_that_are_sung_in_two_ways(a: str, b: str, kind: str) -> None:
    assert rhyme(a, b) == kind


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("Down the road I'm ridin', yeah!", "yeah"),
        ("all night we ridin'", "ridin'"),
        ("self-control.", "control"),
        ("...", ""),
    ],
)
def test_end_word(line: str, word: str) -> None:
    assert end_word(line) == word


@pytest.mark.parametrize(
    ("a", "b", "close"),
    [
        ("night", "light", True),
        ("night", "side", True),
        ("heart", "hard", True),
        ("time", "mine", True),
        ("tomorrow", "hollow", True),
        ("heart", "fall", False),
        ("mist", "good", False),
        ("sing", "wings", False),
        ("night", "knight", False),
        ("rain", "fire", False),
    ],
)
def test_a_close_rhyme_is_one_that_nobody_hears_as_a_miss(a: str, b: str, close: bool) -> None:
    assert is_close(a, b) == is_close(b, a) == close
