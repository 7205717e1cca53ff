"""`atl bot run` as a process: how it comes to Discord, loses it, finds it again, and leaves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner
from pydantic import SecretStr

from atl_core.errors import UserError
from atl_core.settings import Settings
from bot.cli import atl
from bot.discord.connection import sync
from tests.fakes.discord import LoopbackDiscord
from tests.fakes.discord.gateway import IDENTIFY, PRIVILEGED, RESUME

from .processes import Running, environment

pytestmark = pytest.mark.asyncio(loop_scope="module")


def start_bot(loopback: LoopbackDiscord, folder: Path, **more: str) -> Running:
    env = environment(folder / "home", loopback, **more)
    return Running("bot", "run", env=env, folder=folder)


@dataclass(frozen=True)
class Peer:
    """A bot whose start met every accident, and the Discord that it is connected to."""

    discord: LoopbackDiscord
    bot: Running
    sync: Running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def peer(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Peer]:
    """Commands that were registered, and one bot for all the accidents that it has to survive."""
    folder = tmp_path_factory.mktemp("bot")
    async with LoopbackDiscord() as discord:
        await discord.channel(await discord.guild())
        sync = Running("bot", "sync", env=environment(folder / "home", discord), folder=folder)
        await discord.until(lambda: not sync.alive, "the end of the registration")
        assert sync.process.returncode == 0, sync.log
        discord.trouble("GET", "/users/@me", status=502, times=1)
        discord.trouble("GET", "/oauth2/applications/@me", status=429, retry_after=0.1)
        discord.gateway.down = True
        bot = start_bot(discord, folder, ATL_DISCORD_CONTENT="true")
        try:
            await discord.until(lambda: discord.gateway.turned_away, "a first handshake")
            discord.gateway.down = False
            await bot.connected(discord)
            yield Peer(discord, bot, sync)
        finally:
            bot.kill()


def identified(discord: LoopbackDiscord) -> int:
    return len(discord.journal.heard(IDENTIFY))


def resumed(discord: LoopbackDiscord) -> int:
    return len(discord.journal.heard(RESUME))


async def test_commands_are_registered_by_a_command_and_not_at_every_start(peer: Peer) -> None:
    registered = peer.discord.store.commands[0]
    assert {"lyrics", "genre", "drafts", "rhymes", "listen", "settings", "status", "help"} <= {
        command["name"] for command in registered if command["type"] == 1
    }
    assert {c["name"] for c in registered if c["type"] == 3} == {
        "Write lyrics for this beat",
        "Which genre is this?",
    }
    assert "permissions=" in peer.sync.log, "the invite link"
    assert len(peer.discord.journal.asked("PUT", "/applications/*/commands")) == 1


async def test_a_start_that_meets_a_502_a_429_and_a_closed_door_is_tried_again(peer: Peer) -> None:
    assert [fault.met for fault in peer.discord.faults] == [1, 1]
    assert peer.discord.gateway.turned_away
    assert peer.bot.alive


async def test_without_the_message_content_intent_it_goes_on_without_it(peer: Peer) -> None:
    assert not peer.discord.gateway.intents & PRIVILEGED["message_content"]
    assert "does not grant the message content intent" in peer.bot.log


async def test_a_socket_that_is_lost_is_resumed(peer: Peer) -> None:
    discord, bot = peer.discord, peer.bot
    before, sessions = resumed(discord), identified(discord)
    discord.gateway.cut()
    await discord.until(lambda: resumed(discord) > before and discord.gateway.connected, "a resume")
    assert identified(discord) == sessions, "the session went on; nobody had to log in again"
    assert bot.alive


async def test_op_7_and_op_9_are_followed(peer: Peer) -> None:
    discord, bot = peer.discord, peer.bot
    before, sessions = resumed(discord), identified(discord)
    await discord.gateway.reconnect()
    await discord.until(lambda: resumed(discord) == before + 1, "a resume after op 7")
    await discord.gateway.invalidate(resumable=True)
    await discord.until(lambda: resumed(discord) == before + 2, "a resume after op 9")
    assert identified(discord) == sessions
    await discord.gateway.invalidate(resumable=False)
    await discord.until(lambda: identified(discord) == sessions + 1, "a new session after op 9")
    await discord.ready()
    assert bot.alive


async def test_discord_that_is_away_for_a_while_is_waited_for(peer: Peer) -> None:
    discord, bot = peer.discord, peer.bot
    discord.gateway.down = True
    discord.gateway.cut()
    turned_away = discord.gateway.turned_away
    await discord.until(
        lambda: discord.gateway.turned_away > turned_away, "a connection that is turned away"
    )
    discord.gateway.down = False
    await discord.ready()
    assert bot.alive


async def test_a_wrong_token_ends_it_with_the_way_to_a_right_one(
    peer: Peer, tmp_path: Path
) -> None:
    loopback = peer.discord
    wrong = loopback.token[:-4] + "AAAA"
    bot = start_bot(loopback, tmp_path, ATL_DISCORD_TOKEN=wrong)
    await loopback.until(lambda: not bot.alive, "the end of the bot")
    assert bot.process.returncode == 2
    assert "does not accept the token" in bot.log
    assert "discord.com/developers" in bot.log
    assert "Traceback" not in bot.log
    assert wrong not in bot.log


async def test_it_leaves_at_once_when_it_is_asked_to_and_tells_no_secret(peer: Peer) -> None:
    accidents = len(peer.bot.log)  # which discord.py logs with their tracebacks
    assert peer.bot.stop() == 0
    await peer.discord.gone()
    assert peer.discord.token not in peer.bot.log
    assert "Traceback" not in peer.bot.log[accidents:]


async def test_without_a_token_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    told = await asyncio.to_thread(CliRunner().invoke, atl, ["bot", "run"])
    assert told.exit_code == 2
    for step in ("discord.com/developers", "ATL_DISCORD_TOKEN", "atl bot sync"):
        assert step in told.stderr


@pytest.mark.asyncio(loop_scope="function")
async def test_no_server_gets_to_see_every_command_twice(rerouted: LoopbackDiscord) -> None:
    settings = Settings(discord_token=SecretStr(rerouted.token), discord_loopback=rerouted.url)
    guild = await rerouted.guild()
    registered = rerouted.store.commands
    await sync(settings, guild.id)
    assert registered[guild.id]
    await sync(settings, guild.id, remove=True)
    assert registered[guild.id] == []
    await sync(settings, None)
    with pytest.raises(UserError, match="would show twice"):
        await sync(settings, guild.id)
    assert registered[guild.id] == []
