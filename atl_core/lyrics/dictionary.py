"""The phonemes, and the words that are listed with them: CMUdict and a list of slang."""

from __future__ import annotations

import itertools
import lzma
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

Pronunciation = tuple[str, ...]
"""Phonemes of one way to say a word, such as `("N", "AY1", "T")`."""
Pronunciations = tuple[Pronunciation, ...]

VOWELS: Final = (
    "AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW",
)  # fmt: skip
CONSONANTS: Final = (
    "B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH",
    "T", "TH", "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
PHONEMES: Final = (*(f"{vowel}{stress}" for vowel in VOWELS for stress in "012"), *CONSONANTS)
# One character a phoneme in the data file, from "0" on.
_PHONEME_OF: Final = {chr(48 + index): phoneme for index, phoneme in enumerate(PHONEMES)}
_MOST_WAYS: Final = 4
"""Ways kept of saying a word that is put together from parts."""


def is_vowel(phoneme: str) -> bool:
    return phoneme[-1].isdigit()


@cache
def cmudict() -> dict[str, str]:
    """CMUdict: word -> ways to say it, coded and parted by spaces."""
    data = (files("atl_core.lyrics") / "data" / "cmudict.xz").read_bytes()
    spellings, ways = lzma.decompress(data).decode().split("\t")
    return dict(zip(spellings.split("\n"), ways.split("\n"), strict=True))


@cache
def slang() -> dict[str, Pronunciations]:
    """Words of songs that CMUdict has not, or says otherwise."""
    text = (files("atl_core.lyrics") / "data" / "slang.txt").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {word: tuple(tuple(way.split()) for way in ways.split("/")) for word, ways in rows}


def in_dictionary(word: str) -> Pronunciations:
    """Every way to say a word as it is listed, none if it is not."""
    if ways := slang().get(word):
        return ways
    if coded := cmudict().get(word):
        ways = tuple(tuple(_PHONEME_OF[char] for char in way) for way in coded.split(" "))
        # Of "fs" it has "F S" before the letters.
        return tuple(way for way in ways if any(map(is_vowel, way))) or ways
    return ()


def joined(parts: Iterable[Pronunciations]) -> Pronunciations:
    """Every way to say the parts one after another, the likeliest first."""
    chosen = list(parts)
    if not chosen or not all(chosen):
        return ()
    combined = (tuple(itertools.chain(*ways)) for ways in itertools.product(*chosen))
    return tuple(itertools.islice(dict.fromkeys(combined), _MOST_WAYS))


def dictionary_letter(letter: str) -> Pronunciations:
    """How CMUdict says the name of a letter."""
    named = cmudict().get(letter + ".")
    if not named:
        return ()
    return (tuple(_PHONEME_OF[char] for char in named.split(" ")[0]),)
