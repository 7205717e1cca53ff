"""Requests about words: those to avoid, those to use, and ad-libs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from atl_core.drafts.draft import Draft
from atl_core.edits.arrange import with_lines
from atl_core.edits.line_ranges import LineRange, Lines, Whole
from atl_core.edits.request import LineEdit, ModelRequest, Request
from atl_core.errors import DraftError
from atl_core.lyrics.brief import Genre
from atl_core.lyrics.checks import check_brief
from atl_core.lyrics.text import without_adlibs

ADLIBS: Final[dict[Genre, tuple[str, ...]]] = {
    "hip-hop": ("yeah", "uh", "ay", "woo", "let's go", "okay", "what", "skrt"),
    "country": ("oh", "yeah", "hey", "mm-hmm", "oh yeah", "come on", "hey now"),
}
"""What another voice says beside a line, by genre."""
EVERYWHERE: Final = Whole()
EVERY: Final = 2
"""Where a whole section is meant, every second line gets one."""


@dataclass(frozen=True, slots=True)
class Avoid(LineEdit):
    """Words and phrases that no new line of this draft may have."""

    words: tuple[str, ...]

    def describe(self) -> str:
        return f"avoid {_listed(self.words)}"

    def apply(self, draft: Draft) -> Draft:
        avoid = tuple(dict.fromkeys((*draft.brief.avoid, *self.words)))
        return replace(draft, brief=check_brief(replace(draft.brief, avoid=avoid)))


@dataclass(frozen=True, slots=True)
class AllowWords(LineEdit):
    """Words that were avoided may come again, in this draft and in all of the writer's."""

    words: tuple[str, ...] = ()
    """None: all of them."""

    def describe(self) -> str:
        return f"allow {_listed(self.words)}" if self.words else "allow all words"

    def apply(self, draft: Draft) -> Draft:
        avoid = tuple(said for said in draft.brief.avoid if self.words and said not in self.words)
        return replace(draft, brief=replace(draft.brief, avoid=avoid))


@dataclass(frozen=True, slots=True)
class UseInDraft(LineEdit):
    """Words that lines to come are to have: they join the seed words."""

    words: tuple[str, ...]

    def describe(self) -> str:
        return f"use {_listed(self.words)}"

    def apply(self, draft: Draft) -> Draft:
        seeds = tuple(dict.fromkeys((*draft.brief.seed_words, *self.words)))
        return replace(draft, brief=check_brief(replace(draft.brief, seed_words=seeds)))


@dataclass(frozen=True, slots=True)
class AvoidAlways(Request):
    """Words that no draft of the writer's may have, from now on."""

    words: tuple[str, ...]

    def describe(self) -> str:
        return f"never say {_listed(self.words)} again"


@dataclass(frozen=True, slots=True)
class ShowAvoided(Request):
    """What the writer avoids, always and in the draft at hand."""

    def describe(self) -> str:
        return "what do I avoid?"


@dataclass(frozen=True, slots=True)
class AddAdlibs(LineEdit):
    """What another voice says beside lines, in brackets; it does not count."""

    place: LineRange = EVERYWHERE

    def describe(self) -> str:
        if isinstance(self.place, Whole):
            return "add ad-libs"
        return f"add ad-libs to {self.place.describe()}"

    def apply(self, draft: Draft) -> Draft:
        numbers = self.place.of(draft)
        free = []
        for number in numbers:
            line = draft.lines[number - 1]
            if not line.locked and without_adlibs(line.text) == line.text:
                free.append(number)
        if not free:
            raise DraftError(*_why_none(numbers, draft))
        chosen = free if len(numbers) < 2 * EVERY else free[1::EVERY] or free
        rng = random.Random(f"{draft.id} {draft.revision}")
        lines = list(draft.lines)
        last = ""
        given: dict[str, str] = {}
        for number in chosen:
            line = lines[number - 1]
            if line.text not in given:
                last = rng.choice([said for said in ADLIBS[draft.brief.genre] if said != last])
                given[line.text] = last  # a hook that comes back has the same ones
            # Syllables and rhyme are those of the line without it.
            lines[number - 1] = replace(line, text=f"{line.text} ({given[line.text]})")
        return with_lines(draft, lines)


@dataclass(frozen=True, slots=True)
class DropAdlibs(LineEdit):
    """Take the ad-libs out again."""

    def describe(self) -> str:
        return "remove the ad-libs"

    def apply(self, draft: Draft) -> Draft:
        lines = [
            line if line.locked else replace(line, text=" ".join(without_adlibs(line.text).split()))
            for line in draft.lines
        ]
        return with_lines(draft, lines)


def _why_none(numbers: Sequence[int], draft: Draft) -> tuple[str, str, str]:
    """Why no line of some can have an ad-lib, what can, and what to do."""
    locked = [number for number in numbers if draft.lines[number - 1].locked]
    named = Lines(tuple(locked or numbers)).describe()
    verb = "is" if len(locked or numbers) == 1 else "are"
    if not locked:
        have = "has an ad-lib" if verb == "is" else "have ad-libs"
        return f"{named.capitalize()} {have} already.", "", "Take them out: remove the ad-libs."
    locked_said = f"{named.capitalize()} {verb} locked."
    if len(locked) < len(numbers):
        locked_said = "Each of these lines is locked, or has an ad-lib already."
    return locked_said, "", f"Unlock first: unlock {named}."


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words)


@dataclass(frozen=True, slots=True)
class UseWords(ModelRequest):
    """Rewrite a line so that it contains some words."""

    words: str
    line: int

    def describe(self) -> str:
        return f'use "{self.words}" in line {self.line}'
