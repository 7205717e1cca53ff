"""The two libraries that decode: libsndfile (soundfile) and FFmpeg (PyAV)."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from atl_core.audio.decoding.container import Survey, opened, sound_of

BLOCK = 1 << 16
"""Samples that are decoded at a time."""
LOST_SHARE = 0.02
"""A file may lose this share of its packets, or one second, before it counts as damaged."""
SOUNDFILE_FORMATS = ("wav", "w64", "aiff", "au", "caf", "flac", "mp3")
"""FFmpeg's names of what libsndfile decodes as well. Ogg is not among them: of a chained file it
gives the first part, and Opus at a rate that the header only mentions (RFC 7845, 5.1)."""


class Stream(NamedTuple):
    """An opened sound: blocks are (samples, channels) float32."""

    rate: int
    channels: int
    blocks: Iterator[Any]


Opener = Callable[[int, Survey], Stream]


def open_soundfile(media: int, _: Survey) -> Stream:
    import soundfile

    os.lseek(media, 0, os.SEEK_SET)
    sound = soundfile.SoundFile(media, closefd=False)

    def blocks() -> Iterator[Any]:
        while len(block := sound.read(BLOCK, dtype="float32", always_2d=True)):
            yield block

    return Stream(sound.samplerate, sound.channels, blocks())


def open_ffmpeg(media: int, found: Survey) -> Stream:
    """All parts of the file one after another, at the rate and in the channels of the first.

    A packet that cannot be decoded is left out.

    Raises:
        ValueError: there is no sound in it, or (by the blocks, at their end) too much of it cannot
            be decoded.
    """
    import av

    def frames() -> Iterator[Any]:
        """Frames, and at the end of each part None."""
        lost = heard = 0.0
        for part in found.parts:
            container = opened(media, *part, found.options, found.mended)
            if container is None:
                continue
            stream = sound_of(container)
            for packet in container.demux(stream):
                try:
                    yield from packet.decode()
                    heard += float((packet.duration or 0) * packet.time_base)
                except MemoryError:
                    raise
                except av.FFmpegError:
                    lost += float((packet.duration or 0) * packet.time_base)
            yield None
        if lost > max(1.0, LOST_SHARE * heard):
            raise ValueError("too many packets are damaged")

    following = frames()
    first = next(following)
    if first is None:
        raise ValueError("no packet can be decoded")
    # As decoded: the header of an AAC file may name half of the true rate.
    rate, layout = first.sample_rate, first.layout.name

    def blocks() -> Iterator[Any]:
        import numpy as np

        kept: list[Any] = []
        resampler: Any = None
        was = None
        for frame in itertools.chain([first], following):
            if frame is None:
                evened = resampler.resample(None) if resampler else []
                resampler = was = None
            elif (frame.sample_rate, frame.layout.name) == (rate, layout):
                evened = [frame]
            else:
                shape = (frame.format.name, frame.layout.name, frame.sample_rate)
                if shape != was:
                    resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate)
                    was = shape
                frame.pts = None
                evened = resampler.resample(frame)
            kept += [as_floats(even) for even in evened if even.samples]
            if sum(map(len, kept)) >= BLOCK:
                yield np.concatenate(kept)
                kept = []
        if kept:
            yield np.concatenate(kept)

    return Stream(rate, len(first.layout.channels), blocks())


def as_floats(frame: Any) -> Any:
    """A frame as (samples, channels) float32; full scale is 1."""
    import numpy as np

    samples = frame.to_ndarray()
    samples = samples.T if frame.format.is_planar else samples.reshape(frame.samples, -1)
    if samples.dtype == np.uint8:
        return (samples.astype(np.float32) - 128) / 128
    if samples.dtype.kind == "i":
        return samples.astype(np.float32) / -float(np.iinfo(samples.dtype).min)
    return samples.astype(np.float32, copy=False)
