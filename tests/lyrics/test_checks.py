"""What a Brief may ask for, and what the writer hears when it may not."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from atl_core.errors import BriefError
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.checks import (
    MAX_SEED_WORDS,
    check_brief,
    parse_genre,
    parse_mood,
    parse_seed_words,
)
from atl_core.lyrics.wordlists import SECTION_WORDS

BRIEF = Brief(
    genre="country",
    mood="love",
    energy="low",
    seed_words=("honey",),
    lines=8,
    scheme="ABAB",
    syllables=9,
    tempo=100.0,
)


@pytest.mark.parametrize(
    ("typed", "seeds"),
    [
        ("midnight train", ("midnight", "train")),
        ("Midnight, Train", ("midnight", "train")),
        ('"midnight" / train', ("midnight", "train")),
        ("<b>midnight</b> **train** 🚂", ("midnight", "train")),
        ("ridin' don't 808", ("ridin'", "don't", "808")),
        ("rain rain Rain", ("rain",)),
        ("café\nлюбовь", ("café", "любовь")),
        ("bridge", ("bridge",)),
        ("hook, verse; skit & outro", ("hook", "verse", "skit", "and", "outro")),
        ("(love)", ("love",)),
        ("[Chorus] {coda}", ("chorus", "coda")),
        ("lyrics by moonlight", ("lyrics", "by", "moonlight")),
        ("you might also like", ("you", "might", "also", "like")),
        ("copyright, embed", ("copyright", "embed")),
        ("won`t stop", ("won't", "stop")),
        ("love x2", ("love",)),
        ("3 times", ("3", "times")),
        ("1. rain\n2. fire", ("rain", "fire")),
    ],
)
def test_seed_words_as_writers_type_them(typed: str, seeds: tuple[str, ...]) -> None:
    assert parse_seed_words(typed) == seeds


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("", "no seed word"),
        ("   \n", "no seed word"),
        ("🔥🔥🔥", "no word"),
        ("<br/>", "no word"),
        ("2x", "no word"),
        ("https://youtu.be/dQw4w9WgXcQ", "That is a link.*as the beat"),
        ("love www.example.com/beat", "That is a link"),
        ("discord.gg/abc", "That is a link"),
        ("soundcloud.com/ann/love", "That is a link"),
        (" ".join(f"word{i}" for i in range(500)), "too many"),
        ("one two three four five six seven eight nine", "9 seed words are too many"),
        ("a" * 200, "too long"),
    ],
)
def test_seed_words_that_cannot_be_used(typed: str, complaint: str) -> None:
    with pytest.raises(BriefError, match=complaint):
        parse_seed_words(typed)


def test_a_mark_of_repetition_is_no_seed_however_it_is_typed() -> None:
    assert parse_seed_words("midnight train x2") == ("midnight", "train")
    assert parse_seed_words("midnight train X.2") == ("midnight", "train")


def test_every_name_of_a_section_may_be_a_seed() -> None:
    for word in SECTION_WORDS:
        assert parse_seed_words(word) == tuple(word.split("-"))


@given(st.text())
@example("X.0")
def test_seed_words_are_parsed_for_good_or_refused(text: str) -> None:
    try:
        seeds = parse_seed_words(text)
    except BriefError:
        return
    assert 1 <= len(seeds) <= MAX_SEED_WORDS
    assert parse_seed_words(" ".join(seeds)) == seeds
    check_brief(dataclasses.replace(BRIEF, seed_words=seeds, explicit=True))


def test_genres_have_common_names() -> None:
    assert parse_genre("Rap") == parse_genre("Hip Hop") == parse_genre("hiphop") == "hip-hop"
    assert parse_genre(" COUNTRY ") == "country"
    with pytest.raises(BriefError, match='Did you mean "country"'):
        parse_genre("contry")
    with pytest.raises(BriefError, match="hip-hop or country"):
        parse_genre("polka")


def test_moods() -> None:
    assert parse_mood("Sad") == "sad"
    with pytest.raises(BriefError, match="happy, sad"):
        parse_mood("melancholic")


def test_a_good_brief_comes_back() -> None:
    assert check_brief(BRIEF) is BRIEF


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"lines": 0}, "1 to 64"),
        ({"lines": 65}, "1 to 64"),
        ({"syllables": 2}, "3 to 18"),
        ({"syllables": 25}, "3 to 18"),
        ({"tempo": 0.0}, "between 20 and 400"),
        ({"tempo": float("nan")}, "between 20 and 400"),
        ({"beats_per_bar": 0}, "1 to 16"),
        ({"genre": "polka"}, "hip-hop or country"),
        ({"mood": "green"}, "happy"),
        ({"scheme": "B1"}, "AABB"),
        ({"scheme": "aabb"}, "Write AABB"),
        ({"seed_words": ("two words",)}, "single word"),
        ({"seed_words": tuple("abcdefghi")}, "too many"),
        ({"seed_words": ("bitch",)}, "explicit"),
    ],
)
def test_what_a_brief_may_not_ask(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(BriefError, match=complaint):
        check_brief(dataclasses.replace(BRIEF, **change))  # type: ignore[arg-type]
