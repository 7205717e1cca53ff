"""The spectrograms are librosa's, to the last digit that matters, at any length."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from atl_core.audio.features import BLOCK_FRAMES, HOP_LENGTH, MelScale, log_mel
from atl_core.audio.musicnn import N_MELS as MUSICNN_MELS
from atl_core.audio.musicnn import PATCH_FRAMES, Musicnn
from atl_core.audio.tonality import chroma_frames
from tests.audio.record_librosa import RECORDED, music
from training.captioners.constant_q import constant_q


@pytest.mark.parametrize("scale", ["htk", "slaney"])
def test_log_mel_equals_librosa(scale: MelScale) -> None:
    samples = music(3.0)
    expected = np.load(RECORDED)[scale]
    ours = log_mel(samples, scale=scale).numpy()
    # Further down, single bins hold rounding errors of the two float32 transforms.
    audible = expected > expected.max() - 60
    np.testing.assert_allclose(ours[audible], expected[audible], rtol=0, atol=1e-4)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-3)
    exact = log_mel(samples, scale=scale, exact=True).numpy()
    np.testing.assert_allclose(exact, expected, rtol=0, atol=1e-4)


def test_blocks_leave_no_seam() -> None:
    samples = music(BLOCK_FRAMES * HOP_LENGTH / 16_000 + 2)
    whole = log_mel(samples).numpy()
    later = BLOCK_FRAMES - 50
    part = log_mel(samples[later * HOP_LENGTH :]).numpy()
    np.testing.assert_allclose(whole[later + 5 :], part[5:], atol=1e-3)


def test_the_number_of_threads_changes_nothing() -> None:
    samples = music(BLOCK_FRAMES * HOP_LENGTH / 16_000 * 9.5)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone = log_mel(samples)
        torch.set_num_threads(3)
        together = log_mel(samples)
        # The helpers' own setting has not leaked to us, nor to threads that start later.
        later = ThreadPoolExecutor(1).submit(torch.get_num_threads).result(60)
        assert (torch.get_num_threads(), later) == (3, 3)
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(alone, together)


def test_every_step_runs_on_the_device_that_was_asked_for() -> None:
    # The meta device computes shapes only, and refuses whatever would fetch a value back.
    samples = music(5.0)
    for heard in (log_mel(samples, device="meta"), constant_q(samples, device="meta")):
        assert heard.device.type == "meta"
    assert log_mel(samples, device="meta").shape == log_mel(samples).shape
    network = Musicnn().eval().to("meta")
    patch = torch.zeros(2, PATCH_FRAMES, MUSICNN_MELS, device="meta")
    assert network(patch).logits.device.type == "meta"


def test_samples_in_a_file_are_heard_like_samples_in_memory(tmp_path: Path) -> None:
    samples = music(BLOCK_FRAMES * HOP_LENGTH / 16_000 * 9.5)
    samples.tofile(tmp_path / "pcm")
    mapped = np.memmap(tmp_path / "pcm", np.float32, mode="c")
    # Their pages are given back on the way, and read again by whoever needs them.
    assert torch.equal(log_mel(mapped), log_mel(samples))
    assert np.array_equal(chroma_frames(mapped[5:]), chroma_frames(samples[5:]))
    assert np.array_equal(mapped, samples)


def test_ten_seconds_are_a_thousand_frames_of_64() -> None:
    assert log_mel(music(10.0)).shape == (1001, 64)


def test_constant_q_agrees_with_librosa() -> None:
    samples = music(4.0)
    ours = constant_q(samples).numpy()
    theirs = np.load(RECORDED)["constant_q"]
    assert ours.shape == theirs.shape
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.99
    loud = theirs > 0.1 * theirs.max()
    assert np.median(ours[loud] / theirs[loud]) == pytest.approx(1, abs=0.02)
