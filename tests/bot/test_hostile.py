"""Hostile text and files at the terminal: nothing moves its cursor, nothing is read without end."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from atl_core.drafts.diff import as_rich, compare
from atl_core.drafts.listing import Change, Page, Summary
from atl_core.settings import Settings
from atl_core.studio import open_studio
from bot.clean import clean, escaped
from bot.cli import atl as command
from bot.render.console import console
from bot.render.drafts import render_draft, render_history, render_page
from bot.render.listening import render_listening
from tests.drafts.examples import draft_values, make_draft, make_lines, make_listening, make_verdict

ROOT = Path(__file__).parents[2]
NASTY = "\x1b]0;OWNED\x07\x9b31m\u202egnp.\x00\r\u2028"


def harmless(shown: str) -> bool:
    return not any(
        letter in "\u202e\u2066\u2028\ufeff" or (ord(letter) < 32 and letter not in "\n\t")
        for letter in shown
    ) and not any(0x7F <= ord(letter) < 0xA0 for letter in shown)


def printed(*things: Any) -> str:
    screen = console()
    with screen.capture() as capture:
        for thing in things:
            screen.print(thing)
    return capture.get()


def test_every_view_shows_hostile_text_harmlessly() -> None:
    lines = make_lines((NASTY, "two"))
    verdict = make_verdict()
    draft = replace(
        make_draft(), title=NASTY, tags=(NASTY,), lines=lines, beat_name=NASTY, asked=NASTY
    )
    draft = replace(draft, brief=replace(draft.brief, seed_words=(NASTY,)))
    heard = replace(make_listening(), key=NASTY, tags={NASTY: 0.5})
    spoken = replace(verdict, words=(replace(verdict.words[0], word=NASTY),))
    summary = Summary(
        "k7m2qd", "ann", NASTY, 1, 1, NASTY, 2, "country", 96.0, (NASTY,), draft.created
    )
    shown = printed(
        render_draft(replace(draft, verdict=spoken)),
        render_listening(heard),
        render_page(Page((summary,), 1, 2, 2), "atl"),
        render_history([Change(1, None, NASTY, "ann", draft.created, True)]),
        as_rich(compare(make_draft(), draft)),
        Text(NASTY),
        NASTY,
    )
    assert "OWNED" in shown
    assert harmless(shown)


@given(st.text())
def test_any_text_is_shown_harmlessly(text: str) -> None:
    assert harmless(clean(text))
    assert harmless(printed(text))


def atl(*arguments: str) -> Result:
    """The command in this process: a process of its own takes a second to begin."""
    return CliRunner().invoke(command, arguments, prog_name="atl")


@pytest.mark.parametrize("name", ["\x1b]0;OWNED\x07a.wav", "caf\udce9.wav", "\u202egnp.wav"])
def test_a_file_name_cannot_set_the_title_of_a_terminal(name: str) -> None:
    done = atl("listen", name)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert harmless(done.stderr)


@pytest.mark.parametrize(
    "words", [["status"], ["doctor"], ["weights", "list"], ["weights", "verify"], ["db", "upgrade"]]
)
def test_a_folder_with_a_hostile_name_is_told_harmlessly(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "\x1b]0;OWNED\x07\u202esgnos"
    for name in ("ATL_HOME", "ATL_WEIGHTS_HOME"):
        monkeypatch.setenv(name, str(folder))
    for more in ([], ["--json"] if words[0] != "db" else []):
        done = atl(*words, *more)
        assert harmless(done.stdout + done.stderr), done.output
        assert "Sorry" not in done.stderr


@given(st.text(st.characters() | st.sampled_from("\x9b\u202e\ud83d\x7f")))
def test_json_is_printed_harmlessly_and_means_the_same(text: str) -> None:
    shown = escaped(json.dumps([text], ensure_ascii=False))
    assert harmless(shown)
    assert json.loads(shown) == [text]
    shown.encode()


@pytest.fixture
def draft(home: Path) -> str:
    async def made() -> str:
        async with open_studio(Settings()) as studio:
            return (await studio.drafts.create("local", **draft_values(title="Été"))).id

    assert home
    return asyncio.run(made())


def test_bytes_that_are_no_text_are_not_kept(draft: str, tmp_path: Path) -> None:
    done = atl("say", draft, "line 1: caf\udce9 au lait", "--json")
    assert done.exit_code == 0, done.output
    line = json.loads(done.stdout)["lines"][0]["text"]
    assert line == "caf\ufffd au lait"
    for format_ in ("txt", "lrc", "json"):
        file = tmp_path / f"song.{format_}"
        done = atl("drafts", "export", draft, "--format", format_, "--output", str(file))
        assert done.exit_code == 0, done.output


def test_an_ascii_terminal_shows_what_it_can(home: Path, draft: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "drafts", "show", draft],
        cwd=ROOT,
        env={**os.environ, "ATL_HOME": str(home), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"?t?" in done.stdout


@pytest.mark.parametrize("words", [["genre"], ["drafts", "import"]])
def test_nothing_is_read_without_end(words: list[str], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for endless in ("/dev/zero", str(tmp_path / "pipe"), str(tmp_path)):
        done = atl(*words, endless)
        assert done.exit_code == 2, done.output
        assert "cannot be read" in done.stderr


@pytest.mark.parametrize("format_", ["html", "mp4"])
def test_an_export_with_its_beat_reads_only_a_file_of_sound(
    draft: str, tmp_path: Path, format_: str
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:9,\n/etc/hostname\n")
    (tmp_path / "words.mp3").write_text("la la la " * 900)
    wrong = {
        tmp_path / "pipe": "not a regular file",
        Path("/dev/zero"): "not a regular file",
        tmp_path: "is a folder",
        tmp_path / "nowhere.mp3": "no file nowhere.mp3",
        tmp_path / "list.m3u8": "a playlist; ATL needs sound",
        tmp_path / "words.mp3": "not an audio file",
    }
    export = ["drafts", "export", draft, "--format", format_, "--output", str(tmp_path / "made")]
    for beat, said in wrong.items():
        done = atl(*export, "--beat", str(beat))
        assert done.exit_code == 2, done.output
        assert said in done.stderr
    assert not (tmp_path / "made").exists()


def test_an_export_writes_over_nothing_unless_forced(draft: str, tmp_path: Path) -> None:
    song = tmp_path / "song.txt"
    export = ["drafts", "export", draft, "--output", str(song)]
    assert atl(*export).exit_code == 0
    song.write_text("mine")
    done = atl(*export)
    assert done.exit_code == 2
    assert "is there already" in done.stderr
    assert song.read_text() == "mine"
    assert atl(*export, "--force").exit_code == 0
    assert song.read_text() != "mine"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("drafts", "show", "DRAFT", "--version", "9" * 20), "no version"),
        (("drafts", "diff", "DRAFT", "1", "9" * 20), "no version"),
        (("say", "DRAFT", f"go back to version {'9' * 20}"), "version"),
        (("drafts", "search", "la" * 30_000), "too many to search for"),
    ],
)
def test_numbers_and_searches_beyond_all_bounds_get_a_sentence(
    draft: str, words: tuple[str, ...], said: str
) -> None:
    done = atl(*(draft if word == "DRAFT" else word for word in words))
    assert done.exit_code == 2, done.output
    assert said in done.stderr
