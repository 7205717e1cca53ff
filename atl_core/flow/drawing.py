"""A line's flow drawn in letters: a ruler of the bar, and each syllable under its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from atl_core.flow.flow import Flow, FlowSyllable

COUNTED: Final = ("{}", "e", "&", "a")
"""How sixteenths are counted aloud: 1 e & a 2 e & a."""
COUNTED_IN_THREE: Final = ("{}", "·", "·")
STRESSED: Final = "ˈ"
"""Before a stressed syllable, as in dictionaries."""
HIDDEN: Final = "~"
"""A syllable that the spelling does not show: the second one of "fire"."""


class Drawn(NamedTuple):
    """One bar of a line."""

    bar: int
    """Index of the bar, from 0."""
    ruler: str
    words: str


def draw(flow: Flow, beats_per_bar: int, *, compound: bool = False) -> tuple[Drawn, ...]:
    """The bars that a line's flow touches, each with its ruler; as wide as its words need."""
    bars = sorted({syllable.bar for syllable in flow})
    return tuple(
        _bar(bar, [one for one in flow if one.bar == bar], beats_per_bar, compound) for bar in bars
    )


def _bar(bar: int, inside: Sequence[FlowSyllable], beats_per_bar: int, compound: bool) -> Drawn:
    names = COUNTED_IN_THREE if compound else COUNTED
    cells: dict[int, list[str]] = {}
    for syllable in inside:
        cell = min(int(syllable.position * len(names) + 1e-6), beats_per_bar * len(names) - 1)
        cells.setdefault(cell, []).append(_written(syllable))
    ruler, words = [], []
    for cell in range(beats_per_bar * len(names)):
        beat, part = divmod(cell, len(names))
        name = names[part].format(beat + 1)
        said = " ".join(cells.get(cell, ()))
        width = max(len(name), len(said), 1)
        ruler.append(name.ljust(width))
        words.append((said or ("·" if part == 0 else " ")).ljust(width))
    return Drawn(bar, " ".join(ruler).rstrip(), " ".join(words).rstrip())


def _written(syllable: FlowSyllable) -> str:
    text = syllable.syllable or HIDDEN
    return (STRESSED if syllable.stress else "") + text
