"""Where a beat comes from: a file, an attachment's bytes, or a YouTube link."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from atl_core.audio.youtube import fetch, is_link
from atl_core.errors import BeatError, limit, megabytes
from atl_core.files import temporary_folder
from atl_core.progress import OnProgress, Progress, in_thread
from atl_core.settings import Settings

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
async def open_beat(
    source: Source, settings: Settings, on_progress: OnProgress
) -> AsyncIterator[Path]:
    """The beat as a file, for as long as the block lasts; a link is fetched.

    Raises:
        BeatError: a link is not followed, or cannot be fetched.
    """

    def enter(report: OnProgress, cancel: threading.Event) -> Path:
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


def fingerprint(beat: Path, settings: Settings) -> str:
    """sha256 of the beat's bytes; empty for what decoding is going to refuse anyway."""
    try:
        # Files of the kernel's in /proc say that they are empty, and reading some never ends.
        if beat.is_file() and 0 < beat.stat().st_size <= settings.max_megabytes * 1e6:
            with beat.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        pass
    return ""


def name_of(source: Source | KeptBeat) -> str:
    """What a writer would call it."""
    if isinstance(source, KeptBeat):
        return source.name
    if isinstance(source, bytes):
        return "beat"
    return str(source) if "://" in str(source) else Path(source).name


@contextmanager
def beat_file(
    source: str | Path | bytes,
    *,
    links: bool,
    max_seconds: float,
    max_megabytes: float,
    progress: Callable[[str], None] | None = None,
    cancel: threading.Event | None = None,
) -> Iterator[Path]:
    """A path to the beat, for as long as the block lasts; what was fetched is deleted after.

    `links` is the setting that allows links at all. What was fetched is named by its title. A file
    is not copied and not checked here: decoding does that.

    Raises:
        BeatError: the link is not followed or could not be fetched, or the bytes are too many.
        CancelledError: `cancel` was set while fetching.
    """
    if isinstance(source, Path) or (isinstance(source, str) and not is_link(source)):
        yield Path(source)
        return
    with temporary_folder("beat") as folder:
        if isinstance(source, bytes):
            if len(source) > max_megabytes * 1e6:
                raise BeatError(
                    f"The attachment is too large ({megabytes(len(source))}).",
                    f"Up to {limit(max_megabytes)} MB are accepted.",
                    "Send an MP3, or a shorter part of the beat.",
                )
            path = folder / "beat"
            path.write_bytes(source)
        elif not links:
            raise BeatError(
                "Links are switched off here.", "Audio files are accepted.", "Attach the file."
            )
        else:
            fetched = fetch(
                source,
                folder,
                max_seconds=max_seconds,
                max_megabytes=max_megabytes,
                progress=progress,
                cancel=cancel,
            )
            path = fetched.path.rename(folder / f"{file_name(fetched.title)}{fetched.path.suffix}")
        yield path


def file_name(title: str) -> str:
    """A title as the name of a file: one line, no path, at most 240 bytes of UTF-8."""
    line = " ".join(re.sub(r"[/\\\x00-\x1f\x7f]", " ", title).split())
    return line.lstrip(". ")[:60].strip() or "beat"
