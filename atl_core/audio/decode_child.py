"""The decoder's child process: untrusted media in, samples out: 16 kHz mono float32 to be listened
to, or 48 kHz stereo int16 to be heard.

Runs alone (`python -I decode_child.py`, its task on stdin), imports nothing of ours and holds no
secret. Its limits are the kernel's: memory, CPU time, size of what it writes, open files. Whatever
the bytes do to a codec, it costs this process and one sentence.

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
import errno
import io
import itertools
import json
import mmap
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

RATE = 16_000
STEREO_RATE = 48_000
BLOCK = 1 << 16
LOUDEST = 1e3
"""Samples beyond this (60 dB over full scale) are garbage, not loud music."""
OFFSET = 0.01
"""A mean over the first block from here on (-40 dBFS) is a steady offset."""
ANTI_PHASE = 0.1
"""A mix that keeps less of the channels' energy than this has cancelled itself out."""
AGREE_SECONDS, AGREE_SHARE = 0.1, 0.005
"""Two lengths that differ by less than this sum agree."""
LONGEST_PACKET = 60.0
"""Seconds. No packet of sound is longer: its time stamps are damaged."""
LOST_SHARE = 0.02
"""A file may lose this share of its packets, or one second, before it counts as damaged."""
JUNK_BYTES = 1 << 16
"""How far into a file its first real byte is looked for."""
PR_SET_PDEATHSIG = 1
OPEN_FILES = 64

# Demuxers that may be tried: containers with sound in them. No playlist, no manifest, no script
# and no network format, since those name other files; no picture and no raw stream.
FORMATS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,bonk,caf,dsf,dts,dtshd,eac3,flac,flv,iff,loas,matroska,webm,"
    "mov,mp4,mp3,mpc,mpc8,mpeg,mpegts,mxf,nut,ogg,osq,qoa,rm,shn,sox,tak,truehd,tta,voc,w64,wav,"
    "wsd,wv,xwma"
)
SOUNDFILE_FORMATS = ("wav", "w64", "aiff", "au", "caf", "flac", "mp3")
"""FFmpeg's names of what libsndfile decodes as well. Ogg is not among them: of a chained file it
gives the first part, and Opus at a rate that the header only mentions (RFC 7845, 5.1)."""
GUESSED_LENGTH = ("aac", "ac3", "eac3", "dts", "mp3", "mpeg", "mpegts", "loas", "amr", "ogg")
"""Formats without an index: FFmpeg estimates their length from the bit rate."""
XING_BYTES = 2048
"""More than a frame of MP3."""
UNKNOWN_WIDE = 1 << 60
UNKNOWN_SIZE = 0x7FFF_0000
"""A size in a RIFF header from here on is what programs write that cannot tell it yet."""
# What a file begins with, and how far into the file that stands.
STARTS = (
    (b"OggS\0\x02", 0), (b"fLaC\0", 0), (b"ftyp", 4), (b"caff\0", 0), (b"wvpk", 0),
    (b"\x1aE\xdf\xa3", 0), (b"RIFF", 0), (b"RF64", 0), (b"BW64", 0), (b"FORM", 0),
)  # fmt: skip


class RefusedError(Exception):
    """Sound or file that is not accepted: a code for the parent to put into words."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.report = {"error": code, **facts}


class Stream(NamedTuple):
    """An opened sound: blocks are (samples, channels) float32."""

    rate: int
    channels: int
    blocks: Iterator[Any]


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


Opener = Callable[[int, Survey], Stream]
Mended = dict[int, bytes]
"""Bytes of a header that nobody finished, as they should be, by their place in the file."""


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


# --- What the file is and how long it is ---------------------------------------------------------


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
            promised = xing_seconds(before, stream)
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


def later_starts(head: bytes) -> list[int]:
    """Where a file may really begin that has zero bytes or a stray header in front."""
    found = []
    for magic, offset in STARTS:
        at = head.find(magic, 1)
        if at - offset > 0:
            found.append(at - offset)
    return sorted(found)


def ogg_links(media: int, start: int, end: int) -> list[tuple[int, int]]:
    """The links of a chained Ogg file (RFC 3533, 4): each begins with pages marked as first."""
    links: list[int] = []
    at, among_first = start, False
    while at + 27 <= end:
        page = os.pread(media, 27 + 255, at)
        if page[:4] != b"OggS":
            after = os.pread(media, BLOCK, at + 1).find(b"OggS")
            if after < 0 and at + BLOCK >= end:
                break
            at += 1 + (after if after >= 0 else BLOCK - 4)
            continue
        is_first = bool(page[5] & 2)
        if is_first and not among_first:
            links.append(at)
        among_first = is_first
        at += 27 + page[26] + sum(page[27 : 27 + page[26]])
    links = links or [start]
    return list(zip(links, [*links[1:], end], strict=True))


def riff_parts(media: int, start: int, end: int) -> tuple[list[tuple[int, int]], int, int]:
    """The WAV files that stand one after another, and for the first the size of its sound:
    as its header tells, and as the file holds it.

    A header that nobody came back to finish tells 0 or some of the bytes that follow. What
    follows the sound in a finished file is chunks, each with a name of four letters.
    """
    order = ">" if os.pread(media, 4, start) == b"RIFX" else "<"
    at = start + 12
    told = found = wide = 0
    while at + 8 <= end:
        name, size = struct.unpack(f"{order}4sI", os.pread(media, 8, at))
        if name == b"ds64":
            wide = struct.unpack("<Q", os.pread(media, 8, at + 16))[0]
        if name == b"data":
            told = wide if size == 0xFFFF_FFFF and wide else size
            at += 8
            found = end - at
            break
        if not is_chunk_name(name):
            return [(start, end)], 0, 0
        at += 8 + size + size % 2
    if not found:
        return [(start, end)], 0, 0
    if told >= UNKNOWN_SIZE and not wide:
        # The sound goes on to the end of the file. FFmpeg has to be told so only of 64-bit files.
        is_wide = os.pread(media, 4, start) in (b"RF64", b"BW64")
        return [(start, end)], 0 if is_wide else found, found
    if told >= found:
        return [(start, end)], told, found
    after = at + told + told % 2
    rest = os.pread(media, 8, after)
    if rest[:4] == b"RIFF" and os.pread(media, 4, after + 8) == b"WAVE":
        joined, _, _ = riff_parts(media, after, end) if after > start else ([], 0, 0)
        return [(start, after), *joined], told, told
    if told and (len(rest) < 8 or is_chunk_name(rest[:4])):
        return [(start, end)], told, told
    return [(start, end)], told, found


def au_sound(media: int, start: int, end: int) -> tuple[int, int, Mended]:
    """Bytes of sound in an AU file, as its header tells and as it holds, and the header mended."""
    offset, told = struct.unpack(">II", os.pread(media, 8, start + 4).ljust(8, b"\0"))
    held = end - start - offset
    if 0 < told < UNKNOWN_SIZE:
        return told, held, {}
    return held, held, {start + 8: b"\xff" * 4}


def aiff_sound(media: int, start: int, end: int) -> tuple[int, int, Mended]:
    """The same of an AIFF file. FFmpeg goes by the number of frames, which COMM tells."""
    frames_at = frame = told = held = 0
    at = start + 12
    while at + 8 <= end:
        name, size = struct.unpack(">4sI", os.pread(media, 8, at))
        if name == b"COMM":
            common = os.pread(media, 22, at + 8).ljust(22, b"\0")
            channels, _, bits = struct.unpack(">HIH", common[:8])
            is_plain = size < 22 or common[18:] in PLAIN_AIFC
            frames_at, frame = at + 10, channels * ((bits + 7) // 8) * is_plain
        if name == b"SSND":
            told, held = size - 8, end - at - 16
            break
        at += 8 + size + size % 2
    after = at + 16 + told + told % 2
    is_finished = told >= held or (told > 0 and ends_or_goes_on(media, after))
    if (told < UNKNOWN_SIZE and is_finished) or not frame or held <= 0:
        return 0, 0, {}
    sizes = struct.pack(">I", held + 8), struct.pack(">I", held // frame)
    return held, held, {at + 4: sizes[0], frames_at: sizes[1]}


PLAIN_AIFC = (b"NONE", b"twos", b"sowt", b"fl32", b"FL32", b"fl64", b"FL64", b"in24", b"in32")


def caf_sound(media: int, start: int, end: int) -> tuple[int, int, Mended]:
    """The same of a CAF file, whose size may be -1 for "to the end of the file"."""
    at = start + 8
    while at + 12 <= end:
        name, size = struct.unpack(">4sq", os.pread(media, 12, at))
        if name == b"data":
            told, held = size - 4, end - at - 16
            is_finished = told >= held or (told > 0 and ends_or_goes_on(media, at + 16 + told))
            if is_finished and told < UNKNOWN_WIDE:
                return told, held, {}
            return held, held, {at + 4: b"\xff" * 8}
        if size < 0:
            break
        at += 12 + size
    return 0, 0, {}


def w64_sound(media: int, start: int, end: int) -> tuple[int, int, Mended]:
    """The same of a Wave64 file, whose chunks have names and sizes of 16 and 8 bytes."""
    at = start + 40
    while at + 24 <= end:
        name, size = struct.unpack("<16sQ", os.pread(media, 24, at))
        if name[:4] == b"data":
            told, held = size - 24, end - at - 24
            return told if 0 < told < UNKNOWN_WIDE else held, held, {}
        at += max(24, size + -size % 8)
    return 0, 0, {}


CHUNKED: dict[bytes, Callable[[int, int, int], tuple[int, int, Mended]]] = {
    b".snd": au_sound, b"FORM": aiff_sound, b"caff": caf_sound, b"riff": w64_sound
}  # fmt: skip
"""How to read the size of the sound, beside WAV, by what the file begins with."""


def ends_or_goes_on(media: int, at: int) -> bool:
    """Whether at a place there is the name of a chunk, or the end of the file."""
    name = os.pread(media, 4, at)
    return len(name) < 4 or is_chunk_name(name)


def is_chunk_name(name: bytes) -> bool:
    return all(32 <= byte < 127 for byte in name)


def xing_seconds(before: bytes, stream: Any) -> float:
    """What an MP3's Xing, Info or VBRI header promises; it stands before the first packet.

    `before` are the bytes up to that packet. Returns 0 when there is no such header.
    """
    frame = 1152 if stream.codec_context.sample_rate >= 32_000 else 576
    for name in (b"Xing", b"Info", b"VBRI"):
        at = before.rfind(name)
        # The header lies in a frame of its own, after the side information of that frame.
        in_frame = any(before[at - side : at - side + 1] == b"\xff" for side in (36, 21, 13))
        if at < 0 or at + 18 > len(before) or not in_frame:
            continue
        if name == b"VBRI":
            frames = int.from_bytes(before[at + 14 : at + 18], "big")
        else:
            frames = int.from_bytes(before[at + 8 : at + 12], "big") if before[at + 7] & 1 else 0
        return float(frames * frame / stream.codec_context.sample_rate)
    return 0.0


# --- Two decoders --------------------------------------------------------------------------------


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


# --- Mixing and resampling -----------------------------------------------------------------------


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
