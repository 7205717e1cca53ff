"""Perfect and slant rhyme.

Perfect: the same phonemes from the last stressed vowel on. Slant: the same vowels from there on.
Any listed pronunciation will do. Vowels that most American singers do not tell apart are one:
before R those of "here" and "near", "Mary" and "merry", and unstressed those of "Austin" and "lost
in"; in slant rhyme also "talk" and "rock", "sure" and "more", "dinner" and "finna". A word does not
rhyme with itself, however it is spelt: not with its homophones ("night", "knight"), which the ear
cannot tell apart, nor with its clipped forms ("riding", "ridin'").
"""

from __future__ import annotations

import lzma
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, product
from typing import Final, Literal

from atl_core.lyrics.dictionary import VOWELS, Pronunciation, is_vowel
from atl_core.lyrics.pronunciation import pronounce
from atl_core.lyrics.saying import cached_by_word
from atl_core.lyrics.spoken import sung
from atl_core.lyrics.vocabulary import common_words, figures
from atl_core.lyrics.wordlists import is_clean

MOST_RHYMES: Final = 1000
"""As many words as are looked through for clean ones."""
Rhyme = Literal["perfect", "slant"]
KINDS: Final[tuple[Rhyme, ...]] = ("perfect", "slant")


def rhyming_part(way: Pronunciation) -> tuple[str, ...]:
    """Phonemes from the last stressed vowel on, stress digits removed.

    Secondary stress counts ("hotline" rhymes with "fine"). A word without stress ("the", "'em")
    rhymes from its last vowel on, one without a vowel not at all.
    """
    vowels = [index for index, phoneme in enumerate(way) if is_vowel(phoneme)]
    if not vowels:
        return ()
    stressed = [index for index in vowels if way[index][-1] != "0"]
    return as_heard(way[(stressed or vowels)[-1] :])


_BEFORE_R: Final = {"IY": "IH", "AE": "EH", "UW": "UH"}
"""Of two vowels that are one before R, the one that stands for both. CMUdict has now this, now
that: "here" and "near" do not rhyme in it."""


def as_heard(part: Sequence[str]) -> tuple[str, ...]:
    """Phonemes without stress digits; vowels that are not told apart are one."""
    found: list[str] = []
    for phoneme, after in zip(part, (*part[1:], ""), strict=True):
        vowel = phoneme.rstrip("012")
        if after == "R":
            vowel = _BEFORE_R.get(vowel, vowel)
        elif phoneme == "IH0" and found:
            vowel = "AH"
        found.append(vowel)
    return tuple(found)


def _from_primary(way: Pronunciation) -> tuple[str, ...]:
    """As `rhyming_part`, from the primary stress on: "tomorrow" rhymes with "sorrow"."""
    primary = [index for index, phoneme in enumerate(way) if phoneme.endswith("1")]
    return as_heard(way[primary[-1] :]) if primary else ()


def _rhyming_parts(way: Pronunciation) -> set[tuple[str, ...]]:
    """All that a word said in one way rhymes with; empty for one without a vowel."""
    return {rhyming_part(way), _from_primary(way)} - {()}


def _loosened(part: Sequence[str]) -> list[str]:
    """The phonemes of a rhyming part with the vowels as slant rhyme takes them."""
    found: list[str] = []
    for phoneme, after in zip(part, (*part[1:], ""), strict=True):
        if phoneme == "UH" and after == "R":
            found.append("AO")
        else:
            found.append("AH" if phoneme == "ER" and found else phoneme)
    return found


def _vowels(part: Sequence[str]) -> set[str]:
    """The slant keys of a rhyming part. "Talk" is near "rock" as well as "more"."""
    loose = _loosened(part)
    merged = [
        "AA" if phoneme == "AO" and after != "R" else phoneme
        for phoneme, after in zip(loose, (*loose[1:], ""), strict=True)
    ]
    return {" ".join(p for p in way if p in VOWELS) for way in (loose, merged)}


@cached_by_word(maxsize=65536)
def _keys(word: str) -> tuple[frozenset[str], frozenset[str], frozenset[tuple[str, ...]]]:
    """Perfect keys, slant keys, and the word's sound without stress."""
    perfect: set[str] = set()
    slant: set[str] = set()
    sounds: set[tuple[str, ...]] = set()
    for way in pronounce(word):
        sounds.add(tuple(phoneme.rstrip("012") for phoneme in way))
        for part in _rhyming_parts(way):
            perfect.add(" ".join(part))
            slant |= _vowels(part)
    return frozenset(perfect), frozenset(slant), frozenset(sounds)


def rhyme_keys(word: str, kind: Rhyme = "perfect") -> frozenset[str]:
    """Keys for grouping in bulk: words that share one rhyme, unless they are `same_word`s."""
    perfect, slant, _ = _keys(word)
    return perfect if kind == "perfect" else slant


@lru_cache(maxsize=65536)
def _plain_form(word: str) -> str:
    form = word.lower().strip("'\".,!?;:")
    # "ridin" is "riding"; "cabin" becomes "cabing", which harms nobody.
    return form + "g" if form.endswith("in") and len(form) > 4 else form


def same_word(a: str, b: str) -> bool:
    """Whether two words are one to the ear: equal, clipped forms of one, or homophones."""
    return _plain_form(a) == _plain_form(b) or not _keys(a)[2].isdisjoint(_keys(b)[2])


def rhyme(a: str, b: str) -> Rhyme | None:
    """How the words `a` and `b` rhyme, if they do. Symmetric."""
    keys_a, keys_b = _keys(a), _keys(b)
    if keys_a[1].isdisjoint(keys_b[1]) or same_word(a, b):
        return None
    return "slant" if keys_a[0].isdisjoint(keys_b[0]) else "perfect"


CONSONANTS: Final = ("P T K B D G", "M N NG", "F V TH DH S Z SH ZH", "CH JH", "L R", "W Y", "HH")
"""Consonants that the ear takes for one another at the end of a line: "night" and "side"."""
_FAMILY: Final = {phoneme: family for family in CONSONANTS for phoneme in family.split()}


def family_of(phoneme: str) -> str:
    """The consonants that the ear takes for this one, as `CONSONANTS` lists them."""
    return _FAMILY.get(phoneme, phoneme)


def is_close(a: str, b: str) -> bool:
    """Whether the words rhyme so that nobody hears a miss: perfectly, or nearly.

    Nearly means that, as they are usually said, their vowels from the last stressed one on are
    equal and their consonants are of one family each. That is stricter than slant rhyme, which
    puts "heart" with "fall" and, by a rare pronunciation, "mist" with "good".
    """
    kind = rhyme(a, b)
    if kind != "slant":
        return kind == "perfect"
    parts = [map(_loosened, _rhyming_parts(pronounce(word)[0])) for word in (a, b)]
    return any(_are_close(one, other) for one, other in product(*parts))


def _are_close(one: Sequence[str], other: Sequence[str]) -> bool:
    return len(one) == len(other) and all(
        x == y or {x, y} == {"AO", "AA"} or (x in _FAMILY and _FAMILY[x] == _FAMILY.get(y))
        for x, y in zip(one, other, strict=True)
    )


def end_word(line: str) -> str:
    """The last word of `line`, in lower case; empty when it has none."""
    found = sung(line)
    return found[-1] if found else ""


@cache
def words_by_key(kind: Rhyme) -> dict[str, list[str]]:
    """Common words by rhyme key; names and guessed sounds are left out.

    The index is stored (`training/rhyme_index.py`): to pronounce every word takes a second.
    """
    data = (files("atl_core.lyrics") / "data" / "rhymes.xz").read_bytes()
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for row in lzma.decompress(data).decode().split("\n"):
        key, words = row.split("\t")
        for found in _vowels(key.split()) if kind == "slant" else {key}:
            groups[found] += words.split()
    return dict(groups)


def rhyming_words(word: str, limit: int = 20, kind: Rhyme = "perfect") -> list[str]:
    """Common words of songs that rhyme with `word`, commonest first.

    Those that rhyme only as they are rarely said ("minute" with "newt") come last. `kind` "slant"
    gives those that rhyme no better than slant. Explicit words are among them.
    """
    groups = words_by_key(kind)
    found = {other for key in rhyme_keys(word, kind) for other in groups.get(key, ())}
    kept = (other for other in found if rhyme(word, other) == kind)
    ways = pronounce(word)
    return sorted(kept, key=lambda other: (not _as_usual(ways, other, kind), rank_of(other)))[
        :limit
    ]


def _as_usual(ways: Sequence[Pronunciation], other: str, kind: Rhyme) -> bool:
    """Whether a word rhymes as it is usually said, with any of these ways."""
    usual = _way_keys(pronounce(other)[0], kind)
    return any(not usual.isdisjoint(_way_keys(way, kind)) for way in ways)


def _way_keys(way: Pronunciation, kind: Rhyme) -> set[str]:
    """As `rhyme_keys`, of one way to say a word."""
    parts = _rhyming_parts(way)
    if kind == "perfect":
        return {" ".join(part) for part in parts}
    return {key for part in parts for key in _vowels(part)}


def rank_of(word: str) -> int:
    known = figures(word)
    return known.rank if known else len(common_words())


def suggest_rhymes(
    word: str, limit: int = 10, used: Collection[str] = (), *, explicit: bool = True
) -> list[str]:
    """Rhymes to choose from for a word: perfect ones, then, where they are few, slant ones.

    Words that are `used` already come after the others; of two, the commoner in songs is first.
    What a longer word rhymes with only as it is rarely said ("minute" with "suit") comes last.
    Without `explicit` all of them are clean.
    """
    found: list[str] = []
    rare: list[str] = []
    usual = pronounce(word)[:1]
    is_long = any(sum(map(is_vowel, way)) > 1 for way in usual)
    for kind in KINDS:
        words = rhyming_words(word, MOST_RHYMES, kind)
        odd = {other for other in words if is_long and not _meets(usual[0], other, kind)}
        near = _first((other for other in words if other not in odd), limit + len(used), explicit)
        found += sorted(near, key=lambda other: kind == "perfect" and other in used)
        rare += (other for other in words if other in odd)
    return [*found, *_first(rare, limit, explicit)][:limit]


def _meets(way: Pronunciation, other: str, kind: Rhyme) -> bool:
    """Whether one way to say a word rhymes with another word."""
    return not _way_keys(way, kind).isdisjoint(rhyme_keys(other, kind))


def _first(words: Iterable[str], limit: int, explicit: bool) -> list[str]:
    return list(islice((word for word in words if explicit or is_clean(word)), limit))
