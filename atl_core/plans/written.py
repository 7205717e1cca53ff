"""What a captioner has written for a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from atl_core.drafts.draft import Section
from atl_core.drafts.names import MAX_TITLE
from atl_core.edits.line_ranges import Lines
from atl_core.edits.writing import Write
from atl_core.lyrics.brief import Brief, Line
from atl_core.lyrics.wordlists import FUNCTION_WORDS
from atl_core.plans.plan import Plan

TITLE_WORDS: Final = 5


@dataclass(frozen=True, slots=True)
class Written:
    """What the stage of writing made: all that judging and saving need of it."""

    lines: tuple[Line, ...]
    sections: tuple[Section, ...]
    brief: Brief
    captioner: str
    heard: str
    """sha256 of the beat that was listened to."""
    based_on: int
    """The revision that it was made from; 0 for a new draft."""
    options: tuple[str, ...] = ()
    """Lines to choose from for one line, the best first."""
    goal: int = 0
    """Lines that the draft is to have, where it is written line by line."""
    note: str = ""
    """Which lines the captioner did not write itself, and why; a sentence or two."""

    @classmethod
    def by(
        cls,
        plan: Plan,
        lines: tuple[Line, ...],
        options: tuple[str, ...] = (),
        note: str = "",
    ) -> Self:
        """A plan's draft, its slots filled."""
        return cls(
            lines, plan.sections, replace(plan.brief, lines=len(lines)), plan.captioner,
            plan.listening.sha256, plan.based_on, options, plan.goal, note,
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """What a worker keeps between two stages. Changing it strands jobs that are half done."""
        return {
            "lines": [line.to_json() for line in self.lines],
            "sections": [section.to_json() for section in self.sections],
            "brief": self.brief.to_json(),
            "captioner": self.captioner,
            "heard": self.heard,
            "based_on": self.based_on,
            "options": list(self.options),
            "goal": self.goal,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            lines=tuple(Line.from_json(line) for line in data["lines"]),
            sections=tuple(Section.from_json(section) for section in data["sections"]),
            brief=Brief.from_json(data["brief"]),
            captioner=data["captioner"],
            heard=data["heard"],
            based_on=data["based_on"],
            options=tuple(data.get("options", ())),
            goal=data.get("goal", 0),
            note=data.get("note", ""),
        )


def title_of(request: Write, written: Written) -> str:
    """The title of a new draft; empty leaves it to the seed words or the name of the beat.

    A song without seed words is called after its hook.
    """
    first = 0
    if request.wish.form and not request.wish.seed_words:
        lengths = [section.lines for section in written.sections]
        names = [section.name for section in written.sections]
        first = sum(lengths[: names.index("hook")]) if "hook" in names else 0
    elif not request.text:
        return ""
    return titled_after(written.lines[first].text)


def titled_after(line: str) -> str:
    """A title from the first words of a line: "I came to LA" of "I came to LA with a dollar"."""
    said = line.split()
    first = said[:TITLE_WORDS]
    while len(said) > TITLE_WORDS and len(first) > 2 and first[-1].casefold() in FUNCTION_WORDS:
        first.pop()
    return " ".join(first).strip(" ,.;:!?-")[:MAX_TITLE]


def by_others(writers: Mapping[int, str]) -> str:
    """Which lines the draft's captioner did not write itself, and why, in sentences.

    Args:
        writers: who wrote a line and why, such as `lm: the server was busy`, by the line's index.
    """
    sentences = []
    for writer in dict.fromkeys(writers.values()):
        numbers = Lines(tuple(sorted(n + 1 for n, by in writers.items() if by == writer)))
        verb = "is" if len(numbers.numbers) == 1 else "are"
        sentences.append(f"{numbers.describe().capitalize()} {verb} by {writer}.")
    return " ".join(sentences)
