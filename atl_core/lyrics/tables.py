"""The tables of `data/kinds.txt`: kinds of words that a dictionary lacks or says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def table(kind: str) -> Mapping[str, str]:
    """One table of `data/kinds.txt`: from spellings to what is sung."""
    text = (files("atl_core.lyrics") / "data" / "kinds.txt").read_text(encoding="utf-8")
    rows: dict[str, str] = {}
    inside = False
    for line in text.splitlines():
        if line.startswith("["):
            inside = line == f"[{kind}]"
        elif inside and line and not line.startswith("#"):
            spelling, _, said = line.partition("\t")
            rows[spelling] = said
    return rows
