"""The verdict on pasted or written lyrics: how hip-hop, how country, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from math import exp
from typing import Final

import numpy as np

from atl_core.errors import UserError
from atl_core.genre import linear, neither, others, parts, thorough
from atl_core.genre.explanation import as_read, spoken_words
from atl_core.genre.files import WEIGHTS
from atl_core.genre.linear import Features, Linear
from atl_core.genre.neither import LyricsOrNot
from atl_core.genre.others import OtherGenres
from atl_core.genre.sheet import sung
from atl_core.genre.text import Token, tokens
from atl_core.genre.thorough import Reading
from atl_core.genre.verdict import (
    GenreVerdict,
    Kind,
    LineVerdict,
    Mark,
    PartVerdict,
    Reader,
    SongGenre,
    likelier,
)
from atl_core.lyrics.brief import GENRES, Genre

JUDGE: Final = "genre-judge"
"""Judges drafts in measurements. Logistic regression, trained on two thirds of the artists."""
RANKER: Final = "genre-ranker"
"""Ranks candidate lines while writing. Naive Bayes, trained on the other third of the artists,
so that a writer that pleases it has not thereby pleased the judge."""
DEFAULT: Final = "genre-linear"
"""Answers `atl genre`. Trained on all training artists."""

MAX_CHARACTERS: Final = 1_500_000
READ: Final = 30_000
"""Characters that are read, some ten songs; the rest of a longer text is left unread."""
LINES: Final = 200
"""Most lines that get a verdict of their own."""
LOUD: Final = 0.15
"""Share of the loudest word's weight from which on a word is marked."""


@cache
def classifier(name: str = DEFAULT) -> Linear:
    """The named classifier, read once.

    Raises:
        WeightsError: its weights are missing or damaged.
    """
    return linear.load(WEIGHTS / name)


@cache
def detector() -> LyricsOrNot:
    """What tells lyrics from other text, read once.

    Raises:
        WeightsError: its weights are missing or damaged.
    """
    return neither.load()


@cache
def other_genres() -> OtherGenres:
    """What tells pop and rock from hip-hop and country, read once.

    Raises:
        WeightsError: its weights are missing or damaged.
    """
    return others.load()


def judge(text: str, reader: Reader | None = None) -> GenreVerdict:
    """The verdict on `text`, line breaks as written.

    With `reader`, a language model takes part; see `atl_core.genre.thorough`. Whether the text is
    a lyric at all, and what single lines are, is said by their words alone.

    Raises:
        UserError: there is no word in the text, or it is longer than any book of songs.
        WeightsError: the weights are missing or damaged.
    """
    found = read(text)
    model = classifier()
    words = [token.word for token in found]
    features = model.features(words)
    contributions = model.contributions(found, features).tolist()
    log_odds = sum(contributions) + model.constant(len(words))
    is_lyrics = detector().is_lyrics(words)
    by_words: dict[Genre, float] = {}
    by_model: dict[Genre, float] = {}
    reading = thorough.read(words, reader) if reader and is_lyrics else None
    if reading:
        evidence, *_ = reading.evidence()
        by_words = probabilities(log_odds)
        by_model = probabilities(reading.thorough.log_odds_alone(evidence, len(words)))
        log_odds = reading.thorough.log_odds(log_odds, evidence, len(words))
        contributions = reading.contributions(contributions)
    genre = probabilities(log_odds)
    kind, kinds = (
        kind_of(words, features, log_odds, reading) if is_lyrics else (detector().kind(words), {})
    )
    lines, parts = lines_and_parts(text, found, contributions, reading)
    return GenreVerdict(
        genre=genre,
        label=likelier(genre),
        confident=kind in GENRES,
        words=spoken_words(text, found, contributions, model.bags[0].weight),
        lines=lines,
        kind=kind,
        kinds=kinds,
        by_words=by_words,
        by_model=by_model,
        parts=parts,
    )


def kind_of(
    words: Sequence[str], features: Sequence[Features], log_odds: float, reading: Reading | None
) -> tuple[Kind, dict[SongGenre, float]]:
    """Which genre a lyric is of, and the probabilities of four.

    Args:
        words: its normalised words.
        features: of these by the default classifier.
        log_odds: of hip-hop over country.
    """
    evidence, weighing = [other_genres().evidence(features)], other_genres().weighing
    if reading:
        _, other, pop = reading.evidence()
        evidence, weighing = [*evidence, (other, pop)], reading.thorough.weighing
    other, pop = weighing.log_odds(evidence, len(words), log_odds)
    kinds = others.probabilities(log_odds, other, pop)
    if weighing.is_other(other, len(words)):
        return ("pop" if pop >= 0 else "rock"), kinds
    return ("hip-hop" if log_odds >= 0 else "country"), kinds


def read(text: str) -> list[Token]:
    """The words that a verdict is based on, at least one: those that are sung.

    Raises:
        UserError: there is none, or the text is too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise UserError(
            f"The text has {len(text):,} characters.",
            f"At most {MAX_CHARACTERS:,} are accepted.",
            "Send one song at a time.",
        )
    found = tokens(sung(text[:READ]))
    if not found:
        raise UserError(
            "There are no words to judge.",
            "Lyrics of a line or more are accepted.",
            "Paste a verse or a chorus.",
        )
    return found


def lines_and_parts(
    text: str, found: Sequence[Token], contributions: Sequence[float], reading: Reading | None
) -> tuple[tuple[LineVerdict, ...], tuple[PartVerdict, ...]]:
    """Verdicts on the first `LINES` lines that have words, and on the parts that they make.

    A line's loud words are marked. A heading ("Verse 2") is no line.
    """
    written = text[:READ].splitlines(keepends=True)
    starts = [0, *accumulate(map(len, written))]
    loudest = max(map(abs, contributions)) or 1.0
    by_line: dict[int, list[tuple[Token, float]]] = defaultdict(list)
    for token, contribution in zip(found, contributions, strict=True):
        by_line[token.line].append((token, contribution / loudest))
    numbers = [number for number in by_line if not parts.heading(written[number])] or [*by_line]
    numbers = numbers[:LINES]
    words = [[token.word for token, _ in by_line[number]] for number in numbers]
    alone = [classifier().log_odds(of_line) for of_line in words]
    sections = parts.sections(written, numbers)
    context = parts.in_context(alone, {section.first for section in sections})
    if len(sections) == 1:
        sections = parts.runs(context)
    verdicts = []
    for number, by_itself, around in zip(numbers, alone, context, strict=True):
        line = written[number]
        start = starts[number] + len(line) - len(line.lstrip())
        marks = tuple(
            Mark(
                token.start - start,
                token.end - start,
                "hip-hop" if strength > 0 else "country",
                abs(strength),
            )
            for token, strength in by_line[number]
            if abs(strength) >= LOUD and as_read(text, token)
        )
        verdicts.append(
            LineVerdict(line.strip(), probabilities(by_itself), marks, probabilities(around))
        )
    if len(sections) < 2:
        return tuple(verdicts), ()
    judged = []
    for section in sections:
        inside = [word for line in words[section.first : section.last + 1] for word in line]
        log_odds = classifier().log_odds(inside)
        if reading:
            between = range(numbers[section.first], numbers[section.last] + 1)
            own = [index for index, token in enumerate(found) if token.line in between]
            evidence, *_ = reading.evidence(slice(own[0], own[-1] + 1))
            log_odds = reading.thorough.log_odds(log_odds, evidence, len(inside))
        judged.append(
            PartVerdict(section.name, section.first, section.last, probabilities(log_odds))
        )
    return tuple(verdicts), tuple(judged)


def probabilities(log_odds: float) -> dict[Genre, float]:
    """Log-odds of hip-hop over country -> both probabilities, without overflow."""
    if log_odds >= 0:
        country = exp(-log_odds) / (1.0 + exp(-log_odds))
        return {"hip-hop": 1.0 - country, "country": country}
    hip_hop = exp(log_odds) / (1.0 + exp(log_odds))
    return {"hip-hop": hip_hop, "country": 1.0 - hip_hop}


def lean(texts: Sequence[str]) -> np.ndarray:
    """Log-odds of hip-hop over country for each text, by a classifier that judges no draft."""
    model = classifier(RANKER)
    return np.array([model.log_odds([token.word for token in tokens(text)]) for text in texts])
