"""The log of a process that serves: one JSON object a line, or words for whoever is watching.

No line of it holds a token.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from bot.secrets import without_secrets


class Structured(logging.Formatter):
    """One JSON object for each record; `job` is the job that it is about."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if job := getattr(record, "job", ""):
            told["job"] = job
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return without_secrets(json.dumps(told, ensure_ascii=False))


class Plain(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        job = getattr(record, "job", "")
        return without_secrets(super().format(record)) + (f"  [job {job}]" if job else "")


def start_log() -> None:
    """Log to standard error: to a terminal in words, to anything else in JSON."""
    handler = logging.StreamHandler()
    if sys.stderr.isatty():
        handler.setFormatter(Plain("%(asctime)s %(levelname)-7s %(name)s  %(message)s"))
    else:
        handler.setFormatter(Structured())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in ("alembic", "aiohttp", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
