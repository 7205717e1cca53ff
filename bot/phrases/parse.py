"""Finding the one request that a phrase asks for."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from contextlib import suppress
from difflib import SequenceMatcher
from functools import cache, lru_cache
from operator import itemgetter
from typing import Final

from atl_core.edits.request import Request
from atl_core.errors import UserError
from atl_core.lyrics.text import received
from bot.phrases.own_line import read_own_line
from bot.phrases.parts import NotThisError, Parts
from bot.phrases.patterns import FORMATS, Pattern, compiled_once
from bot.phrases.readers import KNOWN_WORDS, read_manner, read_number
from bot.phrases.rules import RULES, Rule
from bot.phrases.tokens import Phrase, Token, tokenize
from bot.phrases.typos import readings

LONGEST: Final = 600
"""Characters beyond which a text is not read as a phrase."""
SUGGESTIONS: Final = 3
_BLANK: Final = re.compile(r"\{([abc])\}")


class PhraseError(UserError):
    """A phrase that is not clear. `suggestions` are the nearest ones that would be."""

    def __init__(self, problem: str, suggestions: tuple[str, ...]) -> None:
        self.suggestions = suggestions
        *others, last = [f"“{phrase}”" for phrase in suggestions]
        meant = f"{', '.join(others)} or {last}" if others else last
        super().__init__(problem, f"Did you mean {meant}?", "Say “help” for all that I do.")


def parse(text: str, *, lines: int) -> Request:
    """The request that a phrase asks for, of a draft that has `lines` lines.

    Raises:
        PhraseError: no request fits, or more than one; it carries the nearest phrases.
        UserError: what is asked for cannot be, such as a line that is not there.
    """
    text = received(text)
    if len(text) > LONGEST:
        raise PhraseError("That is too long for me to follow.", suggestions(text[:100], lines))
    if not text.strip():
        raise PhraseError("You said nothing.", suggestions("", lines))
    if own := read_own_line(text, lines, is_request):
        return own
    for tokens in (tokenize(text), tokenize(text, emoji=True)):
        found, loose = _fitting(Phrase(text, tokens), lines)
        if loose:
            # What looks like the writer's own words may be a mistyped part of the phrase.
            with suppress(UserError):
                found += [way for way in _mistyped(text, tokens, lines) if way not in found]
        elif not found:
            found = _mistyped(text, tokens, lines)
        if len(found) == 1:
            return found[0]
        if found:
            said = tuple(request.describe() for request in found[:SUGGESTIONS])
            raise PhraseError(f"“{_shown(text)}” can mean more than one thing.", said)
    if own := read_own_line(text, lines, is_request, whatever=True):
        return own
    said = suggestions(text, lines)
    # "line 3: chorus" may be a line of one word: in quotes it is one.
    if own := read_own_line(text, lines, lambda _: False):
        said = (own.describe(), *said)[:SUGGESTIONS]
    raise PhraseError(f"I am not sure what “{_shown(text)}” asks for.", said)


def suggestions(text: str, lines: int, count: int = SUGGESTIONS) -> tuple[str, ...]:
    """The phrases of the grammar that are nearest to a text."""
    said = [token.said for token in tokenize(text)]
    whole = " ".join(said)
    named = [number for word in said if (number := read_number(word)) and number <= lines]
    version = next((word for word in said if word.isdecimal() and len(word) < 5), "1")

    @cache
    def best(word: str) -> float:
        """How alike a word is to the one that was said that is most like it."""
        if word in said:
            return 1.0
        likeness = 0.0
        for other in said:
            if _most_alike(word, other) > likeness:
                likeness = max(likeness, _alike(word, other))
        return likeness

    nearest: dict[str, tuple[float, int]] = {}
    """Each example with its likeness to the text; of equal ones the earlier is the nearer."""
    bounds = []
    for number, (rule, example) in enumerate(_examples()):
        phrase = _completed(example.replace("{v}", version), named, lines)
        folded = phrase.casefold()
        words = folded.split()
        known = sum(map(best, words)) / len(words) + (not rule.hints.isdisjoint(said))
        bounds.append((known + _most_alike(folded, whole), known, number, phrase, folded))
    least = -1.0
    for bound, known, number, phrase, folded in sorted(bounds, key=itemgetter(0), reverse=True):
        if bound < least:
            break
        likeness = known + _alike(folded, whole)
        nearest[phrase] = max(nearest.get(phrase, (-1.0, 0)), (likeness, -number))
        if len(nearest) >= count:
            least = sorted(nearest.values())[-count][0]
    return tuple(sorted(nearest, key=nearest.__getitem__, reverse=True)[:count])


@cache
def _examples() -> tuple[tuple[Rule, str], ...]:
    return tuple((rule, example) for rule in RULES for example in rule.examples)


def _completed(example: str, named: list[int], lines: int) -> str:
    """An example with the numbers of the lines that were named, in their order, or likely ones."""
    blanks = _BLANK.findall(example)
    if len(named) >= len(blanks):
        numbers = named[: len(blanks)]
    else:
        numbers = [min({"a": 2, "b": 3, "c": 4}[blank], lines) or 1 for blank in blanks]
    if "-" in example:
        numbers.sort()
    left = iter(numbers)
    return _BLANK.sub(lambda _: str(next(left)), example)


def _mistyped(text: str, tokens: tuple[Token, ...], lines: int) -> list[Request]:
    """The requests that fit with the fewest letters changed.

    Raises:
        UserError: none does, and one would but for what it asks.
    """
    found: list[Request] = []
    least = 0
    complaint: UserError | None = None
    for changed, said in readings([token.said for token in tokens], vocabulary()):
        if changed == 0:
            continue
        if found and changed > least:
            break
        reading = tuple(
            Token(word, token.start, token.end) for word, token in zip(said, tokens, strict=True)
        )
        try:
            requests, _ = _fitting(Phrase(text, reading), lines, mistyped=True)
        except UserError as error:
            complaint = complaint or error
            continue
        if requests:
            least = changed
            found += [request for request in requests if request not in found]
    if not found and complaint:
        raise complaint
    return found


def _fitting(phrase: Phrase, lines: int, *, mistyped: bool = False) -> tuple[list[Request], bool]:
    """Every request that the phrase fits, and whether one takes in the writer's own words.

    Raises:
        UserError: none does, and one would but for what it asks.
    """
    found: list[Request] = []
    loose = False
    complaint: UserError | None = None
    for rule, pattern in _candidates(phrase.words):
        if (mistyped and rule.exact) or (match := pattern.match(phrase)) is None:
            continue
        parts = Parts(phrase, match, lines, is_request)
        try:
            request = rule.build(parts)
        except NotThisError:
            continue
        except UserError as error:
            complaint = complaint or error
            continue
        loose = loose or parts.loose
        if request not in found:
            found.append(request)
    if not found and complaint:
        raise complaint
    return found, loose


def _candidates(words: frozenset[str]) -> list[tuple[Rule, Pattern]]:
    """The patterns that a phrase with these words may fit, in the order of the grammar."""
    patterns, by_word = patterns_by_word()
    numbers = set(by_word.get("", ())).union(*(by_word.get(word, ()) for word in words))
    return [patterns[number] for number in sorted(numbers)]


@cache
def patterns_by_word() -> tuple[tuple[tuple[Rule, Pattern], ...], dict[str, list[int]]]:
    """All patterns, and the numbers of those that need a word, or another of a choice of words.

    Those that need none are under the empty word.
    """
    patterns = tuple((rule, pattern) for rule in RULES for pattern in rule.patterns)
    by_word: defaultdict[str, list[int]] = defaultdict(list)
    for number, (_, pattern) in enumerate(patterns):
        for word in min(pattern.needs, key=len, default=frozenset({""})):
            by_word[word].append(number)
    return patterns, dict(by_word)


def compile_patterns() -> None:
    """Compile what is otherwise compiled when a phrase first needs it. It takes a second."""
    for rule in RULES:
        for pattern in rule.patterns:
            compiled_once(pattern.source)


def is_request(text: str) -> bool:
    """Whether a text, in whatever draft, would be a request by itself."""
    phrase = Phrase(text, tokenize(text))
    said = phrase.said.strip()
    if said in vocabulary() or read_manner(said) is not None:
        return True
    try:
        return bool(_fitting(phrase, 999)[0])
    except UserError:
        return True


@cache
def vocabulary() -> frozenset[str]:
    """Every word that the grammar knows."""
    return KNOWN_WORDS.union(*(rule.words for rule in RULES), " ".join(FORMATS).split())


@lru_cache(maxsize=2**16)
def _most_alike(one: str, other: str) -> float:
    """An upper bound of `_alike` that is quick to find: that of the letters in any order."""
    letters, counts = _letters(one)
    same = sum(map(min, counts, map(other.count, letters)))
    return 2 * same / ((len(one) + len(other)) or 1)


@lru_cache(maxsize=2**14)
def _letters(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The letters of a text, and how often it has each."""
    counts = Counter(text)
    return tuple(counts), tuple(counts.values())


@lru_cache(maxsize=2**16)
def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _shown(text: str, longest: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
