"""Hypotheses about where the beats and bars lie, and the features that tell them apart.

A hypothesis is a tempo, a phase, a metre (3 or 4 beats a bar) and a first downbeat. Beats are
tracked for each of some ten tempi, twice: once freely, and once away from the first track, which
finds the beats of a rhythm that accents the off-beat. A small network that was fitted to
synthesised beats scores every hypothesis by what happens over the whole file at each twelfth of a
beat of its bar (`benchmarks/audio_fit_rhythm.py`). Folding onsets over a bar is an old idea
(Dixon, Pampalk and Widmer, "Classification of dance music by periodicity patterns", 2003).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from atl_core.audio.onsets import FRAME_RATE, Array
from atl_core.audio.tonality import CHROMA_RATE

DIVISIONS: Final = 12
"""Places a beat: enough for sixteenths and for triplets."""
METRES: Final = (4, 3)
LAGS: Final = (1, 2, 3, 4, 6, 8)
"""Beats apart at which the rhythm is compared with itself."""
TIGHTNESS: Final = 100.0
"""How much a beat out of time must gain in onset strength, in Ellis's terms."""
APART: Final = 0.2
"""Of a beat: how far the second track keeps from the first."""


@dataclass(frozen=True, slots=True)
class Track:
    """Beats tracked at one tempo."""

    pace: float
    """Beats a minute that were looked for."""
    beats: Array
    """Frames, with fractions."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    track: Track
    metre: int
    first: int
    """Which beat is the first downbeat."""
    features: Array


def find_tracks(
    curve: Array, paces: list[float], first: float, last: float
) -> list[tuple[Track, Track]]:
    """For each pace a track, and one that keeps away from it. Frames `first` to `last` sound."""
    found = []
    for pace in paces:
        period = 60 * FRAME_RATE / pace
        beats = track_beats(curve, period)
        frames = np.arange(len(curve))
        near = np.abs(frames - beats[_nearest(beats, frames)]) < APART * period
        others = track_beats(np.where(near, 0.0, curve), period)
        found.append(
            (
                Track(pace, fill_out(beats, first, last, period)),
                Track(pace, fill_out(others, first, last, period)),
            )
        )
    return found


def track_beats(curve: Array, period: float) -> Array:
    """The best chain of onsets about `period` frames apart: frame numbers.

    Ellis, "Beat tracking by dynamic programming" (2007): each frame's best chain is its own
    onset plus the best earlier chain less a penalty on the squared log of the interval. No chain
    steps back by less than 0.6 of a period, so that many frames can be worked on at once.
    """
    longest, shortest = round(1.6 * period), round(0.6 * period)
    offsets = np.arange(-longest, -shortest + 1)
    penalty = -TIGHTNESS * np.log(-offsets / period) ** 2
    score = np.concatenate([np.zeros(longest), curve])
    reachable = np.lib.stride_tricks.sliding_window_view(score, len(offsets))
    back = np.full(len(curve), -1)
    for start in range(0, len(curve), shortest):
        end = min(start + shortest, len(curve))
        options = reachable[start:end] + penalty
        best = options.argmax(axis=1)
        gain = options[np.arange(end - start), best]
        linked = gain > 0
        score[start + longest : end + longest] += np.where(linked, gain, 0.0)
        back[start:end] = np.where(linked, np.arange(start, end) + offsets[best], -1)
    tail = max(0, len(curve) - round(1.2 * period))
    chain = [tail + int(np.argmax(score[longest + tail :]))]
    while back[chain[-1]] >= 0:
        chain.append(int(back[chain[-1]]))
    return np.array(chain[::-1], dtype=np.float64)


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


def hypotheses(
    tracks: list[tuple[Track, Track]],
    profiles: Array,
    bands: Array,
    chroma: npt.NDArray[np.float32],
) -> list[Hypothesis]:
    """Every metre and downbeat on every track.

    `profiles` is (tracks' pairs, 3, multiples), see `tempo.metrical_profile`.
    """
    level = softened(bands)
    found = []
    for (free, apart), profile in zip(tracks, profiles, strict=True):
        paired = _strength(level, free.beats), _strength(level, apart.beats)
        for order, track in enumerate((free, apart)):
            lead = np.array([paired[order] - paired[1 - order], float(order)])
            whole = np.concatenate([profile.ravel(), lead, _tempo_terms(track)])
            found += _on_track(track, level, chroma, whole)
    return found


def _on_track(
    track: Track, level: Array, chroma: npt.NDArray[np.float32], whole: Array
) -> list[Hypothesis]:
    grid = _folding_grid(track.beats, level)
    count = len(track.beats)
    rows = grid.reshape(count, -1)
    again = np.array([_likeness(rows, lag) for lag in LAGS])
    change = harmonic_change(track.beats, chroma)
    entrance = _entrances(grid)
    found = []
    for metre in METRES:
        for first in range(min(metre, count)):
            bars = max(1, (count - first) // metre)
            used = slice(first, first + bars * metre)
            folded = np.zeros((metre, DIVISIONS, grid.shape[2]))
            harmony = np.zeros(metre)
            if first + bars * metre <= count:
                folded = grid[used].reshape(bars, metre, DIVISIONS, -1).mean(axis=0)
                harmony = change[used].reshape(bars, metre).mean(axis=0)
            opening = np.eye(4)[first]
            enters = entrance[first::metre].sum() / (entrance.sum() + 1e-9)
            features = np.concatenate([folded.ravel(), harmony, opening, [enters], again, whole])
            found.append(Hypothesis(track, metre, first, features))
    return found


def _tempo_terms(track: Track) -> Array:
    octaves = float(np.log2(track.pace / 100))
    return np.array([octaves, octaves**2, scatter(track.beats)])


def scatter(beats: Array) -> float:
    """Median deviation of the intervals between beats from their median, relative to it."""
    if len(beats) < 4:
        return 0.2
    intervals = np.diff(beats)
    return float(np.median(np.abs(intervals / np.median(intervals) - 1)))


def softened(bands: Array) -> Array:
    """Onset bands softened in time and in level, each in units of its own deviation."""
    window = np.hanning(7)[1:-1] / np.hanning(7).max()
    columns = []
    for band in bands.T:
        soft = np.sqrt(np.convolve(band, window, "same"))
        columns.append((soft - soft.mean()) / (soft.std() + 1e-6))
    level: Array = np.stack(columns, axis=1)
    return level


def _folding_grid(beats: Array, level: Array) -> Array:
    """Onsets at every twelfth of each beat: (beats, 12, bands)."""
    lengths = np.diff(beats, append=2 * beats[-1] - beats[-2] if len(beats) > 1 else beats[-1] + 1)
    places = beats[:, None] + lengths[:, None] * np.arange(DIVISIONS) / DIVISIONS
    frames = np.arange(len(level))
    return np.stack([np.interp(places, frames, band) for band in level.T], axis=2)


def folded(beats: Array, level: Array, metre: int) -> Array:
    """Mean onsets at every twelfth of each beat of a bar: (metre, 12, bands)."""
    bars = len(beats) // metre
    if not bars:
        return np.zeros((metre, DIVISIONS, level.shape[1]))
    grid = _folding_grid(beats, level)[: bars * metre]
    found: Array = grid.reshape(bars, metre, DIVISIONS, -1).mean(axis=0)
    return found


def _strength(level: Array, beats: Array) -> float:
    frames = np.arange(len(level))
    return float(np.mean([np.interp(beats, frames, band).mean() for band in level.T]))


def _likeness(rows: Array, lag: int) -> float:
    """Mean correlation of each beat's onsets with those `lag` beats on."""
    if len(rows) <= lag + 1:
        return 0.0
    one, other = rows[lag:], rows[:-lag]
    scale = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1)) + 1e-9
    return float(((one * other).sum(axis=1) / scale).mean())


def harmonic_change(beats: Array, chroma: npt.NDArray[np.float32]) -> Array:
    """How much the harmony differs from the beat before, standardised: (beats,)."""
    change = np.zeros(len(beats))
    if len(beats) < 2 or not len(chroma):
        return change
    edges = (np.append(beats, 2 * beats[-1] - beats[-2]) / FRAME_RATE * CHROMA_RATE).astype(int)
    starts = edges[:-1].clip(0, len(chroma))
    ends = np.maximum(edges[1:], edges[:-1] + 1).clip(0, len(chroma))
    total = np.concatenate([np.zeros((1, 12)), np.cumsum(chroma, axis=0, dtype=np.float64)])
    during = total[ends] - total[starts]
    during /= np.linalg.norm(during, axis=1, keepdims=True) + 1e-9
    change[1:] = 1 - (during[1:] * during[:-1]).sum(axis=1)
    change -= change.mean()
    change /= change.std() + 1e-6
    return change


def _entrances(grid: Array) -> Array:
    """How much more sounds in the four beats from each beat on than before it; squared."""
    loud = (grid + 1).clip(min=0).mean(axis=1)
    total = np.concatenate([np.zeros((1, loud.shape[1])), np.cumsum(loud, axis=0)])
    count = len(loud)
    at = np.arange(count)
    after = (total[np.minimum(at + 4, count)] - total[at]) / 4
    before = (total[at] - total[np.maximum(at - 4, 0)]) / np.maximum(np.minimum(at, 4), 1)[:, None]
    rise = (after - before).clip(min=0).sum(axis=1)
    # The very first beat enters by being first; `opening` speaks of that.
    rise[0] = 0.0
    squared: Array = rise**2
    return squared


def _nearest(beats: Array, frames: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    right = np.searchsorted(beats, frames).clip(1, max(len(beats) - 1, 1))
    if len(beats) < 2:
        return np.zeros(len(frames), np.int64)
    closer = np.abs(frames - beats[right - 1]) <= np.abs(beats[right] - frames)
    found: npt.NDArray[np.int64] = right - closer
    return found
