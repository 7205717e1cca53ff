"""Why: marked words, lines, the bar and the picture."""

from __future__ import annotations

import re
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from atl_core.genre.judge import classifier, judge
from atl_core.genre.picture import picture
from atl_core.genre.text import tokens, words

MIXED = """Whiskey on the porch and a steel guitar cryin'
Old dirt road and my daddy's truck, dyin'

Homies on the block gettin' paid, stack the cash
Spit on the mic, hit the gas, watch 'em crash"""


def test_marks_stand_on_the_words_as_written() -> None:
    verdict = judge(f"  [Verse 1]\n\n   {MIXED}")
    found = {
        line.text[mark.start : mark.end].lower(): mark
        for line in verdict.lines
        for mark in line.marks
    }
    assert found["whiskey"].genre == "country"
    assert found["homies"].genre == "hip-hop"
    assert max(mark.strength for mark in found.values()) == pytest.approx(1.0)
    assert set(found) <= set(re.findall(r"[\w']+", MIXED.lower()))


@given(st.text(alphabet="whiskey road\n\t\r\u2028\x85[]x2'", max_size=200))
def test_marks_and_lines_are_of_the_text_whatever_ends_a_line(text: str) -> None:
    if not tokens(text):
        return
    verdict = judge(text)
    written = [line.strip() for line in text.splitlines()]
    for line in verdict.lines:
        assert line.text in written
        for mark in line.marks:
            assert 0 <= mark.start < mark.end <= len(line.text)
            assert words(line.text[mark.start : mark.end])


def test_contributions_and_the_constant_make_up_the_verdict() -> None:
    model = classifier()
    found = tokens(MIXED)
    words = [token.word for token in found]
    total = float(np.sum(model.contributions(found))) + model.constant(len(words))
    assert total == pytest.approx(model.log_odds(words), abs=1e-4)


def test_each_line_has_its_own_verdict() -> None:
    lines = judge(MIXED).lines
    assert [line.text for line in lines] == [line for line in MIXED.splitlines() if line]
    country, _, hip_hop, _ = lines
    assert country.genre["country"] > 0.5 > hip_hop.genre["country"]


@pytest.mark.parametrize(
    "text",
    [MIXED, "short", "tabs\tand \u200bjoiners\u200d שלום " * 30, "$x_{ and $\n" * 60, "a " * 9999],
)
def test_the_picture_is_a_png_of_some_size(text: str) -> None:
    with Image.open(BytesIO(picture(text))) as image:
        assert image.format == "PNG"
        assert image.width > 600
        assert len(image.convert("L").getcolors() or range(300)) > 2
