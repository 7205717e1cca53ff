"""Kills processes that export drafts, and looks at what they leave behind.

Each child writes one export after another, new files and over old ones, a rehearsal video among
them, and is killed with SIGKILL at a random moment. Every file that is there then must be whole,
every one that was told to be written must be there, and no other file and, after a sweep, no
temporary folder may be left.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from itertools import cycle
from pathlib import Path

import numpy as np

from atl_core.audio.decode import STEREO_RATE
from atl_core.drafts.export import export
from atl_core.drafts.timed.video import video
from atl_core.files import PREFIX, sweep, write_whole
from tests.drafts.examples import make_draft

FORMATS = ("txt", "lrc", "json", "midi", "ass")
LONGEST = 0.4
"""Seconds after which a child is killed, at most."""
PADDING = 4_000_000
"""Bytes added to an export, so that writing one takes a moment."""


def write_without_pause(folder: Path, told: int, child: int) -> None:
    """Files that hold the SHA-256 of what follows, so that half a one is known."""
    draft = make_draft()
    made = {name: export(draft, name) for name in FORMATS}
    over = child % 2 == 1
    for count, name in enumerate(cycle(FORMATS)):
        body = made[name] + os.urandom(1000) + bytes(PADDING)
        path = folder / (f"song.{name}" if over else f"{child}-{count}.{name}")
        write_whole(path, hashlib.sha256(body).digest() + body, replace=over)
        os.write(told, f"{path.name}\n".encode())


def render_without_pause(told: int) -> None:
    # Without an annotation: given one, mypy would take the array for whatever that says.
    beat = np.zeros((STEREO_RATE * 2, 2), np.int16)
    os.write(told, b"\n")
    while True:
        video(make_draft(), "a test", beat)


def kill_one(folder: Path, child: int, chance: random.Random) -> set[str]:
    """Let a child write for a moment and kill it; the files that it was told were written."""
    reading, told = os.pipe()
    process = os.fork()
    if process == 0:
        # Whatever goes wrong in the child must not run what its parent does afterwards.
        try:
            os.close(reading)
            if child % 5 == 4:
                render_without_pause(told)
            write_without_pause(folder, told, child)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(told)
    with os.fdopen(reading) as pipe:
        seen = [next(pipe)]
        time.sleep(chance.uniform(0.0, LONGEST))
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        assert os.WIFSIGNALED(status), "it ended by itself"
        seen += pipe
    return {line.strip() for line in seen if line.strip()}


def main(folder: Path, kills: int, seed: int) -> str:
    """The temporary folder of the machine is one inside `folder` meanwhile."""
    exports, temporary = folder / "exports", folder / "temporary"
    exports.mkdir()
    temporary.mkdir()
    before, tempfile.tempdir = tempfile.tempdir, str(temporary)
    chance = random.Random(seed)
    written: set[str] = set()
    swept = 0
    try:
        for child in range(kills):
            written |= kill_one(exports, child, chance)
            swept += sweep()
            assert list(temporary.iterdir()) == [], f"{PREFIX} folders are left"
            for path in exports.iterdir():
                data = path.read_bytes()
                assert hashlib.sha256(data[32:]).digest() == data[:32], f"half of {path.name}"
                if path.name.startswith("."):
                    assert child % 2 == 1, f"{path.name} is left"
                    path.unlink()
            there = {path.name for path in exports.iterdir()}
            assert written <= there, f"lost: {sorted(written - there)[:5]}"
            for path in exports.glob(f"{child}-*"):
                path.unlink()
                written.discard(path.name)
    finally:
        tempfile.tempdir = before
    return f"{kills} kills of exports, none lost, none half written, {swept} folders swept"


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
