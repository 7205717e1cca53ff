"""How soon every interaction is acknowledged while twenty people write and the worker is busy.

`python benchmarks/discord_acknowledge.py [SECONDS]`: runs the bot and a worker with the real
weights against the loopback Discord of the tests. Twenty people each hand in a beat, which keeps
the worker busy for minutes; meanwhile, for so many seconds (60), each of them does one thing after
the other: commands, autocomplete, buttons, more beats than the queue takes. The time counts from
the event on the gateway to the arrival of the bot's first answer. Discord gives three seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from tests.fakes.discord import Channel, File, Interaction, LoopbackDiscord, Person
from tests.transport.processes import Running, environment, furnish
from tests.transport.product import beat as hip_hop

WRITERS = 20
WANTED = 0.300
Took = dict[str, list[float]]


async def live(person: Person, channel: Channel, beat: File, took: Took, until: float) -> None:
    """One person's minute: one thing after the other, with a breath in between."""
    chance = random.Random(person.user.name)
    for number in itertools.count():
        if time.monotonic() > until:
            return
        name, asked = await act(person, channel, beat, chance, number)
        if asked is not None:
            await person.answered(asked)
            took[name].append(latency(asked))
        await asyncio.sleep(chance.uniform(0.2, 1.0))


def latency(asked: Interaction) -> float:
    """Seconds from the event on the gateway to the first answer."""
    assert asked.sent is not None
    assert asked.acknowledged is not None
    return asked.acknowledged - asked.sent


async def act(
    person: Person, channel: Channel, beat: File, chance: random.Random, number: int
) -> tuple[str, Interaction | None]:
    """The next thing to do, and what it is called in the table."""
    if number == 0:
        return "/lyrics", await person.slash(channel, "lyrics", beat=beat, seed="midnight train")
    match chance.choice(
        ("help", "status", "drafts", "genre", "rhymes", "button", "lyrics", "typing")
    ):
        case "genre":
            text = "dirt road and a river, my truck and the rain"
            return "/genre", await person.slash(channel, "genre", text=text)
        case "rhymes":
            return "/rhymes", await person.slash(channel, "rhymes", word="fire")
        case "lyrics":
            return "/lyrics", await person.slash(channel, "lyrics", beat=beat, seed="rain")
        case "typing":
            await person.suggest(channel, "lyrics", "scheme", "ab", beat=beat)
            return "autocomplete", None
        case "button":
            drafts = [m for m in channel.seen() if m.components and not m.deleted]
            for message in reversed(drafts):
                for label in ("Undo", "Lock", "Export", "Rewrite"):
                    try:
                        return f"[{label}]", await person.click(message, label)
                    except LookupError:
                        continue
            return "/help", await person.slash(channel, "help")
        case other:
            return f"/{other}", await person.slash(channel, other)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def show(took: Took) -> None:
    every = [value for values in took.values() for value in values]
    print(f"{'what':16}{'count':>7}{'median':>10}{'99 %':>10}{'worst':>10}")
    for name, values in [*sorted(took.items()), ("all", every)]:
        row = [percentile(values, 0.5), percentile(values, 0.99), max(values)]
        print(f"{name:16}{len(values):>7}" + "".join(f"{value * 1000:>7.0f} ms" for value in row))
    verdict = "kept" if percentile(every, 0.99) < WANTED else "MISSED"
    print(f"wanted: under {WANTED * 1000:.0f} ms at the 99th percentile: {verdict}")


async def measure(seconds: float) -> None:
    made = hip_hop(bars=16)
    beat = File(made.name, made.data)
    async with LoopbackDiscord() as discord:
        guild = await discord.guild()
        channel = await discord.channel(guild)
        people = [discord.person(f"writer {n + 1}", guild) for n in range(WRITERS)]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            env = environment(furnish(folder / "home"), discord)
            sync = Running("bot", "sync", env=env, folder=folder)
            await discord.until(lambda: not sync.alive, "the registration of the commands")
            both = Running("up", env=env, folder=folder)
            try:
                await discord.ready()
                # A draft whose buttons everybody presses.
                await people[0].slash(channel, "lyrics", beat=beat, seed="rain", lines=2)
                await people[0].reads(channel, "version 1")
                took: Took = defaultdict(list)
                until = time.monotonic() + seconds
                await asyncio.gather(*(live(p, channel, beat, took, until) for p in people))
                for asked in discord.store.interactions.values():
                    if asked.kind == 4 and asked.acknowledged is not None:
                        took["autocomplete"].append(latency(asked))
            finally:
                both.stop()
            stalls = [row for row in both.log.splitlines() if "was held up" in row]
    show(took)
    print(f"stalls of the bot's event loop over 100 ms: {len(stalls)}", *stalls, sep="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=60.0)
    asyncio.run(measure(parser.parse_args().seconds))
