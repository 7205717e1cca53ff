"""Synthesise the two example beats with numpy alone: `python examples/beats.py OUTDIR`.

`hiphop.wav` is a boom-bap loop at 88 BPM in A minor: kick, snare, swung hats, 808 and an
electric piano. `country.wav` is a two-step at 104 BPM in G: a strummed guitar and a banjo from
plucked-string models, walking bass, brushes and a fiddle, in a wooden room. Every run gives
the same samples.
"""

from __future__ import annotations

import sys
import wave
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

RATE = 44_100
TAIL = int(1.2 * RATE)
"""Samples after the last bar, in which it rings out."""
Kind = Literal["hip-hop", "country"]
Sound = npt.NDArray[np.float64]

HIP_HOP_TEMPO = 88.0
COUNTRY_TEMPO = 104.0


def synthesise(kind: Kind, *, bars: int = 16, tempo: float | None = None) -> Sound:
    """One beat, stereo: (samples, 2) in -1..1 at 44.1 kHz. Sixteen bars last about 40 s."""
    if kind == "hip-hop":
        mix = _hip_hop(bars, tempo or HIP_HOP_TEMPO)
    else:
        mix = _country(bars, tempo or COUNTRY_TEMPO)
    mix[-TAIL:] *= np.linspace(1, 0, TAIL)[:, None] ** 3
    return np.tanh(1.2 * mix / np.abs(mix).max()) * 0.9


class Mix:
    """A stereo tape on which sounds are laid by time in beats."""

    def __init__(self, bars: int, tempo: float) -> None:
        self.beat = 60 / tempo
        self.tape = np.zeros((int(RATE * bars * 4 * self.beat) + TAIL, 2))

    def add(self, sound: Sound, beat: float, gain: float = 1.0, pan: float = 0.0) -> None:
        """Lay a mono sound; `pan` from -1 (left) to 1 (right), at equal power."""
        at = int(RATE * beat * self.beat)
        room = self.tape[at : at + len(sound)]
        angle = (pan + 1) * np.pi / 4
        room += gain * sound[: len(room), None] * [np.cos(angle), np.sin(angle)] * 2**0.5


# --- instruments -----------------------------------------------------------------------------


def hertz(midi: float) -> float:
    return float(440 * 2 ** ((midi - 69) / 12))


def seconds(length: float) -> Sound:
    return np.arange(int(RATE * length)) / RATE


def noise(length: float, seed: int) -> Sound:
    return np.random.default_rng(seed).standard_normal(int(RATE * length))


def band(sound: Sound, low: float, high: float) -> Sound:
    """Keep a band of frequencies, with soft shoulders an octave wide."""
    spectrum = np.fft.rfft(sound)
    hz = np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE), 1.0)
    shoulders = 1 / (1 + (low / hz) ** 4) / (1 + (hz / high) ** 4)
    return np.fft.irfft(spectrum * shoulders, len(sound))


def sweep(start: float, end: float, fall: float, t: Sound) -> Sound:
    """A sine whose pitch falls exponentially from `start` to `end` Hz."""
    return np.sin(2 * np.pi * (end * t + (start - end) * fall * (1 - np.exp(-t / fall))))


@cache
def kick() -> Sound:
    t = seconds(0.35)
    body = sweep(170, 48, 0.035, t) * np.exp(-t / 0.11)
    return body + 0.25 * band(noise(0.35, 1), 1500, 6000) * np.exp(-t / 0.004)


@cache
def snare() -> Sound:
    t = seconds(0.3)
    shell = (np.sin(2 * np.pi * 188 * t) + 0.5 * np.sin(2 * np.pi * 331 * t)) * np.exp(-t / 0.05)
    wires = band(noise(0.3, 2), 1200, 9000) * np.exp(-t / 0.07)
    return 0.5 * shell + 0.55 * wires


@cache
def hat(length: float) -> Sound:
    t = seconds(max(0.08, 4 * length))
    return band(noise(len(t) / RATE, 3)[: len(t)], 7000, 16000) * np.exp(-t / length)


@cache
def bass_808(midi: int, length: float) -> Sound:
    t = seconds(length)
    tone = np.tanh(2.2 * sweep(hertz(midi) * 1.6, hertz(midi), 0.02, t))
    return tone * np.exp(-t / (0.7 * length)) * np.minimum(1, (length - t) / 0.02)


@cache
def electric_piano(midi: int, length: float) -> Sound:
    """A tine struck: a sine whose phase a higher one moves, more so at the attack."""
    t = seconds(length)
    f = hertz(midi)
    depth = 1.1 * np.exp(-t / 0.5)
    tine = np.sin(2 * np.pi * f * t + depth * np.sin(2 * np.pi * f * t))
    bell = 0.12 * np.sin(2 * np.pi * 7 * f * t) * np.exp(-t / 0.06)
    tremolo = 1 + 0.15 * np.sin(2 * np.pi * 4.5 * t)
    release = np.minimum(1, (length - t) / 0.06)
    return (tine + bell) * tremolo * np.exp(-t / 1.4) * release * np.minimum(1, t / 0.004)


@cache
def pluck(midi: int, length: float, fade: float = 0.996, soften: int = 2) -> Sound:
    """A plucked string on a wooden body (Karplus-Strong, with a pick's shape for a start).

    The string starts as the corner that a pick pulls it into, plus some noise for the pick
    itself, and loses its edge each time round. The body rings at three frequencies.
    """
    period = RATE / hertz(midi) - 0.5
    size = int(np.ceil(period))
    at = np.arange(size) / size
    corner = np.minimum(at / 0.18, (1 - at) / 0.82)
    string = np.diff(np.append(corner, corner[0])) * size * 0.18
    string += 0.3 * np.random.default_rng(midi).uniform(-1, 1, size)
    for _ in range(soften):
        string = (string + np.roll(string, 1)) / 2
    string -= string.mean()
    rounds = int(length * RATE / size) + 2
    played = np.empty((rounds, size))
    for turn in range(rounds):
        played[turn] = string
        string = fade * (string + np.roll(string, 1)) / 2
    # The loop has a whole number of samples; reading it at a fine pace gives the exact pitch.
    t = np.arange(int(length * RATE))
    sound = np.interp(t * (size + 0.5) / (period + 0.5), np.arange(played.size), played.ravel())
    sound = band(sound, 90, 3500)
    attack = sound[: RATE // 3]
    sound[: len(attack)] += 1.5 * np.convolve(attack, body())[: len(attack)]
    return sound * np.minimum(1, t / 130) * np.minimum(1, (len(t) - t) / 1300)


@cache
def body() -> Sound:
    t = seconds(0.06)
    modes = ((105, 0.9, 0.036), (205, 0.8, 0.023), (400, 0.4, 0.016))
    rings = [gain * np.sin(2 * np.pi * hz * t) * np.exp(-t / fall) for hz, gain, fall in modes]
    ring = np.sum(rings, axis=0)
    return ring / np.abs(ring).sum()


@cache
def fiddle(midi: int, length: float) -> Sound:
    """A bowed string: bright harmonics, a vibrato that comes late, a slow attack."""
    t = seconds(length)
    vibrato = 0.006 * np.sin(2 * np.pi * 5.6 * t) * np.minimum(1, t / 0.35)
    scoop = -0.03 * np.exp(-t / 0.05)
    phase = 2 * np.pi * hertz(midi) * np.cumsum(1 + vibrato + scoop) / RATE
    tone = sum(np.sin(n * phase) / n**1.1 for n in range(1, 16))
    bow = band(noise(length, midi), 1800, 6000) * 0.04
    shape = np.minimum(1, t / 0.06) * np.minimum(1, (length - t) / 0.08)
    return (band(np.asarray(tone), 300, 4500) + bow) * shape * 0.4


@cache
def brush(length: float) -> Sound:
    t = seconds(length)
    return band(noise(length, 5), 1500, 9000) * np.minimum(1, t / 0.008) * np.exp(-t / 0.045)


def room(tape: Sound, wet: float, length: float, seed: int) -> Sound:
    """Add a room: early silence, then noise that decays by 60 dB in `length` seconds."""
    size = 1 << int(len(tape) + RATE * length * 1.2).bit_length()
    t = seconds(length)
    echo = np.empty_like(tape)
    dry = np.fft.rfft(tape.mean(axis=1), size)
    for side in (0, 1):
        tail = np.concatenate([np.zeros(RATE // 80), band(noise(length, seed + side), 150, 4500)])
        tail[RATE // 80 :] *= np.exp(-6.9 * t / length)
        echo[:, side] = np.fft.irfft(dry * np.fft.rfft(tail, size), size)[: len(tape)]
    return tape + wet * echo * (tape.std() / echo.std())


# --- arrangements ----------------------------------------------------------------------------


def _hip_hop(bars: int, tempo: float) -> Sound:
    mix = Mix(bars, tempo)
    swing = 0.06
    # A minor with its ninth, F, D minor, E: a root for the 808, a voicing for the keys.
    chords = (
        (33, (57, 60, 64, 69, 71)),
        (29, (57, 60, 65, 69)),
        (38, (57, 62, 65, 69)),
        (28, (56, 59, 64, 71)),
    )
    melody = ((0.0, 76), (0.75, 72), (1.5, 69), (2.5, 71), (3.0, 69))
    for bar in range(bars):
        start = 4.0 * bar
        root, voicing = chords[bar % 4]
        for beat in (0, 2.5) if bar % 2 == 0 else (0, 0.75, 2.5):
            mix.add(kick(), start + beat, 1.0)
        for beat in (1, 3):
            mix.add(snare(), start + beat, 0.8)
        if bar % 4 == 3:
            mix.add(snare(), start + 3.75, 0.3)
        for step in range(8):
            on_beat = step % 2 == 0
            late = 0.0 if on_beat else swing
            mix.add(hat(0.025), start + step / 2 + late, 0.24 if on_beat else 0.15, 0.25)
        mix.add(hat(0.12), start + 3.5 + swing, 0.12, 0.25)
        mix.add(bass_808(root, 1.8 * mix.beat), start, 0.5)
        mix.add(bass_808(root, 1.3 * mix.beat), start + 2.5, 0.45)
        for number, note in enumerate(voicing):
            pan = (number - 2) * 0.2
            mix.add(electric_piano(note, 2.3 * mix.beat), start + 0.02 * number, 0.10, pan)
            mix.add(electric_piano(note, 1.3 * mix.beat), start + 2.5, 0.07, pan)
        if bar % 8 >= 4:
            for beat, note in melody:
                mix.add(electric_piano(note, 0.9 * mix.beat), start + beat, 0.08, -0.3)
    return room(mix.tape, 0.12, 0.8, 20)


def _country(bars: int, tempo: float) -> Sound:
    mix = Mix(bars, tempo)
    # Name of the chord to its bass note, its strings from low to high, and the fiddle's phrase.
    chords = {
        "G": (31, (43, 47, 50, 55, 59, 67)),
        "C": (36, (48, 52, 55, 60, 64)),
        "D": (38, (50, 57, 62, 66)),
        "Em": (28, (40, 47, 52, 55, 59, 64)),
    }
    phrases = {
        "G": ((0, 74, 1.0), (1, 71, 0.5), (1.5, 74, 0.5), (2, 79, 1.5), (3.5, 76, 0.5)),
        "C": ((0, 76, 1.0), (1, 79, 1.0), (2, 76, 0.5), (2.5, 74, 0.5), (3, 72, 1.0)),
        "D": ((0, 74, 0.5), (0.5, 76, 0.5), (1, 78, 1.0), (2, 81, 1.5), (3.5, 78, 0.5)),
        "Em": ((0, 76, 1.5), (1.5, 79, 0.5), (2, 76, 1.0), (3, 74, 1.0)),
    }
    song = ("G", "G", "C", "G", "G", "Em", "D", "D", "G", "G", "C", "G", "C", "D", "G", "G")
    for bar in range(bars):
        start = 4.0 * bar
        name = song[bar % len(song)]
        root, strings = chords[name]
        following = chords[song[(bar + 1) % len(song)]][0]
        fifth = root + 7 if root < 33 else root - 5
        walk = root + 2 * int(np.sign(following - root)) if following != root else fifth
        for beat, note in ((0.0, root), (2.0, fifth), (3.5, walk)):
            mix.add(pluck(note, 1.4 * mix.beat, 0.994, 8), start + beat, 0.8)
        for beat, note in ((0, strings[0]), (2, strings[1])):
            mix.add(pluck(note, 2 * mix.beat), start + beat, 0.36, -0.35)
        for beat, gain in ((1, 0.25), (1.5, 0.10), (3, 0.25), (3.5, 0.12)):
            stroke = strings[1:] if beat % 1 == 0 else strings[:1:-1]
            for number, note in enumerate(stroke):
                when = start + beat + number * 0.012 / mix.beat
                mix.add(pluck(note, 1.2 * mix.beat, 0.992), when, gain, -0.35)
        for eighth, string in enumerate((2, 3, 1, 4, 2, 3, 1, 3)):
            note = strings[string % len(strings)] + 12
            mix.add(pluck(note, 0.6 * mix.beat, 0.985, 1), start + eighth / 2, 0.10, 0.5)
        for beat in (0, 2):
            mix.add(kick(), start + beat, 0.35)
        for eighth in range(8):
            mix.add(brush(0.16), start + eighth / 2, 0.28 if eighth in (2, 6) else 0.09, 0.15)
        if bar % 8 >= 4 or bar % 4 >= 2:
            for beat, note, length in phrases[name]:
                mix.add(fiddle(note, length * mix.beat), start + beat, 0.34, 0.3)
    return room(mix.tape, 0.8, 1.4, 40)


def write_wav(path: Path, sound: Sound) -> None:
    """Write stereo samples as 16-bit PCM."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    write_wav(folder / "hiphop.wav", synthesise("hip-hop"))
    write_wav(folder / "country.wav", synthesise("country"))


if __name__ == "__main__":
    main()
