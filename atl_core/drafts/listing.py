"""What the store answers besides drafts: pages of summaries, the history, a farewell."""

from __future__ import annotations

from collections.abc import Sequence
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
class Wording:
    """The words of a revision, and whose it is."""

    number: int
    parent: int | None
    author: str | None
    """None: somebody who asked to be forgotten."""
    lines: tuple[str, ...]


def writers_of(wordings: Sequence[Wording], current: int) -> tuple[Wording, ...]:
    """For each line of a revision the one in which its words first stood, going back from it."""
    known = {wording.number: wording for wording in wordings}
    here = known[current]
    found = [here] * len(here.lines)
    open_, before = set(range(len(here.lines))), here.parent
    while before is not None and before in known and open_:
        older = known[before]
        open_ = {index for index in open_ if here.lines[index] in older.lines}
        for index in open_:
            found[index] = older
        before = older.parent
    return tuple(found)


def other_line(wordings: Sequence[Wording], current: int, line: int, asker: str) -> str:
    """What stood in the place of a line: the newest by somebody else, or else by anybody."""
    here = next(wording for wording in wordings if wording.number == current).lines[line - 1]
    others = [
        wording
        for wording in reversed(wordings)
        if len(wording.lines) >= line and wording.lines[line - 1] != here
    ]
    theirs = [wording for wording in others if wording.author != asker]
    return next((wording.lines[line - 1] for wording in (*theirs, *others)), "")


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
