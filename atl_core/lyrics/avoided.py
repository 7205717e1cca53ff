"""Words and phrases that a writer does not want to read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from atl_core.lyrics.checks import CLICHES
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import cliches

ENDINGS: Final = ("", "s", "es", "'s", "ed", "d", "ing", "in'", "in")
"""A word is avoided in its forms: `neon` and `neons`, `ride`, `rides` and `ridin'`."""


def avoided_in(line: str, avoid: Iterable[str]) -> list[str]:
    """Those of `avoid` that a line has, in their order."""
    spoken = words(line)
    found = []
    for said in avoid:
        if said == CLICHES:
            found += cliches(line)
        elif _has(spoken, said):
            found.append(said)
    return found


def listed(avoid: Iterable[str]) -> str:
    """`neon, clichés`, as it is shown."""
    return ", ".join("clichés" if said == CLICHES else said for said in avoid)


def _has(spoken: list[str], said: str) -> bool:
    parts = said.split()
    if len(parts) == 1:
        return not _forms(said).isdisjoint(spoken)
    return any(spoken[i : i + len(parts)] == parts for i in range(len(spoken) - len(parts) + 1))


@lru_cache(maxsize=4096)
def _forms(word: str) -> frozenset[str]:
    forms = {word + ending for ending in ENDINGS}
    if len(word) > 3 and word.endswith("e"):
        forms |= {word[:-1] + ending for ending in ("ing", "in'", "in")}
    if len(word) > 3 and word.endswith("y"):
        forms |= {word[:-1] + ending for ending in ("ies", "ied")}
    return frozenset(forms)
