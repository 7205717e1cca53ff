"""Which of the candidates is the best line: fluency first, then fit to the brief."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np

from atl_core.captioner.critic import Critic
from atl_core.captioner.guard import Wanted
from atl_core.captioner.llama import Prefix
from atl_core.captioner.sampling import GenreScore, Sampler
from atl_core.lyrics.brief import Brief, Genre
from atl_core.lyrics.mood import mood_counts
from atl_core.lyrics.rhyme import end_word, rhyme
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.vocabulary import log_frequency
from atl_core.lyrics.wordlists import FUNCTION_WORDS, cliches

SURE: Final = 5.0
"""Log-odds beyond which lines are of their genre, or not, for all that matters."""
UNSURE: Final = 3.0
"""Log-odds below which another classifier may well say the other genre."""
WINDOW: Final = 8
"""Lines above that a line is judged with."""
MOST_GAIN: Final = 1.0
"""Nats a token beyond which a line does not go on from those above it but repeats them: of people's
lines three in a hundred gain more."""
FORCED: Final = -7.0
"""Log-probability of an end below which a line was probably bent to its rhyme. Chosen by reading
the least likely ends of 400 lines of the pen's."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each quality counts. Chosen by reading drafts beside `benchmarks/pen.py`."""

    fluency: float = 3.0
    """Mean log-probability a token when the end word is not announced."""
    common: float = 0.55
    """Taken off for each nat of the words' mean log-frequency: a line need not be made of the words
    that are likely anywhere (SLOR: Kann, Rothe and Filippova 2018, "Sentence-Level Fluency
    Evaluation: References Help, But Can Be Spared!")."""
    end: float = 1.2
    """Log-probability of the last word and of stopping after it, likewise unannounced."""
    stop: float = 2.0
    """That of stopping once more: a line that breaks off gives itself away by it alone."""
    forced: float = 1.0
    """For each nat by which the end is less likely than `FORCED`."""
    gain: float = 6.5
    """For each nat a token that the line gains by the lines above it, up to `MOST_GAIN`."""
    human: float = 1.6
    """What the critic says."""
    off_target: float = 4.5
    """For each syllable off the target."""
    perfect_rhyme: float = 0.6
    genre: float = 2.6
    """For each unit of log-odds towards the genre of the line with those above, up to `SURE`."""
    unsure: float = 2.0
    """For each unit by which these stay below `UNSURE`."""
    mood: float = 0.3
    topic: float = 0.5
    """For a word of the topic that the draft has not used."""
    stale_word: float = 1.1
    """For each content word that comes again, and each of the last lines that has it."""
    stale_opening: float = 1.5
    """For each of the last lines that opens with the same word."""
    echo: float = 1.8
    """For each word that the line itself says again, and twice that where it has content."""
    cliche: float = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line goes. Both texts end with its syllable count."""

    prefix: Prefix
    """What was asked for, and the lines above."""
    alone: Prefix | None
    """What was asked for without them; none where none stand above."""


@dataclass(frozen=True, slots=True)
class Fluency:
    """How a line reads to the model from left to right, its end word not known beforehand."""

    mean: float
    """Mean log-probability a token."""
    end: float
    """Log-probability of the last word plus that of stopping after it."""
    stop: float = 0.0
    """Log-probability of stopping alone."""
    gain: float = 0.0
    """By how much the mean is higher than without the lines above."""
    human: float = 0.0
    """How much rather a person wrote it, by the critic."""


def read_freely(
    sampler: Sampler, critic: Critic | None, place: Place, texts: Sequence[str]
) -> list[Fluency]:
    """Fluency of each line in its place.

    A candidate is written with its end word announced, so its own likelihood says nothing about
    whether the line could have ended there. Reading it again under the plan without an end word
    does, and costs one short forward for all of them. Another without the lines above tells what
    goes on from these from what would be as likely anywhere (mutual information: Li et al. 2016,
    "A Diversity-Promoting Objective Function for Neural Conversation Models").
    """
    found = []
    plain = [f": {text}\n" for text in texts]  # the colon is not part of the line
    rows = sampler.readings(place.prefix, plain)
    alone = sampler.log_probs(place.alone, plain) if place.alone else [r.log_probs for r in rows]
    for text, row, by_itself in zip(texts, rows, alone, strict=True):
        spoken = row.log_probs[1:]
        last = len(sampler.ids(" " + text.split()[-1])) + 1
        found.append(
            Fluency(
                mean=float(spoken.mean()),
                end=float(spoken[-last:].sum()),
                stop=float(spoken[-1]),
                gain=float((spoken - by_itself[1:]).mean()),
                human=critic.score(row.states[1:]) if critic else 0.0,
            )
        )
    return found


def how_much_of(
    genre: Genre, texts: Sequence[Sequence[str]], genre_score: GenreScore
) -> list[float]:
    """How surely each text is of the genre: log-odds from `-SURE` to `SURE`.

    Lines are judged together with those above them: a verse that is surely of its genre can spend
    its next line on sense, and one that is not needs the next line all the more.
    """
    sign = 1.0 if genre == "hip-hop" else -1.0
    odds = genre_score(["\n".join(text) for text in texts])
    found: list[float] = np.clip(sign * odds, -SURE, SURE).tolist()
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
    genre = how_much_of(brief.genre, [[*before[-WINDOW:], text] for text in texts], genre_score)
    said = {word for line in before for word in words(line)}
    recent = Counter(word for line in before[-4:] for word in set(words(line)))
    openings = Counter(words(line)[0] for line in before[-4:] if words(line))
    scores = []
    for text, read, genre_fit in zip(texts, fluency, genre, strict=True):
        spoken = words(text)
        content = [word for word in spoken if word not in FUNCTION_WORDS]
        new_topic = {word for word in content if word in topic and word not in said}
        end = end_word(text)
        scores.append(
            weights.fluency * read.mean
            - weights.common * _commonness(spoken)
            + weights.end * read.end
            + weights.stop * read.stop
            + weights.forced * min(0.0, read.end - FORCED)
            + weights.gain * min(read.gain, MOST_GAIN)
            + weights.human * read.human
            - weights.off_target * abs(count_syllables(text) - wanted.syllables)
            + weights.perfect_rhyme
            * (bool(wanted.partners) and rhyme(end, wanted.partners[0]) == "perfect")
            + weights.genre * genre_fit
            + weights.unsure * min(0.0, genre_fit - UNSURE)
            + weights.mood * min(2, mood_counts(spoken)[brief.mood])
            + weights.topic * min(2, len(new_topic))
            - weights.stale_word * sum(recent[word] for word in set(content))
            - weights.stale_opening * openings[spoken[0]]
            - weights.echo * (_repeated(spoken) + _repeated(content))
            - weights.cliche * len(cliches(text))
        )
    return scores


def _commonness(spoken: Sequence[str]) -> float:
    return fmean(map(log_frequency, spoken))


def _repeated(spoken: Sequence[str]) -> int:
    return len(spoken) - len(set(spoken))
