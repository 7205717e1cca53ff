"""Discord's limits of length, and how a long song is taken apart without cutting a line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

MESSAGE: Final = 2000
TITLE: Final = 256
DESCRIPTION: Final = 4096
FIELD: Final = 1024
CHOICE: Final = 100
CHOICES: Final = 25
NONCE: Final = 25
ALT: Final = 1024
PART: Final = 1700
"""Characters of a part of a song: three of them and their frame are within an embed's 6,000."""
PARTS: Final = 3
"""Parts up to which a song is shown; a longer one becomes a file with a preview."""


def clip(text: str, longest: int) -> str:
    """Text that is not longer than may be."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def parts(stanzas: Sequence[Sequence[str]], longest: int = PART) -> list[str]:
    """Stanzas in as few texts of at most `longest` as they fit: split at stanza, then at line.

    A line is never cut, unless it alone is longer than a text may be.
    """
    texts: list[str] = []
    for stanza in stanzas:
        whole = "\n".join(stanza)
        if texts and len(texts[-1]) + 2 + len(whole) <= longest:
            texts[-1] += f"\n\n{whole}" if texts[-1] else whole
        elif len(whole) <= longest:
            texts.append(whole)
        else:
            texts += _by_line(stanza, longest)
    return texts or [""]


def _by_line(stanza: Sequence[str], longest: int) -> list[str]:
    texts = [""]
    for line in stanza:
        line = clip(line, longest)
        if texts[-1] and len(texts[-1]) + 1 + len(line) > longest:
            texts.append("")
        texts[-1] += f"\n{line}" if texts[-1] else line
    return texts


def nonce(job_id: str) -> str:
    """What Discord knows a job's message by: a second one with the same is not posted."""
    if len(job_id) <= NONCE:
        return job_id
    return hashlib.sha256(job_id.encode()).hexdigest()[: NONCE - 1]
