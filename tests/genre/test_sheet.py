"""Chords, credits and what else a page shows beside the lyrics are not judged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.genre.judge import judge
from atl_core.genre.sheet import sung
from atl_core.genre.text import words

COUNTRY = """I left my heart in the county line
Drinking from a bottle of that cheap red wine
Hank on the jukebox, tears on the bar
Lord, a broken cowboy doesn't get too far"""

NOT_SUNG = [
    "G              C",
    "| G  D/F# | Em7  Cadd9 |",
    "N.C.  Bb  F#m7b5 x2",
    "[Intro] G C D",
    "e|---0--2--3p2-----|",
    "Capo 2",
    "CAPO: 3rd fret",
    "Tuning: E A D G B E",
    "Key: G",
    "You might also like",
    "12 Contributors",
    "See Lacy Mae LiveGet tickets as low as $49",
    "Get tickets as low as $49",
    "24Embed",
    "Submit Corrections",
    "Written by Lacy Mae and Jay Dee",
    "© 2019 Somebody Music",
    "(Guitar solo)",
    "Verse 2:",
    "**[Chorus]**",
    '<div class="lyrics">',
    "https://example.org/midnight-train",
]

SUNG = [
    "A broken cowboy",
    "Baby, I am yours",
    "Add it up and go",
    "I need a key to your heart",
    "The tempo of the rain",
    "You might also like my brother",
    "Bad girls, good girls",
    "Em and me were driving home",
    "written by the moon",
    "Spitting all these lyrics",
    "- one more time -",
    "I <3 you & you",
    "Play me a guitar",
]


@pytest.mark.parametrize("line", NOT_SUNG)
def test_what_is_not_sung_is_left_out(line: str) -> None:
    assert words(sung(f"{COUNTRY}\n{line}\n{COUNTRY}")) == words(f"{COUNTRY}\n{COUNTRY}")


@pytest.mark.parametrize("line", SUNG)
def test_what_is_sung_stays(line: str) -> None:
    text = f"{COUNTRY}\n{line}\n{COUNTRY}"
    assert sung(text) == text


@pytest.mark.parametrize(
    "page",
    [
        f"Midnight Train Lyrics\n{COUNTRY}",
        f'"Midnight Train" lyrics\n\n{COUNTRY}',
        f"Midnight Train\nLacy Mae\n\n[Verse 1]\n{COUNTRY}",
        f"7 ContributorsMidnight Train Lyrics[Verse 1]\n{COUNTRY}",
        f"7 ContributorsTranslationsMidnight Train Lyrics\n[Verse 1]\n{COUNTRY}",
        f"{COUNTRY}12Embed",
        "<p>"
        + COUNTRY.replace("\n", "<br>\n").replace("Drinking", "&quot;Drinking&quot;")
        + "</p>",
        COUNTRY.replace("Hank", "You might also likeHank"),
    ],
)
def test_a_page_that_was_copied_whole_leaves_the_song(page: str) -> None:
    assert words(sung(page)) == words(COUNTRY)


def test_verses_above_the_first_heading_are_sung() -> None:
    assert words(sung(f"{COUNTRY}\n\n[Chorus]\n{COUNTRY}")) == words(f"{COUNTRY}\n{COUNTRY}")


def test_a_chord_sheet_is_judged_by_its_words() -> None:
    sheet = "Capo 2\n" + "".join(f"Em     C      G/B\n{line}\n" for line in COUNTRY.splitlines())
    judged, bare = judge(sheet), judge(COUNTRY)
    assert judged.genre == bare.genre
    assert [line.text for line in judged.lines] == COUNTRY.splitlines()
    marks = [line.text[mark.start : mark.end] for line in judged.lines for mark in line.marks]
    assert "cowboy" in marks, "marks stand on the words as pasted"


def test_a_text_of_nothing_else_is_judged_as_it_is() -> None:
    assert sung("G C D") == "G C D"
    assert judge("You might also like").lines


@given(st.text(alphabet="AbG#m7|- \n\r\x85[]x1Embed", max_size=120) | st.text(max_size=80))
def test_every_character_keeps_its_place(text: str) -> None:
    found = sung(text)
    assert len(found) == len(text)
    assert all(new in (old, " ") for new, old in zip(found, text, strict=True))
    assert len(found.splitlines()) == len(text.splitlines())


@pytest.mark.parametrize(
    "text", [" " * 30_000 + "z", "1" * 30_000, "e|" + "-" * 30_000 + "z", "A " * 15_000 + "z"]
)
def test_a_hostile_line_takes_no_longer_than_others(text: str) -> None:
    # Patterns that go back over what they have read take minutes here.
    assert sung(text) == text
