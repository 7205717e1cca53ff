"""What FFmpeg (PyAV) says of a file without decoding it: its format, its parts and its length."""

from __future__ import annotations

import io
import os
from typing import Any, NamedTuple

from atl_core.audio.decoding.headers import (
    CHUNKED,
    Mended,
    later_starts,
    ogg_links,
    riff_parts,
    xing_seconds,
)
from atl_core.audio.decoding.refused import RefusedError

LONGEST_PACKET = 60.0
"""Seconds. No packet of sound is longer: its time stamps are damaged."""
JUNK_BYTES = 1 << 16
"""How far into a file its first real byte is looked for."""
XING_BYTES = 2048
"""More than a frame of MP3."""
# Demuxers that may be tried: containers with sound in them. No playlist, no manifest, no script
# and no network format, since those name other files; no picture and no raw stream.
FORMATS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,bonk,caf,dsf,dts,dtshd,eac3,flac,flv,iff,loas,matroska,webm,"
    "mov,mp4,mp3,mpc,mpc8,mpeg,mpegts,mxf,nut,ogg,osq,qoa,rm,shn,sox,tak,truehd,tta,voc,w64,wav,"
    "wsd,wv,xwma"
)
GUESSED_LENGTH = ("aac", "ac3", "eac3", "dts", "mp3", "mpeg", "mpegts", "loas", "amr", "ogg")
"""Formats without an index: FFmpeg estimates their length from the bit rate."""


class Survey(NamedTuple):
    """What FFmpeg says of a file without decoding it."""

    format: str
    """FFmpeg's name of the container; "" when FFmpeg cannot open the file."""
    parts: list[tuple[int, int]]
    """Byte ranges to be decoded one after another: the links of a chained file."""
    options: dict[str, str]
    """To open the file with."""
    mended: Mended
    counted: float
    """Seconds, summed over the packets."""
    promised: float
    """Seconds as the header promises; 0 when it does not say."""


class Part(io.RawIOBase):
    """Bytes `start` to `end` of an open descriptor, as a file for FFmpeg.

    `mended` has bytes that are read instead of those at a place of the descriptor.
    """

    def __init__(self, media: int, start: int, end: int, mended: Mended) -> None:
        self.media, self.start, self.end, self.at = media, start, end, start
        self.mended = mended

    def read(self, size: int = -1) -> bytes:
        wanted = self.end - self.at if size < 0 else min(size, self.end - self.at)
        found = os.pread(self.media, max(wanted, 0), self.at)
        for place, instead in self.mended.items():
            first, last = max(place, self.at), min(place + len(instead), self.at + len(found))
            if first < last:
                inside = instead[first - place : last - place]
                found = found[: first - self.at] + inside + found[last - self.at :]
        self.at += len(found)
        return found

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: self.start, os.SEEK_CUR: self.at, os.SEEK_END: self.end}[whence]
        self.at = max(self.start, base + offset)
        return self.at - self.start

    def tell(self) -> int:
        return self.at - self.start

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def survey(media: int) -> Survey:
    """Open the file with FFmpeg and count the sound in it, without decoding any."""
    import av

    size = os.fstat(media).st_size
    head = os.pread(media, JUNK_BYTES, 0)
    for start in (0, *later_starts(head)):
        # With an unfinished header some files are not even opened.
        measure = CHUNKED.get(head[start : start + 4])
        told, held, mended = measure(media, start, size) if measure else (0, 0, {})
        if (container := opened(media, start, size, {}, mended)) is not None:
            break
    else:
        return Survey("", [(0, size)], {}, {}, 0.0, 0.0)
    parts, options, share = [(start, size)], {}, told / held if held > 0 else 0.0
    name = container.format.name.partition(",")[0]
    if name == "ogg":
        parts = ogg_links(media, start, size)
    elif name == "wav":
        parts, told, found = riff_parts(media, start, size)
        if told < found:
            options = {"ignore_length": "1"}
        share = told / found if found else 0.0
    counted = promised = 0.0
    for first, last in parts:
        if options or len(parts) > 1:
            container = opened(media, first, last, options, mended)
        if container is None:
            continue
        stream = sound_of(container)
        length, reached, begin = count(container, stream)
        counted += length
        if share:
            # More sound than the header tells of is a matter of counting, and not cut off.
            promised = counted * share if share > 1 else 0.0
        elif name == "mp3":
            begin += first
            before = os.pread(media, min(begin, XING_BYTES), max(0, begin - XING_BYTES))
            promised = xing_seconds(before, stream, last - begin)
        elif name not in GUESSED_LENGTH and container.duration:
            told_seconds = container.duration / av.time_base
            # A picture may go on when the sound has ended: only where all ends early is it cut.
            promised = told_seconds if reached < told_seconds - 1 else 0.0
    return Survey(name, parts, options, mended, counted, promised)


def opened(media: int, start: int, end: int, options: dict[str, str], mended: Mended) -> Any:
    """A container of FFmpeg's; None when FFmpeg finds no format that it may read."""
    import av

    allowed = {"format_whitelist": FORMATS, "protocol_whitelist": "none"}
    try:
        return av.open(Part(media, start, end, mended), "r", options={**allowed, **options})
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception:
        return None


def sound_of(container: Any) -> Any:
    """The container's sound: the track that is marked as the usual one."""
    if not container.streams.audio:
        pictures = [stream.codec_context for stream in container.streams.video]
        if any(picture is not None and picture.width for picture in pictures):
            raise RefusedError("no sound")
        raise ValueError("neither sound nor picture")
    stream = container.streams.best("audio") or container.streams.audio[0]
    if stream.codec_context is None:
        raise RefusedError("codec")
    stream.codec_context.thread_count = 1
    return stream


def count(container: Any, stream: Any) -> tuple[float, float, int]:
    """Seconds of sound by its packets, where any stream ends, and the first packet's place."""
    length = reached = 0.0
    begin = -1
    try:
        for packet in container.demux():
            if not packet.size or packet.time_base is None:
                continue
            if packet.pts is not None:
                after = packet.pts + (packet.duration or 0)
                reached = max(reached, float(after * packet.time_base))
            if packet.stream.index == stream.index:
                begin = packet.pos or 0 if begin < 0 else begin
                seconds = float((packet.duration or 0) * packet.time_base)
                length += seconds if 0 < seconds < LONGEST_PACKET else 0.0
    except MemoryError:
        raise
    except Exception:  # A damaged end: decoding will say how far the sound goes.
        pass
    return length, reached, begin
