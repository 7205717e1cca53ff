"""The decoder's child process: untrusted media in, samples out: 16 kHz mono float32 to be listened
to, or 48 kHz stereo int16 to be heard.

Runs alone (`python -I decode_child.py`, its task on stdin), imports of ours only `decoding`, and
holds no secret. Its limits are the kernel's: memory, CPU time, size of what it writes, open files.
Whatever the bytes do to a codec, it costs this process and one sentence.

Two libraries read a file. FFmpeg (PyAV) opens it and counts the sound in it, packet by packet, to
the end. libsndfile (soundfile) decodes the formats that it knows. If it stops short of FFmpeg's
count, FFmpeg decodes the file too and the longer result is taken: libsndfile believes a header
that tells too few frames.

Task: `{"media" and "output" (open descriptors), "max_seconds", "max_rate", "min_rate",
"max_channels", "megabytes", "cpu_seconds", "stereo" (true or false)}`. Answer: one JSON line,
`{"error": CODE, ...}` or the measures.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

# Python that is isolated finds no packages beside the script.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from atl_core.audio.decoding.container import survey
from atl_core.audio.decoding.mix import RATE, STEREO_RATE, mix
from atl_core.audio.decoding.readers import (
    SOUNDFILE_FORMATS,
    Opener,
    open_ffmpeg,
    open_soundfile,
)
from atl_core.audio.decoding.refused import RefusedError

AGREE_SECONDS, AGREE_SHARE = 0.1, 0.005
"""Two lengths that differ by less than this sum agree."""
PR_SET_PDEATHSIG = 1
OPEN_FILES = 64


def confine(task: dict[str, Any]) -> None:
    """Set the limits. The hard ones too: they cannot be raised again from in here."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Four bytes either way: one float32, or two int16.
    size = int((task["max_seconds"] + 2) * (STEREO_RATE if task["stereo"] else RATE) * 4)
    for limit, value in (
        (resource.RLIMIT_AS, int(task["megabytes"] * 1e6)),
        (resource.RLIMIT_CPU, int(task["cpu_seconds"])),
        (resource.RLIMIT_FSIZE, size),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def decode(task: dict[str, Any]) -> dict[str, Any]:
    """Decode the media into the output with one decoder, or with two if the first falls short."""
    found = survey(task["media"])
    if found.counted > task["max_seconds"]:
        raise RefusedError("long", seconds=max(found.counted, found.promised))
    openers: list[Opener] = []
    if not found.format or found.format in SOUNDFILE_FORMATS:
        openers.append(open_soundfile)
    if found.format:
        openers.append(open_ffmpeg)
    needed = found.counted - AGREE_SECONDS - AGREE_SHARE * found.counted
    best: dict[str, Any] | None = None
    best_opener = last_opener = openers[0]
    for opener in openers:
        last_opener = opener
        try:
            heard = mix(opener, found, task)
        except (RefusedError, MemoryError):
            raise
        except Exception:
            continue
        if best is None or (heard["seconds"], not heard["damaged"]) > (
            best["seconds"],
            not best["damaged"],
        ):
            best, best_opener = heard, opener
        if not heard["damaged"] and heard["seconds"] >= needed:
            break
    if best is None:
        raise RefusedError("unreadable")
    if best_opener is not last_opener:
        best = mix(best_opener, found, task)
    return {**best, "format": found.format, "promised": found.promised}


def main() -> None:
    task = json.load(sys.stdin)
    confine(task)
    try:
        report = decode(task)
    except RefusedError as refused:
        report = refused.report
    except MemoryError:
        report = {"error": "memory"}
    print(json.dumps(report), flush=True)
    # The libraries' own clean-up can crash on damaged input; there is nothing to clean.
    os._exit(0)


if __name__ == "__main__":
    main()
