"""A wish is checked before anything is heard, and the beat fills its gaps."""

from __future__ import annotations

from typing import Any

import pytest

from atl_core.edits.wish import Wish
from atl_core.errors import BriefError
from tests.songs import heard


def test_what_is_not_asked_for_is_taken_from_the_beat() -> None:
    brief = Wish.parse(seed_words="midnight train").brief(heard())
    assert (brief.genre, brief.mood, brief.energy) == ("country", "sad", "low")
    assert (brief.tempo, brief.beats_per_bar) == (96.0, 4)
    assert brief.seed_words == ("midnight", "train")
    assert brief.lines == 8
    assert brief.scheme == "ABAB"


def test_a_beat_of_no_genre_is_written_to_in_either() -> None:
    noise = heard(genre={"hip-hop": 0.55, "country": 0.45})
    drawn = [Wish(random_seed=seed).brief(noise).genre for seed in range(200)]
    assert 80 < drawn.count("country") < 120
    assert drawn == [Wish(random_seed=seed).brief(noise).genre for seed in range(200)]
    assert Wish(genre="country").brief(noise).genre == "country"
    surer = heard(genre={"hip-hop": 0.65, "country": 0.35})
    assert {Wish(random_seed=seed).brief(surer).genre for seed in range(20)} == {"hip-hop"}


def test_what_is_asked_for_wins_over_the_beat() -> None:
    wish = Wish.parse(genre="rap", mood="party", lines=12, scheme="aaaa", syllables=7)
    brief = wish.brief(heard())
    assert (brief.genre, brief.mood, brief.lines) == ("hip-hop", "party", 12)
    assert (brief.scheme, brief.syllables) == ("AAAA", 7)


def test_a_rapped_line_is_fuller_on_a_slower_beat() -> None:
    wish = Wish.parse(genre="hip-hop")
    slow, fast = (wish.brief(heard(tempo=tempo)).syllables for tempo in (70.0, 120.0))
    assert slow > fast


def test_each_draft_is_another_unless_the_random_seed_is_given() -> None:
    drawn = {Wish.parse().random_seed for _ in range(8)}
    assert len(drawn) > 1
    assert Wish.parse(random_seed=5).random_seed == 5


@pytest.mark.parametrize(
    "asked",
    [
        {"genre": "polka"},
        {"mood": "sleepy"},
        {"lines": 0},
        {"lines": 1000},
        {"lines": -3},
        {"scheme": "A1"},
        {"syllables": 0},
        {"syllables": 400},
        {"seed_words": ""},
        {"seed_words": "   "},
        {"seed_words": "🚂🚂🚂"},
        {"seed_words": "<b></b>"},
        {"seed_words": "word " + " ".join(f"train{i}" for i in range(500))},
    ],
    ids=lambda asked: " ".join(f"{name}={str(value)[:12]}" for name, value in asked.items()),
)
def test_what_no_beat_could_mend_is_told_at_once(asked: dict[str, Any]) -> None:
    with pytest.raises(BriefError):
        Wish.parse(**asked)
