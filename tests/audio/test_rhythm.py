"""Tempo, beats, bars and key of music that we made ourselves and so know."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import soxr

from atl_core.audio.listening import SURE_OF_BARS
from atl_core.audio.onsets import onset_bands
from atl_core.audio.rhythm import Rhythm, hear_rhythm
from atl_core.audio.tempo import felt
from atl_core.audio.tonality import chroma_frames, find_key


def hear(samples: np.ndarray) -> Rhythm:
    samples = samples.astype(np.float32)
    return hear_rhythm(samples, onset_bands(samples), chroma_frames(samples))


def at_16k(stereo: np.ndarray) -> np.ndarray:
    return soxr.resample(stereo.mean(axis=1), 44_100, 16_000)


def drums(
    tempo: float,
    bars: int = 10,
    metre: int = 4,
    snare: tuple[float, ...] = (1, 3),
    swing: float = 0.0,
    drift: float = 0.0,
    lead: float = 0.0,
    hats: float = 0.5,
) -> np.ndarray:
    """A kick on every first beat and its half, a snare, hats on a grid; 16 kHz."""
    from examples import beats as kit

    count = bars * metre
    lengths = 60 / tempo * (1 + drift * np.sin(np.linspace(0, 3, count)))
    times = lead + np.concatenate([[0], np.cumsum(lengths)])
    tape = np.zeros(int((times[-1] + 0.5) * kit.RATE))

    def add(sound: np.ndarray, beat: float, gain: float) -> None:
        late = swing if abs(beat % 1 - 0.5) < 0.1 else 0.0
        at = int(np.interp(beat + late, np.arange(count + 1), times) * kit.RATE)
        tape[at : at + len(sound)] += gain * sound[: len(tape) - at]

    for bar in range(bars):
        for beat in (0.0, 2.5) if metre == 4 else (0.0,):
            add(kit.kick(), bar * metre + beat, 1.0)
        for beat in snare:
            add(kit.snare(), bar * metre + beat, 0.7)
        for beat in np.arange(0, metre, hats):
            add(kit.hat(0.03), bar * metre + float(beat), 0.25)
    return soxr.resample(tape / np.abs(tape).max(), kit.RATE, 16_000)


@pytest.mark.parametrize("tempo", [72, 88, 104, 120, 128])
def test_a_plain_beat(tempo: float) -> None:
    rhythm = hear(drums(tempo))
    assert rhythm.tempo == pytest.approx(tempo, rel=0.02)
    assert rhythm.confidence > 0.5
    assert rhythm.beats_per_bar == 4
    assert len(rhythm.bars) == 10
    expected = np.arange(10) * 240 / tempo
    np.testing.assert_allclose(rhythm.bars, expected, atol=0.07)


def test_trap_at_140_is_felt_at_70() -> None:
    rhythm = hear(drums(140, bars=16, snare=(2,)))
    assert rhythm.heard == pytest.approx(140, rel=0.02)
    assert rhythm.tempo == pytest.approx(70, rel=0.02)
    assert len(rhythm.bars) == 8


@pytest.mark.parametrize("how", [{"swing": 0.16}, {"drift": 0.02}, {"lead": 2.5}])
def test_swing_drift_and_silence_at_the_start(how: dict[str, Any]) -> None:
    rhythm = hear(drums(92, **how))
    assert rhythm.tempo == pytest.approx(92, rel=0.025)
    assert rhythm.bars[0] == pytest.approx(how.get("lead", 0.0), abs=0.07)


def test_a_waltz_has_three_beats_a_bar() -> None:
    rhythm = hear(drums(108, bars=14, metre=3, snare=(1, 2), hats=1.0))
    assert rhythm.beats_per_bar == 3
    assert rhythm.tempo == pytest.approx(108, rel=0.02)


def test_a_fast_waltz_is_not_counted_by_halves() -> None:
    rhythm = hear(drums(160, bars=20, metre=3, snare=(1, 2), hats=1.0))
    assert rhythm.beats_per_bar == 3
    assert rhythm.tempo == rhythm.heard == pytest.approx(160, rel=0.02)
    assert len(rhythm.bars) == 20


def test_twelve_eighths_are_four_beats_of_three() -> None:
    rhythm = hear(drums(66, hats=1 / 3))
    assert rhythm.tempo == pytest.approx(66, rel=0.02)
    assert rhythm.beats_per_bar == 4


def strummed(eighths: float, bars: int = 16) -> np.ndarray:
    """A guitar that strums every eighth of 6/8, harder on the first of three; 16 kHz."""
    from examples import beats as kit

    length = 60 / eighths
    tape = np.zeros(int((bars * 6 * length + 0.6) * kit.RATE))
    for number in range(6 * bars):
        chord = (45, 52, 50, 45)[number // 6 % 4]
        for string, note in enumerate((0, 4, 7, 12)):
            at = int((number * length + 0.01 * string) * kit.RATE)
            sound = kit.pluck(chord + note, 0.4, 0.994)
            tape[at : at + len(sound)] += (0.7 if number % 3 else 1.0) * sound
    return soxr.resample(tape / np.abs(tape).max(), kit.RATE, 16_000)


@pytest.mark.parametrize("eighths", [210, 240, 270])
def test_six_strummed_eighths_are_two_beats_not_three(eighths: float) -> None:
    rhythm = hear(strummed(eighths))
    assert rhythm.tempo == pytest.approx(eighths / 3, rel=0.02)
    assert (rhythm.beats_per_bar, rhythm.compound) == (4, True)


@pytest.mark.parametrize("eighths", [130, 145])
def test_slow_eighths_between_kick_and_snare_are_six_eight(eighths: float) -> None:
    groove = drums(eighths, bars=16, metre=6, snare=(3,), hats=1.0)
    guitar = strummed(eighths)[: len(groove)]
    groove[: len(guitar)] += 0.5 * guitar
    rhythm = hear(groove)
    assert rhythm.tempo == pytest.approx(eighths / 3, rel=0.02)
    assert (rhythm.beats_per_bar, rhythm.compound) == (2, True)
    assert len(rhythm.bars) == 16


@pytest.mark.parametrize("pickup", [1, 2, 3])
def test_a_pickup_comes_before_bar_one(pickup: int) -> None:
    beat = 60 / 96
    lead = np.zeros(int(pickup * beat * 16_000))
    from examples import beats as kit

    for number in range(pickup):
        hit = soxr.resample(kit.snare(), kit.RATE, 16_000)
        lead[int(number * beat * 16_000) :][: len(hit)] += (
            0.6 * hit[: len(lead) - int(number * beat * 16_000)]
        )
    rhythm = hear(np.concatenate([lead, drums(96, bars=8)]))
    assert rhythm.bars[0] == pytest.approx(pickup * beat, abs=0.07)
    assert len(rhythm.bars) == 8


def test_drum_and_bass_at_174_starts_on_the_kick() -> None:
    rhythm = hear(drums(174, bars=24, lead=0.5))
    assert rhythm.tempo == pytest.approx(87, rel=0.02)
    np.testing.assert_allclose(rhythm.bars, 0.5 + np.arange(12) * 480 / 174, atol=0.07)


def test_trap_starts_where_its_bar_starts() -> None:
    rhythm = hear(drums(140, bars=16, snare=(2,)))
    np.testing.assert_allclose(rhythm.bars, np.arange(8) * 480 / 140, atol=0.07)


def test_a_constant_offset_changes_nothing() -> None:
    plain = drums(90)
    moved = hear(0.5 * plain + 0.4)
    assert moved.tempo == pytest.approx(90, rel=0.02)
    np.testing.assert_allclose(moved.bars, hear(plain).bars, atol=0.03)


def test_a_steady_offset_alone_has_no_sure_tempo() -> None:
    assert hear(np.full(16_000 * 8, 0.4)).confidence < 0.5


def machine(
    hits: list[tuple[float, str, float]], tempo: float, a_bar: int, bars: int
) -> np.ndarray:
    """A pattern of one bar over and over: (beat, sound, gain). The snare is of white noise, and so
    has a low end as a kick has; 16 kHz."""
    rng = np.random.default_rng(5)
    t = np.arange(4000) / 16_000
    sounds = {
        "kick": np.sin(2 * np.pi * (50 * t + 2.6 * (1 - np.exp(-35 * t)))) * np.exp(-14 * t),
        "snare": 0.6 * rng.standard_normal(4000) * np.exp(-22 * t)
        + 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-28 * t),
        "hat": 0.25 * np.diff(rng.standard_normal(4001)) * np.exp(-70 * t),
    }
    tape = np.zeros(int(16_000 * 60 / tempo * a_bar * bars) + 4000)
    for bar in range(bars):
        for beat, sound, gain in hits:
            at = int(16_000 * 60 / tempo * (bar * a_bar + beat))
            tape[at : at + 4000] += gain * sounds[sound]
    return (0.8 * tape / np.abs(tape).max())[:-4000]


def hats(beats: int, step: float, gain: float = 0.5) -> list[tuple[float, str, float]]:
    return [(float(place), "hat", gain) for place in np.arange(0, beats, step)]


BOOM_BAP = [(0, "kick", 1), (2.5, "kick", 0.8), (1, "snare", 0.9), (3, "snare", 0.9), *hats(4, 0.5)]


@pytest.mark.parametrize("tempo", [60, 66, 70, 79])
def test_slow_boom_bap_starts_on_the_kick(tempo: float) -> None:
    rhythm = hear(machine(BOOM_BAP, tempo, 4, 10))
    assert rhythm.tempo == pytest.approx(tempo, abs=1)
    np.testing.assert_allclose(rhythm.bars, np.arange(10) * 240 / tempo, atol=0.07)


@pytest.mark.parametrize("tempo", [54, 60, 68])
def test_a_slow_six_eight_starts_on_the_kick(tempo: float) -> None:
    rhythm = hear(machine([(0, "kick", 1), (1, "snare", 1), *hats(2, 1 / 3)], tempo, 2, 16))
    assert rhythm.tempo in (pytest.approx(tempo, abs=1), pytest.approx(2 * tempo, abs=2))
    assert rhythm.compound
    assert rhythm.bars[0] == pytest.approx(0, abs=0.07)


@pytest.mark.parametrize("tempo", [72, 80, 88])
def test_a_one_drop_has_its_beats_between_the_hats(tempo: float) -> None:
    off = [(beat + 0.5, "hat", 0.8) for beat in range(4)]
    rhythm = hear(machine([(2, "kick", 1), (2, "snare", 0.6), *off], tempo, 4, 12))
    assert rhythm.tempo == pytest.approx(tempo, abs=1)
    late = np.array(rhythm.beats) * tempo / 60 % 1
    assert np.median(np.minimum(late, 1 - late)) < 0.1


@pytest.mark.parametrize("sound", ["snare", "kick", "hat"])
def test_one_hit_of_any_sound_may_be_a_pickup(sound: str) -> None:
    lead = machine([(0, sound, 0.9)], 96, 1, 1)
    rhythm = hear(np.concatenate([lead, machine(BOOM_BAP, 96, 4, 8)]))
    assert len(rhythm.bars) == 8
    assert rhythm.bars[0] == pytest.approx(60 / 96, abs=0.07)


def snare_train(hard: tuple[float, ...], soft: float) -> list[tuple[float, str, float]]:
    """A snare on every sixteenth, hard on some of them."""
    return [(k / 4, "snare", 0.8 if k / 4 in hard else soft) for k in range(16)]


@pytest.mark.parametrize("tempo", [88, 100, 109, 116, 125])
@pytest.mark.parametrize("hard", [(1, 3), (0.5, 1, 1.5, 2.5, 3, 3.5), (1, 2.75, 3)])
def test_a_train_beat_of_snares_keeps_its_tempo(tempo: float, hard: tuple[float, ...]) -> None:
    """Three of its sixteenths are no beat. With accents off the beat, bars may be unsure."""
    kicks = [(0, "kick", 1), (2, "kick", 0.9)]
    rhythm = hear(machine([*kicks, *snare_train(hard, 0.25)], tempo, 4, 12))
    assert rhythm.tempo == pytest.approx(tempo, abs=1)
    off_the_beat = 0.5 in hard and rhythm.bar_confidence < SURE_OF_BARS
    assert off_the_beat or rhythm.bars[0] == pytest.approx(0, abs=0.07)


@pytest.mark.parametrize("tempo", [104, 118, 128])
@pytest.mark.parametrize("soft", [0.15, 0.4])
def test_a_train_beat_without_a_kick_keeps_its_tempo(tempo: float, soft: float) -> None:
    rhythm = hear(machine(snare_train((1, 3), soft), tempo, 4, 12))
    assert rhythm.tempo == pytest.approx(tempo, abs=1)


@pytest.mark.parametrize("tempo", [88, 137])
def test_a_single_bar_is_a_bar(tempo: float) -> None:
    one = drums(tempo, bars=1)[: int(16_000 * 240 / tempo)]
    assert len(hear(one).bars) == 1


def test_two_tempi_in_one_mix_leave_us_unsure() -> None:
    mix = np.concatenate([drums(84), drums(126, bars=14)])
    assert hear(mix).confidence < 0.5


def test_noise_and_a_drone_leave_us_unsure() -> None:
    rng = np.random.default_rng(0)
    assert hear(rng.normal(0, 0.1, 320_000)).confidence < 0.5
    assert hear(np.sin(np.arange(320_000) * 0.1)).confidence < 0.5
    assert hear(np.ones(8000)).beats


@pytest.mark.parametrize(
    ("heard", "counted"), [(140, 70), (128, 128), (88, 88), (45, 90), (180, 90)]
)
def test_the_octave_a_writer_counts_in(heard: float, counted: float) -> None:
    assert felt(heard) == counted


def test_the_example_beats_are_heard_as_they_were_made(
    example_beats: dict[str, np.ndarray],
) -> None:
    for kind, tempo, key in (("hip-hop", 88, "A minor"), ("country", 104, "G major")):
        samples = at_16k(example_beats[kind])
        rhythm = hear(samples)
        assert rhythm.tempo == pytest.approx(tempo, rel=0.01)
        assert (len(rhythm.bars), rhythm.beats_per_bar) == (8, 4)
        assert rhythm.bars[0] < 0.1
        assert find_key(chroma_frames(samples.astype(np.float32))).name == key


@pytest.mark.parametrize(
    ("tonic", "minor", "name"),
    [
        (60, False, "C major"),
        (69, True, "A minor"),
        (63, False, "Eb major"),
        (66, True, "F# minor"),
    ],
)
def test_key_of_a_cadence(tonic: int, minor: bool, name: str) -> None:
    t = np.arange(16_000) / 16_000
    third = 3 if minor else 4
    chords = [(0, third, 7), (5, 5 + third, 12), (7, 11, 14), (0, third, 7)]
    played = [
        sum(np.sin(2 * np.pi * 440 * 2 ** ((tonic + note - 69) / 12) * t) for note in chord)
        for chord in chords
    ]
    key = find_key(chroma_frames(np.concatenate(played).astype(np.float32)))
    assert key.name == name
    assert key.minor is minor


def test_noise_has_no_key() -> None:
    rng = np.random.default_rng(1)
    assert find_key(chroma_frames(rng.normal(0, 0.1, 160_000).astype(np.float32))).confidence < 0.5
