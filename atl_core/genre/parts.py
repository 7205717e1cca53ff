"""A song in parts: where its sections begin, and each line in the light of the lines around it.

A single line says little about its genre. So the lines of a text are read as a hidden Markov model
with two states, hip-hop and country (Rabiner 1989): a line's own log-odds are its evidence, and
the genre seldom changes from one line to the next, sooner where a section begins. Forward and
backward messages give each line's probability with all lines known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from math import exp, log, log1p
from typing import Final

from atl_core.lyrics.text import is_section_line

CHANGE: Final = 0.01
"""Chance that the genre changes between two lines of a section."""
CHANGE_AT_SECTION: Final = 0.3
"""The same where a section begins."""
EVIDENCE: Final = 0.8
"""Weight of a line's log-odds. Neighbouring lines are not independent, so it is under 1."""
SHORTEST: Final = 3
"""Lines of a part without a name. A shorter stanza is joined to the one before it."""

_TAG = re.compile(r"\[([^\[\]]*)\]")
_MARKS: Final = " \t\r\n\v\f*_#>-"
"""What a page puts around a heading in brackets."""
_AROUND: Final = _MARKS + "():.[]"
_SPOKEN: Final = re.compile(r"(?:rap|spoken(?: word)?|tag|drop|breakdown)\s*\d*\s*:", re.IGNORECASE)
"""Headings that are words of lyrics as well, without their colon."""
LONGEST_TAG: Final = 80
"""Letters of a heading in brackets."""


@dataclass(frozen=True, slots=True)
class Section:
    """Some lines in a row."""

    name: str
    """As written in its heading without brackets and artists; empty where there is none."""
    first: int
    """Index among the lines that have words."""
    last: int


def heading(line: str) -> str:
    """`Verse 1` for "[Verse 1: Somebody]", "Verse 1:" or "**Verse 1**"; empty for what is sung."""
    line = line.strip(_MARKS)
    tag = _TAG.fullmatch(line)
    if tag and len(tag[1].strip()) <= LONGEST_TAG:
        name = tag[1].split(":")[0].strip(_MARKS)
        return name if any(map(str.isalpha, name)) else ""
    return line.strip(_AROUND) if is_section_line(line) or _SPOKEN.fullmatch(line) else ""


def sections(lines: Sequence[str], sung: Sequence[int]) -> list[Section]:
    """The sections of a text: stanzas between empty lines, with their headings.

    Args:
        lines: all lines as written.
        sung: the indexes among them of those that have words and are no heading, rising.

    Returns:
        At least one section where `sung` is not empty; together they cover all of `sung`.
    """
    found: list[Section] = []
    name, begins, before = "", True, -1
    for index, number in enumerate(sung):
        for between in lines[before + 1 : number]:
            if called := heading(between):
                name, begins = called, True
            elif not between.strip():
                begins = True
        if begins and not (not name and found and _too_short(found[-1])):
            found.append(Section(name, index, index))
        else:
            found[-1] = Section(found[-1].name, found[-1].first, index)
        name, begins, before = "", False, number
    if len(found) > 1 and not found[-1].name and _too_short(found[-1]):
        last, previous = found.pop(), found.pop()
        found.append(Section(previous.name, previous.first, last.last))
    return found


def _too_short(section: Section) -> bool:
    return not section.name and section.last - section.first + 1 < SHORTEST


def in_context(log_odds: Sequence[float], begins: Set[int]) -> list[float]:
    """The log-odds of hip-hop for each line with all other lines known.

    Args:
        log_odds: of each line taken by itself.
        begins: indexes of the lines that begin a section.
    """
    changes = [CHANGE_AT_SECTION if index in begins else CHANGE for index in range(len(log_odds))]
    evidence = [EVIDENCE * value for value in log_odds]
    forward, backward = [0.0] * len(evidence), [0.0] * len(evidence)
    for index in range(1, len(evidence)):
        forward[index] = _carry(forward[index - 1] + evidence[index - 1], changes[index])
    for index in range(len(evidence) - 2, -1, -1):
        backward[index] = _carry(backward[index + 1] + evidence[index + 1], changes[index + 1])
    return [sum(three) for three in zip(forward, evidence, backward, strict=True)]


def _carry(log_odds: float, change: float) -> float:
    """Log-odds of one line -> what they say of its neighbour, where the genre may change."""
    same, other = log(1 - change), log(change)
    return _log_sum(log_odds + same, other) - _log_sum(log_odds + other, same)


def _log_sum(left: float, right: float) -> float:
    return max(left, right) + log1p(exp(-abs(left - right)))


def runs(log_odds: Sequence[float]) -> list[Section]:
    """Lines in a row of one genre, for a text that nothing divides into sections.

    A run of fewer than `SHORTEST` lines is counted to the genre around it.
    """
    labels = [value > 0 for value in log_odds]
    while True:
        found = []
        for _, group in groupby(range(len(labels)), key=labels.__getitem__):
            members = list(group)
            found.append(Section("", members[0], members[-1]))
        shortest = min(found, key=lambda section: section.last - section.first)
        if len(found) == 1 or shortest.last - shortest.first + 1 >= SHORTEST:
            return found
        for index in range(shortest.first, shortest.last + 1):
            labels[index] = not labels[index]
