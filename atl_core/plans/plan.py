"""The Plan: a draft to be, with slots for the lines that a captioner is still to write."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from atl_core.audio.listening import Listening
from atl_core.captioner.protocol import Captioner, OnOtherWriter, Rhyming, Task, untold
from atl_core.drafts.draft import Section
from atl_core.edits.arrange import written
from atl_core.errors import DraftError
from atl_core.lyrics.brief import Brief, Line, Mood
from atl_core.lyrics.form import Slot
from atl_core.lyrics.mood import mood_counts
from atl_core.lyrics.saying import OwnSound
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import is_content_word
from atl_core.progress import OnProgress, Progress

ATTEMPTS: Final = 3
"""How often lines are written again until the words that they must use are in them."""


MAX_KEPT_LINES: Final = 2
"""More lines than these turn to another mood with the subject of the draft, not with their own."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of lines from `first` on, up to the next passage, that is written by itself."""

    first: int
    """Index of its first line in the draft."""
    name: str = ""
    """The section that it is."""
    mood: Mood | None = None
    """None: the draft's."""
    opening: tuple[str, ...] = ()
    """Words that its first line opens with."""


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
    turn: Mood | None = None
    """The mood that was asked for in what is written."""
    rhymes_with: tuple[tuple[str, str], ...] = ()
    """Words outside the draft that a rhyme letter stands for: (word, letter)."""
    must_use: tuple[str, ...] = ()
    """Words that have to be in what is written."""
    options: int = 0
    """So many lines are offered for the first slot, and the other slots are left for later; 0: all
    slots are written."""
    goal: int = 0
    """Lines that the draft is to have, where it is written line by line."""
    sounds: tuple[OwnSound, ...] = ()
    """How the writer says words."""
    rhyming: Rhyming | None = None
    """What rhymes are wanted beside those at the ends of lines."""
    passages: tuple[Passage, ...] = ()
    """The sections of a song that is written section by section."""
    repeats: tuple[tuple[int, int], ...] = ()
    """Slots that get the words of another slot above them: (index, index of the other)."""

    @property
    def wanted(self) -> int:
        """How many lines are to be written."""
        return 1 if self.options else len(self._open)

    @property
    def places(self) -> tuple[tuple[int, str], ...]:
        """The number of each line that is written, and its section in a song of several."""
        return tuple((n + 1, self._section_of(n)) for n in self._open[: self.wanted])

    @property
    def _open(self) -> tuple[int, ...]:
        """Indices of the slots that are written, and not filled with words of another."""
        again = dict(self.repeats)
        return tuple(
            index
            for index, line in enumerate(self.lines)
            if isinstance(line, Slot) and index not in again
        )

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
        lines = list(self.lines)
        for index, text in zip(self._open, texts, strict=False):
            self._fill(lines, index, text)
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
                self._fill(lines, index, text)
                done += 1
                section = self._section_of(index)
                report(Progress("write", done, self.wanted, text, section, index + 1))
        return tuple(line for line in lines if isinstance(line, Line))

    def _uses_words(self, lines: Sequence[Line]) -> bool:
        new = {
            word
            for line, before in zip(lines, self.lines, strict=True)
            if isinstance(before, Slot)
            for word in words(line.text.lower())
        }
        return new.issuperset(self.must_use)

    def _fill(self, lines: list[Line | Slot], index: int, text: str) -> None:
        """Put a text into a slot, and into those that repeat it."""
        for place in (index, *(again for again, of in self.repeats if of == index)):
            slot = self.lines[place]
            assert isinstance(slot, Slot)
            lines[place] = written(text, slot)

    def _section_of(self, index: int) -> str:
        """The section of a line, in a song that is written section by section."""
        return next((p.name for p in reversed(self.passages) if p.first <= index), "")

    def _runs(self) -> Iterator[tuple[int, int]]:
        """First and last + 1 of each run of slots that are written in one go."""
        starts = {passage.first for passage in self.passages}
        open_, first, last = self._open, 0, -1
        for index in open_:
            if last >= 0 and (index > last + 1 or index in starts):
                yield first, last + 1
                first = index
            elif last < 0:
                first = index
            last = index
        if open_:
            yield first, last + 1

    def _task(self, steer: Brief, first: int, end: int, lines: Sequence[Line | Slot]) -> Task:
        """What to ask a captioner for a run of slots, given the lines finished so far."""
        above = [line for line in lines[:first] if isinstance(line, Line)]
        below = [line for line in lines[end:] if isinstance(line, Line)]
        here = [passage for passage in self.passages if passage.first <= first]
        passage = here[-1] if here else None
        if passage and passage.mood:
            steer = replace(steer, mood=passage.mood)
        at_start = passage is not None and passage.first == first
        return Task(
            brief=steer,
            opening=passage.opening if passage and at_start else None,
            slots=tuple(line for line in self.lines[first:end] if isinstance(line, Slot)),
            before=tuple(line.text for line in above),
            before_rhymes=tuple(line.rhyme for line in above),
            after=(*(line.text for line in below), *(word for word, _ in self.rhymes_with)),
            after_rhymes=(
                *(line.rhyme for line in below),
                *(letter for _, letter in self.rhymes_with),
            ),
            must_use=self.must_use,
            rhyming=self.rhyming,
            avoid=self.avoid,
            turn=self.turn,
            about=self._about(),
            listening=self.listening,
        )

    def _about(self) -> tuple[str, ...]:
        """A line that turns to another mood is still to be about what it was about."""
        if self.turn is None or self.wanted > MAX_KEPT_LINES:
            return ()
        said = (word for line in self.avoid for word in words(line.lower()))
        kept = (w for w in said if is_content_word(w) and not mood_counts([w]))
        return tuple(dict.fromkeys(kept))
