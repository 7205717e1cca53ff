"""The language model beside the words: weighed together, and both said where they differ."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from atl_core.captioner.load import LM
from atl_core.genre import thorough
from atl_core.genre.draft_verdict import verdict_on
from atl_core.genre.judge import classifier, judge
from atl_core.genre.others import SONG_GENRES, probabilities
from atl_core.genre.text import tokens, words
from atl_core.genre.verdict import ReadWords
from bot.discord import cards
from bot.render.console import console
from bot.render.drafts import render_draft
from bot.render.genre import render_genre_verdict
from tests.songs import a_draft

LOVE = """We were dancing in the kitchen
with the radio turned low
And I told you that I loved you
though I guess you already know"""
SONG = f"""[Verse 1: Somebody]
{LOVE}

[Chorus]
{LOVE.upper()}"""


class Leaning:
    """A reader whose every state leans to one genre by as much as is asked."""

    def __init__(self, lean: float) -> None:
        found = thorough.shipped()
        self.asked: list[str] = []
        across = (found.weights[0] - found.weights[1]).astype(np.float64)
        # The least state whose evidence is that of an average word, moved along the question.
        average = found.centre[0] - found.centre[1]
        self.state = across * (average + lean) / (across @ across)

    def read(self, words: Sequence[str]) -> ReadWords:
        self.asked += words
        states = np.tile(self.state.astype(np.float32), (len(words), 1))
        return ReadWords(states, np.ones(len(words), np.int64))


def shown(thing: object) -> str:
    screen = console()
    with screen.capture() as capture:
        screen.print(thing)
    return capture.get()


def test_without_a_reader_nothing_is_said_of_one() -> None:
    verdict = judge(LOVE)
    assert verdict.by_words == verdict.by_model == {}


def test_a_reader_moves_the_verdict_its_way_and_the_words_that_spoke_with_it() -> None:
    plain, pushed = judge(LOVE), judge(LOVE, Leaning(8.0))
    assert pushed.genre["hip-hop"] > plain.genre["hip-hop"]
    assert judge(LOVE, Leaning(-8.0)).genre["country"] > plain.genre["country"]
    assert pushed.by_words == plain.genre
    assert pushed.by_model["hip-hop"] > 0.9

    def weight(verdict: object) -> float:
        return sum(w.weight for w in verdict.words if w.genre == "hip-hop")  # type: ignore[attr-defined]

    assert weight(pushed) > weight(plain)


def test_where_words_and_model_differ_both_are_said_in_the_terminal_and_on_discord() -> None:
    sign = 1 if judge(LOVE).label == "hip-hop" else -1
    assert "The words alone read" in shown(render_genre_verdict(judge(LOVE, Leaning(-8.0 * sign))))
    assert "The words alone read" not in shown(
        render_genre_verdict(judge(LOVE, Leaning(8.0 * sign)))
    )
    plain = a_draft()
    verdict = replace(
        plain.verdict,
        by_words={"hip-hop": 0.29, "country": 0.71},
        by_model={"hip-hop": 0.64, "country": 0.36},
    )
    differing = replace(plain, verdict=verdict)
    sentence = "The words alone read 71% country, the language model reads 64% hip-hop."
    assert sentence in shown(render_draft(differing))
    assert sentence not in shown(render_draft(plain))
    (embed,) = cards.draft(differing, "en-US").embeds
    assert sentence in (embed.fields[0].value or "")
    for language in ("de", "fr", "es-ES"):
        (embed,) = cards.draft(differing, language).embeds
        assert "64% hip-hop" in (embed.fields[0].value or "")


def test_what_is_no_lyric_is_not_read_and_tags_neither() -> None:
    reader = Leaning(1.0)
    report = "The committee met on Tuesday to review the annual budget of the department."
    assert not judge(report, reader).by_model
    assert not reader.asked
    judge(SONG, reader)
    assert reader.asked == words(LOVE) * 2


def test_parts_of_a_song_are_read_as_well() -> None:
    quick, deep = judge(SONG), judge(SONG, Leaning(8.0))
    assert [part.name for part in deep.parts] == ["Verse 1", "Chorus"]
    for before, after in zip(quick.parts, deep.parts, strict=True):
        assert after.genre["hip-hop"] > before.genre["hip-hop"]


def test_contributions_and_the_constants_make_up_the_verdict() -> None:
    found = [token.word for token in tokens(LOVE)]
    by_words = classifier().contributions(tokens(LOVE)).tolist()
    reading = thorough.read(found, Leaning(0.7))
    a, b, c, d = reading.thorough.together
    average = reading.thorough.centre + reading.thorough.bias
    bias = thorough.weight(b, c, len(found)) * (average[0] - average[1])
    constant = a * classifier().constant(len(found)) + bias + d
    evidence, *_ = reading.evidence()
    expected = reading.thorough.log_odds(classifier().log_odds(found), evidence, len(found))
    assert sum(reading.contributions(by_words)) + constant == pytest.approx(expected, abs=1e-3)


def test_words_that_were_not_read_say_nothing() -> None:
    reading = thorough.read(words(LOVE), Leaning(8.0))
    unread = replace(reading, tokens=np.zeros_like(reading.tokens))
    assert unread.evidence() == (0.0, 0.0, 0.0)


def test_a_draft_keeps_what_both_parts_said() -> None:
    lines = a_draft().lines
    verdict = verdict_on(lines, Leaning(8.0))
    assert verdict.by_model["hip-hop"] > 0.5
    assert type(verdict).from_json(verdict.to_json()) == verdict
    assert verdict_on(lines).by_model == {}


def test_the_four_genres_are_those_of_the_logits() -> None:
    model = thorough.shipped()
    for number, genre in enumerate(SONG_GENRES):
        # The least state whose logits are 9 for one genre and 0 for the others.
        state = np.linalg.pinv(model.weights) @ (9.0 * np.eye(4)[number] - model.bias)
        shares = (model.weights @ state - model.centre)[None].astype(np.float32)
        reading = thorough.Reading(model, shares, np.ones(1, np.int64))
        hip_hop, other, pop = reading.evidence()
        assert probabilities(hip_hop, other, pop)[genre] > 0.99


def test_the_adapter_is_for_the_base_that_the_writer_has() -> None:
    config = json.loads((thorough.FOLDER / "config.json").read_text())
    card = json.loads((LM.adapter / "adapter.json").read_text())
    assert config["base_sha256"] == card["base_sha256"]
