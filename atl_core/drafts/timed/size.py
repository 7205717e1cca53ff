"""How large a rehearsal video may be, and how much of a song fits into it."""

from __future__ import annotations

from typing import Final

from atl_core.drafts.draft import Draft

LARGEST: Final = 9_500_000
"""Bytes: what may be sent on Discord without paying is 10 MB."""
AUDIO_BITS: Final = 128_000
FEWEST_AUDIO_BITS: Final = 48_000
VIDEO_BITS: Final = 80_000
"""Bits a second that the picture takes at most; it is mostly still."""
LONGEST: Final = LARGEST * 8 // (FEWEST_AUDIO_BITS + VIDEO_BITS)
"""Seconds that fit into a file."""


def audio_bits(seconds: float) -> int:
    """Bits a second for the sound of a video that lasts so long."""
    room = LARGEST * 8 / max(seconds, 1.0) - VIDEO_BITS
    return int(min(AUDIO_BITS, max(FEWEST_AUDIO_BITS, room)))


def part_shown(draft: Draft) -> str:
    """How much of a song its video shows, such as 11:43; empty where that is all of it."""
    if draft.listening.duration <= LONGEST:
        return ""
    minutes, seconds = divmod(LONGEST, 60)
    return f"{minutes}:{seconds:02}"
