"""Run a script that handles untrusted bytes in a child process that cannot outlive us.

The child has its own process group, an almost empty environment and no more of our files than
it is handed. It gets its task as JSON on stdin, where no other user of the machine can read it,
and answers in JSON lines on stdout. It is killed, with everything it started, when it overruns its
deadline, when the caller cancels, and (the script asks the kernel for that in its `confine`) when
we die.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

from atl_core.files import temporary_folder

POLL_SECONDS = 0.05
LONGEST_LINE = 65_536

Report = dict[str, Any]


class CancelledError(Exception):
    """The caller changed its mind; nothing is wrong and nothing is left behind."""


class ChildTimeoutError(Exception):
    """The child overran its deadline and was killed."""


class ChildCrashError(Exception):
    """The child died without an answer: a crash, or a limit of memory or CPU time."""


def run_child(
    script: Path,
    task: Report,
    *,
    seconds: float,
    pass_fds: tuple[int, ...] = (),
    cancel: threading.Event | None = None,
    on_progress: Callable[[Report], None] | None = None,
) -> Report:
    """Run `script` on `task` and return the JSON object that it printed as its answer.

    Objects with the key `progress` go to `on_progress` as they come. `seconds` bounds the wall
    time.

    Raises:
        CancelledError: `cancel` was set; the child is gone before this returns.
        ChildTimeoutError, ChildCrashError: as they say.
    """
    deadline = time.monotonic() + seconds
    with temporary_folder("child") as scratch:
        folder = str(scratch)
        process = Popen(
            [sys.executable, "-I", str(script)],
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            cwd=folder,
            env={"HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}
            | {"OPENBLAS_NUM_THREADS": "1", "PATH": f"{Path(sys.executable).parent}:{os.defpath}"},
            pass_fds=pass_fds,
            start_new_session=True,
        )
        try:
            _hand_over(task, process)
            report: Report | None = None
            for line in _lines(process, deadline, cancel):
                said = _parse(line)
                if "progress" not in said:
                    report = said
                elif on_progress is not None:
                    on_progress(said)
            if report is None or process.wait() != 0:
                raise ChildCrashError(f"{script.name} ended with status {process.returncode}")
            return report
        finally:
            _kill(process)


def _hand_over(task: Report, process: Popen[bytes]) -> None:
    assert process.stdin is not None
    # A child that is dead already is told from its answer, which is none.
    with contextlib.suppress(BrokenPipeError), process.stdin as stdin:
        stdin.write(json.dumps(task).encode())


def _lines(
    process: Popen[bytes], deadline: float, cancel: threading.Event | None
) -> Iterator[bytes]:
    """Yield the child's lines until it closes stdout, watching the clock and the caller."""
    assert process.stdout is not None
    buffer = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if cancel is not None and cancel.is_set():
                raise CancelledError
            if time.monotonic() > deadline:
                raise ChildTimeoutError
            if not selector.select(POLL_SECONDS):
                continue
            chunk = os.read(process.stdout.fileno(), LONGEST_LINE)
            if not chunk:
                return
            *lines, buffer = (buffer + chunk).split(b"\n")
            if len(buffer) > LONGEST_LINE:
                raise ChildCrashError("the child prints without end")
            yield from lines


def _parse(line: bytes) -> Report:
    try:
        report = json.loads(line)
    except ValueError as error:
        raise ChildCrashError("the child printed something else than JSON") from error
    if not isinstance(report, dict):
        raise ChildCrashError("the child printed something else than an object")
    return report


def _kill(process: Popen[bytes]) -> None:
    """Kill the whole group, also when its leader has already ended, and reap it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
