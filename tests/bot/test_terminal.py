"""The conversation in a terminal, typed line by line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import soundfile as sf
from click.testing import CliRunner

from bot.cli import atl
from bot.terminal.arguments import split_beat, split_options, split_page
from tests.songs import RATE, drum_loop


def talk(*said: str) -> str:
    """What the partner answers to some lines."""
    result = CliRunner().invoke(atl, ["chat"], input="".join(f"{line}\n" for line in said))
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.usefixtures("with_weights")
def test_a_song_from_a_beat_to_a_title(tmp_path: Path) -> None:
    beat = tmp_path / "my loop.wav"
    sf.write(beat, drum_loop(10), RATE)
    told = talk(
        f"/lyrics {beat} midnight train --lines 2 --genre country",
        "continue 1",
        "save as Last Stop",
        "lock line 1",
        "undo",
        "show the versions",
        "/drafts",
    )
    assert "Midnight train" in told
    assert "country, " in told
    assert "version 2" in told
    assert "Saved as “Last Stop”" in told
    assert "(locked)" in told
    assert "lock line 1" in told
    assert told.rindex("Last Stop") > told.rindex("Saved as"), "and it is in the list of drafts"


def test_pasted_lyrics_are_judged() -> None:
    told = talk(
        "/genre", "I got money on my mind, homie", "rolling through the hood with my crew", ""
    )
    assert re.search(r"hip-hop (9.|100)%", told)


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("/help", "/lyrics BEAT"),
        ("help", "/lyrics BEAT"),
        ("/drafts", "No drafts yet."),
        ("/drafts train page 2", "No draft has those words."),
        ("find my drafts about trains", "No draft has those words."),
        ("continue", "no draft at hand"),
        ("/lyrics", "Which beat?"),
        ("/lyrics nowhere.mp3 train --colour red", "no option --colour"),
        ("/lyrics nowhere.mp3 train --lines many", "whole number"),
        ("/lyrics nowhere.mp3 🚂", "no word"),
        (f"/lyrics hiphop.wav {' '.join(['word'] * 500)}", "atl weights fetch"),
        ("/nowhere/beat.mp3 midnight train", "atl weights fetch"),
        ("/dance", "/dance"),
        ("/write nowhere.docx", "cannot be read"),
        ("/write\n...\n/done", "no line of yours"),
        ("/open zzzzz9", "zzzzz9"),
        ("colourless green ideas", "Did you mean"),
        ("share it here", "Discord"),
    ],
)
def test_whatever_is_said_the_conversation_goes_on(said: str, answered: str) -> None:
    told = talk(said, "/genre my truck is parked beside the old dirt road")
    assert answered in told
    assert re.search(r"(9.|100)% country", told)


@pytest.mark.parametrize("said", ["/quit", "quit", "Exit"])
def test_a_conversation_ends_when_that_is_said(said: str) -> None:
    assert "No drafts yet." not in talk(said, "/drafts")


def test_forgetting_asks_once_more() -> None:
    assert "Nothing was removed." in talk("forget me", "no")
    assert "Nothing of yours was stored." in talk("forget me", "yes")


def test_a_bug_does_not_end_the_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr("bot.terminal.conversation.render_genre_verdict", broken)
    told = talk("/genre my truck is parked beside the road", "/drafts")
    assert "Sorry" in told
    assert "No drafts yet." in told


def test_a_path_may_have_spaces_or_quotes(tmp_path: Path) -> None:
    beat = tmp_path / "my best beat.wav"
    beat.touch()
    assert split_beat(f"{beat} midnight train") == (str(beat), "midnight train")
    assert split_beat(f"'{beat}' midnight train") == (str(beat), "midnight train")
    assert split_beat("nowhere.mp3 midnight train") == ("nowhere.mp3", "midnight train")
    assert split_beat("o'clock.mp3 midnight") == ("o'clock.mp3", "midnight")


def test_options_stand_anywhere_after_the_beat() -> None:
    expected = ("midnight train", {"lines": 4, "genre": "country"})
    assert split_options("midnight train --lines 4 --genre country") == expected
    assert split_options("--lines 4 --genre country midnight train") == expected
    assert split_options("--lines=4 midnight --genre=country train") == expected


def test_a_page_of_drafts_is_named_after_the_words() -> None:
    assert split_page("page 2") == ("", 2)
    assert split_page(" midnight train page 12") == ("midnight train", 12)
    assert split_page("the last page") == ("the last page", 1)


def test_options_are_those_of_the_command() -> None:
    assert split_options("--explicit midnight --random-seed 3 train") == (
        "midnight train",
        {"explicit": True, "random_seed": 3},
    )
