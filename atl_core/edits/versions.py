"""Requests about the versions of a draft: undo, redo, go back, compare."""

from __future__ import annotations

from dataclasses import dataclass

from atl_core.edits.request import Request


@dataclass(frozen=True, slots=True)
class Undo(Request):
    steps: int = 1

    def describe(self) -> str:
        return "undo" if self.steps == 1 else f"undo {self.steps} times"


@dataclass(frozen=True, slots=True)
class Redo(Request):
    steps: int = 1

    def describe(self) -> str:
        return "redo" if self.steps == 1 else f"redo {self.steps} times"


@dataclass(frozen=True, slots=True)
class GoBack(Request):
    version: int

    def describe(self) -> str:
        return f"go back to version {self.version}"


@dataclass(frozen=True, slots=True)
class Compare(Request):
    """Two versions; without them, the current one and the one that it was made from."""

    first: int | None = None
    second: int | None = None
    """None is the current one."""

    def describe(self) -> str:
        if self.first is None:
            return "what changed"
        if self.second is None:
            return f"compare with version {self.first}"
        return f"compare {self.first} and {self.second}"


@dataclass(frozen=True, slots=True)
class ShowHistory(Request):
    def describe(self) -> str:
        return "show the versions"
