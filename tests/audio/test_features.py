"""The spectrograms are librosa's, to the last digit that matters, at any length."""

from __future__ import annotations

import librosa
import numpy as np
import pytest

from atl_core.audio.constant_q import LOWEST, constant_q
from atl_core.audio.features import BLOCK_FRAMES, HOP_LENGTH, MelScale, log_mel


def music(seconds: float) -> np.ndarray:
    """Falling tones over noise: loud and quiet, high and low."""
    rng = np.random.default_rng(7)
    t = np.arange(int(seconds * 16_000)) / 16_000
    tones = np.sin(2 * np.pi * 220 * t) * np.exp(-2 * (t % 0.5)) + 0.3 * np.sin(
        2 * np.pi * 1760 * t
    )
    return (0.3 * tones + 0.03 * rng.standard_normal(len(t))).astype(np.float32)


@pytest.mark.parametrize("scale", ["htk", "slaney"])
def test_log_mel_equals_librosa(scale: MelScale) -> None:
    samples = music(3.0)
    power = librosa.feature.melspectrogram(
        y=samples,
        sr=16_000,
        n_fft=512,
        hop_length=160,
        n_mels=64,
        htk=scale == "htk",
        pad_mode="constant",
    )
    expected = librosa.power_to_db(power, top_db=None).T
    ours = log_mel(samples, scale=scale).numpy()
    # Further down, single bins hold rounding errors of the two float32 transforms.
    audible = expected > expected.max() - 60
    np.testing.assert_allclose(ours[audible], expected[audible], rtol=0, atol=1e-4)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-3)


def test_blocks_leave_no_seam() -> None:
    samples = music(BLOCK_FRAMES * HOP_LENGTH / 16_000 + 2)
    whole = log_mel(samples).numpy()
    later = BLOCK_FRAMES - 50
    part = log_mel(samples[later * HOP_LENGTH :]).numpy()
    np.testing.assert_allclose(whole[later + 5 :], part[5:], atol=1e-3)


def test_ten_seconds_are_a_thousand_frames_of_64() -> None:
    assert log_mel(music(10.0)).shape == (1001, 64)


def test_constant_q_agrees_with_librosa() -> None:
    samples = music(4.0)
    ours = constant_q(samples).numpy()
    theirs = np.abs(
        librosa.cqt(samples, sr=16_000, hop_length=512, fmin=LOWEST, n_bins=84, pad_mode="constant")
    ).T
    assert ours.shape == theirs.shape
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.99
    loud = theirs > 0.1 * theirs.max()
    assert np.median(ours[loud] / theirs[loud]) == pytest.approx(1, abs=0.02)
