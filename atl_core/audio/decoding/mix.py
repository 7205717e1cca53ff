"""From decoded blocks to the samples that are asked for: mixed, resampled, measured."""

from __future__ import annotations

import errno
import mmap
import os
from typing import Any

from atl_core.audio.decoding.container import Survey
from atl_core.audio.decoding.readers import Opener
from atl_core.audio.decoding.refused import RefusedError

RATE = 16_000
STEREO_RATE = 48_000
LOUDEST = 1e3
"""Samples beyond this (60 dB over full scale) are garbage, not loud music."""
OFFSET = 0.01
"""A mean over the first block from here on (-40 dBFS) is a steady offset."""
ANTI_PHASE = 0.1
"""A mix that keeps less of the channels' energy than this has cancelled itself out."""


def mix(opener: Opener, found: Survey, task: dict[str, Any], signs: Any = None) -> dict[str, Any]:
    """Decode, mix and resample all of a sound into the output; measure on the way.

    Mono is turned so that channels in opposite phase do not cancel out; stereo is what was mixed.
    """
    import numpy as np
    import soxr

    output, stereo = task["output"], task["stereo"]
    stream = opener(task["media"], found)
    if not task["min_rate"] <= stream.rate <= task["max_rate"]:
        raise RefusedError("rate", rate=stream.rate)
    if not 1 <= stream.channels <= task["max_channels"]:
        raise RefusedError("channels", channels=stream.channels)
    os.lseek(output, 0, os.SEEK_SET)
    os.ftruncate(output, 0)
    rate = STEREO_RATE if stereo else RATE
    resampler = soxr.ResampleStream(stream.rate, rate, 1 + stereo, dtype="float32")
    weights = np.full(stream.channels, 1 / stream.channels, np.float32)
    if signs is not None:
        weights *= signs
    to_stereo = stereo_weights(stream.channels)
    products = np.zeros((stream.channels, stream.channels))
    sums = np.zeros(stream.channels)
    frames, peak = 0, 0.0
    offset = None
    damaged = False

    def put(block: Any, *, last: bool = False) -> None:
        samples = resampler.resample_chunk(np.ascontiguousarray(block), last=last)
        if stereo:
            samples = np.round(samples.clip(-1, 1) * 32767).astype(np.int16)
        write(output, samples)

    try:
        for block in stream.blocks:
            if block.shape[1] != stream.channels:
                raise ValueError("the number of channels changes")
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
            if not peak <= LOUDEST or not np.isfinite(block).all():
                raise RefusedError("numbers")
            frames += len(block)
            if frames > task["max_seconds"] * stream.rate:
                raise RefusedError("long", seconds=frames / stream.rate)
            if offset is None:
                # An offset would begin and end with a step, which the resampler makes to ring.
                offset = block.mean(axis=0, dtype=np.float64).astype(np.float32)
                offset[np.abs(offset) < OFFSET] = 0
            block = block - offset
            if stereo:
                put(block @ to_stereo)
                continue
            products += block.T.astype(np.float64) @ block
            sums += block.sum(axis=0, dtype=np.float64)
            put(block @ weights)
    except (RefusedError, MemoryError):
        raise
    except OSError as error:
        if error.filename is None and error.errno in (errno.EFBIG, errno.ENOSPC):
            raise RefusedError("disk") from error
        damaged = True
    except Exception:
        # A codec gives up in the middle: what came before is still sound.
        damaged = True
    put(np.zeros((0, 2) if stereo else 0, np.float32), last=True)
    report = {
        "rate": stream.rate,
        "channels": stream.channels,
        "seconds": frames / stream.rate,
        "peak": peak,
        "damaged": damaged,
    }
    if stereo:
        return report
    # A steady offset is no sound: energies are those around each channel's mean.
    means = sums / max(frames, 1)
    covariance = products - frames * np.outer(means, means)
    whole = max(0.0, float(np.trace(covariance))) / stream.channels
    mixed = float(weights @ covariance @ weights)
    if signs is None and mixed < ANTI_PHASE * whole:
        principal = np.linalg.eigh(covariance)[1][:, -1]
        turned = np.where(principal < 0, -1, 1).astype(np.float32)
        return mix(opener, found, task, turned)
    scale(output, (whole / mixed) ** 0.5 if mixed > 0 else 1.0, float(weights @ means))
    return report


def stereo_weights(channels: int) -> Any:
    """(channels, 2): left and right as they are; what is beyond them goes to both, more quietly."""
    import numpy as np

    if channels == 1:
        return np.ones((1, 2), np.float32)
    weights = np.full((channels, 2), 0.5, np.float32)
    weights[:2] = np.eye(2)
    return weights / weights.sum(axis=0)


def write(output: int, samples: Any) -> None:
    view = memoryview(samples).cast("B")
    while view:
        view = view[os.write(output, view) :]


def scale(output: int, gain: float, offset: float) -> None:
    """Take the offset from what was written, in place, and give it the channels' mean energy."""
    import numpy as np

    size = os.fstat(output).st_size
    if size and (abs(gain - 1) > 1e-3 or abs(offset) > 1e-4):
        with mmap.mmap(output, size) as written:
            samples = np.frombuffer(written, np.float32)
            samples -= np.float32(offset)
            samples *= np.float32(gain)
            del samples
