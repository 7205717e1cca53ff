"""What the accents of borrowed words tell of how they are sung.

Three rules, from how French and Spanish spell: a final "é" is a syllable of its own ("rosé"), a
diaeresis parts two vowels ("noösphere"), and a Spanish acute or tilde tells stress and sound
("patrón", "mañana"). Words that keep none of the rules are in the table `accents`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

Way = tuple[str, ...]

_FRENCH_END: Final = re.compile(r"(?:é|ée|és|ées)$")
_PARTED: Final = re.compile(r"(?<=[aeiouy])[äëïöü](?=.)")
_SPANISH: Final = re.compile(r"[áíóúñ]|é[^aeiouy]+$")

_SPANISH_VOWELS: Final = {"a": "AA", "e": "EH", "i": "IY", "o": "OW", "u": "UW"}
_SPANISH_SOUNDS: Final = (
    ("ch", "CH"), ("ll", "Y"), ("rr", "R"), ("qu", "K"), ("gue", "G e"), ("gui", "G i"),
    ("ce", "S e"), ("ci", "S i"), ("ge", "HH e"), ("gi", "HH i"), ("b", "B"), ("c", "K"),
    ("d", "D"), ("f", "F"), ("g", "G"), ("h", ""), ("j", "HH"), ("k", "K"), ("l", "L"),
    ("m", "M"), ("n", "N"), ("ñ", "N Y"), ("p", "P"), ("q", "K"), ("r", "R"), ("s", "S"),
    ("t", "T"), ("v", "V"), ("w", "W"), ("x", "K S"), ("y", "Y"), ("z", "S"),
)  # fmt: skip


def accented(
    word: str, plain_ways: tuple[Way, ...], guess: Callable[[str], Way]
) -> tuple[Way, ...]:
    """Ways to say a lower-case `word` with accents; empty when they change nothing.

    `plain_ways` are those that a dictionary has for the word without accents.
    """
    if _FRENCH_END.search(word):
        kept = tuple(way for way in plain_ways if way[-1].startswith("EY"))
        return kept or tuple(map(_with_ey, plain_ways)) or (_with_ey(guess(_bare(word))),)
    if (parted := _PARTED.search(word)) and not plain_ways:
        first, second = word[: parted.start()], word[parted.start() :]
        return ((*guess(_bare(first)), *_softened(guess(_bare(second)))),)
    if _SPANISH.search(word):
        if "ñ" in word and plain_ways and not re.search("[áéíóú]", word):
            return ()
        said = _spanish(word)
        return tuple(dict.fromkeys((said, *plain_ways))) if said else ()
    return ()


def _bare(word: str) -> str:
    """`word` without its accents."""
    parts = unicodedata.normalize("NFKD", word)
    return "".join(char for char in parts if not unicodedata.combining(char))


def _with_ey(way: Way) -> Way:
    """ "rose" as "rosé": a last syllable in EY, stressed."""
    stem = way[:-1] if way[-1][:2] in ("IY", "EH", "AH") and way[-1][-1].isdigit() else way
    return (*_softened(stem), "EY1")


def _softened(way: Way) -> Way:
    return tuple(sound.replace("1", "2") for sound in way)


def _spanish(word: str) -> Way:
    """Letter to sound as Spanish has it, in ARPAbet; () if there is a letter it does not have."""
    sounds: list[str] = []
    at = 0
    while at < len(word):
        char = word[at]
        bare = _bare(char) if char != "ñ" else char
        if bare in _SPANISH_VOWELS or (bare == "y" and at == len(word) - 1):
            bare = "i" if bare == "y" else bare
            follows = _bare(word[at + 1]) if at + 1 < len(word) else ""
            # "i" and "u" without an accent glide into the vowel that follows.
            if char == "i" and follows in _SPANISH_VOWELS:
                sounds.append("Y")
            elif char == "u" and follows in _SPANISH_VOWELS:
                sounds.append("W")
            else:
                sounds.append(_SPANISH_VOWELS[bare] + ("1" if char != bare else "0"))
            at += 1
            continue
        for spelling, sound in _SPANISH_SOUNDS:
            if _matches(word, at, spelling):
                sounds += [part for part in sound.split() if part.isupper()]
                at += (
                    len(spelling.rstrip("ei"))
                    if len(spelling) > 1 and spelling[-1] in "ei"
                    else len(spelling)
                )
                break
        else:
            return ()
    vowels = [index for index, sound in enumerate(sounds) if sound[-1].isdigit()]
    if not vowels:
        return ()
    if not any(sounds[index][-1] == "1" for index in vowels):
        # Without an accent the last syllable but one is stressed after a vowel, n or s.
        second_last = word[-1] in "aeiouns" and len(vowels) > 1
        index = vowels[-2 if second_last else -1]
        sounds[index] = sounds[index][:-1] + "1"
    # A final stressed "e" is open, as in English.
    if sounds[-1] == "EH1":
        sounds[-1] = "EY1"
    return tuple(sounds)


def _matches(word: str, at: int, spelling: str) -> bool:
    part = word[at : at + len(spelling)]
    return part == spelling or (len(spelling) > 1 and part[:-1] + _bare(part[-1:]) == spelling)
