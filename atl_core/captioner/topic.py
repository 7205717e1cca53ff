"""What a draft is about: the seed words and words that songs sing near them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from atl_core.lyrics.brief import Genre
from atl_core.lyrics.vocabulary import figures, near_words
from atl_core.lyrics.wordlists import is_content_word

TOPIC_WORDS: Final = 6
"""As many as the sections that the model was tuned on had at most."""
FOREIGN: Final = 0.7
"""Log-odds towards the other genre from which a word is left to it."""


def topic_words(seeds: Sequence[str], genre: Genre) -> tuple[str, ...]:
    """The seed words, then their neighbours in turn, as far as they suit the genre.

    A line of keywords before the verse keeps a small model on its subject (plan-and-write, Yao
    et al. 2019); seeds alone are soon used up, their neighbours give the next lines somewhere
    to go. All seeds are kept, however many there are.
    """
    topic = list(dict.fromkeys(seed.lower() for seed in seeds))
    lists = [
        [near for near in near_words(word) if _suits(near, genre)]
        for word in topic
        if is_content_word(word)
    ]
    for rank in range(max(map(len, lists), default=0)):
        topic += [near[rank] for near in lists if rank < len(near) and near[rank] not in topic]
    return tuple(dict.fromkeys(topic))[: max(TOPIC_WORDS, len(seeds))]


def _suits(word: str, genre: Genre) -> bool:
    known = figures(word)
    if known is None:
        return False
    towards = known.lean if genre == "country" else -known.lean
    return towards > -FOREIGN
