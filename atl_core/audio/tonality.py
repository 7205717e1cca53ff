"""Key and mode from a chroma profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from atl_core.audio.features import SAMPLE_RATE, Samples, forget_pages
from atl_core.threads import side_by_side

PITCHES: Final = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# Temperley, "What's key for key?" (1999): the revised profiles, which favour chord tones less
# crudely than Krumhansl and Kessler's probe-tone ratings.
MAJOR: Final = (5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0)
MINOR: Final = (5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0)

N_FFT: Final = 4096
HOP: Final = 2048
CHROMA_RATE: Final = SAMPLE_RATE / HOP
BLOCK: Final = 64
"""Frames worked on at a time."""


@dataclass(frozen=True, slots=True)
class Key:
    name: str
    """Such as `A minor`."""
    minor: bool
    confidence: float
    """0 to 1."""


def chroma_frames(samples: Samples) -> npt.NDArray[np.float32]:
    """Energy a pitch class: (frames, 12), a frame every 2048 samples (128 ms)."""
    fold = torch.from_numpy(_fold())
    window = torch.hann_window(N_FFT)

    def classes(piece: Tensor) -> Tensor:
        spectrum = torch.fft.rfft(piece.unfold(0, N_FFT, HOP) * window)
        energy: Tensor = spectrum[:, : len(fold)].abs() @ fold
        return energy

    def pieces() -> Iterator[Tensor]:
        for start in range(0, max(len(samples) - N_FFT, 1), HOP * BLOCK):
            piece = np.array(samples[start : start + HOP * (BLOCK - 1) + N_FFT])
            yield torch.from_numpy(np.pad(piece, (0, max(0, N_FFT - len(piece)))))
            forget_pages(samples)

    return torch.cat(list(side_by_side(classes, pieces()))).numpy()


def _fold() -> npt.NDArray[np.float32]:
    """Weights from FFT bins to pitch classes, 65 Hz to 2.1 kHz, sharp around each semitone."""
    hz = np.arange(1 + N_FFT // 2) * SAMPLE_RATE / N_FFT
    pitch = 69 + 12 * np.log2(np.maximum(hz, 1) / 440)
    audible = (hz > 65) & (hz < 2100)
    distance = np.abs((pitch[:, None] - np.arange(12) + 6) % 12 - 6)
    weights = np.exp(-0.5 * (distance / 0.25) ** 2) * audible[:, None]
    return weights[: int(np.flatnonzero(audible)[-1]) + 1].astype(np.float32)


def find_key(chroma: npt.NDArray[np.float32]) -> Key:
    """The key whose profile correlates best with the mean chroma."""
    loud = chroma.sum(axis=1, keepdims=True)
    profile = (chroma / np.maximum(loud, loud.max() * 1e-2 + 1e-9)).mean(axis=0)
    if profile.std() < 1e-6:
        return Key("C major", False, 0.0)
    scores = {}
    for minor, shape in ((False, MAJOR), (True, MINOR)):
        for tonic in range(12):
            scores[tonic, minor] = float(np.corrcoef(profile, np.roll(shape, tonic))[0, 1])
    (best, first), (_, second) = sorted(scores.items(), key=lambda item: -item[1])[:2]
    tonic, minor = best
    confidence = float(np.clip(first, 0, 1) * np.clip(0.3 + 7 * (first - second), 0, 1))
    return Key(f"{PITCHES[tonic]} {'minor' if minor else 'major'}", minor, confidence)
