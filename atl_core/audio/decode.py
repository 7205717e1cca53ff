"""From the bytes of a beat to 16 kHz mono samples, decoded in a child process with limits."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from atl_core.audio.child import ChildCrashError, ChildTimeoutError, Report, run_child
from atl_core.errors import BeatError

SAMPLE_RATE: Final = 16_000
MIN_SECONDS: Final = 1.0
MIN_RATE: Final = 11_025
MAX_RATE: Final = 96_000
MAX_CHANNELS: Final = 8
SILENCE: Final = 1e-3
"""A beat whose loudest sample is below this (-60 dBFS) is silent."""
CHILD_MEGABYTES: Final = 1500
"""Address space of the decoder, interpreter and libraries included."""
TRUNCATED_SECONDS: Final = 1.0
"""A file may fall short of what its header promises by this, or by 2 %."""

ACCEPTED: Final = "WAV, FLAC, MP3, OGG, AIFF, M4A, AAC, OPUS, WEBM and MP4 with sound are accepted."
EXPORT_AGAIN: Final = "Export the beat again and send the new file."

Kind = Literal["wav", "flac", "mp3", "ogg", "aiff", "mp4", "webm", "aac"]
DECODER: Final = Path(__file__).with_name("decode_child.py")


@dataclass(frozen=True, slots=True)
class Sound:
    """A decoded beat."""

    samples: npt.NDArray[np.float32]
    """Mono at 16 kHz, mapped from an unlinked file: pages that nobody reads cost no memory."""
    sha256: str
    """Of the bytes as given."""
    seconds: float
    peak: float
    """Largest absolute sample of any channel before mixing; 1 is full scale."""


def decode(
    beat: Path,
    *,
    max_seconds: float,
    max_megabytes: float,
    cancel: threading.Event | None = None,
) -> Sound:
    """Decode the file `beat`, whatever its name says it is.

    The mix to mono keeps the mean energy of the channels; channels in opposite phase are
    turned, not cancelled. Resampled by soxr (HQ).

    Raises:
        BeatError: it cannot be used; the text says why and what would do.
        CancelledError: `cancel` was set; the child process is gone.
    """
    with _open(beat) as media, tempfile.TemporaryFile(prefix="atl-pcm-") as pcm:
        size = os.fstat(media.fileno()).st_size
        if size == 0:
            raise BeatError("The file is empty (0 bytes).", ACCEPTED, EXPORT_AGAIN)
        if size > max_megabytes * 1e6:
            raise BeatError(
                f"The file is too large ({size / 1e6:.1f} MB).",
                f"Up to {max_megabytes:g} MB are accepted.",
                "Send an MP3, or a shorter part of the beat.",
            )
        kind = sniff(media.read(4096))
        if kind is None:
            raise BeatError(
                "That is not an audio file, whatever its name says.", ACCEPTED, EXPORT_AGAIN
            )
        sha256 = _sha256(media)
        task: Report = {
            "kind": kind,
            "media": media.fileno(),
            "output": pcm.fileno(),
            "max_seconds": max_seconds,
            "min_rate": MIN_RATE,
            "max_rate": MAX_RATE,
            "max_channels": MAX_CHANNELS,
            "megabytes": CHILD_MEGABYTES,
            "cpu_seconds": 20 + max_seconds / 10,
        }
        try:
            report = run_child(
                DECODER,
                task,
                seconds=300 + 2 * max_seconds,  # against a hang; work is bounded by cpu_seconds
                pass_fds=(media.fileno(), pcm.fileno()),
                cancel=cancel,
            )
        except (ChildTimeoutError, ChildCrashError) as error:
            raise _refusal({"error": "crash"}, max_seconds) from error
        if "error" in report:
            raise _refusal(report, max_seconds)
        _check(report, max_seconds)
        samples = np.memmap(pcm, dtype=np.float32, mode="c")
    return Sound(samples, sha256, len(samples) / SAMPLE_RATE, float(report["peak"]))


def sniff(head: bytes) -> Kind | None:
    """Tell the kind of media from its first bytes (a few kilobytes); None if it is none we know."""
    if head[:3] == b"ID3" and len(head) >= 10:
        # The tag's size is written in four 7-bit bytes; what follows it decides, if we see it.
        size = 10 + sum((byte & 0x7F) << 7 * (3 - at) for at, byte in enumerate(head[6:10]))
        return (sniff(head[size:]) or "mp3") if size < len(head) else "mp3"
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if head[4:8] == b"ftyp":
        return "mp4"
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return kind
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        layer = head[1] & 0x06
        return "aac" if layer == 0 and head[1] & 0xF0 == 0xF0 else "mp3" if layer == 2 else None
    return None


MAGIC: Final[dict[bytes, Kind]] = {b"fLaC": "flac", b"OggS": "ogg", b"\x1aE\xdf\xa3": "webm"}


def _open(beat: Path) -> BufferedReader:
    try:
        if beat.is_dir():
            raise BeatError(f"{beat.name} is a folder.", ACCEPTED, "Name one audio file.")
        if beat.exists() and not beat.is_file():
            raise BeatError(f"{beat.name} is not a regular file.", ACCEPTED, "Name an audio file.")
        return beat.open("rb")
    except FileNotFoundError as error:
        raise BeatError(
            f"There is no file {beat.name}.", ACCEPTED, "Check the path and the spelling."
        ) from error
    except PermissionError as error:
        raise BeatError(
            f"{beat.name} may not be read.", remedy="Change the file's permissions."
        ) from error
    except (OSError, ValueError) as error:
        raise BeatError("That path cannot be opened.", ACCEPTED, "Check the path.") from error


def _sha256(media: BufferedReader) -> str:
    media.seek(0)
    digest = hashlib.file_digest(media, "sha256").hexdigest()
    media.seek(0)
    return digest


def _check(report: Report, max_seconds: float) -> None:
    """Refuse what was decoded but is of no use."""
    seconds, promised = report["seconds"], report["promised"]
    short_by = promised - seconds
    if short_by > max(TRUNCATED_SECONDS, 0.02 * promised) or (report["damaged"] and not seconds):
        raise BeatError(
            f"The file is cut off or damaged: it should last {clock(promised)} but breaks off "
            f"after {clock(seconds)}.",
            "A whole file is needed.",
            "Send or export it again.",
        )
    if report["damaged"]:
        raise _refusal({"error": "crash"}, max_seconds)
    if seconds < MIN_SECONDS:
        raise BeatError(
            f"The beat is too short ({seconds:.1f} s).",
            f"At least {MIN_SECONDS:g} s are needed; 10 s or more are best.",
            "Export a longer part, such as four bars.",
        )
    if report["peak"] < SILENCE:
        raise BeatError(
            "The beat is silent.", "A beat must be heard.", "Check the export and its volume."
        )


def _refusal(report: Report, max_seconds: float) -> BeatError:
    """Put a code of the child into words."""
    match report["error"]:
        case "no sound":
            return BeatError(
                "The video has no sound.", ACCEPTED, "Send one that has, or the audio alone."
            )
        case "rate":
            return BeatError(
                f"The sample rate is {report['rate']:,} Hz.",
                f"{MIN_RATE:,} to {MAX_RATE:,} Hz are accepted.",
                "Export the beat at 44,100 or 48,000 Hz.",
            )
        case "channels":
            return BeatError(
                f"The file has {report['channels']} channels.",
                f"Up to {MAX_CHANNELS} are accepted.",
                "Mix the beat down to stereo.",
            )
        case "long":
            return BeatError(
                f"The beat is too long ({clock(report['seconds'])} or more).",
                f"Up to {clock(max_seconds)} are accepted.",
                "Cut out the part to write for.",
            )
        case "numbers":
            return BeatError(
                "The file holds numbers that are no sound (NaN or infinite samples).",
                "Ordinary audio is accepted.",
                EXPORT_AGAIN,
            )
        case "disk":
            return BeatError(
                "There is no room left on the disk to decode the beat.",
                remedy="Free some space and try again.",
            )
        case "unreadable":
            return BeatError("The file is damaged and cannot be read.", ACCEPTED, EXPORT_AGAIN)
        case _:
            return BeatError(
                "The file is damaged: decoding it failed half-way.", ACCEPTED, EXPORT_AGAIN
            )


def clock(seconds: float) -> str:
    """Such as 0:12, 3:05 or 3:00:00."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


__all__ = ["ACCEPTED", "SAMPLE_RATE", "Sound", "clock", "decode", "sniff"]
