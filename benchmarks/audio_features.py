"""How near the spectrograms are to librosa's: `python benchmarks/audio_features.py [FOLDER ...]`.

On the example beats, and on the first 30 s of every FLAC file of the folders. Differences of
log-mel in dB, over the bins within 60 dB of the loudest and over all: as it is computed by
default, and `exact`, in double precision. Constant-Q: correlation of magnitudes.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import soundfile
import soxr

from atl_core.audio.features import MelScale, log_mel
from examples import beats
from training.captioners.constant_q import LOWEST, constant_q

RATE = 16_000
SCALES: tuple[MelScale, ...] = ("htk", "slaney")


def theirs(samples: np.ndarray, scale: MelScale) -> np.ndarray:
    how: dict[str, Any] = {"sr": RATE, "n_fft": 512, "hop_length": 160, "n_mels": 64}
    how["pad_mode"] = "constant"
    power = librosa.feature.melspectrogram(y=samples, htk=scale == "htk", **how)
    return librosa.power_to_db(power, top_db=None).T


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    asked = parser.parse_args()
    sounds = [
        soxr.resample(beats.synthesise(kind, bars=8).mean(axis=1), beats.RATE, RATE)
        for kind in ("hip-hop", "country")
    ]
    for folder in asked.folders:
        sounds += [soundfile.read(path)[0][: 30 * RATE] for path in sorted(folder.glob("*.flac"))]
    rows, constant = [], []
    for sound in sounds:
        samples = sound.astype(np.float32)
        for scale in SCALES:
            expected = theirs(samples, scale)
            heard = expected > expected.max() - 60
            for exact in (False, True):
                gap = np.abs(log_mel(samples, scale=scale, exact=exact).numpy() - expected)
                rows.append((gap[heard].max(), gap.max()))
        tones = np.abs(
            librosa.cqt(
                samples, sr=RATE, hop_length=512, fmin=LOWEST, n_bins=84, pad_mode="constant"
            )
        ).T
        constant.append(np.corrcoef(tones.ravel(), constant_q(samples).numpy().ravel())[0, 1])
    print(f"{'log-mel, largest difference in dB':40} {'within 60 dB':>13} {'all bins':>10}")
    worst = np.max(np.reshape(rows, (-1, 2, 2)), axis=0)
    for name, (near, every) in zip(("by default", "exact (target 1e-4)"), worst, strict=True):
        print(f"{name:40} {near:13.1e} {every:10.1e}")
    print(f"constant-Q, least correlation of {len(sounds)}: {min(constant):.4f} (target 0.99)")


if __name__ == "__main__":
    main()
