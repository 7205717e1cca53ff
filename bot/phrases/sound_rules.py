"""What people type about how a word is said."""

from __future__ import annotations

import re
from typing import Final

from atl_core.edits.request import Request
from atl_core.edits.sounds import Likeness, SayAs, SayAsUsual, ShowSounds
from atl_core.lyrics.wordlists import FUNCTION_WORDS
from bot.phrases.parts import Parts, Rule, refuse, rule

_SAY: Final = "(say|pronounce|read|sing|i say|i pronounce|we say|you say|i sing)"
_SAID: Final = (
    "(is said|is pronounced|is spelled|is spelt|is spoken|is sung|is|sounds|goes|should be said"
    "|should sound)"
)
_USUAL: Final = (
    "(as usual|normally|the usual way|as always|as before|the normal way|the old way"
    "|as everybody does|the way everybody does|as you did before|like everyone|like everybody)"
)
_LIKE: Final = "([just|exactly] like|the same as)"
_WORD: Final = "[the (word|name)] <words>"
_FOR_ME: Final = "[here|for me|to me|in my song|in this song|remember that|note that] [,]"
_LETTERS: Final = re.compile(r"[A-Za-z](?:(?:\s*[-.]\s*|\s+)[A-Za-z])+\.?")
_NO_WORD: Final = FUNCTION_WORDS | {
    "line", "lines", "bar", "bars", "verse", "hook", "song", "draft", "nothing", "something",
    "say", "pronounce",
}  # fmt: skip

_NO_LIKENESS: Final = frozenset(
    "in usual it this that line lines always before everyone everybody normal me you".split()
)


def _word(parts: Parts) -> str:
    """One word, and no name of a place."""
    word = parts.word()
    if word.casefold() in _NO_WORD or any(map(str.isdigit, word)):
        refuse()
    return word if word.isupper() else word.casefold()


def _like(likeness: Likeness, parts: Parts) -> Request:
    other = parts.bare().casefold()
    if not re.fullmatch(r"[^\W\d_][\w' ]*", other) or len(other.split()) > 4:
        refuse()
    if likeness in ("as in", "rhymes with") and len(other.split()) != 1:
        refuse()
    if other.split()[0] in _NO_LIKENESS:
        refuse()
    return SayAs(_word(parts), likeness, other)


def _spelt(parts: Parts) -> Request:
    letters = parts.bare()
    if not _LETTERS.fullmatch(letters):
        refuse()
    return SayAs(_word(parts), "letters", "-".join(re.findall("[A-Za-z]", letters)).upper())


def _counted(parts: Parts) -> Request:
    return SayAs(_word(parts), syllables=parts.number())


SOUND_RULES: Final[tuple[Rule, ...]] = (
    rule(
        _spelt,
        f"{_WORD} (is said|is pronounced|is spelled|is spelled out|is spelt|is spoken|is sung|is"
        "|is read|sounds|sounds like|goes|should be|should be said|=) <text>",
        f"{_SAY} {_WORD} (as|like) <text>",
        f"(say|pronounce|i say|i pronounce|we say) {_WORD} <text>",
        f"(spell|spell out) {_WORD} [out] [as] <text>",
        f"count {_WORD} as <text>",
        examples=("LA is L-A",),
        exact=True,
    ),
    rule(
        lambda p: _like("as in", p),
        f"{_SAY} {_WORD} (as in|like in|as you say in|like the one in) <text>",
        f"[here] {_WORD} {_SAID} (as in|like in) <text>",
        f"[the] {_WORD} (as in|like in|should be as in) <text>",
        examples=("say wind as in find",),
    ),
    rule(
        lambda p: _like("rhymes with", p),
        f"{_FOR_ME} {_WORD} [,] (rhymes|should rhyme|does rhyme|has to rhyme|must rhyme"
        "|is said to rhyme) with <text>",
        f"{_WORD} is a rhyme (for|of|with) <text>",
        f"{_SAY} {_WORD} to rhyme with <text>",
        f"(let|have|make) {_WORD} rhyme with <text>",
        examples=("Saoirse rhymes with inertia",),
    ),
    rule(
        lambda p: _like("like", p),
        f"{_SAY} {_WORD} {_LIKE} <text>",
        f"{_FOR_ME} {_WORD} (is said|is pronounced|is sung|is spoken|sounds|goes|should be said"
        f"|should sound) {_LIKE} <text>",
    ),
    rule(
        _counted,
        f"{_WORD} (has|is|gets|takes|should have|should be|counts as|counts for|should count as"
        "|is sung with|is said with)"
        " [only|just] <n> (syllable|syllables)",
        f"(count|treat) {_WORD} (as|with) [only|just] <n> (syllable|syllables)",
        "make the word <words> <n> (syllable|syllables)",
        f"{_SAY} {_WORD} (with|in|on|as) [only|just] <n> (syllable|syllables)",
        examples=("poem has one syllable",),
    ),
    rule(
        lambda p: SayAsUsual(_word(p)),
        f"{_SAY} {_WORD} {_USUAL} [again]",
        f"{_WORD} [is|goes] as usual [again]",
        f"{_WORD} is normal again",
        f"forget how (i|to) (say|pronounce) {_WORD}",
        f"(forget|remove|delete|undo|drop) (the|my) (sound|pronunciation) of {_WORD}",
    ),
    rule(
        lambda _: ShowSounds(),
        "how do i (say|pronounce) (things|words)",
        "[show|list|show me|what are] [me] (my|the) (pronunciations|sounds)",
        "show [me] how i (say|pronounce) (things|words)",
        "how are [my] words (said|pronounced)",
        "what pronunciations (do you know|are there|do i have)",
        "pronunciations",
        "(what|which words) do i (say|pronounce) (otherwise|differently|my way|my own way)",
        "[show|list] [the|my] own (pronunciations|sounds)",
        examples=("how do I say things?",),
    ),
)
