"""Lines sampled word by word, to length and to rhyme: many rows at once.

A network that knows whole words makes the plan easy to keep: a word is only offered if it leaves
room for an end, and only a word that rhymes is offered as the end. What the network thinks of a
line is unchanged by that: its odds are kept as they were before anything was ruled out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from atl_core.captioner.guard import DANGLING, SENSITIVE
from atl_core.captioner.paper.stored import State, Trained
from atl_core.captioner.paper.words import END, SPECIAL, START, UNKNOWN
from atl_core.captioner.sampling import GenreScore
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.vocabulary import is_common
from atl_core.lyrics.wordlists import SECTION_WORDS, is_clean

MOST_LEAN: Final = 3.0


@dataclass(frozen=True, slots=True)
class Sampled:
    """A line as it was drawn."""

    words: tuple[str, ...]
    mean: float
    """Mean log-probability of the words that were drawn and of stopping, nothing ruled out."""
    end: float
    """That of the last word and of stopping after it."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known of each word of a vocabulary."""

    names: tuple[str, ...]
    ids: dict[str, int]
    syllables: Tensor
    """(words,) int64"""
    fit: Tensor
    """(words,) bool: may be drawn at all."""
    clean: Tensor
    """(words,) bool"""
    closing: Tensor
    """(words,) bool: leaves no line hanging."""
    lean: Tensor
    """(words,) log-odds of hip-hop over country."""

    def mask(self, words: Collection[str]) -> Tensor:
        """(words,) bool: those of `words` that are known."""
        found = torch.zeros(len(self.names), dtype=torch.bool)
        found[[self.ids[word] for word in words if word in self.ids]] = True
        return found


def make_lexicon(trained: Trained, genre_score: GenreScore) -> Lexicon:
    names, first = trained.vocabulary.names, len(SPECIAL)
    lean = torch.from_numpy(genre_score(names)).float().clamp(-MOST_LEAN, MOST_LEAN)

    def flags(values: Sequence[bool]) -> Tensor:
        return torch.tensor([False] * first + list(values))

    return Lexicon(
        names=trained.vocabulary.all_names,
        ids=trained.vocabulary.ids,
        syllables=torch.tensor([99] * first + [max(1, count_syllables(name)) for name in names]),
        fit=flags([is_common(name) and name not in SECTION_WORDS | SENSITIVE for name in names]),
        clean=flags([is_clean(name) for name in names]),
        closing=flags([name not in DANGLING for name in names]),
        lean=torch.cat([torch.zeros(first), lean]),
    )


@dataclass(frozen=True, slots=True)
class Order:
    """What lines to draw."""

    target: int
    tolerance: int
    offered: Tensor
    """(words,) bool: words that may stand in the line."""
    ends: Tensor
    """(words,) bool: words that may end it."""
    opening: tuple[str, ...] = ()
    """Words that the line begins with, known or not."""
    inside: tuple[str, ...] = ()
    """Words that it has to have somewhere."""
    temperature: float = 1.0
    min_p: float = 0.02
    pull: Tensor | None = None
    """(words,) added to the logits before drawing."""


class _Rows:
    """The words that each row still has to say, and what it has said."""

    def __init__(self, order: Order, rows: int, generator: torch.Generator) -> None:
        self.said: list[list[str]] = [[] for _ in range(rows)]
        self.scores: list[list[float]] = [[] for _ in range(rows)]
        self.pending = [list(order.opening) for _ in range(rows)]
        self.later = [list(order.inside) for _ in range(rows)]
        # Where a word that may stand anywhere comes: early, middle or late, row by row.
        draws = torch.rand((rows, max(1, len(order.inside))), generator=generator)
        self.places = (draws.sort(dim=1).values * order.target * 0.8).floor().tolist()

    def due(self, row: int, count: int, room: int) -> str | None:
        """The word that the row has to say now."""
        if self.pending[row]:
            return self.pending[row].pop(0)
        if not self.later[row]:
            return None
        at = len(self.places[row]) - len(self.later[row])
        rest = sum(count_syllables(word) for word in self.later[row])
        if count >= self.places[row][at] or room - rest <= 1:
            return self.later[row].pop(0)
        return None

    def owed(self, row: int) -> int:
        """Syllables of what it still has to say."""
        return sum(count_syllables(word) for word in (*self.pending[row], *self.later[row]))


@torch.inference_mode()
def sample(
    trained: Trained, lexicon: Lexicon, audio: Tensor, order: Order, rows: int,
    generator: torch.Generator,
) -> list[Sampled]:  # fmt: skip
    """Up to `rows` lines to the order; a row that comes to no end is dropped.

    audio: (latent,), what was heard.
    """
    network = trained.network
    told = _Rows(order, rows, generator)
    alive = list(range(rows))
    state: State = network.begin(audio.expand(rows, -1))
    counts = torch.zeros(rows, dtype=torch.long)
    last = torch.full((rows,), START)
    finished: dict[int, Sampled] = {}
    for place in range(network.length - 1):
        embedded = network.embedding(last)
        logits, state = network.step(state, embedded)  # type: ignore[arg-type]
        log_probs = logits.float().log_softmax(dim=1)
        owed = torch.tensor([told.owed(row) for row in alive])
        drawn = _draw(log_probs, lexicon, order, counts, owed, last, place, generator)
        keep = []
        for slot, row in enumerate(alive):
            count = int(counts[slot])
            due = told.due(row, count, order.target + order.tolerance - count)
            if due is not None:
                told.said[row].append(due)
                last[slot] = lexicon.ids.get(due, UNKNOWN)
                counts[slot] += max(1, count_syllables(due))
                keep.append(slot)
                continue
            word = int(drawn[slot])
            if word < 0:
                continue
            told.scores[row].append(float(log_probs[slot, word]))
            if word == END:
                scores = told.scores[row]
                mean = sum(scores) / len(scores)
                finished[row] = Sampled(tuple(told.said[row]), mean, sum(scores[-2:]))
                continue
            told.said[row].append(lexicon.names[word])
            last[slot] = word
            counts[slot] += lexicon.syllables[word]
            keep.append(slot)
        if not keep:
            break
        if len(keep) < len(alive):
            kept = torch.tensor(keep)
            state, counts, last = state.pick(kept), counts[kept], last[kept]
            alive = [alive[slot] for slot in keep]
    return [finished[row] for row in sorted(finished)]


def _draw(
    log_probs: Tensor, lexicon: Lexicon, order: Order, counts: Tensor, owed: Tensor, last: Tensor,
    place: int, generator: torch.Generator,
) -> Tensor:  # fmt: skip
    """A word for each row, (rows,); -1 where none is left to it."""
    after = counts[:, None] + owed[:, None] + lexicon.syllables
    goes_on = after < order.target
    may_end = (after <= order.target + order.tolerance) & order.ends & (owed == 0)[:, None]
    allowed = order.offered & (goes_on | may_end)
    full = (counts >= order.target) & (owed == 0)
    allowed &= ~full[:, None]
    # A word that a row was given may be its last without being one of the ends.
    allowed[:, END] = full | (
        (counts >= order.target - order.tolerance) & order.ends[last] & (owed == 0)
    )
    if place == 0:
        allowed[:, END] = False
    logits = log_probs if order.pull is None else log_probs + order.pull
    odds = (logits / order.temperature).masked_fill(~allowed, -torch.inf)
    dead = ~allowed.any(dim=1)
    odds[dead] = 0.0
    chances = odds.softmax(dim=1)
    chances = chances.masked_fill(chances < order.min_p * chances.amax(dim=1, keepdim=True), 0.0)
    drawn = torch.multinomial(chances, 1, generator=generator)[:, 0]
    return drawn.masked_fill(dead, -1)
