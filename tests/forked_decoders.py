"""Decoders for tests: forked from one process that has imported what a decoder imports.

To start a decoder's Python and import its libraries takes ten times as long as to decode a beat of
three seconds. Everything else is as in production: a process of its own for each beat, its limits,
its task on stdin, its answer on stdout, and the caller kills it.

`python -I forked_decoders.py SOCKET` is that process. For each message on the socket (JSON, and the
descriptors that the child is to have) it forks a child, tells on the socket of that child its
process id and, in the end, its exit status.
"""

from __future__ import annotations

import array
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn

MOST_FDS: Final = 16
HIGH: Final = 800
"""Descriptors from here on are in nobody's way."""
LONGEST: Final = 65_536


class ForkedDecoder:
    """As much of `subprocess.Popen` as `atl_core.audio.child` uses."""

    def __init__(
        self, server: ForkServer, cwd: str, env: dict[str, str], pass_fds: tuple[int, ...]
    ) -> None:
        told, self._status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        theirs, stdin = os.pipe()
        stdout, answer = os.pipe()
        self.stdin = os.fdopen(stdin, "wb")
        self.stdout = os.fdopen(stdout, "rb")
        self.returncode: int | None = None
        wanted = (0, 1, *pass_fds)
        with told:
            server.start(
                {"cwd": cwd, "env": env, "fds": wanted}, (told.fileno(), theirs, answer, *pass_fds)
            )
        os.close(theirs)
        os.close(answer)
        self.pid = int(self._status.recv(64))

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = int(self._status.recv(64))
            self._status.close()
        return self.returncode


class ForkServer:
    """The process that decoders are forked from. It ends when this object is closed."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._turn = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", __file__, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                env={"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,
            )

    def start(self, task: dict[str, Any], fds: tuple[int, ...]) -> None:
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))
        with self._turn:
            self._socket.sendmsg([json.dumps(task).encode()], [rights])

    def close(self) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()


def serve(requests: socket.socket) -> None:
    """Fork a child for each request until the other side is gone."""
    import av  # noqa: F401
    import numpy  # noqa: F401
    import soundfile  # noqa: F401
    import soxr  # noqa: F401

    from atl_core.audio import decode_child

    ended, note = socket.socketpair()
    note.setblocking(False)
    signal.set_wakeup_fd(note.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([requests, ended], [], [])
        if ended in ready:
            ended.recv(LONGEST)
            while gone := _ended(children):
                with suppress(BrokenPipeError), children.pop(gone[0]) as told:
                    told.send(str(os.waitstatus_to_exitcode(gone[1])).encode())
        if requests in ready:
            message, fds, _, _ = socket.recv_fds(requests, LONGEST, MOST_FDS)
            if not message:
                return
            told = socket.socket(fileno=fds[0])
            pid = os.fork()
            if pid == 0:
                _become(json.loads(message), fds[1:], decode_child.main)
            for fd in fds[1:]:
                os.close(fd)
            children[pid] = told
            told.send(str(pid).encode())


def _ended(children: dict[int, socket.socket]) -> tuple[int, int] | None:
    if not children:
        return None
    pid, status = os.waitpid(-1, os.WNOHANG)
    return (pid, status) if pid else None


def _become(task: dict[str, Any], fds: list[int], main: Any) -> NoReturn:
    """Run `main` in the process that this is now, as `subprocess` would have started it."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        apart = [fcntl.fcntl(fd, fcntl.F_DUPFD, HIGH) for fd in fds]
        os.closerange(3, HIGH)
        for fd, wanted in zip(apart, task["fds"], strict=True):
            os.dup2(fd, wanted)
            os.close(fd)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.environ.clear()
        os.environ.update(task["env"])
        os.chdir(task["cwd"])
        sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
        main()
    finally:
        os._exit(1)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    serve(socket.socket(fileno=int(sys.argv[1])))
