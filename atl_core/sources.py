"""What a front end hands over as a beat, opened as a file."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from atl_core.progress import OnProgress, Progress
from atl_core.settings import Settings
from atl_core.threads import in_thread

Source = str | Path | bytes
"""A path, a link, or the bytes of an attachment."""


@dataclass(frozen=True, slots=True)
class KeptBeat:
    """Bytes that are kept for a worker, on whatever machine it runs."""

    id: str
    """sha256 of the bytes."""
    name: str
    """What the writer calls it."""


@asynccontextmanager
async def opened(
    source: Source, settings: Settings, on_progress: OnProgress
) -> AsyncIterator[Path]:
    """The beat as a file, for as long as the block lasts; a link is fetched.

    Raises:
        BeatError: a link is not followed, or cannot be fetched.
    """

    def enter(report: OnProgress, cancel: threading.Event) -> Path:
        from atl_core.audio.sources import beat_file

        return stack.enter_context(
            beat_file(
                source,
                links=settings.links,
                max_seconds=settings.max_seconds,
                max_megabytes=settings.max_megabytes,
                progress=lambda text: report(Progress("listen", text=text)),
                cancel=cancel,
            )
        )

    with ExitStack() as stack:
        yield await in_thread(enter, on_progress)


def fingerprint(beat: Path, settings: Settings) -> str | None:
    """sha256 of the beat's bytes; None for what listening is going to refuse anyway."""
    try:
        if beat.is_file() and beat.stat().st_size <= settings.max_megabytes * 1e6:
            with beat.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        pass
    return None


def name_of(source: Source | KeptBeat) -> str:
    """What a writer would call it."""
    if isinstance(source, KeptBeat):
        return source.name
    if isinstance(source, bytes):
        return "beat"
    return str(source) if "://" in str(source) else Path(source).name
