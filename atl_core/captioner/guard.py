"""What a finished line must not be: the hard guard between candidates and drafts."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from atl_core.lyrics.rhyme import end_word, is_close
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.vocabulary import is_common
from atl_core.lyrics.wordlists import SECTION_WORDS, is_clean, is_spoken_word

SHARED_GRAM: Final = 3
"""A line that shares this many words in a row with another line repeats it."""

DANGLING: Final = frozenset(
    "a an the and or but nor if of to at by for with from as than these those is"
    " are was were been am being does did have has had having will would can could shall should may"
    " might must not my your his its our their i we they he she who whom whose which what when"
    " where why how because cause 'cause 'til till until while into onto upon i'm you're"
    " we're they're he's she's it's that's there's i've you've we've they've i'll you'll we'll"
    " they'll i'd you'd we'd gonna wanna gotta tryna finna ain't don't can't won't didn't isn't"
    " wasn't couldn't wouldn't shouldn't very just every no any some such like let let's"
    " gon' lil' lil mr mrs uh um la na ya da".split()
)
"""Words that leave a line hanging when it ends in them."""

ODD_ENDS: Final = frozenset(
    "ye thee thou git de di fi re ee tee que hoo fu pee dat gat wee er emcee paparazzi".split()
)
"""Words that rhyme with much and that hardly anybody would end a line on."""

OPEN_QUOTE: Final = re.compile(r"(?:^|\s)'(?=[A-Z])")
"""Speech that one line opens and no other closes."""

STRAY: Final = re.compile(r"[^\w\s',.?!-]")
"""Marks that are not sung, such as the one in "don`t"; Discord would read some as formatting."""

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
"""Slips of the model's: half of a "don't", "a outlaw", "I a girl", "got to lit". People write such
in fewer than one line in two hundred and fifty, some of it in play."""

SMALL_I: Final = re.compile(r"\bi\b")
"""As some sites type it."""

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
"""Talk of somebody's skin or weight: like the subjects below, not ours to bring up."""

SENSITIVE: Final = frozenset(
    "gay gays lesbian lesbians queer trans jew jews jewish muslim muslims islam nazi nazis"
    " terrorist terrorists suicide abortion slave slaves slavery rape raped molested".split()
)
"""Subjects that a small model stumbles over; they are the writer's to bring up, not ours."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the plan asks of one line."""

    syllables: int
    partners: tuple[str, ...]
    """End words that the line must rhyme with."""
    taken: frozenset[str]
    """End words that must not come again."""
    opening: str
    """Words that the line has to open with, or nothing."""
    must_use: tuple[str, ...] = ()
    """Words that the line has to contain."""
    tolerance: int = 1
    """Syllables that the line may be off its target."""


PROMPT_WORDS: Final = frozenset({"energy"})
"""Words of the prompt that leak into lines: the verse is to have energy, not to speak of it."""
_UNASKED: Final = SECTION_WORDS | SENSITIVE | PROMPT_WORDS


def grams(lines: Sequence[str]) -> set[tuple[str, ...]]:
    """Every run of `SHARED_GRAM` words in the lines."""
    found = set()
    for line in lines:
        spoken = words(line)
        found |= {tuple(spoken[i : i + SHARED_GRAM]) for i in range(len(spoken) - SHARED_GRAM + 1)}
    return found


def may_answer(word: str) -> bool:
    """Whether a line may be led to end on the word."""
    return is_spoken_word(word) and word not in DANGLING and word not in ODD_ENDS


def keeps_plan(text: str, wanted: Wanted) -> bool:
    """Whether the line has the length, the end and the words that the plan asks for."""
    if abs(count_syllables(text) - wanted.syllables) > wanted.tolerance:
        return False
    end = end_word(text)
    if not end or end in DANGLING or end in wanted.taken:
        return False
    spoken, opening = words(text), words(wanted.opening)
    if spoken[: len(opening)] != opening or not set(wanted.must_use).issubset(spoken):
        return False
    return all(
        is_close(end, partner)
        and not is_compound_of(end, partner)
        and not is_compound_of(partner, end)
        for partner in wanted.partners
    )


def is_compound_of(word: str, part: str) -> bool:
    """Whether `word` is another word and then `part`: "moonlight" hardly rhymes with "light"."""
    rest = word.removesuffix(part)
    return word != rest and len(rest) > 2 and is_common(rest)


def is_showable(text: str, allowed: Collection[str], *, explicit: bool) -> bool:
    """Whether the line can be shown at all: whole words, clean, no half of a quotation.

    Args:
        allowed: words that are right although songs seldom use them: the writer's own.
    """
    spoken = words(text)
    if len(spoken) < 3 or not all(is_common(word) or word in allowed for word in spoken):
        return False
    if any(word in _UNASKED and word not in allowed for word in spoken):
        return False
    faults = [slip for slips in (UNGRAMMATICAL, REMARKS, SMALL_I) for slip in slips.findall(text)]
    if STRAY.search(text) or OPEN_QUOTE.search(text):
        return False
    if any(not set(words(slip)).issubset(allowed) for slip in faults):
        return False
    # A writer's own "damn" passes; his strong words were refused before, unless explicit.
    return explicit or is_clean(" ".join(word for word in spoken if word not in allowed))


def is_fresh(text: str, used_grams: Collection[tuple[str, ...]]) -> bool:
    """Whether the line repeats neither itself nor, by `used_grams`, another line."""
    spoken = words(text)
    pairs = list(pairwise(spoken))
    if len(set(pairs)) < len(pairs) or any(first == second for first, second in pairs):
        return False
    triples = zip(spoken, spoken[1:], spoken[2:], strict=False)
    if any(first == third and joint in ("and", "or") for first, joint, third in triples):
        return False
    return grams([text]).isdisjoint(used_grams)
