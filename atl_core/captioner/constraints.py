"""Hard constraints on a line: length, rhyme, required words, and what is never shown.

Every captioner uses the same ones.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, zip_longest
from typing import Final

from atl_core.captioner.end_words import (
    DANGLING,
    can_end_line,
    partners_within_reach,
    rhymes_with_all,
)
from atl_core.captioner.protocol import Task
from atl_core.lyrics.form import UNRHYMED, Slot
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.vocabulary import is_common
from atl_core.lyrics.wordlists import SECTION_WORDS, is_clean

NGRAM: Final = 3
"""A line that shares this many consecutive words with another line repeats it."""

MAX_LEAD: Final = 3
"""Words that may precede those that a song opens with: "Down at the" before "corner store"."""

OPEN_QUOTE: Final = re.compile(r"(?:^|\s)'(?=[A-Z])")
"""A quotation that is opened and not closed."""

ODD_MARKS: Final = re.compile(r"[^\w\s',.?!-]")
"""Marks that are not sung, such as the one in "don`t". Discord reads some as formatting."""

UNGRAMMATICAL: Final = re.compile(
    r"\b(?:"
    r"(?:i|you|we|they) don'?(?![\w'])|ain'(?!t)|\w+'(?:m|re) (?:ain|don|can|won)'?t?\b"
    r"|a (?!one|once|uni|us|uz|ut|eu)[aeiou]\w+|an (?![aeioumxh])\w\w+|i a\b"
    r"|(?:a|an|the|my|your|our|their) (?:a|an|the|my|your|our|their|i|you|he|she|they|we|is|was)\b"
    r"|(?:to|gonna|wanna|gotta) (?:got|lit|went|was|were|did|had|knew|said|came|saw|made|is|are)\b"
    r"|i (?:is|are|has|does)\b|i'm (?:is|was|are|am|do|did|can|will)\b"
    r"|(?:it|he|she)'s (?:it|he|she|is|was|are|ain't)\b|wo won't\b"
    r"|got (?:it|he|she|i)'[sm]\b"
    r"|ain(?!['t])\b|ain't not?\b(?= gon| a\b)|(?:wont|dont|cant|didnt)\b"
    r")",
    re.IGNORECASE,
)
"""Mistakes of small models: half of a "don't", "a outlaw", "I a girl", "got to lit". In people's
lyrics this pattern matches fewer than one line in 250, some of them on purpose."""

SMALL_I: Final = re.compile(r"\bi\b")
"""Lyric sites sometimes have "i" for "I"."""

_LOOKS: Final = r"(?:black|white|brown|fat|skinny|ugly|asian|mexican|indian)"
_PEOPLE: Final = (
    r"(?:boy|girl|man|guy|woman|kid|dude|chick|folk|people|men|women|person|baby|child|rapper|fan"
    r"|gangster|hustler|mother|father|mama|daddy|brother|sister|son|daughter|wife|husband|friend"
    r"|queen|king|face|skin)"
)
REMARKS: Final = re.compile(
    rf"\b(?:(?:i|you|he|she|we|they|who|that|{_PEOPLE}s?)"
    rf"(?:'[mrs]e?| was| were| am| is| are) (?:a |so |too |just |all |really )*{_LOOKS}\b"
    rf"|{_LOOKS} {_PEOPLE}s?\b)",
    re.IGNORECASE,
)
"""Remarks on somebody's skin or weight. Like the subjects below, left to the writer."""

SENSITIVE: Final = frozenset(
    "gay gays lesbian lesbians queer trans jew jews jewish muslim muslims islam nazi nazis"
    " terrorist terrorists suicide abortion slave slaves slavery rape raped molested".split()
)
"""Subjects that a small model handles badly. Only the writer may bring them up."""


@dataclass(frozen=True, slots=True)
class LineConstraints:
    """What one line has to fulfil."""

    syllables: int
    rhymes_with: tuple[str, ...]
    """End words that the line must rhyme with, the nearest first."""
    taken_ends: frozenset[str]
    """End words that must not be used again."""
    opening: str
    """Words that the line must open with, after at most `MAX_LEAD` words such as "In the"; may be
    empty."""
    must_use: tuple[str, ...] = ()
    """Words that the line must contain."""
    tolerance: int = 1
    """Maximum difference from `syllables`."""
    slant: bool = False
    """Whether equal vowels are rhyme enough, where hardly any word rhymes better."""


PROMPT_WORDS: Final = frozenset({"energy"})
"""Words of the prompt that leak into lines."""
_UNASKED: Final = SECTION_WORDS | SENSITIVE | PROMPT_WORDS


def ngrams(lines: Sequence[str]) -> set[tuple[str, ...]]:
    """Every `NGRAM` consecutive words in the lines."""
    found = set()
    for line in lines:
        spoken = words(line)
        found |= {tuple(spoken[i : i + NGRAM]) for i in range(len(spoken) - NGRAM + 1)}
    return found


def meets(text: str, constraints: LineConstraints) -> bool:
    """Whether the line has the required length, end and words."""
    if abs(count_syllables(text) - constraints.syllables) > constraints.tolerance:
        return False
    end = end_word(text)
    if not end or end in DANGLING or end in constraints.taken_ends:
        return False
    spoken = words(text)
    if not opens_with(spoken, words(constraints.opening)):
        return False
    if not set(constraints.must_use).issubset(spoken):
        return False
    return rhymes(end, constraints)


def rhymes(end: str, constraints: LineConstraints) -> bool:
    """Whether a line that ends on this word rhymes as it has to."""
    return rhymes_with_all(end, constraints.rhymes_with, slant=constraints.slant)


def opens_with(spoken: Sequence[str], opening: Sequence[str]) -> bool:
    """Whether a line opens with these words, after at most `MAX_LEAD` others."""
    starts = range(MAX_LEAD + 1) if opening else (0,)
    return any(spoken[i : i + len(opening)] == opening for i in starts)


def is_showable(text: str, allowed: Collection[str], *, explicit: bool) -> bool:
    """Whether the line can be shown at all: known words, clean, no unclosed quotation.

    Args:
        allowed: words that are accepted although songs seldom use them: the writer's own.
    """
    spoken = words(text)
    if len(spoken) < 3 or not all(is_common(word) or word in allowed for word in spoken):
        return False
    if any(word in _UNASKED and word not in allowed for word in spoken):
        return False
    faults = [slip for slips in (UNGRAMMATICAL, REMARKS, SMALL_I) for slip in slips.findall(text)]
    if ODD_MARKS.search(text) or OPEN_QUOTE.search(text):
        return False
    if any(not set(words(slip)).issubset(allowed) for slip in faults):
        return False
    # The writer's own words pass. Strong ones were refused earlier, unless explicit is allowed.
    return explicit or is_clean(" ".join(word for word in spoken if word not in allowed))


def is_fresh(text: str, used_ngrams: Collection[tuple[str, ...]]) -> bool:
    """Whether the line repeats neither itself nor, by `used_ngrams`, another line."""
    spoken = words(text)
    pairs = list(pairwise(spoken))
    if len(set(pairs)) < len(pairs) or any(first == second for first, second in pairs):
        return False
    triples = zip(spoken, spoken[1:], spoken[2:], strict=False)
    if any(first == third and joint in ("and", "or") for first, joint, third in triples):
        return False
    return ngrams([text]).isdisjoint(used_ngrams)


def words_due(wanted: Sequence[str], said: str, index: int, slots: int) -> tuple[str, ...]:
    """The required words that line `index` of `slots` must contain.

    The words are spread over the slots, several a line where there are more words than lines.

    Args:
        wanted: all required words.
        said: what the lines so far say.
    """
    unsaid = [word for word in wanted if word not in words(said)]
    due = math.ceil((index + 1) * len(wanted) / slots)
    return tuple(unsaid[: max(0, due - (len(wanted) - len(unsaid)))])


def constraints_for(
    task: Task,
    slot: Slot,
    index: int,
    above: Sequence[str],
    letters: Sequence[str],
    usable: Callable[[str], bool] = can_end_line,
) -> LineConstraints:
    """The constraints of the line at `slot`, which is number `index` of the task.

    Args:
        above: the lines above, those written for this task among them.
        letters: their rhyme letters.
        usable: whether the model can end a line on a word.
    """
    before = list(zip(above, letters, strict=True))
    after = list(zip(task.after, task.after_rhymes, strict=True))
    lines = [*before, *after]
    nearest_first = chain.from_iterable(zip_longest(reversed(before), after))
    group = [
        end_word(line)
        for line, letter in filter(None, nearest_first)
        if letter == slot.rhyme != UNRHYMED
    ]
    taken = frozenset(end_word(line) for line, _ in lines[-8:]).union(group)
    partners, slant = partners_within_reach(group, taken, usable)
    seeds = task.brief.seed_words
    opens_song = not above and not task.after and len(seeds) <= 2
    opening = seeds if opens_song else ()
    if task.opening is not None:
        opening = () if index else task.opening
    # `must_use` words have to be in the new lines, seed words anywhere in the draft.
    new = " ".join(above[len(task.before) :])
    asked = words_due(task.must_use, new, index, len(task.slots))
    due = words_due(seeds, " ".join([*above, *task.after]), index, len(task.slots))
    return LineConstraints(
        syllables=slot.target,
        rhymes_with=partners,
        taken_ends=taken,
        opening="" if asked else " ".join(opening).capitalize(),
        must_use=asked or due,
        slant=slant,
    )
