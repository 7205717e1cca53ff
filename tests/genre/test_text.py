"""The normaliser: the same words in another dress are the same words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.genre.text import normalise, tokens, words


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("[Verse 1]\nI'm RUNNIN' down", "im running down"),
        ("Runnin’ , runnin; running!", "runnin runnin runnin"),
        ("Whoaaaaa (yeah) x2", "whoaa yeah"),
        ("f**k what they say ***", "what they say"),
        ("café\u200b naïve", "cafe naive"),
        ("one\ntwo\r\nthree", "one two three"),
        ("rock-and-roll", "rock and roll"),
        ("since 1994", "since 0"),
    ],
)
def test_dress_does_not_count(written: str, same: str) -> None:
    assert words(written) == words(same)


def test_ing_is_folded_only_where_a_stem_is_left() -> None:
    assert normalise("sing") == "sing"
    assert normalise("king") == "king"
    assert normalise("morning") == normalise("mornin'")


@given(st.text(max_size=300))
def test_any_text_gives_tokens_in_order_within_it(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end <= len(text)
        assert token.word
        end = token.end


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="[]xX"), max_size=200))
def test_case_never_counts(text: str) -> None:
    assert words(text.upper()) == words(text.lower())
