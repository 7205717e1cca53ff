"""Cleaning: what a singer would not sing goes, everything else stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.genre.parts import heading
from atl_core.lyrics.text import clean_for_paper, clean_line, is_section_line, words
from training.lyric_text import clean_for_singing


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("We ridin' 'round \"town\"", ["we", "ridin'", "'round", "town"]),
        ("'Cause I don't know", ["'cause", "i", "don't", "know"]),
        ("He said 'hello' twice", ["he", "said", "hello", "twice"]),
        ("Rock & roll", ["rock", "and", "roll"]),
        ("Self-destruction", ["self", "destruction"]),
        ("It’s 3 a.m.", ["it's", "3", "a.m."]),
        ("the dogs' bowl, ol' friend", ["the", "dogs", "bowl", "ol'", "friend"]),
        ("$1,000 in 24/7", ["$1,000", "in", "24", "7"]),
        ("Café", ["café"]),
        ("", []),
        ("... !?", []),
    ],
)
def test_words_of_a_line(line: str, expected: list[str]) -> None:
    assert words(line) == expected


@pytest.mark.parametrize(
    ("raw", "sung"),
    [
        ("[Verse 1]", ""),
        ("Chorus:", ""),
        ("(Hook x2)", ""),
        ("Verse 2: Drake", "Drake"),
        ("Chorus: I'm coming home", "I'm coming home"),
        ("Produced by Metro", ""),
        ("Written by: J. Doe", ""),
        ("12Embed", ""),
        ("You might also like", ""),
        ("I hold on (hold on, hold on)", "I hold on"),
        ("Say my name x2", "Say my name"),
        ("Say my name x2 2x, 3 times", "Say my name"),
        ("Say my name repeat 3 x-", "Say my name"),
        ("1. 2: - 3. Third line of mine", "Third line of mine"),
        ("Oh my love (2x)", "Oh my love"),
        ("3. Third line of mine", "Third line of mine"),
        ("- a list of dreams", "a list of dreams"),
        ("**Bold** and <i>slanted</i>", "Bold and slanted"),
        ("It’s “plain” — now", 'It\'s "plain" - now'),
        ("zero\u200bwidth   and\ttabs", "zerowidth and tabs"),
        ("fire 🔥 in the booth 🎤", "fire in the booth"),
        ("see https://example.com now", "see now"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Meet me at 8 on the bridge", "Meet me at 8 on the bridge"),
        ("The hook is in my heart", "The hook is in my heart"),
        ("808s and a broken chorus line", "808s and a broken chorus line"),
        ("24 hours a day", "24 hours a day"),
        # What only begins like a credit or a repeat.
        ("Lyrics by the fire", "Lyrics by the fire"),
        ("lyrics by moonlight", "lyrics by moonlight"),
        ("Lyrics by Jane Doe", ""),
        ("Written by the moon", "Written by the moon"),
        ("Words and music by: Jane Doe", ""),
        ("Copyright on my heart", "Copyright on my heart"),
        ("Copyright 1999 Somebody", ""),
        ("I got 2x the money", "I got 2x the money"),
        ("Black X6, Phantom", "Black X6, Phantom"),
        ("Say it 2x!", "Say it!"),
    ],
)
def test_a_line_keeps_what_is_sung(raw: str, sung: str) -> None:
    assert clean_line(raw) == sung


def test_stanzas_stay_apart() -> None:
    text = "[Intro]\n\nOne\nTwo\n\n\n[Chorus]\n\nThree\n"
    assert clean_for_singing(text) == "One\nTwo\n\nThree"


def test_the_paper_wants_bare_words() -> None:
    # Table 2 of the paper: "basically im sayin either way we bout to slide".
    line = "Basically, I'm sayin' either way, we 'bout to slide (2x) 4 a 808"
    assert clean_for_paper(line) == "basically im sayin either way we bout to slide"


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_for_singing(text)
    assert clean_for_singing(once) == once
    paper = clean_for_paper(text)
    assert clean_for_paper(paper) == paper


@given(st.text(alphabet="abcxv'()[]{}<>*\"-.,:;!12 \n&#/’“—\u200b"))
def test_cleaning_twice_changes_nothing_in_mangled_lyrics(text: str) -> None:
    once = clean_for_singing(text)
    assert clean_for_singing(once) == once


@given(st.text())
def test_cleaned_text_is_printable_without_brackets(text: str) -> None:
    cleaned = clean_for_singing(text)
    assert not set(cleaned) & set("[](){}<>*_\u200b\t\r")


@given(st.text())
def test_words_are_stable(text: str) -> None:
    found = words(text)
    assert words(" ".join(found)) == found
    assert all(word and word == word.lower() for word in found)


@given(st.text(), st.text())
def test_words_of_two_lines_are_the_words_of_each(first: str, second: str) -> None:
    assert words(first + "\n" + second) == words(first) + words(second)


@pytest.mark.parametrize(
    "line",
    [
        "Verse " + ". " * 20_000 + "a",
        "Chorus" + " " * 40_000 + "x2 men",
        "Hook " + "i" * 40_000 + "a",
        "[ " + " " * 40_000 + "a",
        "a" + ", " * 20_000 + "b",
        "1. " * 20_000 + "a",
        "- " * 20_000 + "a",
        "a" + " x2" * 20_000,
        "a" + " 2 times" * 20_000,
        "a" + " x2" * 20_000 + " b",
    ],
)
def test_no_line_takes_longer_than_its_length(line: str) -> None:
    """Patterns that go back over what they have read did not end with most of these, not even
    with thirty letters of the first."""
    assert not is_section_line(line)
    assert heading(line) == ""
    assert clean_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Verse 2",
        "(Chorus x2)",
        "HOOK:",
        "2nd verse",
        "Bridge - repeat 2x",
        "verse ii",
        "Pre-Chorus",
    ],
)
def test_a_heading_is_none_of_the_lines_that_are_sung(line: str) -> None:
    assert is_section_line(line)
    assert not is_section_line(f"{line} of my life")
