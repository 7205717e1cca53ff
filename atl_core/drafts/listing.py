"""What the store answers besides drafts: pages of summaries, the history, a farewell."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from atl_core.lyrics.brief import Genre


@dataclass(frozen=True, slots=True)
class Summary:
    """A draft in a list."""

    id: str
    owner: str
    title: str
    revision: int
    revisions: int
    opening: str
    """The first line."""
    lines: int
    genre: Genre
    """Asked for in the brief."""
    tempo: float
    tags: tuple[str, ...]
    updated: datetime
    readable: bool = True
    """False where what is stored is damaged. Then `opening`, `lines` and `tags` are empty, and
    `genre` and `tempo` mean nothing."""

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "tags": list(self.tags), "updated": self.updated.isoformat()}


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list that may be long."""

    items: tuple[Summary, ...]
    page: int
    """From 1."""
    pages: int
    """At least 1."""
    total: int
    """Drafts in all pages."""


@dataclass(frozen=True, slots=True)
class Change:
    """A revision in the history of a draft."""

    number: int
    parent: int | None
    asked: str
    author: str | None
    created: datetime
    current: bool

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "created": self.created.isoformat()}


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What "forget me" removed."""

    drafts: int
    revisions: int
    beats: int
    """Listenings that no draft needs any more."""
    shares: int
    """Drafts of others that had been opened to this person."""
    contributions: int
    """Changes to drafts of others, which stay there without a name."""

    def describe(self) -> str:
        counts = {
            "draft": self.drafts,
            "version": self.revisions,
            "beat that was listened to": self.beats,
            "share with you": self.shares,
        }
        gone = [_count(count, word) for word, count in counts.items() if count]
        if not gone and not self.contributions:
            return "Nothing of yours was stored."
        said = f"Removed: {', '.join(gone)}." if gone else "No draft was yours."
        if self.contributions:
            changes = _count(self.contributions, "change")
            said += f" Your name was taken off {changes} to the drafts of others."
        return said


def _count(count: int, words: str) -> str:
    first, *rest = words.split(" ", 1)
    plural = first if count == 1 else f"{first}s"
    verb = [part.replace("was", "were") if count != 1 else part for part in rest]
    return " ".join([str(count), plural, *verb])
