"""Whatever a person hands over, `atl` answers with one useful line and saves nothing by half."""

from __future__ import annotations

import ctypes
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile as sf
from click.testing import CliRunner, Result

from bot.cli import atl

RATE = 22_050
ACCEPTED = "are accepted"


def noise(seconds: float, rate: int = RATE, channels: int = 1) -> np.ndarray:
    return np.random.default_rng(0).uniform(-0.3, 0.3, (int(seconds * rate), channels))


def no_file(path: Path) -> Path:
    return path / "beat.mp3"


def a_folder(path: Path) -> Path:
    return path


def no_bytes(path: Path) -> Path:
    (path / "beat.wav").touch()
    return path / "beat.wav"


def text_named_mp3(path: Path) -> Path:
    (path / "beat.mp3").write_text("midnight train\n" * 500)
    return path / "beat.mp3"


def truncated_mp3(path: Path) -> Path:
    whole = path / "whole.mp3"
    sf.write(whole, noise(12), RATE)
    cut = path / "beat.mp3"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    return cut


def video_without_sound(path: Path) -> Path:
    with av.open(path / "clip.mp4", "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for _ in range(20):
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path / "clip.mp4"


def a_moment(path: Path) -> Path:
    sf.write(path / "beat.wav", noise(0.3), RATE)
    return path / "beat.wav"


def silence(path: Path) -> Path:
    sf.write(path / "beat.wav", np.zeros(RATE * 4), RATE)
    return path / "beat.wav"


def three_hours(path: Path) -> Path:
    """Small as a file: FLAC packs it; only the decoded length is enormous."""
    with sf.SoundFile(path / "beat.flac", "w", 11_025, 1, "PCM_16") as file:
        minute = np.tile([0.5, -0.5], 11_025 * 30)
        for _ in range(180):
            file.write(minute)
    return path / "beat.flac"


def two_hundred_channels(path: Path) -> Path:
    sf.write(path / "beat.wav", noise(3, channels=200), RATE)
    return path / "beat.wav"


def at_8_khz(path: Path) -> Path:
    sf.write(path / "beat.wav", noise(3, 8_000), 8_000)
    return path / "beat.wav"


def at_384_khz(path: Path) -> Path:
    sf.write(path / "beat.wav", noise(3, 384_000), 384_000)
    return path / "beat.wav"


def not_a_number(path: Path) -> Path:
    samples = noise(3)
    samples[RATE] = np.nan
    sf.write(path / "beat.wav", samples, RATE, subtype="FLOAT")
    return path / "beat.wav"


def too_large(path: Path) -> Path:
    """51 MB that take no room on the disk."""
    with (path / "beat.wav").open("wb") as file:
        file.truncate(51_000_000)
    return path / "beat.wav"


BEATS: list[tuple[Callable[[Path], Path], str]] = [
    (no_file, "There is no file beat.mp3"),
    (a_folder, "is a folder"),
    (no_bytes, "empty (0 bytes)"),
    (text_named_mp3, "not an audio file"),
    (truncated_mp3, "cut off"),
    (video_without_sound, "no sound"),
    (a_moment, "too short (0.3 s)"),
    (silence, "is silent"),
    (three_hours, "too long"),
    (two_hundred_channels, "200 channels"),
    (at_8_khz, "8,000 Hz"),
    (at_384_khz, "384,000 Hz"),
    (not_a_number, "NaN"),
    (too_large, "too large (51.0 MB)"),
]

ASKED: list[tuple[list[str], str]] = [
    (["--seed", ""], "no seed word"),
    (["--seed", " ".join(f"word{i}" for i in range(500))], "500 seed words are too many"),
    (["--seed", "🚂🔥"], "no word"),
    (["--seed", "<b></b>"], "no word"),
    (["--genre", "polka"], '"polka" is not a genre'),
    (["--lines", "0"], "0 lines"),
    (["--lines", "1000"], "1000 lines"),
    (["--lines", "many"], "not a valid integer"),
    (["--scheme", "A-1"], "not a rhyme scheme"),
    (["--mood", "sleepy"], "not a mood"),
    (["--syllables", "99"], "99 syllables"),
    (["--captioner", "parrot"], "parrot"),
    (["--colour"], "--colour"),
]


@pytest.fixture
def beat(tmp_path: Path) -> Path:
    """One with nothing wrong."""
    sf.write(tmp_path / "good.wav", noise(4), RATE)
    return tmp_path / "good.wav"


def drafts_in(home: Path) -> int:
    """How many drafts and revisions there are; a database that was never made holds none."""
    database = home / "atl.sqlite3"
    if not database.exists():
        return 0
    with sqlite3.connect(database) as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("sessions", "revisions")
        ]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return sum(counts)


def assert_refused(result: Result, said: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("atl: ")
    assert said in line


@pytest.mark.parametrize(("make", "said"), BEATS, ids=[make.__name__ for make, _ in BEATS])
def test_a_beat_that_cannot_be_used(
    with_weights: Path, tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    beat = make(tmp_path)
    assert_refused(CliRunner().invoke(atl, ["write", str(beat), "--seed", "train"]), said)
    assert_refused(CliRunner().invoke(atl, ["listen", str(beat), "--json"]), said)
    assert drafts_in(with_weights) == 0


@pytest.mark.parametrize(("options", "said"), ASKED, ids=[" ".join(o)[:24] for o, _ in ASKED])
def test_what_cannot_be_written(home: Path, beat: Path, options: list[str], said: str) -> None:
    assert_refused(CliRunner().invoke(atl, ["write", str(beat), *options]), said)
    assert drafts_in(home) == 0


def test_weights_that_were_never_fetched(home: Path, beat: Path) -> None:
    result = CliRunner().invoke(atl, ["write", str(beat), "--seed", "train"])
    assert_refused(result, "atl weights fetch")
    assert drafts_in(home) == 0


def test_a_database_from_a_newer_version(home: Path, beat: Path) -> None:
    assert CliRunner().invoke(atl, ["db", "upgrade"]).exit_code == 0
    with sqlite3.connect(home / "atl.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (["write", str(beat)], ["drafts", "list"], ["db", "upgrade"]):
        assert_refused(CliRunner().invoke(atl, command), "newer version of ATL")


def test_a_database_that_is_no_database(home: Path) -> None:
    home.mkdir()
    (home / "atl.sqlite3").write_text("once upon a time" * 100)
    assert_refused(CliRunner().invoke(atl, ["drafts", "list"]), "not an SQLite database")


def run_as(limits: Callable[[], None], *command: str) -> Result:
    """`atl` in a process of its own, held to some limits."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *command],
        capture_output=True,
        preexec_fn=limits,
        # Of bytecode that does not fit onto the disk Python would keep a part.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    return Result(
        CliRunner(),
        done.stdout,
        done.stderr,
        done.stdout + done.stderr,
        None,
        done.returncode,
        None,
    )


def without_privileges() -> None:
    """Root may write anywhere, which a person may not: give that up."""
    PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1  # noqa: N806
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


def test_a_read_only_data_folder(home: Path, beat: Path) -> None:
    home.mkdir()
    home.chmod(0o555)
    try:
        for command in (["write", str(beat), "--seed", "train"], ["weights", "fetch"]):
            assert_refused(run_as(without_privileges, *command), "ATL_HOME")
        assert list(home.iterdir()) == []
    finally:
        home.chmod(0o755)


def test_a_disk_that_is_full(home: Path, beat: Path) -> None:
    """Full for whoever wants more than 4 kB: the first page of a database fits, no more."""
    result = run_as(
        lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        "write",
        str(beat),
        "--seed",
        "train",
    )
    assert_refused(result, "disk")
    assert drafts_in_half_made(home) == []


def drafts_in_half_made(home: Path) -> list[str]:
    """Tables that a refused write left behind."""
    database = home / "atl.sqlite3"
    if not database.exists():
        return []
    with sqlite3.connect(database) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
