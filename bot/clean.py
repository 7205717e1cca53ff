"""Text from outside, made safe to show: nothing in it can move a cursor or turn the reading order.

Titles, lines, file names and error texts all may hold what somebody typed or pasted. Every front
end passes them through `clean` before they are shown. Stored text is left as it is.
"""

from __future__ import annotations

import re
from typing import Final

_REPLACED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 (but tab and newline), DEL and C1: terminal commands
    "\u2028\u2029"  # line and paragraph separators
    "\ud800-\udfff]"  # lone surrogates, which no encoding takes
)
_REMOVED: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that turn the direction of writing, and the byte order mark."""


def clean(text: str) -> str:
    """The text with control characters shown as U+FFFD and without direction marks."""
    return _REPLACED.sub("\N{REPLACEMENT CHARACTER}", _REMOVED.sub("", text.replace("\r\n", "\n")))


def escaped(json: str) -> str:
    """JSON with these characters as `\\uXXXX`: it means the same, and no terminal obeys it."""
    shown = _REPLACED.sub(_escape, json)
    return _REMOVED.sub(_escape, shown)


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
