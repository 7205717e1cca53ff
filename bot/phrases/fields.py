"""Reading one field of a form or of a command: which lines, and how they should be written.

The rest of a structured request is typed already, so no sentence is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from atl_core.edits.line_ranges import LineRange, Lines, Manner
from atl_core.edits.lines import Replace
from atl_core.edits.request import Request
from atl_core.edits.rhymes import RhymeWith
from atl_core.edits.words import UseWords
from atl_core.edits.writing import Rewrite
from atl_core.errors import shown
from bot.phrases.parse import PhraseError, vocabulary
from bot.phrases.parts import unquoted
from bot.phrases.readers import read_line, read_manner, read_place
from bot.phrases.tokens import Phrase, Token, tokenize
from bot.phrases.typos import readings

_RHYME: Final = re.compile(r"(?:.* )?rhymes? (?:(?:with|to|on|like) )?(?P<words>.+)")
_USE: Final = re.compile(r"(?:please )?use (?:the )?(?:(?:words?|phrase) )?(?P<words>.+)")
_NAMES_A_LINE: Final = re.compile(r"\b(?:lines?|bars?)\b|\d")
PLACES: Final = ("3", "3-6", "the hook")
MANNERS: Final = ("sadder", "more country", "rhyme with fire")


def read_lines(text: str, lines: int) -> LineRange:
    """The lines that a field names in a draft of `lines` lines: `3`, `3-6`, `hook`, `all`.

    Raises:
        PhraseError: it names none.
        DraftError: they are not there.
    """
    for phrase in _readings(text):
        if (place := read_place(phrase.said.strip(), lines)) is not None:
            return place
    raise PhraseError(f"I am not sure which lines “{shown(text)}” names.", PLACES)


def read_line_number(text: str, lines: int) -> int:
    """The one line that a field names.

    Raises:
        PhraseError: it names none, or several.
        DraftError: it is not there.
    """
    return _one_line(read_lines(text, lines), "One line at a time can be chosen.")


def own_words(place: LineRange, text: str) -> Replace:
    """A line in the writer's own words, to the letter.

    Raises:
        PhraseError: the place is more than one line.
        DraftError: the text is no line.
    """
    return Replace(_one_line(place, "Your own words are for one line."), text)


def rewrite(place: LineRange, how: str, lines: int) -> Request:
    """Lines rewritten as a field says: nothing, `sadder`, `rhyme with fire`, `use the word river`.

    Raises:
        PhraseError: that is not clear.
        DraftError: it names a line that is not there.
    """
    if not how.strip():
        return Rewrite(place)
    for phrase in _readings(how):
        if found := _RHYME.fullmatch(phrase.said.strip()):
            line = _one_line(place, "One line at a time can be made to rhyme.")
            other = read_line(found["words"], lines) if _names_a_line(found["words"]) else None
            if other is not None:
                return RhymeWith(line, other=other)
            word = re.sub("^the word ", "", unquoted(_typed(phrase, found)), flags=re.IGNORECASE)
            if len(word.split()) == 1:
                return RhymeWith(line, word=word.casefold())
        if found := _USE.fullmatch(phrase.said.strip()):
            line = _one_line(place, "Words can be put into one line at a time.")
            return UseWords(" ".join(unquoted(_typed(phrase, found)).split()), line)
        if (manner := read_manner(phrase.said)) is not None:
            return Rewrite(place, manner)
    raise PhraseError(f"I am not sure how “{shown(how)}” is to be written.", MANNERS)


def manner(how: str) -> Manner:
    """How lines should be: `sadder`, `more country`.

    Raises:
        PhraseError: that is not clear.
    """
    for phrase in _readings(how):
        if (found := read_manner(phrase.said)) is not None:
            return found
    raise PhraseError(f"I am not sure how “{shown(how)}” is to be written.", MANNERS[:2])


def _readings(text: str) -> Iterator[Phrase]:
    """The text as it was typed, then as words that the grammar knows, fewest changes first."""
    tokens = tokenize(text)
    for _, said in readings([token.said for token in tokens], vocabulary()):
        changed = (Token(word, old.start, old.end) for word, old in zip(said, tokens, strict=True))
        yield Phrase(text, tuple(changed))


def _typed(phrase: Phrase, found: re.Match[str]) -> str:
    return phrase.typed(*found.span("words"), tight=True).strip()


def _names_a_line(said: str) -> bool:
    return _NAMES_A_LINE.search(said) is not None


def _one_line(place: LineRange, problem: str) -> int:
    if not isinstance(place, Lines) or len(place.numbers) != 1:
        raise PhraseError(problem, ("3", "the first line"))
    return place.numbers[0]
