"""The loop over lines: waves of candidates, and a ranking that reads no more than it must."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from atl_core.captioner.captioner import LineCaptioner, LineRequest
from atl_core.captioner.constraints import LineConstraints
from atl_core.captioner.end_words import can_end_line
from atl_core.captioner.protocol import Task
from atl_core.captioner.rerank import MAX_GAIN, Fluency, RankingWeights, rank
from atl_core.captioner.sampling import SamplingConfig
from atl_core.errors import BriefError
from atl_core.lyrics.brief import Brief, Mood
from atl_core.lyrics.form import plan

BRIEF = Brief("country", "sad", "low", (), 1, "AABB", 8, 96.0)
SLOTS = plan(BRIEF, [], 0.0, first=0, count=1)
GOOD = [
    "I heard the whistle of the train", "We left the city in the night",
    "My brother sold the yellow car", "The river took the house away",
    "You never called me by my name", "The kitchen light is burning low",
    "Old photographs along the wall", "I hear the neighbors close the door",
]  # fmt: skip
"""Eight syllables each, and ends that much rhymes with."""
BAD = "Rain"


@dataclass
class Scripted:
    """A proposer whose candidates, and what it thinks of them, are given."""

    waves: Sequence[Sequence[str]]
    fluencies: dict[str, Fluency] = field(default_factory=dict)
    gains: dict[str, float] = field(default_factory=dict)
    rounds: Sequence[SamplingConfig] = (SamplingConfig(36, wave=12, enough=2),)
    weights: RankingWeights = field(default_factory=RankingWeights)
    name: str = "scripted"
    asked: list[int] = field(default_factory=list)
    read_alone: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    @property
    def can_end_line(self) -> Callable[[str], bool]:
        return can_end_line

    def topic(self, brief: Brief) -> tuple[str, ...]:
        return brief.seed_words

    def start(self, task: Task, topic: Sequence[str]) -> Scripted:  # noqa: ARG002
        return self

    def begin_line(self, request: LineRequest) -> None:
        pass

    def propose(
        self,
        constraints: LineConstraints,  # noqa: ARG002
        config: SamplingConfig,  # noqa: ARG002
        wave: int,
    ) -> list[str]:
        self.asked.append(wave)
        return list(self.waves[wave])

    def promise(self, text: str, constraints: LineConstraints) -> float:  # noqa: ARG002
        return 0.0

    def fluency(self, texts: Sequence[str]) -> list[Fluency]:
        return [self.fluencies.get(text, Fluency(-2.0, -3.0)) for text in texts]

    def gain(self, texts: Sequence[str]) -> list[float]:
        self.read_alone += texts
        return [self.gains.get(text, 0.0) for text in texts]

    def end_line(self, line: str) -> None:
        self.written.append(line)


def no_genre(texts: Sequence[str]) -> np.ndarray:
    return np.zeros(len(texts))


def write(proposer: Scripted) -> str:
    (line,) = LineCaptioner(proposer, no_genre).write(Task(BRIEF, SLOTS))
    return line


def test_no_further_wave_is_sampled_once_enough_have_passed() -> None:
    proposer = Scripted([GOOD[:1], GOOD[1:3], GOOD[3:]])
    assert write(proposer) in GOOD[:3]
    assert proposer.asked == [0, 1]


def test_waves_end_with_the_candidates_of_the_round_and_what_passed_is_used() -> None:
    proposer = Scripted([[BAD], GOOD[:1], [BAD]])
    assert write(proposer) == GOOD[0]
    assert proposer.asked == [0, 1, 2]


def test_where_rhymes_inside_are_wanted_the_line_that_has_them_is_taken() -> None:
    dense = "The light is bright, I hold you tight"
    proposer = Scripted([[*GOOD, dense]] * 3, {dense: Fluency(-2.4, -3.0)})
    assert write(proposer) in GOOD
    task = Task(BRIEF, SLOTS, rhyming="internal")
    assert list(LineCaptioner(proposer, no_genre).write(task)) == [dense]


def test_a_candidate_that_comes_in_two_waves_counts_once() -> None:
    proposer = Scripted([GOOD[:1], GOOD[:1], GOOD[:1]])
    assert write(proposer) == GOOD[0]
    assert proposer.asked == [0, 1, 2]


def test_a_line_that_nothing_can_be_shown_for_is_refused_with_a_remedy() -> None:
    with pytest.raises(BriefError, match="no line 1"):
        write(Scripted([[BAD]] * 3))


@pytest.mark.parametrize("seed", range(20))
def test_the_best_is_found_without_reading_all_candidates_alone(seed: int) -> None:
    rng = random.Random(seed)
    fluencies = {
        text: Fluency(rng.uniform(-4, -1), rng.uniform(-9, -1), -0.5, MAX_GAIN, rng.uniform(-1, 1))
        for text in GOOD
    }
    gains = {text: rng.uniform(-0.5, 1.2) for text in GOOD}
    proposer = Scripted([GOOD, [], []], fluencies, gains)
    # What the whole ranking would choose, every candidate read.
    whole = [replace(fluencies[text], gain=gains[text]) for text in GOOD]
    constraints = LineConstraints(8, (), frozenset(), "")
    scores = rank(GOOD, whole, constraints, BRIEF, [], (), no_genre, RankingWeights())
    assert write(proposer) == GOOD[scores.index(max(scores))]
    assert len(proposer.read_alone) == len(set(proposer.read_alone))


def test_a_clear_winner_is_read_alone_with_few_others() -> None:
    fluencies = {text: Fluency(-6.0, -9.0, -2.0, MAX_GAIN) for text in GOOD}
    fluencies[GOOD[3]] = Fluency(-1.0, -1.0, -0.1, MAX_GAIN)
    proposer = Scripted([GOOD, [], []], fluencies, dict.fromkeys(GOOD, 0.2))
    assert write(proposer) == GOOD[3]
    assert len(proposer.read_alone) == 4


def test_a_mood_that_was_asked_for_decides_among_equal_lines() -> None:
    sad, happy = "I heard the weeping of the train", "I heard the laughter of the train"
    proposer = Scripted([[happy, sad], [], []])
    wanted: dict[Mood, str] = {"sad": sad, "happy": happy}
    for turn, best in wanted.items():
        task = Task(BRIEF, SLOTS, turn=turn)
        assert list(LineCaptioner(proposer, no_genre).write(task)) == [best]


def test_where_no_line_has_the_mood_the_next_round_is_looked_through() -> None:
    sad = "I heard the weeping of the train"
    rounds = (
        SamplingConfig(12, wave=12, enough=2),
        SamplingConfig(24, wave=12, enough=12),
        SamplingConfig(12, wave=12, tolerance=2, last_resort=True),
    )
    task = Task(BRIEF, SLOTS, turn="sad")
    proposer = Scripted([GOOD[:3], [*GOOD[:3], sad]], rounds=rounds)
    assert list(LineCaptioner(proposer, no_genre).write(task)) == [sad]
    assert proposer.asked == [0, 0, 1]
    # Where none has it, nothing looser is looked through: the best of the others is taken.
    proposer = Scripted([GOOD[:3], GOOD[3:4]], rounds=rounds)
    (line,) = LineCaptioner(proposer, no_genre).write(task)
    assert line in GOOD
    assert proposer.asked == [0, 0, 1]


def test_options_are_the_best_that_differ() -> None:
    near = "I heard the whistle of a train"
    fluencies = {GOOD[0]: Fluency(-0.5, -1.0), near: Fluency(-1.5, -1.0)}
    proposer = Scripted([[*GOOD, near], [], []], fluencies)
    offered = LineCaptioner(proposer, no_genre).options(Task(BRIEF, SLOTS), 4)
    assert offered[0] == GOOD[0]
    assert near not in offered
    assert len(offered) == len(set(offered)) == 4
    assert set(offered) <= set(GOOD)


def test_the_best_option_is_the_line_that_would_be_written() -> None:
    waves = [GOOD, [], []]
    (best, *_) = LineCaptioner(Scripted(waves), no_genre).options(Task(BRIEF, SLOTS), 4)
    assert best == write(Scripted(waves))


def test_options_are_none_of_those_that_were_offered_before() -> None:
    task = Task(BRIEF, SLOTS, avoid=tuple(GOOD[:5]))
    offered = LineCaptioner(Scripted([GOOD, [], []]), no_genre).options(task, 5)
    assert set(offered) <= set(GOOD[5:])


def test_where_few_lines_pass_few_are_offered() -> None:
    assert LineCaptioner(Scripted([GOOD[:2], [], []]), no_genre).options(
        Task(BRIEF, SLOTS), 4
    ) == tuple(GOOD[:2])
    with pytest.raises(BriefError, match="no line 1"):
        LineCaptioner(Scripted([[BAD]] * 3), no_genre).options(Task(BRIEF, SLOTS), 4)
