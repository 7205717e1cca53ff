"""The verdict on pasted or written lyrics: how hip-hop, how country, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from math import exp
from typing import Final

from atl_core.errors import UserError
from atl_core.genre import linear, neither
from atl_core.genre.files import WEIGHTS
from atl_core.genre.linear import Linear
from atl_core.genre.neither import LyricsOrNot
from atl_core.genre.text import Token, tokens
from atl_core.genre.verdict import GenreVerdict, LineVerdict, Mark, SpokenWord
from atl_core.lyrics.brief import Genre

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
SPOKEN: Final = 24
"""Most words that a verdict names."""
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
    words = [token.word for token in found]
    model = classifier()
    contributions = model.contributions(found).tolist()
    genre = probabilities(sum(contributions) + model.constant(len(words)))
    return GenreVerdict(
        genre=genre,
        label="hip-hop" if genre["hip-hop"] >= 0.5 else "country",
        confident=detector().is_lyrics(words),
        words=spoken(text, found, contributions),
        lines=line_verdicts(text, found, contributions),
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


def spoken(
    text: str, found: Sequence[Token], contributions: Sequence[float]
) -> tuple[SpokenWord, ...]:
    """The words that spoke loudest, as first written; occurrences of a word are summed."""
    total: dict[str, float] = defaultdict(float)
    written: dict[str, str] = {}
    for token, contribution in zip(found, contributions, strict=True):
        total[token.word] += contribution
        written.setdefault(token.word, text[token.start : token.end].strip("'’‘`´_").lower())
    loudest = sorted(total.items(), key=lambda item: -abs(item[1]))[:SPOKEN]
    return tuple(
        SpokenWord(written[word], "hip-hop" if weight > 0 else "country", abs(weight))
        for word, weight in loudest
        if weight
    )


def line_verdicts(
    text: str, found: Sequence[Token], contributions: Sequence[float]
) -> tuple[LineVerdict, ...]:
    """A verdict on each of the first `LINES` lines that have words, its loud words marked."""
    loudest = max(map(abs, contributions)) or 1.0
    by_line: dict[int, list[tuple[Token, float]]] = defaultdict(list)
    for token, contribution in zip(found, contributions, strict=True):
        by_line[token.line].append((token, contribution / loudest))
    written = text[:READ].splitlines(keepends=True)
    starts = [0, *accumulate(map(len, written))]
    verdicts = []
    for number, said in list(by_line.items())[:LINES]:
        line = written[number]
        start = starts[number] + len(line) - len(line.lstrip())
        verdicts.append(
            LineVerdict(
                line.strip(),
                probabilities(classifier().log_odds([token.word for token, _ in said])),
                tuple(
                    Mark(
                        token.start - start,
                        token.end - start,
                        "hip-hop" if strength > 0 else "country",
                        abs(strength),
                    )
                    for token, strength in said
                    if abs(strength) >= LOUD
                ),
            )
        )
    return tuple(verdicts)


def probabilities(log_odds: float) -> dict[Genre, float]:
    """Log-odds of hip-hop over country -> both probabilities, without overflow."""
    if log_odds >= 0:
        country = exp(-log_odds) / (1.0 + exp(-log_odds))
        return {"hip-hop": 1.0 - country, "country": country}
    hip_hop = exp(log_odds) / (1.0 + exp(log_odds))
    return {"hip-hop": hip_hop, "country": 1.0 - hip_hop}
