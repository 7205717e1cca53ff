"""Stanza forms: which lines rhyme, how long they are, and where in the beat they fall."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from atl_core.errors import BriefError, shown
from atl_core.lyrics.brief import Brief, Genre

UNRHYMED: Final = "X"
"""The letter of a line that need not rhyme."""
SHORTEST_SCHEME: Final = 2
LONGEST_SCHEME: Final = 16
NAMED_SCHEMES: Final = {
    "free": "XXXX", "none": "XXXX", "x": "XXXX", "couplet": "AABB", "couplets": "AABB",
    "alternate": "ABAB", "alternating": "ABAB", "enclosed": "ABBA", "ballad": "ABCB",
    "monorhyme": "AAAA", "limerick": "AABBA",
}  # fmt: skip

MAX_SYLLABLES: Final = 18
"""The longest lines that the writer was tuned on."""
MIN_SYLLABLES: Final = 3
_FASTEST_FELT: Final = 130.0
_SLOWEST_FELT: Final = 55.0
_SUNG_SYLLABLES_PER_BAR: Final = 4.7
_SUNG_BARS_PER_LINE: Final = 2
_DENSER: Final = 1.15
"""Times as many syllables a line for each step of density."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one line in the song, before it is written."""

    index: int
    """From 0 within the draft."""
    target: int
    """Syllables aimed for."""
    rhyme: str
    """Letter of the rhyme group within the whole draft; `X` rhymes with nothing."""
    bar: int
    start: float
    """Seconds from the start of the beat."""
    end: float
    first_beat: float | None = None
    """As of a Line."""


def parse_scheme(text: str) -> str:
    """A rhyme scheme as letters in order of appearance: "b b a a" is "AABB".

    Accepts 2 to 16 letters, parted as one likes, `X` for a line that need not rhyme, and a few
    names ("free", "couplets", "ballad"). Longer drafts repeat the scheme stanza by stanza.

    Raises:
        BriefError: nothing of the kind.
    """
    if named := NAMED_SCHEMES.get(text.strip().lower()):
        return named
    letters = re.sub(r"[\s,/|.\-]+", "", text).upper()
    if not (re.fullmatch("[A-Z]+", letters) and SHORTEST_SCHEME <= len(letters) <= LONGEST_SCHEME):
        raise BriefError(
            f'"{shown(text)}" is not a rhyme scheme.',
            f"It takes {SHORTEST_SCHEME} to {LONGEST_SCHEME} letters, such as AABB, ABAB, ABCB or"
            ' AAAA, with X for a line that need not rhyme; or "free".',
        )
    names: dict[str, str] = {UNRHYMED: UNRHYMED}
    fresh = (letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWYZ")
    for letter in letters:
        if letter not in names:
            names[letter] = next(fresh)
    return "".join(names[letter] for letter in letters)


def _fresh_letters() -> Iterator[str]:
    """A, B, ... Z without X, then A2, B2, ... and so on."""
    for turn in itertools.count(1):
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWYZ":
            yield letter if turn == 1 else f"{letter}{turn}"


def rhyme_letters(scheme: str, lines: int) -> tuple[str, ...]:
    """Letter of each of `lines` lines; every stanza brings letters of its own: A A B B, C C D D."""
    fresh = _fresh_letters()
    letters: list[str] = []
    while len(letters) < lines:
        stanza = {UNRHYMED: UNRHYMED}
        for letter in scheme:
            if letter not in stanza:
                stanza[letter] = next(fresh)
        letters += [stanza[letter] for letter in scheme]
    return tuple(letters[:lines])


def felt_tempo(tempo: float) -> float:
    """`tempo` in beats a minute, brought by octaves to 55 to 130, where a writer feels it."""
    if not tempo > 0:
        raise ValueError(f"tempo must be positive, not {tempo}")
    while tempo > _FASTEST_FELT:
        tempo /= 2
    while tempo < _SLOWEST_FELT:
        tempo *= 2
    return tempo


def syllables_for(genre: Genre, tempo: float, beats_per_bar: int = 4) -> int:
    """Syllables of a line that fit the beat.

    A rapped line fills a bar of 4/4 with 19.8 - 0.092 x BPM syllables (fitted to MCFlow, 124
    charted rap songs); a sung one spreads 4.7 a bar (CoCoPops, 226 songs) over two bars. Other
    metres scale both.
    """
    if genre == "hip-hop":
        a_line = 19.8 - 0.092 * felt_tempo(tempo)
    else:
        a_line = _SUNG_SYLLABLES_PER_BAR * _SUNG_BARS_PER_LINE
    return min(MAX_SYLLABLES, max(MIN_SYLLABLES, round(a_line * beats_per_bar / 4)))


def fitting_syllables(brief: Brief) -> int:
    """Syllables of a line that fit the brief's beat, metre and density."""
    usual = syllables_for(brief.genre, brief.tempo, brief.beats_per_bar)
    return min(MAX_SYLLABLES, max(MIN_SYLLABLES, round(usual * _DENSER**brief.density)))


def bars_per_line(genre: Genre, tempo: float) -> int:
    """Bars that a line spans: a rapped line one felt bar, a sung line two."""
    if genre == "country":
        return _SUNG_BARS_PER_LINE
    bars = 1
    while tempo > _FASTEST_FELT:
        tempo /= 2
        bars *= 2
    return bars


def _bar_start(bar: int, bar_times: Sequence[float], bar_length: float) -> float:
    """Seconds at which `bar` starts; beyond the last bar heard the beat is taken to loop on."""
    if bar < len(bar_times):
        return bar_times[bar]
    if not bar_times:
        return bar * bar_length
    return bar_times[-1] + (bar - len(bar_times) + 1) * bar_length


def plan(
    brief: Brief, bar_times: Sequence[float], duration: float, *, first: int, count: int
) -> tuple[Slot, ...]:
    """Slots of the lines `first` to `first + count - 1` of a draft.

    Rhyme letters run through the whole draft. The target is the same for every line: 73 % of
    human bars lie within two syllables of their song's mean. Lines follow the bars in
    `bar_times` (seconds, within `duration`); a draft that outlasts the beat goes on in its tempo
    as over a loop.

    Raises:
        ValueError: `first` or `count` is negative.
    """
    if first < 0 or count < 0:
        raise ValueError(f"no lines {first} to {first + count - 1}")
    heard = [time for time in bar_times if time < duration]
    gaps = [after - before for before, after in itertools.pairwise(heard)]
    bar_length = median(gaps) if gaps else 60.0 / brief.tempo * brief.beats_per_bar
    span = bars_per_line(brief.genre, brief.tempo)
    letters = rhyme_letters(brief.scheme, first + count)
    return tuple(
        Slot(
            index=index,
            target=brief.syllables,
            rhyme=letters[index],
            bar=index * span,
            start=_bar_start(index * span, heard, bar_length),
            end=_bar_start((index + 1) * span, heard, bar_length),
        )
        for index in range(first, first + count)
    )
