"""How words are said: the dictionary, then what songs do to it, then a guess."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atl_core.lyrics.numbers import spoken
from atl_core.lyrics.pronunciation import PHONEMES, is_vowel, listed, pronounce
from atl_core.lyrics.syllables import count_syllables, stresses, word_syllables
from atl_core.lyrics.text import words


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("night", "N AY1 T"),
        ("Night", "N AY1 T"),
        ("ridin'", "R AY1 D IH0 N"),
        ("ridin", "R AY1 D IH0 N"),
        ("lovin", "L AH1 V IH0 N"),
        ("cabin", "K AE1 B AH0 N"),
        ("killa", "K IH1 L AH0"),
        ("gangstas", "G AE1 NG S T AH0 Z"),
        ("tryna", "T R AY1 N AH0"),
        ("y'all'd've", "Y AO1 L D AH0 V"),
        ("gun'll", "G AH1 N AH0 L"),
        ("rap's", "R AE1 P S"),
        ("dopeman", "D OW1 P M AE2 N"),
        ("bmw", "B IY1 EH2 M D AH1 B AH0 L Y UW0"),
        ("a.t.l.", "EY1 T IY1 EH1 L"),
        ("noooo", "N OW1"),
        ("808s", "EY1 T OW1 EY1 T S"),
        ("café", "K AH0 F EY1"),
        ("realer", "R IY1 L ER0"),
        ("repping", "R EH1 P IH0 NG"),
    ],
)
def test_the_usual_way_to_say_it(word: str, said: str) -> None:
    assert " ".join(pronounce(word)[0]) == said


@pytest.mark.parametrize(
    ("token", "sung"),
    [
        ("808", "eight oh eight"),
        ("1999", "nineteen ninety nine"),
        ("2000", "two thousand"),
        ("2008", "two thousand eight"),
        ("2024", "twenty twenty four"),
        ("1500", "fifteen hundred"),
        ("1905", "nineteen oh five"),
        ("100", "one hundred"),
        ("360", "three sixty"),
        ("$100", "one hundred dollars"),
        ("$1", "one dollar"),
        ("1,000", "one thousand"),
        ("90s", "nineties"),
        ("6s", "sixes"),
        ("21st", "twenty first"),
        ("12th", "twelfth"),
        ("20th", "twentieth"),
        ("10:30", "ten thirty"),
        ("3.5", "three point five"),
        ("50%", "fifty percent"),
        ("007", "oh oh seven"),
        ("100k", "one hundred k"),
        ("4x4", "four x four"),
    ],
)
def test_numbers_are_sung_as_words(token: str, sung: str) -> None:
    assert " ".join(spoken(token)) == sung


# Counted by ear, slang and clipped forms first.
@pytest.mark.parametrize(
    ("line", "syllables"),
    [
        ("I been ridin' on this lonesome road", 9),
        ("Finna pull up in a foreign", 8),
        ("Gon' get it how I live, lil' homie", 9),
        ("I'ma tell y'all 'bout it", 6),
        ("'Cause I'm tryna make a hunnid bands", 9),
        ("Shawty wit' the hoodie, ayy", 7),
        ("Shoulda, coulda, woulda", 6),
        ("24/7, 365", 9),
        ("Straight outta the A.T.L.", 7),
        ("Ohhh, yeahhh, whoa", 3),
        ("Muthafuckas frontin' on the mic", 9),
        ("Darlin', hold me 'til the mornin'", 8),
        ("Them Chevys an' Cadillacs o'er yonder", 10),
        ("", 0),
        ("...", 0),
    ],
)
def test_syllables_as_they_are_sung(line: str, syllables: int) -> None:
    assert count_syllables(line) == syllables


def test_stress_of_a_line() -> None:
    assert stresses("tonight I'm yours") == "0111"
    assert stresses("hallelujah") == "2010"


@pytest.mark.parametrize("word", ["guwop", "blorptastic", "москва", "東京", "ø", "x" * 300, "½a"])
def test_an_unknown_word_is_guessed_with_a_vowel(word: str) -> None:
    ways = pronounce(word)
    assert all(any(map(is_vowel, way)) for way in ways)
    assert ways


def test_a_guess_is_not_listed() -> None:
    assert listed("blorptastic") == ()
    assert listed("train")


def test_punctuation_is_not_said() -> None:
    assert pronounce("...") == ()
    assert pronounce("") == ()


_NOVEL = st.text(alphabet="abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=12)


@settings(max_examples=60)
@given(st.one_of(st.text(min_size=1, max_size=20), _NOVEL))
def test_whatever_has_a_letter_or_digit_can_be_said(word: str) -> None:
    ways = pronounce(word)
    assert bool(ways) == any(map(str.isalnum, word)) or not words(word)
    assert all(phoneme in PHONEMES for way in ways for phoneme in way)
    assert all(ways)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(["train", "ridin'", "808", "y'all", "midnight", "ooh"])))
def test_syllables_of_a_line_are_those_of_its_words(line: list[str]) -> None:
    text = " ".join(line)
    assert count_syllables(text) == sum(map(word_syllables, line)) == len(stresses(text))


@settings(max_examples=60)
@given(st.text(max_size=30), st.text(max_size=30))
def test_syllables_of_two_lines_add_up(first: str, second: str) -> None:
    assert count_syllables(f"{first}\n{second}") == count_syllables(first) + count_syllables(second)
