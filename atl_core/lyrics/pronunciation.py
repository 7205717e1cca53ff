"""How words are said, in ARPAbet with stress digits (0 none, 1 primary, 2 secondary).

CMUdict's data first; then what songs do to words: dropped g's, contractions, inflections, drawn
out vowels, compounds, numbers, initials; at last the letter-to-sound guess of `letters`.
"""

from __future__ import annotations

import itertools
import lzma
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from atl_core.lyrics import numbers
from atl_core.lyrics.accents import accented
from atl_core.lyrics.saying import cached_by_word, own_sound
from atl_core.lyrics.tables import table
from atl_core.lyrics.text import plain
from atl_core.lyrics.vocabulary import figures

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
_VOICELESS: Final = frozenset({"P", "T", "K", "F", "TH"})
_SIBILANT: Final = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})
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


def is_vowel(phoneme: str) -> bool:
    return phoneme[-1].isdigit()


@cache
def _dictionary() -> dict[str, str]:
    """CMUdict: word -> ways to say it, coded and parted by spaces."""
    data = (files("atl_core.lyrics") / "data" / "cmudict.xz").read_bytes()
    spellings, ways = lzma.decompress(data).decode().split("\t")
    return dict(zip(spellings.split("\n"), ways.split("\n"), strict=True))


@cache
def _slang() -> dict[str, Pronunciations]:
    text = (files("atl_core.lyrics") / "data" / "slang.txt").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {word: tuple(tuple(way.split()) for way in ways.split("/")) for word, ways in rows}


def _listed(word: str) -> Pronunciations:
    if ways := _slang().get(word):
        return ways
    if coded := _dictionary().get(word):
        ways = tuple(tuple(_PHONEME_OF[char] for char in way) for way in coded.split(" "))
        # Of "fs" it has "F S" before the letters.
        return tuple(way for way in ways if any(map(is_vowel, way))) or ways
    return ()


def _joined(parts: Iterable[Pronunciations]) -> Pronunciations:
    """Every way to say the parts one after another, the likeliest first."""
    chosen = list(parts)
    if not chosen or not all(chosen):
        return ()
    combined = (tuple(itertools.chain(*ways)) for ways in itertools.product(*chosen))
    return tuple(itertools.islice(dict.fromkeys(combined), _MOST_WAYS))


# --- Endings -------------------------------------------------------------------------------------


def _plural(stem: Pronunciation) -> Pronunciation:
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
    ("ies", "y", _plural),
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
    ("s", "", _plural),
    ("es", "", _plural),
    ("z", "", _plural),
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


def _inflected(word: str) -> Pronunciations:
    for ending, instead, add in _ENDINGS:
        if word.endswith(ending):
            for stem in _stems(word, ending, instead):
                # An ending that does not fit the sound leaves nothing.
                if ways := tuple(filter(None, map(add, _listed(stem)))):
                    return tuple(dict.fromkeys(ways))
    for beginning, sound in _BEGINNINGS.items():
        if word.startswith(beginning) and len(word) > len(beginning) + 2:
            rest = word[len(beginning) :]
            if ways := _listed(rest):
                return tuple((*sound, *way) for way in ways)
    return ()


def _dropped_g(word: str) -> Pronunciations:
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
        for way in _listed(full) or (() if _listed(stem) else _inflected(full))
        if way[: len(way) - plural][-2:] in (("IH0", "NG"), ("IH2", "NG"), ("IY0", "NG"))
        for vowel in ("IH0", "AH0")
    ]
    return tuple(dict.fromkeys(ways))


# --- Other shapes of words -----------------------------------------------------------------------


def _contraction(word: str) -> Pronunciations:
    if "'" not in word.strip("'"):
        return ()
    for clitic, sounds in _CLITICS:
        if word.endswith(clitic) and len(word) > len(clitic):
            return _joined((pronounce(word[: -len(clitic)]), sounds))
    head, _, tail = word.rpartition("'")
    if tail in ("s", "z"):
        return tuple(_plural(way) for way in pronounce(head))
    if tail in ("d", "ed"):
        return tuple((*way, *(("AH0", "D") if way[-1] in ("T", "D") else ("D",)))
                     for way in pronounce(head))  # fmt: skip
    return _known(word.replace("'", "")) or _joined((pronounce(head), pronounce(tail)))


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
                tuple(sound.replace("1", "2") for sound in way) for way in _listed(second)
            )
            return _joined((_listed(first), softer))
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
    return tuple(_plural(way) for way in ways) if plural else ways


def _spell(spelt: str) -> Pronunciations:
    return _joined(_dictionary_letter(letter) for letter in spelt)


def _dictionary_letter(letter: str) -> Pronunciations:
    named = _dictionary().get(letter + ".")
    if not named:
        return ()
    return (tuple(_PHONEME_OF[char] for char in named.split(" ")[0]),)


def _spelt_out(word: str) -> Pronunciations:
    """ "og" and "ogs": of the table of initials."""
    if word in table("initials"):
        return _spell(word)
    if word.endswith("s") and word.rstrip("s").rstrip("'") in table("initials"):
        return tuple(_plural(way) for way in _spell(word.rstrip("s").rstrip("'")))
    return ()


def _short_for(word: str) -> Pronunciations:
    """ "dr" and "gr8": of the table of abbreviations."""
    said = table("abbreviations").get(word)
    return _joined(pronounce(part) for part in said.split()) if said else ()


def _adlib(word: str) -> Pronunciations:
    """ "brrrt": a sound and no word, of the table, however long it is drawn."""
    once = re.sub(r"(.)\1+", r"\1", word)
    said = table("adlibs").get(once)
    return (tuple(said.split()),) if said and (once != word or word in table("always")) else ()


def _known(word: str) -> Pronunciations:
    """Ways to say `word` that rest on listed words alone."""
    # CMUdict lists some dropped g's as the surnames that they also are ("lovin").
    return tuple(dict.fromkeys((*_dropped_g(word), *_listed(word)))) or _inflected(word)


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
    if word in _slang():
        return _slang()[word]
    if ways := _spelt_out(word) or _short_for(word) or _adlib(word):
        return ways
    # "ayyyy" is "ayy" drawn out, and no "ayyy" with an ending.
    drawn_out = re.search(r"(.)\1\1", word) and not _listed(word) and _drawn_out(word)
    if ways := drawn_out or _known(word):
        return ways
    if any(map(str.isdecimal, word)):
        return _leet(word) or _joined(
            pronounce(part) for part in numbers.spoken(word) if _has_sound(part)
        )
    if "-" in word or " " in word:
        return _joined(pronounce(part) for part in re.split(r"[-\s]+", word) if _has_sound(part))
    if word.strip("'") != word and (ways := _dropped_g(word) or listed(word.strip("'"))):
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
            return (_plural(way),)
    return ()


def _accented(word: str) -> Pronunciations:
    """What the accents of a word tell of its sound; empty if nothing that its letters do not."""
    if said := table("accents").get(word):
        return tuple(tuple(way.split()) for way in said.split(" / "))
    if word.endswith("'s") and (ways := _accented(word[:-2])):
        return tuple(_plural(way) for way in ways)
    if word.endswith("s") and (ways := _accented(word[:-1])):
        return tuple(_plural(way) for way in ways)
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
