"""The Brief (what to write) and the Line (what was written)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, Self

Genre = Literal["hip-hop", "country"]
GENRES: Final[tuple[Genre, ...]] = ("hip-hop", "country")

Mood = Literal["happy", "sad", "chill", "party", "love", "dark"]
MOODS: Final[tuple[Mood, ...]] = ("happy", "sad", "chill", "party", "love", "dark")

Energy = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Brief:
    """What to write. Filled from the Listening; the writer may override every field."""

    genre: Genre
    mood: Mood
    energy: Energy
    seed_words: tuple[str, ...]
    """At most `MAX_SEED_WORDS`, in the order given; one or two of them open the draft."""
    lines: int
    """How many lines the draft should have."""
    scheme: str
    """Rhyme scheme of a stanza as letters, `AABB`; `X` marks a line that need not rhyme."""
    syllables: int
    """Target of syllables a line."""
    tempo: float
    """Beats a minute as felt by the writer (octave settled)."""
    beats_per_bar: int = 4
    explicit: bool = False
    random_seed: int = 0
    compound: bool = False
    """Whether a beat divides into three, as in 6/8 and 12/8; its beats are dotted ones."""
    first_bar: float | None = None
    """Seconds at which bar one starts where the writer says so; None: as heard."""
    density: int = 0
    """Steps, -2 to 2, by which syllables are closer together than people put them on such a bar;
    below 0 they are further apart and behind the beat."""
    avoid: tuple[str, ...] = ()
    """Words and phrases that no line may have, in lower case; `CLICHES` stands for all of them."""

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "seed_words": list(self.seed_words),
            "avoid": list(self.avoid),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        avoid = tuple(data.get("avoid", ()))
        return cls(**{**data, "seed_words": tuple(data["seed_words"]), "avoid": avoid})


@dataclass(frozen=True, slots=True)
class Line:
    """One lyric line and its place in the song."""

    text: str
    syllables: int
    target: int
    """Syllables aimed for."""
    rhyme: str
    """Letter of the rhyme group within the whole draft: A, B, ... ; `X` rhymes with nothing."""
    bar: int
    """Index of the bar, from 0, on which the line starts."""
    start: float
    """Seconds from the start of the beat."""
    end: float
    locked: bool = False
    first_beat: float | None = None
    """Beats from its bar's first on which its first syllable falls, where the writer says so;
    below 0 in the bar before. None: where it falls best."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        # A draft's JSON shows each line's flow, which follows from its text and times.
        return cls(**{name: value for name, value in data.items() if name != "flow"})
