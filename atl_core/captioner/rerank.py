"""Ranks candidates for a line: fluency, coherence, and fit to the brief."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np
from torch import Tensor

from atl_core.captioner.constraints import LineConstraints
from atl_core.captioner.critic import Critic
from atl_core.captioner.kv_cache import PrefixCache
from atl_core.captioner.sampling import GenreScore, Sampler
from atl_core.flow.sits import sits
from atl_core.lyrics.brief import Brief, Genre, Mood
from atl_core.lyrics.mood import mood_balance, mood_counts
from atl_core.lyrics.rhyme import end_word, rhyme
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.vocabulary import log_frequency
from atl_core.lyrics.wordlists import FUNCTION_WORDS, cliches

MAX_GENRE_ODDS: Final = 5.0
"""Log-odds are clipped here: beyond, the genre is certain."""
CLEAR_GENRE_ODDS: Final = 3.0
"""Below these log-odds another classifier may well say the other genre."""
GENRE_WINDOW: Final = 8
"""Lines above that a line is classified with."""
MAX_GAIN: Final = 1.0
"""Nats a token. A line that gains more repeats the lines above it. Of people's lines, 3 % do."""
FORCED_END: Final = -7.0
"""Log-probability of an end below which a line was probably bent to its rhyme. Chosen by reading
the least likely ends of 400 generated lines."""


TAIL: Final = re.compile(r",\s*[\w'-]+\W*$")
"""A single word after a last comma."""


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """The weight of each feature. Chosen with `benchmarks/pen.py`, by reading drafts, and by what
    readers chose among six candidates at each of 320 places. The shipped `lm` has weights of its
    own, fitted with its critic (`load.RANKING`).
    """

    fluency: float = 6.0
    """Mean log-probability a token, without an announced end word."""
    common: float = 0.55
    """Subtracted for each nat of the words' mean log-frequency, so that common words have no
    advantage (SLOR: Kann, Rothe and Filippova 2018, "Sentence-Level Fluency Evaluation: References
    Help, But Can Be Spared!")."""
    end: float = 2.0
    """Log-probability of the last word and of the line break after it, likewise."""
    stop: float = 2.0
    """Log-probability of the line break alone, which is low for an unfinished line."""
    forced: float = 1.0
    """For each nat by which the end is less likely than `FORCED_END`."""
    gain: float = 4.0
    """For each nat a token that the line gains by the lines above it, up to `MAX_GAIN`."""
    critic: float = 2.4
    """For the score of the critic."""
    off_target: float = 4.5
    """Subtracted for each syllable off the target."""
    perfect_rhyme: float = 0.6
    genre: float = 2.6
    """For each unit of log-odds of the genre, of the line with those above, up to
    `MAX_GENRE_ODDS`."""
    unclear_genre: float = 2.0
    """Subtracted for each unit by which these are below `CLEAR_GENRE_ODDS`."""
    mood: float = 0.3
    """For each word that carries the mood, up to two."""
    turn: float = 20.0
    """The same where the mood was asked for in this line, and subtracted for words of its opposite.
    """
    turned: float = 20.0
    """For each nat a token by which the line is likelier in that mood than in its opposite."""
    topic: float = 0.2
    """For each word of the topic that the draft has not used, up to two. More than this makes lines
    that are lists of words, which readers dislike."""
    content_end: float = 0.8
    """For a last word that is no function word. Readers prefer such ends."""
    tail: float = 1.5
    """Subtracted for a single word after a last comma ("..., yo"): mostly added for the rhyme."""
    comma: float = 1.0
    """Subtracted for each comma beyond the first: such lines are mostly lists."""
    repeated_word: float = 1.1
    """Subtracted for each content word and each of the last four lines that has it."""
    repeated_opening: float = 1.5
    """Subtracted for each of the last four lines that opens with the same word."""
    repeated_within: float = 2.2
    """Subtracted for each word that the line says twice, and again if it is a content word."""
    cliche: float = 1.0
    flow: float = 4.0
    """For how well the line sits on its bars (`atl_core.flow.sits`), 0 to 1."""


@dataclass(frozen=True, slots=True)
class LineContext:
    """What precedes a line. Both prefixes end with its syllable count."""

    prefix: PrefixCache
    """The header and the lines above."""
    without_lines: PrefixCache | None
    """The header alone; none if there are no lines above."""


@dataclass(frozen=True, slots=True)
class Fluency:
    """How likely a line is from left to right, without an announced end word."""

    mean: float
    """Mean log-probability a token."""
    end: float
    """Log-probability of the last word plus that of the line break."""
    stop: float = 0.0
    """Log-probability of the line break."""
    gain: float = 0.0
    """How much higher the mean is than without the lines above. It is `MAX_GAIN` until it is known:
    the largest value that counts."""
    critic: float = 0.0
    """Score of the critic."""
    turned: float = 0.0
    """How much higher the mean is in the mood asked for than in its opposite; 0 if none was."""


def score_fluency(
    sampler: Sampler, critic: Critic | None, context: LineContext, texts: Sequence[str]
) -> tuple[list[Fluency], list[Tensor]]:
    """Fluency of each line in its context, all but the gain, and its log-probabilities.

    A candidate was sampled with its end word announced, so its own likelihood does not say whether
    the line ends naturally there. Scoring it under the plan without an end word does, in one short
    forward for all candidates.
    """
    found, log_probs = [], []
    # Nothing can be gained where there are no lines above.
    gain = MAX_GAIN if context.without_lines else 0.0
    for text, reading in zip(texts, sampler.readings(context.prefix, _planned(texts)), strict=True):
        line = reading.log_probs[1:]
        last = len(sampler.ids(f" {text.split()[-1]}\n"))
        log_probs.append(line)
        found.append(
            Fluency(
                mean=float(line.mean()),
                end=float(line[-last:].sum()),
                stop=float(line[-1]),
                gain=gain,
                critic=critic.score(reading.states[1:]) if critic else 0.0,
            )
        )
    return found, log_probs


def score_gain(
    sampler: Sampler, context: LineContext, texts: Sequence[str], log_probs: Sequence[Tensor]
) -> list[float]:
    """How much each line gains by the lines above, in nats a token.

    It tells a line that continues them from one that is likely anywhere (mutual information: Li et
    al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation Models").

    Args:
        log_probs: of the tokens of each line, as `score_fluency` gives them.
    """
    if context.without_lines is None:
        return [0.0] * len(texts)
    alone = sampler.log_probs(context.without_lines, _planned(texts))
    return [
        float((line - by_itself[1:]).mean())
        for line, by_itself in zip(log_probs, alone, strict=True)
    ]


def _planned(texts: Sequence[str]) -> list[str]:
    return [f": {text}\n" for text in texts]  # the colon is not part of the line


def score_turn(
    sampler: Sampler, towards: PrefixCache, away: PrefixCache, texts: Sequence[str]
) -> list[float]:
    """How much likelier each line is after one header than after another, in nats a token."""
    planned = _planned(texts)
    pairs = zip(sampler.log_probs(towards, planned), sampler.log_probs(away, planned), strict=True)
    return [float((one[1:] - other[1:]).mean()) for one, other in pairs]


def genre_odds(
    genre: Genre, texts: Sequence[Sequence[str]], genre_score: GenreScore
) -> list[float]:
    """Log-odds of the genre for each text, clipped to `MAX_GENRE_ODDS`.

    Lines are classified together with those above them. If a verse is clearly of its genre, the
    next line need not show it.
    """
    sign = 1.0 if genre == "hip-hop" else -1.0
    odds = genre_score(["\n".join(text) for text in texts])
    found: list[float] = np.clip(sign * odds, -MAX_GENRE_ODDS, MAX_GENRE_ODDS).tolist()
    return found


def rank(
    texts: Sequence[str],
    fluency: Sequence[Fluency],
    constraints: LineConstraints,
    brief: Brief,
    before: Sequence[str],
    topic: Sequence[str],
    genre_score: GenreScore,
    weights: RankingWeights,
    *,
    on_beat: bool = False,
    turn: Mood | None = None,
) -> list[float]:
    """A score for each line; higher is better. See `ranking_features`."""
    rows = ranking_features(
        texts, fluency, constraints, brief, before, topic, genre_score, on_beat=on_beat, turn=turn
    )
    return [sum(getattr(weights, name) * value for name, value in row.items()) for row in rows]


def ranking_features(
    texts: Sequence[str],
    fluency: Sequence[Fluency],
    constraints: LineConstraints,
    brief: Brief,
    before: Sequence[str],
    topic: Sequence[str],
    genre_score: GenreScore,
    *,
    on_beat: bool = False,
    turn: Mood | None = None,
) -> list[dict[str, float]]:
    """What each line is ranked by, under the names of `RankingWeights`.

    Args:
        before: the lines above.
        topic: words that the draft is about.
        on_beat: whether the lines are for a beat, on which some sit better than others.
        turn: the mood that was asked for in this line.
    """
    genre = genre_odds(
        brief.genre, [[*before[-GENRE_WINDOW:], text] for text in texts], genre_score
    )
    said = {word for line in before for word in words(line)}
    recent = Counter(word for line in before[-4:] for word in set(words(line)))
    openings = Counter(words(line)[0] for line in before[-4:] if words(line))
    partners = constraints.rhymes_with
    rows = []
    for text, read, genre_fit in zip(texts, fluency, genre, strict=True):
        spoken = words(text)
        content = [word for word in spoken if word not in FUNCTION_WORDS]
        new_topic = {word for word in content if word in topic and word not in said}
        end = end_word(text)
        rows.append(
            {
                "fluency": read.mean,
                "common": -_commonness(spoken),
                "end": read.end,
                "stop": read.stop,
                "forced": min(0.0, read.end - FORCED_END),
                "gain": min(read.gain, MAX_GAIN),
                "critic": read.critic,
                "off_target": -abs(count_syllables(text) - constraints.syllables),
                "perfect_rhyme": float(bool(partners) and rhyme(end, partners[0]) == "perfect"),
                "genre": genre_fit,
                "unclear_genre": min(0.0, genre_fit - CLEAR_GENRE_ODDS),
                "mood": min(2, mood_counts(spoken)[brief.mood]),
                "turn": mood_balance(spoken, turn) if turn else 0.0,
                "turned": read.turned,
                "topic": min(2, len(new_topic)),
                "content_end": float(end not in FUNCTION_WORDS),
                "tail": -float(bool(TAIL.search(text))),
                "comma": -max(0, text.count(",") - 1),
                "repeated_word": -sum(recent[word] for word in set(content)),
                "repeated_opening": -openings[spoken[0]],
                "repeated_within": -(_repeated(spoken) + _repeated(content)),
                "cliche": -len(cliches(text)),
                "flow": sits(text, brief) if on_beat else 0.0,
            }
        )
    return rows


def _commonness(spoken: Sequence[str]) -> float:
    return fmean(map(log_frequency, spoken))


def _repeated(spoken: Sequence[str]) -> int:
    return len(spoken) - len(set(spoken))
