"""What the beat says and what the words say, side by side where they differ."""

from __future__ import annotations

import pytest

from atl_core.genre.verdict import Verdict, disagreement
from bot.discord import cards
from bot.render.console import console
from bot.render.drafts import render_draft
from tests.songs import a_draft, heard

COUNTRY_WORDS = Verdict({"hip-hop": 0.29, "country": 0.71}, "country", True, (), 3, 1.0, 1.0)


def shown(draft: object) -> str:
    screen = console()
    with screen.capture() as capture:
        screen.print(render_draft(draft))  # type: ignore[arg-type]
    return capture.get()


def test_a_hip_hop_beat_under_country_words_is_said_on_both_front_ends() -> None:
    draft = a_draft(
        listening=heard(genre={"hip-hop": 0.87, "country": 0.13}), verdict=COUNTRY_WORDS
    )
    sentence = "The beat sounds 87% hip-hop, these words read 71% country."
    assert sentence in shown(draft)
    (embed,) = cards.draft(draft, "en-US").embeds
    assert sentence in (embed.fields[0].value or "")
    (embed,) = cards.draft(draft, "de").embeds
    assert "Der Beat klingt nach 87% hip-hop" in (embed.fields[0].value or "")


def test_nothing_is_said_where_they_agree_or_are_not_sure() -> None:
    agreeing = a_draft(verdict=COUNTRY_WORDS)
    unsure = a_draft(listening=heard(genre={"hip-hop": 0.55, "country": 0.45}))
    for draft in (agreeing, unsure):
        assert "The beat sounds" not in shown(draft)
        (embed,) = cards.draft(draft, "en-US").embeds
        assert "The beat sounds" not in (embed.fields[0].value or "")


def test_lines_after_the_last_sound_of_the_beat_are_said_on_both_front_ends() -> None:
    """A beat of 40 s, the last 30 of them silence; the draft's lines start every 2.5 s."""
    draft = a_draft(listening=heard(sound_end=9.8))
    sentence = "After the last sound of the beat (0:09): "
    assert f"{sentence}lines 5-6." in shown(draft)
    (embed,) = cards.draft(draft, "en-US").embeds
    assert f"{sentence}2 lines (5-6)." in (embed.fields[0].value or "")
    (embed,) = cards.draft(draft, "de").embeds
    assert "Nach dem letzten Ton des Beats (0:09): 2 Zeilen (5-6)." in (embed.fields[0].value or "")
    assert draft.to_json()["verdict"]["lines_after_sound"] == [5, 6]
    # Where it is not known when the sound ends, the beat ends it.
    for quiet, after in (({"sound_end": 15.1}, []), ({}, []), ({"duration": 12.5}, [6])):
        told = a_draft(listening=heard(**quiet))
        assert told.to_json()["verdict"]["lines_after_sound"] == after
        assert ("After the last sound" in shown(told)) == bool(after)


@pytest.mark.parametrize("kind", ["pop", "prose", ""])
def test_a_draft_that_is_neither_is_said_to_be(kind: str) -> None:
    verdict = Verdict({"hip-hop": 0.6, "country": 0.4}, "hip-hop", False, (), 3, 1.0, 1.0, kind)  # type: ignore[arg-type]
    draft = a_draft(verdict=verdict)
    assert "either" in shown(draft)
    (embed,) = cards.draft(draft, "en-US").embeds
    assert "neither" in (embed.fields[0].value or "")
    if kind:
        assert f"rather {kind}" in shown(draft)
        assert f"rather {kind}" in (embed.fields[0].value or "")


def test_a_verdict_of_an_earlier_version_is_read() -> None:
    data = COUNTRY_WORDS.to_json()
    del data["kind"]
    assert Verdict.from_json(data) == COUNTRY_WORDS
    assert Verdict.from_json(COUNTRY_WORDS.to_json()) == COUNTRY_WORDS


def test_a_disagreement_names_the_beat_first() -> None:
    assert disagreement({"hip-hop": 0.1, "country": 0.9}, {"hip-hop": 0.9, "country": 0.1}) == (
        "country",
        "hip-hop",
    )
