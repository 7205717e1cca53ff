"""Proposes lines with a language model tuned on lyrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import torch

from atl_core.captioner.captioner import LineRequest, rhyming_ends
from atl_core.captioner.constraints import LineConstraints, can_end_line
from atl_core.captioner.critic import Critic
from atl_core.captioner.model import PrefixCache
from atl_core.captioner.prompt import header, planned_line
from atl_core.captioner.protocol import Task
from atl_core.captioner.rerank import (
    GENRE_WINDOW,
    MAX_GENRE_ODDS,
    Fluency,
    LineContext,
    RankingWeights,
    genre_odds,
    score_fluency,
)
from atl_core.captioner.sampling import (
    ForcedPrefix,
    GenreScore,
    LogitsProcessor,
    Sampler,
    SamplingConfig,
)
from atl_core.lyrics.brief import Genre
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import FUNCTION_WORDS

MAX_LINES_ABOVE: Final = 11
"""Maximum number of lines above in the prompt. The model was tuned on sections of at most 12."""
LINES_KEPT: Final = 8
"""Lines above that are kept in the prompt once there are more."""
SPARE_TOKENS: Final = 4
"""Tokens that a line may have beyond its syllables."""
GENRE_PULL: Final = 1.3
"""Bias towards words of the genre, for each unit of log-odds, before any line is written. It falls
to 0 once the lines above are clearly of the genre, and doubles if they are clearly of the other."""
REPETITION_PENALTY: Final = 0.6
"""Subtracted from the logits of words that the lines above have."""
END_SHARPNESS: Final = 1.4
"""Exponent of the odds of end words. Above 1, likely ones are drawn more often."""

ROUNDS: Final = (
    SamplingConfig(),
    SamplingConfig(candidates=64, end_words=32, temperature=1.1),
    SamplingConfig(candidates=64, end_words=32, tolerance=2, temperature=1.2),
    # Last attempt: drop the rhyme constraint and accept any valid line.
    SamplingConfig(candidates=64, end_words=32, tolerance=4, temperature=1.2, rhymed=False),
)
"""A round usually fails because the model repeats one phrase, so later rounds are warmer."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """The proposer of the captioner `lm`. See `Proposer`."""

    sampler: Sampler
    genre_score: GenreScore
    critic: Critic | None = None
    weights: RankingWeights = field(default_factory=RankingWeights)
    rounds: Sequence[SamplingConfig] = ROUNDS
    name: str = "lm"

    @property
    def can_end_line(self) -> Callable[[str], bool]:
        """Whether a line may end on a word."""
        return can_end_line

    def start(self, task: Task, topic: Sequence[str]) -> LanguageModelSession:
        """Begin a draft."""
        return LanguageModelSession(self, task, topic)

    def read_lines(self, prefix: PrefixCache, lines: Sequence[str]) -> PrefixCache:
        """The prefix with finished lines appended, each after its plan."""
        return self.sampler.read(
            prefix,
            "".join(planned_line(line, count_syllables(line), end_word(line)) for line in lines),
        )

    def genre_pull(self, genre: Genre, above: Sequence[str]) -> float:
        """Bias towards hip-hop words for each unit of log-odds; negative towards country."""
        towards = GENRE_PULL if genre == "hip-hop" else -GENRE_PULL
        if not above:
            return towards
        (odds,) = genre_odds(genre, [above[-GENRE_WINDOW:]], self.genre_score)
        return towards * (1 - odds / MAX_GENRE_ODDS)

    def forced_prefixes(
        self,
        prefix: PrefixCache,
        constraints: LineConstraints,
        config: SamplingConfig,
        generator: torch.Generator,
    ) -> list[ForcedPrefix]:
        """How each candidate starts.

        If the line must rhyme, candidates are shared out among end words that rhyme. Otherwise they
        end where they like.
        """
        if not config.rhymed:
            return [ForcedPrefix(":", constraints.opening)] * config.candidates
        ends = self._end_words(prefix, constraints, config.end_words, generator)
        opening = constraints.opening or " ".join(constraints.must_use).capitalize()
        if ends:
            each = max(1, config.candidates // len(ends))
            return [ForcedPrefix(f" {end}:", opening) for end in ends for _ in range(each)]
        if not constraints.opening and len(constraints.must_use) == 1:
            # The required word may end the line, open it, or come by itself.
            (word,) = constraints.must_use
            third = config.candidates // 3
            return [ForcedPrefix(f" {word}:")] * third + [
                ForcedPrefix(":", opening),
                ForcedPrefix(":"),
            ] * third
        return [ForcedPrefix(":", opening)] * config.candidates

    def _end_words(
        self,
        prefix: PrefixCache,
        constraints: LineConstraints,
        count: int,
        generator: torch.Generator,
    ) -> list[str]:
        """Up to `count` words that rhyme, drawn by their probability after the lines above.

        None if the line need not rhyme, or if nothing rhymes.
        """
        if not constraints.rhymes_with:
            return []
        found = rhyming_ends(constraints.rhymes_with, constraints.taken_ends)
        if len(found) <= count:
            return found
        readings = self.sampler.log_probs(prefix, [f" {word}:" for word in found], approximate=True)
        scores = torch.stack([reading.sum() for reading in readings])
        # Gumbel top-k: the best `count` are a draw without replacement by probability.
        uniform = torch.rand(len(found), generator=generator, device=generator.device)
        noise = -(-uniform.clamp(1e-9, 1 - 1e-7).log()).log()
        order = (END_SHARPNESS * scores + noise.cpu()).argsort(descending=True)
        return [found[i] for i in order[:count].tolist()]


class LanguageModelSession:
    """A draft that is being written. See `ProposerSession`."""

    def __init__(self, model: LanguageModel, task: Task, topic: Sequence[str]) -> None:
        brief, sampler = task.brief, model.sampler
        self._model, self._task = model, task
        self._generator = torch.Generator(sampler.model.device).manual_seed(brief.random_seed)
        style = header(brief.genre, brief.mood, brief.energy, brief.explicit, topic)
        self._header = sampler.read(sampler.model.empty_prefix(), style)
        self._above = list(task.before)
        self._prefix, self._lines_read = self._header, 0
        self._restart()

    def begin_line(self, request: LineRequest) -> None:
        """See `ProposerSession`."""
        model, sampler, above = self._model, self._model.sampler, self._above
        target = str(request.slot.target)
        self._context = LineContext(
            sampler.read(self._prefix, target),
            sampler.read(self._header, target) if above else None,
        )
        used = {word for line in above[-LINES_KEPT:] for word in words(line)}
        used = used.difference(FUNCTION_WORDS, request.constraints.must_use)
        pull = model.genre_pull(self._task.brief.genre, above)
        self._processors: list[LogitsProcessor] = [
            sampler.word_bias(pull, used, REPETITION_PENALTY),
            sampler.no_repetition(request.others, above),
        ]

    def propose(self, constraints: LineConstraints, config: SamplingConfig) -> list[str]:
        """See `ProposerSession`."""
        prefix = self._context.prefix
        found = self._model.sampler.lines(
            prefix,
            self._model.forced_prefixes(prefix, constraints, config, self._generator),
            self._generator,
            temperature=config.temperature,
            min_p=config.min_p,
            # A syllable is seldom more than a token, and the newline is one.
            max_tokens=constraints.syllables + config.tolerance + SPARE_TOKENS,
            processors=self._processors,
        )
        return sorted(found, key=lambda text: abs(count_syllables(text) - constraints.syllables))

    def fluency(self, texts: Sequence[str]) -> list[Fluency]:
        """See `ProposerSession`."""
        return score_fluency(self._model.sampler, self._model.critic, self._context, texts)

    def end_line(self, line: str) -> None:
        """See `ProposerSession`."""
        self._above.append(line)
        if self._lines_read < MAX_LINES_ABOVE:
            self._prefix = self._model.read_lines(self._prefix, [line])
            self._lines_read += 1
        else:
            self._restart()

    def _restart(self) -> None:
        """Read the header and the last lines above."""
        kept = self._above[-LINES_KEPT:]
        self._prefix, self._lines_read = self._model.read_lines(self._header, kept), len(kept)
