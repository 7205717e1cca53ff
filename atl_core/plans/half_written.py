"""A plan for a half-written song: the writer's lines stay, locked, and what is between is written.

Pure; no model in here. `lyrics.own_text` takes the text apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from atl_core.audio.listening import Listening
from atl_core.drafts.draft import Section, covering
from atl_core.edits.arrange import placed
from atl_core.edits.wish import Wish
from atl_core.errors import BriefError
from atl_core.genre.verdict import GenreVerdict
from atl_core.lyrics.brief import Brief, Genre, Line
from atl_core.lyrics.checks import MAX_LINES, check_brief
from atl_core.lyrics.form import (
    MAX_SYLLABLES,
    MIN_SYLLABLES,
    UNRHYMED,
    Slot,
    rhyme_letters,
)
from atl_core.lyrics.mood import mood_counts
from atl_core.lyrics.own_text import (
    GAP,
    OwnSection,
    OwnText,
    Shape,
    rhymes_here,
    scheme_here,
    shape_of,
    shape_of_kind,
    stanzas_of,
)
from atl_core.lyrics.song_form import USUAL_LINES
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.plans.plan import Plan

MORE_LINES: Final = 4
"""Lines that are added below a text without gaps."""
NOT_ENGLISH: Final = ("another language", "code")
"""What a text may be that no lines are written for."""
FREE_VERSE: Final = 8
"""Lines from which on a text without rhymes is meant to have none."""


def plan_own_text(
    text: OwnText, wish: Wish, listening: Listening, captioner: str, read: GenreVerdict
) -> Plan:
    """The plan of a song that goes on from a writer's own text.

    Args:
        read: how the text reads.

    Raises:
        BriefError: it is no English text, or the song would become too long.
    """
    if read.kind in NOT_ENGLISH:
        raise BriefError(
            f"That reads like {read.kind}, and I write English lyrics.",
            remedy="Send lyrics in English.",
        )
    brief = brief_of(text, wish, listening, read.label if read.confident else None)
    return plan_text(text, brief, listening, captioner)


def brief_of(text: OwnText, wish: Wish, listening: Listening, genre: Genre | None) -> Brief:
    """The brief of a half-written song: what is asked for, else as the text is, else as is heard.

    Args:
        genre: what the text reads like; None if that is not clear.
    """
    shape = shape_of(text)
    # A few lines without a rhyme say nothing yet; a song without one does.
    unrhymed = len(text.written) >= FREE_VERSE
    moods = mood_counts([word for line in text.written for word in words(line)])
    likeliest = max(moods, key=lambda mood: moods[mood], default=None)
    usual = min(MAX_SYLLABLES, max(MIN_SYLLABLES, round(median(shape.syllables))))
    wish = replace(
        wish,
        genre=wish.genre or genre,
        mood=wish.mood or likeliest,
        scheme=wish.scheme or (shape.scheme if shape.rhymes or unrhymed else None),
        syllables=wish.syllables or usual,
        lines=max(1, len(text.lines)),
    )
    return wish.brief(listening)


def plan_text(text: OwnText, brief: Brief, listening: Listening, captioner: str) -> Plan:
    """The writer's lines, locked, and a slot for each gap.

    Each slot has the rhyme letter of its partner in the stanza, and as many syllables as lines in
    its place have elsewhere.

    Raises:
        BriefError: the song would become too long.
    """
    lines: list[Line | Slot] = []
    sections: list[Section] = []
    letters = _Letters()
    for section in _completed(text):
        shape = shape_of_kind(text, section.kind)
        named = brief.scheme != shape_of(text).scheme  # the writer has another one in mind
        if named:
            shape = replace(shape, scheme=brief.scheme)
        before = len(lines)
        for run in section.stanzas:
            for stanza in stanzas_of(run, len(shape.scheme)):
                scheme = shape.scheme if named else scheme_here(stanza, shape.scheme)
                lines += _stanza(stanza, replace(shape, scheme=scheme), letters)
        if len(lines) > before:
            sections.append(Section(section.name or "verse 1", len(lines) - before))
    brief = check_brief(replace(brief, lines=len(lines)))
    on_beat = placed(lines, brief, listening)
    return Plan(on_beat, covering(sections, len(lines)), brief, brief, listening, captioner)


def _completed(text: OwnText) -> list[OwnSection]:
    """The sections, each empty one with gaps in it; a text without gaps goes on at its end."""
    sections = []
    for section in text.sections:
        if section.lines:
            sections.append(section)
            continue
        same = next((s for s in text.sections if s.kind == section.kind and s.lines), None)
        count = len(same.lines) if same else USUAL_LINES.get(section.kind, MORE_LINES)
        sections.append(replace(section, stanzas=((GAP,) * count,)))
    if not text.has_gaps:
        last = sections[-1]
        more = min(MORE_LINES, MAX_LINES - len(text.lines))
        sections[-1] = replace(last, stanzas=(*last.stanzas, *((((GAP,) * more,)) if more else ())))
    return sections


class _Letters:
    """Rhyme letters that no line has yet."""

    def __init__(self) -> None:
        self._every = iter(rhyme_letters("A", 4 * MAX_LINES))

    def fresh(self) -> str:
        return next(self._every)


def _stanza(stanza: Sequence[str], shape: Shape, letters: _Letters) -> list[Line | Slot]:
    """The lines of one stanza. The writer's own have a letter where they do rhyme."""
    # Two lines by themselves are a couplet.
    scheme = "AA" if len(stanza) == 2 and len(shape.scheme) > 2 else shape.scheme[: len(stanza)]
    found: dict[int, str] = {}
    for i, line in enumerate(stanza):
        if line == GAP:
            continue
        partner = next((j for j in range(i) if j in found and rhymes_here(stanza[j], line)), None)
        found[i] = letters.fresh() if partner is None else found[partner]
    wanted: dict[str, str] = {}
    for i, letter in enumerate(scheme):
        # A gap rhymes with the nearest line of the writer's that the scheme gives it.
        if letter == UNRHYMED or i not in found:
            continue
        near = [g for g in range(len(stanza)) if stanza[g] == GAP and scheme[g] == letter]
        if near and letter not in wanted:
            nearest = min((j for j in found if scheme[j] == letter), key=lambda j: abs(j - near[0]))
            wanted[letter] = found[nearest]
    lines: list[Line | Slot] = []
    for i, text in enumerate(stanza):
        letter = scheme[i]
        if text != GAP:
            alone = list(found.values()).count(found[i]) == 1 and found[i] not in wanted.values()
            count = count_syllables(text)
            rhyme = UNRHYMED if alone else found[i]
            lines.append(Line(text, count, count, rhyme, 0, 0.0, 0.0, locked=True))
            continue
        if letter == UNRHYMED or scheme.count(letter) == 1:
            rhyme = UNRHYMED
        else:
            rhyme = wanted.setdefault(letter, letters.fresh())
        target = shape.syllables[i % len(shape.syllables)]
        lines.append(Slot(0, min(MAX_SYLLABLES, max(MIN_SYLLABLES, target)), rhyme, 0, 0.0, 0.0))
    return lines
