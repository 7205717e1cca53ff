"""`atl up` without a token, and what operators see of a worker.

What is started again when it dies is shown in `tests/transport/test_product.py`.
"""

from __future__ import annotations

import asyncio
import os
import socket
import urllib.request
from pathlib import Path

from atl_core.admin import status
from atl_core.jobs.metrics import Metrics
from tests.transport.processes import Running

from .workshop import Workshop


def test_a_supervisor_whose_bot_has_no_token_ends_with_the_reason(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("ATL_")}
    up = Running("up", env=env | {"ATL_HOME": str(tmp_path / "home")}, folder=tmp_path)
    assert up.process.wait() == 2
    assert "There is no Discord token" in up.log


def read(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())


async def test_operators_see_it_in_status_and_in_metrics(shop: Workshop) -> None:
    assert (await status(shop.studio))["queue"]["workers"] == []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shop.start(ATL_METRICS_PORT=str(port))
    await shop.finished(await shop.order("train"))
    queue = (await status(shop.studio))["queue"]
    assert (queue["queued"], queue["running"], len(queue["workers"])) == (0, 0, 1)
    told = await asyncio.to_thread(read, f"http://127.0.0.1:{port}/metrics")
    assert 'atl_jobs_finished_total{state="done"} 1' in told
    assert "atl_lines_total 2" in told
    assert "atl_workers 1" in told


def test_metrics_are_what_prometheus_reads() -> None:
    metrics = Metrics()
    metrics.stage("listen", 1.5)
    assert metrics.exposition({"workers": 2}).splitlines()[-2:] == [
        "# TYPE atl_workers gauge",
        "atl_workers 2",
    ]


async def test_a_taken_port_is_told(shop: Workshop) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        worker = shop.start(ATL_METRICS_PORT=str(taken.getsockname()[1]))
        assert worker.wait() != 0
    assert "Set ATL_METRICS_PORT to a free port" in worker.log.read_text()
