"""Words that carry a mood."""

from __future__ import annotations

import pytest

from atl_core.lyrics.brief import MOODS, Mood
from atl_core.lyrics.mood import MOOD_WORDS, OPPOSITES, mood_balance


@pytest.mark.parametrize(
    ("said", "mood", "balance"),
    [
        ("tears upon an empty grave", "sad", 2),
        ("laughing in the sunshine", "sad", -2),
        ("laughing at the funeral", "sad", 0),
        # A word of both moods is not held against the one that was asked for.
        ("the coffin", "dark", 1),
        ("the coffin", "sad", 1),
        ("a table and a chair", "dark", 0),
    ],
)
def test_balance_counts_for_a_mood_and_against_its_opposites(
    said: str, mood: Mood, balance: int
) -> None:
    assert mood_balance(said.split(), mood) == balance


def test_every_mood_has_words_and_opposites() -> None:
    assert set(MOOD_WORDS) == set(OPPOSITES) == set(MOODS)
    for mood, others in OPPOSITES.items():
        assert mood not in others
        assert MOOD_WORDS[mood] - MOOD_WORDS[others[0]]
