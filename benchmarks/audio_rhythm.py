"""Tempo, beats and bars: `python benchmarks/audio_rhythm.py [FOLDER_OF_LOOPS] [--loops 200]`.

Loops (40 unless told) are synthesised over 60 to 180 BPM with swing and drift; FOLDER holds
recorded ones, the tempo first in their names (`140bpm_...`). librosa's `beat_track` stands beside.
`tempo` is right within 4 % of the producer's tempo, `felt` after both are folded into the
octave that writers count in (the same folding for librosa). Of 6/8 it is said how often the dotted
beats are counted, at their tempo or twice it, and not as 3/4. Beats and bars: F-measure, 70 ms,
against every (or, where the writer counts half, every other) true beat. `sure`: loops of which we
do not say "not sure"; `sure, wrong`: those whose tempo is off by more than an octave explains.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import librosa
import numpy as np
import soundfile
from audio_loops import Loop, compound_loop, loop

from atl_core.audio.onsets import onset_bands
from atl_core.audio.rhythm import Rhythm, hear_rhythm
from atl_core.audio.tempo import felt
from atl_core.audio.tonality import chroma_frames

FIRST_SEED = 20_000
UNSURE = 0.5
"""Confidence below which front ends say "not sure"."""


def hear(samples: np.ndarray) -> Rhythm:
    return hear_rhythm(samples, onset_bands(samples), chroma_frames(samples))


def close(one: float, other: float) -> bool:
    return abs(one / other - 1) < 0.04


def same_but_octave(one: float, other: float) -> bool:
    octaves = np.log2(one / other)
    return close(2.0 ** (octaves - round(octaves)), 1.0)


def f_measure(found: np.ndarray, true: np.ndarray) -> float:
    if not len(found) or not len(true):
        return 0.0
    distance = np.abs(np.subtract.outer(found, true))
    precision, recall = (distance.min(1) < 0.07).mean(), (distance.min(0) < 0.07).mean()
    return float(2 * precision * recall / max(precision + recall, 1e-9))


def best_f(found: np.ndarray, true: np.ndarray, halved: bool) -> float:
    choices = (true[::2], true[1::2]) if halved else (true,)
    return max(f_measure(found, choice) for choice in choices)


def judge(drawn: Loop) -> tuple[list[float], list[float]]:
    ours = hear(drawn.samples)
    tempo, frames = librosa.beat.beat_track(y=drawn.samples, sr=16_000, units="time")
    theirs = float(np.atleast_1d(tempo)[0])
    # A waltz is not counted by halves.
    counted = drawn.tempo if drawn.beats_per_bar == 3 else felt(drawn.tempo)
    halved = drawn.tempo / counted > 1.5
    mine = [
        close(ours.heard, drawn.tempo),
        close(ours.tempo, counted),
        best_f(np.array(ours.beats), drawn.beats, halved),
        best_f(np.array(ours.bars), drawn.bars, halved),
        ours.beats_per_bar == drawn.beats_per_bar,
        ours.confidence >= UNSURE,
        ours.confidence >= UNSURE and not same_but_octave(ours.heard, drawn.tempo),
    ]
    baseline = [
        close(theirs, drawn.tempo),
        close(felt(theirs), felt(drawn.tempo)),
        max(f_measure(frames, drawn.beats), best_f(frames, drawn.beats, halved)),
        *[float("nan")] * 4,
    ]
    return mine, baseline


def compound(seed: int) -> tuple[bool, bool]:
    """Whether a loop in 6/8 is counted by its dotted beats; and whether it is surely not."""
    drawn = compound_loop(seed)
    ours = hear(drawn.samples)
    near = close(ours.tempo, drawn.tempo) or close(ours.tempo, 2 * drawn.tempo)
    right = near and ours.beats_per_bar == 4
    return right, not right and ours.confidence >= UNSURE


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--loops", type=int, default=40)
    asked = parser.parse_args()
    results = np.array([judge(loop(FIRST_SEED + seed)) for seed in range(asked.loops)])
    name = f"{asked.loops} synthesised loops"
    print(f"{name:24}  tempo   felt  beats   bars  metre   sure  sure, wrong (target: tempo 0.90)")
    for name, row in zip(("ours", "librosa"), np.mean(results, axis=0), strict=True):
        print(f"{name:24}" + "".join(f"{value:7.3f}" for value in row))
    for name, first in (("6/8, guitar and drums", 0), ("6/8, guitar alone", 1)):
        seeds = range(FIRST_SEED + first, FIRST_SEED + asked.loops // 2, 2)
        right, wrong = np.sum([compound(seed) for seed in seeds], axis=0)
        print(f"{name:24} by dotted beats {right} of {len(seeds)}; surely otherwise {wrong}")
    if asked.folder is None:
        print("no recorded loops: name a folder of them")
    else:
        right = np.zeros(2)
        paths = sorted(path for path in asked.folder.iterdir() if "bpm" in path.name)
        print(f"\n{'recorded loop':34} {'true':>6} {'ours':>7} {'felt':>6} {'librosa':>8}")
        for path in paths:
            samples, _ = soundfile.read(path, dtype="float32")
            true = float(re.match(r"\d+", path.name)[0])  # type: ignore[index]
            ours = hear(samples)
            theirs = float(np.atleast_1d(librosa.beat.beat_track(y=samples, sr=16_000)[0])[0])
            right += close(ours.heard, true), close(theirs, true)
            print(f"{path.stem:34} {true:6.0f} {ours.heard:7.1f} {ours.tempo:6.1f} {theirs:8.1f}")
        print(
            f"within 4 %: ours {right[0]:.0f}, librosa {right[1]:.0f} of {len(paths)} (target: all)"
        )


if __name__ == "__main__":
    main()
