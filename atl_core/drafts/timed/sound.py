"""The beat's own sound, as it is heard in a page or a video: stereo, decoded from its file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import av
from av.error import FFmpegError

from atl_core.errors import BeatError

OPUS_RATE: Final = 48_000
OPUS_BITS: Final = 96_000
"""Bits a second: 0.7 MB a minute."""


def opus(beat: Path, bits: int = OPUS_BITS) -> bytes:
    """The beat as Opus in WebM, which every browser plays.

    Raises:
        BeatError: the file is gone or cannot be decoded.
    """
    found = io.BytesIO()
    with av.open(found, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=OPUS_RATE, layout="stereo")
        stream.bit_rate = bits
        for frame in frames(beat, "flt", OPUS_RATE, 960):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return found.getvalue()


def frames(beat: Path, format: str, rate: int, size: int) -> Iterator[av.AudioFrame]:  # noqa: A002
    """The beat's sound as stereo frames of `size` samples, with their time from 0.

    Raises:
        BeatError: the file is gone or cannot be decoded.
    """
    from atl_core.audio.decode_child import FORMATS

    # No playlist, manifest or script: those name other files.
    allowed = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
    try:
        container = av.open(str(beat), options=allowed)
    except (OSError, FFmpegError) as error:
        raise unreadable() from error
    with container:
        if not container.streams.audio:
            raise unreadable()
        resampler = av.AudioResampler(format=format, layout="stereo", rate=rate, frame_size=size)
        at = 0
        pieces = container.decode(container.streams.audio[0])
        while True:
            try:
                piece = next(pieces, None)
            except FFmpegError as error:
                # What is damaged inside a file that was heard is passed over.
                if at == 0:
                    raise unreadable() from error
                piece = None
            for frame in resampler.resample(piece):
                frame.pts = at
                at += frame.samples
                yield frame
            if piece is None:
                return


def unreadable() -> BeatError:
    return BeatError(
        "The beat's file cannot be read any more.", "Give the beat again, or export without it."
    )
