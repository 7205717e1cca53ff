"""Walking the tree of revisions: each number leads to the number it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from atl_core.errors import DraftError

Tree = Mapping[int, int | None]
Step = Callable[[int, int, Tree], tuple[int, int]]
"""From where one is, and the tip, to where one is then, and the tip."""


def undone(current: int, tip: int, tree: Tree) -> tuple[int, int]:
    """Where `undo` goes from `current`, and the tip that `redo` walks towards.

    Raises:
        DraftError: this is the first revision.
    """
    parent = tree[current]
    if parent is None:
        raise DraftError("There is nothing to undo: this is the first version.")
    return parent, tip


def redone(current: int, tip: int, tree: Tree) -> tuple[int, int]:
    """Where `redo` goes: one step from `current` towards `tip`.

    Raises:
        DraftError: this is the end of the branch.
    """
    for step in _upwards(tip, tree):
        if tree[step] == current:
            return step, tip
    raise DraftError("There is nothing to redo: this is the newest version.")


def repeated(step: Step, times: int) -> Step:
    """The step taken several times.

    Raises:
        DraftError: there are not so many to take.
    """

    def taken(current: int, tip: int, tree: Tree) -> tuple[int, int]:
        for done in range(times):
            try:
                current, tip = step(current, tip, tree)
            except DraftError as error:
                if not done:
                    raise
                steps = "is only 1 step" if done == 1 else f"are only {done} steps"
                raise DraftError(f"There {steps} to go that way, not {times}.") from error
        return current, tip

    return taken


def jumped(target: int, tip: int, tree: Tree) -> tuple[int, int]:
    """To `target`; `redo` then leads on along its branch, by the newest way if it forks.

    Raises:
        DraftError: there is no such revision.
    """
    if target not in tree:
        raise no_revision(target, len(tree))
    if target in _upwards(tip, tree):
        return target, tip
    end = target
    while newer := [number for number, parent in tree.items() if parent == end]:
        end = max(newer)
    return target, end


def no_revision(number: int, revisions: int) -> DraftError:
    return DraftError(
        f"There is no version {number}.",
        f"This draft has versions 1 to {revisions}."
        if revisions > 1
        else "This draft has only version 1.",
    )


def _upwards(number: int, tree: Tree) -> Iterator[int]:
    step: int | None = number
    while step is not None:
        yield step
        step = tree[step]
