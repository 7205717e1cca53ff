"""Synthesised beats whose tempo, metre, beats and first downbeat are known.

A beat is drawn from its seed alone. `set_beat` plays known styles on the instruments of
`examples/beats.py` and serves for measuring. `made_up_beats.made_up_beat` invents its patterns and
its drum sounds and serves for fitting, so that nothing that is measured was fitted. Both draw
pickups, intros, fills, swing, drift of up to 2 %, human timing, silence before the start and DC
offset; some made-up beats are drums alone, which a machine plays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from examples import beats as kit

RATE = 16_000
Sound = npt.NDArray[np.float64]
Kit = dict[str, Sound]
Tone = Callable[[int, float], Sound]


@dataclass(frozen=True)
class Style:
    """Drum patterns of one bar, in beats from its first."""

    name: str
    tempi: tuple[float, float]
    metre: int
    kicks: Sequence[Sequence[float]]
    snares: Sequence[Sequence[float]]
    hats: float | Sequence[float]
    """The grid of the hats, or their places."""
    accents: Sequence[float] = ()
    """Places where the train beat hits hard; it hits softly on the rest of its grid."""
    train: str = "brush"
    """The drum of the train beat."""
    train_grid: float = 0.25
    """Beats between its hits."""
    ghosts: float = 0.25
    """Level of its soft hits; the hard ones are at 0.8."""
    compound: bool = False
    """Beats are dotted quarters and divide into three."""
    loud_hats: bool = False
    plain: bool = False
    """Drums alone, by a machine: every bar alike but for a pickup, silence or a pad before it."""


STYLES = (
    Style("boom bap", (70, 110), 4, ((0, 2.5), (0, 0.75, 2.5), (0, 1.5, 2)), ((1, 3),), 0.5),
    Style("four on the floor", (100, 150), 4, ((0, 1, 2, 3),), ((1, 3),), 0.5),
    Style("trap", (120, 180), 4, ((0, 2.75), (0, 1.5, 3.5), (0, 0.75, 2.5)), ((2,),), 0.5),
    Style("drum and bass", (160, 180), 4, ((0, 2.5), (0, 1.5, 2.5)), ((1, 3),), 0.5),
    Style("slow", (60, 85), 4, ((0, 2), (0, 1.5, 2.5)), ((1, 3),), 0.5),
    Style("train", (80, 180), 4, ((0, 2),), ((),), 9.0, (1, 3)),
    Style("waltz", (80, 180), 3, ((0,),), ((1, 2),), 1.0),
    Style("rock", (90, 170), 4, ((0, 2, 2.5), (0, 0.5, 2)), ((1, 3),), 0.5),
    Style("six eight", (42, 90), 4, ((0, 2), (0, 1.67, 2)), ((1, 3),), 1 / 3, compound=True),
    Style("one drop", (65, 95), 4, ((2,),), ((2,),), (0.5, 1.5, 2.5, 3.5), loud_hats=True),
)


@dataclass(frozen=True)
class Beat:
    """A beat and the truth about it."""

    style: str
    tempo: float
    """Of the quarters, or of the dotted quarters of 6/8."""
    beats_per_bar: int
    compound: bool
    beats: npt.NDArray[np.float64]
    """Seconds; pickup beats come first."""
    pickup: int
    """Beats before the first bar."""
    samples: npt.NDArray[np.float32]
    """Mono at 16 kHz."""
    second_tempo: float | None = None
    """Of the second half of the file, where there are two."""
    parts: dict[str, Any] = field(default_factory=dict)

    @property
    def bars(self) -> npt.NDArray[np.float64]:
        return self.beats[self.pickup :: self.beats_per_bar]


def set_beat(seed: int) -> Beat:
    """One beat of 16 to 36 s in one of the set styles, for measuring."""
    rng = np.random.default_rng(seed)
    style = STYLES[seed % len(STYLES)]
    return play(rng, style, _house_kit(), _HOUSE_TONES)


def two_tempi(seed: int, draw: Callable[[int], Beat] = set_beat) -> Beat:
    """Two beats one after the other, whose tempi are no octave apart."""
    one = draw(seed)
    for step in range(1, 100):
        other = draw(seed + 1000 * step)
        octaves = abs((np.log2(one.tempo / other.tempo) + 0.5) % 1 - 0.5)
        if octaves > np.log2(1.06):
            break
    cut = RATE * 16
    samples = np.concatenate([one.samples[:cut], other.samples[:cut]])
    return Beat(
        one.style, one.tempo, one.beats_per_bar, one.compound, one.beats, one.pickup, samples,
        other.tempo,
    )  # fmt: skip


# --- instruments -----------------------------------------------------------------------------


def _at_16k(sound: Sound) -> Sound:
    found: Sound = soxr.resample(sound, kit.RATE, RATE)
    return found


@cache
def _house_kit() -> Kit:
    crash = kit.band(kit.noise(1.5, 11), 3000, 14000) * np.exp(-kit.seconds(1.5) / 0.5)
    return {
        "kick": _at_16k(kit.kick()), "snare": 0.7 * _at_16k(kit.snare()),
        "hat": _at_16k(kit.hat(0.03)), "brush": 0.7 * _at_16k(kit.brush(0.16)),
        "crash": 0.5 * _at_16k(crash),
    }  # fmt: skip


@cache
def _house_keys(note: int, length: float) -> Sound:
    return _at_16k(kit.electric_piano(note, length))


@cache
def _house_string(note: int, length: float) -> Sound:
    return _at_16k(kit.pluck(note, length, 0.994))


@cache
def _house_bass(note: int, length: float) -> Sound:
    return _at_16k(kit.bass_808(note, length))


@cache
def _house_bow(note: int, length: float) -> Sound:
    return _at_16k(kit.fiddle(note, max(length, 0.3)))


_HOUSE_TONES: dict[str, Tone] = {
    "keys": _house_keys, "string": _house_string, "bass": _house_bass, "pad": _house_bow,
}  # fmt: skip


def time_of(length: float) -> Sound:
    """Seconds of each sample."""
    return np.arange(int(RATE * length)) / RATE


# --- arrangement -----------------------------------------------------------------------------


def play(
    rng: np.random.Generator,
    style: Style,
    sounds: Kit,
    tones: dict[str, Tone],
) -> Beat:
    tempo = float(rng.uniform(*style.tempi))
    metre = style.metre
    pickup = int(rng.integers(1, metre)) if rng.random() < 0.35 else 0
    intro = int(rng.choice([1, 2, 4])) if rng.random() < 0.35 else 0
    # Music comes in phrases of four bars, after an intro that may be shorter.
    bars = intro + 4 * int(np.ceil(rng.uniform(14, 30) * tempo / 60 / metre / 4))
    count = pickup + bars * metre
    drift = 1 + (0 if style.plain else rng.choice([0, 1])) * rng.uniform(0, 0.02) * np.sin(
        rng.uniform(0, 6) + np.linspace(0, rng.uniform(1, 6), count)
    )
    lead = float(rng.choice([0.0, 0.0, rng.uniform(0.2, 3.0)]))
    times = lead + np.concatenate([[0.0], np.cumsum(60 / tempo * drift)])
    swing = float(rng.choice([0, 0, rng.uniform(0.03, 0.17)])) if not style.compound else 0.0
    sixteenth_swing = swing > 0 and rng.random() < 0.3
    jitter = 0.0 if style.plain else rng.uniform(0, 0.006)
    tape = np.zeros(int((times[-1] + 1.0) * RATE))
    drums, harmony = rng.uniform(0.6, 1.0), rng.uniform(0.4, 1.5)

    def add(sound: Sound, beat: float, gain: float) -> None:
        """`beat` counts from the first bar on; pickups lie before it."""
        whole, part = divmod(beat + pickup, 1)
        if sixteenth_swing:
            part += swing / 2 if abs(part % 0.5 - 0.25) < 0.05 else 0.0
        elif 0.4 < part < 0.6:
            part += swing
        at = np.interp(whole + part, np.arange(count + 1), times) + rng.normal(0, jitter)
        start = max(0, int(at * RATE))
        piece = tape[start : start + len(sound)]
        human = 1.0 if style.plain else rng.uniform(0.85, 1.15)
        piece += gain * human * sound[: len(piece)]

    chords = rng.choice([0, 2, 3, 4, 5, 7, 8, 9, 10], 8)
    chords[1:] = np.where(chords[1:] == chords[:-1], (chords[1:] + 5) % 12, chords[1:])
    root = int(rng.integers(40, 52))
    change = float(rng.choice([1, 1, 1, 2, 2, 0.5])) if metre == 4 else 1.0
    """Bars that a chord lasts."""
    anticipate = 0.5 if rng.random() < 0.08 and not style.compound else 0.0
    tonal = str(
        rng.choice(["none", "keys", "strum", "pad", "arpeggio"], p=[0.2, 0.25, 0.2, 0.2, 0.15])
    )
    if style.name == "no drums":
        tonal = str(rng.choice(["strum", "arpeggio"]))
    bass = rng.choice(["none", "root", "kick"])
    riff_bars = int(rng.choice([1, 2, 4]))
    step = 1 / 3 if style.compound else 0.5
    riff_spots = np.arange(0, riff_bars * metre, step)
    riff = (
        sorted(rng.choice(riff_spots, rng.integers(2, 4 + 2 * riff_bars), replace=False).tolist())
        if rng.random() < 0.5
        else []
    )
    riff_notes = rng.choice([0, 2, 3, 5, 7, 10, 12], len(riff))
    pattern = style.kicks[int(rng.integers(len(style.kicks)))]
    other = style.kicks[int(rng.integers(len(style.kicks)))]
    alternate = rng.random() < 0.5
    snares = style.snares[int(rng.integers(len(style.snares)))]
    fills = rng.random() < 0.5
    crashes = rng.random() < 0.4
    dropout = int(rng.integers(intro, bars)) if rng.random() < 0.15 and bars - intro > 6 else -1
    intro_parts = str(rng.choice(["hats", "tonal", "tonal", "kick"]))
    if tonal == "none" and intro_parts == "tonal":
        intro_parts = "hats"
    pad = 0.0
    if style.plain:
        tonal, bass, fills, crashes, dropout = "none", "none", False, False, -1
        riff, riff_notes = [], riff_notes[:0]
        intro_parts = str(rng.choice(["hats", "kick"]))
        # A pad of any length, after which the drums come in.
        pad = float(rng.uniform(2, 9)) if not lead and rng.random() < 0.2 else 0.0
    places = (
        np.arange(0, metre, style.hats) if isinstance(style.hats, float) else np.array(style.hats)
    )
    rolls = style.name == "trap" and isinstance(style.hats, float)

    def chord_at(beat: float) -> int:
        return root + int(chords[int(beat / metre / change) % len(chords[:4])])

    for number in range(pickup):
        sort = str(
            rng.choice(["snare", "hat", "kick", "tone", "none"], p=[0.35, 0.2, 0.15, 0.2, 0.1])
        )
        if number == 0 and sort == "none":
            sort = "snare"
        at = float(number - pickup)
        if sort == "tone":
            add(tones["string"](root + 12 + int(chords[-1]), 0.4), at, 0.5)
        elif sort != "none":
            add(sounds[sort], at, drums * (0.4 if sort == "hat" else 0.9))
        if rng.random() < 0.3:
            add(sounds["snare"], at + step, 0.5 * drums)

    for bar in range(bars):
        first = float(bar * metre)
        inside = bar < intro
        empty = bar == dropout
        play_kick = not empty and (not inside or intro_parts == "kick")
        play_snare = not empty and not inside
        play_hats = not inside or intro_parts == "hats"
        play_tonal = not inside or intro_parts == "tonal"
        fill = fills and (bar - intro) % 4 == 3 and not inside
        if play_kick:
            for beat in other if alternate and (bar - intro) % 2 else pattern:
                if not (fill and beat >= metre - 1):
                    add(sounds["kick"], first + beat, drums)
            if crashes and (bar - intro) % 8 == 0:
                add(sounds["crash"], first, drums)
        if play_snare:
            for beat in snares:
                sound = sounds["brush"] if style.name == "waltz" else sounds["snare"]
                add(sound, first + beat, 0.9 * drums)
            if style.accents:
                for place in np.arange(0, metre, style.train_grid):
                    level = 0.8 if float(place) in style.accents else style.ghosts
                    add(sounds[style.train], first + float(place), drums * level)
        if fill:
            start = metre - float(rng.choice([1, 1, 2])) * (1 if metre > 3 else 0.99)
            for place in np.arange(start, metre, step / 2 if not style.compound else step):
                if rng.random() < 0.8:
                    add(sounds["snare"], first + float(place), drums * rng.uniform(0.3, 0.8))
        if play_hats:
            spots = places
            if rolls and bar % 4 == 3:
                spots = np.concatenate(
                    [places[places < metre - 1], np.arange(metre - 1, metre, 1 / 6)]
                )
            for place in spots:
                accent = 0.3 if place % 1 == 0 else 0.2
                add(
                    sounds["hat"],
                    first + float(place),
                    drums * (0.9 if style.loud_hats else accent),
                )
        if not play_tonal:
            continue
        length = 60 / tempo
        early = anticipate if bar % 2 and bar > intro else 0.0
        new = change <= 1 or (bar % change == 0)
        times_a_bar = int(1 / change) if change < 1 else 1
        for part in range(times_a_bar):
            at = first + part * metre / times_a_bar
            chord = chord_at(at)
            hold = round(min(metre / times_a_bar * length * max(1.0, change), 3.0), 1)
            if tonal == "keys" and new:
                for note in (0, 3, 7):
                    add(tones["keys"](chord + 12 + note, hold), at - early, 0.14 * harmony)
            elif tonal == "pad" and new:
                for note in (0, 4, 7):
                    add(tones["pad"](chord + 12 + note, max(hold, 0.5)), at, 0.12 * harmony)
            if bass == "root" and new:
                add(tones["bass"](chord - 12, round(0.8 * hold, 1)), at - early, 0.5 * harmony)
        if bass == "kick" and play_kick:
            for beat in pattern:
                add(tones["bass"](chord_at(first + beat) - 12, 0.4), first + beat, 0.45 * harmony)
        if tonal == "strum":
            # Oom-pah: the bass string on strong beats and the chord on the others; or all strums.
            for beat in np.arange(0, metre, step if style.compound else rng.choice([0.5, 1.0])):
                chord = chord_at(first + float(beat))
                strong = beat % (2 if metre == 4 else 3) == 0
                for string, note in enumerate((0,) if strong else (4, 7, 12)):
                    gain = 0.4 if strong else 0.22 if beat % 1 == 0 else 0.12
                    add(
                        tones["string"](chord + note, 0.4),
                        first + float(beat) + 0.02 * string,
                        gain * harmony,
                    )
        elif tonal == "arpeggio":
            for place in np.arange(0, metre, step):
                chord = chord_at(first + float(place))
                note = (0, 7, 12, 16, 12, 7)[round(place / step) % 6]
                add(tones["string"](chord + note, 0.4), first + float(place), 0.25 * harmony)
        if not inside:
            offset = (bar - intro) % riff_bars * metre
            for at, note in zip(riff, riff_notes, strict=True):
                if 0 <= at - offset < metre:
                    add(
                        tones["string"](root + 24 + int(note), 0.3),
                        first + at - offset,
                        0.3 * harmony,
                    )

    if rng.random() < 0.4:
        room = time_of(rng.uniform(0.2, 0.8))
        echo = rng.standard_normal(len(room)) * np.exp(-6.9 * room / room[-1])
        size = 1 << (len(tape) + len(echo)).bit_length()
        wet = np.fft.irfft(np.fft.rfft(tape, size) * np.fft.rfft(echo, size), size)[: len(tape)]
        tape = tape + rng.uniform(0.1, 0.5) * wet * tape.std() / (wet.std() + 1e-9)
    if rng.random() < 0.3:
        tape = np.tanh(2.0 * tape / np.abs(tape).max())
    if rng.random() < 0.3:
        tape = tape + rng.uniform(0.0003, 0.004) * np.abs(tape).max() * rng.standard_normal(
            len(tape)
        )
    if pad:
        t = time_of(pad)
        held = sum(np.sin(2 * np.pi * kit.hertz(root + note) * t) for note in (12, 15, 19))
        tape = np.concatenate([rng.uniform(0.02, 0.12) * np.abs(tape).max() * held, tape])
        times = times + len(t) / RATE
    samples = tape / np.abs(tape).max() * 0.9
    if rng.random() < 0.1:
        samples = samples * 0.5 + rng.uniform(-0.4, 0.4)
    parts = {
        "pickup": pickup, "intro": intro, "swing": swing > 0, "fills": fills, "tonal": tonal,
        "lead": lead, "pad": pad, "plain": style.plain, "offset": abs(samples.mean()) > 0.01,
    }  # fmt: skip
    return Beat(
        style.name, tempo, metre, style.compound, times[:-1], pickup,
        samples.astype(np.float32), None, parts,
    )  # fmt: skip
