"""How fast and how small the ear is: `python benchmarks/audio_speed.py [MINUTES ...]`.

Times are the best of several runs, on as many threads as torch takes (OMP_NUM_THREADS). Peak
memory is that of a fresh process that hears one mp3 of 1, 3, 10 and 30 minutes, and draws it
in a second column; the decoder's child (40 to 100 MB) has ended before that peak. The tagger's
weights come from the cache (`atl weights fetch`).
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# As `atl_core` sets it, but before torch is imported here.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

BAR = 4 * 60 / 88
"""Seconds of a bar of the hip-hop beat."""


def best(work: Callable[[], object], runs: int = 5) -> float:
    work()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def hear(beat: Path, picture: Path | None = None) -> None:
    from atl_core import weights
    from atl_core.audio.decode import decode
    from atl_core.audio.listen import hear as listening
    from atl_core.audio.listen import listen
    from atl_core.audio.picture import draw
    from atl_core.settings import load_settings

    musicnn = weights.folder("musicnn-msd", load_settings().weights_home)
    if picture is None:
        listen(beat, max_seconds=3600, max_megabytes=100, musicnn=musicnn)
        return
    sound = decode(beat, max_seconds=3600, max_megabytes=100)
    picture.write_bytes(draw(sound.samples, listening(sound, "", musicnn=musicnn), beat.stem))


def peak_megabytes(beat: Path, *picture: str) -> tuple[float, float]:
    """Peak memory of a fresh process that hears a beat, and the seconds that it took."""
    started = time.perf_counter()
    command = [sys.executable, __file__, "--child", str(beat), *picture]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(said) / 1e3, time.perf_counter() - started


def child(beat: str, *picture: str) -> None:
    hear(Path(beat), *map(Path, picture))
    # Not getrusage: its peak is inherited from the process that started this one.
    print(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])  # type: ignore[index]


def log_mel_rows() -> None:
    import librosa
    import numpy as np
    import torch

    from atl_core.audio.features import log_mel

    def theirs() -> object:
        return librosa.power_to_db(
            librosa.feature.melspectrogram(
                y=samples, sr=16_000, n_fft=512, hop_length=160, n_mels=64
            )
        )

    samples = np.random.default_rng(0).normal(0, 0.1, 16_000 * 180).astype(np.float32)
    threads = torch.get_num_threads()
    for count in sorted({threads, 1}, reverse=True):
        torch.set_num_threads(count)
        # In turns, so that what else the machine does falls on both.
        pairs = [(best(theirs, 2), best(lambda: log_mel(samples), 4)) for _ in range(10)]
        baseline, ours = (1e3 * min(times) for times in zip(*pairs, strict=True))
        name = f"log-mel of 180 s, {count} thread{'s'[: count > 1]}"
        times = f"{baseline / ours:.1f}x   (target 5x)"
        print(f"{name:34} {ours:9.1f} ms {baseline:9.1f} ms librosa, {times}")
    torch.set_num_threads(threads)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="*", default=(1, 3, 10, 30))
    minutes = parser.parse_args().minutes

    import numpy as np
    import soundfile

    from examples import beats

    log_mel_rows()
    with tempfile.TemporaryDirectory() as name:
        three = Path(name) / "3.mp3"
        sound = beats.synthesise("hip-hop", bars=16)[: round(16 * BAR * beats.RATE)]

        def write(path: Path, seconds: float) -> None:
            turns = int(np.ceil(seconds / (16 * BAR)))
            whole = np.tile(sound, (turns, 1))[: round(seconds * beats.RATE)]
            soundfile.write(path, whole.astype(np.float32), beats.RATE)

        write(three, 180)
        listening = best(lambda: hear(three), 3)
        print(f"{'180 s mp3 to a Listening, warm':34} {listening:9.2f}s   (target 6 s)")
        print(f"\n{'fresh process':34} {'hear':>12} {'and draw':>12}   (target 700 MB)")
        for long in minutes:
            beat = Path(name) / "beat.mp3"
            write(beat, 60 * long)
            alone, seconds = peak_megabytes(beat)
            drawn, _ = peak_megabytes(beat, str(Path(name) / "heard.png"))
            row = f"  mp3 of {long:g} minutes ({seconds:.1f} s)"
            print(f"{row:34} {alone:9.0f} MB {drawn:9.0f} MB", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main()
