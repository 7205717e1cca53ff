"""Rules, and the parts of a phrase that fits one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from atl_core.drafts.names import read_id
from atl_core.edits.line_ranges import AS_IT_IS, LineRange, Lines, Manner, Part, Whole
from atl_core.edits.request import Request
from atl_core.errors import DraftError
from bot.phrases.patterns import (
    AFTER,
    BEFORE,
    POLITE_AFTER,
    POLITE_BEFORE,
    WORD,
    Pattern,
    compiled,
    needed,
)
from bot.phrases.readers import (
    SECTIONS,
    nth_of,
    read_line,
    read_manner,
    read_number,
    read_place,
    read_section,
)
from bot.phrases.tokens import Phrase

BEAT: Final = re.compile(r"\S.*\.[a-z0-9]{2,4}|https?://\S+|\S*youtu\.?be\S*", re.IGNORECASE)
"""The name of a file, or a link."""
_POLITE_WORDS: Final = frozenset(
    (
        "please",
        "pls",
        "plz",
        "thanks",
        "thx",
        "ty",
        "now",
        "bro",
        "man",
        "ok",
        "okay",
        "then",
        "?",
        ",",
    )
)
_POLITE_END: Final = re.compile(
    r"(?: (?:please|pls|plz|thanks|thank you|thx|ty|now|for me|bro|man|ok|okay|then|instead"
    r"|\?|,))+$"
)
_IN_FULL: Final = re.compile(
    rf"\b(?:lines?|bars?|couplet|numbers?|whole|entire|everything|all|song|draft|lyrics|{'|'.join(SECTIONS)})\b"
)
_SEVERAL: Final = re.compile(r"\d (?:-|to|and|,) \d")


class NotThisError(Exception):
    """The words fit the pattern, but do not make its request."""


def refuse() -> NoReturn:
    raise NotThisError


class Parts:
    """The named parts of a phrase that fits a pattern, in a draft of `lines` lines.

    Readers raise `NotThisError` when the part is no such thing.
    """

    def __init__(
        self, phrase: Phrase, match: re.Match[str], lines: int, is_request: Callable[[str], bool]
    ) -> None:
        self.lines = lines
        self._phrase = phrase
        self._is_request = is_request
        self._spans = {
            name: match.span(name) for name, said in match.groupdict().items() if said is not None
        }

    def has(self, name: str) -> bool:
        return name in self._spans

    def said(self, name: str) -> str:
        """As the grammar reads it; empty when there is no such part."""
        start, end = self._spans.get(name, (0, 0))
        return self._phrase.said[start:end].strip()

    def typed(self, name: str = "text") -> str:
        """As it was typed, without the quotes around it."""
        if not self.has(name) or (name == "words" and self._half_quoted(name)):
            refuse()
        # Between quotes is all of it, whatever signs stand around them.
        typed = self._phrase.typed(*self._spans[name], tight=self.quoted(name))
        return _not_empty(unquoted(typed.strip()))

    def bare(self, name: str = "text") -> str:
        """As it was typed, without quotes, nor thanks and signs at the end."""
        if not self.has(name):
            refuse()
        start, end = self._spans[name]
        said = self._phrase.said[start:end].split(" ")[:-1]
        while said and said[-1] in _POLITE_WORDS:
            end -= len(said.pop()) + 1
        return _not_empty(unquoted(self._phrase.typed(start, end, tight=True).strip()))

    def polite_only(self, name: str = "text") -> bool:
        """Whether the part is no more than a thank-you."""
        return _POLITE_WORDS.issuperset(self.said(name).split())

    @property
    def loose(self) -> bool:
        """Whether a part is the writer's own words and nothing marks where they begin and end."""
        return any(self.has(name) and not self.quoted(name) for name in ("text", "words"))

    def mentions(self, *words: str) -> bool:
        return not self._phrase.words.isdisjoint(words)

    def quoted(self, name: str = "text") -> bool:
        said = self.said(name)
        return len(said) > 2 and said.startswith('"') and said.endswith('"')

    def _half_quoted(self, name: str) -> bool:
        """`in "oh lord"`: what is between quotes is somebody's words, and what is not is lost."""
        return '"' in self.said(name).split() and not self.quoted(name)

    def asks(self, name: str = "text") -> bool:
        """Whether the part would be a request by itself."""
        return self._is_request(self.typed(name))

    def means(self, name: str = "text") -> bool:
        """Whether a word of the part means something to the grammar, besides "and"."""
        words = self.bare(name).casefold().replace(",", " ").split()
        return any(self._is_request(word) for word in words if word != "and")

    def is_time(self) -> bool:
        """Whether the phrase begins with a time, such as 12:30."""
        return re.match(r"\s*\d+[:\uff1a]\d", self._phrase.text) is not None

    def alone(self) -> bool:
        """Whether the phrase is one word or sign."""
        return len(self._phrase.tokens) == 1

    def nth(self, name: str = "nth") -> int:
        return nth_of(self.said(name))

    def number(self, name: str = "n") -> int:
        number = read_number(self.said(name))
        if number is None:
            refuse()
        return number

    def count(self, default: int = 1) -> int:
        """A number of lines, at least 1."""
        number = self.number() if self.has("n") else default
        if number < 1:
            raise DraftError("That is no line at all.", "Ask for one line or more.")
        return number

    def steps(self) -> int:
        if self.has("twice"):
            return 2
        number = self.number() if self.has("n") else 1
        if number < 1:
            raise DraftError("0 steps change nothing.", "Ask for one step or more.")
        return number

    def line(self, name: str = "line") -> int:
        line = read_line(self.said(name), self.lines)
        if line is None:
            refuse()
        return line

    def place(self) -> LineRange:
        place = read_place(self.said("place"), self.lines)
        if place is None:
            refuse()
        return place

    def section(self, name: str = "part") -> str:
        """The name of a section, such as `verse 2`."""
        return read_section(self.said(name)) or refuse()

    def named_place(self) -> LineRange:
        """A place said in full: neither a bare number nor `it`."""
        if not self.named():
            refuse()
        return self.place()

    def named(self, name: str = "place") -> bool:
        """Whether lines are named in full: neither by a bare number nor as `it`."""
        return bool(_IN_FULL.search(self.said(name)) or _SEVERAL.search(self.said(name)))

    def some_lines(self) -> Lines | Part:
        place = self.place()
        if isinstance(place, Whole):
            refuse()
        return place

    def some_named_lines(self) -> Lines | Part:
        if not self.named():
            refuse()
        return self.some_lines()

    def manner(self, *, required: bool = False) -> Manner:
        said = _POLITE_END.sub("", f" {self.said('manner')}").strip()
        if required and not said:
            refuse()
        manner = read_manner(said) if said else AS_IT_IS
        if manner is None:
            refuse()
        return manner

    def word(self, name: str = "words") -> str:
        word = re.sub("^the word ", "", self.bare(name), flags=re.IGNORECASE)
        if len(word.split()) != 1:
            refuse()
        return word

    def draft_id(self) -> str:
        """A draft's id: every one has a digit, and no word of a language does."""
        typed = self.bare()
        try:
            meant = read_id(typed)
        except DraftError:
            refuse()
        if not any(letter.isdecimal() for letter in typed):
            refuse()
        return meant

    def person(self) -> str:
        person = self.bare("words" if self.has("words") else "text")
        if not person.startswith(("@", "<@")) or len(person.split()) != 1:
            refuse()
        return person


@dataclass(frozen=True, slots=True)
class Rule:
    build: Callable[[Parts], Request]
    """Raises `NotThisError` when the parts do not make its request."""
    patterns: tuple[Pattern, ...]
    words: frozenset[str]
    examples: tuple[str, ...]
    """Phrases to suggest."""
    hints: frozenset[str]
    """Words that speak for these phrases without being in them."""
    exact: bool
    """Whether a mistyped phrase is refused, because there is no way back."""


def rule(
    build: Callable[[Parts], Request],
    *phrases: str,
    examples: tuple[str, ...] = (),
    hints: str = "",
    exact: bool = False,
) -> Rule:
    """A rule for some phrases, with polite words around them; see `rules.py` for the notation."""
    patterns = tuple(
        Pattern(
            BEFORE + compiled(phrase) + ("" if phrase.endswith("<text>") else AFTER),
            needed(phrase),
        )
        for phrase in phrases
    )
    words = frozenset(WORD.findall(" ".join((*phrases, POLITE_BEFORE, POLITE_AFTER))))
    return Rule(build, patterns, words, examples, frozenset(hints.split()), exact)


def _not_empty(text: str) -> str:
    if not text:
        refuse()
    return text


def unquoted(text: str) -> str:
    """Text without the one pair of quotes that encloses it."""
    for opening, closing in ('""', "“”", "„“", "«»", "''", "‘’", "``"):
        if len(text) > 2 and text[0] == opening and text[-1] == closing:
            return text[1:-1].strip()
    return text
