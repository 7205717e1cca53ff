"""The words that spoke: words of the text that a reader wants to see, and that made the verdict."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from atl_core.genre.judge import classifier, judge
from atl_core.genre.text import tokens, words
from atl_core.lyrics.wordlists import is_content_word

COUNTRY = """And I'm on my daddy's old dirt road, oh yeah
And it's the whiskey and the rain
And I'm a-singin' on the porch tonight
'Cause she's gone on the midnight train"""


def test_small_words_and_sounds_are_not_named() -> None:
    named = [part for word in judge(COUNTRY).words for part in word.word.split()]
    assert named
    assert all(is_content_word(word) for word in named)
    assert not {"and", "i'm", "oh", "yeah", "a", "'cause"} & set(named)


def test_two_words_that_belong_together_are_named_together() -> None:
    named = [word.word for word in judge(COUNTRY).words]
    assert "dirt road" in named
    assert "road" not in named


def test_words_that_said_next_to_nothing_are_not_named() -> None:
    weights = [word.weight for word in judge(COUNTRY).words]
    assert min(weights) > 0.05 * max(weights)


def test_without_the_words_that_spoke_the_verdict_moves_more_than_without_others() -> None:
    verdict = judge(COUNTRY)
    named = {p for w in verdict.words if w.genre == "country" for p in words(w.word)}
    found = [token.word for token in tokens(COUNTRY)]
    before = classifier().log_odds(found)
    without = classifier().log_odds([word for word in found if word not in named])
    others = sorted(set(found) - named)
    random.Random(0).shuffle(others)
    taken = set(others[: len(named)])
    beside = classifier().log_odds([word for word in found if word not in taken])
    assert before < 0
    assert without - before > 3 * abs(beside - before)


@given(st.text(alphabet="whiskey old dirt road'’ -\n", max_size=120))
def test_named_words_are_words_of_the_text(text: str) -> None:
    if tokens(text):
        for word in judge(text).words:
            assert set(words(word.word)) <= set(words(text))
