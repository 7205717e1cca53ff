"""The Flow of a line: where each of its syllables falls in the bar, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np

from atl_core.flow.model import Array, Manner, Places, Scores, Syllable, joined, places, scores
from atl_core.flow.network import FAR, Around, alike, chances, features, with_chances
from atl_core.flow.placing import marginals, place, starting_at
from atl_core.flow.spoken import Spoken, spoken
from atl_core.flow.weights import gaps, tables
from atl_core.lyrics.brief import Brief, Line
from atl_core.lyrics.form import bars_per_line

BREATH: Final = 0.5
"""Beats of silence before the next line's first syllable, where there is room for them."""
HELD: Final[dict[Manner, float]] = {"rap": 1.0, "sung": 2.0}
"""Beats that the last syllable of a line is held at most."""
BARS: Final[dict[Manner, int]] = {"rap": 1, "sung": 2}
"""Bars that the model lays a line over."""
FORBIDDEN: Final = -1e4
DENSER: Final = 2.0
"""What a step costs in the Markov model for each doubling of its length and step of density."""
BEHIND: Final = 0.06
"""Beats by which a line lies behind the beat for each step of density below 0."""
CROWDED: Final = 0.85
"""Share of the places of a bar that may be taken before there are twice as many."""


@dataclass(frozen=True, slots=True)
class FlowSyllable:
    """One syllable of a line on the beat."""

    syllable: str
    """Its letters as written; empty where the spelling shows fewer syllables than are spoken."""
    stress: int
    """0 none, 1 primary, 2 secondary."""
    bar: int
    """Index of the bar, from 0; a pickup lies in the bar before its line's first."""
    position: float
    """Quarter notes (dotted ones in 6/8 and 12/8) from the bar's first beat."""
    start: float
    """Seconds from the start of the beat."""
    end: float

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "position": round(self.position, 4),
            "start": round(self.start, 3),
            "end": round(self.end, 3),
        }


Flow = tuple[FlowSyllable, ...]


def manner_of(brief: Brief) -> Manner:
    return "sung" if brief.genre == "country" else "rap"


def flows(lines: Sequence[Line], brief: Brief, *, compound: bool = False) -> tuple[Flow, ...]:
    """The flow of every line of a draft, in order; empty for a line in which nothing is spoken.

    The lines are laid together: where one ends bears on where the next one starts. No line starts
    before the last syllable of the one before it. `compound`: beats divide into three, as in 6/8.
    Milliseconds a line; the result depends on the arguments alone.
    """
    manner = manner_of(brief)
    span = bars_per_line(brief.genre, brief.tempo)
    texts = [spoken(line.text) for line in lines]
    counts = [len(parts) for parts in texts]
    ready: dict[int, _Ready] = {}
    for number, (line, parts) in enumerate(zip(lines, texts, strict=True)):
        if not parts or line.end <= line.start:
            continue
        near = around(number, counts, BARS[manner])
        ready[number] = _ready(line, parts, brief, manner, span, compound, near)
        if number + 1 < len(lines):
            after = lines[number + 1]
            following = after.start
            if after.first_beat is not None:
                # Where its writer has it start, the line before has ended.
                opening = after.start + (after.first_beat - 1.0) * _beat(after, brief, span)
                following = min(following, opening - 0.25 * _beat(after, brief, span))
            one = ready[number]
            ready[number] = replace(one, latest=min(one.latest, following + one.beat))
    told = list(ready.values())
    likely = marginals(
        [one.scores for one in told],
        [_link(before, after, manner) for before, after in pairwise(told)],
        [_pays(one) for one in told],
    )
    found: list[Flow] = [()] * len(lines)
    free_from = float("-inf")
    for number, chances_of in zip(ready, likely, strict=True):
        flow = _placed(ready[number], chances_of, brief, manner, free_from)
        found[number] = flow
        free_from = flow[-1].start + 0.9 * ready[number].beat * BREATH
    return tuple(_breathing(found, lines, brief, span))


def around(number: int, counts: Sequence[int], bars: int) -> Around:
    """The lines around one of a draft: each starts `bars` bars after the one before it."""
    spoken_counts = [count for count in counts if count]
    usual = sum(spoken_counts) / max(1, len(spoken_counts))
    last = len(counts) - 1
    return Around(
        counts[number - 1] if number else 0,
        bars if number else FAR,
        counts[number + 1] if number < last else 0,
        bars if number < last else FAR,
        usual,
    )


def lay(line: Line, brief: Brief, manner: Manner, span: int, *, compound: bool = False) -> Flow:
    """One line over its `span` bars, among lines that are taken to be as long as itself."""
    parts = spoken(line.text)
    if not parts or line.end <= line.start:
        return ()
    near = alike(len(parts), BARS[manner])
    one = _ready(line, parts, brief, manner, span, compound, near)
    (likely,) = marginals([one.scores], [], [_pays(one)])
    return _placed(one, likely, brief, manner, float("-inf"))


@dataclass(frozen=True, slots=True)
class _Ready:
    """A line with what the model says of it, before it is laid."""

    line: Line
    parts: tuple[Spoken, ...]
    on: Places
    scores: Scores
    seconds: Array
    """Of each place, from the start of the beat."""
    beat: float
    """Seconds."""
    stretch: float
    """Beats for each beat of the model's line: one bar where rapped, two where sung."""
    latest: float
    """Seconds from which on no syllable starts."""
    first: int | None
    """Place of the first syllable, where the writer says it."""
    opening: float
    """Position from which on syllables may start where there is little room."""


def _ready(
    line: Line,
    parts: tuple[Spoken, ...],
    brief: Brief,
    manner: Manner,
    span: int,
    compound: bool,
    near: Around,
) -> _Ready:
    """The last syllable starts less than a beat after the line's bars. The first one falls where
    the writer says, if that is said."""
    a_beat = _beat(line, brief, span)
    bars = BARS[manner]
    beats_per_bar = brief.beats_per_bar
    # The model knows rap lines of one bar and sung lines of two; a line of more bars is laid
    # over them as if they were longer ones.
    stretch = span / bars
    said = line.first_beat / stretch if line.first_beat is not None else None
    missing = (said or 0.0) / (beats_per_bar * bars)
    room = (3 if compound else 4) * beats_per_bar * bars * (1.0 - max(missing, 0.0))
    finer = 1
    while len(parts) > CROWDED * room * finer:
        finer *= 2
    on = places(beats_per_bar, bars, thirds=compound, finer=finer)
    syllables = _syllables(parts)
    scored = scores(syllables, on, bars, tables(manner), density=DENSER * brief.density)
    texts = [part.text for part in parts]
    # The charts of sung lines name no tempo, so that any would only disturb their networks.
    tempo = brief.tempo if manner == "rap" else 0.0
    likely = chances(features(syllables, texts, bars, tempo, near), manner)
    scored = with_chances(scored, likely, on)
    seconds = line.start + on.positions * stretch * a_beat
    first = int(np.abs(on.positions - said).argmin()) if said is not None else None
    if first is not None and seconds[first] < -1e-6:
        first = None  # the beat has not begun there
    if first is not None:
        scored = starting_at(scored, first)
    latest = line.end + a_beat
    opening = min(0.0, said or 0.0)
    return _Ready(line, parts, on, scored, seconds, a_beat, stretch, latest, first, opening)


def _pays(one: _Ready, free_from: float = float("-inf")) -> Array:
    """What a syllable pays on each place: nothing within its time, else more than it can gain.

    None starts before `free_from` seconds, unless the writer says where the first one falls.
    """
    opening = one.first or 0
    earliest = max(free_from, 0.0) if one.first is None else 0.0
    allowed = (one.seconds >= earliest - 1e-6) & (one.seconds < one.latest)
    if allowed[opening:].sum() < len(one.parts):
        at = one.on.positions
        allowed = (at >= one.opening) & (at < at[-1])
    allowed[:opening] = False
    return np.where(allowed, 0.0, FORBIDDEN)


def _link(before: _Ready, after: _Ready, manner: Manner) -> Array:
    """Log weights of the places where a line ends and where the next one starts."""
    sixteenth = 0.25 * before.stretch * before.beat
    return joined((after.seconds - before.seconds[:, None]) / sixteenth, gaps(manner))


def _placed(one: _Ready, likely: Array, brief: Brief, manner: Manner, free_from: float) -> Flow:
    found = place(likely, one.on.step, manner, _pays(one, free_from), first=one.first)
    at = one.on.positions[found] * one.stretch + max(0, -brief.density) * BEHIND
    line, a_beat = one.line, one.beat
    flow = []
    for number, part in enumerate(one.parts):
        position = float(at[number])
        start = line.start + position * a_beat
        held = HELD[manner] * a_beat
        if number + 1 < len(one.parts):
            end = min(line.start + float(at[number + 1]) * a_beat, start + 2 * held)
        else:
            end = start + held
        bar, inside = divmod(position, brief.beats_per_bar)
        flow.append(FlowSyllable(part.text, part.stress, line.bar + int(bar), inside, start, end))
    return tuple(flow)


def _syllables(parts: Sequence[Spoken]) -> list[Syllable]:
    return [Syllable(part.stress > 0, part.function, part.word) for part in parts]


def _beat(line: Line, brief: Brief, span: int) -> float:
    """Seconds."""
    return (line.end - line.start) / (span * brief.beats_per_bar)


def _breathing(found: Sequence[Flow], lines: Sequence[Line], brief: Brief, span: int) -> list[Flow]:
    """The last syllable of each line cut so that a breath is left before the next line."""
    cut = []
    for number, flow in enumerate(found):
        after = next((later[0].start for later in found[number + 1 :] if later), None)
        if flow and after is not None:
            last = flow[-1]
            beat = _beat(lines[number], brief, span)
            shortest = last.start + 0.25 * beat
            end = max(min(last.end, after - BREATH * beat), min(shortest, after), last.start)
            flow = (
                *flow[:-1],
                FlowSyllable(last.syllable, last.stress, last.bar, last.position, last.start, end),
            )
        cut.append(flow)
    return cut
