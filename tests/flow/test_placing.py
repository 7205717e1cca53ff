"""Lines are laid together: the probabilities are those of all ways to lay them."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from atl_core.flow.model import OVERLAP, Scores, joined
from atl_core.flow.placing import marginals, place, starting_at

PLACES = 5
LONGEST = 3


def line(seed: int, syllables: int) -> Scores:
    random = np.random.default_rng(seed)
    steps = random.normal(size=(syllables - 1, PLACES, LONGEST + 1))
    outside = np.arange(PLACES)[:, None] + np.arange(LONGEST + 1) >= PLACES
    steps[:, outside] = -np.inf
    return Scores(random.normal(size=PLACES), steps)


def weight(scored: Scores, way: tuple[int, ...]) -> float:
    """Log weight of a way to lay one line; -inf where it is none."""
    total = float(scored.start[way[0]])
    for at, (one, other) in enumerate(pairwise(way)):
        if not 0 <= other - one <= LONGEST:
            return -np.inf
        total += float(scored.steps[at, one, other - one])
    return total


def test_marginals_of_lines_that_bear_on_each_other_are_those_of_all_ways() -> None:
    lines = [line(1, 2), line(2, 3), line(3, 1)]
    links = [np.random.default_rng(4 + n).normal(size=(PLACES, PLACES)) for n in range(2)]
    allowed = [np.array([0.0, 0.0, -1.0, 0.0, -2.0])] * 3
    wanted = [np.zeros((2, PLACES)), np.zeros((3, PLACES)), np.zeros((1, PLACES))]
    for whole in product(range(PLACES), repeat=6):
        ways = (whole[:2], whole[2:5], whole[5:])
        logs = [weight(one, way) for one, way in zip(lines, ways, strict=True)]
        logs += [allowed[0][at] for at in whole]
        logs += [links[n][ways[n][-1], ways[n + 1][0]] for n in range(2)]
        for found, way in zip(wanted, ways, strict=True):
            found[np.arange(len(way)), way] += np.exp(sum(logs))
    for found, want in zip(marginals(lines, links, allowed), wanted, strict=True):
        assert found == pytest.approx(want / want.sum(axis=1, keepdims=True))


def test_lines_without_a_link_are_laid_as_if_alone() -> None:
    lines = [line(1, 2), line(2, 3)]
    apart = [marginals([one], [])[0] for one in lines]
    for found, alone in zip(marginals(lines, [None]), apart, strict=True):
        assert found == pytest.approx(alone)


def test_a_line_whose_start_is_said_moves_the_end_of_the_line_before() -> None:
    gaps = np.zeros(3)
    at = np.arange(float(PLACES))
    link = joined(at - at[:, None], gaps)
    first, second = line(1, 2), line(2, 2)
    ends, _ = marginals([first, starting_at(second, 2)], [link])
    assert ends[1, 2:].sum() < 0.02 < marginals([first], [])[0][1, 2:].sum()


def test_lines_that_overlap_are_unlikely_and_far_ones_do_not_bear_on_each_other() -> None:
    found = joined(np.array([[-3.0, 0.0, 1.0, 2.2, 3.0, 40.0]]), np.array([0.0, 0.5, -0.5]))
    assert found.tolist() == [[OVERLAP, OVERLAP, 0.5, -0.5, 0.0, 0.0]]


def test_places_are_in_order() -> None:
    chances = marginals([line(5, 4)], [])[0]
    found = place(chances, 0.25, "rap")
    assert (np.diff(found) > 0).all()
