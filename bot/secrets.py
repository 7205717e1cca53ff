"""Keeping tokens out of the log: discord.py writes addresses of webhooks into its warnings."""

from __future__ import annotations

import re
from typing import Final

_TOKENS: Final = (
    # .../webhooks/<application>/<token> and .../interactions/<id>/<token>
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/\s?\"']+"), r"\1[token]"),
    # A bot's token: its id, a time and a signature.
    (re.compile(r"\b[\w-]{18,}\.[\w-]{5,}\.[\w-]{20,}\b"), "[token]"),
)


def without_secrets(text: str) -> str:
    for pattern, mark in _TOKENS:
        text = pattern.sub(mark, text)
    return text
