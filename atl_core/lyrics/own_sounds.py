"""From what a writer says of a word to its sound: its letters, a word it is like, its syllables."""

from __future__ import annotations

import re
from typing import Final

from atl_core.errors import BriefError, shown
from atl_core.lyrics.dictionary import Pronunciation, is_vowel
from atl_core.lyrics.pronunciation import pronounce
from atl_core.lyrics.rhyme import rhyming_part
from atl_core.lyrics.saying import OwnSound

LONGEST: Final = 40
MOST_SYLLABLES: Final = 8
_DIPHTHONGS: Final = frozenset({"AY", "EY", "OY", "AW", "OW", "IY", "UW", "ER"})
"""Vowels that can be drawn out into two syllables: "fire" as "fi-yer"."""


def spelt(word: str, letters: str) -> OwnSound:
    """`LA is L-A`: said letter by letter."""
    written = _checked(word)
    names = re.findall("[a-z]", letters.casefold())
    if len(names) < 2:
        raise BriefError(f"“{shown(letters)}” are no letters.", "Say it like: LA is L-A.")
    sound = pronounce("".join(f"{name}." for name in names))[0]
    # Only in capitals: "la" is still sung.
    written = word.strip() if word.strip().isupper() else written
    return OwnSound(written, f"is {'-'.join(names).upper()}", " ".join(sound))


def as_in(word: str, model: str) -> OwnSound:
    """`wind as in find`: the way to say it that has the sound of the other word."""
    written, other = _checked(word), _checked(model)
    parts = {rhyming_part(way) for way in pronounce(other)}
    way = next((way for way in pronounce(written) if rhyming_part(way) in parts), None)
    sound = way or _with_end(pronounce(written)[0], pronounce(other)[0])
    return OwnSound(written, f"as in {other}", " ".join(sound))


def rhyming(word: str, model: str) -> OwnSound:
    """`Saoirse rhymes with inertia`: its own beginning, and the end of the other word."""
    written, other = _checked(word), _checked(model)
    sound = _with_end(pronounce(written)[0], pronounce(other)[0])
    return OwnSound(written, f"rhymes with {other}", " ".join(sound))


def like(word: str, phrase: str) -> OwnSound:
    """`nguyen like win`: as some words are said one after another."""
    written = _checked(word)
    said = re.findall(r"[\w']+", phrase.casefold())[:MOST_SYLLABLES]
    ways = [pronounce(part)[0] for part in said if pronounce(part)]
    if not ways:
        raise BriefError(f"“{shown(phrase)}” has no sound.", "Say it like: nguyen like win.")
    return OwnSound(
        written, f"like {' '.join(said)}", " ".join(phoneme for way in ways for phoneme in way)
    )


def of_syllables(word: str, count: int) -> OwnSound:
    """`poem has one syllable`: the way with so many, or the usual one drawn together or out."""
    written = _checked(word)
    if not 1 <= count <= MOST_SYLLABLES:
        raise BriefError(
            f"A word of {count} syllables is not sung.", f"1 to {MOST_SYLLABLES} are accepted."
        )
    ways = pronounce(written)
    way = next((way for way in ways if _syllables(way) == count), None)
    sound = way or _resized(ways[0], count)
    noun = "syllable" if count == 1 else "syllables"
    return OwnSound(written, f"has {count} {noun}", " ".join(sound))


def _checked(word: str) -> str:
    """A word as it is looked up.

    Raises:
        BriefError: it is none.
    """
    plain = word.strip().casefold().replace("’", "'")
    if not re.fullmatch(r"[^\W\d_](?:[\w'.-]*)", plain) or len(plain) > LONGEST:
        raise BriefError(
            f"“{shown(word)}” is not a word that I can say.",
            remedy="Say it like: poem has one syllable.",
        )
    return plain


def _syllables(way: Pronunciation) -> int:
    return sum(map(is_vowel, way))


def _with_end(own: Pronunciation, other: Pronunciation) -> Pronunciation:
    """A word's own beginning with the end of another: from its last stressed vowel on."""
    start = len(other) - len(rhyming_part(other))
    end = other[start:]
    vowels = [index for index, phoneme in enumerate(own) if is_vowel(phoneme)]
    # As many syllables of its own stay as it has more than the end brings.
    kept = max(0, len(vowels) - _syllables(end))
    return (*own[: vowels[kept]], *end)


def _resized(way: Pronunciation, count: int) -> Pronunciation:
    phonemes = list(way)
    while _syllables(tuple(phonemes)) > count:
        vowels = [n for n, phoneme in enumerate(phonemes) if is_vowel(phoneme)]
        weak = [n for n in vowels if phonemes[n].endswith("0")] or vowels[1:]
        # A weak vowel beside another is swallowed first: "po-em", then any other.
        beside = [n for n in weak if n and is_vowel(phonemes[n - 1])]
        del phonemes[(beside or weak)[0]]
    while _syllables(tuple(phonemes)) < count:
        vowels = [n for n, phoneme in enumerate(phonemes) if is_vowel(phoneme)]
        long = [n for n in vowels if phonemes[n][:-1] in _DIPHTHONGS] or vowels
        phonemes.insert(long[-1] + 1, "AH0")
    return tuple(phonemes)
