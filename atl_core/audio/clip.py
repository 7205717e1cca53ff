"""Choose the 10 s clip that stands for the whole beat."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from atl_core.audio.features import CLIP_SECONDS, SAMPLE_RATE, Samples, log_mel
from atl_core.audio.onsets import FRAME_RATE, Array
from atl_core.audio.tonality import CHROMA_RATE

QUIET: Final = 0.1
"""A second with less than this share of the median second's energy counts as silence."""


def choose_clip(
    bands: Array, chroma: npt.NDArray[np.float32], bars: tuple[float, ...], seconds: float
) -> tuple[float, float]:
    """Start and end in seconds of the most typical 10 s, from a bar line where there is one.

    Every second of the beat is described by its onsets in three bands and its harmony; the
    clip is the stretch nearest to the median of all seconds with sound. Intros, breaks
    and fades differ from most of a beat, and so are passed over.
    """
    if seconds <= CLIP_SECONDS:
        return 0.0, seconds
    described = describe_seconds(bands, chroma, int(seconds))
    sounds = described[:, -1] > np.log1p(QUIET * np.expm1(np.median(described[:, -1])))
    centre = np.median(described[sounds], axis=0)
    scale = described[sounds].std(axis=0) + 1e-6
    strangeness = np.abs((described - centre) / scale).mean(axis=1) + 3.0 * ~sounds
    signed = (described - centre) / scale
    # Where the last bar ends, the sound only rings out.
    end = min(seconds, 2 * bars[-1] - bars[-2]) if len(bars) > 1 else seconds
    starts = [bar for bar in bars if bar + CLIP_SECONDS <= end]
    if not starts:
        starts = np.arange(0, seconds - CLIP_SECONDS, 0.5).tolist()

    def badness(start: float) -> float:
        window = slice(int(start), int(start) + int(CLIP_SECONDS))
        return float(np.abs(signed[window].mean(axis=0)).mean() + strangeness[window].mean())

    best = min(starts, key=badness)
    return float(best), float(best + CLIP_SECONDS)


def describe_seconds(bands: Array, chroma: npt.NDArray[np.float32], seconds: int) -> Array:
    """Mean onsets, direction of the chroma and log loudness of each second: (seconds, 16)."""
    rows = np.zeros((seconds, 16))
    for second in range(seconds):
        rise = bands[second * FRAME_RATE : (second + 1) * FRAME_RATE]
        pitch = chroma[int(second * CHROMA_RATE) : int((second + 1) * CHROMA_RATE) + 1]
        if len(rise):
            rows[second, :3] = rise.mean(axis=0)
        if len(pitch):
            total = pitch.mean(axis=0).astype(np.float64)
            rows[second, 3:15] = total / (np.linalg.norm(total) + 1e-6)
            rows[second, 15] = np.log1p(total.sum())
    return rows


def cut_clip(samples: Samples, start: float, end: float) -> Samples:
    """The clip at `start` to `end` seconds, ten seconds long and at full scale.

    A shorter one is repeated until it fills them.
    """
    clip = np.asarray(samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)], np.float32)
    clip = np.resize(clip, int(CLIP_SECONDS * SAMPLE_RATE))
    return clip / max(float(np.abs(clip).max()), 1e-6)


def clip_log_mel(samples: Samples, start: float, end: float) -> npt.NDArray[np.float32]:
    """The paper's spectrogram of the clip, in dB: (1001, 64)."""
    return log_mel(cut_clip(samples, start, end), exact=True).numpy()
