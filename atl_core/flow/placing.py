"""The best way to lay a line's syllables on its places: exact dynamic programming."""

from __future__ import annotations

from typing import Final

import numpy as np

from atl_core.flow.model import Array, Indices, Scores

NEAR: Final = 0.25
"""Quarter notes within which a syllable counts as being where it should: a sixteenth."""
EXACT: Final = 0.5
"""How much more it counts to be in the very place: without it all shifts by a sixteenth are one,
and stresses leave the beat."""
STYLE: Final = 0.1
"""How much likelier ways count beside those with more syllables near."""
NEVER: Final = -1e9


def place(
    line: Scores, step: float, allowed: Array | None = None, *, first: int | None = None
) -> Indices:
    """Places of a line's syllables, each later than the one before.

    What is sought is not the single likeliest way but the one with the most syllables expected
    within a sixteenth of where an artist would put them, found from the model's marginals.
    `step` is the time between places in quarter notes; `allowed` is 0 or less for each place, what
    a syllable pays there. `first` is the place of the first syllable, where that is given.
    """
    if first is not None:
        start = np.full(len(line.start), NEVER)
        start[first] = 0.0
        line = line._replace(start=start)
    chances = marginals(line, allowed)
    reach = int(NEAR / step + 1e-9)
    near = (1 + EXACT) * chances
    total = chances.shape[1]
    for shift in range(1, reach + 1):
        near[:, : total - shift] += chances[:, shift:]
        near[:, shift:] += chances[:, : total - shift]
    gain = near + STYLE * np.log(chances + 1e-6)
    if allowed is not None:
        gain += allowed
    if first is not None:
        gain[0, :first] = gain[0, first + 1 :] = NEVER
    return best_path(gain)


def marginals(line: Scores, allowed: Array | None = None) -> Array:
    """Probability of each place for each syllable: (syllables, places), by forward-backward."""
    count, total = len(line.steps) + 1, len(line.start)
    extra = np.zeros(total) if allowed is None else allowed
    forward, backward = np.empty((count, total)), np.zeros((count, total))
    forward[0] = line.start + extra
    for at in range(1, count):
        moved = _moved(forward[at - 1][:, None] + line.steps[at - 1])
        forward[at] = _log_sum(moved, 0) + extra
    steps = line.steps.shape[2] if count > 1 else 0
    to = np.arange(total)[:, None] + np.arange(steps)
    for at in range(count - 2, -1, -1):
        after = np.where(to < total, (backward[at + 1] + extra)[to.clip(max=total - 1)], NEVER)
        backward[at] = _log_sum(line.steps[at] + after, 1)
    whole = forward + backward
    whole -= whole.max(axis=1, keepdims=True)
    found: Array = np.exp(whole)
    found /= found.sum(axis=1, keepdims=True)
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
