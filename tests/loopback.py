"""An aiohttp application on loopback, served by a thread of its own."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web


@contextmanager
def served(app: web.Application, tls: ssl.SSLContext | None = None) -> Iterator[list[int]]:
    """The port of HTTP, and with `tls` one of HTTPS after it. Both are closed afterwards."""
    loop, ready, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    ports: list[int] = []

    async def serve() -> None:
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            for context in (None, tls) if tls else (None,):
                await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
            ports.extend(address[1] for address in runner.addresses)
            ready.set()
            # An event, not `loop.stop()`: a stop that comes before the loop waits is forgotten.
            await ended.wait()
        finally:
            ready.set()
            await runner.cleanup()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait()
    assert ports, "the server did not start; its thread says why"
    try:
        yield ports
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
