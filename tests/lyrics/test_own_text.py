"""A half-written song: what is read off it, what is kept, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.errors import BriefError, UserError
from atl_core.lyrics.own_text import (
    GAP,
    OwnText,
    read_own_text,
    scheme_here,
    scheme_of,
    shape_of,
)

ALTERNATING = """\
I left my home in the pouring rain
With a dollar and a dream
I never saw my town again
And nothing's what it seems
"""
COUPLETS = """\
I walk the streets alone at night
You hold me in the candle light
We never had the time to stay
You always had to run away
"""
BALLAD = """\
The river ran below the town
My mama sang to me
She told me of the mountain road
That led down to the sea
"""


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (ALTERNATING, "ABAB, 9, 7, 8, 6 syllables, I, past"),
        (COUPLETS, "AABB, 8 syllables, I/you, past"),
        (BALLAD, "ABCB, 8 and 6 syllables, I/he/she, past"),
        ("One line of mine", "no rhymes yet, 4 syllables, I"),
    ],
)
def test_the_shape_is_read_off(text: str, shape: str) -> None:
    assert shape_of(read_own_text(text)).describe() == shape


def test_a_gap_does_not_hide_the_scheme() -> None:
    for number in range(4):
        lines = ALTERNATING.splitlines() + BALLAD.splitlines() + ALTERNATING.splitlines()
        lines[number] = "..."
        assert shape_of(read_own_text("\n".join(lines))).scheme in ("ABAB", "ABCB")


@pytest.mark.parametrize(
    "gap", ["...", "…", "  ....  ", "___", "- ...", "???", "(...)", "[...]", "--"]
)
def test_gaps_are_known_by_their_dots(gap: str) -> None:
    text = read_own_text(f"I left my home\n{gap}\nAnd never came again")
    assert text.lines == ("I left my home", GAP, "And never came again")


def test_numbers_are_no_part_of_lines_and_an_empty_one_is_a_gap() -> None:
    text = read_own_text("1. I left my home\n2.\n3. And never came again\n4. ...\n")
    assert text.lines == ("I left my home", GAP, "And never came again", GAP)
    assert read_own_text("99 bottles on the wall\nI took one down").lines[0].startswith("99")


def test_sections_have_the_names_that_the_writer_gave() -> None:
    text = read_own_text(
        f"[Verse 1]\n{COUPLETS}\nChorus:\nTake me home\n...\n\n[Verse 2]\n\n[Bridge]\n{BALLAD}"
    )
    assert [section.name for section in text.sections] == ["verse 1", "hook", "verse 2", "bridge"]
    assert [len(section.lines) for section in text.sections] == [4, 2, 0, 4]
    assert text.has_gaps
    assert not read_own_text(COUPLETS).has_gaps


def test_lines_are_kept_to_the_letter() -> None:
    odd = ["  Ain't no “love” — like yours… ", "é ü 🔥 #1 (yeah)", "DON'T   STOP", "12:30, I'm up"]
    assert read_own_text("\n".join(odd)).lines == tuple(line.strip() for line in odd)


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        found = read_own_text(text)
    except UserError:
        return
    assert isinstance(found, OwnText)
    assert found.written
    for line in found.written:
        assert line in text or not text.isprintable()
    assert shape_of(found).describe()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no line of yours"),
        ("...\n...\n", "no line of yours"),
        ("[Verse 1]\n\n[Chorus]\n", "no line of yours"),
        ("!!!\n", "no line of yours"),
        ("x" * 5_000_000, "characters"),
        ("#" + " " * 90_000 + "x" * 50, "characters"),  # neither takes longer than its length
        ("1." + " " * 90_000 + "x", "characters"),
        ("My line is here\n" * 400, "400 lines"),
        ("word " * 60, "A line of that has"),
    ],
)
def test_what_cannot_be_gone_on_from_is_refused(text: str, problem: str) -> None:
    with pytest.raises(BriefError, match=problem):
        read_own_text(text)


@pytest.mark.parametrize(
    ("ends", "scheme"),
    [
        ("rain dream train seem", "ABAB"),
        ("egg leg hot you", "AAXX"),
        ("poet know-it day way", "AABB"),
        ("home again home now", "AXAX"),
        ("town ground open down", "AABA"),
    ],
)
def test_the_scheme_is_what_the_ends_sound_like(ends: str, scheme: str) -> None:
    stanza = [f"and then the {end.replace('-', ' ')}" for end in ends.split()]
    assert scheme_of([stanza]) == scheme


def test_a_stanza_that_rhymes_otherwise_has_a_scheme_of_its_own() -> None:
    odd = ["the rent is due", GAP, "the back of a bus", "never heard of us"]
    assert scheme_here(odd, "ABCB") == "AABB", "the gap belongs to the line above it"
    even = ["a song", "a friend", GAP, "it end"]
    assert scheme_here(even, "ABCB") == "ABCB"
