"""Onset strength: when something starts, in the low, middle and high of the spectrum."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from atl_core.audio.features import Samples, mel_blocks

Array = npt.NDArray[np.float64]

FRAME_RATE: Final = 100
"""Frames a second."""
BANDS: Final = ((0, 7), (7, 32), (32, 64))
"""Ranges of the 64 HTK mels: about 0-350 Hz (kick, bass), 350-2600 Hz (snare), above (hats)."""
WEIGHTS: Final = np.array([0.8, 1.0, 1.0])
"""Of the bands in one curve: hats mark the beats that a syncopated kick leaves out."""
LAG: Final = 2
"""Frames over which a rise is measured: 20 ms."""


def onset_bands(samples: Samples) -> Array:
    """Rise of compressed mel energy: (frames, 3), 100 frames a second, none negative."""
    last: npt.NDArray[np.float32] | None = None
    rises = []
    for power in mel_blocks(samples):
        level = power.sqrt_().mul_(10).log1p_().numpy()
        before = np.zeros_like(level[:LAG]) if last is None else last
        joined = np.concatenate([before, level])
        rise = np.maximum(joined[LAG:] - joined[:-LAG], 0)
        rises.append(np.stack([rise[:, low:high].mean(axis=1) for low, high in BANDS], axis=1))
        last = joined[-LAG:]
    return np.concatenate(rises).astype(np.float64)


def onset_strength(bands: Array) -> Array:
    """One curve from the bands, each in units of its own deviation: (frames,)."""
    spread = bands.std(axis=0)
    audible = spread > 0.02 * max(spread.max(), 1e-9)
    scaled: Array = (bands / np.where(audible, spread, np.inf)) @ WEIGHTS
    local = moving_mean(scaled, FRAME_RATE)
    curve: Array = np.maximum(scaled - local, 0)
    curve /= curve.std() + 1e-9
    return curve


def moving_mean(curve: Array, width: int) -> Array:
    """Mean over `width` frames around each, shorter at the ends."""
    total = np.concatenate([[0.0], np.cumsum(curve)])
    middle = np.arange(len(curve))
    start, stop = (
        np.maximum(middle - width // 2, 0),
        np.minimum(middle + width // 2 + 1, len(curve)),
    )
    mean: Array = (total[stop] - total[start]) / (stop - start)
    return mean
