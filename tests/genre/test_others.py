"""Pop and rock beside the two genres. Every text here was written for this test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from atl_core.errors import WeightsError
from atl_core.genre import others
from atl_core.genre.files import WEIGHTS
from atl_core.genre.judge import judge
from atl_core.genre.others import Weighing, probabilities
from bot.render.console import console
from bot.render.genre import neither, render_genre_verdict

NEON = """Dancing under neon lights tonight
Baby your kiss is electric
I feel it in my heart, we come alive
Oh oh oh, never let me go
Dancing under neon lights tonight
Baby you and I forever"""
TRUCK = """My daddy had a truck and a dog named Blue
We drove down the gravel to the river and the bar
Whiskey on the porch when the working day is through
And my mama in the kitchen with an old guitar"""


def shown(text: str) -> str:
    screen = console()
    with screen.capture() as capture:
        screen.print(render_genre_verdict(judge(text)))
    return capture.get()


def test_a_pop_song_that_reads_like_country_is_said_to_be_pop_as_well() -> None:
    verdict = judge(NEON)
    assert verdict.might_be == "pop" or verdict.kind == "pop"
    assert max(verdict.kinds, key=verdict.kinds.__getitem__) == "pop"
    assert "pop" in shown(NEON)


def test_nothing_of_the_kind_is_said_of_what_is_plainly_country_or_no_lyric() -> None:
    for text in (TRUCK, "def main() -> None: return [value for value in range(10)]", "two words"):
        assert judge(text).might_be == ""
        assert "could as well" not in shown(text)
    assert judge("two words").shares == ""


def test_a_lyric_of_another_genre_is_neither_and_says_how_likely_the_four_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Weighing, "is_other", lambda *_: True)
    verdict = judge(NEON)
    assert not verdict.confident
    assert verdict.kind == "pop"
    assert neither(verdict).startswith("Neither: this reads like pop (pop ")
    assert verdict.might_be == ""


def test_the_longer_a_text_the_less_it_takes() -> None:
    weighing = others.load().weighing
    assert not weighing.is_other(1.3, 10)
    assert weighing.is_other(1.3, 200)


def test_probabilities_of_extreme_log_odds() -> None:
    assert probabilities(900.0, -900.0, 0.0)["hip-hop"] == pytest.approx(1.0)
    assert probabilities(0.0, 900.0, -900.0)["rock"] == pytest.approx(1.0)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    shutil.copytree(WEIGHTS / "genre-others", tmp_path / "genre-others")
    (tmp_path / "genre-others" / "weights.safetensors").write_bytes(b"nothing")
    with pytest.raises(WeightsError, match="genre-others"):
        others.load(tmp_path / "genre-others")
