"""Values that go into a store, and a clock to go with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from atl_core.audio.listening import Listening
from atl_core.drafts.draft import Draft
from atl_core.genre.verdict import SpokenWord, Verdict
from atl_core.lyrics.brief import Brief, Line

VERSE = (
    "midnight train is rolling through my town",
    "every light I ever knew is going down",
    "got a pocket full of change and half a dream",
    "nothing in this world is ever what it seems",
)


def make_lines(texts: tuple[str, ...] = VERSE) -> tuple[Line, ...]:
    return tuple(
        Line(text, 10, 10, "AABB"[index % 4], index, index * 2.5, (index + 1) * 2.5)
        for index, text in enumerate(texts)
    )


def make_listening(sha256: str = "0" * 64) -> Listening:
    return Listening(
        sha256=sha256,
        duration=20.0,
        tempo=96.0,
        tempo_heard=96.0,
        tempo_confidence=0.9,
        beats_per_bar=4,
        beats=tuple(index * 0.625 for index in range(32)),
        bar_times=tuple(index * 2.5 for index in range(8)),
        key="A minor",
        key_confidence=0.7,
        genre={"hip-hop": 0.8, "country": 0.2},
        tags={"beat": 0.6, "guitar": 0.2},
        mood="chill",
        energy="medium",
        clip_start=0.0,
        clip_end=10.0,
    )


def make_brief(*seed_words: str) -> Brief:
    return Brief(
        "hip-hop", "chill", "medium", seed_words or ("midnight", "train"), 4, "AABB", 10, 96.0
    )


def make_verdict() -> Verdict:
    words = (SpokenWord("train", "country", 0.4),)
    return Verdict({"hip-hop": 0.6, "country": 0.4}, "hip-hop", True, words, 3, 1.0, 1.0)


def draft_values(**changes: Any) -> dict[str, Any]:
    """What `DraftStore.create` is given."""
    return {
        "listening": make_listening(),
        "beat_name": "beat.wav",
        "brief": make_brief(),
        "lines": make_lines(),
        "verdict": make_verdict(),
        "captioner": "lm",
        "seconds": {"listen": 0.5, "write": 2.0},
        "asked": "write 4 lines",
        **changes,
    }


def make_draft(texts: tuple[str, ...] = VERSE, **changes: Any) -> Draft:
    """A draft that is in no store."""
    values = draft_values(lines=make_lines(texts), **changes)
    return Draft(
        **{
            "id": "k7m2qd",
            "owner": "ann",
            "title": "Midnight train",
            "revision": 1,
            "created": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            **values,
        }
    )


class Clock:
    """A clock that the test winds."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now
