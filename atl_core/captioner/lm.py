"""The pretrained writer: a small language model tuned on lyrics, steered line by line.

For each line: plan (length, rhyme), propose (many candidates in one batch, last word first where
the line has a partner to rhyme with), check (a hard guard), choose (a ranking). If nothing passes
it widens: more candidates, then looser bounds, so a draft is never cut short.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

import torch

from atl_core.captioner.critic import Critic
from atl_core.captioner.guard import Wanted, grams, is_fresh, is_showable, keeps_plan, may_answer
from atl_core.captioner.llama import Prefix
from atl_core.captioner.planning import wanted_at
from atl_core.captioner.prompt import header, planned_line
from atl_core.captioner.protocol import Task
from atl_core.captioner.ranking import (
    SURE,
    WINDOW,
    Place,
    Weights,
    how_much_of,
    rank,
    read_freely,
)
from atl_core.captioner.sampling import Candidate, GenreScore, Lead, Sampler
from atl_core.captioner.topic import topic_words
from atl_core.errors import BriefError
from atl_core.lyrics.brief import Genre
from atl_core.lyrics.form import UNRHYMED, Slot
from atl_core.lyrics.originality import load_index
from atl_core.lyrics.rhyme import Rhyme, end_word, is_close, rhyming_words
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import FUNCTION_WORDS, is_clean

MOST_LINES: Final = 11
"""Most lines above that the model sees; it was tuned on sections of at most twelve."""
CONTEXT_LINES: Final = 8
"""Lines above that it goes on from once there are more."""
RHYMES: Final = 40
"""Most rhyming words of a kind that are weighed as ends of a line, the commonest."""
SPARE_TOKENS: Final = 4
GENRE_PULL: Final = 1.3
"""How far the draw of words leans to the genre where nothing has been said yet: not at all once the
lines above are surely of it, twice as far where they are surely of the other."""
STALENESS: Final = 0.6
"""What the draw of words takes off those that the lines above have said."""
END_SHARPNESS: Final = 1.4
"""Above 1, end words are drawn from fewer and likelier ones than the model's own odds."""
MIN_RHYMES: Final = 12
"""A line that opens a rhyme group must end in a word with at least this many rhymes."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard one round of proposals tries."""

    candidates: int = 36
    end_words: int = 12
    read: int = 12
    """Candidates that are read again freely and ranked, those of the right length before others."""
    tolerance: int = 1
    temperature: float = 1.0
    min_p: float = 0.05


ROUNDS: Final = (
    Effort(),
    Effort(candidates=64, end_words=32, temperature=1.1),
    Effort(candidates=64, end_words=32, tolerance=2, temperature=1.2),
    Effort(candidates=64, end_words=32, tolerance=4, temperature=1.2),
)
"""Each round is tried only when nothing of the rounds before could be used.

The usual reason is a rut, one phrase again and again, so later rounds are drawn warmer.
"""
STALE: Final = 6
"""Syllables off target that a repetition weighs, where something has to be shown."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """The captioner `lm`."""

    sampler: Sampler
    genre_score: GenreScore
    critic: Critic | None = None
    weights: Weights = field(default_factory=Weights)
    name: str = "lm"

    def write(self, task: Task) -> Iterator[str]:
        """Yield one line for each slot. See `Captioner`."""
        brief = task.brief
        device = self.sampler.model.device
        generator = torch.Generator(device).manual_seed(brief.random_seed)
        topic = topic_words(brief.seed_words, brief.genre)
        above = list(task.before)
        letters = list(task.before_rhymes)
        head = self.sampler.read(
            self.sampler.model.empty(),
            header(brief.genre, brief.mood, brief.energy, brief.explicit, topic),
        )
        context = self.with_lines(head, above[-CONTEXT_LINES:])
        seen = len(above[-CONTEXT_LINES:])
        for index, slot in enumerate(task.slots):
            place = Place(
                self.sampler.read(context, str(slot.target)),
                self.sampler.read(head, str(slot.target)) if above else None,
            )
            line = self._line(task, slot, index, above, letters, topic, place, generator)
            above.append(line)
            letters.append(slot.rhyme)
            yield line
            if seen < MOST_LINES:
                context, seen = self.with_lines(context, [line]), seen + 1
            else:
                context, seen = self.with_lines(head, above[-CONTEXT_LINES:]), CONTEXT_LINES

    def with_lines(self, prefix: Prefix, lines: Sequence[str]) -> Prefix:
        """The prefix with finished lines read, each after its plan."""
        return self.sampler.read(
            prefix,
            "".join(planned_line(line, count_syllables(line), end_word(line)) for line in lines),
        )

    def _line(
        self,
        task: Task,
        slot: Slot,
        index: int,
        above: Sequence[str],
        letters: Sequence[str],
        topic: Sequence[str],
        place: Place,
        generator: torch.Generator,
    ) -> str:
        brief = task.brief
        wanted = wanted_at(task, slot, index, above, letters)
        opens_group = slot.rhyme != UNRHYMED and not wanted.partners
        others = [*above, *task.after, *task.avoid]
        used, spent = grams(others), self.sampler.spent(others, above)
        bias = self.sampler.bias(
            self._pull(brief.genre, above),
            {word for line in above[-CONTEXT_LINES:] for word in words(line)}.difference(
                FUNCTION_WORDS, wanted.must_use
            ),
            STALENESS,
        )
        own = {*brief.seed_words, *task.must_use}
        spare: list[str] = []
        for effort in ROUNDS:
            wanted = replace(wanted, tolerance=effort.tolerance)
            if effort is ROUNDS[-1]:
                # Whatever rhyme was asked for has failed three times: a line that can be shown.
                leads = [Lead(":", wanted.opening)] * effort.candidates
            else:
                leads = self.leads(place.prefix, wanted, effort, generator)
            drawn = self.sampler.lines(
                place.prefix,
                leads,
                generator,
                temperature=effort.temperature,
                min_p=effort.min_p,
                # A syllable is seldom more than a token, and the newline is one.
                max_tokens=slot.target + effort.tolerance + SPARE_TOKENS,
                bias=bias,
                spent=spent,
            )
            showable = [c for c in drawn if is_showable(c.text, own, explicit=brief.explicit)]
            copied = load_index().copied([candidate.text for candidate in showable], above[-1:])
            showable = [c for c, known in zip(showable, copied, strict=True) if not known]
            kept = [c for c in showable if is_fresh(c.text, used) and keeps_plan(c.text, wanted)]
            if opens_group:
                kept = [c for c in kept if _opens_well(end_word(c.text))]
            if kept:
                return self._best(kept, place, wanted, task, above, topic, effort)
            spare += [c.text for c in showable if c.text not in above]
        if not spare:
            given = " ".join([wanted.opening, *wanted.must_use]).strip()
            raise BriefError(
                f"I found no line {slot.index + 1} that I would show you"
                + (f", with “{given}” in it." if given else "."),
                remedy="Try other seed words, a longer line or another random seed.",
            )
        # The verdict reports what such a line fails to keep; a missing line would be worse.
        return min(
            spare,
            key=lambda text: (
                abs(count_syllables(text) - slot.target) + STALE * (not is_fresh(text, used))
            ),
        )

    def _pull(self, genre: Genre, above: Sequence[str]) -> float:
        """How far the draw of words leans towards hip-hop, below 0 towards country."""
        towards = GENRE_PULL if genre == "hip-hop" else -GENRE_PULL
        if not above:
            return towards
        (heard,) = how_much_of(genre, [above[-WINDOW:]], self.genre_score)
        return towards * (1 - heard / SURE)

    def leads(
        self, prefix: Prefix, wanted: Wanted, effort: Effort, generator: torch.Generator
    ) -> list[Lead]:
        """Free starts for a line that may end where it likes; else a share for each end word."""
        ends = self._end_words(prefix, wanted, effort.end_words, generator)
        opening = wanted.opening or " ".join(wanted.must_use).capitalize()
        if ends:
            each = max(1, effort.candidates // len(ends))
            return [Lead(f" {end}:", opening) for end in ends for _ in range(each)]
        if not wanted.opening and len(wanted.must_use) == 1:
            # A line that may end where it likes can end in the word, open with it, or find it.
            (word,) = wanted.must_use
            third = effort.candidates // 3
            return [Lead(f" {word}:")] * third + [Lead(":", opening), Lead(":")] * third
        return [Lead(":", opening)] * effort.candidates

    def _end_words(
        self, prefix: Prefix, wanted: Wanted, count: int, generator: torch.Generator
    ) -> list[str]:
        """Words that rhyme with the partners, drawn by how well they fit after the lines above.

        None where the line has no partner, or one that nothing rhymes with.
        """
        if not wanted.partners:
            return []
        found = ends_that_rhyme(wanted.partners, wanted.taken)
        if len(found) <= count:
            return found
        read = self.sampler.log_probs(prefix, [f" {word}:" for word in found], quick=True)
        scores = torch.stack([row.sum() for row in read])
        # With Gumbel noise the best `count` are a draw without replacement by probability.
        uniform = torch.rand(len(found), generator=generator, device=generator.device)
        noise = -(-uniform.clamp(1e-9, 1 - 1e-7).log()).log()
        order = (END_SHARPNESS * scores + noise.cpu()).argsort(descending=True)
        return [found[i] for i in order[:count].tolist()]

    def _best(
        self,
        candidates: Sequence[Candidate],
        place: Place,
        wanted: Wanted,
        task: Task,
        above: Sequence[str],
        topic: Sequence[str],
        effort: Effort,
    ) -> str:
        texts = sorted(
            dict.fromkeys(candidate.text for candidate in candidates),
            key=lambda text: abs(count_syllables(text) - wanted.syllables),
        )[: effort.read]
        scores = rank(
            texts,
            read_freely(self.sampler, self.critic, place, texts),
            wanted,
            task.brief,
            above,
            topic,
            self.genre_score,
            self.weights,
        )
        return texts[scores.index(max(scores))]


def ends_that_rhyme(
    partners: Sequence[str],
    taken: Collection[str] = (),
    worthy: Callable[[str], bool] = may_answer,
) -> list[str]:
    """Words worth ending a line on that rhyme with all partners: perfectly, then nearly, in both
    the commonest first.
    """
    kinds: tuple[Rhyme, ...] = ("perfect", "slant")
    return [
        word
        for kind in kinds
        for word in rhyming_words(partners[0], limit=RHYMES, kind=kind)
        if word not in taken
        and worthy(word)
        and is_clean(word)
        and all(is_close(word, partner) for partner in partners)
    ]


@lru_cache(maxsize=4096)
def _opens_well(end: str) -> bool:
    """Whether a rhyme group may begin with this end word: enough words can answer it."""
    return len(ends_that_rhyme([end])) >= MIN_RHYMES
