"""The tests' side of the network of their own: start the process in it, hand it tasks."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNSHARE = ("unshare", "--user", "--map-root-user", "--net", "--mount", "--")


def need_namespaces() -> None:
    """Skip, with what the kernel says, where a network of one's own is not to be had."""
    if not sys.platform.startswith("linux"):
        pytest.skip("network namespaces are a feature of Linux")
    if shutil.which("unshare") is None:
        pytest.skip("the program unshare (util-linux) is not installed")
    tried = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"the kernel forbids network namespaces here: {tried.stderr.strip()}")


class OwnNetwork:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def do(self, **task: Any) -> dict[str, Any]:
        """Run one task (`world.py` lists them) and return what came of it."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the network's process ended with status {self.process.wait()}"
        return dict(json.loads(line))


@contextlib.contextmanager
def own_network(folder: Path, *arguments: str, world: str = "world") -> Iterator[OwnNetwork]:
    need_namespaces()
    with subprocess.Popen(
        [*UNSHARE, sys.executable, "-m", f"tests.network.{world}", str(folder), *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield OwnNetwork(process)
        finally:
            process.kill()
