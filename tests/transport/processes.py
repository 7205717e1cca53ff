"""The product as it is run: its own processes, and a hold on each of them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.discord import LoopbackDiscord
from tests.machine import FETCHED
from tests.patience import STANDSTILL_SECONDS

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
ATL = Path(sys.executable).with_name("atl")


def environment(home: Path, loopback: LoopbackDiscord, **more: str) -> dict[str, str]:
    """What the product is started with: nobody's own settings, one thread, our Discord."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ATL_")}
    return kept | {
        "ATL_HOME": str(home),
        "ATL_DISCORD_TOKEN": loopback.token,
        "ATL_DISCORD_LOOPBACK": loopback.url,
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def furnish(home: Path) -> Path:
    """A data folder with the fetched weights in it."""
    home.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (home / "weights").symlink_to(FETCHED, target_is_directory=True)
    return home


def end_with_parent() -> None:
    """Has the kernel (Linux) stop the product where the test's own process is killed."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Running:
    """An `atl` command that runs, with all that it starts, in a process group of its own."""

    def __init__(self, *arguments: str, env: dict[str, str], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = "-".join(arguments)
        self.arguments = arguments
        self.output = folder / f"{name}.{len(list(folder.glob(f'{name}.*.log')))}.log"
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [*([str(ATL)] if ATL.exists() else [sys.executable, "-m", "bot"]), *arguments],
                env=env,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    @property
    def log(self) -> str:
        """All that it has printed so far."""
        return self.output.read_text(errors="replace")

    async def connected(self, loopback: LoopbackDiscord) -> None:
        """Until the bot in it is there; a failed test with what it printed if it ended instead."""
        await loopback.until(lambda: loopback.gateway.connected or not self.alive, "the bot")
        if not self.alive:
            pytest.fail(f"atl {' '.join(self.arguments)} ended:\n{self.log[-4000:]}")

    def kill(self) -> None:
        """End it, and what it started, as a power cut would."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end; its exit status, or a failed test when it would not."""
        if self.alive:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STANDSTILL_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"atl {' '.join(self.arguments)} did not end:\n{self.log[-4000:]}")
