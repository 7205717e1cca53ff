"""How words with an ending or a beginning are said, from how their stems are said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from atl_core.lyrics.dictionary import Pronunciation, Pronunciations, in_dictionary

_VOICELESS: Final = frozenset({"P", "T", "K", "F", "TH"})
_SIBILANT: Final = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})


def plural_of(stem: Pronunciation) -> Pronunciation:
    """The stem with the sound of an s after it."""
    if stem[-1] in _SIBILANT:
        return (*stem, "AH0", "Z")
    return (*stem, "S" if stem[-1] in _VOICELESS else "Z")


def _past(stem: Pronunciation) -> Pronunciation:
    if stem[-1] in ("T", "D"):
        return (*stem, "AH0", "D")
    return (*stem, "T" if stem[-1] in _VOICELESS | _SIBILANT - {"Z", "ZH", "JH"} else "D")


def _with(*ending: str) -> Callable[[Pronunciation], Pronunciation]:
    return lambda stem: (*stem, *ending)


def _clipped(stem: Pronunciation) -> Pronunciation:
    """ "killa" from "killer"."""
    return (*stem[:-1], "AH0") if stem[-1] == "ER0" else ()


_ENDINGS: Final[tuple[tuple[str, str, Callable[[Pronunciation], Pronunciation]], ...]] = (
    # Ending, what stood in its place ("" after any stem), and what it does to the sound.
    ("ies", "y", plural_of),
    ("ied", "y", _past),
    ("ier", "y", _with("ER0")),
    ("iest", "y", _with("AH0", "S", "T")),
    ("ily", "y", lambda stem: (*stem[:-1], "AH0", "L", "IY0")),
    ("iness", "y", _with("N", "AH0", "S")),
    ("ie", "y", _with()),
    ("ey", "y", _with()),
    ("a", "er", _clipped),
    ("as", "ers", lambda stem: (*stem[:-2], "AH0", "Z")),
    ("az", "ers", lambda stem: (*stem[:-2], "AH0", "Z")),
    ("ah", "er", _clipped),
    ("ing", "", _with("IH0", "NG")),
    ("ings", "", _with("IH0", "NG", "Z")),
    ("ed", "", _past),
    ("er", "", _with("ER0")),
    ("ers", "", _with("ER0", "Z")),
    ("est", "", _with("AH0", "S", "T")),
    ("s", "", plural_of),
    ("es", "", plural_of),
    ("z", "", plural_of),
    ("ly", "", _with("L", "IY0")),
    ("ness", "", _with("N", "AH0", "S")),
    ("less", "", _with("L", "AH0", "S")),
    ("ful", "", _with("F", "AH0", "L")),
    ("ment", "", _with("M", "AH0", "N", "T")),
    ("able", "", _with("AH0", "B", "AH0", "L")),
    ("ish", "", _with("IH0", "SH")),
    ("y", "", _with("IY0")),
    ("ie", "", _with("IY0")),
    ("ies", "", _with("IY0", "Z")),
)
_BEGINNINGS: Final[dict[str, Pronunciation]] = {
    "un": ("AH0", "N"),
    "re": ("R", "IY0"),
    "mis": ("M", "IH0", "S"),
    "dis": ("D", "IH0", "S"),
    "over": ("OW1", "V", "ER0"),
    "out": ("AW1", "T"),
    "non": ("N", "AA0", "N"),
    "pre": ("P", "R", "IY0"),
}


def _stems(word: str, ending: str, instead: str) -> Iterator[str]:
    """Spellings that `word` may have had before `ending` was added."""
    stem = word[: -len(ending)]
    # "chess" is no plural, "way" no diminutive, "pain" no clipped participle, "leer" no "leeer".
    if ending in ("er", "ers", "est") and stem.endswith("e"):
        return
    if len(stem) < 2 or (ending[0] in "sz" and stem[-1] in "sz"):
        return
    if (ending in ("y", "ie") and stem[-1] in "aeiouy") or (ending == "ing" and stem[-1] == "a"):
        return
    if instead:
        yield stem + instead
        return
    # "riding" lost an e, "realer" and "texting" did not.
    kept_whole = re.search("[aeiou]{2}[^aeiou]$|[^aeiou]{2}$|[wxy]$", stem)
    if kept_whole:
        yield stem
    if ending[0] in "eiya":
        yield stem + "e"
        if len(stem) > 2 and stem[-1] == stem[-2]:
            yield stem[:-1]
    yield stem


def inflected(word: str) -> Pronunciations:
    """How a word is said that a listed one becomes by an ending or a beginning."""
    for ending, instead, add in _ENDINGS:
        if word.endswith(ending):
            for stem in _stems(word, ending, instead):
                # An ending that does not fit the sound leaves nothing.
                if ways := tuple(filter(None, map(add, in_dictionary(stem)))):
                    return tuple(dict.fromkeys(ways))
    for beginning, sound in _BEGINNINGS.items():
        if word.startswith(beginning) and len(word) > len(beginning) + 2:
            rest = word[len(beginning) :]
            if ways := in_dictionary(rest):
                return tuple((*sound, *way) for way in ways)
    return ()


def dropped_g(word: str) -> Pronunciations:
    """ "ridin'" and "ridin": the word in -ing, said with n."""
    stem = word.removesuffix("'")
    if len(stem) < 4 or not stem.endswith(("in", "ins")):
        return ()
    plural = stem.endswith("s")
    full = stem[:-1] + "gs" if plural else stem + "g"
    tail = ("Z",) if plural else ()
    # A listed word ("cabin") is a clipped one only if the full form is listed too.
    ways = [
        (*way[: -2 - plural], vowel, "N", *tail)
        for way in in_dictionary(full) or (() if in_dictionary(stem) else inflected(full))
        if way[: len(way) - plural][-2:] in (("IH0", "NG"), ("IH2", "NG"), ("IY0", "NG"))
        for vowel in ("IH0", "AH0")
    ]
    return tuple(dict.fromkeys(ways))
