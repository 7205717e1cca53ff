"""Settings are read from the environment, and a mistake in them is told by name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from atl_core.errors import UserError
from atl_core.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]


def test_the_data_folder_holds_everything_unless_told_otherwise(home: Path) -> None:
    settings = load_settings()
    assert settings.home == home
    assert settings.weights_home == home / "weights"
    assert settings.drafts_url == f"sqlite+aiosqlite:///{home}/atl.sqlite3"


def test_any_folder_may_hold_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATL_HOME", "/songs/what? #1 100%")
    assert make_url(load_settings().drafts_url).database == "/songs/what? #1 100%/atl.sqlite3"


def test_a_database_address_is_taken_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATL_DATABASE_URL", "postgresql+asyncpg://atl@localhost/atl")
    assert load_settings().drafts_url == "postgresql+asyncpg://atl@localhost/atl"


def test_a_tilde_in_the_data_folder_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATL_HOME", "~/songs")
    assert load_settings().home == Path.home() / "songs"


def test_settings_that_are_not_text_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_bytes(b"ATL_DEVICE=cpu\n# caf\xe9\n")
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")
    with pytest.raises(UserError, match="UTF-8"):
        load_settings()


def test_a_setting_left_empty_is_as_if_it_were_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATL_HOME", "")
    assert load_settings().home == Path.home() / ".local" / "share" / "atl"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ATL_DEVICE", "gpu9"),
        ("ATL_HOME", "~nobody-of-that-name/songs"),
        ("ATL_CAPTIONER", "parrot"),
        ("ATL_EFFORT", "enormous"),
        ("ATL_MAX_SECONDS", "-1"),
        ("ATL_MAX_SECONDS", "long"),
        ("ATL_MAX_MEGABYTES", "0"),
        ("ATL_LINKS", "perhaps"),
        ("ATL_DISCORD_LOOPBACK", "https://discord.com"),
        ("ATL_DISCORD_LOOPBACK", "http://127.0.0.1:99999"),
        ("ATL_DISCORD_TOKEN", "two\nlines"),
        ("ATL_MAX_SECONDS", "inf"),
        ("ATL_MAX_SECONDS", "nan"),
        ("ATL_MAX_MEGABYTES", "1e300"),
        ("ATL_MAX_JOBS", "99999999999999999999"),
        ("ATL_JOBS_AT_ONCE", "2.5"),
        ("ATL_METRICS_PORT", "99999"),
        ("ATL_JOBS_URL", "nonsense"),
        ("ATL_JOBS_URL", "mysql://host/name"),
        ("ATL_JOBS_URL", "postgresql://host:99999/name"),
        ("ATL_DATABASE_URL", "sqlite+aiosqlite://"),
        ("ATL_DATABASE_URL", "sqlite+aiosqlite:///:memory:"),
        ("ATL_DATABASE_URL", "postgresql+asyncpg://host:port/name"),
        ("ATL_LM_FOLDER", "/no/such/folder"),
        ("ATL_LM_URL", "127.0.0.1:8080"),
        ("ATL_LM_URL", "ftp://host/v1"),
        ("ATL_LM_URL", "http://host:99999/v1"),
        ("ATL_LM_URL", "https://name:very.secret@host/v1"),
        ("ATL_LM_URL", "https://host/v1?key=very.secret"),
        ("ATL_LM_URL", "http://ho st/v1"),
        ("ATL_LM_KEY", "two\nlines"),
        ("ATL_LM_MODEL", "m" * 201),
    ],
)
def test_a_mistake_is_told_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match=name) as told:
        load_settings()
    # Our own words: none of the validator's, and nothing of a value that may be a secret.
    assert "secret" not in str(told.value)
    assert not re.search(r"(?i)input should|valid|pydantic|parse|value error", str(told.value))


def test_a_mistake_ends_every_command_at_start(tmp_path: Path) -> None:
    """One line that names the setting and what is accepted, and exit status 2; no loop of tries."""
    for command in (["drafts", "list"], ["bot", "run"], ["worker"], ["up"]):
        done = subprocess.run(
            [sys.executable, "-m", "bot", *command],
            env={**os.environ, "ATL_MAX_SECONDS": "inf", "ATL_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2, done.stderr
        assert done.stderr.count("\n") == 1
        assert "ATL_MAX_SECONDS cannot be used: it is a number" in done.stderr


@pytest.mark.parametrize("name", ["ATL_DISCORD_TOKEN", "ATL_LM_KEY"])
def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "very.secret")
    assert "very.secret" not in repr(load_settings())


def test_the_captioner_server_needs_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATL_CAPTIONER", "server")
    with pytest.raises(UserError, match="ATL_LM_URL cannot be used: the captioner server"):
        load_settings()
    monkeypatch.setenv("ATL_LM_URL", "http://[::1]:8080/v1")
    assert load_settings().lm_url == "http://[::1]:8080/v1"


def test_the_example_names_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = {line[1:].split("=")[0] for line in example.splitlines() if line.startswith("#ATL_")}
    assert named == {f"ATL_{field.upper()}" for field in Settings.model_fields}
