"""The bot as an operator runs it, in a network namespace: `python discord_world.py FOLDER`.

No switch of the tests is set. The names of the real Discord lead to a global address on this
machine, where the Discord of our tests answers with a certificate of an authority that the system
trusts here. Prints one JSON line: what came of `atl bot sync`, of `atl bot run` and of a command.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import sys
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web

from tests.fakes.discord import LoopbackDiscord
from tests.network.world import GLOBAL, add_address, put_over, raise_loopback

REST, GATEWAY = "discord.com", "gateway.discord.gg"


async def serve(loopback: LoopbackDiscord, authority: trustme.CA) -> None:
    """Its REST and its gateway at the global address too, as the real ones are."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(REST, GATEWAY).configure_cert(tls)
    assert loopback._runner is not None
    await web.TCPSite(loopback._runner, GLOBAL[0], 443, ssl_context=tls).start()


async def converse(folder: Path, authority: trustme.CA) -> dict[str, Any]:
    (folder / "trusted.pem").write_bytes(authority.cert_pem.bytes())
    async with LoopbackDiscord() as loopback:
        await serve(loopback, authority)
        channel = await loopback.channel(await loopback.guild())
        assert channel.guild is not None
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ATL_")}
        env = kept | {
            "ATL_HOME": str(folder / "home"),
            "ATL_DISCORD_TOKEN": loopback.token,
            "SSL_CERT_FILE": str(folder / "trusted.pem"),
        }

        async def atl(*arguments: str) -> asyncio.subprocess.Process:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", *arguments, env=env,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip

        sync = await atl("bot", "sync")
        registered, _ = await sync.communicate()
        bot = await atl("bot", "run")
        told = asyncio.create_task(bot.communicate())
        await loopback.until(lambda: loopback.gateway.connected or told.done(), "the bot")
        text = ""
        if not told.done():
            asked = await loopback.person("ann", channel.guild).slash(channel, "help")
            await loopback.until(lambda: asked.text or told.done(), "an answer")
            text = asked.text
            bot.send_signal(signal.SIGTERM)
        log, _ = await told
        return {
            "sync": sync.returncode,
            "registered": registered.decode(),
            "run": bot.returncode,
            "answer": text,
            "log": log.decode()[-2000:],
        }


def main() -> None:
    folder = Path(sys.argv[1])
    raise_loopback()
    add_address(GLOBAL[0], 1)
    names = "".join(f"{GLOBAL[0]} {name}\n" for name in (REST, GATEWAY))
    put_over(Path("/etc/hosts"), names.encode(), folder)
    put_over(Path("/etc/resolv.conf"), f"nameserver {GLOBAL[0]}\n".encode(), folder)
    print(json.dumps(asyncio.run(converse(folder, trustme.CA()))), flush=True)


if __name__ == "__main__":
    main()
