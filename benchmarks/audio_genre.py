"""Genre from audio: `python benchmarks/audio_genre.py [HIP_HOP_FOLDER ...] [--loops COUNT]`.

Every file of the folders should be heard as hip-hop. Country is our own synthesised loops
(COUNT of them, 24), each drawn from its seed: tempo, key, metre, chords, who plays. No openly
licensed recording was at hand, so that half is a weak test; hip-hop of the same making stands
beside it. `house`, `rock`, `jazz` and `pad` are synthesised too and are neither, as are the last
rows; there p(hip-hop) should stay near even. `either` is the share of hip-hop and country together
among all genres; the largest three shares follow. The tagger's weights come from the cache
(`atl weights fetch`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import soundfile
import soxr

from atl_core import weights
from atl_core.audio.tagger import genre, genres, tag
from atl_core.settings import load_settings
from examples import beats

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


def saw(midi: int, length: float, bright: float) -> np.ndarray:
    """Three detuned sawtooths through a filter."""
    t, hertz = beats.seconds(length), beats.hertz(midi)
    tones = [
        np.sin(2 * np.pi * number * hertz * detune * t) / number
        for detune in (0.996, 1.0, 1.004)
        for number in range(1, min(40, int(9000 / hertz)))
    ]
    shape = np.minimum(1, t / 0.005) * np.minimum(1, (length - t) / 0.02)
    return 0.3 * beats.band(np.sum(tones, axis=0), 60, bright) * shape


def house(seed: int) -> np.ndarray:
    """Four on the floor, open hats between, a bass off the beat, stabs."""
    rng = np.random.default_rng(seed)
    mix, root = beats.Mix(8, rng.uniform(118, 130)), int(rng.integers(40, 52))
    for bar in range(8):
        start, chord = 4.0 * bar, root + (0, -4, 3, -2)[bar // 2]
        for beat in range(4):
            mix.add(beats.kick(), start + beat)
            mix.add(beats.hat(0.12), start + beat + 0.5, 0.4)
            mix.add(beats.hat(0.03), start + beat + 0.25, 0.15)
            mix.add(beats.snare(), start + beat, 0.45 * (beat % 2))
            mix.add(saw(chord - 12, 0.2, 500), start + beat + 0.5, 0.6)
        for at in (0.0, 0.75, 1.5, 2.5, 3.25):
            for note in (0, 3, 7, 10):
                mix.add(saw(chord + 12 + note, 0.18, 3000), start + at, 0.14, 0.3)
    return at_16k(mix.tape)


def rock(seed: int) -> np.ndarray:
    """Eighths of distorted power chords on two sides, bass and loud drums in a small room."""
    rng = np.random.default_rng(seed)
    mix, root = beats.Mix(8, rng.uniform(110, 145)), int(rng.integers(40, 45))
    length = round(0.47 * mix.beat, 3)
    for bar in range(8):
        start, chord = 4.0 * bar, root + (0, 0, 5, 7)[bar % 4]
        clean = np.sum([beats.pluck(chord + n, length, 0.998, 0) for n in (0, 7, 12)], axis=0)
        driven = np.tanh(25 * beats.band(clean / np.abs(clean).max(), 80, 6000))
        guitar = beats.band(driven, 90, 4500)
        for eighth in range(8):
            at = start + eighth / 2
            mix.add(guitar, at, 0.35, -0.7)
            mix.add(guitar, at + 0.01, 0.35, 0.7)
            mix.add(saw(chord - 12, length, 700), at, 0.5)
            mix.add(beats.hat(0.06), at, 0.35)
        for beat in (0, 2, 2.5):
            mix.add(beats.kick(), start + beat)
        for beat in (1, 3):
            mix.add(beats.snare(), start + beat)
    return at_16k(beats.room(mix.tape, 0.3, 0.6, 9))


def jazz(seed: int) -> np.ndarray:
    """A walking bass, a swung ride, an electric piano that comps and improvises."""
    rng = np.random.default_rng(seed)
    mix, key = beats.Mix(8, rng.uniform(120, 200)), int(rng.integers(48, 58))
    turn = ((2, (0, 3, 7, 10)), (7, (0, 4, 10, 14)), (0, (0, 4, 7, 11)), (9, (0, 4, 10, 13)))
    for bar in range(8):
        start, (degree, chord) = 4.0 * bar, turn[bar % 4]
        root = key + degree
        for beat, step in enumerate((0, chord[1], 7, 11)):
            mix.add(beats.pluck(root - 18 + step, 0.95 * mix.beat, 0.99, 10), start + beat, 0.9)
            mix.add(beats.hat(0.15), start + beat, 0.18)
            mix.add(beats.hat(0.15), start + beat + 0.66, 0.14 * (beat % 2))
        for at in rng.choice([0, 0.66, 1.66, 2.66, 3.66], 2, replace=False):
            for note in chord[1:]:
                mix.add(beats.electric_piano(root + note, 0.5), start + at, 0.12, -0.2)
        for at in rng.choice([0, 0.66, 1, 1.66, 2, 2.66, 3], 5, replace=False):
            note = root + 12 + int(rng.choice(chord))
            mix.add(beats.electric_piano(note, 0.35), start + at, 0.2, 0.3)
    return at_16k(beats.room(mix.tape, 0.4, 0.9, 9))


def pad(seed: int) -> np.ndarray:
    """Slow chords of filtered sawtooths in a large room; no drums."""
    mix, root = beats.Mix(4, 60), 45 + seed
    swell = np.minimum(1, beats.seconds(4.8) / 1.5)
    for bar, step in enumerate((0, -3, 5, 0)):
        for note in (0, 7, 12, 16, 19):
            mix.add(saw(root + step + note, 4.8, 900) * swell, 4.0 * bar, 0.2)
    return at_16k(beats.room(mix.tape, 2, 3, 9))


def at_16k(stereo: np.ndarray) -> np.ndarray:
    mono = soxr.resample(stereo.mean(axis=1), beats.RATE, 16_000)
    return 0.8 * mono / np.abs(mono).max()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--loops", type=int, default=24)
    asked = parser.parse_args()
    musicnn = weights.folder("musicnn-msd", load_settings().weights_home)

    rows: list[tuple[str, str, float]] = []

    def hear(name: str, kind: str, samples: np.ndarray) -> None:
        heard = tag(samples.astype(np.float32), musicnn)
        share, shares = genre(heard)["hip-hop"], genres(heard)
        rows.append((name, kind, share))
        either = shares["hip-hop"] + shares["country"]
        top = ", ".join(f"{word} {part:.2f}" for word, part in list(shares.items())[:3])
        print(f"{name[:44]:44} {kind:8} {share:10.3f} {either:7.2f}  {top}", flush=True)

    recorded = [path for folder in asked.folders for path in sorted(folder.glob("*.flac"))]
    if not recorded:
        print("no recorded hip-hop: name folders of FLAC files at 16 kHz, mono")
    print(f"{'beat':44} {'is':8} {'p(hip-hop)':>10} {'either':>7}  largest shares")
    for path in recorded:
        hear(path.stem, "hip-hop", soundfile.read(path)[0])
    for seed in range(asked.loops):
        name, samples = country_loop(seed)
        hear(name, "country", samples)
    for tempo in (76, 84, 88, 92, 104, 112, 120, 132):
        sound = at_16k(beats.synthesise("hip-hop", bars=8, tempo=tempo))
        hear(f"the example beat at {tempo}", "hip-hop*", sound)
    for make in (house, rock, jazz, pad):
        for seed in range(4):
            hear(f"{make.__name__} {seed}", "other", make(seed))
    rng = np.random.default_rng(0)
    hear("white noise", "-", rng.normal(0, 0.1, 320_000))
    hear("near silence", "-", rng.normal(0, 1e-5, 320_000))
    hear("a tone", "-", 0.3 * np.sin(np.arange(320_000) * 0.17))
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
