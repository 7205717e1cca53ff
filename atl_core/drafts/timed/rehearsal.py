"""Files to rehearse with, which hold the beat: a video, and a page that plays it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from atl_core.drafts.draft import Draft
from atl_core.drafts.export import particulars
from atl_core.errors import DraftError


def rehearsal(
    draft: Draft,
    beat: Path,
    format: Literal["mp4", "html"],  # noqa: A002
    on_share: Callable[[float], None],
    cancel: threading.Event,
) -> bytes:
    """A draft with its beat as a file. Blocking: a minute of video takes some ten seconds.

    `on_share` is told the share that is done.

    Raises:
        DraftError: the draft has no beat.
        BeatError: the beat's file cannot be used; the text says why.
        CancelledError: `cancel` was set.
    """
    from atl_core.drafts.timed.page import page
    from atl_core.drafts.timed.sound import stereo
    from atl_core.drafts.timed.video import video

    if not draft.listening.is_beat:
        raise DraftError(
            "This draft has no beat to rehearse with.", remedy="Give it one: set the beat."
        )
    sound = stereo(beat, draft, cancel)
    on_share(0.0)
    if format == "html":
        return page(draft, particulars(draft), sound)
    return video(draft, particulars(draft), sound, progress=on_share, cancel=cancel)
