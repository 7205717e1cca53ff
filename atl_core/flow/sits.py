"""How well a line sits on its bars, as a figure by which lines of equal sense are told apart."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final

from atl_core.flow.flow import FlowSyllable, lay, manner_of
from atl_core.lyrics.brief import Brief, Line
from atl_core.lyrics.form import bars_per_line

SIXTEENTH: Final = 0.25
"""Quarter notes."""


@lru_cache(maxsize=2048)
def sits(text: str, brief: Brief) -> float:
    """0 to 1: how well a line sits on bars of its own. A millisecond or two.

    It is the share of stressed syllables on a beat or an eighth (in compound metres on a beat),
    less half of the share of syllables that are closer together than sixteenths or fall outside
    the line's bars. A line in which nothing is spoken gets 0.
    """
    span = bars_per_line(brief.genre, brief.tempo)
    bar = 60.0 / brief.tempo * brief.beats_per_bar
    line = Line(text, 0, 0, "X", 1, bar, (1 + span) * bar)
    flow = lay(line, brief, manner_of(brief), span, compound=brief.compound)
    stressed = [one for one in flow if one.stress]
    if not flow:
        return 0.0
    strong = sum(on_strong(one, brief) for one in stressed) / max(1, len(stressed))
    places = [one.bar * brief.beats_per_bar + one.position for one in flow]
    crowded = sum(after - before < SIXTEENTH - 1e-6 for before, after in pairwise(places))
    outside = sum(not 1 <= one.bar < 1 + span for one in flow)
    return max(0.0, strong - 0.5 * (crowded + outside) / len(flow))


def on_strong(one: FlowSyllable, brief: Brief) -> bool:
    """Whether a syllable falls on a beat or an eighth; in compound metres on a beat."""
    parts = one.position if brief.compound else 2 * one.position
    return abs(parts - round(parts)) < 0.3
