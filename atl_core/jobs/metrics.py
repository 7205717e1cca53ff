"""What a worker counts, shown to Prometheus on loopback when a port is set."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from atl_core.errors import UserError


class Metrics:
    """Counters; any thread may count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._finished: Counter[str] = Counter()
        self._stages: Counter[str] = Counter()
        self._seconds: Counter[str] = Counter()
        self._lines = 0

    def finished(self, state: str) -> None:
        with self._lock:
            self._finished[state] += 1

    def stage(self, stage: str, seconds: float) -> None:
        with self._lock:
            self._stages[stage] += 1
            self._seconds[stage] += seconds  # type: ignore[assignment]

    def line(self) -> None:
        with self._lock:
            self._lines += 1

    def exposition(self, gauges: Mapping[str, float]) -> str:
        """All of it in Prometheus' text format."""
        with self._lock:
            told = [
                *_metric("atl_jobs_finished_total", "counter", "state", self._finished),
                *_metric("atl_stages_total", "counter", "stage", self._stages),
                *_metric("atl_stage_seconds_total", "counter", "stage", self._seconds),
                "# TYPE atl_lines_total counter",
                f"atl_lines_total {self._lines}",
            ]
        for name, value in gauges.items():
            told += [f"# TYPE atl_{name} gauge", f"atl_{name} {value}"]
        return "\n".join(told) + "\n"


@asynccontextmanager
async def serving(
    port: int, metrics: Metrics, gauges: Callable[[], Mapping[str, float]]
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
        text = metrics.exposition(await asyncio.to_thread(gauges))
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


def _metric(name: str, kind: str, label: str, values: Mapping[str, float]) -> list[str]:
    lines = [f'{name}{{{label}="{key}"}} {value}' for key, value in sorted(values.items())]
    return [f"# TYPE {name} {kind}", *lines]
