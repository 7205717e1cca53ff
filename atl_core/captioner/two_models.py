"""A large model proposes lines, a small one reads them.

Most of the time of a large model on a CPU goes into reading: end words, survivors with the lines
above and without. A small model does that in a tenth of the time. Three blind readers of 40 verses
preferred such a pair to the large model alone in 49 % [35, 63]: they saw no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from atl_core.captioner.captioner import LineRequest
from atl_core.captioner.constraints import LineConstraints
from atl_core.captioner.language_model import LanguageModel, LanguageModelSession
from atl_core.captioner.protocol import Task
from atl_core.captioner.rerank import Fluency, RankingWeights
from atl_core.captioner.sampling import ForcedPrefix, SamplingConfig
from atl_core.lyrics.brief import Brief

ROUNDS: Final = (
    SamplingConfig(24, wave=8, enough=3, end_words=8, ranked=8),
    SamplingConfig(32, wave=16, end_words=16, temperature=1.1),
    SamplingConfig(64, wave=16, end_words=32, tolerance=2, temperature=1.2, last_resort=True),
    SamplingConfig(
        32, wave=16, end_words=16, tolerance=4, temperature=1.2, rhymed=False, last_resort=True
    ),
)
"""Fewer candidates than a small model needs: more of them can be used."""


@dataclass(frozen=True, slots=True)
class TwoModels:
    """The proposer of the captioner `large`. See `Proposer`."""

    writer: LanguageModel
    reader: LanguageModel
    rounds: Sequence[SamplingConfig] = ROUNDS

    @property
    def name(self) -> str:
        """What drafts and settings call the captioner."""
        return self.writer.name

    @property
    def weights(self) -> RankingWeights:
        """How candidates are ranked."""
        return self.reader.weights

    @property
    def can_end_line(self) -> Callable[[str], bool]:
        """Whether a line may end on a word."""
        return self.writer.can_end_line

    def topic(self, brief: Brief) -> tuple[str, ...]:
        """See `Proposer`."""
        return self.writer.topic(brief)

    def start(self, task: Task, topic: Sequence[str]) -> TwoModelsSession:
        """Begin a draft."""
        return TwoModelsSession(self.writer.start(task, topic), self.reader.start(task, topic))


class TwoModelsSession:
    """A draft that is being written. See `ProposerSession`."""

    def __init__(self, writer: LanguageModelSession, reader: LanguageModelSession) -> None:
        self._writer, self._reader = writer, reader
        self._starts: list[ForcedPrefix] = []

    def begin_line(self, request: LineRequest) -> None:
        """See `ProposerSession`."""
        self._writer.begin_line(request)
        self._reader.begin_line(request)

    def propose(self, constraints: LineConstraints, config: SamplingConfig, wave: int) -> list[str]:
        """See `ProposerSession`."""
        if wave == 0:
            self._starts = self._reader.starts(constraints, config)
        return self._writer.sample(self._starts, constraints, config, wave)

    def promise(self, text: str, constraints: LineConstraints) -> float:
        """See `ProposerSession`."""
        return self._reader.promise(text, constraints)

    def fluency(self, texts: Sequence[str]) -> list[Fluency]:
        """See `ProposerSession`."""
        return self._reader.fluency(texts)

    def gain(self, texts: Sequence[str]) -> list[float]:
        """See `ProposerSession`."""
        return self._reader.gain(texts)

    def end_line(self, line: str) -> None:
        """See `ProposerSession`."""
        self._writer.end_line(line)
        self._reader.end_line(line)
