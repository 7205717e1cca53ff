"""The decoder's child process: untrusted media in, 16 kHz mono float32 out.

Runs alone (`python -I decode_child.py`, its task on stdin), imports nothing of ours and holds no
secret. Its limits are the kernel's: memory, CPU time, size of what it writes, open files. Whatever
the bytes do to a codec, it costs this process and one sentence.

Task: `{"kind", "media" and "output" (open descriptors), "max_seconds", "max_rate", "min_rate",
"max_channels", "megabytes", "cpu_seconds"}`. Answer: one JSON line, `{"error": CODE, ...}` or the
measures.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import resource
import signal
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

RATE = 16_000
BLOCK = 1 << 16
LOUDEST = 1e3
"""Samples beyond this (60 dB over full scale) are garbage, not loud music."""
ANTI_PHASE = 0.1
"""A mix that keeps less of the channels' energy than this has cancelled itself out."""
PR_SET_PDEATHSIG = 1
OPEN_FILES = 64
AV_FORMATS = {"mp4": "mov", "webm": "matroska", "aac": "aac", "ogg": "ogg"} | {
    kind: kind for kind in ("mp3", "wav", "flac", "aiff")
}


class RefusedError(Exception):
    """Sound or file that is not accepted: a code for the parent to put into words."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.report = {"error": code, **facts}


class Stream(NamedTuple):
    """An opened sound: blocks are (samples, channels) float32."""

    rate: int
    channels: int
    seconds: float
    """As the container promises; 0 when it does not say."""
    blocks: Iterator[Any]


def confine(task: dict[str, Any]) -> None:
    """Set the limits. The hard ones too: they cannot be raised again from in here."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    size = int((task["max_seconds"] + 2) * RATE * 4)
    for limit, value in (
        (resource.RLIMIT_AS, int(task["megabytes"] * 1e6)),
        (resource.RLIMIT_CPU, int(task["cpu_seconds"])),
        (resource.RLIMIT_FSIZE, size),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def open_soundfile(media: int, _kind: str) -> Stream:
    import soundfile

    sound = soundfile.SoundFile(media, closefd=False)

    def blocks() -> Iterator[Any]:
        while len(block := sound.read(BLOCK, dtype="float32", always_2d=True)):
            yield block

    known = 0 < sound.frames < 1 << 60
    seconds = sound.frames / sound.samplerate if known else 0.0
    return Stream(sound.samplerate, sound.channels, seconds, blocks())


def open_av(media: int, kind: str) -> Stream:
    """PyAV, with the container's format given: a playlist is never taken for a sound."""
    import av

    container = av.open(os.fdopen(media, "rb", closefd=False), "r", format=AV_FORMATS[kind])
    if not container.streams.audio:
        raise RefusedError("no sound")
    stream = container.streams.audio[0]
    stream.codec_context.thread_count = 1
    seconds = float(container.duration or 0) / av.time_base

    def blocks() -> Iterator[Any]:
        layout, rate = stream.codec_context.layout.name, stream.codec_context.sample_rate
        planar = av.AudioResampler(format="fltp", layout=layout, rate=rate)
        for frame in container.decode(stream):
            frame.pts = None
            for even in planar.resample(frame):
                yield even.to_ndarray().T

    return Stream(
        stream.codec_context.sample_rate, stream.codec_context.channels, seconds, blocks()
    )


def open_stream(media: int, kind: str) -> Stream:
    """Open with soundfile where it knows the kind, else, or when it balks, with PyAV."""
    openers = [open_av] if kind in ("mp4", "webm", "aac") else [open_soundfile, open_av]
    for opener in openers:
        try:
            os.lseek(media, 0, os.SEEK_SET)
            return opener(media, kind)
        except RefusedError:
            raise
        except Exception:
            continue
    raise RefusedError("unreadable")


def decode(task: dict[str, Any], signs: Any = None) -> dict[str, Any]:
    """Decode, mix and resample all of the media into the output; measure on the way."""
    import numpy as np
    import soxr

    output = task["output"]
    stream = open_stream(task["media"], task["kind"])
    if not task["min_rate"] <= stream.rate <= task["max_rate"]:
        raise RefusedError("rate", rate=stream.rate)
    if not 1 <= stream.channels <= task["max_channels"]:
        raise RefusedError("channels", channels=stream.channels)
    if stream.seconds > task["max_seconds"]:
        raise RefusedError("long", seconds=stream.seconds)
    os.lseek(output, 0, os.SEEK_SET)
    os.ftruncate(output, 0)
    resampler = soxr.ResampleStream(stream.rate, RATE, 1, dtype="float32")
    weights = np.full(stream.channels, 1 / stream.channels, np.float32)
    if signs is not None:
        weights *= signs
    covariance = np.zeros((stream.channels, stream.channels))
    frames, peak = 0, 0.0
    damaged = False
    try:
        for block in stream.blocks:
            if block.shape[1] != stream.channels:
                raise RefusedError("unreadable")
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
            if not peak <= LOUDEST or not np.isfinite(block).all():
                raise RefusedError("numbers")
            frames += len(block)
            if frames > task["max_seconds"] * stream.rate:
                raise RefusedError("long", seconds=max(stream.seconds, frames / stream.rate))
            covariance += block.T.astype(np.float64) @ block
            write(output, resampler.resample_chunk(np.ascontiguousarray(block @ weights)))
    except (RefusedError, MemoryError):
        raise
    except OSError as error:
        if error.filename is None and error.errno in (errno.EFBIG, errno.ENOSPC):
            raise RefusedError("disk") from error
        damaged = True
    except Exception:
        # A codec gives up in the middle: what came before is still sound.
        damaged = True
    write(output, resampler.resample_chunk(np.zeros(0, np.float32), last=True))
    whole = float(np.trace(covariance)) / stream.channels
    mixed = float(weights @ covariance @ weights)
    if signs is None and mixed < ANTI_PHASE * whole:
        principal = np.linalg.eigh(covariance)[1][:, -1]
        return decode(task, np.where(principal < 0, -1, 1).astype(np.float32))
    if mixed > 0:
        scale(output, (whole / mixed) ** 0.5)
    return {
        "rate": stream.rate,
        "channels": stream.channels,
        "promised": stream.seconds,
        "seconds": frames / stream.rate,
        "peak": peak,
        "damaged": damaged,
    }


def write(output: int, samples: Any) -> None:
    view = memoryview(samples).cast("B")
    while view:
        view = view[os.write(output, view) :]


def scale(output: int, gain: float) -> None:
    """Multiply what was written, in place, so that the mix has the channels' mean energy."""
    import numpy as np

    size = os.fstat(output).st_size
    if size and abs(gain - 1) > 1e-3:
        with mmap.mmap(output, size) as written:
            samples = np.frombuffer(written, np.float32)
            samples *= np.float32(gain)
            del samples


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
