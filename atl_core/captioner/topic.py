"""What a draft is about: the seed words, and words that belong to them.

A line of keywords before the verse keeps a small model on its subject (plan-and-write, Yao et al.
2019). Seeds alone are soon used up, other words give the next lines somewhere to go.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from atl_core.lyrics.brief import Genre
from atl_core.lyrics.vocabulary import figures, near_words
from atl_core.lyrics.wordlists import is_clean, is_content_word

if TYPE_CHECKING:
    from torch import Tensor

    from atl_core.captioner.sampling import Sampler

TOPIC_WORDS: Final = 6
"""As many as the sections that the model was tuned on had at most."""
FOREIGN: Final = 0.7
"""Log-odds towards the other genre from which a word is left to it."""
COMMON_SHARE: Final = 0.6
"""How much of a word's log-probability in any list is taken off."""
CONSIDERED: Final = 96
"""Tokens that are looked at, the highest score first."""
DRAWN_FROM: Final = 12
"""Words among which the topic is drawn."""
SAME_STEM: Final = 4
"""Words that share so many letters at the start are taken for one: "shop" and "shopping"."""


def topic_words(seeds: Sequence[str], genre: Genre) -> tuple[str, ...]:
    """The seed words, then words that songs sing near them in turn, as far as they suit the genre.

    For captioners without a language model. All seeds are kept, however many there are.
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


def associated_words(
    sampler: Sampler,
    style: str,
    seeds: Sequence[str],
    genre: Genre,
    random_seed: int,
    count: int = TOPIC_WORDS,
) -> tuple[str, ...]:
    """The seed words, then words with which the language model goes on after them.

    The list "about: corner, store," goes on with what belongs to a corner store. What goes on any
    list is taken off (pointwise mutual information). Among the best words the random seed draws,
    so that another draft on the same subject has others.

    Args:
        style: what precedes the list in the prompt, up to its first word.
        count: words in all, unless there are more seeds.
    """
    topic = list(dict.fromkeys(seed.lower() for seed in seeds))
    missing = count - len(topic)
    if not topic or missing <= 0:
        return tuple(topic)
    before = sampler.read(sampler.model.empty_prefix(), style)
    after = sampler.read(before, f" {', '.join(topic)},")
    score = sampler.next_log_probs(after) - COMMON_SHARE * sampler.next_log_probs(before)
    found = list(_associations(sampler, score, topic, genre))
    rng = random.Random(random_seed)
    # Gumbel top-k: a draw without replacement by score.
    noisy = [
        (value - math.log(-math.log(rng.uniform(1e-9, 1 - 1e-9))), word) for word, value in found
    ]
    return (*topic, *(word for _, word in sorted(noisy, reverse=True)[:missing]))


def _associations(
    sampler: Sampler, score: Tensor, topic: Sequence[str], genre: Genre
) -> Iterator[tuple[str, float]]:
    """Up to `DRAWN_FROM` words that may be in a topic, and their scores."""
    taken = list(topic)
    best = score.topk(min(CONSIDERED, len(score)))
    for column, value in zip(best.indices.tolist(), best.values.tolist(), strict=True):
        text = sampler.tokenizer.decode([int(sampler.vocabulary[column])])
        word = text.strip()
        known = figures(word)
        if (
            text.startswith(" ") and known is not None and not known.is_name and len(word) > 2
            and is_content_word(word) and is_clean(word) and _suits(word, genre)
            and not any(_same_stem(word, other) for other in taken)
        ):  # fmt: skip
            taken.append(word)
            yield word, value
            if len(taken) == len(topic) + DRAWN_FROM:
                return


def _same_stem(one: str, other: str) -> bool:
    length = min(SAME_STEM, len(one), len(other))
    return one[:length] == other[:length]


def _suits(word: str, genre: Genre) -> bool:
    known = figures(word)
    if known is None:
        return False
    towards = known.lean if genre == "country" else -known.lean
    return towards > -FOREIGN
