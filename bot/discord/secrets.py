"""Keeping tokens out of the log: discord.py writes addresses of webhooks into its warnings."""

from __future__ import annotations

import logging
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


class Redacting(logging.Formatter):
    """A formatter that takes tokens out of whatever it formats, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))
