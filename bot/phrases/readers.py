"""Strict readers for the parts of a phrase: numbers, places, manners. None is "not one"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from atl_core.places import Lines, Manner, Part, Place, Whole, check_line
from atl_core.requests import SectionKind

NUMBERS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "sixteen": 16, "twenty": 20,
}  # fmt: skip
ORDINALS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
SECTIONS: Final[dict[str, SectionKind]] = {
    "verse": "verse", "verses": "verse", "hook": "hook", "hooks": "hook", "chorus": "hook",
    "refrain": "hook", "bridge": "bridge", "intro": "intro", "outro": "outro",
}  # fmt: skip


def one_of(words: Iterable[str]) -> str:
    """A pattern for one of some words, each with its blank."""
    return f"(?:{'|'.join(f'{word} ' for word in words)})"


_NUMBER: Final = rf"(?:\d+|{'|'.join(NUMBERS)})"
_ORDINAL: Final = rf"(?:{'|'.join(ORDINALS)}|\d+(?:st|nd|rd|th))"
_DIGITS: Final = (r"\d+", r"\d+(?:st|nd|rd|th)")
PLACE_WORDS: Final = (
    *NUMBERS, *ORDINALS, *SECTIONS, "line", "lines", "bar", "bars", "ln", "l", "the", "this",
    "that", "these", "my", "last", "first", "to", "through", "thru", "until", "and", "all", "of",
    "it", "them", "everything", "every", "whole", "entire", "thing", "song", "draft", "lyrics",
    "lot", "number", "numbers", "nr", "no",
)  # fmt: skip
N: Final = one_of((r"\d+", *NUMBERS))
_JOINING: Final = ("the", "to", "through", "thru", "until", "and", "of", "my", "no", "nr", "-", ",")
PLACE: Final = (
    f"{one_of((*PLACE_WORDS, *_JOINING, *_DIGITS))}*"
    f"{one_of(word for word in (*PLACE_WORDS, *_DIGITS) if word not in _JOINING)}"
)
"""Anything that may be a place; `read_place` says whether it is."""

_WHOLE: Final = re.compile(
    r"(?:it|this|them|all|everything|it all|all of (?:it|them|this)|them all|this all"
    r"|(?:the|this|my) (?:whole|entire) (?:thing|song|draft|lyrics)|the lot"
    r"|(?:all (?:of )?)?(?:the|this|my) (?:song|draft|lyrics)"
    r"|(?:all|every) (?:of )?(?:the |these |my )?(?:lines?|bars?|lyrics)"
    r"|(?:the|these|my) (?:lines|bars))"
)
_PART: Final = re.compile(
    rf"(?:the |my )?(?:(?P<which>{_ORDINAL}) )?(?P<kind>{'|'.join(SECTIONS)})(?: (?P<n>{_NUMBER}))?"
)
_ENDS: Final = re.compile(
    rf"(?:the )?(?P<end>first|last) (?:(?P<n>{_NUMBER})(?: (?:lines?|bars?))?|(?:line|bar))"
)
_NTH: Final = re.compile(
    rf"(?:the )?(?P<nth>{_ORDINAL}(?:(?: ,)?(?: and)? {_ORDINAL})*) (?:lines?|bars?)"
)
_HEAD: Final = r"(?:the )?(?:lines?|bars?|ln|l)(?: (?:numbers?|nr|no))?"
_RANGE: Final = rf"{_NUMBER}(?: (?:-|to|through|thru|until) (?:{_HEAD} )?{_NUMBER})?"
_LIST: Final = re.compile(
    rf"(?:{_HEAD} )?(?P<list>{_RANGE}(?:(?: , and| ,| and) (?:{_HEAD} )?{_RANGE})*)"
)


def read_number(said: str) -> int | None:
    if said.isdecimal():
        return int(said) if len(said) < 10 else None
    return NUMBERS.get(said)


def read_place(said: str, lines: int) -> Place | None:
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
        which = _ordinal(part["which"]) if part["which"] else read_number(part["n"] or "")
        kind = SECTIONS[part["kind"]]
        return Part(f"{kind} {which}" if which else kind)
    numbers = _numbers(said, lines)
    if not numbers:
        return None
    for line in numbers:
        check_line(line, lines)
    return Lines(tuple(sorted(set(numbers))))


def read_line(said: str, lines: int) -> int | None:
    """The one line that some words name.

    Raises:
        DraftError: it is not there.
    """
    place = read_place(said, lines)
    return place.numbers[0] if isinstance(place, Lines) and len(place.numbers) == 1 else None


def _ordinal(said: str) -> int:
    return ORDINALS.get(said) or int(said[:-2])


def _numbers(said: str, lines: int) -> list[int] | None:
    if ends := _ENDS.fullmatch(said):
        count = read_number(ends["n"] or "1") or 1
        check_line(count, lines)
        start = 1 if ends["end"] == "first" else lines - count + 1
        return list(range(start, start + count))
    if nth := _NTH.fullmatch(said):
        return [_ordinal(word) for word in re.findall(_ORDINAL, nth["nth"])]
    found = _LIST.fullmatch(said)
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
    "happy happier cheerful brighter uplifting positive joyful": {"mood": "happy"},
    "sad sadder melancholy melancholic heartbroken tearful bluer": {"mood": "sad"},
    "chill chiller relaxed smooth smoother mellow mellower": {"mood": "chill"},
    "party partier fun": {"mood": "party"},
    "romantic love loving lovelier sweeter tender": {"mood": "love"},
    "dark darker sinister menacing gloomier": {"mood": "dark"},
    "country countrier twangy twangier twang": {"genre": "country"},
    "hiphop rap rappier": {"genre": "hip-hop"},
    "energetic energy harder punchier hype livelier louder": {"energy": "high"},
    "calm calmer soft softer quiet quieter gentle gentler": {"energy": "low"},
    "balanced": {"energy": "medium"},
    "short shorter concise tighter": {"length": "shorter"},
    "longer": {"length": "longer"},
    "clean cleaner": {"explicit": False},
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
        "completely", "totally", "some",
    )
)  # fmt: skip
_TAIL: Final = frozenset(
    (
        "vibe", "style", "mood", "way", "feel", "feeling", "one", "version", "words", "tone",
        "please", "pls", "now", "vibes", "lines",
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
