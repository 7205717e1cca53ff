"""Readings of a mistyped phrase: each odd word as the words of the grammar nearest to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from typing import Final

from atl_core.lyrics.vocabulary import figures

MOST_READINGS: Final = 100
MOST_ODD_WORDS: Final = 6
"""Beyond this many unknown words a text is not a mistyped phrase."""
ORDINARY: Final = 4000
"""So many of the commonest words of songs were meant as they stand: "record it" is no slip of
"reword it"."""
NOUNS: Final = frozenset(
    (
        "line", "lines", "song", "songs", "draft", "drafts", "version", "versions", "times",
        "steps", "word", "words", "syllables", "rhymes", "last", "file",
    )
)  # fmt: skip
"""Save of these, which do nothing by themselves: "lime 3" is line 3."""


def readings(
    said: Sequence[str], vocabulary: frozenset[str]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every way to read the words, with the number of letters changed; fewest first."""
    options = [_options(word, vocabulary) for word in said]
    odd = [index for index, ways in enumerate(options) if len(ways) > 1]
    for index in odd[MOST_ODD_WORDS:]:
        options[index] = options[index][:1]
    count = 1
    for index in odd[:MOST_ODD_WORDS]:
        room = max(1, MOST_READINGS // count)
        options[index] = options[index][:room]
        count *= len(options[index])
    ways = [
        (sum(changed for changed, _ in way), tuple(word for _, word in way))
        for way in product(*options)
    ]
    yield from sorted(ways, key=lambda way: way[0])


@cache
def _options(word: str, vocabulary: frozenset[str]) -> tuple[tuple[int, str], ...]:
    """The word itself, then, unless it is known, its neighbours with their distance."""
    as_typed = ((0, word),)
    if word in vocabulary or len(word) < 3 or not word.replace("'", "").isalpha():
        return as_typed
    known = figures(word)
    meant = NOUNS if known and known.rank < ORDINARY else vocabulary
    farthest = 1 if len(word) < 7 else 2
    letters = frozenset(word)
    near = (
        (distance(word, near), near)
        for near in meant
        # A letter changed leaves at most two letters that only one of the words has.
        if len(near) > 2
        and abs(len(near) - len(word)) <= farthest
        and len(letters.symmetric_difference(near)) <= 2 * farthest
        # "Unpublish" is the opposite of "publish", however near it is.
        and (word[0] == near[0] or distance(word, near) < 2)
        and word not in (f"un{near}", f"re{near}")
        and near not in (f"un{word}", f"re{word}")
    )
    return as_typed + tuple(sorted(way for way in near if way[0] <= farthest))


def distance(one: str, other: str) -> int:
    """Letters to insert, drop, change or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]
