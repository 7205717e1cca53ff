"""How fast and how small: `python benchmarks/audio_speed.py MUSICNN_FOLDER`.

Times are the best of several runs, on two threads. Peak memory is that of a fresh process
that hears one three-minute mp3.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# As `atl_core.audio` sets it, but before torch is imported here.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))


def best(work: Callable[[], object], runs: int = 5) -> float:
    work()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def hear(beat: Path, weights: Path) -> None:
    from atl_core.audio.listen import listen

    listen(beat, max_seconds=900, max_megabytes=50, musicnn=weights)


def main() -> None:
    weights = Path(sys.argv[1])
    if len(sys.argv) > 2:
        hear(Path(sys.argv[2]), weights)
        # Not getrusage: its peak is inherited from the process that started this one.
        print(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])  # type: ignore[index]
        return
    import beats
    import librosa
    import numpy as np
    import soundfile
    import torch

    from atl_core.audio.features import log_mel

    torch.set_num_threads(2)
    rng = np.random.default_rng(0)
    samples = rng.normal(0, 0.1, 16_000 * 180).astype(np.float32)
    ours = best(lambda: log_mel(samples), 20)
    torch.set_num_threads(1)
    alone = best(lambda: log_mel(samples), 20)
    torch.set_num_threads(2)
    theirs = best(
        lambda: librosa.power_to_db(
            librosa.feature.melspectrogram(
                y=samples, sr=16_000, n_fft=512, hop_length=160, n_mels=64
            )
        ),
        20,
    )
    with tempfile.TemporaryDirectory() as folder:
        beat = Path(folder) / "beat.mp3"
        sound = beats.synthesise("hip-hop", bars=66)
        soundfile.write(beat, sound, beats.RATE)
        listening = best(lambda: hear(beat, weights), 3)
        command = [sys.executable, __file__, str(weights), str(beat)]
        started = time.perf_counter()
        memory = float(subprocess.run(command, capture_output=True, text=True).stdout) / 1e3
        cold = time.perf_counter() - started
    print(f"{'measure':34} {'ours':>9} {'baseline':>18} {'target':>9}")
    print(f"{'log-mel of 180 s':34} {ours:8.3f}s {theirs:10.3f}s librosa {'5 x':>9}")
    print(f"{'  times as fast, 2 threads':34} {theirs / ours:9.1f}")
    print(f"{'  times as fast, 1 thread':34} {theirs / alone:9.1f}")
    print(f"{'180 s mp3 to a Listening, warm':34} {listening:8.2f}s {'-':>18} {'6 s':>9}")
    print(f"{'  the same, cold process':34} {cold:8.2f}s {'-':>18} {'-':>9}")
    print(f"{'  peak memory':34} {memory:7.0f}MB {'-':>18} {'700 MB':>9}")


if __name__ == "__main__":
    main()
