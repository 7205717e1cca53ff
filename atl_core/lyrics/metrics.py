"""How well lines keep to their plan: the figures that are shown with a draft."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from statistics import fmean
from typing import Final

from atl_core.lyrics.form import UNRHYMED
from atl_core.lyrics.rhyme import Rhyme, end_word, rhyme
from atl_core.lyrics.syllables import count_syllables

ANY_RHYME: Final[tuple[Rhyme, ...]] = ("perfect", "slant")


def rhymes_kept(
    lines: Sequence[str], letters: Sequence[str], kinds: Collection[Rhyme] = ANY_RHYME
) -> float:
    """Scheme accuracy: the share of line pairs that the scheme says rhyme and do.

    `letters` are those of the whole draft, so that equal letters mean a rhyme wherever they stand.
    1 when the scheme asks for no rhyme. A line that ends like its partner does not rhyme.
    """
    ends = [end_word(line) for line in lines]
    asked = [
        (a, b)
        for (a, x), (b, y) in itertools.combinations(zip(ends, letters, strict=True), 2)
        if x == y != UNRHYMED
    ]
    return fmean(rhyme(a, b) in kinds for a, b in asked) if asked else 1.0


def syllables_kept(lines: Sequence[str], targets: Sequence[int], tolerance: int = 1) -> float:
    """The share of lines within `tolerance` syllables of their target; 1 when there are none."""
    if not lines:
        return 1.0
    return fmean(
        abs(count_syllables(line) - target) <= tolerance
        for line, target in zip(lines, targets, strict=True)
    )
