"""Synthesised beats whose patterns and sounds are made up, for fitting. See `audio_beats`."""

from __future__ import annotations

import numpy as np

from benchmarks.audio_beats import RATE, Beat, Kit, Sound, Style, Tone, play, time_of
from examples import beats as kit

PLAIN = 0.3
"""Of the beats with drums: those that are drums alone."""
TRAINS = (
    (1.0, 3.0), (1.0, 3.0), (0.5, 1.0, 1.5, 2.5, 3.0, 3.5), (1.0, 1.5, 3.0, 3.5), (1.0, 2.5, 3.0),
    (1.0, 3.0, 3.5), (0.75, 1.0, 2.75, 3.0), (0.5, 1.5, 2.5, 3.5), (0.0, 1.0, 2.0, 3.0),
)  # fmt: skip
"""Accents of train beats."""
TRAIN_TEMPI = ((60.0, 180.0), (95.0, 135.0))
TRAIN_KICKS: tuple[list[float], ...] = ([], [0.0, 2.0], [0.0, 2.0], [0.0], [0.0, 1.0, 2.0, 3.0])


def made_up_beat(seed: int) -> Beat:
    """One beat of 14 to 36 s with patterns and sounds that are made up, for fitting."""
    rng = np.random.default_rng(seed)
    style = _made_up_style(rng)
    sounds = _click_kit(rng) if style.name == "clicks" else _made_up_kit(rng)
    return play(rng, style, sounds, _made_up_tones(rng))


def _noise(rng: np.random.Generator, length: float, low: float, high: float) -> Sound:
    white = np.fft.rfft(rng.standard_normal(int(RATE * length)))
    hz = np.maximum(np.fft.rfftfreq(int(RATE * length), 1 / RATE), 1.0)
    shaped = np.fft.irfft(white / (1 + (low / hz) ** 4) / (1 + (hz / high) ** 4))
    found: Sound = shaped / (np.abs(shaped).max() + 1e-9)
    return found


def _made_up_kit(rng: np.random.Generator) -> Kit:
    t = time_of(0.4)
    low, high, fall = rng.uniform(38, 75), rng.uniform(80, 260), rng.uniform(0.01, 0.05)
    phase = low * t + (high - low) * fall * (1 - np.exp(-t / fall))
    kick = np.sin(2 * np.pi * phase) * np.exp(-t / rng.uniform(0.05, 0.2))
    click = _noise(rng, 0.4, rng.uniform(500, 2000), 7000)[: len(t)]
    kick[: len(click)] += rng.uniform(0, 0.5) * click * np.exp(-t[: len(click)] / 0.004)
    # Of white noise too, and so with a low end of its own.
    lowest = rng.uniform(600, 2500) if rng.random() < 0.6 else rng.uniform(20, 600)
    wires = _noise(rng, 0.4, lowest, rng.uniform(4000, 8000))
    wires *= np.exp(-t[: len(wires)] / rng.uniform(0.03, 0.14))
    if rng.random() < 0.3:
        wires = np.sum([np.roll(wires, int(RATE * late)) for late in (0, 0.011, 0.023)], axis=0) / 2
    shell = np.sin(2 * np.pi * rng.uniform(150, 260) * t) * np.exp(-t / rng.uniform(0.02, 0.08))
    snare = rng.uniform(0, 0.8) * shell[: len(wires)] + rng.uniform(0.4, 1) * wires
    hat = _noise(rng, 0.2, rng.uniform(3500, 6500), 8000)
    hat *= np.exp(-time_of(0.2)[: len(hat)] / rng.uniform(0.01, 0.06))
    brush = _noise(rng, 0.2, rng.uniform(800, 2500), 7500)
    brush *= np.minimum(1, time_of(0.2)[: len(brush)] / 0.008) * np.exp(
        -time_of(0.2)[: len(brush)] / 0.05
    )
    crash = _noise(rng, 1.5, 2500, 8000)
    crash *= np.exp(-time_of(1.5)[: len(crash)] / rng.uniform(0.2, 0.7))
    levels = rng.uniform((0.6, 0.3, 0.3, 0.3, 0.2), (1.2, 1.3, 1.2, 0.8, 0.7))
    if rng.random() < 0.3:
        levels[2] *= rng.uniform(1, 3)
    sounds = (kick, snare, hat, brush, crash)
    names = ("kick", "snare", "hat", "brush", "crash")
    return {name: gain * sound for name, gain, sound in zip(names, levels, sounds, strict=True)}


def _click_kit(rng: np.random.Generator) -> Kit:
    """Of a metronome: the first click of a bar is louder, or higher, or like the others."""
    t = time_of(0.1)
    pitch, fall = rng.uniform(600, 3000), rng.uniform(0.004, 0.02)
    higher = float(rng.choice([1.0, 1.0, rng.uniform(1.2, 2.0)]))
    softer = float(rng.choice([1.0, rng.uniform(0.4, 0.8)]))
    first, other = (
        np.sin(2 * np.pi * hz * t) * np.exp(-t / fall) for hz in (pitch * higher, pitch)
    )
    return {
        "kick": first, "snare": softer * other, "hat": softer * other, "brush": softer * other,
        "crash": first,
    }  # fmt: skip


def _made_up_tones(rng: np.random.Generator) -> dict[str, Tone]:
    def voice(attack: float, fall: float, harmonics: int, tilt: float) -> Tone:
        made: dict[tuple[int, float], Sound] = {}

        def tone(note: int, length: float) -> Sound:
            if (note, length) not in made:
                t, f = time_of(length), kit.hertz(note)
                waves = [
                    np.sin(2 * np.pi * n * f * t) / n**tilt
                    for n in range(1, harmonics + 1)
                    if n * f < 7500
                ]
                shape = np.minimum(1, t / attack) * np.exp(-t / fall)
                shape *= np.minimum(1, (length - t) / 0.03)
                made[note, length] = 0.6 * np.sum(waves, axis=0) * shape
            return made[note, length]

        return tone

    return {
        "keys": voice(rng.uniform(0.002, 0.01), rng.uniform(0.2, 1.5), 8, rng.uniform(1, 2)),
        "string": voice(0.003, rng.uniform(0.1, 0.5), 14, rng.uniform(0.7, 1.3)),
        "bass": voice(rng.uniform(0.003, 0.02), rng.uniform(0.3, 1.5), 5, rng.uniform(1, 2)),
        "pad": voice(rng.uniform(0.05, 0.3), 5.0, 8, rng.uniform(1, 1.6)),
    }


# --- styles that are made up -----------------------------------------------------------------


def _made_up_style(rng: np.random.Generator) -> Style:
    kind = rng.choice(
        [
            "back beat", "half time", "floor", "train", "off beat", "three", "compound",
            "no drums", "clicks",
        ],
        p=[0.26, 0.18, 0.07, 0.11, 0.08, 0.13, 0.1, 0.05, 0.02],
    )  # fmt: skip
    plain = bool(kind == "clicks" or (kind != "no drums" and rng.random() < PLAIN))
    metre, compound, loud = 4, False, False
    accents: tuple[float, ...] = ()
    train, train_grid, ghosts = "brush", 0.25, 0.25
    tempi, step = (60.0, 180.0), float(rng.choice([0.5, 0.5, 0.25]))
    hats: float | list[float] = float(rng.choice([0.5, 0.5, 0.5, 1.0, 0.25, 9.0]))
    snares = [[1.0, 3.0]]
    if kind == "back beat" and rng.random() < 0.3:
        tempi = (58.0, 90.0)
    if kind == "half time":
        tempi, snares = (105.0, 180.0), [[2.0]]
        hats = float(rng.choice([0.5, 0.5, 0.25, 1.0]))
    elif kind == "train":
        accents = TRAINS[rng.integers(len(TRAINS))]
        snares, hats = [[]], float(rng.choice([9.0, 9.0, 0.5]))
        tempi = TRAIN_TEMPI[rng.integers(len(TRAIN_TEMPI))]
        train, ghosts = str(rng.choice(["snare", "snare", "brush"])), rng.uniform(0.08, 0.5)
        train_grid = float(rng.choice([0.25, 0.25, 0.5]))
    elif kind == "off beat":
        snares, loud = [[2.0]], True
        tempi = (62.0, 100.0)
        hats = [0.5, 1.5, 2.5, 3.5] if rng.random() < 0.6 else 0.5
    elif kind == "three":
        metre, tempi = 3, (70.0, 185.0)
        snares = [[[1.0, 2.0], [1.0, 2.0], [2.0], [1.0]][rng.integers(4)]]
        hats = float(rng.choice([1.0, 0.5, 9.0]))
    elif kind == "compound":
        compound, tempi, step, hats = (
            True,
            (42.0, 110.0),
            1 / 3,
            float(rng.choice([1 / 3, 1 / 3, 1, 2 / 3])),
        )
    elif kind == "no drums":
        snares, hats = [[]], 9.0
        metre = int(rng.choice([3, 4]))
    elif kind == "floor":
        tempi = (90.0, 160.0)
    elif kind == "clicks":
        snares, hats = [[1.0, 2.0, 3.0]], 9.0
    triplets = kind == "back beat" and rng.random() < 0.12
    if triplets:
        tempi, step, hats = (60.0, 120.0), 1 / 3, float(rng.choice([1 / 3, 1 / 3, 2 / 3]))
    spots = np.arange(step, metre, step)
    kicks = []
    for _ in range(int(rng.integers(1, 3))):
        more = rng.choice(spots, rng.integers(0, 4), replace=False).tolist()
        kicks.append([0.0, *more])
    if kind == "floor":
        kicks = [[float(beat) for beat in range(metre)]]
    elif kind == "off beat":
        kicks = [[2.0]] if rng.random() < 0.5 else [[0.0, 2.0]]
    elif kind == "no drums":
        kicks = [[]]
    elif kind == "clicks":
        kicks = [[0.0]]
    elif kind == "train":
        kicks = [TRAIN_KICKS[rng.integers(len(TRAIN_KICKS))]]
    elif kind == "three" and rng.random() < 0.6:
        kicks = [[0.0, 2.0] if metre == 4 else [0.0]]
    elif compound and rng.random() < 0.5:
        kicks = [[0.0, 2.0]]
    if rng.random() < 0.2 and snares[0] and kind != "clicks":
        snares = [[*snares[0], float(rng.choice(np.arange(step, metre, step)))]]
    name = "trap" if kind == "half time" and rng.random() < 0.6 else str(kind)
    return Style(
        name, tempi, metre, kicks, snares, hats, accents, train, train_grid, ghosts, compound, loud,
        plain,
    )  # fmt: skip
