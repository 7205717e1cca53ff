"""The Listening: what was heard in a beat."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from atl_core.lyrics.brief import Energy, Genre, Mood

VERSION: Final = 1
"""Of the ear. Raised when it comes to hear the same beat otherwise, so that old ones are redone."""


@dataclass(frozen=True, slots=True)
class Listening:
    """What was heard in a beat. A value: JSON in, JSON out, cached by `sha256`."""

    sha256: str
    """Of the beat's bytes as given."""
    duration: float
    """Seconds, measured after decoding."""
    tempo: float
    """Beats a minute as felt by a writer: the octave is settled (trap at 140 is felt at 70)."""
    tempo_heard: float
    """Beats a minute before the octave was settled."""
    tempo_confidence: float
    """0 to 1; below 0.5 front ends say "not sure" and invite the writer to set it."""
    beats_per_bar: int
    beats: tuple[float, ...]
    """Beat times in seconds."""
    bar_times: tuple[float, ...]
    """Downbeat times in seconds; bar i lasts from `bar_times[i]` to the next."""
    key: str
    """Such as `A minor`."""
    key_confidence: float
    genre: dict[Genre, float]
    """Probabilities of hip-hop and country given that it is one of the two; they sum to 1."""
    tags: dict[str, float]
    """The tagger's tags with their probabilities, most likely first."""
    mood: Mood
    energy: Energy
    clip_start: float
    """Start in seconds of the 10 s clip that stands for the beat."""
    clip_end: float
    peak: float = 0.0
    """Largest absolute sample before mixing; 1 is full scale. At 1 or over the beat may clip."""
    features: tuple[float, ...] = ()
    """The tagger's penultimate layer, 200 numbers, mean over the beat: for the captioner."""
    version: int = VERSION
    """Of the ear that heard it; 0 for those of before it was noted."""

    @property
    def bars(self) -> int:
        """Number of bars."""
        return len(self.bar_times)

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "beats": list(self.beats),
            "bar_times": list(self.bar_times),
            "bars": self.bars,
            "features": list(self.features),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        fields = {name: value for name, value in data.items() if name != "bars"}
        fields["beats"] = tuple(fields["beats"])
        fields["bar_times"] = tuple(fields["bar_times"])
        fields["version"] = fields.get("version", 0)
        fields["features"] = tuple(fields.get("features", ()))
        return cls(**fields)
