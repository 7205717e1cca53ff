"""Rhymes inside lines: internal, multisyllabic and mosaic ones ("poet / know it"), in any text.

A rhyme is a stretch of up to four syllables of a line that begins with a stressed one and ends with
a word. Two stretches rhyme when their vowels are equal, unstressed ones as far as they are heard,
and the consonants at their ends are of one family each. The longest stretch counts. Compare
Hirjee and Brown 2010, "Using automated rhyme detection to characterize rhyming style in rap music".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from atl_core.lyrics.dictionary import Pronunciation, is_vowel
from atl_core.lyrics.pronunciation import pronounce
from atl_core.lyrics.rhyme import as_heard, family_of, rank_of, same_word, words_by_key
from atl_core.lyrics.spoken import sung
from atl_core.lyrics.wordlists import FUNCTION_WORDS, is_clean

LONGEST: Final = 4
"""Syllables of a rhyme."""
NEAR: Final = (6, 12, 32)
"""Syllables between a rhyme of one syllable and the next of its chain, at most, where none, one or
both of them end a line. Fitted on MCFlow, as the others: `benchmarks/inner_rhymes.py --fit`."""
NEAR_LONG: Final = 8
"""The same between the end of a rhyme of several syllables and the start of the next, where they do
not both end lines."""
NEAR_SLANT: Final = 24
"""The same where both end a line and have no more than their vowels in common."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*['’]?")
_REDUCED: Final = frozenset({"AH", "IH", "UH", "EH"})
"""Vowels that sound alike where they are not stressed."""
_MERGED: Final = {"AO": "AA"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a rhyme stands, and how long it is."""

    line: int
    """Index of the line."""
    start: int
    """Its characters in the line: `line[start:end]`, whole words."""
    end: int
    syllables: int


@dataclass(frozen=True, slots=True)
class RhymeChain:
    """Stretches that rhyme with each other, in their order."""

    stretches: tuple[Stretch, ...]

    @property
    def syllables(self) -> int:
        """Of the longest."""
        return max(stretch.syllables for stretch in self.stretches)


@dataclass(frozen=True, slots=True)
class _Syllable:
    vowel: str
    stressed: bool
    light: bool
    """Whether its vowel is reduced where it does not open a rhyme."""
    coda: tuple[str, ...]
    """Consonants up to the next vowel of the word, each by its family."""
    line: int
    word: str
    start: int
    end: int
    ends_word: bool
    opens_word: bool


def rhyme_chains(lines: Sequence[str]) -> tuple[RhymeChain, ...]:
    """Every chain of rhymes in some lines, by where it begins."""
    syllables = [syllable for n, line in enumerate(lines) for syllable in _syllables(line, n)]
    links = _links(syllables)
    chains: dict[tuple[int, int], int] = {}
    members: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
    for one, other in links:
        known = {chains[place] for place in (one, other) if place in chains}
        chain = min(known, default=len(chains))
        joined = {one, other}.union(*(members.pop(old) for old in known))
        members[chain] = joined
        chains.update(dict.fromkeys(joined, chain))
    found = [
        RhymeChain(tuple(_stretch(syllables[a:b]) for a, b in sorted(places)))
        for places in members.values()
    ]
    return tuple(
        sorted(found, key=lambda chain: (chain.stretches[0].line, chain.stretches[0].start))
    )


def rhymed_syllables(line: str, above: Sequence[str], shortest: int = 1) -> int:
    """Syllables of a line that rhyme with others of it or of the lines above.

    An end that rhymes with the ends of lines above alone, as the scheme has it, counts only where
    rhymes of several syllables are asked for.
    """
    last = len(above)
    end = max((match.end() for match in _WORD.finditer(line)), default=0)
    count = 0
    for chain in rhyme_chains([*above, line]):
        here = [s for s in chain.stretches if s.line == last and s.syllables >= shortest]
        if len(here) == 1 and here[0].end == end and shortest == 1:
            continue
        count += sum(stretch.syllables for stretch in here)
    return count


def loosened(key: str) -> str:
    """A rhyming part ("OW AH T") by which phrases and words meet: unstressed vowels alike."""
    first, *rest = key.split()
    return " ".join((first, *("AH" if sound in _REDUCED else sound for sound in rest)))


def phrase_key(phrase: str) -> str:
    """What rhymes of a phrase like "know it": from its last stressed word on; empty if nothing."""
    said: list[str] = []
    for word in reversed(_WORD.findall(phrase)):
        ways = pronounce(word)
        if not ways:
            continue
        said = [*ways[0], *said]
        if word.casefold() not in FUNCTION_WORDS:
            stressed = [n for n, sound in enumerate(ways[0]) if sound[-1] in "12"]
            start = stressed[-1] if stressed else 0
            return loosened(" ".join(as_heard(said[start:])))
    vowels = [n for n, sound in enumerate(said) if is_vowel(sound)]
    return loosened(" ".join(as_heard(said[vowels[0] :]))) if vowels else ""


def phrase_rhymes(phrase: str, limit: int = 20, *, explicit: bool = True) -> list[str]:
    """Common words that rhyme with a phrase, the commonest first: "poet" for "know it".

    Without `explicit` all of them are clean.
    """
    key = phrase_key(phrase)
    own = set(_WORD.findall(phrase.casefold()))
    keys = _loosened_keys().get(key, ()) if key else ()
    found = {word for known in keys for word in words_by_key("perfect")[known]} - own
    return [word for word in sorted(found, key=rank_of) if explicit or is_clean(word)][:limit]


@cache
def _loosened_keys() -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key in words_by_key("perfect"):
        found[loosened(key)].append(key)
    return {key: tuple(keys) for key, keys in found.items()}


def _syllables(line: str, number: int) -> Iterator[_Syllable]:
    matches = list(_WORD.finditer(line))
    for match in matches:
        read = sung(match[0])  # "LA" as "l.a."
        ways = pronounce(read[0] if len(read) == 1 else match[0])
        if not ways:
            continue
        found = list(_parts(ways[0]))
        # The last word of a line is sung out, whatever it is.
        last = match is matches[-1]
        light = len(found) == 1 and match[0].casefold() in FUNCTION_WORDS
        for n, (vowel, stressed, coda) in enumerate(found):
            yield _Syllable(
                vowel, stressed and (last or not light), light or not stressed, coda, number,
                match[0].casefold(), match.start(), match.end(), n == len(found) - 1, n == 0,
            )  # fmt: skip


def _parts(way: Pronunciation) -> Iterator[tuple[str, bool, tuple[str, ...]]]:
    vowels = [n for n, sound in enumerate(way) if is_vowel(sound)]
    # A word without a vowel ("'m") has no syllable.
    for at, after in pairwise([*vowels, len(way)]):
        vowel = as_heard(way[at:after])[0]
        coda = tuple(family_of(sound) for sound in way[at + 1 : after])
        yield _MERGED.get(vowel, vowel), way[at][-1] != "0", coda


def _links(syllables: Sequence[_Syllable]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Pairs of stretches that rhyme, the longest; each as its first and last + 1 syllable."""
    taken: set[int] = set()
    links = []
    for size in range(LONGEST, 0, -1):
        recent: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        covered: set[int] = set()
        for start in range(len(syllables) - size + 1):
            if not _is_stretch(syllables[start : start + size]):
                continue
            near = recent[_vowels(syllables[start : start + size])]
            for other in reversed(near):
                if start - other > NEAR[-1] + size:
                    break
                place = set(range(start, start + size))
                if not place <= taken and _rhyme(syllables, other, start, size):
                    links.append(((other, other + size), (start, start + size)))
                    covered |= place.union(range(other, other + size))
                    break
            near.append(start)
        taken |= covered
    return links


def _rhyme(syllables: Sequence[_Syllable], other: int, start: int, size: int) -> bool:
    """Whether two stretches of equal vowels rhyme, by what ends them and how far apart they are."""
    one, two = syllables[other : other + size], syllables[start : start + size]
    if other + size > start or _same(one, two):
        return False
    away = start - other
    ends = _line_ends(syllables, other + size) + _line_ends(syllables, start + size)
    slant = one[-1].coda != two[-1].coda
    if slant and (ends < 2 or away > NEAR_SLANT or size > 2):
        return False
    if not (one[0].stressed and two[0].stressed):
        # "In it" may answer "minute" at the end of a line, though no word of it is stressed.
        return (one[0].stressed or two[0].stressed) and ends == 2 and not slant
    if size == 1:
        return away <= NEAR[ends]
    return ends == 2 or away <= NEAR_LONG + size


def _line_ends(syllables: Sequence[_Syllable], end: int) -> bool:
    """Whether a line ends before the syllable of an index."""
    return end == len(syllables) or syllables[end].line != syllables[end - 1].line


def _is_stretch(part: Sequence[_Syllable]) -> bool:
    first, last = part[0], part[-1]
    opens = first.stressed or (len(part) > 1 and first.opens_word and first.ends_word)
    return opens and last.ends_word and first.line == last.line


def _vowels(part: Sequence[_Syllable]) -> tuple[str, ...]:
    return (
        part[0].vowel,
        *(
            "AH" if syllable.light and syllable.vowel in _REDUCED else syllable.vowel
            for syllable in part[1:]
        ),
    )


def _same(one: Sequence[_Syllable], other: Sequence[_Syllable]) -> bool:
    """Whether the words of two stretches are the same to the ear: no rhyme."""
    words = [list(dict.fromkeys((s.line, s.start, s.word) for s in part)) for part in (one, other)]
    said = [[word for _, _, word in part] for part in words]
    return said[0] == said[1] or (same_word(said[0][-1], said[1][-1]) and len(one) == 1)


def _stretch(part: Sequence[_Syllable]) -> Stretch:
    return Stretch(part[0].line, part[0].start, part[-1].end, len(part))
