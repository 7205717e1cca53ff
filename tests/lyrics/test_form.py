"""Schemes, the syllable law, and where lines fall in the beat."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.errors import BriefError
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.form import (
    felt_tempo,
    parse_scheme,
    plan,
    rhyme_letters,
    syllables_for,
)

BRIEF = Brief(
    genre="hip-hop",
    mood="chill",
    energy="medium",
    seed_words=("midnight", "train"),
    lines=8,
    scheme="AABB",
    syllables=11,
    tempo=90.0,
)


@pytest.mark.parametrize(
    ("asked", "scheme"),
    [
        ("AABB", "AABB"),
        ("abab", "ABAB"),
        (" a b c b ", "ABCB"),
        ("AA BB", "AABB"),
        ("a-a-b-b-a", "AABBA"),
        ("bbaa", "AABB"),
        ("xaxa", "XAXA"),
        ("free", "XXXX"),
        ("Couplets", "AABB"),
        ("ballad", "ABCB"),
    ],
)
def test_schemes_that_writers_type(asked: str, scheme: str) -> None:
    assert parse_scheme(asked) == scheme


@pytest.mark.parametrize(
    "asked", ["", "A", "A1B2", "🎵🎵", "A" * 17, "rhyme it all please now", "ÄÄ"]
)
def test_what_is_no_scheme_is_refused_with_an_example(asked: str) -> None:
    with pytest.raises(BriefError, match="AABB"):
        parse_scheme(asked)


@given(st.text(max_size=40))
def test_a_scheme_is_parsed_for_good_or_refused(text: str) -> None:
    try:
        scheme = parse_scheme(text)
    except BriefError:
        return
    assert parse_scheme(scheme) == scheme
    assert 2 <= len(scheme) <= 16


def test_letters_run_through_the_song() -> None:
    assert rhyme_letters("AABB", 8) == tuple("AABBCCDD")
    assert rhyme_letters("ABCB", 8) == tuple("ABCBDEFE")
    assert rhyme_letters("XAXA", 6) == ("X", "A", "X", "A", "X", "B")
    assert rhyme_letters("AABB", 3) == ("A", "A", "B")


def test_after_z_comes_a2_and_x_is_never_a_rhyme() -> None:
    letters = rhyme_letters("ABCD", 64)
    assert letters[22:27] == ("W", "Y", "Z", "A2", "B2")
    assert not any(letter.startswith("X") for letter in letters)
    assert len(set(letters)) == 64


@given(st.sampled_from(["AABB", "ABAB", "ABCB", "AAAA", "ABBA", "XAXA"]), st.integers(1, 64))
def test_lines_rhyme_within_their_stanza_as_the_scheme_says(scheme: str, lines: int) -> None:
    letters = rhyme_letters(scheme, lines)
    for (i, a), (j, b) in itertools.combinations(enumerate(letters), 2):
        one_stanza = i // len(scheme) == j // len(scheme)
        same = scheme[i % len(scheme)] == scheme[j % len(scheme)] != "X"
        assert (a == b and a != "X") == (one_stanza and same)


# 19.8 - 0.092 x BPM, from MCFlow; 4.7 a bar over two bars, from CoCoPops.
@pytest.mark.parametrize(
    ("tempo", "syllables"), [(70, 13), (90, 12), (100, 11), (130, 8), (140, 13), (180, 12)]
)
def test_rapped_lines_follow_the_tempo(tempo: float, syllables: int) -> None:
    assert syllables_for("hip-hop", tempo) == syllables


def test_sung_lines_are_shorter_and_waltzes_shorter_still() -> None:
    assert syllables_for("country", 100) == 9
    assert syllables_for("country", 100, beats_per_bar=3) == 7
    assert syllables_for("hip-hop", 90, beats_per_bar=3) == 9


@given(st.floats(1, 2000))
def test_a_tempo_is_felt_within_an_octave_or_so(tempo: float) -> None:
    assert 55 <= felt_tempo(tempo) <= 130


def test_a_rapped_line_fills_one_bar() -> None:
    slots = plan(BRIEF, [0.5, 3.2, 5.8, 8.5], 11.2, first=0, count=3)
    assert [(slot.bar, slot.start, slot.end) for slot in slots] == [
        (0, 0.5, 3.2),
        (1, 3.2, 5.8),
        (2, 5.8, 8.5),
    ]
    assert [slot.rhyme for slot in slots] == ["A", "A", "B"]
    assert {slot.target for slot in slots} == {11}


def test_a_sung_line_spans_two_bars() -> None:
    country = dataclasses.replace(BRIEF, genre="country", syllables=9)
    slots = plan(country, [0.0, 2.0, 4.0, 6.0, 8.0], 10.0, first=0, count=2)
    assert [(slot.bar, slot.start, slot.end) for slot in slots] == [(0, 0.0, 4.0), (2, 4.0, 8.0)]


def test_a_song_that_outlasts_the_beat_goes_on_in_its_tempo() -> None:
    slots = plan(BRIEF, [0.0, 2.0, 4.0], 6.0, first=0, count=8)
    assert [slot.start for slot in slots] == [0, 2, 4, 6, 8, 10, 12, 14]
    assert slots[-1].end == 16


def test_without_bars_the_tempo_makes_them() -> None:
    slots = plan(dataclasses.replace(BRIEF, tempo=120.0), [], 30.0, first=0, count=2)
    assert [(slot.start, slot.end) for slot in slots] == [(0, 2), (2, 4)]


def test_continuing_gives_the_slots_that_the_whole_would_have() -> None:
    bars = [2.5 * bar for bar in range(6)]
    whole = plan(BRIEF, bars, 15.0, first=0, count=12)
    assert plan(BRIEF, bars, 15.0, first=5, count=7) == whole[5:]


@given(st.integers(0, 64), st.integers(0, 64), st.lists(st.floats(0.1, 5), max_size=20))
def test_slots_follow_each_other_without_gaps(first: int, count: int, gaps: list[float]) -> None:
    bars = list(itertools.accumulate(gaps))
    slots = plan(BRIEF, bars, (bars or [0])[-1] + 1, first=first, count=count)
    assert [slot.index for slot in slots] == list(range(first, first + count))
    for before, after in itertools.pairwise(slots):
        assert before.end == after.start
    assert all(slot.start < slot.end for slot in slots)
