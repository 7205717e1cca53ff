"""From the parts of a phrase about lines to its request, where that takes more than a call.

All raise `NotThisError` for parts that fit the pattern and yet do not make the request.
"""

from __future__ import annotations

import re
from typing import Final

from atl_core.edits.line_ranges import AS_IT_IS, Lines, Manner, Part, Whole
from atl_core.edits.lines import Insert, Lock, Replace, Swap
from atl_core.edits.request import Request
from atl_core.edits.rhymes import RhymeWith, ShowRhymes
from atl_core.edits.sections import AddSection
from atl_core.edits.words import UseWords
from atl_core.edits.writing import Continue, Rewrite
from atl_core.errors import DraftError
from atl_core.lyrics.song_form import SectionKind
from atl_core.lyrics.wordlists import FUNCTION_WORDS
from bot.phrases.build_choice import OPTION
from bot.phrases.parts import Parts, refuse
from bot.phrases.readers import (
    ORDINAL,
    SECTIONS,
    read_line,
    read_manner,
    read_number,
    read_place,
    starts_song,
)

_OWN_TEXT: Final = re.compile(r"(?:my (?:own )?(?:words|text|line)|this|these words)\s*:")
_SCHEME: Final = re.compile("[abcdx]{4}|[abcdx]{8}")
_RHYMES: Final = re.compile(r"(?:to )?(?:(?:rhyme|rhymes) (?:with|on) |(?:use|mention|include) )")
_NO_WORDS: Final = re.compile(
    r"(?:(?:an?|some|more|another|the|my) )?(?:new )?(?:ad(?: ?- ?| )?libs?|metaphors?|similes?"
    r"|punch ?lines?|jokes?|rhymes?|internal rhymes?|wordplay|adjectives?|verbs?|alliteration)"
)
"""What somebody wants to be thought of, and not to be sung by its name."""
PHRASE_WORDS: Final = 3
"""Of a phrase that is looked up for rhymes."""
MANY_WORDS: Final = 3 + 2
"""More than three words and their quotes are a line."""
_COMPARED: Final = re.compile(r"\b(?:more|less|fewer)\b|er\b")
_OF_LINE: Final = re.compile(r"(?:the )?(?:end|last word|end word) of ")
_NEW: Final = re.compile(r"(?:(?:a|an|another|one|more|the|new|second|third|catchy|short) )*")
_NO_TEXT: Final = frozenset(
    (
        "a", "an", "another", "one", "two", "some", "the", "new", "more", "extra", "line", "lines",
        "bar", "bars", "word", "words", "something", "anything",
    )
)  # fmt: skip
"""Words that, alone, are not yet somebody's line."""


def more_lines(parts: Parts) -> Request:
    count = parts.count()
    if count == 1 and not parts.mentions("line", "lines", "bar", "bars"):
        # "One more" may be a line or another take.
        refuse()
    return Continue(count)


def section(parts: Parts) -> Request:
    kind: SectionKind = SECTIONS[parts.said("section")]
    return AddSection(kind, parts.count() if parts.has("n") else None)


def numbered_section(parts: Parts) -> Request:
    """`write verse 2`."""
    return AddSection(SECTIONS[parts.said("section")]) if parts.number() > 1 else refuse()


def last_section(parts: Parts) -> Request:
    kind = SECTIONS[parts.said("section")]
    return refuse() if kind == "intro" else AddSection(kind)


def first_section(parts: Parts) -> Request:
    """Only an intro goes to the top."""
    kind = SECTIONS[parts.said("section")]
    return AddSection(kind) if kind == "intro" else refuse()


def line_disliked(parts: Parts) -> Request:
    """`I don't like line 3`; but of the whole song that may be no more than a sigh."""
    return Rewrite(parts.some_named_lines())


def rest(parts: Parts) -> Request:
    """`keep lines 1 and 2 and rewrite the rest`."""
    kept = parts.place()
    if not isinstance(kept, Lines):
        refuse()
    others = tuple(line for line in range(1, parts.lines + 1) if line not in kept.numbers)
    return Rewrite(Lines(others)) if others else refuse()


def too_long(parts: Parts) -> Request:
    """`lines 3 and 4 are too long`; of a song that may mean too many of them."""
    place = parts.named_place()
    if isinstance(place, Part) or (isinstance(place, Whole) and not parts.mentions("lines")):
        refuse()
    return Rewrite(place, Manner(length="shorter"))


def another_line(parts: Parts) -> Request:
    """`a new line 3`; but a new hook may be meant beside the old one."""
    place = parts.named_place()
    if isinstance(place, Whole) or (
        isinstance(place, Part) and not parts.mentions("better", "different")
    ):
        refuse()
    return Rewrite(place)


def turned(parts: Parts) -> Request:
    """`make it sadder`."""
    manner, place = parts.manner(required=True), parts.place()
    if isinstance(place, Whole) and (manner.length == "longer" or parts.mentions("laidback")):
        # More lines, or more in each? Both are likely.
        refuse()
    return Rewrite(place, manner)


def version_turned(parts: Parts) -> Request:
    """`a sadder version`; a new one or another one is a new take."""
    manner = parts.manner(required=True)
    if manner.length == "longer" or parts.mentions("laidback"):
        refuse()
    return refuse() if manner == AS_IT_IS else Rewrite(Whole(), manner)


def lines_turned(parts: Parts) -> Request:
    """`line 3 sadder`."""
    if not parts.named():
        refuse()
    return turned(parts)


def turned_line(parts: Parts) -> Request:
    """`a sadder line 2`; a better one is for `another_line`."""
    if parts.manner(required=True) == AS_IT_IS:
        refuse()
    if isinstance(parts.named_place(), Part) and not _COMPARED.search(parts.said("manner")):
        # "A short bridge" may be one more.
        refuse()
    return lines_turned(parts)


def manner_alone(parts: Parts) -> Request:
    """`sadder`, `more country`: without a verb only a comparison is clear."""
    words = parts.said("manner").split()
    if not any(word in ("more", "less", "fewer", "no") or word.endswith("er") for word in words):
        refuse()
    manner = parts.manner()
    if manner == AS_IT_IS or manner.length == "longer" or parts.mentions("laidback"):
        refuse()
    return Rewrite(Whole(), manner)


def rhyme_with(parts: Parts) -> Request:
    line = parts.line()
    other = _line_meant(parts)
    if other == line:
        raise DraftError("A line does not rhyme with itself.", "Name another line or a word.")
    if other is not None:
        return RhymeWith(line, other=other)
    if phrase := _phrase(parts):
        raise DraftError(
            f"A line is made to rhyme with one word, and “{phrase}” is a phrase.",
            remedy=f"Say “rhymes for {phrase}”, and make line {line} rhyme with one of them.",
        )
    return RhymeWith(line, word=parts.word().casefold())


def rhyme_together(parts: Parts) -> Request:
    first, second = _two(parts)
    return RhymeWith(second, other=first)


def rhymes(parts: Parts) -> Request:
    if _SCHEME.fullmatch(parts.said("words")):
        refuse()
    line = parts.line() if parts.has("line") else _line_meant(parts)
    return (
        ShowRhymes(line=line)
        if line
        else ShowRhymes(word=_phrase(parts) or parts.word().casefold())
    )


def _phrase(parts: Parts) -> str:
    """A phrase that a word may rhyme with: two or three words with a small one at the end, such as
    "know it", or any in quotes; else empty."""
    typed = parts.bare("words").casefold()
    said = typed.split()
    if not 1 < len(said) <= PHRASE_WORDS or any(map(str.isdigit, typed)):
        return ""
    is_phrase = said[-1] in FUNCTION_WORDS and said[0] not in FUNCTION_WORDS - {"in", "on"}
    return typed if parts.quoted("words") or is_phrase else ""


def use_words(parts: Parts) -> Request:
    said = parts.said("words")
    if not parts.quoted("words"):
        if OPTION.fullmatch(said) and parts.mentions("option", "choice", "suggestion"):
            # "Put option 2 in line 3" is a choice.
            refuse()
        if read_place(said, parts.lines) is not None:
            refuse()
        if {"in", "into", "somewhere"} & set(said.split()[-1:]) or _NO_WORDS.fullmatch(said):
            refuse()
        if (manner := read_manner(said)) is not None:
            if manner == AS_IT_IS:
                refuse()
            return Rewrite(Lines((parts.line(),)), manner)
    elif len(said.split()) > MANY_WORDS and not parts.mentions("use", "word", "words", "phrase"):
        refuse()
    return UseWords(" ".join(parts.typed("words").split()), parts.line())


def whole_line(parts: Parts) -> Request:
    """`put "so many words" in line 5` is all of the line; fewer words go into it."""
    if not parts.quoted("words") or len(parts.said("words").split()) <= MANY_WORDS:
        refuse()
    return Replace(parts.line(), parts.typed("words"))


def replace(parts: Parts) -> Request:
    if parts.is_time() or starts_song(parts.said("line"), parts.said("text")):
        refuse()
    if (
        parts.has("text")
        and not parts.quoted()
        and (
            parts.asks()
            or _OWN_TEXT.match(parts.typed().casefold())
            or _RHYMES.match(parts.said("text"))
        )
    ):
        # "Line 5: sadder" is hardly the writer's own line.
        refuse()
    part = next(name for name in ("quoted", "words", "text") if parts.has(name))
    if not parts.quoted(part) and OPTION.fullmatch(parts.said(part)):
        # "Take option 2 for line 3" is a choice.
        refuse()
    return Replace(parts.line(), parts.typed(part))


def insert_after(parts: Parts) -> Request:
    return _insert(parts, parts.line())


def insert_before(parts: Parts) -> Request:
    return _insert(parts, parts.line() - 1)


def insert_top(parts: Parts) -> Request:
    return _insert(parts, 0)


def insert_end(parts: Parts) -> Request:
    """A line to be written goes on with the rhymes, as any that is added below."""
    own = _insert(parts, parts.lines)
    return own if isinstance(own, Insert) and own.text else Continue(1)


def insert_between(parts: Parts) -> Request:
    first, second = _two(parts)
    return _insert(parts, first) if second == first + 1 else refuse()


def _insert(parts: Parts, after: int) -> Request:
    if parts.has("words"):
        if not parts.quoted("words") and _names_lines(parts.said("words"), parts.lines):
            # "Put line 3 before line 2", "add a hook after line 4": no words of the writer's.
            refuse()
        return Insert(after, parts.typed("words"))
    if not parts.has("text") or parts.polite_only():
        return Insert(after)
    return Insert(after, parts.typed())


def _names_lines(said: str, lines: int) -> bool:
    if _NO_TEXT.issuperset(word for word in said.split() if read_number(word) is None):
        return True
    bare = said[len(_NEW.match(said)[0]) :]  # type: ignore[index]
    return bare in SECTIONS or read_place(said, max(lines, 999)) is not None


def swap(parts: Parts) -> Request:
    if parts.has("other"):
        first, second = sorted((parts.line(), parts.line("other")))
    else:
        first, second = _two(parts)
    if first == second:
        refuse()
    return Swap(first, second)


def kept(parts: Parts) -> Request:
    """`keep line 3`; `keep it` says too little."""
    return Lock(parts.some_named_lines())


def _line_meant(parts: Parts) -> int | None:
    """The line that `<words>` names, if it names one: `rhymes for line 3`."""
    said = _OF_LINE.sub("", parts.said("words"), count=1)
    if re.fullmatch(rf"the {ORDINAL}(?: one)?", said):
        said = f"{said.removesuffix(' one')} line"
    return read_line(said, parts.lines) if re.search(r"\b(?:lines?|bars?)\b|\d", said) else None


def _two(parts: Parts) -> tuple[int, int]:
    place = parts.place()
    if not isinstance(place, Lines) or len(place.numbers) != 2:
        refuse()
    first, second = place.numbers
    return first, second
