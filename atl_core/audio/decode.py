"""From the bytes of a beat to samples, decoded in a child process with limits."""

from __future__ import annotations

import math
import os
import tempfile
import threading
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from atl_core.audio.child import ChildCrashError, ChildTimeoutError, Report, run_child
from atl_core.audio.kinds import HEAD, looks_like_sound, not_sound, text_kind
from atl_core.errors import BeatError, limit, megabytes

DECODING: Final = "decoding the beat"
"""How it is told that a beat is being decoded."""
SAMPLE_RATE: Final = 16_000
STEREO_RATE: Final = 48_000
MIN_SECONDS: Final = 1.0
MIN_RATE: Final = 11_025
MAX_RATE: Final = 192_000
MAX_CHANNELS: Final = 8
SILENCE: Final = 1e-3
"""A beat in which nothing moves by more than this (-60 dBFS) is silent."""
EDGE: Final = 4
"""Windows of `STEADY_SECONDS` at the start and the end of a beat that are not asked."""
QUIET_END: Final = 10 ** (-50 / 20)
"""The sound of a beat is over when no more comes than this share of its loudest (-50 dB)."""
STEADY_SECONDS: Final = 0.025
"""What is steady for this long does not move: an offset, however it drifts, but no tone above
some 15 Hz."""
CHILD_MEGABYTES: Final = 1500
"""Address space of the decoder, interpreter and libraries included."""
TRUNCATED_SECONDS: Final = 1.0
"""A file may fall short of what its header promises by this, or by 2 %."""

ACCEPTED: Final = (
    "WAV, FLAC, MP3, OGG, AIFF, M4A, AAC, OPUS, WMA, CAF, WEBM and MP4 with sound are accepted, "
    "and most other files with sound in them."
)
EXPORT_AGAIN: Final = "Export the beat again and send the new file."
EXPORT_SOUND: Final = "Export the beat as WAV or MP3 and send that file."

DECODER: Final = Path(__file__).with_name("decode_child.py")


@dataclass(frozen=True, slots=True)
class Sound:
    """A decoded beat."""

    samples: npt.NDArray[np.float32]
    """Mono at 16 kHz, mapped from an unlinked file: pages that nobody reads cost no memory."""
    seconds: float
    peak: float
    """Largest absolute sample of any channel before mixing; 1 is full scale."""
    sound_end: float
    """Seconds until the last sound that is less than 50 dB below the loudest one."""


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
    with tempfile.TemporaryFile(prefix="atl-pcm-") as pcm:
        report = _decoded(beat, pcm.fileno(), max_seconds, max_megabytes, cancel, stereo=False)
        samples = np.memmap(pcm, dtype=np.float32, mode="c")
        loudest, sound_end = _what_moves(pcm.fileno(), len(samples))
    if loudest < SILENCE:
        raise BeatError(
            "The beat is silent.", "A beat must be heard.", "Check the export and its volume."
        )
    seconds = len(samples) / SAMPLE_RATE
    return Sound(samples, seconds, float(report["peak"]), sound_end)


def decode_stereo(
    beat: Path,
    *,
    max_seconds: float,
    max_megabytes: float,
    cancel: threading.Event | None = None,
) -> npt.NDArray[np.int16]:
    """The file `beat` as it sounds: (samples, 2) at 48 kHz, mapped from an unlinked file.

    Raises as `decode` does.
    """
    with tempfile.TemporaryFile(prefix="atl-pcm-") as pcm:
        _decoded(beat, pcm.fileno(), max_seconds, max_megabytes, cancel, stereo=True)
        return np.memmap(pcm, dtype=np.int16, mode="r").reshape(-1, 2)


def _decoded(
    beat: Path,
    output: int,
    max_seconds: float,
    max_megabytes: float,
    cancel: threading.Event | None,
    *,
    stereo: bool,
) -> Report:
    """Have the child decode `beat` into the open file `output`, and check what it says of it."""
    with _open(beat) as media:
        size = os.fstat(media.fileno()).st_size
        if size == 0:
            raise BeatError("The file is empty (0 bytes).", ACCEPTED, EXPORT_AGAIN)
        if size > max_megabytes * 1e6:
            raise BeatError(
                f"The file is too large ({megabytes(size)}).",
                f"Up to {limit(max_megabytes)} MB are accepted.",
                "Send an MP3, or a shorter part of the beat.",
            )
        head = media.read(HEAD)
        if named := not_sound(head):
            raise needs_sound(named)
        task: Report = {
            "media": media.fileno(),
            "output": output,
            "stereo": stereo,
            "max_seconds": max_seconds,
            "min_rate": MIN_RATE,
            "max_rate": MAX_RATE,
            "max_channels": MAX_CHANNELS,
            "megabytes": CHILD_MEGABYTES,
            "cpu_seconds": 20 + max_seconds / (5 if stereo else 10),
        }
        try:
            report = run_child(
                DECODER,
                task,
                seconds=300 + 2 * max_seconds,  # against a hang; work is bounded by cpu_seconds
                pass_fds=(media.fileno(), output),
                cancel=cancel,
            )
        except (ChildTimeoutError, ChildCrashError) as error:
            raise _refusal({"error": "crash"}, max_seconds) from error
        if report.get("error") == "unreadable":
            raise _unreadable(head)
        if "error" in report:
            raise _refusal(report, max_seconds)
        _check(report, head)
        return report


def needs_sound(named: str) -> BeatError:
    """The refusal of a file that is known to be something else, such as "a MIDI file"."""
    return BeatError(f"That is {named}; ATL needs sound.", ACCEPTED, EXPORT_SOUND)


def _unreadable(head: bytes) -> BeatError:
    """The refusal of a file in which no library finds sound."""
    if named := text_kind(head):
        return BeatError(
            f"That is not an audio file, whatever its name says: it is {named}.",
            ACCEPTED,
            EXPORT_SOUND,
        )
    if looks_like_sound(head):
        return BeatError("The file is damaged and cannot be read.", ACCEPTED, EXPORT_AGAIN)
    return BeatError(
        "That is not an audio file that I can read, whatever its name says.", ACCEPTED, EXPORT_SOUND
    )


def _what_moves(pcm: int, count: int) -> tuple[float, float]:
    """The loudest movement in `count` samples of the file `pcm`, and the second the sound ends at.

    What moves is what is left when the mean over `STEADY_SECONDS` is taken away, twice.
    """
    width = int(STEADY_SECONDS * SAMPLE_RATE) | 1
    block = 2048 * width
    peaks = [np.zeros(1)]
    for start in range(0, count, block):
        # Two widths more on each side, so that a block's edge is like any other place.
        first = max(0, start - 2 * width)
        read = os.pread(pcm, 4 * (start + block + 2 * width - first), 4 * first)
        part = np.frombuffer(read, np.float32).astype(np.float64)
        for _ in range(2):
            part -= _moving_mean(part, width)
        inside = np.abs(part[start - first : start - first + block])
        peaks.append(np.pad(inside, (0, -len(inside) % width)).reshape(-1, width).max(axis=1))
    loudness = np.concatenate(peaks)
    # An offset begins and ends with a step.
    loudness[: 1 + EDGE] = loudness[-EDGE:] = 0
    loudest = float(loudness.max())
    heard = np.flatnonzero(loudness >= max(SILENCE, QUIET_END * loudest))
    if not len(heard):
        return loudest, 0.0
    last = int(heard[-1]) + 1
    end = count if last >= len(loudness) - EDGE else last * width
    return loudest, end / SAMPLE_RATE


def _moving_mean(part: npt.NDArray[np.float64], width: int) -> npt.NDArray[np.float64]:
    """Mean over `width` samples (odd) around each; at the ends the outermost sample goes on."""
    sums = np.cumsum(np.pad(part, (width // 2 + 1, width // 2), mode="edge"))
    return (sums[width:] - sums[:-width]) / width


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


def _check(report: Report, head: bytes) -> None:
    """Refuse what was decoded but is of no use."""
    seconds, promised = report["seconds"], report["promised"]
    if max(seconds, promised) < MIN_SECONDS and (seconds or not report["damaged"]):
        raise BeatError(
            f"The beat is too short ({_below(max(seconds, promised))} s).",
            f"At least {MIN_SECONDS:g} s are needed; 10 s or more are best.",
            "Export a longer part, such as four bars.",
        )
    if promised - seconds > max(TRUNCATED_SECONDS, 0.02 * promised):
        raise BeatError(
            f"The file is cut off or damaged: it should last {clock(round(promised))} "
            f"but breaks off after {clock(seconds)}.",
            "A whole file is needed.",
            "Send or export it again.",
        )
    if not seconds:
        raise _unreadable(head)
    if report["damaged"] or seconds < MIN_SECONDS:
        raise _refusal({"error": "crash"}, 0)


def _below(seconds: float) -> str:
    """Rounded down, so that what is just too short is not said to be long enough."""
    return f"{math.floor(round(seconds * 1000, 3)) / 1000:g}"


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
            lasts = clock(max(report["seconds"], int(max_seconds) + 1))
            return BeatError(
                f"The beat is too long ({lasts} or more).",
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
        case "codec":
            return BeatError(
                "The sound in the file is coded in a way that I cannot read.",
                ACCEPTED,
                EXPORT_SOUND,
            )
        case _:
            return BeatError(
                "The file is damaged: decoding it failed half-way.", ACCEPTED, EXPORT_AGAIN
            )


def clock(seconds: float) -> str:
    """Such as 0:12, 3:05 or 3:00:00."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


__all__ = [
    "ACCEPTED",
    "DECODING",
    "SAMPLE_RATE",
    "STEREO_RATE",
    "Sound",
    "clock",
    "decode",
    "decode_stereo",
    "needs_sound",
]
