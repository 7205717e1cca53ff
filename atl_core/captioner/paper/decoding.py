"""Samples lines word by word, to a length and a rhyme, many rows at once.

The vocabulary is of whole words, so constraints are applied while sampling: a word is allowed only
if it leaves room for an end, and only a rhyming word is allowed as the end. The log-probabilities
that are returned are those before any word was ruled out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from atl_core.captioner.constraints import SENSITIVE
from atl_core.captioner.end_words import DANGLING
from atl_core.captioner.paper.stored import State, Trained
from atl_core.captioner.paper.words import END, SPECIAL, START, UNKNOWN
from atl_core.captioner.sampling import GenreScore
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.vocabulary import is_common
from atl_core.lyrics.wordlists import SECTION_WORDS, is_clean

MAX_GENRE_LEAN: Final = 3.0


@dataclass(frozen=True, slots=True)
class Sampled:
    """A sampled line."""

    words: tuple[str, ...]
    mean: float
    """Mean log-probability of the drawn words and of the end, before any word was ruled out."""
    end: float
    """Log-probability of the last word and of the end."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Properties of each word of a vocabulary."""

    names: tuple[str, ...]
    ids: dict[str, int]
    syllables: Tensor
    """(words,) int64"""
    fit: Tensor
    """(words,) bool: may be drawn at all."""
    clean: Tensor
    """(words,) bool"""
    closing: Tensor
    """(words,) bool: a line may end on it."""
    lean: Tensor
    """(words,) log-odds of hip-hop over country."""

    def mask(self, words: Collection[str]) -> Tensor:
        """(words,) bool: true for those in `words`."""
        found = torch.zeros(len(self.names), dtype=torch.bool)
        found[[self.ids[word] for word in words if word in self.ids]] = True
        return found


def make_lexicon(trained: Trained, genre_score: GenreScore) -> Lexicon:
    names, first = trained.vocabulary.names, len(SPECIAL)
    lean = torch.from_numpy(genre_score(names)).float().clamp(-MAX_GENRE_LEAN, MAX_GENRE_LEAN)

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
class DecodingRequest:
    """What lines to sample."""

    target: int
    tolerance: int
    offered: Tensor
    """(words,) bool: words that may stand in the line."""
    ends: Tensor
    """(words,) bool: words that may end it."""
    opening: tuple[str, ...] = ()
    """Words that the line begins with, known or not."""
    inside: tuple[str, ...] = ()
    """Words that it must contain."""
    temperature: float = 1.0
    min_p: float = 0.02
    pull: Tensor | None = None
    """(words,) added to the logits before sampling."""


class _Rows:
    """The words of each row so far, and the required words that it still lacks."""

    def __init__(self, request: DecodingRequest, rows: int, generator: torch.Generator) -> None:
        self.words: list[list[str]] = [[] for _ in range(rows)]
        self.scores: list[list[float]] = [[] for _ in range(rows)]
        self.pending = [list(request.opening) for _ in range(rows)]
        self.later = [list(request.inside) for _ in range(rows)]
        # A required word that may stand anywhere comes early, in the middle or late, by chance.
        draws = torch.rand((rows, max(1, len(request.inside))), generator=generator)
        self.places = (draws.sort(dim=1).values * request.target * 0.8).floor().tolist()

    def due(self, row: int, count: int, room: int) -> str | None:
        """The word that the row must take now, if any."""
        if self.pending[row]:
            return self.pending[row].pop(0)
        if not self.later[row]:
            return None
        at = len(self.places[row]) - len(self.later[row])
        rest = sum(count_syllables(word) for word in self.later[row])
        if count >= self.places[row][at] or room - rest <= 1:
            return self.later[row].pop(0)
        return None

    def remaining(self, row: int) -> int:
        """Syllables of the required words that it still lacks."""
        return sum(count_syllables(word) for word in (*self.pending[row], *self.later[row]))


@torch.inference_mode()
def sample(
    trained: Trained, lexicon: Lexicon, audio: Tensor, request: DecodingRequest, rows: int,
    generator: torch.Generator,
) -> list[Sampled]:  # fmt: skip
    """Sample up to `rows` lines. Rows that reach no end are dropped.

    Args:
        audio: encoding of the beat, (latent,).
    """
    network = trained.network
    lines = _Rows(request, rows, generator)
    alive = list(range(rows))
    state: State = network.begin(audio.expand(rows, -1))
    counts = torch.zeros(rows, dtype=torch.long)
    last = torch.full((rows,), START)
    finished: dict[int, Sampled] = {}
    for place in range(network.length - 1):
        embedded = network.embedding(last)
        logits, state = network.step(state, embedded)  # type: ignore[arg-type]
        log_probs = logits.float().log_softmax(dim=1)
        required = torch.tensor([lines.remaining(row) for row in alive])
        drawn = _draw(log_probs, lexicon, request, counts, required, last, place, generator)
        keep = []
        for slot, row in enumerate(alive):
            count = int(counts[slot])
            due = lines.due(row, count, request.target + request.tolerance - count)
            if due is not None:
                lines.words[row].append(due)
                last[slot] = lexicon.ids.get(due, UNKNOWN)
                counts[slot] += max(1, count_syllables(due))
                keep.append(slot)
                continue
            word = int(drawn[slot])
            if word < 0:
                continue
            lines.scores[row].append(float(log_probs[slot, word]))
            if word == END:
                scores = lines.scores[row]
                mean = sum(scores) / len(scores)
                finished[row] = Sampled(tuple(lines.words[row]), mean, sum(scores[-2:]))
                continue
            lines.words[row].append(lexicon.names[word])
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
    log_probs: Tensor, lexicon: Lexicon, request: DecodingRequest, counts: Tensor, required: Tensor,
    last: Tensor, place: int, generator: torch.Generator,
) -> Tensor:  # fmt: skip
    """A word for each row, (rows,); -1 where no word is allowed."""
    after = counts[:, None] + required[:, None] + lexicon.syllables
    goes_on = after < request.target
    may_end = (
        (after <= request.target + request.tolerance) & request.ends & (required == 0)[:, None]
    )
    allowed = request.offered & (goes_on | may_end)
    full = (counts >= request.target) & (required == 0)
    allowed &= ~full[:, None]
    # A required word may be the last one without being one of the ends.
    allowed[:, END] = full | (
        (counts >= request.target - request.tolerance) & request.ends[last] & (required == 0)
    )
    if place == 0:
        allowed[:, END] = False
    logits = log_probs if request.pull is None else log_probs + request.pull
    odds = (logits / request.temperature).masked_fill(~allowed, -torch.inf)
    dead = ~allowed.any(dim=1)
    odds[dead] = 0.0
    chances = odds.softmax(dim=1)
    chances = chances.masked_fill(chances < request.min_p * chances.amax(dim=1, keepdim=True), 0.0)
    drawn = torch.multinomial(chances, 1, generator=generator)[:, 0]
    return drawn.masked_fill(dead, -1)
