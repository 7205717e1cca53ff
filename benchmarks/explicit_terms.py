"""Hits of an independent list of explicit terms, for measuring clean mode."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

TERMS = Path(__file__).with_name("explicit_terms.txt")


@cache
def _pattern() -> re.Pattern[str]:
    rows = TERMS.read_text(encoding="utf-8").splitlines()
    terms = sorted((row for row in rows if row and not row.startswith("#")), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, terms)) + r")(?!\w)")


def hits(text: str) -> list[str]:
    """The terms in `text`, as whole words, in order."""
    return _pattern().findall(text.lower().replace("\u2019", "'"))
