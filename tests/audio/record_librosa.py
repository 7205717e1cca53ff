"""Records what librosa computes, which `test_features.py` compares with.

Run it again after a new version of librosa: `python -m tests.audio.record_librosa`. It is recorded
because librosa compiles itself when it is first imported, which takes half a minute.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import numpy as np

from training.captioners.constant_q import LOWEST

RECORDED = Path(__file__).with_name("librosa.npz")


def music(seconds: float) -> np.ndarray:
    """Falling tones over noise: loud and quiet, high and low."""
    rng = np.random.default_rng(7)
    t = np.arange(int(seconds * 16_000)) / 16_000
    tones = np.sin(2 * np.pi * 220 * t) * np.exp(-2 * (t % 0.5)) + 0.3 * np.sin(
        2 * np.pi * 1760 * t
    )
    return (0.3 * tones + 0.03 * rng.standard_normal(len(t))).astype(np.float32)


def main() -> None:
    import librosa

    kept = {}
    for scale in ("htk", "slaney"):
        power = librosa.feature.melspectrogram(
            y=music(3.0), sr=16_000, n_fft=512, hop_length=160, n_mels=64, htk=scale == "htk",
            pad_mode="constant",
        )  # fmt: skip
        kept[scale] = librosa.power_to_db(power, top_db=None).T
    constant_q = librosa.cqt(
        music(4.0), sr=16_000, hop_length=512, fmin=LOWEST, n_bins=84, pad_mode="constant"
    )
    kept["constant_q"] = np.abs(constant_q).T
    np.savez_compressed(RECORDED, **kept)
    print({name: (array.shape, array.dtype) for name, array in kept.items()}, version("librosa"))


if __name__ == "__main__":
    main()
