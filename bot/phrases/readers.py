"""Strict readers for the parts of a phrase: numbers, places, manners. None is "not one"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from atl_core.edits.line_ranges import LineRange, Lines, Manner, Part, Whole, check_line
from atl_core.lyrics.song_form import NAMES

NUMBERS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
COUNTS: Final = {
    "a couple of": 2, "a couple": 2, "couple of": 2, "couple": 2, "half a dozen": 6, "a dozen": 12,
}  # fmt: skip
"""How many, said in ways that name no line."""
ORDINALS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
SECTIONS: Final = NAMES
BAR_ONE: Final = re.compile(r"(?:the )?(?:bar (?:one|1)|(?:first|1st) bar)")
"""Where the words of a song start, on the beat."""
_CLOCK: Final = re.compile(r"(?:at )?(?:second )?\d+ ?: ?\d\d(?:\.\d+)?(?: s| seconds?)?")


def starts_song(place: str, text: str) -> bool:
    """Whether "bar one" and "0:08" say where the song starts, and no line."""
    return bool(BAR_ONE.fullmatch(place) and _CLOCK.fullmatch(text.strip()))


def one_of(words: Iterable[str]) -> str:
    """A pattern for one of some words, each with its blank."""
    return f"(?:{'|'.join(f'{word} ' for word in words)})"


_NUMBER: Final = rf"(?:\d+|{'|'.join(NUMBERS)})"
ORDINAL: Final = rf"(?:{'|'.join(ORDINALS)}|\d+(?:st|nd|rd|th))"
SECTION: Final = (
    rf"(?:(?:the|my|this|that|same|of) )*(?:{ORDINAL} |last )?(?:{'|'.join(SECTIONS)}) "
    rf"(?:{_NUMBER} (?!lines? |bars? |syllables ))?"
)
"""Anything that may name one section; `read_section` says which."""
_DIGITS: Final = (r"\d+", r"\d+(?:st|nd|rd|th)")
PLACE_WORDS: Final = (
    *NUMBERS, *ORDINALS, *SECTIONS, "line", "lines", "bar", "bars", "ln", "l", "the", "this",
    "that", "these", "my", "last", "first", "to", "through", "thru", "until", "and", "all", "of",
    "it", "them", "everything", "every", "whole", "entire", "thing", "song", "draft", "lyrics",
    "lot", "number", "numbers", "nr", "no", "couplet", "couplets", "opening", "closing", "final",
    "except", "but", "besides", "apart", "from", "very", "full", "both",
)  # fmt: skip
N: Final = one_of((r"\d+", *COUNTS, *NUMBERS))
NTH: Final = one_of((*ORDINALS, r"\d+(?:st|nd|rd|th)"))
_JOINING: Final = (
    "the", "to", "through", "thru", "until", "and", "of", "my", "no", "nr", "-", ",", "for",
    "except", "but", "besides", "apart", "from", "opening", "closing", "final", "very", "full",
    "both",
)  # fmt: skip
PLACE: Final = (
    f"{one_of((*PLACE_WORDS, *_JOINING, *_DIGITS))}*"
    f"{one_of(word for word in (*PLACE_WORDS, *_DIGITS) if word not in _JOINING)}"
)
"""Anything that may be a place; `read_place` says whether it is."""

_WHOLE: Final = re.compile(
    r"(?:it|this|them|all|everything|it all|all of (?:it|them|this)|them all|this all"
    r"|(?:the|this|my) (?:whole|entire|full) (?:thing|song|draft|lyrics)|the lot"
    r"|(?:all (?:of )?)?(?:the|this|my) (?:song|draft|lyrics)"
    r"|(?:all|every) (?:of )?(?:the |these |my )?(?:lines?|bars?|lyrics)"
    r"|(?:the|these|my) (?:lines|bars))"
)
_EXCEPT: Final = re.compile(
    r"(?:it all|all(?: (?:of it|(?:the )?lines))?|everything|the whole (?:thing|song)|every line)"
    r" (?:but|except|except for|besides|apart from) (?P<kept>.+)"
)
_PART: Final = re.compile(
    rf"(?:the |my |this |that )?(?:(?P<which>{ORDINAL}) )?(?P<kind>{'|'.join(SECTIONS)})"
    rf"(?: (?P<n>{_NUMBER}))?"
)
_ENDS: Final = re.compile(
    rf"(?:the )?(?:very )?(?P<end>first|last|opening|closing|final)"
    rf" (?:(?P<n>{_NUMBER}) (?:lines?|bars?)|(?P<bare>{_NUMBER})|(?:line|bar)|(?P<two>couplet))"
)
_NTH: Final = re.compile(
    rf"(?:the )?(?P<nth>{ORDINAL}(?:(?: ,)?(?: and)? (?:the )?(?:{ORDINAL}|last))*)"
    r" (?:lines?|bars?)"
)
_HEAD: Final = r"(?:the )?(?:(?:lines?|bars?|ln|l)(?: (?:numbers?|nr|no))?|numbers?)"
_RANGE: Final = rf"{_NUMBER}(?: (?:-|to|through|thru|until) (?:{_HEAD} )?{_NUMBER})?"
_LIST: Final = re.compile(
    rf"(?:both )?(?:{_HEAD} )?(?P<list>{_RANGE}(?:(?: , and| ,| and) (?:{_HEAD} )?{_RANGE})*)"
)
_SPACED: Final = re.compile(rf"{_HEAD} (?P<list>\d+(?: \d+)+(?: and \d+)?)")
"""`lines 3 4 5`."""


def read_number(said: str) -> int | None:
    if said.isdecimal():
        return int(said) if len(said) < 10 else None
    return NUMBERS.get(said) or COUNTS.get(said)


def read_place(said: str, lines: int) -> LineRange | None:
    """The place that some words name in a draft of `lines` lines.

    Raises:
        DraftError: they name lines that are not there.
    """
    said = said.strip(" ,")
    if _WHOLE.fullmatch(said):
        return Whole()
    if part := _PART.fullmatch(said):
        if part["which"] and part["n"]:
            return None
        which = nth_of(part["which"]) if part["which"] else read_number(part["n"] or "")
        kind = SECTIONS[part["kind"]]
        return Part(f"{kind} {which}" if which else kind)
    if others := _EXCEPT.fullmatch(said):
        kept = read_place(others["kept"], lines)
        if not isinstance(kept, Lines):
            return None
        numbers: list[int] | None = [n for n in range(1, lines + 1) if n not in kept.numbers]
    else:
        numbers = _numbers(said, lines)
    if not numbers:
        return None
    for line in numbers:
        check_line(line, lines)
    return Lines(tuple(sorted(set(numbers))))


def read_section(said: str) -> str | None:
    """The name of the one section that some words name: `hook`, `verse 2`."""
    place = read_place(re.sub(r"\b(?:same|last|of) ", "", f"{said} ").strip(), 0)
    return place.name if isinstance(place, Part) else None


def read_line(said: str, lines: int) -> int | None:
    """The one line that some words name.

    Raises:
        DraftError: it is not there.
    """
    place = read_place(said, lines)
    return place.numbers[0] if isinstance(place, Lines) and len(place.numbers) == 1 else None


def nth_of(said: str) -> int:
    return ORDINALS.get(said) or int(said[:-2])


def _numbers(said: str, lines: int) -> list[int] | None:
    if ends := _ENDS.fullmatch(said):
        count = 2 if ends["two"] else read_number(ends["n"] or ends["bare"] or "1") or 1
        check_line(count, lines)
        start = 1 if ends["end"] in ("first", "opening") else lines - count + 1
        return list(range(start, start + count))
    if nth := _NTH.fullmatch(said):
        named = re.findall(rf"{ORDINAL}|last", nth["nth"])
        return [lines if word == "last" else nth_of(word) for word in named]
    found = _LIST.fullmatch(said) or _SPACED.fullmatch(said)
    if not found:
        return None
    numbers: list[int] = []
    for run in re.finditer(
        rf"(?P<a>{_NUMBER})(?: (?:-|to|through|thru|until) (?:{_HEAD} )?(?P<b>{_NUMBER}))?",
        found["list"],
    ):
        first = read_number(run["a"])
        last = read_number(run["b"] or run["a"])
        if first is None or last is None or first > last or last - first > 999:
            return None
        numbers += range(first, last + 1)
    return numbers


_MANNERS: Final[dict[str, dict[str, Any]]] = {
    "happy happier happiness cheerful brighter uplifting positive joyful": {"mood": "happy"},
    "sad sadder sadness melancholy melancholic heartbroken tearful bluer": {"mood": "sad"},
    "chill chiller relaxed laidback smooth smoother mellow mellower": {"mood": "chill"},
    "party partier fun": {"mood": "party"},
    "romantic romance love loving lovelier sweeter tender": {"mood": "love"},
    "dark darker darkness sinister menacing gloomier": {"mood": "dark"},
    "country countrier countryish twangy twangier twang": {"genre": "country"},
    "hiphop rap rappier": {"genre": "hip-hop"},
    "energetic energy upbeat harder punchier hype livelier louder": {"energy": "high"},
    "calm calmer soft softer quiet quieter gentle gentler": {"energy": "low"},
    "balanced": {"energy": "medium"},
    "short shorter concise tighter": {"length": "shorter"},
    "longer": {"length": "longer"},
    "clean cleaner pg": {"explicit": False},
    "explicit dirtier filthier": {"explicit": True},
    "better different differently new fresh again otherwise anew": {},
}
_SAID_OTHERWISE: Final[dict[str, dict[str, Any]]] = {
    "less energetic": {"energy": "low"},
    "less energy": {"energy": "low"},
    "less explicit": {"explicit": False},
    "fewer syllables": {"length": "shorter"},
    "less syllables": {"length": "shorter"},
    "more syllables": {"length": "longer"},
    "family friendly": {"explicit": False},
    "radio friendly": {"explicit": False},
    "from scratch": {},
    "another way": {},
    "once more": {},
    "one more time": {},
    **{
        f"{without} {word}": {"explicit": False}
        for without in ("no", "without", "without any", "less")
        for word in ("swearing", "cursing", "curse words", "swear words", "profanity")
    },
}
_WORDS: Final = {word: way for words, way in _MANNERS.items() for word in words.split()}
_LEAD: Final = frozenset(
    (
        "but", "and", "so", "just", "with", "make", "making", "made", "it", "them", "this", "that",
        "to", "into", "in", "as", "be", "is", "are", "feel", "feels", "sound", "sounds",
        "sounding", "should", "a", "an", "more", "of", "bit", "little", "lot", "touch", "way",
        "much", "even", "really", "very", "too", "slightly", "something", "somewhat", "kind",
        "completely", "totally", "some", "like",
    )
)  # fmt: skip
_TAIL: Final = frozenset(
    (
        "vibe", "style", "mood", "way", "feel", "feeling", "one", "version", "words", "tone",
        "please", "pls", "now", "vibes", "lines", "song", "track", "lyrics",
    )
)  # fmt: skip
KNOWN_WORDS: Final = frozenset(
    " ".join((*_WORDS, *_SAID_OTHERWISE, *_LEAD, *_TAIL, *PLACE_WORDS)).split()
)
"""Every word that may stand in a place or a manner."""


def read_manner(said: str) -> Manner | None:
    """The manner that some words ask for; None when one of them is not understood."""
    manner = Manner()
    for clause in re.split(r" ?, ?| and (?=\w)| but ", f" {said.strip(' ,')} "):
        if clause.strip() in ("", "and", "but"):
            continue
        way = _way(clause.strip())
        if way is None:
            return None
        for name, value in way.items():
            if getattr(manner, name) not in (None, value):
                return None
            manner = replace(manner, **{name: value})
    return manner


def _way(clause: str) -> dict[str, Any] | None:
    words = clause.split()
    while words:
        for end in range(len(words), 0, -1):
            body = " ".join(words[:end])
            way = _SAID_OTHERWISE.get(body, _WORDS.get(body))
            if way is not None and _TAIL.issuperset(words[end:]):
                return way
        if words[0] not in _LEAD:
            return None
        words = words[1:]
    return None
