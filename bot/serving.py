"""Commands that serve on Discord: the `bot` group."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import NoReturn

import click

from bot.errors import MENDABLE

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
    _start_log()
    from bot.discord import supervisor

    try:
        asyncio.run(supervisor.run(settings))
    except supervisor.NoTokenError as error:
        _explain(error.problem)


@bot.command()
@click.option("--server", type=int, metavar="ID", help="For one server alone; for development.")
def sync(server: int | None) -> None:
    """Register the commands with Discord and print the link to invite the bot."""
    from atl_core.settings import load_settings

    settings = load_settings()
    from bot.discord import supervisor

    try:
        count, link = asyncio.run(supervisor.sync(settings, server))
    except supervisor.NoTokenError as error:
        _explain(error.problem)
    where = f"with server {server}" if server else "with Discord, for all servers"
    click.echo(f"{count} commands are registered {where}.")
    click.echo(f"Invite the bot with: {link}")


def _explain(problem: str) -> NoReturn:
    click.echo(f"atl: {HOW_TO_GET_A_TOKEN.format(problem=problem)}", err=True)
    sys.exit(MENDABLE)


def _start_log() -> None:
    """Log to standard error, with no secret in any line."""
    from bot.discord.secrets import Redacting

    handler = logging.StreamHandler()
    handler.setFormatter(Redacting("%(asctime)s %(levelname)-7s %(name)s  %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)


COMMANDS = (bot,)
