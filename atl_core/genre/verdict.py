"""What a genre classifier answers, and the Verdict on a whole draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

from atl_core.lyrics.brief import GENRES, Genre

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SURE: Final = 0.6
"""Probability from which on two genres are said to disagree."""

SongGenre = Literal["hip-hop", "country", "pop", "rock"]
Kind = Literal[
    "hip-hop", "country", "pop", "rock", "prose", "code", "another language", "too short"
]
"""What a text is taken for. R&B and soul are not among them: no training data has them."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word, or two in a row, that spoke for a genre, and how much."""

    word: str
    genre: Genre
    weight: float
    """Contribution to the log-odds; always positive, in favour of `genre`."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadWords:
    """Some words in a row as a language model read them."""

    states: NDArray[np.float32]
    """(words, width): the sum of the model's last states over the tokens of each word."""
    tokens: NDArray[np.int64]
    """(words,): how many tokens these are; 0 for a word that was not read."""


class Reader(Protocol):
    """A language model that reads lyrics."""

    def read(self, words: Sequence[str]) -> ReadWords:
        """Read normalised words. Blocking and heavy."""
        ...


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
    in_context: dict[Genre, float] = field(default_factory=dict)
    """The same with the lines around it taken into account; see `atl_core.genre.parts`."""

    @property
    def label(self) -> Genre:
        return likelier(self.genre)


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """How hip-hop or country a part of a text is: a section, or some lines in a row."""

    name: str
    """Of a section, as written in its heading; empty where it has none."""
    first: int
    """Index of its first line among the verdict's `lines`."""
    last: int
    """Index of its last line."""
    genre: dict[Genre, float]
    """Calibrated probabilities; they sum to 1."""

    @property
    def label(self) -> Genre:
        return likelier(self.genre)

    @property
    def lines(self) -> str:
        """`lines 3-6`, by which a part without a name is called."""
        if self.first == self.last:
            return f"line {self.first + 1}"
        return f"lines {self.first + 1}-{self.last + 1}"


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
    kind: Kind = "too short"
    """What the text is; `label` where it is confident."""
    kinds: dict[SongGenre, float] = field(default_factory=dict)
    """Probabilities of four genres for a lyric; they sum to 1. Empty for what is no lyric."""
    by_words: dict[Genre, float] = field(default_factory=dict)
    """What the words alone say; empty where no language model took part."""
    by_model: dict[Genre, float] = field(default_factory=dict)
    """What the language model alone says; empty where none took part."""
    parts: tuple[PartVerdict, ...] = ()
    """Two or more, or none where the text is of one piece."""

    @property
    def is_foreign(self) -> bool:
        """Whether these are no English words, so that no share of a genre says anything."""
        return self.kind in ("code", "another language")

    @property
    def might_be(self) -> SongGenre | Literal[""]:
        """Pop or rock where that is the likeliest of four genres, but not by enough to say so."""
        likeliest = max(self.kinds, key=lambda genre: self.kinds[genre], default=self.label)
        return likeliest if self.confident and likeliest not in GENRES else ""

    @property
    def shares(self) -> str:
        """The four genres in words, likeliest first; empty for what is no lyric."""
        ordered = sorted(self.kinds.items(), key=lambda item: -item[1])
        return ", ".join(f"{genre} {share:.0%}" for genre, share in ordered)

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "words": [asdict(word) for word in self.words],
            "lines": [asdict(line) for line in self.lines],
            "parts": [{**asdict(part), "label": part.label} for part in self.parts],
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
    kind: Kind | Literal[""] = ""
    """As in `GenreVerdict`; empty in drafts of earlier versions."""
    cliches: tuple[str, ...] = ()
    """Those of the list that are in the draft."""
    note: str = ""
    """Which lines of this version another captioner wrote than the draft's, and why."""
    by_words: dict[Genre, float] = field(default_factory=dict)
    by_model: dict[Genre, float] = field(default_factory=dict)
    """Both as in `GenreVerdict`."""

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "words": [asdict(word) for word in self.words],
            "cliches": list(self.cliches),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        words = tuple(SpokenWord(**word) for word in data["words"])
        cliches = tuple(data.get("cliches", ()))
        return cls(**{**data, "words": words, "cliches": cliches})


def likelier(genre: Mapping[Genre, float]) -> Genre:
    """The likelier of the two genres."""
    return "hip-hop" if genre["hip-hop"] >= 0.5 else "country"


def disagreement(
    one: Mapping[Genre, float], other: Mapping[Genre, float]
) -> tuple[Genre, Genre] | None:
    """The genres of two judgements that are not the same, such as of a beat and of its words.

    Nothing where either judgement is missing or is not sure.
    """
    if not one or not other:
        return None
    first, second = likelier(one), likelier(other)
    sure = one[first] >= SURE and other[second] >= SURE
    return (first, second) if first != second and sure else None
