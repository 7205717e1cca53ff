"""From the parts of a phrase to its request, where that takes more than a call.

All raise `NotThisError` for parts that fit the pattern and yet do not make the request.
"""

from __future__ import annotations

import re
from typing import Final

from atl_core.errors import DraftError
from atl_core.lyrics.checks import parse_genre, parse_mood, parse_seed_words
from atl_core.lyrics.form import NAMED_SCHEMES, parse_scheme
from atl_core.places import AS_IT_IS, Lines, Part, Whole
from atl_core.requests import (
    AddSection,
    Compare,
    Continue,
    Duplicate,
    Export,
    ExportFormat,
    GoBack,
    Insert,
    Lock,
    Replace,
    Request,
    Rewrite,
    RhymeWith,
    Search,
    SectionKind,
    SetBrief,
    SetTitle,
    ShowRhymes,
    Swap,
    Tag,
    UseWords,
)
from bot.phrases.parts import FORMATS, Parts, refuse
from bot.phrases.readers import SECTIONS, read_line, read_manner, read_place

_IDIOMS: Final = frozenset({"a day", "a night", "quits", "it", "off"})
"""What people call it without meaning a title."""


_OWN_TEXT: Final = re.compile(r"my (?:own )?(?:words|text|line)\s*:")
_SCHEME: Final = re.compile("[abcdx]{4}|[abcdx]{8}")
_LETTERS: Final = re.compile(r"[A-JXa-jx]+|[A-Xa-x](?:[ ,/|.-]+[A-Xa-x])*")
_NO_TEXT: Final = frozenset(
    (
        "a", "an", "another", "one", "two", "some", "the", "new", "more", "extra", "line", "lines",
        "bar", "bars", "word", "words",
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


def line_disliked(parts: Parts) -> Request:
    """`I don't like line 3`; but of the whole song that may be no more than a sigh."""
    place = parts.place()
    if isinstance(place, Whole):
        refuse()
    return Rewrite(place)


def another_line(parts: Parts) -> Request:
    """`a new line 3`; but a new hook may be meant beside the old one."""
    place = parts.named_place()
    if not isinstance(place, Lines):
        refuse()
    return Rewrite(place)


def turned(parts: Parts) -> Request:
    """`make it sadder`."""
    manner, place = parts.manner(required=True), parts.place()
    if isinstance(place, Whole) and manner.length == "longer":
        # More lines, or more in each? Both are likely.
        refuse()
    return Rewrite(place, manner)


def lines_turned(parts: Parts) -> Request:
    """`line 3 sadder`."""
    if not parts.named():
        refuse()
    return turned(parts)


def manner_alone(parts: Parts) -> Request:
    """`sadder`, `more country`: without a verb only a comparison is clear."""
    words = parts.said("manner").split()
    if not any(word in ("more", "less", "fewer", "no") or word.endswith("er") for word in words):
        refuse()
    manner = parts.manner()
    if manner == AS_IT_IS or manner.length == "longer":
        refuse()
    return Rewrite(Whole(), manner)


def rhyme_with(parts: Parts) -> Request:
    line = parts.line()
    other = _line_meant(parts)
    if other == line:
        raise DraftError("A line does not rhyme with itself.", "Name another line or a word.")
    if other is not None:
        return RhymeWith(line, other=other)
    return RhymeWith(line, word=parts.word().casefold())


def rhyme_together(parts: Parts) -> Request:
    first, second = _two(parts)
    return RhymeWith(second, other=first)


def rhymes(parts: Parts) -> Request:
    if _SCHEME.fullmatch(parts.said("words")):
        refuse()
    line = _line_meant(parts)
    return ShowRhymes(line=line) if line else ShowRhymes(word=parts.word().casefold())


def use_words(parts: Parts) -> Request:
    said = parts.said("words")
    if not parts.quoted("words"):
        if read_place(said, parts.lines) is not None:
            refuse()
        if (manner := read_manner(said)) is not None:
            if manner == AS_IT_IS:
                refuse()
            return Rewrite(Lines((parts.line(),)), manner)
    return UseWords(" ".join(parts.typed("words").split()), parts.line())


def replace(parts: Parts) -> Request:
    if (
        parts.has("text")
        and not parts.quoted()
        and (parts.asks() or _OWN_TEXT.match(parts.typed().casefold()))
    ):
        # "Line 5: sadder" is hardly the writer's own line.
        refuse()
    part = next(name for name in ("quoted", "words", "text") if parts.has(name))
    return Replace(parts.line(), parts.typed(part))


def insert_after(parts: Parts) -> Request:
    return _insert(parts, parts.line())


def insert_before(parts: Parts) -> Request:
    return _insert(parts, parts.line() - 1)


def insert_top(parts: Parts) -> Request:
    return _insert(parts, 0)


def insert_end(parts: Parts) -> Request:
    return _insert(parts, parts.lines)


def _insert(parts: Parts, after: int) -> Request:
    if parts.has("words"):
        if not parts.quoted("words") and _NO_TEXT.issuperset(parts.said("words").split()):
            refuse()
        return Insert(after, parts.typed("words"))
    if not parts.has("text") or parts.polite_only():
        return Insert(after)
    return Insert(after, parts.typed())


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
    place = parts.named_place()
    if isinstance(place, Whole) or (isinstance(place, Part) and parts.mentions("save")):
        refuse()
    return Lock(place)


def tempo(parts: Parts) -> Request:
    return SetBrief(tempo=float(parts.said("tempo")))


def scheme(parts: Parts) -> Request:
    letters = parts.said("scheme") or parts.bare()
    if not (letters.casefold() in NAMED_SCHEMES or _LETTERS.fullmatch(letters)):
        # Any word is letters: "scheme should be" is not one.
        refuse()
    return SetBrief(scheme=parse_scheme(letters))


def syllables(parts: Parts) -> Request:
    return SetBrief(syllables=parts.number())


def seed_words(parts: Parts) -> Request:
    return SetBrief(seed_words=parse_seed_words(parts.bare()))


def genre(parts: Parts) -> Request:
    return SetBrief(genre=parse_genre(parts.said("genre").replace("hiphop", "hip-hop")))


def mood(parts: Parts) -> Request:
    return SetBrief(mood=parse_mood(parts.said("mood")))


def go_back(parts: Parts) -> Request:
    return GoBack(parts.number())


def compare(parts: Parts) -> Request:
    return Compare(parts.number(), parts.number("m") if parts.has("m") else None)


def title(parts: Parts) -> Request:
    text = parts.typed()
    if not parts.quoted() and not {parts.said("text"), text.casefold()}.isdisjoint(
        {*FORMATS, *_IDIOMS}
    ):
        refuse()
    return SetTitle(" ".join(text.split()))


def duplicate(parts: Parts) -> Request:
    return Duplicate(parts.typed() if parts.has("text") else "")


def search(parts: Parts) -> Request:
    if not parts.quoted() and parts.said("text").split()[0] in (
        "my", "our", "in", "through", "draft", "drafts", "song", "songs",
    ):  # fmt: skip
        # "Search my drfats for train" names a place, however it is spelt.
        refuse()
    return Search(parts.typed())


def tag(parts: Parts) -> Request:
    return Tag(_tags(parts))


def untag(parts: Parts) -> Request:
    return Tag(_tags(parts), remove=True)


def export(parts: Parts) -> Request:
    chosen: ExportFormat = FORMATS[parts.said("format")] if parts.has("format") else "txt"
    return Export(chosen)


def _tags(parts: Parts) -> tuple[str, ...]:
    tags = re.split(r"[,\s]+", parts.bare().casefold().replace("#", " "))
    found = tuple(dict.fromkeys(tag for tag in tags if tag not in ("", "and")))
    if not found or found[0] in ("it", "this", "as", "with"):
        refuse()
    return found


def _line_meant(parts: Parts) -> int | None:
    """The line that `<words>` names, if it names one: `rhymes for line 3`."""
    said = parts.said("words")
    return read_line(said, parts.lines) if re.search(r"\b(?:lines?|bars?)\b|\d", said) else None


def _two(parts: Parts) -> tuple[int, int]:
    place = parts.place()
    if not isinstance(place, Lines) or len(place.numbers) != 2:
        refuse()
    first, second = place.numbers
    return first, second
