"""What a genre classifier answers, and the Verdict on a whole draft."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from atl_core.lyrics.brief import Genre


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word that spoke for a genre, and how loudly."""

    word: str
    genre: Genre
    weight: float
    """Contribution to the log-odds; always positive, in favour of `genre`."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A word to highlight within a line."""

    start: int
    end: int
    """`text[start:end]` of the line is the word as written."""
    genre: Genre
    strength: float
    """Beside the loudest word of the whole text, 0 to 1."""


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """How hip-hop or country one line is, taken by itself."""

    text: str
    genre: dict[Genre, float]
    """Calibrated probabilities; they sum to 1. A short line seldom says much."""
    marks: tuple[Mark, ...] = ()
    """The words that spoke loudly in the whole text, in the order of the line."""

    @property
    def label(self) -> Genre:
        return "hip-hop" if self.genre["hip-hop"] >= 0.5 else "country"


@dataclass(frozen=True, slots=True)
class GenreVerdict:
    """How hip-hop or country a text is."""

    genre: dict[Genre, float]
    """Calibrated probabilities; they sum to 1."""
    label: Genre
    confident: bool
    """False when the text is neither: other genres, prose, code, other languages, two words."""
    words: tuple[SpokenWord, ...]
    """Loudest first."""
    lines: tuple[LineVerdict, ...] = ()
    """The lines that have words, in order: where a long text turns from one genre to the other."""

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "words": [asdict(word) for word in self.words],
            "lines": [asdict(line) for line in self.lines],
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on a draft: its genre, its craft, and its distance from known text."""

    genre: dict[Genre, float]
    label: Genre
    confident: bool
    words: tuple[SpokenWord, ...]
    longest_match: int
    """Words in a row that also stand in the training lyrics."""
    rhymes_kept: float
    """Share of line pairs that the scheme says rhyme and do, 0 to 1."""
    syllables_kept: float
    """Share of lines within one syllable of their target, 0 to 1."""

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "words": [asdict(word) for word in self.words]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        words = tuple(SpokenWord(**word) for word in data["words"])
        return cls(**{**data, "words": words})
