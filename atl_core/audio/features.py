"""Spectrograms in torch, one implementation for CPU and CUDA, in blocks of bounded memory.

Every function takes mono samples at 16 kHz as float32 and frames them as librosa does with
`center=True` and zero padding: frame i is centred on sample i * hop.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Samples = npt.NDArray[np.float32]
MelScale = Literal["htk", "slaney"]

SAMPLE_RATE: Final = 16_000
# Table 1 of the paper.
CLIP_SECONDS: Final = 10.0
N_FFT: Final = 512
HOP_LENGTH: Final = 160  # 10 ms: 100 frames a second
N_MELS: Final = 64

BLOCK_FRAMES: Final = 2048
"""Frames worked on at a time; bounds memory whatever the length of the beat."""
FLOOR: Final = 1e-10


def log_mel(
    samples: Samples,
    *,
    n_mels: int = N_MELS,
    hop: int = HOP_LENGTH,
    scale: MelScale = "htk",
    device: torch.device | str = "cpu",
) -> Tensor:
    """The paper's log-mel spectrogram: (frames, n_mels) in dB relative to full scale.

    Equals `librosa.power_to_db(librosa.feature.melspectrogram(...), top_db=None)`; `scale`
    chooses the mel formula (HTK is the paper's equation 4, Slaney is librosa's default).
    """
    blocks = [decibels(power) for power in mel_blocks(samples, n_mels, hop, scale, device)]
    return torch.cat(blocks)


def decibels(power: Tensor) -> Tensor:
    return power.clamp_min(FLOOR).log10_().mul_(10.0)


def mel_blocks(
    samples: Samples,
    n_mels: int = N_MELS,
    hop: int = HOP_LENGTH,
    scale: MelScale = "htk",
    device: torch.device | str = "cpu",
) -> Iterator[Tensor]:
    """Mel power spectrogram, a block of frames at a time: each (at most 2048, n_mels)."""
    filters = _mel_filters(n_mels, scale).to(device)
    window = torch.hann_window(N_FFT, device=device)
    for block in framed_blocks(samples, N_FFT, hop):
        spectrum = torch.fft.rfft(block.to(device).unfold(0, N_FFT, hop) * window)
        yield (spectrum.real.square() + spectrum.imag.square()) @ filters


def framed_blocks(
    samples: Samples, n_fft: int, hop: int, count: int = BLOCK_FRAMES
) -> Iterator[Tensor]:
    """Cut samples, padded by half a frame of zeros, into runs that hold `count` frames."""
    half = n_fft // 2
    frames = 1 + len(samples) // hop
    for first in range(0, frames, count):
        here = min(count, frames - first)
        start = first * hop - half
        stop = start + (here - 1) * hop + n_fft
        inside = np.asarray(samples[max(start, 0) : stop], dtype=np.float32)
        before = max(-start, 0)
        padded = np.zeros(stop - start, np.float32)
        padded[before : before + len(inside)] = inside
        yield torch.from_numpy(padded)


@cache
def _mel_filters(n_mels: int, scale: MelScale) -> Tensor:
    """Triangular filters of equal area: (1 + N_FFT // 2, n_mels)."""
    bins = np.linspace(0, SAMPLE_RATE / 2, 1 + N_FFT // 2)
    low, high = hz_to_mel(np.array([0.0, SAMPLE_RATE / 2]), scale)
    edges = mel_to_hz(np.linspace(low, high, n_mels + 2), scale)
    rising = (bins[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins[:, None]) / np.diff(edges)[1:]
    area = 2.0 / (edges[2:] - edges[:-2])
    triangles = np.maximum(0, np.minimum(rising, falling)) * area
    return torch.from_numpy(triangles.astype(np.float32))


def hz_to_mel(hz: npt.NDArray[np.float64], scale: MelScale = "htk") -> npt.NDArray[np.float64]:
    """HTK: 2595 log10(1 + f / 700). Slaney: linear to 1 kHz, then logarithmic."""
    if scale == "htk":
        return 2595.0 * np.log10(1.0 + hz / 700.0)
    step = np.log(6.4) / 27.0
    return np.where(hz < 1000, hz * 3 / 200, 15 + np.log(np.maximum(hz, 1e-9) / 1000) / step)


def mel_to_hz(mel: npt.NDArray[np.float64], scale: MelScale = "htk") -> npt.NDArray[np.float64]:
    if scale == "htk":
        return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
    step = np.log(6.4) / 27.0
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(step * (mel - 15)))
