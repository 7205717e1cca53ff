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
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, product
from typing import Final, Literal, NamedTuple

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


class _Sound(NamedTuple):
    """What a word rhymes with."""

    keys: dict[Rhyme, frozenset[str]]
    """In any way that it is said."""
    usual: dict[Rhyme, frozenset[str]]
    """As it is usually said."""
    parts: list[list[str]]
    """Its rhyming parts as it is usually said, with the vowels as slant rhyme takes them."""
    whole: frozenset[tuple[str, ...]]
    """All phonemes of each way, without stress."""


@cached_by_word(maxsize=65536)
def _sound(word: str) -> _Sound:
    ways = pronounce(word)
    usual = _rhyming_parts(ways[0]) if ways else set()
    return _Sound(
        keys=_keys(part for way in ways for part in _rhyming_parts(way)),
        usual=_keys(usual),
        parts=[_loosened(part) for part in usual],
        whole=frozenset(tuple(phoneme.rstrip("012") for phoneme in way) for way in ways),
    )


def _keys(parts: Iterable[tuple[str, ...]]) -> dict[Rhyme, frozenset[str]]:
    perfect: set[str] = set()
    slant: set[str] = set()
    for part in parts:
        perfect.add(" ".join(part))
        slant |= _vowels(part)
    return {"perfect": frozenset(perfect), "slant": frozenset(slant)}


def rhyme_keys(word: str, kind: Rhyme = "perfect") -> frozenset[str]:
    """Keys for grouping in bulk: words that share one rhyme, unless they are `same_word`s."""
    return _sound(word).keys[kind]


@lru_cache(maxsize=65536)
def _plain_form(word: str) -> str:
    form = word.lower().strip("'\".,!?;:")
    # "ridin" is "riding"; "cabin" becomes "cabing", which harms nobody.
    return form + "g" if form.endswith("in") and len(form) > 4 else form


def same_word(a: str, b: str) -> bool:
    """Whether two words are one to the ear: equal, clipped forms of one, or homophones."""
    return _plain_form(a) == _plain_form(b) or not _sound(a).whole.isdisjoint(_sound(b).whole)


def rhyme(a: str, b: str) -> Rhyme | None:
    """How the words `a` and `b` rhyme, if they do. Symmetric."""
    keys_a, keys_b = _sound(a).keys, _sound(b).keys
    if keys_a["slant"].isdisjoint(keys_b["slant"]) or same_word(a, b):
        return None
    return "slant" if keys_a["perfect"].isdisjoint(keys_b["perfect"]) else "perfect"


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
    return any(_are_close(one, other) for one, other in product(_sound(a).parts, _sound(b).parts))


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
    keys = rhyme_keys(word, kind)

    def is_rare(other: str) -> bool:
        return keys.isdisjoint(_sound(other).usual[kind])

    return sorted(each_rhyming_word(word, kind), key=is_rare)[:limit]


def each_rhyming_word(word: str, kind: Rhyme) -> Iterator[str]:
    """The words of `rhyming_words` one by one, by their frequency alone, for a caller that needs
    only a few. Nothing is looked up before the first is asked for.
    """
    groups = words_by_key(kind)
    found = {other for key in rhyme_keys(word, kind) for other in groups.get(key, ())}
    yield from (other for other in sorted(found, key=rank_of) if rhyme(word, other) == kind)


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
    is_long = any(sum(map(is_vowel, way)) > 1 for way in pronounce(word)[:1])
    for kind in KINDS:
        words = rhyming_words(word, MOST_RHYMES, kind)
        usual = _sound(word).usual[kind]
        odd = {other for other in words if is_long and usual.isdisjoint(rhyme_keys(other, kind))}
        near = _first((other for other in words if other not in odd), limit + len(used), explicit)
        found += sorted(near, key=lambda other: kind == "perfect" and other in used)
        rare += (other for other in words if other in odd)
    return [*found, *_first(rare, limit, explicit)][:limit]


def _first(words: Iterable[str], limit: int, explicit: bool) -> list[str]:
    return list(islice((word for word in words if explicit or is_clean(word)), limit))
