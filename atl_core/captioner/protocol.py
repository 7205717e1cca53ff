"""What every captioner is asked and what it answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, Protocol

from atl_core.audio.listening import Listening
from atl_core.lyrics.brief import Brief, Mood
from atl_core.lyrics.form import Slot

OnOtherWriter = Callable[[int, str], None]
"""Told of a line by another writer than the captioner: its index, from 0 within the task, then who
wrote it and why, such as `lm: the server was busy`."""


Rhyming = Literal["internal", "multisyllabic"]
"""More rhymes inside a line, or rhymes of two syllables and more."""


cancel_event: ContextVar[threading.Event | None] = ContextVar("cancel_event", default=None)
"""Set by the caller of a captioner. Once the event is set, a writer that shares forwards stops at
the next one."""


class WritingCancelledError(Exception):
    """The caller set its `cancel_event`."""


def untold(line: int, writer: str) -> None:
    """For callers that do not care who wrote a line."""


@dataclass(frozen=True, slots=True)
class Task:
    """Lines to be written, and the lines that they stand between."""

    brief: Brief
    slots: tuple[Slot, ...]
    """One for each line wanted, in order."""
    before: tuple[str, ...] = ()
    """The lines above, first to last."""
    before_rhymes: tuple[str, ...] = ()
    """The rhyme letter of each line above: a slot with the same letter rhymes with it."""
    after: tuple[str, ...] = ()
    """The lines below, which stay as they are."""
    after_rhymes: tuple[str, ...] = ()
    must_use: tuple[str, ...] = ()
    """Words that the new lines have to contain, wherever else they stand already."""
    opening: tuple[str, ...] | None = None
    """Words that the first line opens with. None: the seed words, where it opens the song."""
    rhyming: Rhyming | None = None
    """What rhymes the lines are to have beside those at their ends."""
    avoid: tuple[str, ...] = ()
    """Lines that must not come again: the ones being rewritten, or an earlier take."""
    turn: Mood | None = None
    """The mood that was asked for in these lines ("sadder"). It counts for more than the mood of a
    whole draft."""
    about: tuple[str, ...] = ()
    """What the new lines are to be about: words of the lines that they replace."""
    listening: Listening | None = None
    """The beat that is written to, for captioners that hear more of it than the brief says."""
    on_other_writer: OnOtherWriter = untold
    """Called in the thread that writes, after the line was yielded."""


class Captioner(Protocol):
    """Writes lyric lines."""

    @property
    def name(self) -> str:
        """What drafts and settings call it."""
        ...

    def write(self, task: Task) -> Iterator[str]:
        """Yield one line for each slot, in order, each as soon as it is finished.

        The same task gives the same lines. Blocking and heavy: call it off the event loop.
        """
        ...

    def options(self, task: Task, count: int) -> tuple[str, ...]:
        """Up to `count` lines for the task's first slot to choose from, the best first.

        They differ from each other and from those of `task.avoid` (`atl_core.lyrics.sameness`).
        """
        ...
