"""A line on its bars: every syllable has a place, in order, with a breath at the end."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atl_core.flow.drawing import draw
from atl_core.flow.flow import FlowSyllable, flows
from atl_core.flow.picture import draw as picture
from atl_core.flow.spoken import split_word, spoken
from atl_core.lyrics.brief import Brief, Line

BRIEF = Brief("hip-hop", "chill", "medium", (), 4, "AABB", 11, 90.0)
BAR = 4 * 60 / 90

VERSE = (
    "Midnight train and I am riding on the rail",
    "Every mile I make is another kind of tale",
    "City lights are burning low, I never look behind",
    "All I need is one more road to ease my mind",
)


def lines(texts: tuple[str, ...], bar: float = BAR, span: int = 1) -> tuple[Line, ...]:
    return tuple(
        Line(text, 11, 11, "A", n * span, n * span * bar, (n + 1) * span * bar)
        for n, text in enumerate(texts)
    )


def beats(syllable: FlowSyllable, per_bar: int = 4) -> float:
    return syllable.bar * per_bar + syllable.position


def test_a_verse_lies_on_its_bars() -> None:
    laid = flows(lines(VERSE), BRIEF)
    for number, (flow, text) in enumerate(zip(laid, VERSE, strict=True)):
        assert len(flow) == len(spoken(text))
        inside = sum(one.bar == number for one in flow)
        assert inside >= 0.7 * len(flow)
        for one in flow:
            assert one.start == pytest.approx(beats(one) * 60 / 90, abs=1e-6)
            assert (one.position * 4) % 1 == pytest.approx(0, abs=1e-9)
            assert one.start < one.end


def test_syllables_follow_one_another_and_lines_leave_a_breath() -> None:
    whole = [one for flow in flows(lines(VERSE), BRIEF) for one in flow]
    for before, after in pairwise(whole):
        assert before.start < after.start
        assert before.end <= after.start + 1e-9
    for flow, following in pairwise(flows(lines(VERSE), BRIEF)):
        assert following[0].start - flow[-1].start > 0.25 * 60 / 90


def test_stressed_syllables_are_drawn_to_strong_places() -> None:
    strong = weak = strong_all = weak_all = 0
    for flow in flows(lines(VERSE), BRIEF):
        for one in flow:
            on_eighth = (one.position * 2) % 1 < 1e-6
            if one.stress:
                strong, strong_all = strong + on_eighth, strong_all + 1
            else:
                weak, weak_all = weak + on_eighth, weak_all + 1
    assert strong / strong_all > weak / weak_all


def test_a_rapped_rhyme_falls_on_beat_three_or_four() -> None:
    for number, flow in enumerate(flows(lines(VERSE), BRIEF)):
        rhyme = [one for one in flow if one.stress][-1]
        assert rhyme.bar == number
        assert rhyme.position >= 2


def test_a_sung_line_takes_two_bars_and_holds_its_vowels() -> None:
    brief = dataclasses.replace(BRIEF, genre="country", syllables=9, tempo=100.0)
    bar = 4 * 60 / 100
    sung = flows(
        lines(("The river runs beneath the old bridge", "And I am going home"), bar, 2), brief
    )
    assert (sung[0][0].bar, sung[0][-1].bar) == (0, 1)
    assert sung[0][-1].end - sung[0][0].start > 1.25 * bar
    held = max(one.end - one.start for one in sung[0])
    assert held > 0.9 * 60 / 100


def test_sung_lines_lie_alike_at_any_tempo() -> None:
    song = (
        "There's a light in the window tonight",
        "Whiskey and the radio playing our song",
        "Nobody knows how long I've been waiting for you",
        "Hold me till the morning comes",
    )
    laid = []
    for tempo in (60.0, 95.0, 180.0):
        brief = dataclasses.replace(BRIEF, genre="country", tempo=tempo)
        laid.append(flows(lines(song, 4 * 60 / tempo, 2), brief))
    places = [[[round(beats(one), 3) for one in flow] for flow in song] for song in laid]
    assert places[0] == places[1] == places[2]


def test_in_twelve_eight_syllables_fall_on_thirds() -> None:
    (flow,) = flows(lines(("Rolling along on a road to the sea",)), BRIEF, compound=True)
    for one in flow:
        assert round(one.position * 3) / 3 == pytest.approx(one.position, abs=1e-6)


def test_a_waltz_has_three_beats() -> None:
    brief = dataclasses.replace(BRIEF, beats_per_bar=3)
    for flow in flows(lines(VERSE[:2], 3 * 60 / 90), brief):
        assert flow
        assert all(0 <= one.position < 3 for one in flow)


@pytest.mark.parametrize(
    "text",
    [
        "na " * 40,
        "🔥🔥🔥",
        "مرحبا يا صديقي",
        "fire 🔥 on the hour — real talk, 24/7",
        "a",
        "",
        "supercalifragilisticexpialidocious antidisestablishmentarianism",
    ],
)
def test_any_line_has_a_flow_or_none(text: str) -> None:
    flow = flows(lines((text,)), BRIEF)[0]
    assert len(flow) == len(spoken(text))
    for before, after in pairwise(flow):
        assert before.start < after.start
    draw(flow, 4)
    assert picture("t", "a", lines((text,)), (flow,), 4).startswith(b"\x89PNG")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_the_stretches_of_a_line_are_the_line(text: str) -> None:
    line = " ".join(text.split())
    parts = spoken(line)
    assert not parts or "".join(part.written for part in parts) == line


@pytest.mark.parametrize(
    ("word", "count", "parts"),
    [
        ("midnight", 2, ("mid", "night")),
        ("every", 2, ("eve", "ry")),
        ("loved", 1, ("loved",)),
        ("beautiful", 3, ("beau", "ti", "ful")),
        ("self-made", 2, ("self-", "made")),
        ("quiet", 2, ("qui", "et")),
        ("hmm", 2, ("hmm", "")),
    ],
)
def test_a_word_is_cut_into_its_syllables(word: str, count: int, parts: tuple[str, ...]) -> None:
    assert split_word(word, count) == parts


def test_the_grid_shows_each_syllable_under_its_count() -> None:
    flow = (
        FlowSyllable("and", 0, 0, 3.5, 0.0, 0.1),
        FlowSyllable("ride", 1, 1, 0.0, 0.1, 0.2),
        FlowSyllable("on", 0, 1, 1.0, 0.2, 0.3),
    )
    pickup, bar = draw(flow, 4)
    assert pickup.ruler.index("&", pickup.ruler.index("4")) == pickup.words.index("and")
    assert (bar.bar, bar.ruler[:1], bar.words[:5]) == (1, "1", "ˈride")
    assert bar.ruler.index("2") == bar.words.index("on")
