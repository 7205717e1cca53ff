"""Candidates for one line: many rows sampled at once after the same prompt."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from atl_core.captioner.llama import Branches, Llama, Prefix

GenreScore = Callable[[Sequence[str]], np.ndarray]
"""Log-odds of hip-hop over country for each text."""

WORD_START: Final = "\u0120"
"""How byte-level BPE writes the space before a word."""


@dataclass(frozen=True, slots=True)
class Lead:
    """How a candidate starts: a text that is given, and how much of it belongs to the line."""

    plan: str
    """The end of the plan, such as ` rain:`; not part of the line."""
    opening: str = ""
    """Words that the line must open with."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sampled line."""

    text: str
    lead: Lead


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text reads to the model."""

    log_probs: Tensor
    """Of each token, (tokens,)."""
    states: Tensor
    """The last hidden state at each token, (tokens, width)."""


Spent = Mapping[tuple[int, ...], Iterable[int]]
"""After two tokens those that would make a run of three which stands elsewhere already, and after
none those that no line may open with any more."""

MOST_LEAN: Final = 3.0
MOST_ALIKE: Final = 3
"""Lines one after the other that open with the same token."""


def token_lean(tokenizer: Tokenizer, vocabulary: Sequence[int], genre_score: GenreScore) -> Tensor:
    """`Sampler.lean` of a vocabulary: only tokens that begin a word have one."""
    spelt = [tokenizer.id_to_token(token) or "" for token in vocabulary]
    starts = [i for i, token in enumerate(spelt) if token.startswith(WORD_START) and len(token) > 2]
    lean = torch.zeros(len(vocabulary))
    scores = genre_score([spelt[i][1:] for i in starts])
    lean[starts] = torch.from_numpy(scores).float().clamp(-MOST_LEAN, MOST_LEAN)
    return lean


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws candidate lines from the model's vocabulary of lyric words."""

    model: Llama
    tokenizer: Tokenizer
    vocabulary: Tensor
    """Sorted token ids that a line may consist of, the newline that ends it among them."""
    head: Tensor
    """Output weights of the vocabulary alone, (len(vocabulary), width)."""
    lean: Tensor
    """Log-odds of hip-hop over country of each token of the vocabulary, 0 for parts of words."""

    @property
    def newline(self) -> int:
        return self.ids("\n")[0]

    def ids(self, text: str) -> list[int]:
        """Token ids of `text`, with no special tokens."""
        encoded: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return encoded

    def read(self, prefix: Prefix, text: str) -> Prefix:
        """The prefix with `text` read."""
        return self.model.extend(prefix, self.ids(text))

    def spent(self, texts: Sequence[str], above: Sequence[str] = ()) -> Spent:
        """What would repeat three tokens in a row of one of the texts, or open a line as each of
        the last `MOST_ALIKE` lines above does: a small model would go on so for ever.
        """
        found: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
        openings = {self.ids(f" {line}")[0] for line in above[-MOST_ALIKE:] if line}
        if len(above) >= MOST_ALIKE and len(openings) == 1:
            found[()] = openings
        for text in texts:
            ids = self.ids(f" {text}")
            for first, second, third in zip(ids, ids[1:], ids[2:], strict=False):
                found[first, second].add(third)
        return found

    def bias(self, genre_pull: float, stale: Iterable[str], staleness: float) -> Tensor:
        """What to add to the logits: `genre_pull` for each unit of a word's log-odds of hip-hop,
        below 0 it pulls towards country; and `staleness` off the words that are stale.

        Candidates can only be ranked by genre, and by freshness, if some of them have it.
        """
        bias = genre_pull * self.lean
        starts = {self.ids(f" {form}")[0] for word in stale for form in (word, word.capitalize())}
        bias[torch.isin(self.vocabulary, torch.tensor(sorted(starts), device=bias.device))] -= (
            staleness
        )
        return bias

    @torch.inference_mode()
    def lines(
        self,
        prefix: Prefix,
        leads: Sequence[Lead],
        generator: torch.Generator,
        *,
        temperature: float,
        min_p: float,
        max_tokens: int,
        bias: Tensor,
        spent: Spent,
    ) -> list[Candidate]:
        """One finished line for each lead; a row that does not end in time is dropped.

        All rows move in lockstep, each first along its given tokens and then by sampling, so
        leads of different lengths need no padding. Finished rows leave the batch.

        Args:
            min_p: tokens less likely than this share of the likeliest are never drawn
                (Nguyen et al. 2024); it keeps a warm temperature from derailing a small model.
            max_tokens: a row that goes on for longer than this, beyond what it was given, is
                dropped; the last few stragglers would cost as many steps as all the others.
            bias: added to the logits, see `bias`.
            spent: what may not be said again, see `spent`. Nor does a row repeat two tokens in a
                row of its own, or one at once: half of all candidates would, in vain.
        """
        given = [(self.ids(lead.plan), self.ids(" " + lead.opening.strip()) if lead.opening else [])
                 for lead in leads]  # fmt: skip
        forced = [plan + opening for plan, opening in given]
        texts = [list(opening) for _, opening in given]
        alive = list(range(len(leads)))
        capacity = max(map(len, forced)) + max_tokens + 1
        branches = Branches(self.model, prefix, len(alive), capacity, quick=True)
        finished: dict[int, Candidate] = {}
        step_ids = torch.tensor([[forced[row][0]] for row in alive], device=self.model.device)
        for position in range(1, capacity):
            hidden = self.model.step(branches, step_ids)[:, -1]
            barred = [_barred(texts[row], spent) for row in alive]
            drawn = self._draw(hidden, generator, temperature, min_p, bias, barred)
            keep, tokens = [], []
            for slot, row in enumerate(alive):
                if position < len(forced[row]):
                    token = forced[row][position]
                else:
                    token = drawn[slot]
                    if token == self.newline:
                        text: str = self.tokenizer.decode(texts[row])
                        finished[row] = Candidate(text.strip(), leads[row])
                        continue
                    texts[row].append(token)
                    if position - len(forced[row]) >= max_tokens:
                        continue
                keep.append(slot)
                tokens.append(token)
            if not keep:
                break
            if len(keep) < len(alive):
                branches.keep(torch.tensor(keep, device=self.model.device))
                alive = [alive[slot] for slot in keep]
            step_ids = torch.tensor(tokens, device=self.model.device)[:, None]
        return [finished[row] for row in sorted(finished)]

    def _draw(
        self,
        hidden: Tensor,
        generator: torch.Generator,
        temperature: float,
        min_p: float,
        bias: Tensor,
        barred: Sequence[set[int]],
    ) -> list[int]:
        """A token for each row of hidden states, (rows, width)."""
        logits = (hidden @ self.head.T).float().add_(bias)
        rows = [row for row, tokens in enumerate(barred) for _ in tokens]
        if rows:
            ids = torch.tensor([token for tokens in barred for token in tokens], device=bias.device)
            places, known = self._places(ids)
            logits[torch.tensor(rows, device=bias.device)[known], places[known]] = float("-inf")
        most = logits.amax(dim=-1, keepdim=True)
        # The few tokens that may be drawn, row after row, as shares stacked on one scale: a point
        # on it for each row costs much less than a pass over all tokens, or `torch.multinomial`.
        row, token = torch.where(logits >= most + temperature * math.log(min_p))
        shares = ((logits[row, token] - most[row, 0]) / temperature).double().exp()
        edges = shares.cumsum(dim=0)
        ends = edges[torch.bincount(row, minlength=len(hidden)).cumsum(dim=0) - 1]
        starts = torch.cat([ends.new_zeros(1), ends[:-1]])
        uniform = torch.rand(len(hidden), generator=generator, device=hidden.device)
        picks = torch.searchsorted(edges, starts + uniform * (ends - starts), right=True)
        return self.vocabulary[token[picks.clamp(max=len(token) - 1)]].tolist()

    def _places(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Where token ids stand in the vocabulary, and whether they do."""
        places = torch.searchsorted(self.vocabulary, ids).clamp(max=len(self.vocabulary) - 1)
        return places, self.vocabulary[places] == ids

    @torch.inference_mode()
    def readings(
        self, prefix: Prefix, texts: Sequence[str], *, quick: bool = False
    ) -> list[Reading]:
        """How each text reads, had it followed the prefix: all of them in one forward.

        Tokens outside the vocabulary get its smallest log-probability.
        """
        ids = [self.ids(text) for text in texts]
        longest = max(len(row) for row in ids)
        padded = torch.tensor(
            [row + [self.newline] * (longest - len(row)) for row in ids], device=self.model.device
        )
        branches = Branches(self.model, prefix, len(ids), longest, quick=quick)
        hidden = self.model.step(branches, padded)
        first = prefix.last_hidden.expand(len(ids), 1, -1)
        logits = (torch.cat([first, hidden[:, :-1]], dim=1) @ self.head.T).float()
        places, known = self._places(padded)
        found = logits.gather(2, places[..., None])[..., 0]
        found = torch.where(known, found, logits.amin(dim=-1))
        found = (found - logits.logsumexp(dim=-1)).cpu()
        return [Reading(found[i, : len(row)], hidden[i, : len(row)]) for i, row in enumerate(ids)]

    def log_probs(
        self, prefix: Prefix, texts: Sequence[str], *, quick: bool = False
    ) -> list[Tensor]:
        """Log-probability of each token of each text, had it followed the prefix."""
        return [reading.log_probs for reading in self.readings(prefix, texts, quick=quick)]


def _barred(text: Sequence[int], spent: Spent) -> set[int]:
    """Tokens that may not follow `text`, the line so far."""
    if not text:
        return set(spent.get((), ()))
    last = text[-1]
    again = {after for before, after in pairwise(text) if before == last}
    return again.union((last,), spent.get((text[-2], last), ()) if len(text) > 1 else ())
