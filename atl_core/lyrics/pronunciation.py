"""How words are said, in ARPAbet with stress digits (0 none, 1 primary, 2 secondary).

CMUdict's data first; then what songs do to words: dropped g's, contractions, inflections, drawn
out vowels, compounds, numbers, initials; at last the letter-to-sound guess of `letters`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from atl_core.lyrics import numbers
from atl_core.lyrics.accents import accented
from atl_core.lyrics.dictionary import (
    Pronunciation,
    Pronunciations,
    dictionary_letter,
    in_dictionary,
    is_vowel,
    joined,
    slang,
)
from atl_core.lyrics.inflections import dropped_g, inflected, plural_of
from atl_core.lyrics.saying import cached_by_word, own_sound
from atl_core.lyrics.tables import table
from atl_core.lyrics.text import plain
from atl_core.lyrics.vocabulary import figures

_CLITICS: Final[tuple[tuple[str, Pronunciations], ...]] = (
    ("n't", (("AH0", "N", "T"),)),
    ("'ll", (("AH0", "L"),)),
    ("'ve", (("AH0", "V"),)),
    ("'re", (("ER0",),)),
    ("'em", (("AH0", "M"),)),
    ("'m", (("M",),)),
    ("'n", (("AH0", "N"),)),
    ("'all", (("AO1", "L"),)),
    ("'er", (("ER0",),)),
    ("'am", (("AE1", "M"),)),
)


def _contraction(word: str) -> Pronunciations:
    if "'" not in word.strip("'"):
        return ()
    for clitic, sounds in _CLITICS:
        if word.endswith(clitic) and len(word) > len(clitic):
            return joined((pronounce(word[: -len(clitic)]), sounds))
    head, _, tail = word.rpartition("'")
    if tail in ("s", "z"):
        return tuple(plural_of(way) for way in pronounce(head))
    if tail in ("d", "ed"):
        return tuple((*way, *(("AH0", "D") if way[-1] in ("T", "D") else ("D",)))
                     for way in pronounce(head))  # fmt: skip
    return _known(word.replace("'", "")) or joined((pronounce(head), pronounce(tail)))


def _drawn_out(word: str) -> Pronunciations:
    """ "yeaaah" and "nooo": runs of a letter shortened to two and to one."""
    if not re.search(r"(.)\1\1", word) and not re.search(r"(.)\1$", word):
        return ()
    for shorter in (
        re.sub(r"(.)\1{2,}", r"\1\1", word),
        re.sub(r"(.)\1{2,}", r"\1", word),
        re.sub(r"(.)\1+", r"\1", word),
    ):
        if shorter != word and (ways := _known(shorter)):
            return ways
    return ()


def _compound(word: str) -> Pronunciations:
    """ "dopeman", "giddyup": two words, the second stressed less; the most even split first."""
    cuts = sorted(range(3, len(word) - 2), key=lambda cut: abs(len(word) - 2 * cut))
    if word.endswith("up") and len(word) > 5:
        cuts.append(len(word) - 2)
    for cut in cuts:
        first, second = word[:cut], word[cut:]
        if _is_part(first) and _is_part(second):
            softer = tuple(
                tuple(sound.replace("1", "2") for sound in way) for way in in_dictionary(second)
            )
            return joined((in_dictionary(first), softer))
    return ()


def _is_part(word: str) -> bool:
    """Whether a word is common enough to be looked for in others; three letters turn up often."""
    known = figures(word)
    return known is not None and not known.is_name and (len(word) > 3 or known.rank < 1500)


_LEET: Final = str.maketrans("01345", "oieas")
_LEET_WORD: Final = re.compile(r"(?=(?:\d*[a-z]){3})[a-z]+[01345]{1,2}[a-z]+(?<!\ds)")


def _leet(word: str) -> Pronunciations:
    """ "h3llo": digits that stand for the letters that they look like."""
    return _known(word.translate(_LEET)) if _LEET_WORD.fullmatch(word) else ()


def _initials(word: str) -> Pronunciations:
    """ "a.t.l.", "bmw" and "o.g.s": said letter by letter."""
    spelt = word.replace(".", "").replace("'", "")
    if "." not in word and (re.search("[aeiouy]", spelt) or len(spelt) > 5):
        return ()
    plural = len(spelt) > 1 and spelt.endswith("s") and not word.endswith(".")
    ways = _spell(spelt[:-1] if plural else spelt)
    return tuple(plural_of(way) for way in ways) if plural else ways


def _spell(spelt: str) -> Pronunciations:
    return joined(dictionary_letter(letter) for letter in spelt)


def _spelt_out(word: str) -> Pronunciations:
    """ "og" and "ogs": of the table of initials."""
    if word in table("initials"):
        return _spell(word)
    if word.endswith("s") and word.rstrip("s").rstrip("'") in table("initials"):
        return tuple(plural_of(way) for way in _spell(word.rstrip("s").rstrip("'")))
    return ()


def _short_for(word: str) -> Pronunciations:
    """ "dr" and "gr8": of the table of abbreviations."""
    said = table("abbreviations").get(word)
    return joined(pronounce(part) for part in said.split()) if said else ()


def _adlib(word: str) -> Pronunciations:
    """ "brrrt": a sound and no word, of the table, however long it is drawn."""
    once = re.sub(r"(.)\1+", r"\1", word)
    said = table("adlibs").get(once)
    return (tuple(said.split()),) if said and (once != word or word in table("always")) else ()


def _known(word: str) -> Pronunciations:
    """Ways to say `word` that rest on listed words alone."""
    # CMUdict lists some dropped g's as the surnames that they also are ("lovin").
    ways = tuple(dict.fromkeys((*dropped_g(word), *in_dictionary(word)))) or inflected(word)
    return _without_weak_vowel(word, ways)


_NO_VOWEL_BEFORE_L: Final = re.compile(r"[^aeiouyl]l(?:y|ers?|in[g']?|ings)\Z")
_AFTER_L: Final = re.compile("IY0|ER0(?: Z)?|[IA]H0 NG?(?: Z)?")
"""The sounds of those endings; "particularly" has its weak vowel before another L."""


def _without_weak_vowel(word: str, ways: Pronunciations) -> Pronunciations:
    """ "wiggly" and "sparkler" are sung in two syllables first, where CMUdict has a third."""
    if not _NO_VOWEL_BEFORE_L.search(word):
        return ways
    shorter = tuple(
        (*way[: at - 1], *way[at:])
        for way in ways
        for at in range(2, len(way) - 1)
        if way[at - 1 : at + 1] == ("AH0", "L")
        and not is_vowel(way[at - 2])
        and _AFTER_L.fullmatch(" ".join(way[at + 1 :]))
    )
    return tuple(dict.fromkeys((*shorter, *ways)))


def _letter_from_name(name: str) -> str:
    """ "CYRILLIC SMALL LETTER VE" is v; a character that is no letter of an alphabet sings "la"."""
    letter = name.rpartition(" ")[2].lower()
    if " LETTER " not in name or not letter.isascii() or not letter.isalpha() or len(letter) > 6:
        return "la"
    return re.sub("[aeiou]", "", letter) or letter if letter[0] not in "y" else letter


def _latin(word: str) -> str:
    """`word` in the letters a to z; letters of other scripts by their Unicode names."""
    spelt = ""
    for char in unicodedata.normalize("NFKD", word):
        if char.isascii():
            spelt += char
        elif unicodedata.category(char)[0] in "LN":
            spelt += _letter_from_name(unicodedata.name(char, ""))
    return re.sub("[^a-z]", "", spelt.lower())


def _guess(word: str) -> Pronunciation:
    """Letter to sound, in pieces that the network can read; never empty, always with a vowel."""
    # English has no "ii" ("Doechii") but where two words meet.
    spelt = re.sub(r"(.)\1{2,}", r"\1\1", _latin(word)).replace("ii", "ee") or "a"
    from atl_core.lyrics import letters  # numpy: not needed until a word is unknown

    size = letters.LONGEST
    sounds: list[str] = []
    for start in range(0, len(spelt), size):
        sounds += letters.sound_out(spelt[start : start + size])
    if not any(map(is_vowel, sounds)):
        ways = _spell(spelt[:size])
        sounds = list(ways[0]) if ways else ["AH1"]
    if not any(sound[-1] in "12" for sound in sounds):
        first = next(index for index, sound in enumerate(sounds) if is_vowel(sound))
        sounds[first] = sounds[first][:-1] + "1"
    return tuple(sounds)


def _trimmed(word: str) -> str:
    word = plain(word).lower()
    return word.strip('"!?,;:()[]*_ \t\n').rstrip("." if "." not in word[:-1] else "")


def _normal(word: str) -> str:
    word = plain(word).lower()
    if not word.isascii():
        # Accents go ("café"); other scripts stay for `_latin`.
        decomposed = unicodedata.normalize("NFKD", word)
        word = "".join(char for char in decomposed if not unicodedata.combining(char))
    return word.strip('"!?,;:()[]*_ \t\n').rstrip("." if "." not in word[:-1] else "")


@cached_by_word(maxsize=65536)
def listed(word: str) -> Pronunciations:
    """As `pronounce`, but empty where only a guess from the letters would be left."""
    if ways := _own(_trimmed(word)):
        return ways
    if not word.isascii() and (ways := _accented(_trimmed(word))):
        return ways
    word = _normal(word)
    if not any(map(str.isalnum, word)):
        return ()
    if word in slang():
        return slang()[word]
    if ways := _spelt_out(word) or _short_for(word) or _adlib(word):
        return ways
    # "ayyyy" is "ayy" drawn out, and no "ayyy" with an ending.
    drawn_out = re.search(r"(.)\1\1", word) and not in_dictionary(word) and _drawn_out(word)
    if ways := drawn_out or _known(word):
        return ways
    if any(map(str.isdecimal, word)):
        return _leet(word) or joined(
            pronounce(part) for part in numbers.spoken(word) if _has_sound(part)
        )
    if "-" in word or " " in word:
        return joined(pronounce(part) for part in re.split(r"[-\s]+", word) if _has_sound(part))
    if word.strip("'") != word and (ways := dropped_g(word) or listed(word.strip("'"))):
        return ways
    return (
        _known(word) or _contraction(word) or _drawn_out(word) or _initials(word) or _compound(word)
    )


def _own(word: str) -> Pronunciations:
    """The writer's own way to say a word, and with it its plural and its genitive."""
    if way := own_sound(word):
        return (way,)
    for ending in ("'s", "s"):
        if word.endswith(ending) and (way := own_sound(word.removesuffix(ending))):
            return (plural_of(way),)
    return ()


def _accented(word: str) -> Pronunciations:
    """What the accents of a word tell of its sound; empty if nothing that its letters do not."""
    if said := table("accents").get(word):
        return tuple(tuple(way.split()) for way in said.split(" / "))
    if word.endswith("'s") and (ways := _accented(word[:-2])):
        return tuple(plural_of(way) for way in ways)
    if word.endswith("s") and (ways := _accented(word[:-1])):
        return tuple(plural_of(way) for way in ways)
    return accented(word, _known(_normal(word)), _guess)


def _has_sound(part: str) -> bool:
    return any(map(str.isalnum, part))


@cached_by_word(maxsize=65536)
def pronounce(word: str) -> Pronunciations:
    """All ways to say `word`, the usual one first, in ARPAbet with stress digits.

    Never empty for a word with a letter or a digit; empty for anything else.
    """
    if ways := listed(word):
        return ways
    word = _normal(word)
    return (_guess(word),) if _has_sound(word) else ()
