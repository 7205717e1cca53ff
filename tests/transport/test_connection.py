"""`atl bot run` as a process: how it comes to Discord, loses it, finds it again, and leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from fakes.discord import LoopbackDiscord
from fakes.discord.gateway import IDENTIFY, PRIVILEGED, RESUME

from .processes import Running, environment


def start_bot(loopback: LoopbackDiscord, folder: Path, **more: str) -> Running:
    env = environment(folder / "home", loopback, **more)
    return Running("bot", "run", env=env, folder=folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def peer(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[LoopbackDiscord, Running]]:
    """One bot that is connected, for all the accidents that it has to survive."""
    async with LoopbackDiscord() as discord:
        await discord.channel(await discord.guild())
        bot = start_bot(discord, tmp_path_factory.mktemp("bot"))
        try:
            await bot.connected(discord)
            yield discord, bot
        finally:
            bot.kill()


def identified(discord: LoopbackDiscord) -> int:
    return len(discord.journal.heard(IDENTIFY))


def resumed(discord: LoopbackDiscord) -> int:
    return len(discord.journal.heard(RESUME))


@pytest.mark.asyncio(loop_scope="module")
async def test_a_socket_that_is_lost_is_resumed(peer: tuple[LoopbackDiscord, Running]) -> None:
    discord, bot = peer
    before, sessions = resumed(discord), identified(discord)
    discord.gateway.cut()
    await discord.until(lambda: resumed(discord) > before and discord.gateway.connected, "a resume")
    assert identified(discord) == sessions, "the session went on; nobody had to log in again"
    assert bot.alive


@pytest.mark.asyncio(loop_scope="module")
async def test_op_7_and_op_9_are_followed(peer: tuple[LoopbackDiscord, Running]) -> None:
    discord, bot = peer
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


@pytest.mark.asyncio(loop_scope="module")
async def test_discord_that_is_away_for_a_while_is_waited_for(
    peer: tuple[LoopbackDiscord, Running],
) -> None:
    discord, bot = peer
    discord.gateway.down = True
    discord.gateway.cut()
    turned_away = discord.gateway.turned_away
    await discord.until(
        lambda: discord.gateway.turned_away > turned_away, "a connection that is turned away"
    )
    discord.gateway.down = False
    await discord.ready()
    assert bot.alive


async def test_a_first_handshake_that_fails_is_tried_again(
    loopback: LoopbackDiscord, tmp_path: Path
) -> None:
    loopback.gateway.down = True
    bot = start_bot(loopback, tmp_path)
    try:
        await loopback.until(lambda: loopback.gateway.turned_away, "a first handshake")
        loopback.gateway.down = False
        await bot.connected(loopback)
    finally:
        bot.kill()


async def test_a_login_that_meets_a_502_is_tried_again(
    loopback: LoopbackDiscord, tmp_path: Path
) -> None:
    loopback.trouble("GET", "/users/@me", status=502, times=1)
    loopback.trouble("GET", "/oauth2/applications/@me", status=429, retry_after=0.1)
    bot = start_bot(loopback, tmp_path)
    try:
        await bot.connected(loopback)
    finally:
        bot.kill()


async def test_a_wrong_token_ends_it_with_the_way_to_a_right_one(
    loopback: LoopbackDiscord, tmp_path: Path
) -> None:
    wrong = loopback.token[:-4] + "AAAA"
    bot = start_bot(loopback, tmp_path, ATL_DISCORD_TOKEN=wrong)
    await loopback.until(lambda: not bot.alive, "the end of the bot")
    assert bot.process.returncode == 2
    assert "does not accept the token" in bot.log
    assert "discord.com/developers" in bot.log
    assert "Traceback" not in bot.log
    assert wrong not in bot.log


async def test_without_a_token_it_says_how_to_get_one(
    loopback: LoopbackDiscord, tmp_path: Path
) -> None:
    bot = start_bot(loopback, tmp_path, ATL_DISCORD_TOKEN="")
    await loopback.until(lambda: not bot.alive, "the end of the bot")
    assert bot.process.returncode == 2
    for step in ("discord.com/developers", "ATL_DISCORD_TOKEN", "atl bot sync"):
        assert step in bot.log
    assert loopback.journal.requests == []


async def test_without_the_message_content_intent_it_goes_on_without_it(
    loopback: LoopbackDiscord, tmp_path: Path
) -> None:
    bot = start_bot(loopback, tmp_path, ATL_DISCORD_CONTENT="true")
    try:
        await loopback.until(
            lambda: (
                loopback.gateway.connected
                and not loopback.gateway.intents & PRIVILEGED["message_content"]
            ),
            "a session without the intent",
        )
    finally:
        bot.kill()


async def test_it_leaves_at_once_when_it_is_asked_to_and_tells_no_secret(
    loopback: LoopbackDiscord, tmp_path: Path
) -> None:
    bot = start_bot(loopback, tmp_path)
    await bot.connected(loopback)
    assert bot.stop() == 0
    await loopback.gone()
    assert loopback.token not in bot.log
    assert "Traceback" not in bot.log


async def test_commands_are_registered_by_a_command_and_not_at_every_start(
    loopback: LoopbackDiscord, tmp_path: Path
) -> None:
    env = environment(tmp_path / "home", loopback)
    sync = Running("bot", "sync", env=env, folder=tmp_path)
    await loopback.until(lambda: not sync.alive, "the end of the registration")
    assert sync.process.returncode == 0, sync.log
    registered = loopback.store.commands[0]
    assert {"lyrics", "genre", "drafts", "rhymes", "listen", "settings", "status", "help"} <= {
        command["name"] for command in registered if command["type"] == 1
    }
    assert {c["name"] for c in registered if c["type"] == 3} == {
        "Write lyrics for this beat",
        "Which genre is this?",
    }
    assert "permissions=" in sync.log, "the invite link"
    bot = start_bot(loopback, tmp_path)
    try:
        await bot.connected(loopback)
        assert len(loopback.journal.asked("PUT", "/applications/*/commands")) == 1
    finally:
        bot.kill()


async def test_no_server_gets_to_see_every_command_twice(
    loopback: LoopbackDiscord, tmp_path: Path
) -> None:
    guild = await loopback.guild()
    env = environment(tmp_path / "home", loopback)

    async def sync(*arguments: str) -> Running:
        done = Running("bot", "sync", *arguments, env=env, folder=tmp_path)
        await loopback.until(lambda: not done.alive, "the end of the registration")
        return done

    own = ("--server", str(guild.id))
    assert (await sync(*own)).process.returncode == 0
    assert loopback.store.commands[guild.id]
    assert (await sync(*own, "--remove")).process.returncode == 0
    assert loopback.store.commands[guild.id] == []
    assert (await sync()).process.returncode == 0
    refused = await sync(*own)
    assert refused.process.returncode == 2
    assert "would show twice" in refused.log
    assert loopback.store.commands[guild.id] == []
