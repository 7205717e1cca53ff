"""How long the sound in a file is by its header, and where a file begins and ends."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from typing import Any

BLOCK = 1 << 16
"""Bytes that are searched at a time for the next page of an Ogg file."""
UNKNOWN_WIDE = 1 << 60
UNKNOWN_SIZE = 0x7FFF_0000
"""A size in a RIFF header from here on is what programs write that cannot tell it yet."""
PLAIN_AIFC = (b"NONE", b"twos", b"sowt", b"fl32", b"FL32", b"fl64", b"FL64", b"in24", b"in32")
# What a file begins with, and how far into the file that stands.
STARTS = (
    (b"OggS\0\x02", 0), (b"fLaC\0", 0), (b"ftyp", 4), (b"caff\0", 0), (b"wvpk", 0),
    (b"\x1aE\xdf\xa3", 0), (b"RIFF", 0), (b"RF64", 0), (b"BW64", 0), (b"FORM", 0),
)  # fmt: skip
Mended = dict[int, bytes]
"""Bytes of a header that nobody finished, as they should be, by their place in the file."""


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


XING_OFFSET = 36
"""Bytes of its frame before the name of the header, at most."""
UNKNOWN_FRAMES = 0xFFFFFFFF


def xing_seconds(before: bytes, stream: Any, held: int) -> float:
    """What an MP3's Xing, Info or VBRI header promises; it stands before the first packet.

    `before` are the bytes up to that packet, and `held` of them come from it on. Returns 0 when
    there is no such header, or it counts wrongly: all the bytes that it tells of are there.
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
            told = int.from_bytes(before[at + 12 : at + 16], "big") if before[at + 7] & 2 else 0
            if 0 < told <= held + len(before) - at + XING_OFFSET or frames == UNKNOWN_FRAMES:
                return 0.0
        return float(frames * frame / stream.codec_context.sample_rate)
    return 0.0
