"""What a worker needs to be able to do; the studio's side gives it a pair of hands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from atl_core.jobs.job import JobRequest

Json = dict[str, Any]
OnLine = Callable[[int, int, str], None]
"""`told(number, total, text)`: a line was written, the `number`-th of those wanted, from 0.

Called in the thread that writes, which waits until it returns; with an empty text before the
first line, to tell how many there will be.
"""


class Hands(Protocol):
    """The stages of a job. What they return is kept as JSON and handed to the next."""

    async def fetch(self, link: str) -> tuple[bytes, str]:
        """The bytes behind a link, and what it calls itself."""
        ...

    async def listen_to(self, beat: bytes) -> Json:
        """What is heard in a beat, kept under its sha256."""
        ...

    async def picture(self, beat: bytes, heard: Json, title: str) -> bytes:
        """The picture of it, as PNG."""
        ...

    async def write(
        self, order: JobRequest, heard: str, written: Sequence[str], on_line: OnLine
    ) -> Json:
        """The draft's lines; `heard` is the beat's sha256, `written` what is there already."""
        ...

    async def judge(self, lines: Json) -> Json: ...

    async def save(
        self,
        job_id: str,
        order: JobRequest,
        beat_name: str,
        lines: Json,
        verdict: Json,
        seconds: Json,
    ) -> tuple[str, int]:
        """The draft's id and the number of the revision; written once for each job."""
        ...

    def passing(self, error: Exception) -> bool:
        """Whether the same may work a little later."""
        ...

    def about(self) -> Json:
        """Device, captioner and versions, for the operator."""
        ...

    async def get_ready(self) -> None:
        """Load what takes long to load; beside the first order, not before it is taken."""
        ...
