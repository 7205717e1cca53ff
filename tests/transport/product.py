"""The product at work with a channel full of people: `atl up`, or a bot and a scripted worker.

The scripted worker (`tests.jobs.stand_in`) hears and writes at once, or when it is let; its queue
and its drafts are real.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import signal
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path

import numpy as np
import psutil

from tests.fakes.discord import Channel, Interaction, LoopbackDiscord, Message, Person
from tests.fakes.discord.gateway import IDENTIFY
from tests.jobs.workshop import Worker
from tests.scenarios.people import Beat

from .processes import Running, environment, furnish


@cache
def beat(bars: int = 6) -> Beat:
    """A few bars of the project's own hip-hop beat, as a WAV file."""
    from examples.beats import synthesise

    sound = synthesise("hip-hop", bars=bars)
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes((sound * 32_000).astype(np.int16).tobytes())
    return Beat("hiphop.wav", written.getvalue())


class Product:
    """Its processes on a data folder of its own, and a hold on the bot among them."""

    def __init__(
        self,
        discord: LoopbackDiscord,
        channel: Channel,
        folder: Path,
        *,
        scripted: bool,
        **env: str,
    ) -> None:
        self.discord = discord
        self.channel = channel
        self.folder = folder
        self.scripted = scripted
        self.home = furnish(folder / "home")
        self.env = environment(self.home, discord, **env)
        self.up: Running | None = None
        self.worker: Worker | None = None

    async def start(self) -> None:
        """Start all of it, and wait until the bot is there; jobs wait until the worker is."""
        if self.scripted:
            self.worker = Worker(self.folder / "worker.log", ATL_HOME=str(self.home))
        self.up = self._run(*(("bot", "run") if self.scripted else ("up",)))
        await self.up.connected(self.discord)

    async def stop(self) -> None:
        """Ask all of it to end."""
        assert self.up is not None
        assert self.up.stop() == 0
        if self.worker is not None:
            assert await asyncio.to_thread(self.worker.stop) == 0

    def kill(self) -> None:
        """End all of it at once."""
        if self.up is not None:
            self.up.kill()
        if self.worker is not None:
            self.worker.kill()

    async def restart_bot(self, how: signal.Signals) -> None:
        """End the bot, which runs without a supervisor, in this way, and start another."""
        began = self.discord.journal.now()
        bot = self.up
        assert self.scripted
        assert bot is not None
        bot.process.send_signal(how)
        await self.discord.until(lambda: not bot.alive, "the end of the bot")
        self.up = self._run("bot", "run")
        await self.discord.until(
            lambda: self.discord.journal.heard(IDENTIFY, since=began), "the bot that comes back"
        )
        await self.discord.ready()

    def child(self, command: str) -> psutil.Process | None:
        """The process in which `atl up` runs a command, `run` (the bot) or `worker`."""
        assert self.up is not None
        for process in psutil.Process(self.up.process.pid).children():
            with suppress(psutil.Error):  # one that is just ending
                if command in process.cmdline():
                    return process
        return None

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

    def hold(self) -> None:
        """Have the scripted worker wait before the first line of whoever writes `slowly`."""
        (self.home / "let-1").unlink(missing_ok=True)

    def let(self) -> None:
        """Let it write that line."""
        (self.home / "let-1").touch()

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
async def at_work(folder: Path, *, scripted: bool = False, **env: str) -> AsyncIterator[Product]:
    """A server with a channel, the commands registered, and everything started in `env`."""
    async with LoopbackDiscord() as discord:
        channel = await discord.channel(await discord.guild())
        product = Product(discord, channel, folder, scripted=scripted, **env)
        await product.register()
        await product.start()
        try:
            yield product
            await product.stop()
        finally:
            product.kill()
        assert product.discord.token not in product.logs
        assert bugs(product.logs) == []
        assert product.discord.journal.strangers() == []
        assert product.discord.pings == []


def bugs(logs: str) -> list[str]:
    """What the bot's own process has logged as an error, or with a traceback."""
    told = [json.loads(row) for row in logs.splitlines() if row.startswith('{"time"')]
    return [
        row["message"]
        for row in told
        if row["logger"].startswith(("bot.", "discord"))
        and (row["level"] == "error" or "traceback" in row)
    ]
