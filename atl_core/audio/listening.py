"""The Listening: what was heard in a beat."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from atl_core.lyrics.brief import Energy, Genre, Mood

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

VERSION: Final = 7
"""Of listening. Raised when the same beat is heard otherwise, so that old listenings are redone."""


class TagsOverTime(NamedTuple):
    """What the tagger said of P patches, at most 20, spread over the beat; silence left out."""

    starts: npt.NDArray[np.float32]
    """(P,) seconds."""
    probabilities: npt.NDArray[np.float32]
    """(P, 50)"""
    names: tuple[str, ...]
    """Of the 50 tags."""


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
    """The tagger's 50 tags with their mean probabilities, most likely first."""
    mood: Mood
    energy: Energy
    clip_start: float
    """Start in seconds of the 10 s clip that stands for the beat."""
    clip_end: float
    peak: float = 0.0
    """Largest absolute sample before mixing; 1 is full scale. At 1 or over the beat may clip."""
    features: tuple[float, ...] = ()
    """The tagger's penultimate layer, 200 numbers, mean over the beat: for the captioner."""
    clip_picture: str = ""
    """The clip's log-mel spectrogram, packed: what the paper's captioners hear. About 50 kB."""
    clip_patches: str = ""
    """The tagger's penultimate layer of the three patches nearest the clip, packed."""
    genres: dict[str, float] = field(default_factory=dict)
    """Hip-hop, country and others with their shares, largest first; they sum to 1. Hip-hop and
    country stand to one another as in `genre`; what they lack of 1 is that it is neither."""
    patch_tags: str = ""
    """When the tagger listened and what it said then, packed; see `tags_over_time`."""
    bar_confidence: float = 1.0
    """0 to 1, that the bars start where they are said to; below 0.5 front ends say "not sure"."""
    compound: bool = False
    """Whether a beat divides into three, as in 6/8 and 12/8; its beats are dotted quarters."""
    intro: float = 0.0
    """Seconds at which the first bar starts in which the whole beat plays; 0 without an intro."""
    sound_end: float = 0.0
    """Seconds at which the last sound ends, silence after it left out; 0 where it is not known."""
    version: int = VERSION
    """`VERSION` when it was heard; 0 for those from before it was noted."""

    @property
    def is_beat(self) -> bool:
        """Whether there is a beat at all; see `no_beat`."""
        return self.sha256 != NO_BEAT

    @property
    def bars(self) -> int:
        """Number of bars."""
        return len(self.bar_times)

    @property
    def time_signature(self) -> str:
        """Such as `4/4`, `3/4` or `6/8`."""
        return time_signature(self.beats_per_bar, self.compound)

    def log_mel(self) -> npt.NDArray[np.float32] | None:
        """The clip's log-mel spectrogram in dB, (frames, 64); None if it was not kept."""
        import numpy as np

        if not self.clip_picture:
            return None
        return decibels(np.frombuffer(_unpacked(self.clip_picture), np.uint8).reshape(-1, MELS))

    def patches(self) -> npt.NDArray[np.float32] | None:
        """What the tagger heard in and around the clip, (patches, 200); None if not kept."""
        import numpy as np

        if not self.clip_patches:
            return None
        found = np.frombuffer(_unpacked(self.clip_patches), np.float16).astype(np.float32)
        return found.reshape(-1, PATCH_FEATURES)

    def tags_over_time(self) -> TagsOverTime | None:
        """What the tagger said of each patch of 3 s that it heard; None if it was not kept."""
        import numpy as np

        if not self.patch_tags:
            return None
        names = tuple(sorted(self.tags))
        rows = np.frombuffer(_unpacked(self.patch_tags), np.uint8).reshape(-1, 4 + len(names))
        starts = rows[:, :4].copy().view("<f4").ravel()
        return TagsOverTime(starts, np.square(rows[:, 4:] / 255, dtype=np.float32), names)

    def to_json(self, *, whole: bool = True) -> dict[str, Any]:
        """As a JSON object; not `whole` leaves out what is packed."""
        found = {
            **asdict(self),
            "beats": list(self.beats),
            "bar_times": list(self.bar_times),
            "bars": self.bars,
            "time_signature": self.time_signature,
            "features": list(self.features),
        }
        if not whole:
            del found["clip_picture"], found["clip_patches"], found["patch_tags"]
        return found

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        fields = {
            name: value for name, value in data.items() if name not in ("bars", "time_signature")
        }
        fields["beats"] = tuple(fields["beats"])
        fields["bar_times"] = tuple(fields["bar_times"])
        fields["version"] = fields.get("version", 0)
        fields["features"] = tuple(fields.get("features", ()))
        return cls(**fields)


SURE_OF_BARS: Final = 0.7
"""Confidence from which bars are said to be sure: of 500 synthesised beats 97 % of those are."""
NO_BEAT: Final = "no beat"
"""In place of a beat's sha256."""
UNHEARD_TEMPO: Final = 90.0
"""Beats a minute where there is no beat to hear them in."""


def no_beat() -> Listening:
    """What stands in the place of a Listening until there is a beat: nothing heard, 4/4."""
    return Listening(
        sha256=NO_BEAT, duration=0.0, tempo=UNHEARD_TEMPO, tempo_heard=UNHEARD_TEMPO,
        tempo_confidence=0.0, beats_per_bar=4, beats=(), bar_times=(), key="", key_confidence=0.0,
        genre={"hip-hop": 0.5, "country": 0.5}, tags={}, mood="chill", energy="medium",
        clip_start=0.0, clip_end=0.0,
    )  # fmt: skip


def time_signature(beats_per_bar: int, compound: bool = False) -> str:
    """How a metre is written: compound beats are dotted quarters, three eighths each."""
    return f"{3 * beats_per_bar}/8" if compound else f"{beats_per_bar}/4"


MELS: Final = 64
PATCH_FEATURES: Final = 200
MOST_PACKED: Final = 4_000_000
"""Bytes that one field is unpacked to; the largest, the clip's spectrogram, has some 60,000."""
QUIETEST: Final = -100.0
"""In dB: what the byte 0 stands for; each step is half a dB."""


def as_bytes(log_mel: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Decibels rounded to halves, -100 to 27.5: a quarter of the room, and no loss to speak of."""
    import numpy as np

    steps: npt.NDArray[np.uint8] = np.clip(np.rint((log_mel - QUIETEST) * 2), 0, 255).astype(
        np.uint8
    )
    return steps


def decibels(stored: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """What `as_bytes` stored."""
    import numpy as np

    found: npt.NDArray[np.float32] = stored.astype(np.float32)
    found *= 0.5
    found += QUIETEST
    return found


def packed_tags(
    starts: npt.NDArray[np.float64],
    probabilities: npt.NDArray[np.float32],
    names: Sequence[str],
) -> str:
    """Starts (P,) in seconds and probabilities (P, 50) of the tags named, for a Listening.

    Of a probability the root is kept, in 255ths: so the small ones stay apart, 0.002 from 0.003.
    """
    import numpy as np

    by_name = sorted(range(len(names)), key=lambda at: names[at])
    roots = np.rint(255 * np.sqrt(probabilities[:, by_name])).astype(np.uint8)
    return packed(np.hstack([starts.astype("<f4")[:, None].view(np.uint8), roots]))


def packed(array: npt.NDArray[Any]) -> str:
    """An array's bytes as text, for a field of a Listening."""
    return base64.b64encode(zlib.compress(array.tobytes(), 9)).decode()


def _unpacked(text: str) -> bytes:
    """What `packed` packed.

    Raises:
        ValueError: it is larger than anything that is packed here.
    """
    unpacking = zlib.decompressobj()
    data = unpacking.decompress(base64.b64decode(text), MOST_PACKED)
    if unpacking.unconsumed_tail:
        raise ValueError(f"what is packed is larger than {MOST_PACKED} bytes")
    return data
