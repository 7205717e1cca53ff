"""Running the bot: tokens, pauses, stalls, and what an operator reads."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import discord
import pytest
from click.testing import CliRunner

from atl_core.errors import UserError
from atl_core.settings import Settings
from bot.cli import atl
from bot.discord import connection, invite, loopback, watchdog

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("command", ["run", "sync"])
def test_without_a_token_the_way_to_one_is_told_step_by_step(command: str) -> None:
    done = CliRunner().invoke(atl, ["bot", command])
    assert done.exit_code == 2
    assert "There is no Discord token" in done.stderr
    for step in ("discord.com/developers/applications", "Reset Token", "ATL_DISCORD_TOKEN="):
        assert step in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1:80", "https://127.0.0.1:80", "http://127.0.0.1@evil.example"]
)
def test_only_a_loopback_address_stands_for_discord(url: str) -> None:
    with pytest.raises(UserError, match="loopback"):
        loopback.use(url)


def test_the_invite_asks_for_exactly_what_is_needed() -> None:
    link = invite.link(1234)
    assert "client_id=1234" in link
    assert "scope=bot+applications.commands" in link
    value = int(link.rpartition("permissions=")[2])
    assert discord.Permissions(value) == discord.Permissions(**dict.fromkeys(invite.NEEDED, True))
    assert value.bit_count() == len(invite.NEEDED)


def test_the_documented_invite_is_the_bots_own() -> None:
    told = (ROOT / "docs" / "first-login.md").read_text(encoding="utf-8")
    assert invite.link(1234).replace("1234", "APPLICATION_ID", 1) in told


class Broken:
    """A client whose connection goes wrong."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def start(self, token: str) -> None:  # noqa: ARG002
        raise self.error

    async def close(self) -> None:
        pass


async def test_a_failed_first_handshake_is_tried_again_with_a_new_client(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failures: list[Exception] = [
        AttributeError("'NoneType' object has no attribute 'sequence'"),
        OSError("unreachable"),
        discord.GatewayNotFound(),
    ]
    built: list[Any] = []
    stop = asyncio.Event()

    def build() -> Any:
        if not failures:
            stop.set()
        built.append(Broken(failures.pop(0) if failures else OSError("over")))
        return built[-1]

    with caplog.at_level(logging.INFO):
        await connection.keep_connected(build, "token", stop, 0.001)
    assert len(built) == 4
    assert "its gateway did not answer the first call" in caplog.text


async def test_a_token_that_is_refused_is_not_tried_again() -> None:
    with pytest.raises(connection.NoTokenError, match="does not accept"):
        await connection.keep_connected(
            lambda: Broken(discord.LoginFailure()),  # type: ignore[arg-type, return-value]
            "token",
            asyncio.Event(),
            0.001,
        )


async def test_a_stall_is_logged_with_what_it_was(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = threading.Event()
    look = watchdog.stack_of

    def noted(frame: FrameType) -> traceback.StackSummary:
        stack = look(frame)
        seen.set()
        return stack

    def a_long_sum() -> None:
        while not seen.is_set():
            sum(range(1000))

    monkeypatch.setattr(watchdog, "stack_of", noted)
    with caplog.at_level(logging.WARNING), watchdog.watched():
        await asyncio.sleep(0)
        a_long_sum()
        while "held up" not in caplog.text:  # noqa: ASYNC110  (it is logged by a timer)
            await asyncio.sleep(0.01)
    assert "a_long_sum" in caplog.text


async def test_a_machine_that_was_busy_is_not_taken_for_a_stall(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that looks did not run either: nothing in here held up the loop."""
    monkeypatch.setattr(watchdog, "sys", SimpleNamespace(_current_frames=dict))
    with caplog.at_level(logging.INFO), watchdog.watched(stall=0.0):
        while "the machine was busy" not in caplog.text:  # noqa: ASYNC110  (likewise)
            await asyncio.sleep(0.01)
    assert "held up" not in caplog.text


def test_of_a_stall_deep_in_a_library_our_own_part_is_logged_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = "def deep(n, then): return deep(n - 1, then) if n else then()"
    names: dict[str, Any] = {}
    exec(compile(library, "library.py", "exec"), names)

    def the_culprit() -> str:
        return str(names["deep"](8, lambda: watchdog.described(watchdog.stack_of(sys._getframe()))))

    monkeypatch.setattr(watchdog, "OURS", (str(Path(__file__).parent),))
    told = the_culprit()
    assert "in the_culprit" in told
    assert told.count('"library.py"') == watchdog.INNERMOST - 1


async def test_waiting_is_no_stall(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), watchdog.watched(stall=60.0):
        await asyncio.sleep(0.2)
    assert "held up" not in caplog.text


def test_a_loopback_setting_is_checked_at_once() -> None:
    with pytest.raises(ValueError, match="loopback"):
        Settings(discord_loopback="http://example.com")
