"""How much two lines say the same: what makes a choice between them no choice.

A measure of our own. Two lines count as the same where most of their words are shared, or where
they end on the same word and share an image.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from atl_core.lyrics.rhyme import end_word, same_word
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import is_content_word

SAME: Final = 0.5
"""From this sameness on, two lines are no choice: a word or two were exchanged."""
CONTENT: Final = 0.6
"""Weight of the content words that are shared."""
END: Final = 0.25
"""Weight of ending on the same word."""
OPENING: Final = 0.25
"""Weight of opening with the same words."""
OPENING_WORDS: Final = 2
SAMENESS_COST: Final = 6.0
"""What a line that shares everything loses, in units of the ranking's score."""
MOSTLY_SHARED: Final = 0.6
"""Share of all words, in common, from which on a line is another one with words exchanged."""
_SUFFIXES: Final = ("ing", "in'", "in", "ed", "es", "s", "er")


def sameness(a: str, b: str) -> float:
    """From 0 (nothing shared) to 1 (one line), symmetric.

    Shared content words, the same end word and the same opening add up. Lines that share most of
    their words, function words among them, are the same whatever their end.
    """
    spoken_a, spoken_b = words(a), words(b)
    if not spoken_a or not spoken_b or spoken_a == spoken_b:
        return float(spoken_a == spoken_b)
    if _shared(spoken_a, spoken_b) >= MOSTLY_SHARED:
        return 1.0
    content = _shared(_stems(spoken_a), _stems(spoken_b))
    end = same_word(end_word(a), end_word(b))
    opening = spoken_a[:OPENING_WORDS] == spoken_b[:OPENING_WORDS]
    return min(1.0, CONTENT * content + END * end + OPENING * opening)


def _shared(a: Sequence[str], b: Sequence[str]) -> float:
    """Share of words in common (Dice), repeats counted."""
    total = len(a) + len(b)
    return 2 * (Counter(a) & Counter(b)).total() / total if total else 0.0


def _stems(spoken: Sequence[str]) -> list[str]:
    """Content words without their endings: `rides` and `ridin'` are one image."""
    return [_stem(word) for word in spoken if is_content_word(word)]


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) > 2:
            return word.removesuffix(suffix).removesuffix("e")
    return word.removesuffix("e")


def different(scores: Mapping[str, float], count: int, others: Sequence[str] = ()) -> list[str]:
    """Up to `count` of some scored lines that really differ, from each other and from `others`.

    Greedy, the best first: each next one has the highest score less what it shares with those
    before (maximal marginal relevance: Carbonell and Goldstein 1998). A line that ends on a word of
    its own goes before one that does not.
    """
    chosen: list[str] = []
    # Of each candidate, the most that it shares with one that is chosen.
    shared = {
        text: max((sameness(text, other) for other in others), default=0.0) for text in scores
    }
    while len(chosen) < count:
        left = [text for text in scores if text not in chosen and shared[text] < SAME]
        if not left:
            break
        ends = [end_word(text) for text in (*others, *chosen)]
        own_end = [text for text in left if not any(same_word(end_word(text), end) for end in ends)]
        best = max(own_end or left, key=lambda text: scores[text] - SAMENESS_COST * shared[text])
        chosen.append(best)
        for text in left:
            shared[text] = max(shared[text], sameness(text, best))
    return chosen
