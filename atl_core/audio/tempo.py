"""Tempo from the periodicity of onsets.

For every tempo from 50 to 200 the autocorrelation of each band's onsets is read at fifteen
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

TEMPI: Final[Array] = np.geomspace(50, 200, 280)
MULTIPLES: Final = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 4 / 3, 3 / 2, 2, 3, 4, 6, 8, 12, 16)
TOLERANCE: Final = 0.006
"""Relative error of a lag that is forgiven: tempo drifts, and the grid has steps."""

# A writer counts between these; outside, in the octave that falls inside.
SLOWEST: Final = 60.0
FASTEST: Final = 132.0

# What a producer calls the beat shows in the hats: they play eighths of it. These bounds were
# read off synthesised loops, other ones than the benchmark's.
SIXTEENTHS: Final = 0.15
"""Correlation of the high band at a quarter of a beat: so many hats make a slow beat a fast one."""
MANY_HATS: Final = 3.4
"""High onsets a beat that say the same where swing hides the correlation."""
FEW_HATS: Final = 1.2
"""High onsets a beat below which the hats may be eighths of a beat half as fast,"""
NO_SNARE: Final = 0.3
"""if the snare does not repeat from beat to beat: correlation of the middle band at one beat."""


class Tempo(NamedTuple):
    """Beats a minute."""

    heard: float
    """As a producer would name it: trap at 140."""
    felt: float
    """As a writer counts it: trap at 70."""
    confidence: float
    """0 to 1: share of the model's belief, octaves joined, that lies near this tempo."""
    halved: bool
    """Whether `heard` is half of what repeats best, for want of hats."""


def find_tempo(bands: Array) -> Tempo:
    """Tempo of onset bands, (frames, 3), as a whole."""
    periodicity = metrical_profile(bands)
    octaves = np.log2(TEMPI) - 7
    score = periodicity.reshape(len(TEMPI), -1) @ np.asarray(LINEAR).ravel()
    score += PRIOR[0] * octaves + PRIOR[1] * octaves**2
    best = int(np.argmax(score))
    heard = float(TEMPI[best])
    belief = np.exp(score - score.max())
    distance = np.abs((np.log2(TEMPI / heard) + 0.5) % 1 - 0.5)
    confidence = float(belief[distance < np.log2(1.04)].sum() / belief.sum())
    hats = count_peaks(bands[:, 2]) / len(bands) * 60 * FRAME_RATE / heard
    sixteenths = periodicity[best, 2, MULTIPLES.index(1 / 4)] > SIXTEENTHS or hats > MANY_HATS
    snare = periodicity[best, 1, MULTIPLES.index(1)]
    halved = bool(heard > 110 and hats < FEW_HATS and snare < NO_SNARE)
    if heard < 92 and sixteenths:
        heard *= 2
    elif halved:
        heard /= 2
    return Tempo(heard, felt(heard), confidence, halved)


def count_peaks(band: Array) -> int:
    """Local maxima of an onset band that stand out, against its loudest ones."""
    rising = band[band > 0]
    if not len(rising):
        return 0
    middle = band[1:-1]
    stands_out = middle > 0.15 * np.percentile(rising, 98)
    return int(((middle > band[:-2]) & (middle >= band[2:]) & stands_out).sum())


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
