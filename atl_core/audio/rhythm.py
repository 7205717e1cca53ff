"""Beats, metre and bars: where the writer's lines may start."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from atl_core.audio.features import Samples, forget_pages
from atl_core.audio.onsets import FRAME_RATE, Array, onset_strength
from atl_core.audio.tempo import felt, find_tempo
from atl_core.audio.tonality import CHROMA_RATE

TIGHTNESS: Final = 100.0
"""How much a beat out of time must gain in onset strength, in Ellis's terms."""
AUDIBLE: Final = 0.01
"""Amplitude relative to the loudest at which a beat begins (-40 dB)."""
OPENING: Final = 0.3
"""What it counts for a downbeat to be where the sound begins: loops are cut there."""
TRIPLE_MARGIN: Final = 0.15
"""How much better 3/4 must explain the beats than 4/4, which is the rule in both genres."""

HALFWAY: Final = 1.2
"""How much stronger than beats 2 and 3 the middle between them is in a bar of 6/8 taken for 3/4."""
EIGHTHS: Final = 120.0
"""The slowest that eighths of 6/8 go; taken for beats of 3/4, two such bars are one."""
# By how much, in deviations of all beats, the kick then marks one bar and the snare the next.
# These bounds were read off synthesised loops.
KICK_ALTERNATES: Final = 0.4
SNARE_ALTERNATES: Final = 0.2

# What tends to happen on each beat of a bar: low onsets (kick, bass), middle ones (snare,
# strum) and a change of harmony. The second has the snare of half time, on beat 3.
TEMPLATES: Final[tuple[Array, ...]] = (
    np.array([[1.0, -0.6, 0.2, -0.6], [-0.6, 0.6, -0.6, 0.6], [1.0, -0.4, -0.2, -0.4]]),
    np.array([[1.0, -0.3, -0.4, -0.3], [-0.4, -0.4, 1.2, -0.4], [1.0, -0.4, -0.2, -0.4]]),
    np.array([[1.0, -0.5, -0.5], [-0.8, 0.4, 0.4], [1.0, -0.5, -0.5]]),
)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When the beats and bars of a beat fall. Times in seconds, tempi in beats a minute."""

    tempo: float
    """As felt by a writer."""
    heard: float
    """As a producer would name it."""
    confidence: float
    beats_per_bar: int
    beats: tuple[float, ...]
    bars: tuple[float, ...]
    """The downbeats."""
    onsets_a_second: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Beats tracked at one tempo, and how they group into bars."""

    beats: Array
    """Frames, with fractions."""
    evidence: Array
    """(3, beats), see `beat_evidence`."""
    metre: int
    first: int
    """Which beat is the first downbeat."""


def hear_rhythm(samples: Samples, bands: Array, chroma: npt.NDArray[np.float32]) -> Rhythm:
    """Tempo, beats and bars of mono samples at 16 kHz.

    `bands` are the onsets, (frames, 3) at 100 a second; `chroma` is (frames, 12) at 7.8 a second.

    Beats are tracked at the tempo heard. Where the writer counts at half of it, every other
    beat is kept and two bars make one, from the downbeat on which the harmony changes. A waltz
    is counted as it is: half of three beats is no beat. What only looks like one, 6/8, is tracked
    once more, by its dotted beats.
    """
    tempo = find_tempo(bands)
    curve = onset_strength(bands)
    first, last = sounding(samples)

    def grid(pace: float) -> Grid:
        period = 60 * FRAME_RATE / pace
        beats = fill_out(track_beats(curve, period), first, last, period)
        evidence = beat_evidence(beats, bands, chroma)
        return Grid(beats, evidence, *find_bars(evidence))

    found, pace, counted = grid(tempo.heard), tempo.heard, tempo.felt
    if tempo.halved and (fast := grid(2 * pace)).metre == 3:
        found, pace = fast, 2 * pace
    if found.metre == 3:
        counted = pace
        if dotted := compound_beat(found, curve, pace):
            pace = counted = felt(dotted)
            found = grid(pace)
    beats, metre = found.beats, found.metre
    heard = steady_tempo(beats, pace)
    half = round(pace / counted) == 2
    downbeats = np.arange(found.first, len(beats), metre)
    if half:
        downbeats = downbeats[later_pair(found.evidence[2, downbeats]) :: 2]
    # A bar of which no more than half sounds is the ring of the last one.
    whole = downbeats[downbeats < len(beats) - metre * (1 + half) / 2]
    bars = beats[whole if len(whole) else downbeats[:1]]
    return Rhythm(
        tempo=heard * counted / pace,
        heard=heard,
        confidence=tempo.confidence * steadiness(beats),
        beats_per_bar=metre,
        beats=seconds(beats[found.first % 2 :: 2] if half else beats),
        bars=seconds(bars),
        onsets_a_second=count_onsets(curve) * FRAME_RATE / max(last - first, 1.0),
    )


def seconds(frames: Array) -> tuple[float, ...]:
    return tuple((frames / FRAME_RATE).tolist())


def later_pair(change: Array) -> int:
    """1 when bars should be joined from the second on, because harmony changes there; else 0."""
    if len(change) < 4:
        return 0
    return int(change[1::2].mean() > change[::2].mean() + OPENING)


def track_beats(curve: Array, period: float) -> Array:
    """The best chain of onsets about `period` frames apart: frame numbers, with fractions.

    Ellis, "Beat tracking by dynamic programming" (2007): each frame's best chain is its own
    onset plus the best earlier chain less a penalty on the squared log of the interval.
    """
    offsets = np.arange(-round(1.6 * period), -round(0.6 * period) + 1)
    penalty = -TIGHTNESS * np.log(-offsets / period) ** 2
    reach = -int(offsets[0])
    score = np.concatenate([np.zeros(reach), curve])
    back = np.full(len(curve), -1)
    for frame in range(len(curve)):
        start = frame + reach + int(offsets[0])
        options = score[start : start + len(offsets)] + penalty
        best = int(options.argmax())
        if options[best] > 0:
            score[frame + reach] += options[best]
            back[frame] = start + best - reach
    tail = max(0, len(curve) - round(1.2 * period))
    chain = [tail + int(np.argmax(score[reach + tail :]))]
    while back[chain[-1]] >= 0:
        chain.append(int(back[chain[-1]]))
    return np.array(chain[::-1], dtype=np.float64)


def sounding(samples: Samples) -> tuple[float, float]:
    """First and last frame at which anything is heard."""
    hop = len(samples) // max(1, len(samples) * FRAME_RATE // 16_000)
    level = np.empty(len(samples) // hop, np.float32)
    for first in range(0, len(level), 4096):
        piece = samples[first * hop : min(first + 4096, len(level)) * hop]
        level[first : first + 4096] = np.abs(piece.reshape(-1, hop)).max(axis=1)
        forget_pages(samples)
    heard = np.flatnonzero(level >= AUDIBLE * level.max())
    return float(heard[0]), float(heard[-1])


def fill_out(beats: Array, first: float, last: float, period: float) -> Array:
    """Keep beats to where there is sound, and carry them on to both its ends."""
    slack = 0.15 * period
    kept = beats[(beats > first - slack) & (beats < last + slack)]
    if len(kept) < 2:
        return np.arange(first, max(last, first + period), period)
    span = min(len(kept) - 1, 8)
    opening, closing = (kept[span] - kept[0]) / span, (kept[-1] - kept[-1 - span]) / span
    before = np.arange(kept[0] - opening, first - slack, -opening)[::-1]
    after = np.arange(kept[-1] + closing, last - slack, closing)
    whole: Array = np.concatenate([before[before > -slack], kept, after])
    return whole.clip(min=0.0)


def steady_tempo(beats: Array, guess: float) -> float:
    """Tempo from the median interval over spans of eight beats."""
    span = min(8, len(beats) - 1)
    if span < 4:
        return guess
    exact = float(60 * FRAME_RATE * span / np.median(beats[span:] - beats[:-span]))
    return exact if abs(exact / guess - 1) < 0.025 else guess


def steadiness(beats: Array) -> float:
    """1 for even beats, less when intervals scatter by more than a few per cent."""
    if len(beats) < 4:
        return 0.3
    intervals = np.diff(beats)
    scatter = float(np.median(np.abs(intervals / np.median(intervals) - 1)))
    return float(np.clip(1.2 - 8 * scatter, 0.2, 1))


def find_bars(evidence: Array) -> tuple[int, int]:
    """Beats a bar, and which beat is the first downbeat, from `beat_evidence`."""
    count = evidence.shape[1]
    if count < 8:
        return 4, 0
    triple = repetition(evidence, 3) - max(repetition(evidence, 4), repetition(evidence, 2))
    metre = 3 if triple > TRIPLE_MARGIN else 4
    fits = np.zeros(metre)
    for first in range(metre):
        places = (np.arange(count) - first) % metre
        fits[first] = max(
            float((evidence * template[:, places]).mean())
            for template in TEMPLATES
            if template.shape[1] == metre
        )
    fits[0] += OPENING
    return metre, int(fits.argmax())


def compound_beat(grid: Grid, curve: Array, pace: float) -> float | None:
    """Dotted beats a minute if what was taken for 3/4 is 6/8, else None.

    Either a bar is right and its beats are not: what is struck is its middle, not beats 2 and 3. Or
    a beat was an eighth: then kick and snare take turns on the downbeats.
    """
    downbeats = np.arange(grid.first, len(grid.beats) - 2, 3)
    if len(downbeats) < 4:
        return None
    second, third = grid.beats[downbeats + 1], grid.beats[downbeats + 2]
    halfway, *others = (struck(curve, at) for at in ((second + third) / 2, second, third))
    if halfway > HALFWAY * max(others):
        return pace * 2 / 3
    kick, snare = grid.evidence[:2, downbeats]
    ones, twos = slice(0, None, 2), slice(1, None, 2)
    if kick[ones].mean() < kick[twos].mean():
        ones, twos = twos, ones
    low = kick[ones].mean() - kick[twos].mean()
    middle = min(snare[twos].mean() - snare[ones].mean(), snare[twos].mean())
    alternate = low > KICK_ALTERNATES and middle > SNARE_ALTERNATES
    return pace / 3 if pace > EIGHTHS and alternate else None


def struck(curve: Array, frames: Array) -> float:
    """Mean of the strongest onsets within 40 ms of each frame."""
    return float(
        np.mean([curve[max(0, at - 4) : at + 5].max(initial=0.0) for at in frames.astype(int)])
    )


def beat_evidence(beats: Array, bands: Array, chroma: npt.NDArray[np.float32]) -> Array:
    """Low onset, middle onset and change of harmony at each beat, standardised: (3, beats)."""
    rows = np.zeros((3, len(beats)))
    if len(beats) < 2:
        return rows
    for row, band in enumerate((bands[:, 0], bands[:, 1])):
        for number, beat in enumerate(beats.astype(int)):
            rows[row, number] = band[max(0, beat - 4) : beat + 6].max(initial=0.0)
    edges = (np.append(beats, 2 * beats[-1] - beats[-2]) / FRAME_RATE * CHROMA_RATE).astype(int)
    during = np.array(
        [
            chroma[a : max(a + 1, b)].mean(axis=0) if a < len(chroma) else np.zeros(12)
            for a, b in pairwise(edges)
        ]
    )
    during /= np.linalg.norm(during, axis=1, keepdims=True) + 1e-9
    rows[2, 1:] = 1 - (during[1:] * during[:-1]).sum(axis=1)
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= rows.std(axis=1, keepdims=True) + 1e-6
    return rows


def repetition(evidence: Array, lag: int) -> float:
    """Mean correlation of the beats' evidence with itself `lag` and `2 * lag` beats on."""
    total = 0.0
    for shift in (lag, 2 * lag):
        if shift < evidence.shape[1] - 2:
            total += float((evidence[:, shift:] * evidence[:, :-shift]).mean()) / 2
    return total


def count_onsets(curve: Array) -> int:
    middle = curve[1:-1]
    return int(((middle > curve[:-2]) & (middle >= curve[2:]) & (middle > 1)).sum())
