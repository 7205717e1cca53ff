"""How fast the bot's process is there, and how much memory it holds.

`python benchmarks/discord_process.py [STARTS]`: starts `atl bot run` against the loopback Discord
of the tests so many times (7), and prints the seconds from its start to a session that knows its
servers, and the memory it holds then and after a hundred commands, with the dictionaries and the
judge of genres loaded. No worker runs.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import psutil

from tests.fakes.discord import Channel, LoopbackDiscord, Person
from tests.transport.processes import Running, environment

COMMANDS = 100


def megabytes(bot: Running) -> float:
    return float(psutil.Process(bot.process.pid).memory_info().rss / 1e6)


async def register(discord: LoopbackDiscord, env: dict[str, str], folder: Path) -> None:
    sync = Running("bot", "sync", env=env, folder=folder)
    await discord.until(lambda: not sync.alive, "the registration of the commands")


async def ask(person: Person, channel: Channel) -> None:
    for _ in range(COMMANDS):
        await person.answered(await person.slash(channel, "help"))
    await person.reads(await person.slash(channel, "rhymes", word="fire"), "desire")
    await person.reads(await person.slash(channel, "genre", text="dirt road"), "country")


async def measure(starts: int) -> None:
    async with LoopbackDiscord() as discord:
        guild = await discord.guild()
        channel = await discord.channel(guild)
        ann = discord.person("ann", guild)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            env = environment(folder / "home", discord)
            await register(discord, env, folder)
            seconds, before, after = [], [], []
            for number in range(starts):
                began = time.monotonic()
                bot = Running("bot", "run", env=env, folder=folder)
                await discord.ready()
                seconds.append(time.monotonic() - began)
                await ann.answered(await ann.slash(channel, "status"))
                before.append(megabytes(bot))
                if number in (0, starts - 1):
                    await ask(ann, channel)
                    after.append(megabytes(bot))
                bot.stop()
                await discord.gone()
    print(f"from start to session  median {statistics.median(seconds):.2f} s", end="")
    print(f"  worst {max(seconds):.2f} s   (wanted: under 2 s)")
    print(f"memory when connected  median {statistics.median(before):.0f} MB", end="")
    print(f"   worst {max(before):.0f} MB   (wanted: under 200 MB)")
    print(f"after {COMMANDS} commands      {after[-1]:.0f} MB", end="")
    print(f"   {after[0]:.0f} MB in the start that made the databases")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("starts", type=int, nargs="?", default=7)
    asyncio.run(measure(parser.parse_args().starts))
