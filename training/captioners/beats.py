"""Beats of two genres, synthesised from their seeds: many, short, and no two alike.

Openly licensed country recordings are rare, so where none are at hand both genres are made here
from the instruments of `examples/beats.py`, with tempo, key, harmony, pattern, line-up, room
and tone drawn at random. They teach a network what tells a two-step with strings from drums with
an 808, not what a record sounds like; what is trained on them says so in its card.
"""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

import numpy as np
import numpy.typing as npt

from atl_core.audio.features import SAMPLE_RATE, Samples
from atl_core.lyrics.brief import Genre

Sound = npt.NDArray[np.float64]
SECONDS: Final = 11.0
PROGRESSIONS: Final = {
    # Semitones above the key, and whether the chord is minor.
    "hip-hop": (
        ((0, 1), (8, 0), (5, 1), (7, 0)), ((0, 1), (0, 1), (8, 0), (10, 0)),
        ((0, 1), (5, 1), (0, 1), (7, 1)), ((0, 0), (9, 1), (2, 1), (7, 0)), ((0, 1), (10, 0)),
    ),
    "country": (
        ((0, 0), (5, 0), (7, 0), (0, 0)), ((0, 0), (0, 0), (5, 0), (7, 0)),
        ((0, 0), (9, 1), (5, 0), (7, 0)), ((0, 0), (7, 0), (9, 1), (5, 0)),
        ((0, 0), (5, 0), (0, 0), (7, 0)), ((9, 1), (5, 0), (0, 0), (7, 0)),
    ),
}  # fmt: skip


@cache
def kit() -> ModuleType:
    """The instruments: `examples/beats.py`, which is no part of the package."""
    path = Path(__file__).resolve().parents[2] / "examples" / "beats.py"
    found = importlib.util.spec_from_file_location("atl_example_beats", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    return module


def beat(genre: Genre, seed: int, seconds: float = SECONDS) -> Samples:
    """Mono samples at 16 kHz, peak 0.9; the same for the same genre and seed."""
    import soxr

    rng = np.random.default_rng([seed, genre == "country"])
    arrange = _country if genre == "country" else _hip_hop
    slowest, fastest = (76, 150) if genre == "country" else (66, 104)
    tempo = float(rng.uniform(slowest, fastest))
    if genre == "hip-hop" and rng.random() < 0.3:  # trap is written at twice its felt tempo
        tempo *= 1.6
    bars = int(np.ceil(seconds * tempo / 240))
    mix = kit().Mix(bars, tempo)
    arrange(mix, rng, bars, tempo)
    tape = kit().room(mix.tape, rng.uniform(0, 0.6), rng.uniform(0.4, 1.5), seed % 97)
    sound = _toned(tape.mean(axis=1)[: int(seconds * kit().RATE)], rng)
    sound = np.tanh(rng.uniform(0.6, 2.0) * sound / np.abs(sound).max())
    samples = soxr.resample(sound / np.abs(sound).max() * 0.9, kit().RATE, SAMPLE_RATE)
    return samples.astype(np.float32)


def _toned(sound: Sound, rng: np.random.Generator) -> Sound:
    """The sound with its spectrum tilted by up to 4 dB an octave, and some hiss."""
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / kit().RATE).clip(20)
    spectrum *= (hertz / 1000) ** (rng.uniform(-2, 2) / 6.02)
    tilted = np.fft.irfft(spectrum, len(sound))
    hiss = rng.normal(0, 1, len(sound)) * np.abs(tilted).max() * 10 ** rng.uniform(-4, -2.3)
    return tilted + hiss


def _chord(key: int, step: int, minor: int) -> tuple[int, int, int]:
    root = key + step
    return root, root + (3 if minor else 4), root + 7


def _hip_hop(mix: object, rng: np.random.Generator, bars: int, tempo: float) -> None:
    k, add, length = kit(), mix.add, 60 / tempo  # type: ignore[attr-defined]
    trap = tempo > 104
    key = int(rng.integers(45, 57))
    chords = PROGRESSIONS["hip-hop"][rng.integers(len(PROGRESSIONS["hip-hop"]))]
    swing = rng.choice([0, rng.uniform(0.02, 0.1)])
    spots = np.arange(0.5, 4, 0.25 if trap else 0.5)
    kicks = [[0.0, *rng.choice(spots, rng.integers(1, 4), replace=False)] for _ in range(2)]
    snares = (2.0,) if trap else (1.0, 3.0)
    grid = float(rng.choice([0.25, 0.5])) if trap else float(rng.choice([0.5, 0.5, 1.0]))
    part = str(rng.choice(["keys", "bass", "both", "both", "plucks", "none"]))
    melody = [(float(b), int(n)) for b, n in zip(
        np.sort(rng.choice(np.arange(0, 4, 0.5), 4, replace=False)),
        rng.choice([0, 3, 5, 7, 10, 12], 4), strict=True)]  # fmt: skip
    gains = {name: rng.uniform(0.6, 1.2) for name in ("kick", "snare", "hat", "bass", "keys")}
    bell = rng.random() < 0.5
    for bar in range(bars):
        at = 4.0 * bar
        root, third, fifth = _chord(key, *chords[bar % len(chords)])
        for beat_ in kicks[bar % 2]:
            add(k.kick(), at + float(beat_), gains["kick"])
        for beat_ in snares:
            add(k.snare(), at + beat_, 0.8 * gains["snare"])
        step = grid / 2 if trap and bar % 4 == 3 else grid
        for place in np.arange(0, 4, step):
            late = swing if place % 1 else 0.0
            add(k.hat(0.03), at + place + late, (0.25 if place % 1 == 0 else 0.15) * gains["hat"])
        if part in ("bass", "both"):
            low = root - 24 if root > 48 else root - 12
            for beat_ in kicks[bar % 2][:2]:
                add(k.bass_808(low, round(1.5 * length, 2)), at + beat_, 0.5 * gains["bass"])
        if part in ("keys", "both"):
            for number, note in enumerate((root, third, fifth, root + 10)):
                sound = k.electric_piano(note + 12, round(2.5 * length, 2))
                add(sound, at + 0.02 * number, 0.12 * gains["keys"], 0.2 * number - 0.3)
        if bell and part != "none":
            for beat_, note in melody:
                if part == "plucks":
                    sound = k.pluck(root + 12 + note, 0.5, 0.98)
                else:
                    sound = k.electric_piano(root + 24 + note, round(length, 2))
                add(sound, at + beat_, 0.1 * gains["keys"], -0.3)


def _country(mix: object, rng: np.random.Generator, bars: int, tempo: float) -> None:
    k, add, length = kit(), mix.add, 60 / tempo  # type: ignore[attr-defined]
    key = int(rng.integers(40, 52))
    chords = PROGRESSIONS["country"][rng.integers(len(PROGRESSIONS["country"]))]
    waltz = rng.random() < 0.15
    metre = 3 if waltz else 4
    parts = {name: rng.random() < share for name, share in
             (("bass", 0.85), ("banjo", 0.5), ("fiddle", 0.5), ("brush", 0.75), ("kick", 0.6),
              ("snare", 0.3), ("picking", 0.4))}  # fmt: skip
    strum = (1.0, 3.0) if rng.random() < 0.5 else (1.0, 1.5, 2.5, 3.0, 3.5)
    roll = rng.permutation(4)
    gains = {name: rng.uniform(0.6, 1.3) for name in (*parts, "guitar")}
    for bar in range(int(bars * 4 / metre)):
        at = float(metre * bar)
        root, third, fifth = _chord(key, *chords[bar % len(chords)])
        strings = (root, fifth, root + 12, third + 12, fifth + 12)
        if parts["bass"]:
            for beat_, note in ((0.0, root - 12), (2.0, fifth - 12)):
                sound = k.pluck(max(28, note), round(1.4 * length, 2), 0.994, 8)
                add(sound, at + beat_, 0.8 * gains["bass"])
        if parts["picking"]:
            for eighth in range(2 * metre):
                note = strings[int(roll[eighth % 4]) + 1]
                add(k.pluck(note, 0.7, 0.992), at + eighth / 2, 0.3 * gains["guitar"], -0.3)
        else:
            for beat_ in strum:
                order = strings[1:] if beat_ % 1 == 0 else strings[:0:-1]
                for number, note in enumerate(order):
                    when = at + min(beat_, metre - 0.5) + number * 0.012 / length
                    sound = k.pluck(note, round(1.2 * length, 2), 0.992)
                    add(sound, when, 0.25 * gains["guitar"], -0.3)
        if parts["banjo"]:
            for eighth in range(2 * metre):
                note = strings[int(roll[eighth % 4]) + 1] + 12
                add(k.pluck(note, 0.4, 0.985, 1), at + eighth / 2, 0.13 * gains["banjo"], 0.4)
        if parts["fiddle"] and bar % 4 >= 1:
            for beat_, note in ((0.0, third + 24), (metre / 2, fifth + 24)):
                sound = k.fiddle(note, round(metre / 2 * length, 2))
                add(sound, at + beat_, 0.3 * gains["fiddle"], 0.3)
        if parts["kick"]:
            for beat_ in (0.0,) if waltz else (0.0, 2.0):
                add(k.kick(), at + beat_, 0.4 * gains["kick"])
        if parts["snare"] and not waltz:
            for beat_ in (1.0, 3.0):
                add(k.snare(), at + beat_, 0.3 * gains["snare"])
        if parts["brush"]:
            for eighth in range(2 * metre):
                accent = 0.28 if eighth % 4 == 2 else 0.1
                add(k.brush(0.16), at + eighth / 2, accent * gains["brush"], 0.15)
