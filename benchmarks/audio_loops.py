"""Loops with known tempo, metre and beats, synthesised over a wide field of patterns.

Every loop is drawn from its seed alone: pattern, tempo (60 to 180), swing, drift of up to 2 %,
silence before it, timing that is human, a tonal part in most. `loop` draws from a few set
styles and serves for measuring; `wild_loop` makes its patterns up and serves for fitting, so
that no pattern is measured that was fitted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from examples import beats as kit

RATE = 16_000

# style: (tempo range, beats a bar, kick, snare, grid of hats in beats), positions in beats.
Style = tuple[tuple[float, float], int, list[list[float]], list[float], float]
STYLES: dict[str, Style] = {
    "boom bap": ((70, 110), 4, [[0, 2.5], [0, 0.75, 2.5], [0, 1.5, 2]], [1, 3], 0.5),
    "four on the floor": ((100, 150), 4, [[0, 1, 2, 3]], [1, 3], 0.5),
    "trap": ((120, 180), 4, [[0, 2.75], [0, 1.5, 3.5], [0, 0.75, 2.5]], [2], 0.5),
    "slow": ((60, 85), 4, [[0, 2], [0, 1.5, 2.5]], [1, 3], 0.5),
    "train": ((80, 180), 4, [[0, 2]], [1, 3], 0.5),
    "waltz": ((80, 180), 3, [[0]], [1, 2], 1.0),
    "rock": ((90, 170), 4, [[0, 2, 2.5], [0, 0.5, 2]], [1, 3], 0.5),
}


@dataclass(frozen=True)
class Loop:
    """A loop and the truth about it."""

    style: str
    tempo: float
    beats_per_bar: int
    beats: npt.NDArray[np.float64]
    """Seconds."""
    samples: npt.NDArray[np.float32]
    """Mono at 16 kHz."""

    @property
    def bars(self) -> npt.NDArray[np.float64]:
        return self.beats[:: self.beats_per_bar]


def loop(seed: int) -> Loop:
    """One loop of 16 to 32 s in one of the set styles."""
    rng = np.random.default_rng(seed)
    name = list(STYLES)[seed % len(STYLES)]
    return _play(rng, name, STYLES[name], [])


def wild_loop(seed: int) -> Loop:
    """One loop of 16 to 32 s with a pattern that nobody thought of."""
    rng = np.random.default_rng(seed)
    metre = 3 if seed % 8 == 0 else 4
    half_time = metre == 4 and seed % 2 == 1
    sixteenths = not half_time and rng.random() < 0.12
    triplets = metre == 4 and not sixteenths and rng.random() < 0.15
    tempi = (105, 180) if half_time else (60, 90) if sixteenths else (70, 165)
    if triplets and not half_time:
        tempi = (55, 120)
    step = 1 / 3 if triplets else 0.25 if half_time else 0.5
    kicks = []
    for _ in range(2):
        spots = np.arange(step if triplets else 0.5, metre, step)
        kicks.append([0.0, *rng.choice(spots, rng.integers(0, 4), replace=False).tolist()])
    if half_time and not triplets and rng.random() < 0.5:
        kicks = [[0, 0.75, 1.5], [0, 1.5, 3], [0, 0.75, 1.5, 2.25, 3], [0, 1.5, 2.25]]
    snares = [2.0] if half_time else [1.0, 2.0] if metre == 3 else [1.0, 3.0]
    if rng.random() < 0.3:
        snares.append(float(rng.choice(np.arange(0.25, metre, 0.25))))
    grid = 0.25 if sixteenths else float(rng.choice([0.5, 0.5, 0.5, 1.0, 9.0]))
    if triplets:
        grid = float(rng.choice([1 / 3, 1 / 3, 2 / 3, 1.0]))
    extra = []
    if rng.random() < 0.6:
        cycle = rng.choice([metre, 2 * metre])
        spots = np.arange(0, cycle, 0.25 if sixteenths else step)
        extra = rng.choice(spots, rng.integers(2, 7)).tolist()
        if not triplets and rng.random() < 0.4:
            extra = np.arange(0, cycle, 0.75 if half_time else 1.5).tolist()
    name = "trap" if half_time and rng.random() < 0.5 else "wild"
    return _play(rng, name, (tempi, metre, kicks, snares, grid), extra)


def compound_loop(seed: int) -> Loop:
    """Sixteen bars of 6/8: a guitar on every eighth, with kick and snare where the seed is even.

    Its tempo and beats are those of the dotted quarters, 42 to 112 a minute, two a bar.
    """
    rng = np.random.default_rng(seed)
    tempo, root = float(rng.uniform(42, 112)), int(rng.integers(42, 52))
    bars, length = 16, 60 / tempo / 3
    tape = np.zeros(int((6 * bars * length + 1.5) * kit.RATE))

    def add(sound: npt.NDArray[np.float64], eighth: float, gain: float) -> None:
        at = max(0, int((eighth * length + rng.normal(0, 0.004)) * kit.RATE))
        room = tape[at : at + len(sound)]
        room += gain * rng.uniform(0.85, 1.15) * sound[: len(room)]

    chords = rng.choice([0, 5, 7, 9], 4)
    for eighth in range(6 * bars):
        chord = root + int(chords[eighth // 6 % 4])
        for string, note in enumerate((0, 4, 7, 12)):
            gain = 0.14 if eighth % 3 else 0.2
            add(kit.pluck(chord + note, 0.4, 0.994), eighth + 0.02 * string, gain)
        if seed % 2 == 0:
            add(kit.hat(0.03), eighth, 0.18 if eighth % 3 else 0.3)
            if eighth % 3 == 0:
                add(kit.snare() if eighth % 6 else kit.kick(), eighth, 0.7 if eighth % 6 else 1.0)
    import soxr

    samples = soxr.resample(tape / np.abs(tape).max() * 0.9, kit.RATE, RATE)
    beats = 3 * length * np.arange(2 * bars, dtype=np.float64)
    return Loop("6/8", tempo, 2, beats, samples.astype(np.float32))


def _play(rng: np.random.Generator, style: str, how: Style, extra: list[float]) -> Loop:
    (slowest, fastest), metre, kicks, snares, grid = how
    tempo = float(rng.uniform(slowest, fastest))
    bars = int(np.ceil(rng.uniform(16, 32) * tempo / 60 / metre))
    count = bars * metre
    drift = 1 + rng.uniform(0, 0.02) * np.sin(np.linspace(0, rng.uniform(1, 6), count))
    start = float(rng.choice([0.0, 0.0, rng.uniform(0.2, 3.0)]))
    times = start + np.concatenate([[0.0], np.cumsum(60 / tempo * drift)])
    swing = float(rng.choice([0, 0, rng.uniform(0.03, 0.17)]))
    jitter = rng.uniform(0, 0.006)
    tape = np.zeros(int((times[-1] + 1.5) * kit.RATE))

    def add(sound: npt.NDArray[np.float64], beat: float, gain: float) -> None:
        whole, part = divmod(beat, 1)
        if 0.4 < part < 0.6:
            part += swing
        at = np.interp(whole + part, np.arange(count + 1), times) + rng.normal(0, jitter)
        room = tape[max(0, int(at * kit.RATE)) :][: len(sound)]
        room += gain * rng.uniform(0.85, 1.15) * sound[: len(room)]

    kick_pattern = kicks[rng.integers(len(kicks))]
    chords = rng.permutation(12)[:4] + 45
    tonal = rng.choice(["none", "keys", "strum", "pad"])
    for bar in range(bars):
        first = bar * metre
        for beat in kick_pattern:
            add(kit.kick(), first + beat, 1.0)
        for beat in snares:
            sound = kit.brush(0.16) if style in ("train", "waltz") else kit.snare()
            add(sound, first + beat, 0.7)
        step = grid / 2 if style == "trap" and bar % 4 == 3 else grid
        for position in np.arange(0, metre, step):
            accent = 0.3 if position % 1 == 0 else 0.18
            add(kit.hat(0.03), first + float(position), accent)
        for beat in extra:
            if 0 <= beat - bar % 2 * metre < metre:
                add(kit.pluck(70, 0.2, 0.98), first + beat % metre, 0.5)
        chord = int(chords[bar % 4])
        length = 60 / tempo
        if tonal == "keys":
            for note in (0, 3, 7):
                add(kit.electric_piano(chord + 12 + note, 2 * round(length, 2)), first, 0.12)
        elif tonal == "strum":
            for beat in range(metre):
                for note in (0, 4, 7, 12):
                    add(kit.pluck(chord + note, round(length, 2), 0.994), first + beat, 0.2)
        elif tonal == "pad":
            add(kit.bass_808(chord - 12, round(metre * length * 0.9, 2)), first, 0.4)
    import soxr

    samples = soxr.resample(tape / np.abs(tape).max() * 0.9, kit.RATE, RATE)
    return Loop(style, tempo, metre, times[:-1], samples.astype(np.float32))
