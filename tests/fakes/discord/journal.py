"""Everything that was asked of this Discord, in order and with the time."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One request over REST, and what it got."""

    at: float
    """`time.monotonic()` when it arrived."""
    seconds: float
    method: str
    path: str
    """From after `/api/v10`, without the query."""
    query: dict[str, str]
    body: Any
    files: tuple[str, ...]
    status: int
    code: int = 0
    known: bool = True
    """False when there is no such route here: the product went where we did not follow."""

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status}"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame on the gateway; `sent` when it went to the bot."""

    at: float
    sent: bool
    op: int
    event: str = ""
    session: str = ""


@dataclass(slots=True)
class Journal:
    """The requests and the frames so far."""

    requests: list[Entry] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)

    def asked(self, method: str, path: str, *, since: float = 0.0) -> list[Entry]:
        """The requests of a method whose path matches; a `*` stands for one part of the path."""
        pattern = re.compile(re.escape(path).replace(r"\*", "[^/]+"))
        return [
            entry
            for entry in self.requests
            if entry.method == method and entry.at >= since and pattern.fullmatch(entry.path)
        ]

    def heard(self, op: int, *, since: float = 0.0) -> list[Frame]:
        """The frames with this operation that the bot sent."""
        return [f for f in self.frames if not f.sent and f.op == op and f.at >= since]

    def strangers(self) -> list[Entry]:
        """Requests to routes that this Discord does not have."""
        return [entry for entry in self.requests if not entry.known]

    def now(self) -> float:
        """A mark to ask for what comes after."""
        return time.monotonic()
