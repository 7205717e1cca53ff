"""The best way to lay the syllables of lines on their places: exact dynamic programming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from atl_core.flow.model import Array, Indices, Manner, Scores

NEAR: Final = 0.25
"""Quarter notes within which a syllable counts as being where it should: a sixteenth."""
EXACT: Final[dict[Manner, float]] = {"rap": 0.5, "sung": 0.8}
"""How much more it counts to be in the very place: without it all shifts by a sixteenth are one,
and stresses leave the beat. Such that as many stresses as artists have are on an eighth."""
TIE: Final = 0.002
"""How much likelier places count beside those with more expected near: it decides between places
that are as good as impossible."""
NEVER: Final = -1e9


def place(
    chances: Array,
    step: float,
    manner: Manner,
    allowed: Array | None = None,
    *,
    first: int | None = None,
) -> Indices:
    """Places of a line's syllables, each later than the one before.

    What is sought is not the single likeliest way but the one with the most syllables expected
    within a sixteenth of where an artist would put them.

    Args:
        chances: (syllables, places), from `marginals`.
        step: the time between places in quarter notes.
        allowed: 0 or less for each place, what a syllable pays there.
        first: the place of the first syllable, where that is given.
    """
    reach = int(NEAR / step + 1e-9)
    near = (1 + EXACT[manner]) * chances
    total = chances.shape[1]
    for shift in range(1, reach + 1):
        near[:, : total - shift] += chances[:, shift:]
        near[:, shift:] += chances[:, : total - shift]
    gain = near + TIE * np.log(chances + 1e-6)
    if allowed is not None:
        gain += allowed
    if first is not None:
        gain[0, :first] = gain[0, first + 1 :] = NEVER
    return best_path(gain)


def starting_at(line: Scores, first: int) -> Scores:
    """The scores of a line whose first syllable has its place."""
    start = np.full(len(line.start), NEVER)
    start[first] = 0.0
    return line._replace(start=start)


def marginals(
    lines: Sequence[Scores],
    links: Sequence[Array | None],
    allowed: Sequence[Array] | None = None,
) -> list[Array]:
    """Probability of each place for each syllable of each line, by forward-backward over all lines.

    Args:
        links: one fewer than there are lines; the log weight of each place of a line's last
            syllable with each place of the next line's first one, (places, places). None where
            the two lines do not bear on each other.
        allowed: for each line, what a syllable pays on each place, 0 or less.

    Returns: (syllables, places) for each line.
    """
    extra = allowed or [np.zeros(len(line.start)) for line in lines]
    forward: list[Array] = []
    for number, line in enumerate(lines):
        link = links[number - 1] if number else None
        entering = None if link is None else _log_sum(forward[-1][-1][:, None] + link, 0)
        forward.append(_forward(line, extra[number], entering))
    found: list[Array] = []
    onward: Array | None = None
    for number in range(len(lines) - 1, -1, -1):
        link = links[number] if number + 1 < len(lines) else None
        leaving = None
        if link is not None and onward is not None:
            after = lines[number + 1].start + extra[number + 1] + onward[0]
            leaving = _log_sum(link + after, 1)
        onward = backward(lines[number], extra[number], leaving)
        whole = forward[number] + onward
        chances: Array = np.exp(whole - whole.max(axis=1, keepdims=True))
        found.append(chances / chances.sum(axis=1, keepdims=True))
    return found[::-1]


def _forward(line: Scores, extra: Array, entering: Array | None) -> Array:
    count, total = len(line.steps) + 1, len(line.start)
    forward = np.empty((count, total))
    forward[0] = line.start + extra + (0.0 if entering is None else entering)
    for at in range(1, count):
        moved = _moved(forward[at - 1][:, None] + line.steps[at - 1])
        forward[at] = _log_sum(moved, 0) + extra
    return forward


def backward(line: Scores, extra: Array, leaving: Array | None = None) -> Array:
    """Log weights of all ways to go on from each place, (syllables, places).

    Args:
        extra: what a syllable pays on each place, 0 or less.
        leaving: the log weight of what comes after each place of the last syllable.
    """
    count, total = len(line.steps) + 1, len(line.start)
    found = np.zeros((count, total))
    if leaving is not None:
        found[-1] = leaving
    steps = line.steps.shape[2] if count > 1 else 0
    to = np.arange(total)[:, None] + np.arange(steps)
    for at in range(count - 2, -1, -1):
        after = np.where(to < total, (found[at + 1] + extra)[to.clip(max=total - 1)], NEVER)
        found[at] = _log_sum(line.steps[at] + after, 1)
    return found


def best_path(gain: Array) -> Indices:
    """Places, each later than the one before, of the most gain; `gain` is (syllables, places)."""
    count, total = gain.shape
    best, back = gain[0], np.zeros((count, total), dtype=np.int64)
    for at in range(1, count):
        # The best of all earlier places, for each place.
        leader = np.maximum.accumulate(best)
        holder = np.where(best >= leader, np.arange(total), 0)
        holder = np.maximum.accumulate(holder)
        back[at, 1:] = holder[:-1]
        best = gain[at] + np.concatenate([[NEVER], leader[:-1]])
    path = [int(best.argmax())]
    for at in range(count - 1, 0, -1):
        path.append(int(back[at, path[-1]]))
    return np.array(path[::-1], dtype=np.int64)


def _moved(values: Array) -> Array:
    """(places, steps) of where from -> (steps, places) of where to."""
    total, steps = values.shape
    origin = np.arange(total)[None, :] - np.arange(steps)[:, None]
    found = values[origin.clip(min=0), np.arange(steps)[:, None]]
    return np.where(origin >= 0, found, NEVER)


def _log_sum(options: Array, axis: int) -> Array:
    highest = options.max(axis=axis, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        total = np.log(np.exp(options - highest).sum(axis=axis))
    found: Array = total + highest.squeeze(axis)
    return found
