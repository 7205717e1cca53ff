"""Clean mode catches disguises and leaves innocent words alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.lyrics.wordlists import (
    FUNCTION_WORDS,
    cliches,
    explicit_words,
    is_clean,
    is_content_word,
    mask_explicit,
)


@pytest.mark.parametrize(
    "text",
    [
        "fuck", "FUCKIN'", "motherfuckin'", "mother-fucker", "muthafuckas", "fuuuuck", "f u c k",
        "f.u.c.k", "f**k", "f*ck", "sh1t", "shiiit", "sh!t", "sh-t", "a$$", "b!tches", "bitch's",
        "a bad-ass ride", "dumbass", "n1ggas", "niggaz", "p*ssy", "FÜCK", "fu\u200bck", "fu’ckin’",
        "Ａｓｓ", "ho's",
        "hoes", "a blow job", "Suck my thumb",
    ],
)  # fmt: skip
def test_explicit_words_in_their_disguises(text: str) -> None:
    assert explicit_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "class bass pass assassin glass grass assess", "cocktail hour with peacocks", "Scunthorpe",
        "he'll be back, she'll be back", "shiitake", "rappers rapping", "honky tonk angel",
        "a title at the Titanic", "hoo hoo, yoo-hoo", "spices and heroines", "water hoses",
        "the analyst's analysis", "N.Y. to L.A.", "I am a s s stammering", "grapes of wrath",
        "Dickens and Hancock", "45 and 455", "push it, wash it", "shut up and duck", "whoa",
        "country roads", "night after night", "therapist", "sussex", "cumulus clouds", "document",
    ],
)  # fmt: skip
def test_innocent_words(text: str) -> None:
    assert explicit_words(text) == []


def test_mild_words_may_pass() -> None:
    assert not is_clean("damn right")
    assert is_clean("damn right", mild=False)
    assert not is_clean("shit", mild=False)


def test_words_come_in_order() -> None:
    assert explicit_words("Damn, that shit is f u c k e d") == ["damn", "shit", "f u c k e d"]


def test_masking_keeps_the_rest() -> None:
    assert mask_explicit("What the Fuck, you SHITTY dog?") == "What the ***, you *** dog?"
    assert mask_explicit("Nothing here — at all") == "Nothing here — at all"


@given(st.text())
def test_masked_text_keeps_no_explicit_word(text: str) -> None:
    assert [word for word in explicit_words(mask_explicit(text, " / ")) if word.isalpha()] == []


def test_cliches() -> None:
    assert cliches("Neon signs and City Lights") == ["neon", "city lights"]
    assert cliches("a neonatal ward in the city, lights off") == ["city lights"]
    assert cliches("boots on the porch") == []


def test_content_words() -> None:
    assert is_content_word("train")
    assert not any(map(is_content_word, ["the", "ooh", "808", "i", "don't"]))
    assert {"the", "you", "ain't", "gonna"} <= FUNCTION_WORDS
