"""`atl up`: the bot and a worker as one, whatever dies of it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
from fakes.discord import LoopbackDiscord

from atl_core.admin import status
from atl_core.jobs.metrics import Metrics

from .workshop import ROOT, Workshop

sys.path.insert(0, str(ROOT / "examples"))

from tests.transport.processes import Running, environment


def child(up: Running, command: str) -> psutil.Process | None:
    """The process in which `atl up` runs a command."""
    for process in psutil.Process(up.process.pid).children():
        with suppress(psutil.Error):  # one that is just ending
            if command in process.cmdline():
                return process
    return None


async def test_what_dies_is_started_again_and_all_stop_together(tmp_path: Path) -> None:
    async with LoopbackDiscord() as discord:
        env = environment(tmp_path / "home", discord)
        up = Running("up", env=env, folder=tmp_path)
        await up.connected(discord)
        await discord.until(lambda: "is ready" in up.log, "the worker")
        for command in ("run", "worker"):
            first = child(up, command)
            assert first is not None
            os.kill(first.pid, signal.SIGKILL)
            await discord.until(
                lambda first=first, command=command: (
                    (now := child(up, command)) is not None and now.pid != first.pid
                ),
                f"another {command}",
            )
        assert "killed by SIGKILL; starting" in up.log.replace("(", "").replace(")", "")
        await discord.until(lambda: up.log.count("is ready") == 2, "the second worker")
        children = psutil.Process(up.process.pid).children()
        assert up.stop() == 0
        assert not any(process.is_running() for process in children)


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
