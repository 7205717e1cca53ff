"""Tempo, beats and bars: `python benchmarks/audio_rhythm.py [FOLDER_OF_LOOPS] [--beats 300]`.

Beats are synthesised in set styles over 60 to 180 BPM with pickups, intros, swing, fills, half
time, 3/4 and 6/8 (`audio_beats.set_beat`; the model was fitted to other ones). FOLDER holds
recorded loops, the tempo first in their names (`140bpm_...`), cut so that they start on bar one.

`tempo` is within 4 % of the producer's tempo, `felt` after both are folded into the octave that
writers count in. `beats` and `bars` are F-measures within 70 ms; where the writer counts half, of
every other true beat and bar. `bars` takes either bar of a pair, `bar one` only the first.
`right`: beats with bars of F over 0.85. `sure` says how many we do not call "not sure", and how
many of those are right. librosa's `beat_track` stands beside; it has no bars, so every fourth of
its beats is taken, from the first. With `--beatnet WHEEL` (BeatNet 1.1.3, CC BY 4.0, and
`pip install madmom-infer`), so does BeatNet's network with a dynamic Bayesian network on top.
300 beats take a quarter of an hour of one core.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import soundfile

from atl_core.audio.listening import SURE_OF_BARS
from atl_core.audio.onsets import onset_bands
from atl_core.audio.rhythm import Rhythm, hear_rhythm
from atl_core.audio.tempo import felt
from atl_core.audio.tonality import chroma_frames
from benchmarks.audio_beats import Beat, set_beat, two_tempi

FIRST_SEED = 20_000
UNSURE = 0.5
"""Confidence below which front ends say "not sure"."""
RIGHT = 0.85
COLUMNS = ("tempo", "felt", "beats", "bars", "bar one", "right")


def hear(samples: np.ndarray) -> Rhythm:
    return hear_rhythm(samples, onset_bands(samples), chroma_frames(samples))


def close(one: float, other: float) -> bool:
    return abs(one / other - 1) < 0.04


def f_measure(found: np.ndarray, true: np.ndarray) -> float:
    if not len(found) or not len(true):
        return 0.0
    distance = np.abs(np.subtract.outer(found, true))
    precision, recall = (distance.min(1) < 0.07).mean(), (distance.min(0) < 0.07).mean()
    return float(2 * precision * recall / max(precision + recall, 1e-9))


def counted_at(beat: Beat) -> float:
    """The tempo that a writer counts; a waltz and 6/8 are counted as they are."""
    return beat.tempo if beat.beats_per_bar == 3 or beat.compound else felt(beat.tempo)


def marks(
    beat: Beat, heard: float, tempo: float, beats: np.ndarray, bars: np.ndarray, a_bar: int
) -> list[float]:
    halved = beat.tempo / counted_at(beat) > 1.5
    every = 2 if halved else 1
    true = beat.bars
    if beat.compound and a_bar == 2:
        true = beat.beats[beat.pickup % 2 :: 2]
    either = max(f_measure(bars, true[shift::every]) for shift in range(every))
    return [
        close(heard, beat.tempo),
        close(tempo, counted_at(beat)),
        max(f_measure(beats, beat.beats[shift::every]) for shift in range(every)),
        either,
        f_measure(bars, true[::every]),
        either >= RIGHT,
    ]


def judge(beat: Beat, ours: Rhythm) -> list[float]:
    return marks(
        beat, ours.heard, ours.tempo, np.array(ours.beats), np.array(ours.bars), ours.beats_per_bar
    )


def judge_librosa(beat: Beat) -> list[float]:
    tempo, times = librosa.beat.beat_track(y=beat.samples, sr=16_000, units="time")
    pace = float(np.atleast_1d(tempo)[0])
    # Its own beats and bars, and those of a writer who counts half: the better of them.
    whole = marks(beat, pace, felt(pace), times, times[::4], 4)
    plain = [f_measure(times, beat.beats), f_measure(times[::4], beat.bars)]
    whole[2], whole[3] = max(whole[2], plain[0]), max(whole[3], plain[1])
    whole[4], whole[5] = max(whole[4], plain[1]), float(whole[3] >= RIGHT)
    return whole


class BeatNet:
    """BeatNet's network from its wheel, read without its package, and a bar-pointer model."""

    def __init__(self, wheel: Path) -> None:
        import io
        import zipfile

        import torch
        from madmom_infer.features.downbeats import DBNDownBeatTrackingProcessor

        held = zipfile.ZipFile(wheel).read("BeatNet/models/model_1_weights.pt")
        state = torch.load(io.BytesIO(held), weights_only=True, map_location="cpu")
        self.conv = torch.nn.Conv1d(1, 2, 10)
        self.linear0 = torch.nn.Linear(262, 150)
        self.lstm = torch.nn.LSTM(150, 150, 2, batch_first=True)
        self.linear = torch.nn.Linear(150, 3)
        for name, module in (
            ("conv1", self.conv), ("linear0", self.linear0), ("lstm", self.lstm),
            ("linear", self.linear),
        ):  # fmt: skip
            prefix = f"{name}."
            module.load_state_dict(
                {
                    key[len(prefix) :]: value
                    for key, value in state.items()
                    if key.startswith(prefix)
                }
            )
        self.bars = DBNDownBeatTrackingProcessor(beats_per_bar=[2, 3, 4], fps=50)

    def __call__(self, beat: Beat) -> list[float]:
        import torch
        from madmom_infer.audio.signal import FramedSignal, Signal
        from madmom_infer.audio.spectrogram import (
            FilteredSpectrogram,
            LogarithmicSpectrogram,
            SpectrogramDifference,
        )

        samples = librosa.resample(beat.samples, orig_sr=16_000, target_sr=22_050)
        framed = FramedSignal(Signal(samples, sample_rate=22_050), frame_size=1411, hop_size=441)
        filtered = FilteredSpectrogram(
            framed, num_bands=24, fmin=30, fmax=17_000, norm_filters=True
        )
        level = LogarithmicSpectrogram(filtered, mul=1, add=1)
        rise = SpectrogramDifference(level, diff_ratio=0.5, positive_diffs=True)
        features = torch.from_numpy(np.hstack([level, rise]).astype(np.float32))
        with torch.no_grad():
            shaped = torch.nn.functional.max_pool1d(torch.relu(self.conv(features[:, None])), 2)
            hidden = self.linear0(shaped.flatten(1))
            out, _ = self.lstm(hidden[None])
            chances = torch.softmax(self.linear(out[0]), dim=1).numpy()
        found = np.asarray(self.bars(chances[:, :2]))
        if not len(found):
            return [0.0] * 6
        times, downs = found[:, 0], found[found[:, 1] == 1, 0]
        pace = 60 / float(np.median(np.diff(times))) if len(times) > 1 else 1.0
        whole = marks(beat, pace, felt(pace), times, downs, 4)
        plain = [f_measure(times, beat.beats), f_measure(downs, beat.bars)]
        whole[2], whole[3] = max(whole[2], plain[0]), max(whole[3], plain[1])
        whole[4], whole[5] = max(whole[4], plain[1]), float(whole[3] >= RIGHT)
        return whole


def traits(beat: Beat) -> list[str]:
    parts = beat.parts
    found = [beat.style]
    named = {"lead": "silence first", "offset": "DC offset"}
    told = ("pickup", "intro", "swing", "fills", "lead", "offset")
    return found + [named.get(name, name) for name in told if parts.get(name)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--beats", type=int, default=300)
    parser.add_argument("--beatnet", type=Path)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="first seed")
    parser.add_argument(
        "--save", type=Path, help="keep each beat here, and go on from what is kept"
    )
    asked = parser.parse_args()
    kept = Kept(asked.save)
    other = BeatNet(asked.beatnet) if asked.beatnet else None
    seeds = range(asked.first, asked.first + asked.beats)
    for seed in seeds:
        if seed not in kept.rows:
            kept.add(one_beat(seed, other))
    mixes = range(asked.first + 500, asked.first + 500 + asked.beats // 10)
    for seed in mixes:
        if seed not in kept.rows:
            kept.add({"seed": seed, "confidence": hear(two_tempi(seed).samples).confidence})
    found = [kept.rows[seed] for seed in seeds]
    report(found)
    sure = [kept.rows[seed]["confidence"] >= UNSURE for seed in mixes]
    print(f"two tempi in one file: called sure {sum(sure)} of {len(sure)}")
    if asked.folder is not None:
        recorded(asked.folder)


class Kept:
    """What was found for each seed, in a file of JSON lines if there is one."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        known = file.read_text().splitlines() if file and file.exists() else []
        self.rows = {row["seed"]: row for row in map(json.loads, known)}

    def add(self, row: dict[str, Any]) -> None:
        self.rows[row["seed"]] = row
        if self._file:
            with self._file.open("a") as file:
                file.write(json.dumps(row) + "\n")


def one_beat(seed: int, other: BeatNet | None) -> dict[str, Any]:
    """The marks of every tracker for one beat."""
    beat = set_beat(seed)
    ours = hear(beat.samples)
    octaves = np.log2(ours.heard / beat.tempo)
    marked = {"ours": judge(beat, ours), "librosa": judge_librosa(beat)}
    if other:
        marked["BeatNet"] = other(beat)
    return {
        "seed": seed,
        "marks": {name: [float(value) for value in marks] for name, marks in marked.items()},
        "traits": traits(beat),
        "confidence": ours.confidence,
        "octave right": bool(close(2.0 ** (octaves - round(octaves)), 1.0)),
        "bar confidence": ours.bar_confidence,
    }


def report(found: list[dict[str, Any]]) -> None:
    by_trait: dict[str, list[list[float]]] = defaultdict(list)
    for row in found:
        for trait in row["traits"]:
            by_trait[trait].append(row["marks"]["ours"])
    print(f"{len(found)} beats, mean   " + "".join(f"{name:>9}" for name in COLUMNS))
    for name in found[0]["marks"]:
        means = np.mean([row["marks"][name] for row in found], axis=0)
        print(f"{name:20}" + "".join(f"{value:9.3f}" for value in means))
    print("\nours by style and trait")
    for name, table in by_trait.items():
        means = "".join(f"{value:9.3f}" for value in np.mean(table, axis=0))
        print(f"{name:18}{len(table):6}" + means)
    for name, confidence, least, right in (
        ("tempo (octave apart)", "confidence", UNSURE, lambda row: row["octave right"]),
        ("bars", "bar confidence", SURE_OF_BARS, lambda row: row["marks"]["ours"][-1]),
    ):
        called = [right(row) for row in found if row[confidence] >= least]
        share = np.mean(called) if called else 0.0
        print(
            f"{name}: sure of {len(called)} of {len(found)}, right of those {share:.3f} "
            "(target .95)"
        )


def recorded(folder: Path) -> None:
    right = np.zeros(3)
    paths = sorted(path for path in folder.iterdir() if "bpm" in path.name)
    print(
        f"\n{'recorded loop':34} {'true':>6} {'ours':>7} {'felt':>6} {'bar one':>8} {'librosa':>8}"
    )
    for path in paths:
        samples, _ = soundfile.read(path, dtype="float32")
        true = float(re.match(r"\d+", path.name)[0])  # type: ignore[index]
        ours = hear(samples)
        theirs = float(np.atleast_1d(librosa.beat.beat_track(y=samples, sr=16_000)[0])[0])
        on_one = ours.bars[0] < 0.07
        right += close(ours.heard, true), on_one, close(theirs, true)
        print(
            f"{path.stem:34} {true:6.0f} {ours.heard:7.1f} {ours.tempo:6.1f} {ours.bars[0]:8.2f} "
            f"{theirs:8.1f}"
        )
    print(
        f"of {len(paths)}: tempo within 4 % {right[0]:.0f} (librosa {right[2]:.0f}), "
        f"bars from the start {right[1]:.0f}"
    )


if __name__ == "__main__":
    main()
