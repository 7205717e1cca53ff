"""A model behind a server proposes lines, our own model reads them.

Each line gets two requests at most, the second with what was wrong with the lines of the first.
Where the server fails, or none of its lines can be used, our own model writes the line, so a draft
is never lost. `Task.on_other_writer` is told of such lines.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from atl_core.captioner.captioner import LineRequest
from atl_core.captioner.constraints import (
    LineConstraints,
    is_fresh,
    is_showable,
    ngrams,
    opens_with,
    rhymes,
)
from atl_core.captioner.language_model import ROUNDS, LanguageModel, LanguageModelSession
from atl_core.captioner.protocol import Task
from atl_core.captioner.rerank import Fluency, RankingWeights
from atl_core.captioner.sampling import ForcedPrefix, SamplingConfig
from atl_core.captioner.server_client import Answer, ServerClient, ServerError, Wave
from atl_core.captioner.server_prompt import Ask, chat, completion, continued, is_example, lines_of
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.form import UNRHYMED
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words

log = logging.getLogger(__name__)

SERVER_ROUNDS: Final = (
    SamplingConfig(12, wave=12, enough=12, end_words=12, ranked=12),
    SamplingConfig(12, wave=12, enough=12, end_words=12, ranked=12, temperature=1.1),
)
"""One wave a round: one request."""
OWN_ROUNDS: Final = tuple(replace(config, last_resort=True) for config in ROUNDS)
"""The default writer's, for lines that the server cannot write."""
MAX_FAILURES: Final = 2
"""A server that fails at this many lines in a row is asked for no more of the draft."""
MAX_FAULTS: Final = 4
"""Lines that could not be used and that the server is told of."""
MAX_CANDIDATES: Final = 48
"""Lines of one answer that are looked at."""
PRIME: Final = 1_000_003
"""Keeps the seeds of different drafts apart."""
UNFIT: Final = "nothing that the server wrote could be used"


@dataclass(frozen=True, slots=True)
class ServerModel:
    """The proposer of the captioner `server`. See `Proposer`."""

    client: ServerClient
    reader: LanguageModel
    """Chooses end words, ranks, and writes the lines that the server cannot."""
    rounds: Sequence[SamplingConfig] = (*SERVER_ROUNDS, *OWN_ROUNDS)
    name: str = "server"

    @property
    def weights(self) -> RankingWeights:
        """How candidates are ranked."""
        return self.reader.weights

    @property
    def can_end_line(self) -> Callable[[str], bool]:
        """Whether a line may end on a word."""
        return self.reader.can_end_line

    def topic(self, brief: Brief) -> tuple[str, ...]:
        """See `Proposer`."""
        return self.reader.topic(brief)

    def start(self, task: Task, topic: Sequence[str]) -> ServerSession:
        """Begin a draft."""
        return ServerSession(self, task, topic)


class ServerSession:
    """A draft that is being written. See `ProposerSession`."""

    def __init__(self, model: ServerModel, task: Task, topic: Sequence[str]) -> None:
        self._client, self._task, self._topic = model.client, task, topic
        self._own: LanguageModelSession = model.reader.start(task, topic)
        self._own_name = model.reader.name
        self._line = -1
        """Number of the line that was begun, from 0 within the task."""
        self._requests = 0
        self._failures = 0
        """Lines in a row at which the server failed."""
        self._reason = ""
        """Why the line is not by the server, if it will not be."""

    def begin_line(self, request: LineRequest) -> None:
        """See `ProposerSession`."""
        self._line += 1
        self._request = request
        self._rounds_left = len(SERVER_ROUNDS)
        self._failed = self._failures >= MAX_FAILURES
        self._reason = self._reason if self._failed else UNFIT
        self._proposed: list[str] = []
        self._own.begin_line(request)

    def propose(self, constraints: LineConstraints, config: SamplingConfig, wave: int) -> list[str]:
        """See `ProposerSession`."""
        if not self._rounds_left:
            return self._own.propose(constraints, config, wave)
        self._rounds_left -= 1
        if self._failed:
            return []
        starts = self._own.starts(constraints, config)[: config.wave]
        try:
            answer = self._client.ask(self._wave(starts, constraints, config))
        except ServerError as error:
            log.warning("the captioner's server: %s", error.reason)
            self._failed, self._reason = True, error.reason
            self._failures += 1
            return []
        self._failures = 0
        found = candidates(answer, starts)
        self._proposed += found
        return found

    def promise(self, text: str, constraints: LineConstraints) -> float:
        """See `ProposerSession`."""
        return self._own.promise(text, constraints)

    def fluency(self, texts: Sequence[str]) -> list[Fluency]:
        """See `ProposerSession`."""
        return self._own.fluency(texts)

    def gain(self, texts: Sequence[str]) -> list[float]:
        """See `ProposerSession`."""
        return self._own.gain(texts)

    def end_line(self, line: str) -> None:
        """See `ProposerSession`."""
        if line not in self._proposed:
            self._task.on_other_writer(self._line, f"{self._own_name}: {self._reason}")
        self._own.end_line(line)

    def _wave(
        self, starts: Sequence[ForcedPrefix], constraints: LineConstraints, config: SamplingConfig
    ) -> Wave:
        """What the server is asked."""
        brief, request = self._task.brief, self._request
        ends = [start.plan.strip(" :") for start in starts] if constraints.rhymes_with else []
        ask = Ask(
            brief.genre,
            brief.mood,
            brief.energy,
            brief.explicit,
            self._topic,
            request.above,
            constraints.syllables,
            ends=tuple(filter(None, dict.fromkeys(ends))),
            is_rhymed=request.slot.rhyme != UNRHYMED,
            opening=constraints.opening,
            must_use=constraints.must_use,
            faults=self._faults(constraints),
        )
        self._requests += 1
        return Wave(
            one=chat(ask, 1),
            several=chat(ask, len(starts)),
            prompts=[completion(ask, start) for start in starts],
            temperature=config.temperature,
            seed=(brief.random_seed * PRIME + self._requests) % 2**31,
        )

    def _faults(self, constraints: LineConstraints) -> tuple[tuple[str, str], ...]:
        """The lines that were proposed for this line so far, and what is wrong with each."""
        brief, others = self._task.brief, self._request.others
        allowed = {*brief.seed_words, *self._task.must_use}
        return tuple(
            (line, fault(line, constraints, others, allowed, explicit=brief.explicit))
            for line in self._proposed[:MAX_FAULTS]
        )


def candidates(answer: Answer, starts: Sequence[ForcedPrefix]) -> list[str]:
    """The lines of an answer, without repeats and without those of the prompt's examples.

    Args:
        starts: of the prompts that were asked, in order.
    """
    if answer.prompts:
        found = [
            continued(text, starts[prompt])
            for text, prompt in zip(answer.texts, answer.prompts, strict=True)
        ]
    else:
        found = [line for text in answer.texts for line in lines_of(text)]
    own = [line for line in dict.fromkeys(found) if line and not is_example(line)]
    return own[:MAX_CANDIDATES]


def fault(
    line: str,
    constraints: LineConstraints,
    others: Sequence[str],
    allowed: Collection[str],
    *,
    explicit: bool,
) -> str:
    """What is wrong with a line that cannot be used, in words for the server's model.

    Args:
        others: lines that must not be repeated.
        allowed: see `is_showable`.
    """
    spoken, length, end = words(line), count_syllables(line), end_word(line)
    if abs(length - constraints.syllables) > constraints.tolerance:
        return f"it has {length} syllables"
    if not opens_with(spoken, words(constraints.opening)):
        return f"it does not open with “{constraints.opening}”"
    if missing := [word for word in constraints.must_use if word not in spoken]:
        return f"it lacks “{' '.join(missing)}”"
    if end in constraints.taken_ends:
        return f"“{end}” is used already"
    if not rhymes(end, constraints):
        return f"“{end}” does not rhyme with “{constraints.rhymes_with[0]}”"
    if not is_fresh(line, ngrams(others)):
        return "it repeats words that were sung already"
    if not is_showable(line, allowed, explicit=explicit):
        return "it has odd or explicit words, or a slip of grammar"
    return f"it should not end on “{end}”, or it is like a known song"
