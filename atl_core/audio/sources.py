"""Where a beat comes from: a file, an attachment's bytes, or a YouTube link."""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from atl_core.audio.youtube import fetch, is_link
from atl_core.errors import BeatError


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
    with tempfile.TemporaryDirectory(prefix="atl-beat-") as name:
        folder = Path(name)
        if isinstance(source, bytes):
            if len(source) > max_megabytes * 1e6:
                raise BeatError(
                    f"The attachment is too large ({len(source) / 1e6:.1f} MB).",
                    f"Up to {max_megabytes:g} MB are accepted.",
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
