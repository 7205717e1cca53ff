"""Walking the tree of revisions: each number leads to the number it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from atl_core.errors import DraftError

Tree = Mapping[int, int | None]


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
