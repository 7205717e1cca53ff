"""What a server's model answers becomes plain lines, whatever it puts around them."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.captioner.constraints import LineConstraints, is_showable, meets
from atl_core.captioner.sampling import ForcedPrefix
from atl_core.captioner.server_client import ServerError, choices_of
from atl_core.captioner.server_prompt import (
    _EXAMPLES,
    MAX_LINE,
    MAX_LINES,
    Ask,
    chat,
    clean_line,
    completion,
    continued,
    is_example,
    lines_of,
)

RAIN = "Mama stood out in the rain"
TRAIN = "We waited all night for the train"
ASK = Ask("country", "sad", "low", False, ("river", "rain"), (RAIN,), 8, ends=("train", "pain"))


@pytest.mark.parametrize(
    "answer",
    [
        f"{RAIN}\n{TRAIN}",
        f"1. {RAIN}\n2. {TRAIN}",
        f"1) {RAIN}\n\n2) {TRAIN}",
        f"(1) {RAIN}\n(2) {TRAIN}",
        f"Line 1: {RAIN}\nLine 2: {TRAIN}",
        f"- {RAIN}\n- {TRAIN}",
        f"* **{RAIN}**\n* **{TRAIN}**",
        f"• “{RAIN}”\n• “{TRAIN}”",
        f'"{RAIN},"\n"{TRAIN}."',
        f"'{RAIN}'\n'{TRAIN}'",
        f"### Lines\n\n> *{RAIN}*\n> *{TRAIN}*",
        f"```\n{RAIN}\n{TRAIN}\n```",
        f"Sure! Here are two lines for your song:\n\n1. {RAIN}\n2. {TRAIN}\n\nLet me know!",
        f"1. {RAIN} (7 syllables)\n2. {TRAIN} [8 syllables]",
        f"1. {RAIN} - 7 syllables\n2. {TRAIN} – 8 syllables",
        f"1. {RAIN}\n2. {TRAIN}\n\nThe rain and the train stand for what she lost in the flood.",
        f"7 rain: {RAIN}\n8 train: {TRAIN}",
        f"<think>The user wants lines.\nMaybe about rain.</think>\n{RAIN}\n{TRAIN}",
        json.dumps([RAIN, TRAIN]),
        json.dumps({"lines": [{"text": RAIN}, {"text": TRAIN}]}),
        f"```json\n{json.dumps([RAIN, TRAIN], indent=2)}\n```",
        json.dumps({"lines": [RAIN, TRAIN, "half a line that"]}, indent=2)[:-16],
        f"I'm sorry, but I can't quote the song. Here is my own:\n1. {RAIN}\n2. {TRAIN}",
        f"{RAIN}\r\n{TRAIN}\r\n",
        f"{RAIN}\n{RAIN}\n{TRAIN}",
    ],
)
def test_lines_are_found_in(answer: str) -> None:
    found = lines_of(answer)
    if "stand for" in answer:  # nothing marks it as talk; the constraints will refuse its length
        found = [line for line in found if "stand for" not in line]
    assert found == [RAIN, TRAIN]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "   \n\n",
        "I'm sorry, but I can't help with that.\nPerhaps we could sing about sunshine instead",
        "As an AI language model, I cannot write such a line.",
        "I cannot write explicit lyrics, since that is against my guidelines.",
        "<think>She wants a line that ends in rain. Let me count",
        "Sure! Here is the next line:",
        "{}",
        "[]",
        "...",
        "###",
        "1.\n2.\n3.",
        "The line has 9 syllables and rhymes with train.",
        "la" * 200,
        "I have no idea what's the next line",
    ],
)
def test_no_line_is_found_in(answer: str) -> None:
    assert lines_of(answer) == []


def test_what_would_be_refused_for_its_marks_is_written_with_others() -> None:
    assert clean_line("the river’s high — mama’s gone; the rain…") == (
        "The river's high, mama's gone, the rain"
    )
    assert clean_line("Where did you go?") == "Where did you go?"


def test_a_completion_goes_on_after_its_opening_and_ends_with_the_line() -> None:
    start = ForcedPrefix(":", "Down by the corner store")
    assert continued(" where the lights burn low\n8 go: And", start) == (
        "Down by the corner store where the lights burn low"
    )
    assert continued("\n8 go: And nothing", start) == ""
    assert continued("  ", start) == ""


def test_the_examples_are_what_they_are_examples_of() -> None:
    for ask, lines in _EXAMPLES:
        wanted = LineConstraints(ask.syllables, (ask.above[0].split()[-1],), frozenset(), "")
        for line in lines:
            assert meets(line, wanted), line
            assert is_showable(line, (), explicit=False), line
            assert line.split()[-1] in ask.ends


def test_a_line_of_an_example_is_known_again() -> None:
    assert is_example("And nobody left in the county to call")
    assert is_example("Now nobody sits in the chair")
    assert not is_example("There's a picture of you on the wall")


def test_the_chat_says_what_the_line_has_to_be() -> None:
    ask = Ask(
        "hip-hop", "dark", "high", False, ("corner", "store"), ("One above", "Two above"), 11,
        opening="Corner store", must_use=("corner", "store"),
        faults=(("A line that failed", "it has 5 syllables"),),
    )  # fmt: skip
    system, *examples, last = chat(ask, 12)
    assert "numbered lines alone" in system["content"]
    assert [message["role"] for message in examples] == ["user", "assistant"] * 2
    for said in (
        "hip-hop, dark, high energy, no explicit words", "corner, store", "One above\n  Two above",
        "Syllables: 11", "many words rhyme with", "open with “Corner store”", "12 different",
        "A line that failed (it has 5 syllables)",
    ):  # fmt: skip
        assert said in last["content"]
    assert "end on one of these words: train, pain" in chat(ASK, 1)[-1]["content"]
    alone = Ask("country", None, "low", True, (), (), 8, is_rhymed=False)
    assert "rhyme with" not in chat(alone, 1)[-1]["content"]


def test_a_text_for_completions_ends_with_the_plan_of_the_line() -> None:
    text = completion(ASK, ForcedPrefix(" train:"))
    assert text.endswith(f"about: river, rain\n7 rain: {RAIN}\n8 train:")
    assert text.count("about:") == 3
    assert completion(ASK, ForcedPrefix(":", "Late rain")).endswith("\n8: Late rain")


LYRIC = st.lists(
    st.sampled_from("mama river night road gold train whiskey window cold walked to the".split()),
    min_size=3,
    max_size=10,
).map(lambda found: " ".join(found).capitalize())


@given(
    st.lists(LYRIC, min_size=1, max_size=12, unique=True),
    st.sampled_from(["{}", "{n}. {}", "- {}", "* *{}*", "{n}) “{}”", '"{}",', "{n}. **{}.**"]),
    st.sampled_from(["", "Sure, here you go:\n", "Here are some lines:\n\n", "```\n"]),
)
def test_plain_lines_come_out_of_any_dress(lines: list[str], dress: str, before: str) -> None:
    answer = before + "\n".join(dress.format(line, n=n) for n, line in enumerate(lines, 1))
    assert lines_of(answer) == lines


@given(st.text() | st.text("\"'[]{}()*_`#>-1.:, \nabI", max_size=400))
def test_any_text_gives_plain_lines_or_none(answer: str) -> None:
    found = lines_of(answer)
    assert len(found) == len(set(found)) <= MAX_LINES
    for line in [*found, *filter(None, [continued(answer, ForcedPrefix(":"))])]:
        assert line == line.strip()
        assert len(line.splitlines()) == 1
        assert len(line) <= MAX_LINE
        assert not set(line) & set('*_~`#>|"\\')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "message", "text", "content", "index"]), inner
        )
    ),
    max_leaves=10,
)


@given(JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=60))
def test_any_answer_gives_texts_or_an_error_that_is_told(answer: bytes) -> None:
    with suppress(ServerError):
        assert all(isinstance(text, str) for text in choices_of(answer))


def test_choices_are_put_in_order() -> None:
    told = {"choices": [{"index": 1, "text": "b"}, {"index": 0, "text": "a"}]}
    assert choices_of(json.dumps(told).encode()) == ["a", "b"]
