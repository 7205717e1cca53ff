"""Proposes lines with a language model tuned on lyrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from atl_core.captioner.captioner import LineRequest
from atl_core.captioner.constraints import LineConstraints
from atl_core.captioner.critic import Critic
from atl_core.captioner.end_words import can_end_line, rhyming_ends
from atl_core.captioner.kv_cache import PrefixCache
from atl_core.captioner.logits_processors import LogitsProcessor
from atl_core.captioner.prompt import header, planned_line, style
from atl_core.captioner.protocol import Task
from atl_core.captioner.rerank import (
    GENRE_WINDOW,
    MAX_GENRE_ODDS,
    Fluency,
    LineContext,
    RankingWeights,
    genre_odds,
    score_fluency,
    score_gain,
    score_turn,
)
from atl_core.captioner.sampling import (
    ForcedPrefix,
    GenreScore,
    Sampler,
    SamplingConfig,
)
from atl_core.captioner.topic import associated_words
from atl_core.lyrics.brief import Brief, Genre, Mood
from atl_core.lyrics.mood import OPPOSITES
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import FUNCTION_WORDS
from atl_core.settings import Effort

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
LENGTH_PULL: Final = 2.0
"""Added to the logits of ends that make a line of the right length, subtracted from those of
earlier ones."""
MOOD_PULL: Final = 6.0
"""Added to the logits of words that carry a mood that was asked for, subtracted from those of the
opposite."""
END_SHARPNESS: Final = 1.4
"""Exponent of the odds of end words. Above 1, likely ones are drawn more often."""

SMALL_TOPIC: Final = 4
"""A small model makes a list of more topic words: readers of its drafts called them inventories."""

LEADS: Final = (
    "", "the", "my", "this", "that", "old", "that old", "in the", "in a", "at the", "on the",
    "on a", "by the", "down at the", "out on the", "down the", "back in the", "every", "there's a",
    "i got a", "i got my", "i got the", "i see the", "she had a", "like a", "another", "one more",
    "it's a", "from the", "here's to the", "just a", "your", "her", "hear the",
)  # fmt: skip
"""What may precede the seed words that open a song, at most `MAX_LEAD` words."""
OPENINGS: Final = 6
"""Different openings among the candidates of a line."""

ROUNDS: Final = (
    SamplingConfig(),
    SamplingConfig(64, wave=32, end_words=32, temperature=1.1),
    SamplingConfig(64, wave=32, end_words=32, tolerance=2, temperature=1.2, last_resort=True),
    # Last attempt: drop the rhyme constraint and accept any valid line.
    SamplingConfig(
        64, wave=32, end_words=32, tolerance=4, temperature=1.2, rhymed=False, last_resort=True
    ),
)
"""A round usually fails because the model repeats one phrase, so later rounds are warmer."""
CAREFUL: Final = (
    SamplingConfig(72, wave=24, enough=14, ranked=16, end_words=16, wider=2),
    *ROUNDS[1:],
)
"""Twice the candidates, from which a better line is chosen in nearly twice the time."""
EFFORTS: Final[Mapping[Effort, Sequence[SamplingConfig]]] = {"quick": ROUNDS, "careful": CAREFUL}


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """The proposer of the captioner `lm`. See `Proposer`."""

    sampler: Sampler
    genre_score: GenreScore
    critic: Critic | None = None
    weights: RankingWeights = field(default_factory=RankingWeights)
    rounds: Sequence[SamplingConfig] = ROUNDS
    name: str = "lm"
    topic_length: int = SMALL_TOPIC
    """Words that a draft is about, the seed words among them."""
    adapter: Path | None = None
    """File of the shipped adapter that is merged into it; none for a model of one's own."""

    @property
    def can_end_line(self) -> Callable[[str], bool]:
        """Whether a line may end on a word."""
        return can_end_line

    def topic(self, brief: Brief) -> tuple[str, ...]:
        """See `Proposer`."""
        before = style(brief.genre, brief.mood, brief.energy, brief.explicit)
        return associated_words(
            self.sampler, before, brief.seed_words, brief.genre, brief.random_seed,
            self.topic_length,
        )  # fmt: skip

    def start(self, task: Task, topic: Sequence[str]) -> LanguageModelSession:
        """Begin a draft."""
        return LanguageModelSession(self, task, topic)

    def line_ids(self, lines: Sequence[str]) -> list[int]:
        """Token ids of finished lines, each after its plan."""
        return self.sampler.ids(
            "".join(planned_line(line, count_syllables(line), end_word(line)) for line in lines)
        )

    def read_lines(self, prefix: PrefixCache, lines: Sequence[str]) -> PrefixCache:
        """The prefix with finished lines appended, each after its plan."""
        return self.sampler.model.extend(prefix, self.line_ids(lines))

    def genre_pull(self, genre: Genre, above: Sequence[str]) -> float:
        """Bias towards hip-hop words for each unit of log-odds; negative towards country."""
        towards = GENRE_PULL if genre == "hip-hop" else -GENRE_PULL
        if not above:
            return towards
        (odds,) = genre_odds(genre, [above[-GENRE_WINDOW:]], self.genre_score)
        return towards * (1 - odds / MAX_GENRE_ODDS)

    def forced_prefixes(
        self,
        constraints: LineConstraints,
        openings: Sequence[str],
        ends: Sequence[str],
        count: int,
        leads: Sequence[str] = (),
    ) -> list[ForcedPrefix]:
        """How each of `count` candidates starts.

        Args:
            openings: openings to share the candidates among, where the line needs one.
            ends: end words to share the candidates among. If there are none, candidates end where
                they like.
            leads: openings with the required word in them, where the line ends on one of `ends`.
        """
        required = " ".join(constraints.must_use).capitalize()
        if openings:
            made = [ForcedPrefix(":", opening) for opening in openings]
        elif ends:
            starts = leads or [required]
            made = [ForcedPrefix(f" {end}:", starts[n % len(starts)]) for n, end in enumerate(ends)]
        elif len(constraints.must_use) == 1:
            # The required word may end the line, open it, or come by itself.
            (word,) = constraints.must_use
            made = [ForcedPrefix(f" {word}:"), ForcedPrefix(":", required), ForcedPrefix(":")]
        else:
            made = [ForcedPrefix(":", required)]
        return [made[i % len(made)] for i in range(count)]

    def openings(
        self, prefix: PrefixCache, constraints: LineConstraints, generator: torch.Generator
    ) -> list[str]:
        """How a line begins that must open with the seed words, drawn by the model's odds.

        A noun alone at the start makes the line a list of words. "Down at the corner store" goes on
        as a sentence.
        """
        if not constraints.opening:
            return []
        seeds = constraints.opening.lower()
        made = [f"{lead} {seeds}".strip().capitalize() for lead in LEADS]
        read = self.sampler.log_probs(prefix, [f": {text}" for text in made])
        return [made[i] for i in draw([float(row.sum()) for row in read], OPENINGS, generator)]

    def end_words(
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
        found = rhyming_ends(
            constraints.rhymes_with, constraints.taken_ends, slant=constraints.slant
        )
        if len(found) <= count:
            return found
        texts = [f" {word}:" for word in found]
        noise = gumbel_noise(len(found), generator)
        # A word is at most as likely as its first token, which costs nothing to know. So words are
        # read in the order of that bound, until none of the rest can be among the best.
        bound = END_SHARPNESS * self.sampler.first_log_probs(prefix, texts) + noise
        order: list[int] = bound.argsort(descending=True).tolist()
        keys: dict[int, float] = {}
        while order:
            best = sorted(keys.values(), reverse=True)[:count]
            if len(best) == count and float(bound[order[0]]) <= best[-1]:
                break
            chosen, order = order[:count], order[count:]
            read = self.sampler.log_probs(prefix, [texts[i] for i in chosen])
            for i, log_probs in zip(chosen, read, strict=True):
                keys[i] = END_SHARPNESS * float(log_probs.sum()) + float(noise[i])
        return [found[i] for i in sorted(keys, key=lambda i: -keys[i])[:count]]


def gumbel_noise(count: int, generator: torch.Generator) -> Tensor:
    """Noise for log-probabilities: the largest sums are a draw without replacement."""
    uniform = torch.rand(count, generator=generator, device=generator.device).cpu()
    return -(-uniform.clamp(1e-9, 1 - 1e-7).log()).log()


def draw(log_probs: Sequence[float], count: int, generator: torch.Generator) -> list[int]:
    """Up to `count` indices, drawn without replacement by log-probability."""
    noisy = torch.tensor(log_probs) + gumbel_noise(len(log_probs), generator)
    found: list[int] = noisy.argsort(descending=True)[:count].tolist()
    return found


class LanguageModelSession:
    """A draft that is being written. See `ProposerSession`."""

    def __init__(self, model: LanguageModel, task: Task, topic: Sequence[str]) -> None:
        brief, sampler = task.brief, model.sampler
        self._model, self._task = model, task
        self._generator = torch.Generator(sampler.model.device).manual_seed(brief.random_seed)
        first = header(brief.genre, brief.mood, brief.energy, brief.explicit, topic)
        self._header = sampler.read(sampler.model.empty_prefix(), first)
        self._headers: dict[int, PrefixCache] = {}
        self._above = list(task.before)
        self._prefix, self._lines_read = self._header, 0
        self._read_until = max(0, len(self._above) - LINES_KEPT)

    def begin_line(self, request: LineRequest) -> None:
        """See `ProposerSession`."""
        model, sampler, above = self._model, self._model.sampler, self._above
        self._target = request.slot.target
        self._context = LineContext(
            self._read_to(request.slot.target),
            self._header_to(request.slot.target) if above else None,
        )
        used = {word for line in above[-LINES_KEPT:] for word in words(line)}
        used = used.difference(FUNCTION_WORDS, request.constraints.must_use)
        pull = model.genre_pull(self._task.brief.genre, above)
        self._processors: list[LogitsProcessor] = [
            sampler.word_bias(pull, used, REPETITION_PENALTY),
            sampler.no_repetition(request.others, above),
        ]
        if self._task.turn is not None:
            self._processors.append(sampler.mood_bias(self._task.turn, MOOD_PULL))
        self._starts: list[ForcedPrefix] = []
        self._log_probs: dict[str, Tensor] = {}

    def propose(self, constraints: LineConstraints, config: SamplingConfig, wave: int) -> list[str]:
        """See `ProposerSession`."""
        if wave == 0:
            self._starts = self.starts(constraints, config)
        return self.sample(self._starts, constraints, config, wave)

    def starts(self, constraints: LineConstraints, config: SamplingConfig) -> list[ForcedPrefix]:
        """How each candidate of a round starts: with its end word or its opening."""
        prefix, model = self._context.prefix, self._model
        openings = model.openings(prefix, constraints, self._generator)
        ends: list[str] = []
        if config.rhymed and not openings:
            ends = model.end_words(prefix, constraints, config.end_words, self._generator)
        leads: list[str] = []
        if ends and len(constraints.must_use) == 1:
            # A required word that always comes first makes all candidates alike.
            led = replace(constraints, opening=constraints.must_use[0])
            leads = model.openings(prefix, led, self._generator)
        return model.forced_prefixes(constraints, openings, ends, config.candidates, leads)

    def sample(
        self,
        starts: Sequence[ForcedPrefix],
        constraints: LineConstraints,
        config: SamplingConfig,
        wave: int,
    ) -> list[str]:
        """Sample the candidates of a wave, of which each starts as given."""
        before = wave * config.wave
        starts, sampler = starts[before : before + config.wave], self._model.sampler
        return sampler.lines(
            self._context.prefix,
            starts,
            self._generator,
            temperature=config.temperature,
            min_p=config.min_p,
            # A syllable is seldom more than a token, and the newline is one.
            max_tokens=constraints.syllables + config.tolerance + SPARE_TOKENS,
            processors=[
                *self._processors,
                sampler.on_length(starts, constraints.syllables, LENGTH_PULL),
            ],
        )

    def promise(self, text: str, constraints: LineConstraints) -> float:
        """See `ProposerSession`."""
        return -abs(count_syllables(text) - constraints.syllables)

    def fluency(self, texts: Sequence[str]) -> list[Fluency]:
        """See `ProposerSession`."""
        model = self._model
        found, log_probs = score_fluency(model.sampler, model.critic, self._context, texts)
        self._log_probs = dict(zip(texts, log_probs, strict=True))
        if self._task.turn is None:
            return found
        towards, away = self._mood_headers(self._task.turn, self._target)
        turned = score_turn(model.sampler, towards, away, texts)
        return [replace(one, turned=value) for one, value in zip(found, turned, strict=True)]

    def gain(self, texts: Sequence[str]) -> list[float]:
        """See `ProposerSession`."""
        log_probs = [self._log_probs[text] for text in texts]
        return score_gain(self._model.sampler, self._context, texts, log_probs)

    def end_line(self, line: str) -> None:
        """See `ProposerSession`."""
        self._above.append(line)

    def _read_to(self, target: int) -> PrefixCache:
        """The header, the lines above and the syllable count, in one forward.

        The lines are kept for the lines to come, the syllable count is not.
        """
        model, above = self._model, self._above
        unread = above[self._read_until :]
        if self._lines_read + len(unread) > MAX_LINES_ABOVE:
            unread = above[-LINES_KEPT:]
            self._prefix, self._lines_read = self._header, 0
        number = model.sampler.ids(str(target))
        whole = model.sampler.model.extend(self._prefix, [*model.line_ids(unread), *number])
        self._prefix = whole.without_last(len(number)) if unread else self._prefix
        self._lines_read += len(unread)
        self._read_until = len(above)
        return whole

    def _header_to(self, target: int) -> PrefixCache:
        """The header and a syllable count."""
        if target not in self._headers:
            self._headers[target] = self._model.sampler.read(self._header, str(target))
        return self._headers[target]

    def _mood_headers(self, mood: Mood, target: int) -> tuple[PrefixCache, PrefixCache]:
        """The header of a draft without a topic in a mood and in its opposite, with a target."""
        sampler, brief = self._model.sampler, self._task.brief
        headers = [
            header(brief.genre, one, brief.energy, brief.explicit, ())
            for one in (mood, OPPOSITES[mood][0])
        ]
        none = sampler.model.empty_prefix()
        towards, away = (sampler.read(none, f"{text}{target}") for text in headers)
        return towards, away
