"""Whole lyrics as they are trained on."""

from __future__ import annotations

from atl_core.lyrics.text import clean_line


def clean_for_singing(text: str) -> str:
    """`text` with everything removed that is not sung.

    Section tags, credits, bracketed ad-libs, "x2", numbering, markup, links, emoji and invisible
    characters go; quotes and dashes become plain; case and punctuation stay. Empty lines part
    stanzas and are kept, one at a time. Cleaning twice changes nothing more.
    """
    lines: list[str] = []
    for raw in text.splitlines():
        line = clean_line(raw)
        if line or (not raw.strip() and lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip("\n")
