"""Tempo from the periodicity of onsets.

For every tempo from 40 to 205 the autocorrelation of each band's onsets is read at fifteen
multiples of the beat, from a sixteenth to four bars: a beat that is right repeats at 1, 2, 4
and 8 beats and not at 4/3. A linear model of those 45 values gives the tempo its score. Its
weights were fitted to loops synthesised from made-up patterns (`benchmarks/audio_fit_tempo.py`),
and are measured on others and on real ones (`benchmarks/audio_rhythm.py`). The idea of reading
a periodicity function at metrical multiples is Peeters's, "Template-based estimation of
time-varying tempo" (2007).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from atl_core.audio.onsets import FRAME_RATE, Array, moving_mean
from atl_core.audio.tempo_weights import LINEAR, PRIOR

TEMPI: Final[Array] = np.geomspace(40, 205, 330)
MULTIPLES: Final = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 4 / 3, 3 / 2, 2, 3, 4, 6, 8, 12, 16)
TOLERANCE: Final = 0.006
"""Relative error of a lag that is forgiven: tempo drifts, and the grid has steps."""

# A writer counts between these; outside, in the octave that falls inside.
SLOWEST: Final = 60.0
FASTEST: Final = 132.0

RATIOS: Final = (1, 1 / 2, 2, 2 / 3, 3 / 2, 1 / 3, 3, 3 / 4, 4 / 3)
"""Of the likeliest tempo, to those that it is mistaken for."""
LIKELIEST: Final = 3
"""Peaks of the linear model that are looked into for themselves; of the first all ratios."""
SAME: Final = 0.04
"""Tempi nearer than this, relatively, are one."""
LIMITS: Final = (40.0, 205.0)


class Candidates(NamedTuple):
    """Tempi worth tracking."""

    paces: list[float]
    """Beats a minute, the likeliest by the linear model first."""
    profiles: Array
    """(paces, bands, multiples), from `metrical_profile`."""


def tempo_candidates(bands: Array) -> Candidates:
    """Tempi of onset bands, (frames, 3), that may be the beat."""
    profile = metrical_profile(bands)
    score = linear_score(profile)
    inner = score[1:-1]
    peaks = np.flatnonzero((inner >= score[:-2]) & (inner > score[2:])) + 1
    ranked = [float(TEMPI[at]) for at in peaks[np.argsort(-score[peaks])]] or [100.0]
    wanted = ranked[:LIKELIEST]
    for main in ranked[:2]:
        wanted += [main * ratio for ratio in RATIOS]
    paces: list[float] = []
    for pace in wanted:
        inside = LIMITS[0] <= pace <= LIMITS[1]
        if inside and all(abs(pace / other - 1) > SAME for other in paces):
            paces.append(pace)
    rows = [int(np.argmin(np.abs(TEMPI - pace))) for pace in paces]
    return Candidates(paces, profile[rows])


def linear_score(profile: Array) -> Array:
    """How likely each of `TEMPI` is by its metrical profile: (tempi,)."""
    octaves = np.log2(TEMPI) - 7
    score: Array = profile.reshape(len(TEMPI), -1) @ np.asarray(LINEAR).ravel()
    return score + PRIOR[0] * octaves + PRIOR[1] * octaves**2


def agreement(bands: Array, pace: float) -> Array:
    """How well `pace`, or an octave of it, explains each window of 12 s: at most 0, a window each.

    It is the linear model's score of the pace less that of the tempo it likes best there. Windows
    where little is struck are left out.
    """
    size, hop = 12 * FRAME_RATE, 6 * FRAME_RATE
    octaves = np.log2(TEMPI / pace)
    near = np.abs((octaves + 0.5) % 1 - 0.5) < np.log2(1 + SAME)
    found = []
    usual = bands.mean()
    for start in range(0, max(1, len(bands) - size // 2), hop):
        window = bands[start : start + size]
        if len(window) < size // 2 or window.mean() < 0.3 * usual:
            continue
        score = linear_score(metrical_profile(window))
        found.append(float(score[near].max() - score.max()))
    return np.array(found)


def felt(tempo: float) -> float:
    """The octave of a tempo in which a writer counts it: 140 is felt at 70, 45 at 90."""
    while tempo >= FASTEST:
        tempo /= 2
    while tempo < SLOWEST:
        tempo *= 2
    return tempo


def metrical_profile(bands: Array) -> Array:
    """Autocorrelation at multiples of every tempo's beat: (tempi, bands, multiples)."""
    lags = (60 * FRAME_RATE / TEMPI)[:, None] * np.asarray(MULTIPLES)
    around = np.array([-1, -0.5, 0, 0.5, 1]) * TOLERANCE + 1
    profile = np.empty((len(TEMPI), bands.shape[1], len(MULTIPLES)))
    for number, band in enumerate(bands.T):
        correlation = autocorrelation(band)
        frames = np.arange(len(correlation))
        read = np.interp(lags[..., None] * around, frames, correlation, right=0.0)
        profile[:, number] = read.max(axis=2)
    return profile


def autocorrelation(band: Array) -> Array:
    """Normalised to 1 at lag 0, and for the shrinking overlap: (frames,)."""
    sharp = np.maximum(band - moving_mean(band, 81), 0)
    soft: npt.NDArray[np.float64] = np.convolve(sharp, np.hanning(7) / 3, "same")
    soft = soft - soft.mean()
    size = len(soft)
    padded = 1 << (2 * size - 1).bit_length()
    whole = np.fft.irfft(np.abs(np.fft.rfft(soft, padded)) ** 2)[:size]
    overlap = np.maximum(size - np.arange(size), size / 4) / size
    correlation: Array = whole / overlap / (whole[0] + 1e-9)
    return correlation
