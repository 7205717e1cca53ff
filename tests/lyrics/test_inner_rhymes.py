"""Rhymes inside lines: internal, multisyllabic and mosaic ones, in any text."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from atl_core.lyrics.inner_rhymes import phrase_key, phrase_rhymes, rhyme_chains, rhymed_syllables
from atl_core.lyrics.own_sounds import rhyming
from atl_core.lyrics.saying import saying


def found(*lines: str) -> list[set[str]]:
    """The words of each chain."""
    return [
        {lines[s.line][s.start : s.end].lower() for s in chain.stretches}
        for chain in rhyme_chains(lines)
    ]


def test_a_mosaic_rhyme_is_found() -> None:
    assert {"poet", "know it"} in found("I am a poet", "and you know it")
    assert any({"minute", "in it"} <= chain for chain in found("give me a minute", "I am in it"))


def test_a_rhyme_inside_a_line_is_found() -> None:
    assert any({"night", "light"} <= chain for chain in found("all night under a light I wait"))


def test_a_multisyllabic_rhyme_is_one() -> None:
    (chain, *_) = rhyme_chains(["a mighty nation", "a tidy station"])
    assert chain.syllables >= 2


def test_a_word_does_not_rhyme_with_itself() -> None:
    assert found("the river and the river") == []
    assert found("the knight in the night") == []


def test_words_that_carry_no_stress_are_no_rhyme_alone() -> None:
    assert found("to you and to") == []


def test_the_writers_own_sound_is_followed() -> None:
    lines = ("oh Saoirse I was", "a lesson in inertia")
    assert not any("saoirse" in " ".join(chain) for chain in found(*lines))
    with saying([rhyming("Saoirse", "inertia")]):
        assert any({"saoirse", "inertia"} <= chain for chain in found(*lines))


def test_a_line_counts_what_rhymes_in_it() -> None:
    dense = rhymed_syllables("the night is bright and light in sight", [])
    assert dense >= 4
    assert rhymed_syllables("we walk along the river slowly", []) == 0


def test_a_phrase_rhymes_with_a_word() -> None:
    assert phrase_key("know it") == "OW AH T"
    assert "poet" in phrase_rhymes("know it")


def test_vowels_before_r_are_those_of_a_word_that_rhymes() -> None:
    """CMUdict has "arrow" with the vowel of "at" and "narrow" with that of "air"."""
    assert "narrow" in phrase_rhymes("bow and arrow")
    assert "spirit" in phrase_rhymes("hear it")
    assert found("I am here", "you are near") == [{"here", "near"}]
    assert found("I hear a clear song") == [{"hear", "clear"}]


@given(st.lists(st.text(max_size=60), max_size=6))
@example(["Fs and 'm", "no vowel: 'm"])
def test_any_text_is_read_and_stretches_are_words_of_it(lines: list[str]) -> None:
    for chain in rhyme_chains(lines):
        assert len(chain.stretches) > 1
        for stretch in chain.stretches:
            assert lines[stretch.line][stretch.start : stretch.end].strip()


def test_initials_rhyme_as_they_are_said() -> None:
    assert found("I came to LA", "and I lost my way") == [{"la", "way"}]
    assert found("I came to LA with a dollar", "slept on the floor of a friend") == []


def test_an_end_that_rhymes_as_the_scheme_has_it_is_no_rhyme_inside() -> None:
    above = ["I keep my head up when the rent is due"]
    assert rhymed_syllables("Don't make no more than she expects out of you", above) == 0
    assert rhymed_syllables("I stay on my way to the bay with you", above) >= 3
