"""Is what was found what was wanted? And which lines are sung in which clip?"""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.datasets.align import clips
from training.datasets.lyrics import read_lrc
from training.datasets.matching import language, why_not
from training.datasets.paper import END, START, pairs, sentences, vocabulary
from training.datasets.songs import Line
from training.lyric_text import clean_for_singing

WANTED = ("Mae Fielder", "Barn Light", 200.0)


@pytest.mark.parametrize(
    ("channel", "video"),
    [
        ("Mae Fielder", "Mae Fielder - Barn Light (Official Music Video)"),
        ("MaeFielderVEVO", "Barn Light [Lyrics] HD"),
        ("Mae Fielder - Topic", "Barn Light"),
        ("Some Label", "MAE FIELDER – Barn Light ft. Bo Rhymer | Official Audio"),
        ("Mae Fielder", "Barn Light (Remastered 2011)"),
    ],
)
def test_videos_of_the_song(channel: str, video: str) -> None:
    assert why_not(WANTED, (channel, video, 201.5), exact=False) == ""


@pytest.mark.parametrize(
    ("channel", "video", "seconds", "reason"),
    [
        ("Mae Fielder", "Mae Fielder - Barn Light (Live at the Hall)", 200, "version (live)"),
        ("A Fan", "Barn Light - Mae Fielder (cover)", 200, "version (cover)"),
        ("Sing King", "Mae Fielder - Barn Light (Karaoke Version)", 200, "version (karaoke)"),
        ("Mae Fielder", "Barn Light (Bo Remix)", 200, "version (remix)"),
        ("x", "Mae Fielder - Barn Light (sped up)", 200, "version (altered)"),
        ("x", "Mae Fielder - Barn Light Tutorial", 200, "version (part)"),
        ("Mae Fielder", "Mae Fielder - Barn Lights", 200, "another title"),
        ("Mae Fielder", "Mae Fielder - River Light", 200, "another title"),
        ("Bo Rhymer", "Barn Light", 200, "another artist"),
        ("Mae Fielder", "Mae Fielder - Barn Light", 203.5, "another duration (204 s for 200 s)"),
    ],
)
def test_videos_of_something_else(channel: str, video: str, seconds: float, reason: str) -> None:
    assert reason in why_not(WANTED, (channel, video, seconds), exact=False)


def test_a_version_that_is_asked_for_must_be_that_version() -> None:
    live = ("Mae Fielder", "Barn Light (Live)", 200.0)
    assert why_not(live, ("Mae Fielder", "Barn Light (Live)", 200), exact=True) == ""
    assert "live" in why_not(live, ("Mae Fielder", "Barn Light", 200), exact=True)
    found = ("Mae Fielder", "Barn Light (Live)", 200)
    assert why_not(WANTED, found, exact=True, allow=["live"]) == ""
    named = ("Mae Fielder", "Live Like That", 200.0)
    assert why_not(named, ("Mae Fielder", "Live Like That", 200), exact=True) == ""
    twice = ("Mae Fielder", "Live Like That (Live)", 200)
    assert "live" in why_not(named, twice, exact=True)


@pytest.mark.parametrize(
    ("artist", "title", "same"),
    [
        ("mae fielder", "BARN LIGHT", True),
        ("Mae Fielder feat. Bo", "Barn Light (feat. Bo)", True),
        ("Máe Fielder", "Barn Light - 2011 Remaster", True),
        ("Mae Fielder & The Barn Band", "Barn Light", True),
        ("Bo Rhymer feat. Mae Fielder", "Barn Light", False),
        ("Mae Fielder Tribute Band", "Barn Light", False),
        ("Mae Fielder", "Barn Light II", False),
    ],
)
def test_fields_of_a_catalogue(artist: str, title: str, same: bool) -> None:
    assert (why_not(WANTED, (artist, title, None), exact=True) == "") is same


@given(st.text(), st.text())
def test_a_song_is_always_itself(artist: str, title: str) -> None:
    reason = why_not((artist, title, 9.0), (artist, title, 9.0), exact=True)
    assert reason in ("", "another artist")
    if any(char.isascii() and char.isalpha() for char in artist[:1]) and artist.isalpha():
        assert reason == ""


def test_languages_by_their_commonest_words() -> None:
    assert language("I left the truck by the river and you took my heart for the night") == "en"
    assert language("je ne suis pas le seul et tu es dans la nuit avec moi pour toi") == "fr"
    assert language("ich weiß nicht was du willst und die nacht ist so lang mit dir") == "de"
    assert language("no sé que quiero pero te quiero y la noche es más de lo que soñé") == "es"
    assert language("too short") == ""
    assert language("la la la la la la la la la la la la la na na na hey hey hey oh oh") != "en"


# --- clips ---------------------------------------------------------------------------------------


def test_lines_belong_to_the_clip_that_holds_more_than_half_of_them() -> None:
    lines = [
        Line("one", 4.0, 8.0),
        Line("two", 8.0, 15.0),  # its middle is at 11.5, in the first clip: 4 to 14
        Line(""),
        Line("three", 13.0, 17.0),  # begins in the first, is sung mostly after it
        Line("after the end", 40.0, 42.0),
        Line("without a time"),
    ]
    first, second = clips(lines, 20.0)
    assert (first.start, first.end) == (4.0, 14.0)
    assert [line.text for line in first.lines] == ["one", "two"]
    assert (second.start, second.end) == (10.0, 20.0), "moved so that it ends with the song"
    assert [line.text for line in second.lines] == ["two", "three"], "all that is sung in it"


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 30)), max_size=30),
    st.floats(1, 120),
    st.floats(1, 20),
)
def test_every_line_within_the_song_is_in_a_clip(
    times: list[tuple[float, float]], seconds: float, length: float
) -> None:
    starts = sorted(start for start, _ in times)
    lines = [Line(str(at), start, start + times[at][1]) for at, start in enumerate(starts)]
    found = list(clips(lines, seconds, length))
    sung = {line for clip in found for line in clip.lines}
    assert sung == {line for line in lines if line.start is not None and line.start < seconds}
    for clip in found:
        assert clip.lines
        assert 0 <= clip.start <= clip.end <= seconds
        assert clip.end - clip.start == pytest.approx(min(length, seconds))
    assert all(a.start <= b.start for a, b in pairwise(found))


PIECES = ["[00:10.50]", "[1:2]", "[99:99.999]", "<00:01.0>", "[ti:x]", "[offset:-50]", "[offset:x]"]


@given(st.lists(st.sampled_from(PIECES) | st.just("\n") | st.text(max_size=5)).map("".join))
def test_any_text_can_be_read_as_lrc(text: str) -> None:
    lines, _ = read_lrc(text)
    starts = [line.start for line in lines if line.start is not None]
    assert starts == sorted(starts)


# --- the paper's form ----------------------------------------------------------------------------


def test_the_papers_cleaning_and_pairs() -> None:
    text = "[Verse 1]\nBlack leather glove, no 5 sequins x2\n(Prod. by Bo)\nBasically, I'm sayin'\n"
    assert sentences(clean_for_singing(f"{text}3Embed")) == [
        f"{START} black leather glove no sequins {END}",
        f"{START} basically im sayin {END}",
    ]
    assert list(pairs(f"{START} black leather {END}")) == [
        (START, "black"),
        (f"{START} black", "leather"),
        (f"{START} black leather", END),
    ]
    assert vocabulary({"c": 1, "a": 1, "b": 2}) == ["b", "a", "c"]
