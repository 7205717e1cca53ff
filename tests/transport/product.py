"""The whole product at work: `atl up` with its bot and its worker, and a channel full of people."""

from __future__ import annotations

import io
import re
import signal
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import numpy as np
import psutil
from fakes.discord import Channel, Interaction, LoopbackDiscord, Message, Person
from fakes.discord.gateway import IDENTIFY
from scenarios.people import Beat

from .processes import Running, environment, furnish


@cache
def beat(bars: int = 6) -> Beat:
    """A few bars of the project's own hip-hop beat, as a WAV file."""
    from beats import synthesise

    sound = synthesise("hip-hop", bars=bars)
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes((sound * 32_000).astype(np.int16).tobytes())
    return Beat("hiphop.wav", written.getvalue())


class Product:
    """`atl up` on a data folder of its own, and a hold on the bot in it."""

    def __init__(self, discord: LoopbackDiscord, channel: Channel, folder: Path) -> None:
        self.discord = discord
        self.channel = channel
        self.folder = folder
        self.env = environment(furnish(folder / "home"), discord)
        self.up: Running | None = None

    async def start(self) -> None:
        """Start all of it, and wait until the bot is there; jobs wait until the worker is."""
        self.up = self._run("up")
        await self.up.connected(self.discord)

    async def restart_bot(self, how: signal.Signals) -> None:
        """End the bot in this way, and wait until its supervisor has brought it back."""
        began = self.discord.journal.now()
        self._bot().send_signal(how)
        await self.discord.until(
            lambda: self.discord.journal.heard(IDENTIFY, since=began), "the bot that comes back"
        )
        await self.discord.ready()

    def _bot(self) -> psutil.Process:
        assert self.up is not None
        children = psutil.Process(self.up.process.pid).children()
        (bot,) = (child for child in children if child.cmdline()[-2:] == ["bot", "run"])
        return bot

    def _run(self, *arguments: str) -> Running:
        return Running(*arguments, env=self.env, folder=self.folder)

    def person(self, name: str) -> Person:
        """Somebody new in the server."""
        assert self.channel.guild is not None
        return self.discord.person(name, self.channel.guild)

    async def register(self) -> None:
        """`atl bot sync`."""
        sync = self._run("bot", "sync")
        await self.discord.until(lambda: not sync.alive, "the registration of the commands")
        assert sync.process.returncode == 0, sync.log

    def drafts_for(self, person: Person) -> list[Message]:
        """The drafts in the channel that were written for somebody."""
        theirs = re.compile(rf"For {person.user.name}\b", re.IGNORECASE)
        return [m for m in self.channel.seen() if theirs.search(m.text) and "version" in m.text]

    async def draft_for(self, person: Person, *, count: int = 1) -> Message:
        """The newest draft for somebody, once there are so many."""
        found = await self.discord.until(
            lambda: (drafts := self.drafts_for(person))[count - 1 :] and drafts,
            f"draft number {count} for {person.user.name}",
        )
        return found[-1]

    async def writing(self, asked: Interaction) -> None:
        """Until the worker is at a job: its progress says so, unless it was too quick for that."""
        await self.discord.until(
            lambda: re.search(r"Writing|Listening|Done", asked.text), "a worker that writes"
        )

    @property
    def logs(self) -> str:
        """All that every process has printed."""
        return "\n".join(file.read_text(errors="replace") for file in self.folder.glob("*.log"))


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[Product]:
    """A server with a channel, the commands registered, and everything started."""
    async with LoopbackDiscord() as discord:
        channel = await discord.channel(await discord.guild())
        product = Product(discord, channel, folder)
        await product.register()
        await product.start()
        assert product.up is not None
        try:
            yield product
            assert product.up.stop() == 0
        finally:
            product.up.kill()
