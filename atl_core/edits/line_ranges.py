"""Which lines a request is about, and how they should be written instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from atl_core.drafts.draft import Draft
from atl_core.errors import DraftError
from atl_core.lyrics.brief import Energy, Genre, Mood

_MOOD_WORDS: Final[dict[Mood, str]] = {
    "happy": "happier",
    "sad": "sadder",
    "chill": "more chill",
    "party": "more of a party",
    "love": "more romantic",
    "dark": "darker",
}
_ENERGY_WORDS: Final[dict[Energy, str]] = {
    "low": "calmer",
    "medium": "more balanced",
    "high": "more energetic",
}


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole draft."""

    def of(self, draft: Draft) -> tuple[int, ...]:
        return tuple(range(1, len(draft.lines) + 1))

    def describe(self) -> str:
        return "everything"


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines, by their numbers from 1, rising and without repeats."""

    numbers: tuple[int, ...]

    def of(self, draft: Draft) -> tuple[int, ...]:
        """The numbers.

        Raises:
            DraftError: the draft has no such line.
        """
        for number in self.numbers:
            check_line(number, len(draft.lines))
        return self.numbers

    def describe(self) -> str:
        runs = _runs(self.numbers)
        *firsts, last = [f"{a}" if a == b else f"{a}-{b}" for a, b in runs]
        said = f"{', '.join(firsts)} and {last}" if firsts else last
        return f"line {said}" if len(self.numbers) == 1 else f"lines {said}"


@dataclass(frozen=True, slots=True)
class Part:
    """A section by its name: `hook`, `verse 2`. `verse` alone means all of the verses."""

    name: str

    def of(self, draft: Draft) -> tuple[int, ...]:
        """The numbers of its lines.

        Raises:
            DraftError: the draft has no such section.
        """
        numbers: list[int] = []
        first, count = 1, 0
        kind, _, nth = self.name.rpartition(" ")
        names = [section.name for section in draft.sections]
        for section in draft.sections:
            of_kind = section.name.rsplit(" ", 1)[0] if section.name[-1].isdecimal() else ""
            count += kind in (section.name, of_kind)
            # `hook 2` is the second hook, also where both are called `hook`.
            is_nth = self.name not in names and nth == str(count) and section.name == kind
            if self.name in (section.name, of_kind) or is_nth:
                numbers += range(first, first + section.lines)
            first += section.lines
        if not numbers:
            raise DraftError(
                f"This draft has no {self.name}.",
                f"It has: {', '.join(names)}." if names else "It has no lines yet.",
                "Name the lines instead, like 3-6.",
            )
        return tuple(numbers)

    def describe(self) -> str:
        return self.name if self.name[-1].isdecimal() else f"the {self.name}"


LineRange = Whole | Lines | Part


@dataclass(frozen=True, slots=True)
class Manner:
    """How to write otherwise; None leaves as it is."""

    mood: Mood | None = None
    genre: Genre | None = None
    energy: Energy | None = None
    length: Literal["shorter", "longer"] | None = None
    """Of each line."""
    explicit: bool | None = None

    def describe(self) -> str:
        said = [
            self.mood and _MOOD_WORDS[self.mood],
            self.genre and f"more {self.genre}",
            self.energy and _ENERGY_WORDS[self.energy],
            self.length,
            None if self.explicit is None else "more explicit" if self.explicit else "cleaner",
        ]
        return " and ".join(word for word in said if word)


AS_IT_IS: Final = Manner()


def check_line(number: int, lines: int) -> None:
    """Raises `DraftError` unless a draft of `lines` lines has a line of this number."""
    if not 1 <= number <= lines:
        raise DraftError(
            f"There is no line {number}.",
            f"This draft has lines 1 to {lines}."
            if lines > 1
            else f"This draft has {'only one line' if lines else 'no lines yet'}.",
        )


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each run of consecutive numbers."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
