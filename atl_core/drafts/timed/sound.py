"""The beat's own sound, as it is heard in a page or a video: stereo, decoded in a child process."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import av
import numpy as np
import numpy.typing as npt

from atl_core.audio.decode import STEREO_RATE, decode_stereo
from atl_core.drafts.draft import Draft

OPUS_BITS: Final = 96_000
"""Bits a second: 0.7 MB a minute."""
LONGER: Final = 60.0
"""Seconds that the file may be longer than the beat that was heard."""
LARGEST_MEGABYTES: Final = 1e6
"""No limit: the file was listened to before."""

Stereo = npt.NDArray[np.int16]
"""(samples, 2) at 48 kHz."""


def stereo(beat: Path, draft: Draft, cancel: threading.Event | None = None) -> Stereo:
    """The sound of a draft's beat.

    Raises:
        BeatError: the file is gone, is much longer than the draft's beat, or cannot be decoded.
        CancelledError: `cancel` was set.
    """
    longest = draft.listening.duration + LONGER
    return decode_stereo(beat, max_seconds=longest, max_megabytes=LARGEST_MEGABYTES, cancel=cancel)


def opus(sound: Stereo, bits: int = OPUS_BITS) -> bytes:
    """Sound as Opus in WebM, which every browser plays."""
    found = io.BytesIO()
    with av.open(found, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=STEREO_RATE, layout="stereo")
        stream.bit_rate = bits
        for frame in frames(sound, "flt", 960):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return found.getvalue()


def frames(sound: Stereo, format: str, size: int) -> Iterator[av.AudioFrame]:  # noqa: A002
    """Sound as frames of `size` samples of a format, with their time from 0."""
    resampler = av.AudioResampler(format=format, layout="stereo", rate=STEREO_RATE)
    for start in range(0, len(sound), size):
        part = np.ascontiguousarray(sound[start : start + size])
        piece = av.AudioFrame.from_ndarray(part.reshape(1, -1), format="s16", layout="stereo")
        piece.sample_rate = STEREO_RATE
        piece.pts = start
        for frame in resampler.resample(piece):
            frame.pts = start
            yield frame
