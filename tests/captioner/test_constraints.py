"""The guard between candidates and drafts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.captioner.constraints import (
    LineConstraints,
    is_fresh,
    is_showable,
    meets,
    ngrams,
)
from atl_core.captioner.end_words import can_end_line
from atl_core.lyrics.text import words


def constraints(**changes: object) -> LineConstraints:
    values: dict[str, object] = {
        "syllables": 8,
        "rhymes_with": ("rain",),
        "taken_ends": frozenset({"rain"}),
        "opening": "",
    }
    return LineConstraints(**values | changes)  # type: ignore[arg-type]


def is_fit(line: str, used: set[tuple[str, ...]], own: tuple[str, ...], *, explicit: bool) -> bool:
    return is_showable(line, own, explicit=explicit) and is_fresh(line, used)


def test_a_line_of_the_right_length_that_rhymes_keeps_the_plan() -> None:
    assert meets("I heard the whistle of the train", constraints())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("I heard the train", "four syllables short"),
        ("I heard the whistle of the storm", "does not rhyme"),
        ("I heard the whistle in the rain", "rhymes with the word itself"),
    ],
)
def test_a_line_that_breaks_the_plan_is_refused(line: str, why: str) -> None:
    assert not meets(line, constraints()), why


def test_a_line_that_is_left_hanging_is_refused_whatever_it_rhymes_with() -> None:
    for_sky = constraints(rhymes_with=("sky",))
    assert meets("Down at the station saying goodbye", for_sky)
    assert not meets("Down at the station I saw my", for_sky)


def test_small_words_answer_a_rhyme_as_they_do_in_songs() -> None:
    assert can_end_line("be")
    assert can_end_line("do")
    for word in ("my", "the", "ooh", "24", "ye"):
        assert not can_end_line(word), word


def test_a_compound_is_no_rhyme_for_its_own_last_word() -> None:
    for_light = constraints(rhymes_with=("light",))
    assert meets("We left the city in the night", for_light)
    assert not meets("We left the city by moonlight", for_light)
    assert meets("I put my finger on the ball", constraints(rhymes_with=("all",)))


def test_a_line_must_use_the_word_that_it_was_given() -> None:
    with_river = constraints(rhymes_with=(), must_use=("river",))
    assert meets("We walked the river in the cold", with_river)
    assert not meets("We walked the valley in the cold", with_river)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Roll on home", "too short is fine, so this one passes"),
        ("Rollin rollin all night long", "a word twice in a row"),
        ("I know the way, I know the town", "says two words in a row again"),
        ("This is the outro of my song", "names a part of the song"),
        ("I saw the blorfing in the sky", "no such word"),
    ],
)
def test_what_cannot_be_shown(line: str, why: str) -> None:
    assert is_fit(line, set(), (), explicit=False) == ("passes" in why), why


def test_the_writers_own_words_are_words() -> None:
    line = "The blorf was standing in the rain"
    assert not is_fit(line, set(), (), explicit=False)
    assert is_fit(line, set(), ("blorf",), explicit=False)


def test_a_line_opens_with_the_words_that_it_was_given() -> None:
    with_a = constraints(rhymes_with=(), opening="A")
    assert meets("A train was rolling in the cold", with_a)
    assert not meets("Ain't nobody walking in the cold", with_a)


def test_a_mild_word_passes_only_from_the_writer() -> None:
    line = "The damn old whistle of the train"
    assert not is_fit(line, set(), (), explicit=False)
    assert is_fit(line, set(), ("damn",), explicit=False)


def test_explicit_words_pass_only_when_asked_for() -> None:
    line = "I don't give a shit about your car"
    assert not is_fit(line, set(), (), explicit=False)
    assert is_fit(line, set(), (), explicit=True)


def test_three_words_in_a_row_do_not_come_again() -> None:
    used = ngrams(["The road is long and I am old"])
    assert not is_fit("They say the road is made of gold", used, (), explicit=False)
    assert is_fit("They say a road was made of gold", used, (), explicit=False)


@given(st.text(max_size=60))
def test_no_text_breaks_the_guard(text: str) -> None:
    meets(text, constraints())
    is_fit(text, ngrams([text]), (), explicit=False)


@pytest.mark.parametrize(
    "line",
    [
        "I don ain't got the time",
        "I was a outlaw on the run",
        "You know that I a girl from town",
        "We're ain't gonna get nowhere tonight",
        "I do it all night, I just got to lit",
        "You got it's just a little too true",
        "I ain' got the same old dreams and fears",
        "She took the my heart down to the sea",
        "I'ma take a little time, ain can't slow",
        "She's stuck, she ain't no gon' let me in",
        "You never wanna leave, I wont waste time",
        "So i'ma take you back and i don't mind",
        "No matter the age that I wo won't stay",
    ],
)
def test_slips_of_grammar_are_not_shown(line: str) -> None:
    assert not is_showable(line, (), explicit=False)


@pytest.mark.parametrize(
    "line",
    [
        "An hour ago I had to run away",
        "That's it, I'm gonna be a star",
        "Let her my friend",
        "There ain't no better way",
    ],
)
def test_good_grammar_is_shown(line: str) -> None:
    assert is_showable(line, (), explicit=False)


@pytest.mark.parametrize(
    "line",
    [
        "That was back before you were fat",
        "A white boy in a little car",
        "I'm a black rapper with no pride",
        "I'ma get a man that's black",
    ],
)
def test_nobody_is_remarked_upon_unless_the_writer_does(line: str) -> None:
    assert not is_showable(line, (), explicit=False)
    assert is_showable(line, words(line), explicit=False)


@pytest.mark.parametrize(
    "line",
    ["Don`t eat the bread you never made", "Me & you are on the road", "He can/will be home"],
)
def test_marks_that_are_not_sung_are_not_shown(line: str) -> None:
    assert not is_showable(line, (), explicit=False)


def test_the_writers_own_grammar_is_right() -> None:
    assert is_showable("A outlaw on the run tonight", ("a", "outlaw"), explicit=False)


def test_a_word_of_the_prompt_is_shown_only_to_who_brought_it() -> None:
    line = "I live a life of high energy"
    assert not is_showable(line, (), explicit=False)
    assert is_showable(line, ("energy",), explicit=False)
