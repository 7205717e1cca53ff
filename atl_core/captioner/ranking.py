"""Which of the candidates is the best line: fluency first, then fit to the brief."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from atl_core.captioner.guard import Wanted
from atl_core.captioner.llama import Prefix
from atl_core.captioner.sampling import GenreScore, Sampler
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.mood import mood_counts
from atl_core.lyrics.rhyme import end_word, rhyme
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import FUNCTION_WORDS, cliches

MOST_GENRE: Final = 3.0
"""Log-odds beyond which a line is of its genre, or not, for all that matters."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each quality counts. Chosen by reading drafts beside `benchmarks/pen.py`."""

    fluency: float = 3.0
    """Mean log-probability a token when the end word is not announced."""
    end: float = 0.9
    """Log-probability of the last word and of stopping there, likewise unannounced."""
    worst: float = 0.0
    """Log-probability of the least likely token, likewise unannounced."""
    off_target: float = 2.5
    """For each syllable off the target."""
    perfect_rhyme: float = 0.6
    genre: float = 0.8
    """For each unit of log-odds towards the genre, up to `MOST_GENRE`."""
    mood: float = 0.3
    topic: float = 0.5
    """For a word of the topic that the draft has not used."""
    stale_word: float = 0.8
    """For each content word of the last lines that comes again."""
    stale_opening: float = 1.5
    echo: float = 1.2
    """For each word that the line itself says again."""
    cliche: float = 1.0


@dataclass(frozen=True, slots=True)
class Fluency:
    """How a line reads to the model from left to right, its end word not known beforehand."""

    mean: float
    """Mean log-probability a token."""
    end: float
    """Log-probability of the last word plus that of stopping after it."""
    worst: float
    """Log-probability of the least likely token."""


def read_freely(sampler: Sampler, prefix: Prefix, texts: Sequence[str]) -> list[Fluency]:
    """Fluency of each line after `prefix`, which ends with the syllable count.

    A candidate is written with its end word announced, so its own likelihood says nothing about
    whether the line could have ended there. Reading it again under the plan without an end word
    does, and costs one short forward for all of them.
    """
    found = []
    rows = sampler.log_probs(prefix, [f": {text}\n" for text in texts])
    for text, row in zip(texts, rows, strict=True):
        spoken = row[1:].tolist()  # the colon is not part of the line
        last = len(sampler.ids(" " + text.split()[-1])) + 1
        found.append(Fluency(sum(spoken) / len(spoken), sum(spoken[-last:]), min(spoken)))
    return found


def rank(
    texts: Sequence[str],
    fluency: Sequence[Fluency],
    wanted: Wanted,
    brief: Brief,
    before: Sequence[str],
    topic: Sequence[str],
    genre_score: GenreScore,
    weights: Weights,
) -> list[float]:
    """A score for each line, higher is better."""
    sign = 1.0 if brief.genre == "hip-hop" else -1.0
    genre = np.clip(sign * genre_score(texts), -MOST_GENRE, MOST_GENRE)
    said = {word for line in before for word in words(line)}
    recent = {w for line in before[-4:] for w in words(line)} - FUNCTION_WORDS
    openings = {words(line)[0] for line in before[-3:] if words(line)}
    scores = []
    for text, read, genre_fit in zip(texts, fluency, genre, strict=True):
        spoken = words(text)
        content = [word for word in spoken if word not in FUNCTION_WORDS]
        new_topic = {word for word in content if word in topic and word not in said}
        end = end_word(text)
        scores.append(
            weights.fluency * read.mean
            + weights.end * read.end
            + weights.worst * read.worst
            - weights.off_target * abs(count_syllables(text) - wanted.syllables)
            + weights.perfect_rhyme
            * (bool(wanted.partners) and rhyme(end, wanted.partners[0]) == "perfect")
            + weights.genre * float(genre_fit)
            + weights.mood * min(2, mood_counts(spoken)[brief.mood])
            + weights.topic * min(2, len(new_topic))
            - weights.stale_word * len(recent.intersection(content))
            - weights.stale_opening * (spoken[0] in openings)
            - weights.echo * (len(spoken) - len(set(spoken)))
            - weights.cliche * len(cliches(text))
        )
    return scores
