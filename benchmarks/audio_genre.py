"""Genre by ear: `python benchmarks/audio_genre.py [HIP_HOP_FOLDER ...] [--loops COUNT]`.

Every file of the folders should be heard as hip-hop. Country is our own synthesised loops
(COUNT of them, 24), each drawn from its seed: tempo, key, metre, chords, who plays. No openly
licensed recording was at hand, so that half is a weak test; hip-hop of the same making stands
beside it. The last rows are neither and should stay near even. The tagger's weights come from
the cache (`atl weights fetch`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import soundfile
import soxr

from atl_core import weights
from atl_core.audio.tagger import genre, tag
from atl_core.settings import load_settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))
import beats

MAJOR = {"1": (0, 4, 7), "4": (5, 9, 12), "5": (7, 11, 14), "6": (9, 12, 16)}
SONGS = ("1145", "1415", "1564", "1451", "1164", "1441")


def country_loop(seed: int) -> tuple[str, np.ndarray]:
    """What is played, and eight bars of it: mono at 16 kHz."""
    rng = np.random.default_rng(seed)
    tempo = float(rng.uniform(76, 168))
    metre = int(rng.choice([4, 4, 4, 3]))
    key = int(rng.integers(40, 52))
    song = SONGS[rng.integers(len(SONGS))]
    players = [name for name in ("banjo", "fiddle", "brushes") if rng.random() < 0.7]
    mix = beats.Mix(8, tempo * 4 / metre)
    mix.beat = 60 / tempo
    for bar in range(8):
        start, chord = float(metre * bar), [key + note for note in MAJOR[song[bar // 2]]]
        strings = [chord[0], chord[2], *(note + 12 for note in chord), chord[0] + 24]
        for beat in range(metre):
            at = start + beat
            if beat % 2 == 0 and beat < 3:
                low = (chord[0] if beat == 0 else chord[2]) - 12
                mix.add(beats.pluck(low, 1.4 * mix.beat, 0.994, 8), at, 0.8)
                mix.add(beats.pluck(strings[beat // 2], 2 * mix.beat), at, 0.36, -0.35)
            if beat % 2 == 1 or (beat == 2 and metre == 3):
                for number, note in enumerate(strings[1:]):
                    when = at + 0.012 * number / mix.beat
                    mix.add(beats.pluck(note, 1.2 * mix.beat, 0.992), when, 0.25, -0.35)
            for half in (0.0, 0.5):
                if "banjo" in players:
                    note = int(rng.choice(strings[2:])) + 12
                    mix.add(beats.pluck(note, 0.6 * mix.beat, 0.985, 1), at + half, 0.1, 0.5)
                if "brushes" in players:
                    gain = 0.28 if half == 0 and beat % 2 else 0.09
                    mix.add(beats.brush(0.16), at + half, gain, 0.15)
        if "fiddle" in players and bar % 4 >= 2:
            for beat in range(metre):
                note = int(rng.choice(chord)) + 24
                mix.add(beats.fiddle(note, 0.9 * mix.beat), start + beat, 0.34, 0.3)
    name = f"{metre}/4 at {tempo:.0f}: guitar, bass{''.join(', ' + who for who in players)}"
    return name, at_16k(beats.room(mix.tape, 0.8, 1.4, 40))


def at_16k(stereo: np.ndarray) -> np.ndarray:
    mono = soxr.resample(stereo.mean(axis=1), beats.RATE, 16_000)
    return 0.8 * mono / np.abs(mono).max()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--loops", type=int, default=24)
    asked = parser.parse_args()
    musicnn = weights.folder("musicnn-msd", load_settings().weights_home)

    def share(samples: np.ndarray) -> float:
        return genre(tag(samples.astype(np.float32), musicnn))["hip-hop"]

    recorded = [path for folder in asked.folders for path in sorted(folder.glob("*.flac"))]
    if not recorded:
        print("no recorded hip-hop: name folders of FLAC files at 16 kHz, mono")
    rows = [(path.stem, "hip-hop", share(soundfile.read(path)[0])) for path in recorded]
    for seed in range(asked.loops):
        name, samples = country_loop(seed)
        rows.append((name, "country", share(samples)))
    for tempo in (76, 84, 88, 92, 104, 112, 120, 132):
        sound = at_16k(beats.synthesise("hip-hop", bars=8, tempo=tempo))
        rows.append((f"the example beat at {tempo}", "hip-hop*", share(sound)))
    rng = np.random.default_rng(0)
    rows.append(("white noise", "-", share(rng.normal(0, 0.1, 320_000))))
    rows.append(("near silence", "-", share(rng.normal(0, 1e-5, 320_000))))
    rows.append(("a tone", "-", share(0.3 * np.sin(np.arange(320_000) * 0.17))))
    print(f"{'beat':48} {'is':8} {'p(hip-hop)':>10}")
    for name, kind, value in rows:
        print(f"{name[:48]:48} {kind:8} {value:10.3f}")
    for kind, words in (
        ("hip-hop", "recorded hip-hop"),
        ("hip-hop*", "synthesised hip-hop"),
        ("country", "synthesised country"),
    ):
        values = [value if kind != "country" else 1 - value for _, of, value in rows if of == kind]
        right = sum(value > 0.5 for value in values)
        least = f", least sure {min(values):.2f}" if values else ""
        print(f"{words}: {right} of {len(values)} right{least} (target: all)")


if __name__ == "__main__":
    main()
