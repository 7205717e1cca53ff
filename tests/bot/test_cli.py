"""The `atl` command from end to end, on real beats, with the real models."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import soundfile as sf
from click.testing import CliRunner, Result

from atl_core.manifest import MANIFEST
from bot.cli import atl
from tests.machine import FETCHED, need_weights
from tests.songs import RATE, drum_loop


@dataclass(frozen=True)
class Desk:
    """Somebody's machine: a data folder, a beat, and a draft that was written to it."""

    home: Path
    beat: Path
    written: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.written["draft"])

    def run(self, *arguments: str, typed: str = "") -> Result:
        env = {"ATL_HOME": str(self.home)}
        return CliRunner().invoke(atl, list(arguments), input=typed, env=env)

    def json(self, *arguments: str) -> Any:
        result = self.run(*arguments, "--json")
        assert result.exit_code == 0, result.output
        assert result.stderr == ""
        return json.loads(result.stdout)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    need_weights()
    home = tmp_path_factory.mktemp("home")
    (home / "weights").symlink_to(FETCHED, target_is_directory=True)
    beat = home / "loop.wav"
    sf.write(beat, drum_loop(12), RATE)
    empty = Desk(home, beat, {})
    asked = ("--seed", "midnight train", "--lines", "2", "--random-seed", "3")
    return Desk(home, beat, empty.json("write", str(beat), *asked))


def test_a_draft_has_everything_that_scripts_rely_on(desk: Desk) -> None:
    draft = desk.written
    assert len(draft["lines"]) == 2
    for line in draft["lines"]:
        assert set(line) >= {
            "text", "syllables", "target", "rhyme", "bar", "start", "end", "locked"
        }  # fmt: skip
        assert line["text"]
        assert line["start"] < line["end"]
    assert "midnight train" in draft["lines"][0]["text"].lower()
    assert set(draft["listening"]) >= {
        "genre", "tags", "mood", "energy", "tempo", "key", "bars", "duration"
    }  # fmt: skip
    assert draft["listening"]["tempo"] == pytest.approx(90, rel=0.03)
    assert set(draft["verdict"]) >= {
        "genre", "words", "longest_match", "rhymes_kept", "syllables_kept"
    }  # fmt: skip
    assert sum(draft["verdict"]["genre"].values()) == pytest.approx(1)
    assert draft["verdict"]["longest_match"] < 8
    assert draft["brief"]["seed_words"] == ["midnight", "train"]
    assert draft["captioner"] == "lm"
    assert set(draft["seconds"]) >= {"listen", "write", "judge"}


def test_the_same_random_seed_writes_the_same_draft(desk: Desk) -> None:
    again = desk.json(
        "write", str(desk.beat), "--seed", "midnight train", "--lines", "2", "--random-seed", "3"
    )
    assert [line["text"] for line in again["lines"]] == [
        line["text"] for line in desk.written["lines"]
    ]
    assert again["draft"] != desk.id


def test_listening_prints_what_was_heard(desk: Desk) -> None:
    heard = desk.json("listen", str(desk.beat))
    assert heard == desk.written["listening"]
    told = desk.run("listen", str(desk.beat)).stdout
    assert f"{heard['tempo']:.0f} BPM" in told
    assert heard["key"] in told
    first = max(heard["genres"], key=lambda genre: heard["genres"][genre])
    assert f"{first} {heard['genres'][first]:.0%}" in told


def test_a_draft_is_shown_with_numbers_syllables_and_rhymes(desk: Desk) -> None:
    told = desk.run("drafts", "show", desk.id).stdout
    first = desk.written["lines"][0]
    assert f"1 {first['rhyme']} {first['text']}" in told
    assert f"{first['syllables']}/{first['target']}" in told
    assert f"draft {desk.id}" in told
    assert desk.json("drafts", "show", desk.id)["lines"] == desk.written["lines"]


def test_a_draft_is_found_again_by_list_and_search(desk: Desk) -> None:
    for command in (["list"], ["search", "MIDNIGHT", "train"]):
        found = desk.json("drafts", *command)
        assert desk.id in [item["id"] for item in found["drafts"]]
        assert desk.id in desk.run("drafts", *command).stdout
    assert desk.json("drafts", "search", "zeppelin")["total"] == 0


def test_lyrics_are_judged_from_a_file_or_a_pipe(desk: Desk, tmp_path: Path) -> None:
    rap = "I got money on my mind, homie, rolling through the hood with my crew\n" * 4
    (tmp_path / "song.txt").write_text(rap)
    judged = desk.json("genre", str(tmp_path / "song.txt"))
    assert judged["label"] == "hip-hop"
    assert judged["confident"] is True
    assert sum(judged["genre"].values()) == pytest.approx(1)
    assert desk.run("genre", "-", typed=rap).stdout == desk.run("genre", typed=rap).stdout


def test_genre_shows_each_line_and_draws_why_on_request(desk: Desk, tmp_path: Path) -> None:
    song = "Whiskey on the porch and a steel guitar\nHomies on the block stack the cash\x1b[2J"
    told = desk.run("genre", "--picture", str(tmp_path / "why.png"), typed=song).stdout
    first, second = told.splitlines()[-2:]
    # Each line begins with its part of the strip.
    assert first.removeprefix("█ ").startswith("Whiskey on the porch and a steel guitar ")
    assert "country" in first
    assert "hip-hop" in second
    assert "\x1b" not in told
    assert (tmp_path / "why.png").read_bytes().startswith(b"\x89PNG")
    nowhere = str(tmp_path / "nowhere" / "why.png")
    assert "cannot be written" in desk.run("genre", "--picture", nowhere, typed=song).stderr


def test_a_draft_is_revised_step_by_step(desk: Desk) -> None:
    before = [line["text"] for line in desk.written["lines"]]

    longer = desk.json("continue", desk.id, "1")
    assert [line["text"] for line in longer["lines"]][:2] == before
    assert len(longer["lines"]) == 3

    assert desk.json("lock", desk.id, "1")["lines"][0]["locked"] is True
    rewritten = [line["text"] for line in desk.json("rewrite", desk.id, "all")["lines"]]
    assert rewritten[0] == before[0]
    assert rewritten[1] != before[1]

    assert [line["text"] for line in desk.json("undo", desk.id)["lines"]][:2] == before
    assert [line["text"] for line in desk.json("redo", desk.id)["lines"]] == rewritten

    mine = desk.json("say", desk.id, 'line 3: "my own last line"')
    assert mine["lines"][2]["text"] == "my own last line"
    refused = desk.run("rewrite", desk.id, "1")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "locked" in refused.stderr


def test_versions_are_listed_and_compared(desk: Desk) -> None:
    copy = desk.json("say", desk.id, "duplicate it as Another")["draft"]
    desk.json("say", copy, 'line 2: "my own second line"')
    assert [change["number"] for change in desk.json("drafts", "history", copy)] == [1, 2]
    told = desk.run("drafts", "diff", copy).stdout
    assert "1 line changed" in told
    assert "second line" in told
    assert desk.json("drafts", "diff", copy, "1", "2")["after"] == 2


@pytest.mark.parametrize("format_", ["txt", "lrc", "chordpro", "pdf", "json"])
def test_a_draft_is_exported(desk: Desk, tmp_path: Path, format_: str) -> None:
    output = tmp_path / "song"
    told = desk.run("drafts", "export", desk.id, "--format", format_, "--output", str(output))
    assert told.stdout == f"Written to {output}\n"
    data = output.read_bytes()
    piped = desk.run("drafts", "export", desk.id, "--format", format_, "--output", "-")
    assert piped.stdout_bytes[:4] == data[:4]
    if format_ == "pdf":
        assert data.startswith(b"%PDF")
    else:
        last_word = desk.written["lines"][0]["text"].split()[-1]
        assert last_word in data.decode()


def test_a_beat_is_drawn(desk: Desk, tmp_path: Path) -> None:
    picture = tmp_path / "heard.png"
    assert desk.run("listen", str(desk.beat), "--picture", str(picture)).exit_code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    refused = desk.run("listen", str(desk.beat), "--picture", "/nowhere/heard.png")
    assert (refused.exit_code, refused.stdout) == (2, "")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["drafts", "export", "zzzzz9"], "zzzzz9"),
        (["drafts", "show", "zzzzz9"], "zzzzz9"),
        (["drafts", "show", "not an id"], "no draft id"),
        (["continue", "zzzzz9"], "zzzzz9"),
        (["lock", "zzzzz9", "3-1"], "names no lines"),
        (["genre", "nowhere.txt"], "cannot be read"),
        (["avoid", "--allow"], "atl avoid --allow neon"),
        (["avoid", "--allow", "neon"], "You do not avoid neon"),
        (["wriet"], "Did you mean"),
        (["weights", "verify", "--quickly"], "--quickly"),
    ],
    ids=" ".join,
)
def test_a_mistake_is_told_in_one_line(command: list[str], said: str) -> None:
    result = CliRunner().invoke(atl, command)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert said in line


def test_words_are_avoided_until_they_are_allowed() -> None:
    def avoid(*arguments: str) -> str:
        return CliRunner().invoke(atl, ["avoid", *arguments], catch_exceptions=False).stdout

    assert "neon, city lights" in avoid("neon,", "city", "lights")
    assert "neon, city lights" in avoid()
    assert json.loads(avoid("--allow", "neon", "--json")) == {"avoid": ["city lights"]}
    assert "You avoid no words" in avoid("--allow", "city lights")


def test_a_search_without_a_find_says_so(desk: Desk) -> None:
    assert desk.run("drafts", "search", "zebra", "crossing").stdout == "No draft has those words.\n"


def test_what_can_be_said_is_said(desk: Desk) -> None:
    assert "swap lines 2 and 3" in desk.run("say", desk.id, "help").stdout


def test_nothing_is_forgotten_without_being_asked_once_more(desk: Desk) -> None:
    result = desk.run("say", desk.id, "forget", "me")
    assert result.exit_code == 2
    assert "atl chat" in result.stderr
    assert desk.json("drafts", "show", desk.id)["draft"] == desk.id


def test_a_bug_is_logged_and_apologised_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr("atl_core.weights.is_whole", broken)
    result = CliRunner().invoke(atl, ["weights", "list"])
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert "Sorry" in line
    assert "ZeroDivisionError" not in line
    (log,) = (home / "logs").iterdir()
    assert log.stem.split("-")[-1] in line
    assert "ZeroDivisionError: a bug of ours" in log.read_text()


@pytest.mark.usefixtures("with_weights")
def test_weights_are_listed_and_verified() -> None:
    listed = CliRunner().invoke(atl, ["weights", "list", "--json"])
    assert all(row["here"] for row in json.loads(listed.stdout))
    verified = CliRunner().invoke(atl, ["weights", "verify"])
    assert verified.exit_code == 0
    assert "SmolLM2" in verified.stdout


def test_a_model_that_was_not_prepared_is_told(home: Path) -> None:
    need_weights()
    (home / "weights").mkdir(parents=True)
    for entry in MANIFEST:
        (home / "weights" / entry.name).symlink_to(FETCHED / entry.name)
    for command in (["weights", "verify"], ["doctor"]):
        result = CliRunner().invoke(atl, command)
        assert result.exit_code in (1, 2)
        assert "not been prepared" in result.output
        assert "atl weights fetch" in result.output


def test_damaged_weights_are_told_with_what_mends_them(home: Path) -> None:
    folder = home / "weights" / "musicnn-msd"
    folder.mkdir(parents=True)
    (folder / "MSD_musicnn.data").write_bytes(b"half of it")
    result = CliRunner().invoke(atl, ["weights", "verify"])
    assert result.exit_code == 2
    assert "truncated" in result.stderr
    assert "atl weights fetch" in result.stderr


def test_the_doctor_says_what_is_missing() -> None:
    result = CliRunner().invoke(atl, ["doctor"])
    assert result.exit_code == 1
    assert "NOT weights" in result.stdout
    assert "atl weights fetch" in result.stdout
    assert "ok  database" in result.stdout


def test_status_says_where_everything_is(desk: Desk) -> None:
    told = desk.json("status")
    assert told["home"] == str(desk.home)
    assert told["drafts"] >= 1
    # Optional weights are told of where they were fetched.
    told["weights"].pop("large", None)
    assert told["weights"] == {"smollm2-135m-instruct": True, "musicnn-msd": True}


def test_a_password_in_the_database_address_is_not_shown(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATL_DATABASE_URL", f"sqlite+aiosqlite:///{home}/other.sqlite3")
    assert "other.sqlite3" in CliRunner().invoke(atl, ["status"]).stdout
    monkeypatch.setenv("ATL_DATABASE_URL", "postgresql+asyncpg://me:hush@127.0.0.1:1/atl")
    result = CliRunner().invoke(atl, ["status"])
    assert result.exit_code == 2
    assert "hush" not in result.output


def test_the_database_is_upgraded_once() -> None:
    assert "from schema nothing" in CliRunner().invoke(atl, ["db", "upgrade"]).stdout
    assert "already" in CliRunner().invoke(atl, ["db", "upgrade"]).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_the_shell(shell: str) -> None:
    result = CliRunner().invoke(atl, ["completion", shell])
    assert result.exit_code == 0
    assert "_ATL_COMPLETE" in result.stdout


def test_every_command_explains_itself() -> None:
    for name, command in atl.commands.items():
        told = CliRunner().invoke(atl, [name, "--help"])
        assert told.exit_code == 0
        assert command.help
        assert told.stdout.startswith(f"Usage: atl {name}")


def interruptible() -> None:
    """Undo what a shell does to what it runs in the background, where SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def writing(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """`atl chat` in a process of its own, about to write eight lines."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "ATL_HOME": str(desk.home)},
        preexec_fn=interruptible,
    )
    assert process.stdin
    process.stdin.write(f"/open {desk.id}\ncontinue 8\n")
    process.stdin.flush()
    yield process
    process.kill()
    process.wait()


def test_ctrl_c_in_a_chat_stops_the_writing_and_loses_nothing(
    desk: Desk, writing: subprocess.Popen[str]
) -> None:
    before = desk.json("drafts", "show", desk.id)
    assert writing.stderr
    for line in writing.stderr:
        if line.startswith("  1/8"):
            break
    writing.send_signal(signal.SIGINT)
    told, _ = writing.communicate("show\n")

    assert writing.returncode == 0
    assert "Stopped." in told
    assert told.count(before["lines"][0]["text"]) == 2, "shown when opened, and again afterwards"
    assert desk.json("drafts", "show", desk.id) == before


def test_ctrl_c_in_a_command_leaves_nothing_behind(desk: Desk) -> None:
    """With `lstm`, which loads in less time; in the chat above it is `lm` that is stopped."""
    with sqlite3.connect(desk.home / "atl.sqlite3") as connection:
        (before,) = connection.execute("SELECT count(*) FROM revisions").fetchone()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", str(desk.beat)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "ATL_HOME": str(desk.home), "ATL_CAPTIONER": "lstm"},
        preexec_fn=interruptible,
    )
    assert process.stderr
    earlier = ""
    for line in process.stderr:
        earlier += line
        if line.startswith("  1/8"):
            break
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 130, earlier + told
    assert "Stopped." in told
    with sqlite3.connect(desk.home / "atl.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM revisions").fetchone() == (before,)


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("atl ")
