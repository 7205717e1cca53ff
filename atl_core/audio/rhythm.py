"""Beats, metre and bars: where the writer's lines may start."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from atl_core.audio.features import Samples, forget_pages
from atl_core.audio.metre import (
    Hypothesis,
    find_tracks,
    folded,
    harmonic_change,
    hypotheses,
    scatter,
    softened,
)
from atl_core.audio.metre_weights import log_probabilities, logistic
from atl_core.audio.onsets import FRAME_RATE, Array, onset_strength
from atl_core.audio.tempo import agreement, felt, tempo_candidates

AUDIBLE: Final = 0.01
"""Amplitude relative to the loudest at which a beat begins (-40 dB)."""
HALFWAY: Final = 1.2
"""How much stronger than beats 2 and 3 the middle between them is in a bar of 6/8 taken for 3/4."""
EIGHTHS: Final = 120.0
"""The slowest that eighths of 6/8 go; taken for beats of 3/4, two such bars are one."""
# By how much, in deviations of all beats, the kick then marks one bar and the snare the next.
# These bounds were read off synthesised loops.
KICK_ALTERNATES: Final = 0.4
SNARE_ALTERNATES: Final = 0.2
SAME: Final = 0.045
"""Relative difference of tempi that are one."""
OPENING: Final = 0.3
"""By how much more the harmony must change, in deviations, for a pair not to start at once."""
FEWEST_BEATS: Final = 8
"""Two bars; of fewer beats, or fewer onsets, nothing is sure."""
FULL: Final = 0.6
"""Of the usual bar's onsets: a bar with fewer at the start belongs to the intro."""
SLOW_COMPOUND: Final = 60.0
"""Dotted beats a minute below which a bar is 6/8, of two; above it is 12/8, of four."""
CLEARLY: Final = 0.25
"""By how much more, in deviations, the thirds of a beat are struck where it divides into three."""
ACCENTED: Final = 0.5
"""By how much harder, in deviations, every other downbeat is struck where it opens a pair."""
THIRD: Final = 4
"""Of the twelve divisions of a beat, the first third."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When the beats and bars of a beat fall. Times in seconds, tempi in beats a minute."""

    tempo: float
    """As felt by a writer."""
    heard: float
    """As a producer would name it."""
    confidence: float
    """That the tempo is right but for octaves; below 0.5 it is not sure."""
    bar_confidence: float
    """That the bars are right; below 0.5 it is not sure."""
    beats_per_bar: int
    """In compound metres dotted beats: 2 in 6/8, 4 in 12/8."""
    compound: bool
    """Whether a beat divides into three."""
    beats: tuple[float, ...]
    bars: tuple[float, ...]
    """The downbeats."""
    intro: float
    """When the first bar starts in which the whole beat plays; 0 where it does from the start."""
    onsets_a_second: float


def hear_rhythm(samples: Samples, bands: Array, chroma: npt.NDArray[np.float32]) -> Rhythm:
    """Tempo, beats and bars of mono samples at 16 kHz.

    `bands` are the onsets, (frames, 3) at 100 a second; `chroma` is (frames, 12) at 7.8 a second.

    The best hypothesis of tempo, phase, metre and downbeat is taken (`metre`), as a producer
    would name it. Where the writer counts at half of it, every other beat is kept and two bars
    make one. A waltz is counted as it is: half of three beats is no beat.
    """
    curve = onset_strength(bands)
    first, last = sounding(samples)
    candidates = tempo_candidates(bands)
    tracks = find_tracks(curve, candidates.paces, first, last)
    options = hypotheses(tracks, candidates.profiles, bands, chroma)
    chances = np.exp(log_probabilities(options))
    best = options[int(chances.argmax())]
    if best.metre == 3 and (dotted := compound_pace(best, curve, bands)):
        # What looks like 3/4 is 6/8.
        near = [
            number
            for number, option in enumerate(options)
            if option.metre == 4 and abs(option.track.pace / dotted - 1) < SAME
        ]
        best = options[max(near, key=lambda number: chances[number])] if near else best
    beats, metre = best.track.beats, best.metre
    heard = steady_tempo(beats, best.track.pace)
    compound = metre == 4 and is_compound(best, bands)
    counted = heard if metre == 3 or compound else felt(heard)
    pairs = round(heard / counted) == 2
    downbeats = np.arange(best.first, len(beats), metre)
    if compound and heard < SLOW_COMPOUND:
        metre, downbeats = 2, np.arange(best.first % 2, len(beats), 2)
    if pairs:
        accents = _standard(struck(curve, beats))[downbeats]
        change = harmonic_change(beats, chroma)[downbeats]
        downbeats = downbeats[later_of_pairs(change, accents) :: 2]
    # A bar of which no more than half sounds is the ring of the last one.
    whole = downbeats[downbeats < len(beats) - metre * (1 + pairs) / 2]
    if not len(whole):
        whole = downbeats[:1] if len(downbeats) else np.array([0])
    tempo_terms, bar_terms = confidence_terms(best, options, chances, bands)
    onsets = count_onsets(curve)
    enough = min(1.0, len(beats) / FEWEST_BEATS, onsets / FEWEST_BEATS)
    return Rhythm(
        tempo=counted,
        heard=heard,
        confidence=enough * logistic("tempo", tempo_terms),
        bar_confidence=enough * logistic("bars", bar_terms),
        beats_per_bar=metre,
        compound=compound,
        beats=seconds(beats[int(whole[0]) % 2 :: 2] if pairs else beats),
        bars=seconds(beats[whole]),
        intro=find_intro(beats[whole], bands) / FRAME_RATE,
        onsets_a_second=onsets * FRAME_RATE / max(last - first, 1.0),
    )


def seconds(frames: Array) -> tuple[float, ...]:
    return tuple((frames / FRAME_RATE).tolist())


def compound_pace(taken: Hypothesis, curve: Array, bands: Array) -> float | None:
    """Dotted beats a minute if what was taken for 3/4 is 6/8, else None.

    Either a bar is right and its beats are not: what is struck is its middle, not beats 2 and 3. Or
    a beat was an eighth: then kick and snare take turns on the downbeats.
    """
    beats, pace = taken.track.beats, taken.track.pace
    downbeats = np.arange(taken.first, len(beats) - 2, 3)
    if len(downbeats) < 4:
        return None
    second, third = beats[downbeats + 1], beats[downbeats + 2]
    halfway, *others = (struck(curve, at).mean() for at in ((second + third) / 2, second, third))
    if halfway > HALFWAY * max(others):
        return pace * 2 / 3
    kick, snare = (_standard(struck(band, beats))[downbeats] for band in bands.T[:2])
    ones, twos = slice(0, None, 2), slice(1, None, 2)
    if kick[ones].mean() < kick[twos].mean():
        ones, twos = twos, ones
    low = kick[ones].mean() - kick[twos].mean()
    middle = min(snare[twos].mean() - snare[ones].mean(), snare[twos].mean())
    alternate = low > KICK_ALTERNATES and middle > SNARE_ALTERNATES
    return pace / 3 if pace > EIGHTHS and alternate else None


def struck(curve: Array, frames: Array) -> Array:
    """The strongest onset within 40 ms of each frame."""
    return np.array([curve[max(0, at - 4) : at + 6].max(initial=0.0) for at in frames.astype(int)])


def _standard(values: Array) -> Array:
    found: Array = (values - values.mean()) / (values.std() + 1e-6)
    return found


def find_intro(bars: Array, bands: Array) -> float:
    """Frame of the first bar that is as busy as most: at least 0.6 of the median; else 0."""
    edges = np.append(bars, len(bands)).astype(int)
    spread = bands.mean(axis=0) + 1e-9
    busy = np.array([(bands[a : max(a + 1, b)] / spread).mean() for a, b in pairwise(edges)])
    full = np.flatnonzero(busy >= FULL * np.median(busy))
    return float(bars[full[0]]) if len(full) and full[0] > 0 else 0.0


def is_compound(best: Hypothesis, bands: Array) -> bool:
    """Whether the beat divides into three: both thirds are struck, and more than half and quarters.

    Swing puts an onset on the last third alone.
    """
    shape = folded(best.track.beats, softened(bands), 1)[0].mean(axis=1)
    thirds = min(shape[THIRD], shape[2 * THIRD])
    return bool(thirds > max(shape[3], shape[6], shape[9]) + CLEARLY)


def later_of_pairs(change: Array, accents: Array) -> int:
    """1 when bars should be joined from the second on, because harmony changes there; else 0.

    Drums alone can look like a change; where the other bars are struck harder it is none.
    """
    if len(change) < 4 or accents[::2].mean() > accents[1::2].mean() + ACCENTED:
        return 0
    # The mean of a few beats scatters; what is no more than that says nothing.
    chance = 1.5 * np.sqrt(4 / len(change))
    return int(change[1::2].mean() > change[::2].mean() + OPENING + chance)


def confidence_terms(
    best: Hypothesis, options: list[Hypothesis], chances: Array, bands: Array
) -> tuple[Array, Array]:
    """What the confidence in the tempo and in the bars of the best hypothesis is told by."""
    pace, beats = best.track.pace, best.track.beats
    octaves = np.log2(np.array([option.track.pace for option in options]) / pace)
    same_tempo = np.abs((octaves + 0.5) % 1 - 0.5) < np.log2(1 + SAME)
    bars = beats[best.first :: best.metre]
    same_bars = np.array([_same_bars(option, best, bars) for option in options])
    agree = agreement(bands, pace)
    common = [agree.min(initial=0.0), agree.mean() if len(agree) else 0.0, scatter(beats)]
    regular = _regularity(beats)
    return (
        np.array(
            [_log_odds(chances[same_tempo].sum()), *common, regular, min(len(beats), 64) / 64]
        ),
        np.array([_log_odds(chances[same_bars].sum()), *common, regular, min(len(beats), 64) / 64]),
    )


def _same_bars(option: Hypothesis, best: Hypothesis, bars: Array) -> bool:
    if option.metre != best.metre or abs(option.track.pace / best.track.pace - 1) > SAME:
        return False
    others = option.track.beats[option.first :: option.metre]
    return bool(np.median(np.abs(np.subtract.outer(bars, others)).min(axis=1)) < 6)


def _regularity(beats: Array) -> float:
    """How far the intervals in one part of the file are from those in another, relatively."""
    if len(beats) < 16:
        return 0.0
    intervals = np.diff(beats)
    parts = [float(np.median(part)) for part in np.array_split(intervals, 4)]
    return max(parts) / max(min(parts), 1e-9) - 1


def _log_odds(chance: float) -> float:
    clipped = min(max(chance, 1e-4), 1 - 1e-4)
    return float(np.log(clipped / (1 - clipped)))


def sounding(samples: Samples) -> tuple[float, float]:
    """First and last frame at which anything is heard; a constant offset is not."""
    hop = len(samples) // max(1, len(samples) * FRAME_RATE // 16_000)
    level = np.empty(len(samples) // hop, np.float32)
    for first in range(0, len(level), 4096):
        piece = samples[first * hop : min(first + 4096, len(level)) * hop].reshape(-1, hop)
        level[first : first + 4096] = (piece.max(axis=1) - piece.min(axis=1)) / 2
        forget_pages(samples)
    heard = np.flatnonzero(level >= max(AUDIBLE * level.max(), 1e-9))
    return (float(heard[0]), float(heard[-1])) if len(heard) else (0.0, float(len(level)))


def steady_tempo(beats: Array, guess: float) -> float:
    """Tempo from the median interval over spans of eight beats."""
    span = min(8, len(beats) - 1)
    if span < 4:
        return guess
    exact = float(60 * FRAME_RATE * span / np.median(beats[span:] - beats[:-span]))
    return exact if abs(exact / guess - 1) < 0.04 else guess


def count_onsets(curve: Array) -> int:
    middle = curve[1:-1]
    return int(((middle > curve[:-2]) & (middle >= curve[2:]) & (middle > 1)).sum())
