"""A conversation about a draft, with a captioner and a listener that stand in for the models."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator

from atl_core.audio.listening import Listening
from atl_core.audio.source import Source
from atl_core.captioner.constraints import constraints_for
from atl_core.captioner.protocol import Task
from atl_core.drafts.draft import Draft
from atl_core.drafts.names import LOCAL
from atl_core.edits.request import Request
from atl_core.pipeline.listener import Listener
from atl_core.progress import OnProgress, Progress, unwatched
from atl_core.studio import Studio
from bot.answers import Answer, Changed, Offered
from bot.dispatch import Asker, dispatch, inline
from bot.phrases import parse
from bot.terminal.show import lay_out
from tests.songs import heard

NAMES = "river window thunder silver highway summer shadow engine winter mountain harbor".split()


class Writer:
    """A captioner that never writes the same line twice; it keeps what it was asked."""

    name = "lm"

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.written = 0

    def write(self, task: Task) -> Iterator[str]:
        self.tasks.append(task)
        above, letters = list(task.before), list(task.before_rhymes)
        for index, slot in enumerate(task.slots):
            opening = constraints_for(task, slot, index, above, letters).opening
            line = self._next(" ".join((opening or "My", *task.must_use)))
            above.append(line)
            letters.append(slot.rhyme)
            yield line

    def options(self, task: Task, count: int) -> tuple[str, ...]:
        self.tasks.append(task)
        return tuple(self._next("My") for _ in range(count))

    def _next(self, opening: str) -> str:
        self.written += 1
        return f"{opening} {NAMES[self.written % len(NAMES)]} {self.written} is gone away"


class StandInListener(Listener):
    """Hears the same in every beat."""

    async def listen(
        self,
        source: Source,
        on_progress: OnProgress = unwatched,  # noqa: ARG002
        on_decoded: Callable[[], None] = lambda: None,  # noqa: ARG002
    ) -> Listening:
        data = source if isinstance(source, bytes) else str(source).encode()
        listening = heard(sha256=hashlib.sha256(data).hexdigest())
        await self.drafts.listenings.keep(listening)
        return listening


class Conversation:
    """A studio with stand-ins for its models, and the draft at hand."""

    def __init__(self, studio: Studio, draft: Draft | None = None) -> None:
        self.studio, self.draft = studio, draft
        self.writer = Writer()
        self.told: list[Progress] = []
        pipeline = studio.pipeline
        pipeline.captioners.loaded["lm"] = self.writer
        pipeline.listener = StandInListener(studio.settings, studio.drafts, asyncio.Semaphore(1))

    async def say(self, said: str | Request) -> Answer:
        """The answer; its draft is the one at hand from now on."""
        opened = await self.studio.drafts.open(self.draft.id, LOCAL) if self.draft else None
        lines = len(opened.draft.lines) if opened else 0
        request = parse(said, lines=lines) if isinstance(said, str) else said
        run = inline(self.studio, self.told.append)
        answer = await dispatch(self.studio, request, Asker(), opened, run)
        lay_out(answer)  # whatever it is, a terminal can show it
        if isinstance(answer, Changed | Offered):
            self.draft = answer.draft
        return answer

    async def change(self, said: str | Request) -> Draft:
        """The draft after what was said."""
        answer = await self.say(said)
        assert isinstance(answer, Changed)
        return answer.draft

    @property
    def at_hand(self) -> Draft:
        assert self.draft is not None
        return self.draft

    @property
    def lines(self) -> list[str]:
        return [line.text for line in self.at_hand.lines]
