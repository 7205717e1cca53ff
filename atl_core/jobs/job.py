"""What a front end submits to the queue, and the Job that comes of it, as everybody sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from atl_core.edits.request import Request
from atl_core.progress import Stage

State = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A Request for a worker to perform."""

    request: Request
    """A `Write` or a `Listen` to a KeptBeat or a link, or any request that needs a model."""
    owner: str
    """Who asks, such as `discord:1234`."""
    key: str
    """The same key twice is one job: the id of an interaction or of a message."""
    draft_id: str = ""
    """The draft that it revises; empty for a new one."""
    address: Mapping[str, str] = field(default_factory=dict)
    """Where the answer goes. Kept with the job, and read by nobody but the front end."""


@dataclass(frozen=True, slots=True)
class Job:
    """A snapshot of a job: where it stands, and what it has made so far."""

    id: str
    owner: str
    asked: str
    """The request in plain words."""
    state: State
    address: Mapping[str, str]
    position: int = 0
    """Jobs ahead of it; 0 when it runs or is next."""
    wait_seconds: float | None = None
    """Until it is finished, by what its stages took lately; None while that is not known."""
    stage: Stage | Literal[""] = ""
    lines: tuple[str, ...] = ()
    """Written so far."""
    total: int = 0
    """Lines to be written; while a file is rendered, the per cent that are done."""
    places: tuple[tuple[int, str], ...] = ()
    """Of each line to be written its number in the draft and, where a song is written section by
    section, the name of its section. Empty until it is planned."""
    draft_id: str = ""
    """The draft that it made or revised, once it is done."""
    revision: int = 0
    problem: str = ""
    """When it failed: the sentence for the writer."""
    message: str = ""
    """Id of the message that it was delivered as."""

    @property
    def finished(self) -> bool:
        return self.state in ("done", "failed", "cancelled")
