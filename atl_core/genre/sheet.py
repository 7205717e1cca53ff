"""What stands on a page of lyrics and is not sung: chords, headings, credits, a site's own words.

Songwriters paste what a chord sheet or a lyric site shows them. A row of chords ("G  Am  C"), a
title or "You might also like" says nothing about the genre of the words, and no classifier has
learnt it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from atl_core.genre.parts import heading
from atl_core.lyrics.text import is_credit_line

MOST_TITLES: Final = 2
"""Lines above the first heading that are taken for a title and a name. More are sung."""

_CHORD: Final = (
    r"[A-G][#b♯♭]?(?:maj|min|dim|aug|sus|add|m|M|°|ø|\+)?\d{0,2}"
    r"(?:(?:sus|add|maj|#|b)\d{1,2})?(?:/[A-G][#b♯♭]?)?"
)
_CHORDS: Final = re.compile(
    rf"[\s|:()\-–]*(?:(?:{_CHORD}|N\.?C\.?|%|x\d{{1,2}}|\d{{1,2}}x)(?=[\s|:()\-–]|$)[\s|:()\-–]*)+"
)
_MARKUP: Final = re.compile(
    r"</?[a-zA-Z][^<>]{0,200}>|&(?:#\d{1,6}|[a-z]{2,8});|https?://\S{1,300}|www\.\S{1,300}"
)
_LETTER: Final = re.compile(r"[^\W_]")
_TAG: Final = re.compile(r"\[[^\[\]]*\]|\{[^{}]*\}")
_TABLATURE: Final = re.compile(r"(?:[A-Ga-g][#b]? ?)?[|:][\dhpbrsxt/\\~^(). |:-]+")
_ABOUT_PLAYING: Final = re.compile(
    r"\W*(?:capo\b(?:\s*(?:[:=]|on\b|fret\b|at\b))*\s*\d\w*(?:\s+fret)?"
    r"|(?:tuning|key|tempo|bpm|capo|strumming(?:\s+pattern)?|difficulty|chords|tabbed\s+by)\s*:.*)\W*",
    re.IGNORECASE,
)
_OF_THE_PAGE: Final = re.compile(
    r"\W*(?:(?:see .{1,60}live)?get tickets as low as\b.*|submit corrections?"
    r"|add to favou?rites|print this page"
    r"|(?:guitar|piano|drum|bass|sax(?:ophone)?|fiddle|steel|banjo|harmonica|instrumental)s?\s+"
    r"(?:solo|break|riff|interlude|outro|intro)"
    r"|\d+\s+contributors?.*)\W*",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(r"\s*(?:\S+\s+){0,11}Lyrics\s*|\s*[\"“][^\"“”]{1,80}[\"”]\s+lyrics\s*")
"""Of a page: "Midnight Train Lyrics". Who sings of lyrics writes them small."""
# Joined to what is sung where a page was copied whole.
_HEADER: Final = re.compile(r"^\s*\d+\s*Contributors?.{0,200}?Lyrics(?=[\[A-Z\"'(])")
_ADVICE: Final = re.compile(r"^\s*You might also like(?=[\[A-Z\"'(])")
_EMBED: Final = re.compile(r"\d{1,6}Embed\s*$")


def sung(text: str) -> str:
    """`text` with spaces in place of all that is not sung, so that every word keeps its place.

    As it is where nothing else is on it.
    """
    lines = text.splitlines(keepends=True)
    kept = [_without_page(line) for line in lines]
    worded = [index for index, line in enumerate(kept) if _has_words(line)]
    for index in _title(lines, kept, worded):
        kept[index] = _blank(kept[index])
    return "".join(kept) if any(map(_has_words, kept)) else text


def _title(lines: Sequence[str], kept: Sequence[str], worded: Sequence[int]) -> Sequence[int]:
    """The lines that name a song: above its first heading, or the title of a page."""
    first = next((index for index, line in enumerate(lines) if heading(line)), 0)
    above = [index for index in worded if index < first]
    if 0 < len(above) <= MOST_TITLES < len(worded) - len(above):
        return above
    return worded[:1] if len(worded) > 2 and _TITLE.fullmatch(kept[worded[0]]) else []


def _without_page(line: str) -> str:
    said = " ".join(_TAG.sub(" ", line).split())
    if (
        _CHORDS.fullmatch(said)
        or _TABLATURE.fullmatch(said)
        or _ABOUT_PLAYING.fullmatch(said)
        or (_OF_THE_PAGE.fullmatch(said) and not _HEADER.match(line))
        or is_credit_line(said)
        or heading(line)
    ):
        return _blank(line)
    for joined in (_HEADER, _ADVICE, _EMBED):
        line = joined.sub(_space, line, count=1)
    return _MARKUP.sub(_space, line)


def _space(found: re.Match[str]) -> str:
    return _blank(found[0])


def _blank(line: str) -> str:
    """Spaces for all but the line's end."""
    kept = line.splitlines()[0] if line else ""
    return " " * len(kept) + line[len(kept) :]


def _has_words(line: str) -> bool:
    return _LETTER.search(_TAG.sub("", line)) is not None
