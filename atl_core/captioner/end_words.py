"""The words that a line may end on: which rhyme with its partners, and with how many of these."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import chain, islice
from typing import Final

from atl_core.lyrics.pronunciation import pronounce
from atl_core.lyrics.rhyme import (
    KINDS,
    each_rhyming_word,
    family_of,
    is_close,
    rhyme,
    rhyming_part,
    rhyming_words,
    words_by_key,
)
from atl_core.lyrics.saying import cached_by_word
from atl_core.lyrics.vocabulary import is_common
from atl_core.lyrics.wordlists import is_clean, is_spoken_word

MAX_RHYMES: Final = 40
"""Rhyming words of a kind that are considered as ends of a line, the commonest first."""
EVERY_RHYME: Final = 10_000
"""As many are looked through where few of the commonest will do."""
MIN_RHYMES: Final = 12
"""A line that opens a rhyme group must end in a word with at least this many rhymes."""
FEWEST_ENDS: Final = 6
"""A line that could end on fewer words than this is asked for less of a rhyme."""

DANGLING: Final = frozenset(
    "a an the and or but nor if of to at by for with from as than these those is"
    " are was were been am being does did have has had having will would can could shall should may"
    " might must not my your his its our their i we they he she who whom whose which what when"
    " where why how because cause 'cause 'til till until while into onto upon i'm you're"
    " we're they're he's she's it's that's there's i've you've we've they've i'll you'll we'll"
    " they'll i'd you'd we'd gonna wanna gotta tryna finna ain't don't can't won't didn't isn't"
    " wasn't couldn't wouldn't shouldn't very just every no any some such like let let's"
    " gon' lil' lil mr mrs uh um la na ya da".split()
)
"""A line that ends in one of these words is unfinished."""

ODD_ENDS: Final = frozenset(
    "ye thee thou git de di fi re ee tee que hoo fu pee dat gat wee er emcee paparazzi".split()
)
"""Words that rhyme with many others and that hardly anybody ends a line on."""


def can_end_line(word: str) -> bool:
    """Whether to propose this word as the end of a line."""
    return is_spoken_word(word) and word not in DANGLING and word not in ODD_ENDS


def is_compound_of(word: str, part: str) -> bool:
    """Whether `word` is another word and then `part`, as "moonlight" is of "light"."""
    rest = word.removesuffix(part)
    return word != rest and len(rest) > 2 and is_common(rest)


def rhymes_with_all(end: str, partners: Sequence[str], *, slant: bool = False) -> bool:
    """Whether a line that ends on this word rhymes with all of its partners.

    "Moonlight" hardly rhymes with "light", of which it is made.

    Args:
        slant: equal vowels will do.
    """
    return all(
        (rhyme(end, partner) is not None if slant else is_close(end, partner))
        and not is_compound_of(end, partner)
        and not is_compound_of(partner, end)
        for partner in partners
    )


def partners_within_reach(
    nearest_first: Sequence[str],
    taken: Collection[str] = (),
    usable: Callable[[str], bool] = can_end_line,
) -> tuple[tuple[str, ...], bool]:
    """The end words of a rhyme group that a line can rhyme with, and whether equal vowels will do.

    All of them, where some words do. The lines of a writer may rhyme by their vowels alone
    ("breathe", "me"), so that hardly any word rhymes well with each: then the nearest ones. And
    hardly any word may rhyme well with one of them ("careful"): then equal vowels will do.
    """
    for slant in (False, True):
        for count in range(len(nearest_first), 0, -1):
            partners = tuple(nearest_first[:count])
            if len(rhyming_ends(partners, taken, usable, slant=slant)) >= FEWEST_ENDS:
                return partners, slant
    return tuple(nearest_first), False


def rhyming_ends(
    partners: Sequence[str],
    taken: Collection[str] = (),
    usable: Callable[[str], bool] = can_end_line,
    *,
    slant: bool = False,
) -> list[str]:
    """Words to end a line on that rhyme with all partners: perfect rhymes, then near ones, both by
    frequency.

    Args:
        slant: equal vowels will do; words that end on like sounds come first then.
    """

    def will_do(word: str) -> bool:
        return word not in taken and _will_do(word, partners, usable, slant=slant)

    first = partners[0]
    every = [rhyming_words(first, EVERY_RHYME, kind) for kind in KINDS]
    if slant:
        alike = [sorted(of_kind, key=lambda word: -_shared_end(word, first)) for of_kind in every]
        return list(islice(filter(will_do, chain(*alike)), MAX_RHYMES))
    ends = list(filter(will_do, chain(*(of_kind[:MAX_RHYMES] for of_kind in every))))
    if len(ends) >= FEWEST_ENDS:
        return ends
    rare = chain(*(of_kind[MAX_RHYMES:] for of_kind in every))
    return [*ends, *islice(filter(will_do, rare), MAX_RHYMES)]


@cached_by_word(maxsize=4096)
def has_enough_rhymes(end: str, usable: Callable[[str], bool] = can_end_line) -> bool:
    """Whether a rhyme group may begin with this end word: enough common words rhyme with it.

    Rare ones, which `rhyming_ends` falls back on, do not count: nobody should have to use them.
    Most words have enough perfect rhymes, so that near ones are not looked for.
    """
    rhymes = (islice(each_rhyming_word(end, kind), MAX_RHYMES) for kind in KINDS)
    ends = (word for word in chain.from_iterable(rhymes) if _will_do(word, [end], usable))
    return len(list(islice(ends, MIN_RHYMES))) == MIN_RHYMES


def load_rhymes() -> None:
    """Load all that `has_enough_rhymes` and `rhyming_ends` look words up in."""
    for kind in KINDS:
        words_by_key(kind)
    has_enough_rhymes("night")


def _will_do(
    word: str, partners: Sequence[str], usable: Callable[[str], bool], *, slant: bool = False
) -> bool:
    """Whether a line may end on the word to rhyme with its partners; see `rhyming_ends`."""
    return usable(word) and is_clean(word) and rhymes_with_all(word, partners, slant=slant)


def _shared_end(a: str, b: str) -> int:
    """How alike two words end, as they are usually said: 2 a same sound, 1 a like one."""
    pairs = zip(*(reversed(rhyming_part(pronounce(word)[0])) for word in (a, b)), strict=False)
    shared = 0
    for x, y in pairs:
        if family_of(x) != family_of(y):
            break
        shared += 2 if x == y else 1
    return shared
