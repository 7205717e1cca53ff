"""A song in parts: headings, stanzas, and where a text turns from one genre to the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.genre.judge import judge
from atl_core.genre.parts import Section, heading, in_context, runs, sections
from atl_core.genre.text import tokens
from atl_core.genre.verdict import PartVerdict
from bot.render.console import console
from bot.render.genre import by_part, render_genre_verdict

VERSE = """Came up from nothing, now they know my name
Same old block but I switched my lane
Haters on the corner tryna stop my shine
I count it up twice, yeah the money all mine"""

HOOK = """Daddy's old truck on a gravel road
Whiskey on the porch and a heavy load
She left for Tulsa with my faded jeans
And the steel guitar cried for New Orleans"""


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("[Verse 1: Somebody & Friend]", "Verse 1"),
        ("  [ Hook ]", "Hook"),
        ("Chorus:", "Chorus"),
        ("(Bridge)", "Bridge"),
        ("VERSE 2", "VERSE 2"),
        ("Verse 1:\n", "Verse 1"),
        ("**[Verse 1]**\n", "Verse 1"),
        ("### Chorus", "Chorus"),
        ("__Bridge__", "Bridge"),
        ("Rap:", "Rap"),
        ("rap", ""),
        ("Drop it low: it is late", ""),
        ("[x2]", "x2"),
        ("[***]", ""),
        ("The chorus of the crows is loud", ""),
        ("Verse by verse I tell it", ""),
        ("", ""),
    ],
)
def test_a_heading_names_a_part_and_is_no_line(line: str, name: str) -> None:
    assert heading(line) == name


def test_a_song_is_judged_part_by_part() -> None:
    verdict = judge(f"[Verse 1]\n{VERSE}\n\n[Hook]\n{HOOK}\n\n[Verse 2]\n{VERSE}")
    assert [(part.name, part.label) for part in verdict.parts] == [
        ("Verse 1", "hip-hop"), ("Hook", "country"), ("Verse 2", "hip-hop"),
    ]  # fmt: skip
    assert [(part.first, part.last) for part in verdict.parts] == [(0, 3), (4, 7), (8, 11)]
    assert by_part(verdict.parts) == "Verse 1 and verse 2 are hip-hop, the hook is country."


def test_a_song_without_headings_or_empty_lines_is_divided_where_it_turns() -> None:
    verdict = judge(f"{VERSE}\n{HOOK}")
    assert [(part.first, part.last, part.label) for part in verdict.parts] == [
        (0, 3, "hip-hop"), (4, 7, "country"),
    ]  # fmt: skip
    assert by_part(verdict.parts) == "Lines 1-4 are hip-hop, lines 5-8 are country."


def test_a_text_of_one_piece_has_no_parts() -> None:
    assert judge(VERSE).parts == ()
    assert judge(f"{HOOK}\n{HOOK}").parts == ()


def test_a_line_that_says_little_leans_on_its_neighbours() -> None:
    verdict = judge(VERSE.replace("Same old block", "All day long"))
    assert all(line.in_context["hip-hop"] > 0.9 for line in verdict.lines)
    assert all(sum(line.in_context.values()) == pytest.approx(1.0) for line in verdict.lines)


def test_one_line_alone_in_context_is_that_line_with_less_weight() -> None:
    assert 0 < in_context([2.0], {0})[0] <= 2.0
    assert in_context([], set()) == []


def test_a_change_comes_sooner_where_a_section_begins() -> None:
    evidence = [3.0, 3.0, 3.0, -1.0, -1.0, -1.0]
    joined, divided = in_context(evidence, {0}), in_context(evidence, {0, 3})
    assert divided[3] < joined[3]


def test_short_runs_are_counted_to_what_is_around_them() -> None:
    assert runs([1, 1, 1, -1, 1, 1]) == [Section("", 0, 5)]
    assert runs([1, 1, 1, -1, -1, -1]) == [Section("", 0, 2), Section("", 3, 5)]


def test_short_stanzas_are_joined() -> None:
    lines = ["a", "b", "", "c", "d", "", "e", "f", "g", "", "h"]
    assert sections(lines, [0, 1, 3, 4, 6, 7, 8, 10]) == [
        Section("", 0, 3), Section("", 4, 7),
    ]  # fmt: skip


@given(
    st.lists(st.sampled_from(["", "[Hook]", "Verse 2:", "whiskey road", "homies on the block"]),
             max_size=30)
)  # fmt: skip
def test_parts_cover_all_lines_in_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    if not tokens(text):
        return
    verdict = judge(text)
    if verdict.parts:
        assert verdict.parts[0].first == 0
        assert verdict.parts[-1].last == len(verdict.lines) - 1
        for before, after in zip(verdict.parts, verdict.parts[1:], strict=False):
            assert after.first == before.last + 1


def test_a_terminal_shows_the_parts_with_a_strip() -> None:
    shown = console()
    with shown.capture() as capture:
        shown.print(render_genre_verdict(judge(f"[Verse 1]\n{VERSE}\n\n[Hook]\n{HOOK}")))
    said = capture.get()
    assert "Verse 1 is hip-hop, the hook is country." in said
    assert said.count("█ ") >= 8
    assert said.index("Verse 1  ") < said.index("Came up") < said.index("Hook  ")


def test_a_chorus_of_both_genres_is_told_by_its_lines() -> None:
    verdict = judge(f"[Chorus]\n{VERSE}\n\n[Bridge]\n{HOOK}\n\n[Chorus]\n{HOOK}")
    assert by_part(verdict.parts) == (
        "The chorus (lines 1-4) is hip-hop, the bridge and the chorus (lines 9-12) are country."
    )


def test_a_section_of_one_line_without_a_name_is_called_by_that_line() -> None:
    assert PartVerdict("", 2, 2, {"hip-hop": 1.0, "country": 0.0}).lines == "line 3"
    assert PartVerdict("", 2, 4, {"hip-hop": 1.0, "country": 0.0}).lines == "lines 3-5"


@pytest.mark.parametrize(
    "text", ["def area(width):\n    return width * 2", "Esta noche la luna\nbrilla sobre el mar"]
)
def test_a_text_without_english_words_has_no_shares(text: str) -> None:
    shown = console()
    with shown.capture() as capture:
        shown.print(render_genre_verdict(judge(text)))
    assert capture.get().startswith("Neither: ")
    assert "%" not in capture.get()
    assert "words that spoke" not in capture.get()


def test_a_text_in_which_no_word_spoke_has_no_empty_row() -> None:
    shown = console()
    with shown.capture() as capture:
        shown.print(render_genre_verdict(judge("La la la la la\nOh oh oh oh")))
    assert "words that spoke" not in capture.get()
    rows = capture.get().rstrip().splitlines()
    assert sum(not row.strip() for row in rows) == 1, "the one above the lines"
