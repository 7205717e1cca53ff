"""Commands that serve: the `bot` group, a worker, and both of them under one supervisor."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import Final, NoReturn

import click

from bot.errors import USER_ERROR
from bot.logs import start_log

BEHIND: Final = 5
"""By how much a worker is nicer than a bot on its machine: people wait for the bot's answers."""
HOW_TO_GET_A_TOKEN = """\
{problem} To get one:

  1. Open https://discord.com/developers/applications and press "New Application".
  2. Give it a name, and open "Bot" on the left.
  3. Press "Reset Token" and copy what is shown; it is shown only once.
  4. Write it into a file .env beside where atl is started, and keep it secret:
       ATL_DISCORD_TOKEN=the-token
  5. Register the commands, once and after every upgrade:   atl bot sync
     It prints the link by which the bot is invited to a server.
  6. Start it:                                              atl bot run

No privileged intent is needed. The whole first login, step by step, is in docs/first-login.md."""


@click.group()
def bot() -> None:
    """The Discord bot: run it, register its commands."""


@bot.command()
def run() -> None:
    """Connect to Discord and answer until stopped."""
    from atl_core.settings import load_settings

    settings = load_settings()
    start_log()
    from bot.discord import connection

    try:
        asyncio.run(connection.run(settings))
    except connection.NoTokenError as error:
        _explain(error.problem)


@bot.command()
@click.option("--server", type=int, metavar="ID", help="For one server alone; for development.")
@click.option("--remove", is_flag=True, help="Take that server's own commands away again.")
def sync(server: int | None, remove: bool) -> None:
    """Register the commands with Discord and print the link to invite the bot."""
    from atl_core.settings import load_settings

    if remove and server is None:
        raise click.UsageError("--remove needs --server ID.")
    settings = load_settings()
    from bot.discord import connection

    try:
        count, link = asyncio.run(connection.sync(settings, server, remove=remove))
    except connection.NoTokenError as error:
        _explain(error.problem)
    if remove:
        click.echo(f"Server {server} has no commands of its own any more.")
        return
    where = f"with server {server}" if server else "with Discord, for all servers"
    click.echo(f"{count} commands are registered {where}.")
    click.echo(f"Invite the bot with: {link}")


def _explain(problem: str) -> NoReturn:
    click.echo(f"atl: {HOW_TO_GET_A_TOKEN.format(problem=problem)}", err=True)
    sys.exit(USER_ERROR)


@click.command()
def worker() -> None:
    """Perform what is asked for on Discord, with the models in this process, until stopped.

    \b
    Beside it runs:   atl bot run
    Both in one:      atl up
    Several workers, on one machine or many, share a queue by ATL_JOBS_URL.
    SIGTERM lets go of what is in hand within 10 seconds; others go on with it.
    """
    from atl_core.settings import load_settings

    settings = load_settings()
    start_log()
    with suppress(AttributeError, OSError):
        os.nice(BEHIND)
    from atl_core.jobs.worker import work

    work(settings)


@click.command()
def up() -> None:
    """Run the bot and a worker, and start either again when it dies, until stopped.

    This is all of ATL on one machine. SIGTERM and Ctrl-C stop both, and nothing is lost by it.
    """
    from atl_core.settings import load_settings

    load_settings()  # a mistake in them is told once, not by each of the two
    start_log()
    from bot.supervisor import keep_running

    async def run() -> int:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, stop.set)
        return await keep_running({"the bot": ("bot", "run"), "the worker": ("worker",)}, stop)

    sys.exit(asyncio.run(run()))


COMMANDS = (bot, worker, up)
