"""The verdict on pasted or written lyrics: how hip-hop, how country, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from math import exp
from typing import Final

from atl_core.errors import UserError
from atl_core.genre import linear, neither, parts
from atl_core.genre.files import WEIGHTS
from atl_core.genre.linear import Linear
from atl_core.genre.neither import LyricsOrNot
from atl_core.genre.spoken import as_read, spoken_words
from atl_core.genre.text import Token, tokens
from atl_core.genre.verdict import (
    GenreVerdict,
    LineVerdict,
    Mark,
    PartVerdict,
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


def judge(text: str) -> GenreVerdict:
    """The verdict of the default classifier on `text`, line breaks as written.

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
    genre = probabilities(log_odds)
    label = likelier(genre)
    kind = label if detector().is_lyrics(words) else detector().kind(words)
    lines, parts = lines_and_parts(text, found, contributions)
    return GenreVerdict(
        genre=genre,
        label=label,
        confident=kind in GENRES,
        words=spoken_words(text, found, contributions, model.bags[0].weight),
        lines=lines,
        kind=kind,
        parts=parts,
    )


def read(text: str) -> list[Token]:
    """The words that a verdict is based on, at least one.

    Raises:
        UserError: there is none, or the text is too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise UserError(
            f"The text has {len(text):,} characters.",
            f"At most {MAX_CHARACTERS:,} are accepted.",
            "Send one song at a time.",
        )
    found = tokens(text[:READ])
    if not found:
        raise UserError(
            "There are no words to judge.",
            "Lyrics of a line or more are accepted.",
            "Paste a verse or a chorus.",
        )
    return found


def lines_and_parts(
    text: str, found: Sequence[Token], contributions: Sequence[float]
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
    return tuple(verdicts), tuple(
        PartVerdict(
            section.name,
            section.first,
            section.last,
            probabilities(
                classifier().log_odds(
                    [word for line in words[section.first : section.last + 1] for word in line]
                )
            ),
        )
        for section in sections
    )


def probabilities(log_odds: float) -> dict[Genre, float]:
    """Log-odds of hip-hop over country -> both probabilities, without overflow."""
    if log_odds >= 0:
        country = exp(-log_odds) / (1.0 + exp(-log_odds))
        return {"hip-hop": 1.0 - country, "country": country}
    hip_hop = exp(log_odds) / (1.0 + exp(log_odds))
    return {"hip-hop": hip_hop, "country": 1.0 - hip_hop}
