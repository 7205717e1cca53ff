"""The bars that a draft's lines lie on: as heard in the beat, or as the writer corrected them."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Final

from atl_core.audio.listening import Listening
from atl_core.lyrics.brief import Brief

SAME: Final = 0.001
"""Relative difference of tempi that are one: what a writer sets is meant."""
TAPPED: Final = 0.03
"""Relative difference within which a tempo that was tapped is one that was heard."""
NEAR: Final = 0.07
"""Seconds from a beat that was heard within which a bar starts on that beat."""


def bar_times(brief: Brief, heard: Listening) -> tuple[float, ...]:
    """Seconds at which bars start, within the beat; at least one.

    What was heard stands until the writer sets another tempo, metre or first bar. Beats that were
    heard are kept where the tempo is theirs, half of it or double, so that drift is followed.
    """
    same_tempo = abs(brief.tempo / heard.tempo - 1) < SAME
    same_metre = brief.beats_per_bar == heard.beats_per_bar
    if same_tempo and same_metre and brief.first_bar is None and heard.bar_times:
        return heard.bar_times
    beats = beat_times(brief, heard)
    first = _first(brief, heard)
    at = min(range(len(beats)), key=lambda number: abs(beats[number] - first))
    off = first - beats[at]
    if brief.first_bar is not None and abs(off) > NEAR:
        beats = tuple(beat + off for beat in beats)
    bars = [beat for beat in beats[at :: brief.beats_per_bar] if beat < heard.duration]
    return tuple(bars) or (first,)


def beat_times(brief: Brief, heard: Listening) -> tuple[float, ...]:
    """Seconds of the beats at the brief's tempo, over the whole beat."""
    ratio = brief.tempo / heard.tempo
    beats = heard.beats
    if len(beats) > 2:
        if abs(ratio - 1) < SAME:
            return beats
        if abs(ratio / 2 - 1) < SAME:
            between = [(one + other) / 2 for one, other in pairwise(beats)]
            last = 2 * beats[-1] - between[-1]
            return tuple(sorted([*beats, *between, last]))
        if abs(ratio * 2 - 1) < SAME:
            first = _first(brief, heard)
            at = min(range(len(beats)), key=lambda number: abs(beats[number] - first))
            return beats[at % 2 :: 2]
    length = 60.0 / brief.tempo
    first = _first(brief, heard)
    before = math.floor(max(first, 0.0) / length + 1e-6)
    count = max(1, math.ceil((heard.duration - first) / length))
    return tuple(first + number * length for number in range(-before, count))


def nearest_heard(tempo: float, heard: Listening) -> float:
    """What is meant by a tempo that was tapped: that of the beats that were heard, half of it or
    double where it is near to one of these, so that drift is followed."""
    for known in (heard.tempo, heard.tempo / 2, heard.tempo * 2):
        if abs(tempo / known - 1) < TAPPED:
            return known
    return round(tempo, 1)


def _first(brief: Brief, heard: Listening) -> float:
    if brief.first_bar is not None:
        return brief.first_bar
    return heard.bar_times[0] if heard.bar_times else 0.0


def bar_one_at(brief: Brief, seconds: float) -> Brief:
    """Bar one starts at a time."""
    return replace(brief, first_bar=round(max(0.0, seconds), 3))


def moved_by_beats(brief: Brief, heard: Listening, beats: float) -> Brief:
    """Bar one starts so many beats later; earlier where `beats` is negative."""
    bars = bar_times(brief, heard)
    return bar_one_at(brief, bars[0] + beats * _beat_length(bars, brief))


def at_tempo(brief: Brief, heard: Listening, tempo: float) -> Brief:
    """Counted at another tempo; bar one stays where it is."""
    first = bar_times(brief, heard)[0]
    back = abs(tempo / heard.tempo - 1) < SAME and brief.beats_per_bar == heard.beats_per_bar
    if back and heard.bar_times and abs(first - heard.bar_times[0]) < NEAR:
        return replace(brief, tempo=heard.tempo, first_bar=None)
    return replace(brief, tempo=tempo, first_bar=round(first, 3))


def in_metre(
    brief: Brief, heard: Listening, beats_per_bar: int, *, compound: bool = False
) -> Brief:
    """So many beats a bar, of three eighths each where `compound`; bar one stays where it is."""
    first = bar_times(brief, heard)[0]
    return replace(brief, beats_per_bar=beats_per_bar, compound=compound, first_bar=round(first, 3))


def without_intro(brief: Brief, heard: Listening) -> Brief:
    """Bar one is the first bar in which the whole beat plays."""
    times = bar_times(brief, heard)
    at = min(bisect_left(times, heard.intro - NEAR), len(times) - 1)
    return bar_one_at(brief, times[at])


def _beat_length(bars: tuple[float, ...], brief: Brief) -> float:
    gaps = [after - before for before, after in pairwise(bars)]
    return median(gaps) / brief.beats_per_bar if gaps else 60.0 / brief.tempo
