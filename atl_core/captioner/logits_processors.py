"""What changes the odds of the next token: a bias for each token, and bans of repetitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor


class LogitsProcessor(Protocol):
    """Changes the odds of the next token."""

    def __call__(
        self, lines: Sequence[Sequence[int]], logits: Tensor, candidates: Sequence[int]
    ) -> None:
        """Change logits in place.

        Args:
            lines: token ids of the line so far, for each row.
            logits: (rows, vocabulary).
            candidates: the number of the candidate that each row is.
        """
        ...


@dataclass(frozen=True, slots=True)
class AddBias:
    """Adds the same bias to every row."""

    bias: Tensor
    """(vocabulary,)"""

    def __call__(
        self,
        lines: Sequence[Sequence[int]],  # noqa: ARG002
        logits: Tensor,
        candidates: Sequence[int],  # noqa: ARG002
    ) -> None:
        """See `LogitsProcessor`."""
        logits.add_(self.bias)


@dataclass(frozen=True, slots=True)
class OnLength:
    """Makes the end of a line likelier where it gives the line its length, and less likely before.

    The end is the announced last word, where one was announced, and the line break. More candidates
    then have the right length than if they were only chosen by it.
    """

    target: int
    """Syllables of the line."""
    pull: float
    """Added to a logit, or subtracted."""
    syllables: Callable[[Sequence[int]], int]
    """Of the text of token ids."""
    breaks: Tensor
    """Columns of tokens that end a line."""
    ends: Mapping[int, tuple[int, int]]
    """Candidate -> column of the first token of its announced last word, and its syllables."""

    def __call__(
        self, lines: Sequence[Sequence[int]], logits: Tensor, candidates: Sequence[int]
    ) -> None:
        """See `LogitsProcessor`."""
        for row, (line, candidate) in enumerate(zip(lines, candidates, strict=True)):
            left = self.target - self.syllables(line)
            if left >= 0:
                logits[row, self.breaks] += self.pull if left == 0 else -self.pull
            if candidate in self.ends:
                column, needed = self.ends[candidate]
                if left >= needed:
                    logits[row, column] += self.pull if left == needed else -self.pull


@dataclass(frozen=True, slots=True)
class NoRepetition:
    """Bans tokens that would repeat something.

    A line must not repeat two tokens in a row of its own, nor a token at once: otherwise half of
    all candidates would, and would be refused later. Nor may it repeat three tokens in a row of
    another line.
    """

    vocabulary: Tensor
    """Sorted token ids of the columns of the logits."""
    banned: Mapping[tuple[int, ...], Iterable[int]]
    """Two tokens -> tokens banned after them; `()` -> tokens that may not open a line."""

    def __call__(
        self,
        lines: Sequence[Sequence[int]],
        logits: Tensor,
        candidates: Sequence[int],  # noqa: ARG002
    ) -> None:
        """See `LogitsProcessor`."""
        banned = [self.after(line) for line in lines]
        rows = [row for row, tokens in enumerate(banned) for _ in tokens]
        if rows:
            device = logits.device
            ids = torch.tensor([token for tokens in banned for token in tokens], device=device)
            columns, known = columns_of(self.vocabulary, ids)
            logits[torch.tensor(rows, device=device)[known], columns[known]] = float("-inf")

    def after(self, line: Sequence[int]) -> set[int]:
        """Tokens that may not follow `line`."""
        if not line:
            return set(self.banned.get((), ()))
        last = line[-1]
        again = {after for before, after in pairwise(line) if before == last}
        two = self.banned.get((line[-2], last), ()) if len(line) > 1 else ()
        return again.union((last,), two)


def columns_of(vocabulary: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Where token ids stand in a sorted vocabulary, and whether they do."""
    columns = torch.searchsorted(vocabulary, ids).clamp(max=len(vocabulary) - 1)
    return columns, vocabulary[columns] == ids
