"""The Plan: a draft to be, with slots for the lines that a captioner is still to write."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from atl_core.audio.listening import Listening
from atl_core.captioner.protocol import Captioner, OnOtherWriter, Task, untold
from atl_core.drafts.draft import Section
from atl_core.errors import DraftError
from atl_core.lyrics.brief import Brief, Line
from atl_core.lyrics.form import Slot
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.progress import OnProgress, Progress

ATTEMPTS: Final = 3
"""How often lines are written again until the words that they must use are in them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A draft to be: lines that stay, and slots for those to be written."""

    lines: tuple[Line | Slot, ...]
    sections: tuple[Section, ...]
    brief: Brief
    """To be saved with the draft."""
    steer: Brief
    """To write by."""
    listening: Listening
    captioner: str
    """The name of the model that writes."""
    based_on: int = 0
    """The revision that it is made from; 0 for a new draft."""
    avoid: tuple[str, ...] = ()
    rhymes_with: tuple[tuple[str, str], ...] = ()
    """Words outside the draft that a rhyme letter stands for: (word, letter)."""
    must_use: tuple[str, ...] = ()
    """Words that have to be in what is written."""
    options: int = 0
    """So many lines are offered for the first slot, and the other slots are left for later; 0: all
    slots are written."""
    goal: int = 0
    """Lines that the draft is to have, where it is written line by line."""

    @property
    def wanted(self) -> int:
        """How many lines are to be written."""
        return 1 if self.options else sum(isinstance(line, Slot) for line in self.lines)

    @property
    def _first_wanted(self) -> int:
        """Number of the first line that is to be written."""
        return next(n for n, line in enumerate(self.lines, 1) if isinstance(line, Slot))

    def begun(self, texts: Sequence[str]) -> Plan:
        """The plan with its first slots filled by what was written for them before.

        Words that must be used are looked for in what is written in one go, so such a plan
        begins afresh.
        """
        if self.must_use or self.options or not texts:
            return self
        left = iter(texts)
        lines: list[Line | Slot] = []
        for line in self.lines:
            text = next(left, None) if isinstance(line, Slot) else None
            lines.append(line if text is None or isinstance(line, Line) else written(text, line))
        # Another seed, so that what follows is not drawn like what was written first.
        steer = replace(self.steer, random_seed=self.steer.random_seed + len(texts))
        return replace(self, lines=tuple(lines), steer=steer)

    def filled(
        self,
        captioner: Captioner,
        report: OnProgress,
        cancel: threading.Event,
        on_other_writer: OnOtherWriter = untold,
    ) -> tuple[Line, ...]:
        """Have every slot written, above to below, each run between the lines that stay.

        Blocking and heavy. Ends early, its result incomplete, once `cancel` is set.
        `on_other_writer` is told of lines in the result, by their index in the draft.

        Raises:
            DraftError: the words that must be used could not be.
        """
        for attempt in range(ATTEMPTS):
            steer = replace(self.steer, random_seed=self.steer.random_seed + attempt)
            others: dict[int, str] = {}
            lines = self._written(steer, captioner, report, cancel, others)
            if cancel.is_set() or self._uses_words(lines):
                for index, writer in others.items():
                    on_other_writer(index, writer)
                return lines
        raise DraftError(
            f"I found no good line with “{' '.join(self.must_use)}” in it.",
            remedy="Try fewer or other words, or write it yourself: "
            f'line {self._first_wanted}: "your words".',
        )

    def offered(
        self,
        captioner: Captioner,
        report: OnProgress,
        on_other_writer: OnOtherWriter = untold,
    ) -> tuple[str, ...]:
        """Lines to choose from for the first slot, the best first. Blocking and heavy.

        `on_other_writer` is told of the best, by its index in the draft.
        """
        first, end = next(self._runs())
        task = self._task(self.steer, first, end, self.lines)
        told = replace(
            task, on_other_writer=lambda line, writer: on_other_writer(first + line, writer)
        )
        texts = captioner.options(told, self.options)
        report(Progress("write", 1, 1, texts[0]))
        return texts

    def with_first(self, text: str) -> tuple[Line, ...]:
        """The lines, with a text in the first slot; the other slots are left out."""
        first, _ = next(self._runs())
        slot = self.lines[first]
        assert isinstance(slot, Slot)
        lines = (*self.lines[:first], written(text, slot), *self.lines[first + 1 :])
        return tuple(line for line in lines if isinstance(line, Line))

    def _written(
        self,
        steer: Brief,
        captioner: Captioner,
        report: OnProgress,
        cancel: threading.Event,
        others: dict[int, str],
    ) -> tuple[Line, ...]:
        """The lines, every slot filled. `others` gets who wrote lines in the captioner's place."""
        lines = list(self.lines)
        done = 0
        for first, end in self._runs():
            task = self._task(steer, first, end, lines)

            def note(line: int, writer: str, first: int = first) -> None:
                others[first + line] = writer

            task = replace(task, on_other_writer=note)
            run = enumerate(captioner.write(task), start=first)
            for index, text in run:
                if cancel.is_set():
                    break
                slot = lines[index]
                assert isinstance(slot, Slot)
                lines[index] = written(text, slot)
                done += 1
                report(Progress("write", done, self.wanted, text))
        return tuple(line for line in lines if isinstance(line, Line))

    def _uses_words(self, lines: Sequence[Line]) -> bool:
        new = {
            word
            for line, before in zip(lines, self.lines, strict=True)
            if isinstance(before, Slot)
            for word in words(line.text.lower())
        }
        return new.issuperset(self.must_use)

    def _runs(self) -> Iterator[tuple[int, int]]:
        """First and last + 1 of each run of slots."""
        first = None
        for index, line in enumerate((*self.lines, None)):
            if isinstance(line, Slot):
                first = index if first is None else first
            elif first is not None:
                yield first, index
                first = None

    def _task(self, steer: Brief, first: int, end: int, lines: Sequence[Line | Slot]) -> Task:
        """What to ask a captioner for a run of slots, given the lines finished so far."""
        above = [line for line in lines[:first] if isinstance(line, Line)]
        below = [line for line in lines[end:] if isinstance(line, Line)]
        return Task(
            brief=steer,
            slots=tuple(line for line in self.lines[first:end] if isinstance(line, Slot)),
            before=tuple(line.text for line in above),
            before_rhymes=tuple(line.rhyme for line in above),
            after=(*(line.text for line in below), *(word for word, _ in self.rhymes_with)),
            after_rhymes=(
                *(line.rhyme for line in below),
                *(letter for _, letter in self.rhymes_with),
            ),
            must_use=self.must_use,
            avoid=self.avoid,
            listening=self.listening,
        )


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


def written(text: str, slot: Slot) -> Line:
    """The line that was written for a slot."""
    return Line(
        text=text,
        syllables=count_syllables(text),
        target=slot.target,
        rhyme=slot.rhyme,
        bar=slot.bar,
        start=slot.start,
        end=slot.end,
        first_beat=slot.first_beat,
    )
