"""The loop over lines, the same for every captioner.

For each line: propose candidates, drop those that break a hard constraint, rank the rest, and take
the best. If none is left, further rounds propose more candidates under looser constraints, so a
draft is never cut short.

What differs between captioners is a `Proposer`: a language model, a network of the paper, or a
model behind a server.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from atl_core.captioner.constraints import (
    LineConstraints,
    constraints_for,
    is_fresh,
    is_showable,
    meets,
    ngrams,
    rhymes,
)
from atl_core.captioner.end_words import has_enough_rhymes
from atl_core.captioner.protocol import Task
from atl_core.captioner.rerank import Fluency, RankingWeights, rank
from atl_core.captioner.sampling import GenreScore, SamplingConfig
from atl_core.errors import BriefError
from atl_core.lyrics.avoided import avoided_in
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.form import UNRHYMED, Slot
from atl_core.lyrics.inner_rhymes import rhymed_syllables
from atl_core.lyrics.mood import mood_balance
from atl_core.lyrics.originality import load_index
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.sameness import different
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words

GAINS_AT_ONCE: Final = 4
"""Candidates that are read together without the lines above."""
RANKED_FOR_EACH: Final = 4
"""Candidates that are ranked for each option that is wanted."""
OPTION_WAVE: Final = 28
"""Candidates that are sampled at once where lines to choose from are wanted: as a rule enough pass
that no others are sampled."""
RANKED_EACH: Final = 3
"""Candidates whose exact score is found, for each line to choose from."""
RHYMED_SYLLABLE: Final = 1.0
"""What a syllable that rhymes inside the line is worth, in units of the ranking's score."""
LINES_NEAR: Final = 3
"""Lines above that are looked through for rhymes."""
REPETITION_COST: Final = 6
"""If no candidate meets the constraints, a repetition counts like this many wrong syllables."""
MISSING_RHYME_COST: Final = 3
"""And a rhyme that is missing like so many."""


@dataclass(frozen=True, slots=True)
class LineRequest:
    """One line to be written."""

    slot: Slot
    constraints: LineConstraints
    above: Sequence[str]
    """The lines above, first to last."""
    topic: Sequence[str]
    """Words that the draft is about."""
    others: Sequence[str]
    """Lines that must not be repeated, those above among them."""


class ProposerSession(Protocol):
    """The state of a proposer while it writes one draft."""

    def begin_line(self, request: LineRequest) -> None:
        """Prepare for a line. Called once for each line, in order."""
        ...

    def propose(self, constraints: LineConstraints, config: SamplingConfig, wave: int) -> list[str]:
        """Candidates for the line that was begun.

        They need not meet the constraints: the caller checks.

        Args:
            wave: 0 for the first `config.wave` candidates of a round, 1 for the next, and so on.
        """
        ...

    def promise(self, text: str, constraints: LineConstraints) -> float:
        """Which of the candidates to score, if there are too many: those with the highest."""
        ...

    def fluency(self, texts: Sequence[str]) -> list[Fluency]:
        """How well each of these candidates reads in its place, except for the gain."""
        ...

    def gain(self, texts: Sequence[str]) -> list[float]:
        """`Fluency.gain` of each of these candidates, whose fluency was asked for before."""
        ...

    def end_line(self, line: str) -> None:
        """Take `line` as the line that was begun."""
        ...


class Proposer(Protocol):
    """A model that proposes candidate lines."""

    @property
    def name(self) -> str:
        """What drafts and settings call the captioner."""
        ...

    @property
    def rounds(self) -> Sequence[SamplingConfig]:
        """Tried in order until a round yields a line that meets the constraints."""
        ...

    @property
    def weights(self) -> RankingWeights:
        """How candidates are ranked."""
        ...

    @property
    def can_end_line(self) -> Callable[[str], bool]:
        """Whether the model can end a line on a word."""
        ...

    def topic(self, brief: Brief) -> tuple[str, ...]:
        """What a draft is to be about: the seed words, then words that belong to them."""
        ...

    def start(self, task: Task, topic: Sequence[str]) -> ProposerSession:
        """Begin a draft."""
        ...


@dataclass(frozen=True, slots=True)
class LineCaptioner:
    """A captioner that writes with a proposer. See `Captioner`."""

    proposer: Proposer
    genre_score: GenreScore

    @property
    def name(self) -> str:
        return self.proposer.name

    def write(self, task: Task) -> Iterator[str]:
        """Yield one line for each slot. See `Captioner`.

        Raises:
            BriefError: no line that can be shown was found.
        """
        session, topic = self._start(task)
        above, letters = list(task.before), list(task.before_rhymes)
        for index, slot in enumerate(task.slots):
            request = self._request(task, index, above, letters, topic)
            session.begin_line(request)
            line = self._line(task, request, session)
            above.append(line)
            letters.append(slot.rhyme)
            yield line
            session.end_line(line)

    def options(self, task: Task, count: int) -> tuple[str, ...]:
        """Lines to choose from for the first slot, the best first. See `Captioner`.

        Raises:
            BriefError: no line that can be shown was found.
        """
        session, topic = self._start(task)
        request = self._request(task, 0, task.before, task.before_rhymes, topic)
        session.begin_line(request)
        scores: dict[str, float] = {}
        fallback: list[str] = []
        # Later rounds are warmer and looser. They are for where too few lines differ.
        for config in self.proposer.rounds:
            if scores and not config.rhymed:
                break
            # Somebody waits for them: no more are sampled once as many pass as are ranked.
            ranked = max(config.ranked, count * RANKED_FOR_EACH)
            # Each is led to an end word of its own.
            ends = max(config.end_words, OPTION_WAVE)
            wide = replace(config, wave=OPTION_WAVE, end_words=ends, enough=ranked, ranked=ranked)
            passed, shown = self._candidates(task, request, session, wide)
            fallback += shown
            new = [text for text in passed if text not in scores]
            if new:
                best = RANKED_EACH * count
                scores |= self._ranked(new, wide, task, request, session, best=best)
            chosen = different(scores, count, task.avoid)
            if len(chosen) == count:
                break
        chosen = chosen or [nearest(fallback, request)]
        session.end_line(chosen[0])
        return tuple(chosen)

    def _start(self, task: Task) -> tuple[ProposerSession, Sequence[str]]:
        topic = task.about or self.proposer.topic(task.brief)
        return self.proposer.start(task, topic), topic

    def _request(
        self,
        task: Task,
        index: int,
        above: Sequence[str],
        letters: Sequence[str],
        topic: Sequence[str],
    ) -> LineRequest:
        """The request of the line at slot `index`, below the lines `above`."""
        slot = task.slots[index]
        usable = self.proposer.can_end_line
        constraints = constraints_for(task, slot, index, above, letters, usable)
        others = [*above, *task.after, *task.avoid]
        return LineRequest(slot, constraints, tuple(above), topic, others)

    def _line(self, task: Task, request: LineRequest, session: ProposerSession) -> str:
        fallback: list[str] = []
        found: list[str] = []
        for config in self.proposer.rounds:
            if found and config.last_resort:
                break  # Length, rhyme and the writer that was asked are worth more than the mood.
            if task.about or task.rhyming:
                # Few candidates keep the subject, turn to the mood and rhyme, or rhyme inside.
                wider = config.wider
                config = replace(config, enough=config.enough * wider, ranked=config.ranked * wider)
            passed, shown = self._candidates(task, request, session, config)
            found += [text for text in passed if text not in found]
            fallback += shown
            last = config
            if any(is_as_asked(text, task, request) for text in passed):
                break
        if not found:
            return nearest(fallback, request)
        texts = [text for text in found if is_as_asked(text, task, request)] or found
        if task.rhyming is not None:
            return self._rhyming(texts, last, task, request, session)
        (best,) = self._ranked(texts, last, task, request, session)
        return best

    def _rhyming(
        self,
        passed: Sequence[str],
        config: SamplingConfig,
        task: Task,
        request: LineRequest,
        session: ProposerSession,
    ) -> str:
        """The candidate that rhymes most inside, among those that are good enough."""
        dense = {text: rhymes_inside(text, task, request) for text in passed}
        texts = sorted(passed, key=lambda text: -dense[text])[: config.ranked]
        scores = self._ranked(texts, config, task, request, session, best=len(texts))

        def value(text: str) -> float:
            return scores[text] + RHYMED_SYLLABLE * dense[text]

        return max(scores, key=value)

    def _candidates(
        self, task: Task, request: LineRequest, session: ProposerSession, config: SamplingConfig
    ) -> tuple[list[str], list[str]]:
        """The candidates of a round that meet the constraints, and all that can be shown."""
        used = ngrams(request.others)
        constraints = replace(request.constraints, tolerance=config.tolerance)
        passed: list[str] = []
        fallback: list[str] = []
        for wave in range(math.ceil(config.candidates / config.wave)):
            proposed = session.propose(constraints, config, wave)
            shown = self._showable([text for text in proposed if text not in passed], task, request)
            fit = [text for text in shown if is_fresh(text, used) and meets(text, constraints)]
            if request.slot.rhyme != UNRHYMED and not constraints.rhymes_with:
                ends = self.proposer.can_end_line
                fit = [text for text in fit if has_enough_rhymes(end_word(text), ends)]
            passed += fit
            fallback += [text for text in shown if text not in request.above]
            if len(passed) >= config.enough:
                break
        return passed, fallback

    def _showable(self, texts: Sequence[str], task: Task, request: LineRequest) -> list[str]:
        """Those that can be shown and are copied from no known lyrics, without duplicates."""
        own = {*task.brief.seed_words, *task.must_use}
        explicit = task.brief.explicit
        avoid = task.brief.avoid
        shown = [
            text
            for text in dict.fromkeys(texts)
            if is_showable(text, own, explicit=explicit) and not avoided_in(text, avoid)
        ]
        copied = load_index().copied(shown, request.above[-1:])
        return [text for text, known in zip(shown, copied, strict=True) if not known]

    def _ranked(
        self,
        passed: Sequence[str],
        config: SamplingConfig,
        task: Task,
        request: LineRequest,
        session: ProposerSession,
        *,
        best: int = 1,
    ) -> dict[str, float]:
        """The `best` candidates with the highest scores, the highest first, and their scores.

        Reading candidates without the lines above, for their gain, costs as much as reading them
        with these. It is done for those only that could still win with the largest possible gain.
        """
        constraints = replace(request.constraints, tolerance=config.tolerance)
        texts = sorted(passed, key=lambda text: -session.promise(text, constraints))
        texts = texts[: config.ranked]
        fluency = session.fluency(texts)
        known: set[int] = set()
        on_beat = task.listening is not None and task.listening.is_beat
        while True:
            scores = rank(
                texts, fluency, constraints, task.brief, request.above, request.topic,
                self.genre_score, self.proposer.weights, on_beat=on_beat, turn=task.turn,
            )  # fmt: skip
            order = sorted(range(len(texts)), key=lambda i: -scores[i])
            if known.issuperset(order[:best]):
                return {texts[i]: scores[i] for i in order[:best]}
            chosen = [i for i in order if i not in known][: max(GAINS_AT_ONCE, best - len(known))]
            gains = session.gain([texts[i] for i in chosen])
            for i, gain in zip(chosen, gains, strict=True):
                fluency[i] = replace(fluency[i], gain=gain)
            known.update(chosen)


def nearest(shown: Sequence[str], request: LineRequest) -> str:
    """The line that comes nearest to what was asked for, where none meets the constraints.

    The verdict reports the constraints that such a line breaks. No line would be worse.

    Raises:
        BriefError: there is no line that can be shown.
    """
    if not shown:
        given = " ".join([request.constraints.opening, *request.constraints.must_use]).strip()
        raise BriefError(
            f"I found no line {request.slot.index + 1} that I would show you"
            + (f", with “{given}” in it." if given else "."),
            remedy="Try other seed words, a longer line or another random seed.",
        )
    used = ngrams(request.others)
    return min(
        shown,
        key=lambda text: (
            abs(count_syllables(text) - request.slot.target)
            + REPETITION_COST * (not is_fresh(text, used))
            + MISSING_RHYME_COST * (not rhymes(end_word(text), request.constraints))
        ),
    )


def is_as_asked(text: str, task: Task, request: LineRequest) -> bool:
    """Whether a line has what was asked for beyond its place: rhymes inside, or words of a mood."""
    if task.rhyming is not None:
        return rhymes_inside(text, task, request) > 0
    return task.turn is None or mood_balance(words(text), task.turn) > 0


def rhymes_inside(text: str, task: Task, request: LineRequest) -> int:
    """Syllables of a line that rhyme inside, or in rhymes of several syllables."""
    shortest = 2 if task.rhyming == "multisyllabic" else 1
    return rhymed_syllables(text, request.above[-LINES_NEAR:], shortest)
