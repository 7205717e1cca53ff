"""How words are said: the dictionary, then what songs do to it, then a guess."""

from __future__ import annotations

import re
import unicodedata
from importlib.resources import files
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from atl_core.lyrics.dictionary import PHONEMES, is_vowel
from atl_core.lyrics.numbers import spoken
from atl_core.lyrics.pronunciation import listed, pronounce
from atl_core.lyrics.spoken import sung
from atl_core.lyrics.syllables import count_syllables, word_syllables
from atl_core.lyrics.tables import table
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
        ("2nds", "seconds"),
        ("1kwh", "one kilowatt hour"),
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


# Kinds of words that a dictionary alone gets wrong, each with some of its own.
@pytest.mark.parametrize(
    ("line", "syllables"),
    [
        # Letters without a vowel are spelt, unless they are a sound or short for a word.
        ("BBL", 3),
        ("GT3 RS", 5),
        ("the PR team", 4),
        ("SHH", 1),
        ("PSST", 1),
        ("ZZZ", 1),
        ("Biggie VS Pac", 5),
        ("STR8 TO THE TOP", 4),
        ("off Jct. 9", 4),
        # No vowel is heard between a consonant and an l.
        ("Piggly Wiggly", 4),
        ("a sparkler", 3),
        ("hustler, smugglers", 4),
        ("assembly", 3),
        ("wiggly", 2),
        ("sparklers, sparklings", 4),
        # One is, where the ending has an l of its own.
        ("particularly", 5),
        ("regularly", 4),
        ("similarly", 4),
        ("ridiculously", 5),
        ("excellently", 4),
        ("scandalously", 4),
        ("insolently", 4),
        ("muscularly", 4),
        # Units and ordinals after a number, in capitals too.
        ("60HZ", 3),
        ("100KW", 6),
        ("2NDS", 2),
        ("4THS", 1),
        # A line that is shouted says "us" before a number too.
        ("JUST US 2", 3),
        ("ALL OF US 24/7", 8),
        ("on US 1", 4),
        # Accents.
        ("rosé on ice", 4),
        ("olé, touché, blasé", 6),
        ("ROSÉ", 2),
        ("ros\u0065\u0301", 2),
        ("noösphere", 3),
        ("Zoë and Chloë", 5),
        ("mañana, jalapeño", 7),
        ("corazón, canción", 5),
        ("crème brûlée", 3),
        ("d'Ussé and Moët", 5),
        # Initials.
        ("real OGs never fold", 6),
        ("an og's word", 4),
        ("straight outta LA", 5),
        ("la la la", 3),
        ("STRAIGHT OUTTA LA", 5),
        ("LA LA LA", 3),
        ("back in OKC", 5),
        ("made it to the US", 6),
        ("give it to us", 4),
        ("the U.S.A.", 4),
        ("STOP right there", 3),
        ("idk tbh", 6),
        ("TTYL, ttyl", 8),
        ("he went to an HBCU", 8),
        ("NASA at the IHOP", 6),
        # Ad-libs.
        ("brrrt, grrr, prr", 3),
        ("Brrrrrrrrt", 1),
        ("hmm, mmm, shh, pssst", 4),
        ("skrrrt", 1),
        # Signs, money and units.
        ("w/ you, w/o you", 5),
        ("€50", 4),
        ("£1", 2),
        ("$2.50", 3),
        ("#1 in the city", 7),
        ("72° outside", 8),
        ("you + me", 3),
        ("@ me next time", 4),
        ("6ft deep", 3),
        ("9mm", 5),
        ("70 mph", 6),
        ("AR-15", 4),
        ("F-150", 4),
        ("Hawaii 5-0", 5),
        ("B2B sets", 4),
        ("the 80's baby", 5),
        # Shorthand.
        ("Dr. Dre in the lab", 6),
        ("St. Louis, Ft. Worth", 5),
        ("gr8 b4 2nite", 5),
        # Names as they are written.
        ("A$AP Rocky and Ke$ha", 7),
        ("Juice WRLD, Central Cee", 5),
        ("Ty Dolla $ign, Too $hort", 6),
        ("$5 Henny", 5),
        ("CashApp, OnlyFans, YouTube", 7),
        ("iPhone in an SUV", 7),
        ("SUVs, ATVs and RVs", 9),
        ("RIP Pop Smoke", 5),
        ("rip it up", 3),
        ("USPS, WNBA", 10),
        ("the Chevy SS", 5),
        ("ayyyy, sexyy", 3),
        # Quotes of any shape.
        ("don`t stop, won`t stop", 4),
        ("don\u2019t stop, won\u00b4t stop", 4),
    ],
)
def test_syllables_of_what_is_no_plain_word(line: str, syllables: int) -> None:
    assert count_syllables(line) == syllables


def test_each_table_stands_once_with_a_spelling_in_one_way_of_spelling_out() -> None:
    text = (files("atl_core.lyrics") / "data" / "kinds.txt").read_text(encoding="utf-8")
    kinds = re.findall(r"^\[(.*)$", text, re.MULTILINE)
    assert kinds == list(dict.fromkeys(kinds))
    assert all(re.fullmatch(r"[a-z]+\]", kind) for kind in kinds)
    for kind in (kind.rstrip("]") for kind in kinds):
        rows = text.split(f"[{kind}]\n", 1)[1].split("\n\n", 1)[0].splitlines()
        spellings = [row.partition("\t")[0] for row in rows if not row.startswith("#")]
        assert sorted(spellings) == sorted(table(kind)), "a row twice, or two tables in one"
    assert not set(table("initials")) & set(table("capitals"))


@settings(max_examples=100)
@given(st.text(max_size=40))
@example("LA US w/o €5 Dr. brrr rosé")
def test_a_line_is_the_sum_of_what_is_sung(line: str) -> None:
    assert count_syllables(line) == sum(map(word_syllables, sung(line)))


_WORDS = st.lists(
    st.sampled_from(
        ["rosé", "don't", "ridin'", "midnight", "brrr", "patrón", "og", "808s", "naïve"]
    ),
    min_size=1,
)


@settings(max_examples=60)
@given(_WORDS, st.sampled_from(["NFC", "NFD"]), st.sampled_from("'\u2019`\u00b4"))
def test_unicode_form_and_shape_of_apostrophes_are_not_sung(
    line: list[str], form: Literal["NFC", "NFD"], apostrophe: str
) -> None:
    text = " ".join(line)
    written = unicodedata.normalize(form, text).replace("'", apostrophe)
    assert count_syllables(written) == count_syllables(text)
    assert count_syllables(text.capitalize()) == count_syllables(text)


@pytest.mark.parametrize(
    ("kind", "text", "syllables"),
    [
        ("capitals with an S", "VVS stones", 4),
        ("capitals with an S", "a CVS bag", 5),
        ("a plural of initials", "all my MVPs", 5),
        ("capitals and a digit", "RS7", 4),
        ("capitals and a digit", "MP3", 3),
        ("a word in capitals and a digit", "TEC-9", 2),
        ("a plural with z", "22Gz", 4),
        ("a place in capitals", "Compton, CA", 4),
        ("a preposition and a digit", "TO2", 2),
        ("initials of chats", "XOXO", 4),
        ("a telephone number", "867-5309", 8),
        ("a telephone number", "1-800-273-8255", 12),
        ("a telephone number", "call 555-0199", 8),
        ("a digit for its letters", "6ix9ine", 2),
        ("a digit for its letters", "7even", 2),
        ("a digit for a letter", "tr0uble", 2),
        ("no digit for a letter", "M4s", 2),
        ("a sign for a letter", "P!nk", 1),
        ("no sign for a letter", "wait!what", 2),
        ("a word and up", "giddyup", 3),
        ("a word and up", "turnup", 2),
        ("no ending", "leer", 1),
        ("a final ii", "tikii", 2),
        ("a contraction", "d'you cain't", 2),
        ("a vowel that a dictionary leaves out", "platinums", 3),
    ],
)
def test_kinds_of_words_that_a_dictionary_lacks(kind: str, text: str, syllables: int) -> None:
    assert count_syllables(text) == syllables, kind


@settings(max_examples=60)
@given(st.from_regex(r"\A[2-9]\d{2}-\d{4}\Z"))
def test_a_telephone_number_is_read_digit_by_digit(number: str) -> None:
    digits = [int(digit) for digit in number if digit != "-"]
    assert count_syllables(number) == len(digits) + digits.count(7)


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
    assert count_syllables(text) == sum(map(word_syllables, line))


@settings(max_examples=60)
@given(st.text(max_size=30), st.text(max_size=30))
@example("0", "[0]")
@example("yeah (uh", "huh) yeah")
@example("w", "/o")
def test_syllables_of_two_lines_add_up(first: str, second: str) -> None:
    assert count_syllables(f"{first}\n{second}") == count_syllables(first) + count_syllables(second)
