"""What a writer pastes, and what the classifier says to it. All lyrics here are our own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.errors import UserError, WeightsError
from atl_core.genre import judge as judging
from atl_core.genre import linear
from atl_core.genre.files import WEIGHTS
from atl_core.genre.judge import JUDGE, RANKER, classifier, judge
from atl_core.genre.text import tokens

COUNTRY = """Daddy's old truck on a gravel road
Whiskey on the porch and a heavy load
She left for Tulsa with my faded jeans
And the steel guitar cried for New Orleans"""

HIP_HOP = """Yeah, I been on the block with my homies gettin' paid
Rhymes in the booth, keep the haters in the shade
Spit on the mic, got the whole crew swingin'
Cash in the bag, hear the cell phone ringin'"""


@pytest.mark.parametrize(("lyrics", "genre"), [(COUNTRY, "country"), (HIP_HOP, "hip-hop")])
def test_plain_cases_are_told_apart(lyrics: str, genre: str) -> None:
    verdict = judge(lyrics)
    assert verdict.label == genre
    assert verdict.confident
    assert sum(verdict.genre.values()) == pytest.approx(1.0)


def test_the_words_that_spoke_are_words_of_the_text() -> None:
    verdict = judge(COUNTRY)
    named = {part for word in verdict.words for part in word.word.split()}
    assert named <= set(COUNTRY.lower().replace("\n", " ").split())
    weights = [word.weight for word in verdict.words]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0
    assert "whiskey" in [word.word for word in verdict.words if word.genre == "country"]


@pytest.mark.parametrize("name", [JUDGE, RANKER])
def test_the_judge_and_the_ranker_score_single_lines(name: str) -> None:
    country, hip_hop = classifier(name).score(
        ["Whiskey and a steel guitar, my old dusty truck", "Homies on the block, gettin' cash"]
    )
    assert country < 0 < hip_hop


def test_the_judge_of_measurements_is_not_the_ranker() -> None:
    assert classifier(JUDGE).bags[0].counts != classifier(RANKER).bags[0].counts


@pytest.mark.parametrize("text", ["", "  \n\t", "!?! ... --", "\u200d\u200d", "****"])
def test_a_text_without_words_is_an_error_that_says_what_to_do(text: str) -> None:
    with pytest.raises(UserError, match="no words"):
        judge(text)


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(UserError, match="characters"):
        judge("la " * judging.MAX_CHARACTERS)


@pytest.mark.parametrize(
    "text",
    [
        "la di da " * 100_000,
        "one more line on the road\n" * 10_000,
        "\x00\x07\x1b[31m whiskey \x1b[0m on the porch",
        "שלום עולם זה שיר",
        "wh\u200diskey on\u200d the po\u200drch tonight",
        "a" * 100_000,
        "👍🏽 💔 on the road",
    ],
)
def test_odd_text_gets_an_answer(text: str) -> None:
    verdict = judge(text)
    assert 0.0 <= verdict.genre["hip-hop"] <= 1.0
    assert len(verdict.lines) <= judging.LINES


def test_a_verdict_can_be_printed_as_json() -> None:
    data = json.loads(json.dumps(judge(COUNTRY).to_json()))
    assert set(data) == {
        "genre", "label", "confident", "words", "lines", "kind", "kinds", "by_words", "by_model",
        "parts",
    }  # fmt: skip
    assert sum(data["genre"].values()) == pytest.approx(1.0)


def test_the_probabilities_of_four_genres_agree_with_those_of_two() -> None:
    for lyrics in (COUNTRY, HIP_HOP):
        verdict = judge(lyrics)
        assert verdict.kind == verdict.label
        assert sum(verdict.kinds.values()) == pytest.approx(1.0)
        two = verdict.kinds["hip-hop"] + verdict.kinds["country"]
        assert verdict.kinds["country"] / two == pytest.approx(verdict.genre["country"])


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    shutil.copytree(WEIGHTS / RANKER, tmp_path / RANKER)
    file = tmp_path / RANKER / "words.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(WeightsError, match=r"words\.safetensors"):
        linear.load(tmp_path / RANKER)


def test_neither_torch_nor_sklearn_is_loaded_for_a_verdict() -> None:
    program = (
        "import sys; from atl_core.genre.judge import judge; judge('whiskey on the porch')\n"
        "heavy = {'torch', 'sklearn', 'scipy', 'matplotlib'}; print(heavy & set(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "set()"


@given(st.text(min_size=1, max_size=400))
def test_any_text_gets_a_verdict_or_a_clear_error(text: str) -> None:
    if tokens(text):
        assert sum(judge(text).genre.values()) == pytest.approx(1.0)
    else:
        with pytest.raises(UserError, match="no words"):
            judge(text)


@given(st.lists(st.sampled_from("whiskey block road cash the homies porch".split()), min_size=1))
def test_scoring_many_texts_is_scoring_each(words: list[str]) -> None:
    model = classifier(RANKER)
    texts = [" ".join(words), " ".join(reversed(words))]
    assert model.score(texts).tolist() == [model.score([text]).tolist()[0] for text in texts]
