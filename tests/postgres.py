"""A PostgreSQL server of the tests' own in a fresh folder, where its programs are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
from psycopg import sql

PLACES = ("/usr/local/bin", "/usr/lib/postgresql/*/bin", "/opt/homebrew/bin", "/usr/pgsql-*/bin")


def program(name: str) -> str | None:
    """Where a program of PostgreSQL is: on the path, or where systems keep it."""
    found = shutil.which(name)
    kept = (path / name for place in PLACES for path in sorted(Path("/").glob(place[1:])))
    return found or next((str(path) for path in kept if path.is_file()), None)


def unavailable() -> str:
    """Why no server can be started here; empty when one can."""
    if not (program("initdb") and program("postgres")):
        return "PostgreSQL is not installed"
    if os.geteuid() == 0 and _servant() is None:
        return "PostgreSQL does not run as root, and there is nobody else here"
    return ""


@contextmanager
def server() -> Iterator[str]:
    """The address of a server that ends with the block: user, host and port."""
    servant = _servant() if os.geteuid() == 0 else None
    # Not pytest's folder: the server's user may not enter that.
    with tempfile.TemporaryDirectory(prefix="atl-postgres-") as name:
        folder = Path(name)
        if servant:
            os.chown(folder, servant.pw_uid, servant.pw_gid)
        user: dict[str, Any] = {"user": servant.pw_uid, "group": servant.pw_gid} if servant else {}
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": name}
        subprocess.run(
            [
                str(program("initdb")),
                "-D",
                f"{name}/data",
                "-U",
                "atl",
                "-A",
                "trust",
                "-E",
                "UTF8",
            ],
            check=True,
            capture_output=True,
            cwd=name,
            env=environment,
            **user,
        )
        port = _free_port()
        with subprocess.Popen(
            [
                str(program("postgres")), "-D", f"{name}/data", "-p", str(port), "-k", name,
                "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
            ],
            stderr=subprocess.PIPE,
            text=True,
            cwd=name,
            env=environment,
            **user,
        ) as process:  # fmt: skip
            try:
                _wait_until_ready(process)
                # Its log must go on being read, or it would wait for a reader.
                Thread(target=process.communicate, daemon=True).start()
                yield f"atl@127.0.0.1:{port}"
            finally:
                # Fast: whoever is still connected is not waited for.
                process.send_signal(signal.SIGINT)
                process.wait()


def new_database(server: str, name: str) -> str:
    """Make an empty database on a server; its address."""
    with psycopg.connect(f"postgresql://{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{server}/{name}"


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if "ready to accept connections" in line:
            return
    raise AssertionError("".join(said))


def _servant() -> pwd.struct_passwd | None:
    """Somebody without rights, for programs that root may not run."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
