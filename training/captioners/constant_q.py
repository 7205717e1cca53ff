"""The constant-Q transform: one bin a semitone, long windows for low notes, short for high.

What the paper names as future work (its section 5.1). Brown and Puckette, "An efficient
algorithm for the calculation of a constant Q transform" (1992): the kernels are multiplied
with the spectrum of one long frame. Lengths, windows and scaling are librosa's.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import torch
from torch import Tensor

from atl_core.audio.features import SAMPLE_RATE, Samples, framed_blocks

LOWEST: Final = 32.703195662574829  # C1, in Hz
PER_OCTAVE: Final = 12
BINS: Final = 84  # seven octaves, to B7
HOP: Final = 512
BLOCK: Final = 64
"""Frames worked on at a time; a frame is 16,384 samples long."""


def constant_q(
    samples: Samples, *, hop: int = HOP, bins: int = BINS, device: torch.device | str = "cpu"
) -> Tensor:
    """Magnitudes of mono samples at 16 kHz: (frames, bins), frame i centred on sample i * hop."""
    kernels = _kernels(bins).to(device)
    size = 2 * (len(kernels) - 1)
    frames = []
    for block in framed_blocks(samples, size, hop, BLOCK):
        spectrum = torch.fft.rfft(block.to(device).unfold(0, size, hop))
        frames.append((spectrum @ kernels).abs())
    return torch.cat(frames)


@cache
def _kernels(bins: int) -> Tensor:
    """Conjugated spectra of the windowed tones: (1 + size / 2, bins), complex."""
    hz = LOWEST * 2.0 ** (np.arange(bins) / PER_OCTAVE)
    ratio = 2.0 ** (2 / PER_OCTAVE)
    quality = (ratio + 1) / (ratio - 1)
    lengths = quality * SAMPLE_RATE / hz
    size = 1 << int(np.ceil(np.log2(lengths[0])))
    kernels = np.zeros((1 + size // 2, bins), np.complex64)
    for number, (pitch, length) in enumerate(zip(hz, lengths, strict=True)):
        at = np.arange(-(length // 2), length // 2)
        # A periodic Hann window of the length rounded down, as scipy and librosa have it.
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(len(at)) / len(at))
        tone = np.zeros(size, np.complex128)
        start = size // 2 + int(at[0])
        tone[start : start + len(at)] = (
            window / window.sum() * np.exp(2j * np.pi * pitch * at / SAMPLE_RATE)
        )
        # Parseval: the product of spectra over their length is the product of signals. The
        # tone has no negative frequencies to speak of, so half a spectrum is enough.
        spectrum = np.fft.fft(tone)[: 1 + size // 2]
        kernels[:, number] = np.conj(spectrum) / size * np.sqrt(length)
    return torch.from_numpy(kernels)
