"""A beat as it was heard, and a draft to it, for tests that need one to begin with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from atl_core.audio.listening import Listening
from atl_core.drafts.draft import Draft, Section
from atl_core.drafts.names import LOCAL
from atl_core.genre.verdict import Verdict
from atl_core.lyrics.brief import Brief, Line
from atl_core.lyrics.syllables import count_syllables

if TYPE_CHECKING:
    from atl_core.studio import Studio

SONG = (
    "midnight train is rolling through my town",
    "every light I ever knew is going down",
    "got a pocket full of change and half a dream",
    "nothing in this world is ever what it seems",
    "hold the door and hold my hand",
    "hold the only promised land",
)
SECONDS_A_BAR = 2.5
RATE = 22_050


def heard(**changes: Any) -> Listening:
    """A slow country beat of 16 bars."""
    values: dict[str, Any] = {
        "sha256": "0" * 64,
        "duration": 40.0,
        "tempo": 96.0,
        "tempo_heard": 96.0,
        "tempo_confidence": 0.9,
        "beats_per_bar": 4,
        "beats": tuple(index * SECONDS_A_BAR / 4 for index in range(64)),
        "bar_times": tuple(index * SECONDS_A_BAR for index in range(16)),
        "key": "G major",
        "key_confidence": 0.8,
        "genre": {"hip-hop": 0.2, "country": 0.8},
        "tags": {"country": 0.7},
        "mood": "sad",
        "energy": "low",
        "clip_start": 0.0,
        "clip_end": 10.0,
    }
    return Listening(**values | changes)


def a_draft(**changes: Any) -> Draft:
    """Four lines of a verse and two of a hook, rhymed AABB CC, one bar a line."""
    lines = tuple(
        Line(
            text=text,
            syllables=count_syllables(text),
            target=10,
            rhyme=rhyme,
            bar=index,
            start=index * SECONDS_A_BAR,
            end=(index + 1) * SECONDS_A_BAR,
        )
        for index, (text, rhyme) in enumerate(zip(SONG, "AABBCC", strict=True))
    )
    values: dict[str, Any] = {
        "id": "k7m2qd",
        "owner": "local",
        "title": "Midnight train",
        "revision": 1,
        "asked": "write 6 lines midnight train",
        "beat_name": "beat.wav",
        "brief": Brief("hip-hop", "dark", "medium", ("midnight", "train"), 6, "AABB", 10, 96.0),
        "listening": heard(),
        "lines": lines,
        "verdict": Verdict({"hip-hop": 0.6, "country": 0.4}, "hip-hop", True, (), 3, 1.0, 1.0),
        "captioner": "lm",
        "seconds": {},
        "created": datetime(2026, 1, 1, tzinfo=UTC),
        "sections": (Section("verse 1", 4), Section("hook", 2)),
    }
    return Draft(**values | changes)


async def saved(studio: Studio, owner: str = LOCAL, **values: Any) -> Draft:
    """`a_draft` saved in a studio: lines of one verse, unless `values` say otherwise."""
    made = a_draft()
    kept: dict[str, Any] = {
        "listening": made.listening,
        "beat_name": made.beat_name,
        "brief": made.brief,
        "lines": made.lines,
        "verdict": made.verdict,
        "captioner": made.captioner,
        "seconds": {},
        "asked": made.asked,
    }
    return await studio.drafts.create(owner, **kept | values)


def drum_loop(seconds: float, tempo: float = 90.0) -> np.ndarray:
    """Kick on every beat, hat between: enough to hear a tempo in."""
    samples = np.zeros(int(seconds * RATE))
    time = np.arange(RATE // 5) / RATE
    kick = np.sin(2 * np.pi * 60 * time) * np.exp(-time * 18)
    hat = np.random.default_rng(0).normal(size=len(time)) * np.exp(-time * 60) * 0.3
    for index in range(int(seconds * tempo / 30)):
        at = int(index * 30 / tempo * RATE)
        sound = (hat if index % 2 else kick)[: len(samples) - at]
        samples[at : at + len(sound)] += sound
    return samples / np.abs(samples).max()
