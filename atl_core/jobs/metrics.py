"""Metrics for Prometheus, on loopback alone, when a port is set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from atl_core.errors import UserError
from atl_core.jobs.tally import Tally


@asynccontextmanager
async def serving(
    port: int, tally: Tally, gauges: Callable[[], Mapping[str, float]]
) -> AsyncIterator[None]:
    """Answer `GET /metrics` on 127.0.0.1 while the block runs; with port 0 nothing listens.

    Raises:
        UserError: the port is taken.
    """
    if not port:
        yield
        return
    from aiohttp import web

    async def show(_: web.Request) -> web.Response:
        text = tally.exposition(await asyncio.to_thread(gauges))
        return web.Response(text=text, headers={"Content-Type": "text/plain; version=0.0.4"})

    app = web.Application()
    app.router.add_get("/metrics", show)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError as error:
        await runner.cleanup()
        raise UserError(
            f"Metrics cannot be shown on port {port}: {error.strerror}.",
            remedy="Set ATL_METRICS_PORT to a free port, or to 0.",
        ) from error
    try:
        yield
    finally:
        await runner.cleanup()
