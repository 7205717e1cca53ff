"""Spectrograms in torch, one implementation for CPU and CUDA, in blocks of bounded memory.

Every function takes mono samples at 16 kHz as float32 and frames them as librosa does with
`center=True` and zero padding: frame i is centred on sample i * hop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from mmap import MADV_DONTNEED, mmap
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from atl_core.threads import side_by_side

Samples = npt.NDArray[np.float32]
MelScale = Literal["htk", "slaney"]

SAMPLE_RATE: Final = 16_000
# Table 1 of the paper.
CLIP_SECONDS: Final = 10.0
N_FFT: Final = 512
HOP_LENGTH: Final = 160  # 10 ms: 100 frames a second
N_MELS: Final = 64

BLOCK_FRAMES: Final = 1536
"""Frames worked on at a time: few enough for a core's cache, whatever the length of the beat."""
BANDS: Final = 4
"""Runs of mels whose filters are multiplied apart, each with the few FFT bins that it spans."""
FLOOR: Final = 1e-10


def log_mel(
    samples: Samples,
    *,
    n_mels: int = N_MELS,
    hop: int = HOP_LENGTH,
    scale: MelScale = "htk",
    exact: bool = False,
    device: torch.device | str = "cpu",
) -> Tensor:
    """The paper's log-mel spectrogram: (frames, n_mels) in dB relative to full scale.

    Equals `librosa.power_to_db(librosa.feature.melspectrogram(...), top_db=None)`; `scale`
    chooses the mel formula (HTK is the paper's equation 4, Slaney is librosa's default). `exact`
    takes the transform in double precision, as librosa does, at half the speed: else bins far below
    the loudest of their frame hold its rounding.
    """
    power = _mel_power(n_mels, scale, device, exact)
    # Every block's place is there before it, so that none is copied.
    heard = torch.empty(1 + len(samples) // hop, n_mels, device=device)

    def fill(task: tuple[Tensor, Tensor]) -> None:
        block, place = task
        decibels(power(block, hop, place))

    blocks = framed_blocks(samples, N_FFT, hop)
    places = (heard[at : at + BLOCK_FRAMES] for at in range(0, len(heard), BLOCK_FRAMES))
    for _ in side_by_side(fill, zip(blocks, places, strict=True), device):
        pass
    return heard


def decibels(power: Tensor) -> Tensor:
    """In the place of the power itself."""
    return power.clamp_min_(FLOOR).log10_().mul_(10.0)


def mel_blocks(
    samples: Samples,
    n_mels: int = N_MELS,
    hop: int = HOP_LENGTH,
    scale: MelScale = "htk",
    device: torch.device | str = "cpu",
) -> Iterator[Tensor]:
    """Mel power spectrogram, a block of frames at a time: each (BLOCK_FRAMES or fewer, n_mels)."""
    power = _mel_power(n_mels, scale, device)

    def heard(block: Tensor) -> Tensor:
        frames = 1 + (len(block) - N_FFT) // hop
        return power(block, hop, torch.empty(frames, n_mels, device=device))

    return side_by_side(heard, framed_blocks(samples, N_FFT, hop), device)


def _mel_power(
    n_mels: int, scale: MelScale, device: torch.device | str, exact: bool = False
) -> Callable[[Tensor, int, Tensor], Tensor]:
    """What turns a block of samples into mel power, in a given place: (frames, n_mels)."""
    precision = torch.float64 if exact else torch.float32
    window = torch.hann_window(N_FFT, dtype=precision, device=device)
    bands = [(bins, mels, part.to(device)) for bins, mels, part in _mel_bands(n_mels, scale)]

    def power(block: Tensor, hop: int, place: Tensor) -> Tensor:
        spectrum = torch.fft.rfft(block.to(device, precision).unfold(0, N_FFT, hop) * window)
        real, imaginary = torch.view_as_real(spectrum).square_().unbind(dim=2)
        squares = (real + imaginary).float()
        for bins, mels, filters in bands:
            torch.mm(squares[:, bins], filters, out=place[:, mels])
        return place

    return power


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
        inside = np.require(samples[max(start, 0) : stop], np.float32, ("C", "W"))
        if len(inside) < stop - start:
            before = max(-start, 0)
            inside = np.pad(inside, (before, stop - start - before - len(inside)))
        yield torch.from_numpy(inside)
        if first // count % 8 == 7:
            forget_pages(samples)


def forget_pages(samples: Samples) -> None:
    """Give back the memory of samples that are mapped from a file; they are read again if needed.

    A pass over a long beat would else leave all of it in memory. Nothing writes to samples.
    """
    owner: object = samples
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap):
        owner.madvise(MADV_DONTNEED)


@cache
def _mel_bands(n_mels: int, scale: MelScale) -> tuple[tuple[slice, slice, Tensor], ...]:
    """Per band: the bins that it needs, the mels that it gives, and its filters."""
    bands, first = [], 0
    for part in _mel_filters(n_mels, scale).tensor_split(BANDS, dim=1):
        heard = part.any(dim=1).nonzero().flatten()
        bins = slice(int(heard[0]), int(heard[-1]) + 1)
        mels = slice(first, first + part.shape[1])
        bands.append((bins, mels, part[bins].contiguous()))
        first = mels.stop
    return tuple(bands)


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
