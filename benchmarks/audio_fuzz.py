"""Mutated media: `python benchmarks/audio_fuzz.py [COUNT]` (500).

Bit flips (a single one in every third file, so that decoders get to see it), overwritten runs, cuts
and splices over eight kinds of file. Counts what was heard and
what was refused; anything else (a crash of ours, a hang, a child left behind) ends the run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from atl_core.audio.decode import decode
from atl_core.errors import BeatError
from tests.audio.conftest import encode_to

KINDS = ("wav", "mp3", "flac", "ogg", "m4a", "webm", "aiff", "opus")


def mutate(content: bytes, rng: np.random.Generator) -> bytes:
    data = bytearray(content)
    reach = len(data) if rng.random() < 0.6 else min(len(data), 256)
    light = rng.random() < 1 / 3
    for _ in range(1 if light else int(rng.integers(1, 40))):
        data[int(rng.integers(reach))] ^= 1 << int(rng.integers(8))
    if light:
        return bytes(data)
    match rng.integers(4):
        case 0:
            at, size = int(rng.integers(len(data))), int(rng.integers(1, 4096))
            data[at : at + size] = rng.bytes(len(data[at : at + size]))
        case 1:
            del data[int(rng.integers(len(data))) :]
        case 2:
            at, source = rng.integers(len(data), size=2)
            data[at:at] = data[source : source + 5000]
    return bytes(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=500)
    count = parser.parse_args().count
    t = np.arange(44_100 * 3) / 44_100
    tone = 0.4 * np.sin(2 * np.pi * 220 * t) * np.exp(-3 * (t % 0.5))
    outcome: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = {kind: encode_to(folder / f"beat.{kind}", tone).read_bytes() for kind in KINDS}
        for seed in range(count):
            rng = np.random.default_rng(seed)
            kind = KINDS[seed % len(KINDS)]
            mutant = folder / "mutant"
            mutant.write_bytes(mutate(whole[kind], rng))
            started = time.perf_counter()
            try:
                decode(mutant, max_seconds=60, max_megabytes=20)
                outcome[f"{kind} heard"] += 1
            except BeatError:
                outcome[f"{kind} refused"] += 1
            slowest = max(slowest, time.perf_counter() - started)
    own = ["ps", "-o", "args=", "--ppid", str(os.getpid())]
    left = subprocess.run(own, capture_output=True, text=True).stdout.count("decode_child")
    for kind in KINDS:
        print(f"{kind:6} heard {outcome[kind + ' heard']:4} refused {outcome[kind + ' refused']:4}")
    print(f"{count} files, slowest {slowest:.2f} s, {left} children left (target: none)")


if __name__ == "__main__":
    main()
