"""What several of the modules here show alike: colours, tags, counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from atl_core.lyrics.brief import Genre

if TYPE_CHECKING:
    pass

COLOURS: Mapping[Genre, str] = {"hip-hop": "magenta", "country": "yellow"}
RHYME_COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "red")
TAGS_SHOWN = 5


def tags(tags: Mapping[str, float]) -> str:
    shown: Iterable[tuple[str, float]] = list(tags.items())[:TAGS_SHOWN]
    return ", ".join(f"{tag} {probability:.2f}" for tag, probability in shown)


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
