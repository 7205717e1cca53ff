"""Sampling candidates for one line: many rows at once after the same prompt."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from atl_core.captioner.kv_cache import PrefixCache, SequenceCache
from atl_core.captioner.logits_processors import (
    AddBias,
    LogitsProcessor,
    NoRepetition,
    OnLength,
    columns_of,
)
from atl_core.captioner.model import Decoder, OutputLayer
from atl_core.lyrics.brief import Mood
from atl_core.lyrics.mood import MOOD_WORDS, OPPOSITES, WEAK
from atl_core.lyrics.syllables import count_syllables

GenreScore = Callable[[Sequence[str]], np.ndarray]
"""Log-odds of hip-hop over country for each text."""

WORD_STARTS: Final = ("\u0120", "\u2581")
"""How byte-level BPE and SentencePiece write the space before a word."""
LINE_TEXT: Final = re.compile(r"[\s'a-z,.?!-]+", re.IGNORECASE)
"""What the tokens of a line consist of, where no vocabulary was counted in lyrics."""
MAX_GENRE_LEAN: Final = 3.0
MAX_SAME_OPENINGS: Final = 3
"""Maximum number of consecutive lines that open with the same token."""


@dataclass(frozen=True, slots=True)
class SamplingConfig:
    """How one round of candidates is sampled."""

    candidates: int = 36
    """Maximum number of candidates."""
    wave: int = 12
    """Candidates that are sampled at once. Further waves follow while too few pass."""
    enough: int = 6
    """Stop once this many candidates meet the constraints."""
    end_words: int = 12
    """Rhyming end words that the candidates are led to."""
    ranked: int = 12
    """Candidates that are scored and ranked, those of the right length first."""
    wider: int = 4
    """So many times `enough` and `ranked` where several lines are to be chosen from."""
    tolerance: int = 1
    """Syllables that a line may differ from its target."""
    temperature: float = 1.0
    min_p: float = 0.05
    """Tokens less likely than this share of the likeliest one are never drawn (Nguyen et al. 2024).
    It keeps a high temperature from derailing a small model."""
    rhymed: bool = True
    """Whether the rhyme constraint steers the candidates."""
    last_resort: bool = False
    """Sampled only where no candidate of the rounds before meets the constraints."""


@dataclass(frozen=True, slots=True)
class ForcedPrefix:
    """The given start of a candidate."""

    plan: str
    """The rest of the plan, such as ` rain:`. Not part of the line."""
    opening: str = ""
    """Words that the line must open with."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How likely a text is to the model."""

    log_probs: Tensor
    """Of each token, (tokens,)."""
    states: Tensor
    """The last hidden state at each token, (tokens, width)."""


def token_lean(tokenizer: Tokenizer, vocabulary: Sequence[int], genre_score: GenreScore) -> Tensor:
    """Log-odds of hip-hop over country of each token, (vocabulary,). Only tokens that begin a word
    have them.
    """
    spelt = [tokenizer.id_to_token(token) or "" for token in vocabulary]
    starts = [
        i for i, token in enumerate(spelt) if token.startswith(WORD_STARTS) and len(token) > 2
    ]
    lean = torch.zeros(len(vocabulary))
    scores = genre_score([spelt[i][1:] for i in starts])
    lean[starts] = torch.from_numpy(scores).float().clamp(-MAX_GENRE_LEAN, MAX_GENRE_LEAN)
    return lean


def token_ids(tokenizer: Tokenizer, text: str) -> list[int]:
    """Token ids of a text in the middle of another, without special tokens.

    SentencePiece puts a space before the first word of a text. It is encoded after a line break
    instead, whose tokens are then left out.
    """
    found: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    first: str = (tokenizer.id_to_token(found[0]) if found else None) or ""
    if first.startswith(WORD_STARTS[1]) and not text.startswith(WORD_STARTS[1]):
        before = tokenizer.encode("\n", add_special_tokens=False).ids
        found = tokenizer.encode(f"\n{text}", add_special_tokens=False).ids[len(before) :]
    return found


def make_sampler(
    model: Decoder, tokenizer: Tokenizer, vocabulary: Tensor, lean: Tensor | None = None
) -> Sampler:
    """A sampler over a vocabulary of sorted token ids.

    Args:
        lean: of `token_lean`; without it no token leans.
    """
    ids = vocabulary.tolist()
    texts = tokenizer.decode_batch([[token] for token in ids], skip_special_tokens=False)
    newline = tuple(token_ids(tokenizer, "\n"))
    return Sampler(
        model=model,
        tokenizer=tokenizer,
        vocabulary=vocabulary.to(model.device),
        head=model.output_layer(vocabulary),
        lean=(torch.zeros(len(ids)) if lean is None else lean).to(model.device),
        newline=newline,
        line_ends=frozenset(
            token for token, text in zip(ids, texts, strict=True) if "\n" in text
        ).union(newline),
    )


def line_vocabulary(tokenizer: Tokenizer) -> Tensor:
    """Sorted ids of the tokens that lines may consist of, by their text alone."""
    count = tokenizer.get_vocab_size()
    texts = tokenizer.decode_batch([[token] for token in range(count)])
    return torch.tensor([t for t, text in enumerate(texts) if LINE_TEXT.fullmatch(text)])


@dataclass(frozen=True, slots=True)
class Sampler:
    """Samples candidate lines from the model, restricted to a vocabulary of lyric words."""

    model: Decoder
    tokenizer: Tokenizer
    vocabulary: Tensor
    """Sorted token ids that a line may consist of, with the newline that ends it."""
    head: OutputLayer
    """The output layer of the vocabulary."""
    lean: Tensor
    """Log-odds of hip-hop over country of each token of the vocabulary, 0 for parts of words."""

    newline: tuple[int, ...]
    """Token ids of a line break."""
    line_ends: frozenset[int]
    """Tokens that end a line: the line break, and marks joined with one, such as `?\\n`."""

    def ids(self, text: str) -> list[int]:
        """Token ids of `text`, without special tokens."""
        return token_ids(self.tokenizer, text)

    def read(self, prefix: PrefixCache, text: str) -> PrefixCache:
        """The prefix with `text` appended."""
        return self.model.extend(prefix, self.ids(text))

    def no_repetition(self, texts: Sequence[str], above: Sequence[str] = ()) -> NoRepetition:
        """Ban three tokens in a row of one of `texts`, and an opening that all of the last
        `MAX_SAME_OPENINGS` lines above share. A small model would repeat itself for ever.
        """
        banned: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
        openings = {self.ids(f" {line}")[0] for line in above[-MAX_SAME_OPENINGS:] if line}
        if len(above) >= MAX_SAME_OPENINGS and len(openings) == 1:
            banned[()] = openings
        for text in texts:
            ids = self.ids(f" {text}")
            for first, second, third in zip(ids, ids[1:], ids[2:], strict=False):
                banned[first, second].add(third)
        return NoRepetition(self.vocabulary, banned)

    def word_bias(self, genre_pull: float, used: Iterable[str], penalty: float) -> AddBias:
        """Favour words of a genre, and disfavour words that were used.

        Candidates can only be ranked by genre, and by freshness, if some of them have it.

        Args:
            genre_pull: added for each unit of a word's log-odds of hip-hop; negative for country.
            penalty: subtracted from words in `used`.
        """
        bias = genre_pull * self.lean
        starts = {self.ids(f" {form}")[0] for word in used for form in (word, word.capitalize())}
        bias[torch.isin(self.vocabulary, torch.tensor(sorted(starts), device=bias.device))] -= (
            penalty
        )
        return AddBias(bias)

    def mood_bias(self, mood: Mood, pull: float) -> AddBias:
        """Favour words that carry a mood, and disfavour those of its opposites."""
        bias = torch.zeros_like(self.lean)
        for one, value in ((mood, pull), *((other, -pull) for other in OPPOSITES[mood])):
            spelt = [self.ids(f" {word}") for word in MOOD_WORDS[one] - WEAK]
            whole = torch.tensor([ids[0] for ids in spelt if len(ids) == 1], device=bias.device)
            columns, known = columns_of(self.vocabulary, whole)
            # A word of two moods keeps the first.
            columns = columns[known][bias[columns[known]] == 0]
            bias[columns] = value
        return AddBias(bias)

    def on_length(self, starts: Sequence[ForcedPrefix], target: int, pull: float) -> OnLength:
        """Favour ends that make lines of `target` syllables."""
        announced = {
            number: word for number, start in enumerate(starts) if (word := start.plan.strip(" :"))
        }
        columns, known = self._columns(self.ids(f" {word}")[0] for word in announced.values())
        ends = {
            number: (int(column), count_syllables(word))
            for (number, word), column, there in zip(announced.items(), columns, known, strict=True)
            if there
        }
        breaks, some = self._columns(self.line_ends)

        def syllables(tokens: Sequence[int]) -> int:
            return count_syllables(self.tokenizer.decode(list(tokens)))

        return OnLength(target, pull, syllables, breaks[some], ends)

    def _columns(self, tokens: Iterable[int]) -> tuple[Tensor, Tensor]:
        """Where tokens stand in the vocabulary, and whether they do."""
        ids = torch.tensor(list(tokens), dtype=torch.long, device=self.vocabulary.device)
        return columns_of(self.vocabulary, ids)

    @torch.inference_mode()
    def lines(
        self,
        prefix: PrefixCache,
        starts: Sequence[ForcedPrefix],
        generator: torch.Generator,
        *,
        temperature: float,
        min_p: float,
        max_tokens: int,
        processors: Sequence[LogitsProcessor] = (),
    ) -> list[str]:
        """Sample one line for each forced prefix. Rows that do not end in time are dropped.

        All rows advance in lockstep, first along their given tokens and then by sampling, so forced
        prefixes of different lengths need no padding. As many tokens as all were given are read at
        once. Finished rows leave the batch.

        Args:
            min_p: see `SamplingConfig`.
            max_tokens: maximum length of a line beyond what was given. The last few stragglers
                would cost as many steps as all the others.
        """
        given = [
            (self.ids(one.plan), self.ids(" " + one.opening.strip()) if one.opening else [])
            for one in starts
        ]
        forced = [plan + opening for plan, opening in given]
        lines = [list(opening) for _, opening in given]
        alive = list(range(len(starts)))
        capacity = max(map(len, forced)) + max_tokens + 1
        cache = SequenceCache(prefix, len(alive), capacity)
        finished: dict[int, str] = {}
        shared = min(map(len, forced))
        step_ids = torch.tensor([forced[row][:shared] for row in alive], device=self.model.device)
        for position in range(shared, capacity):
            hidden = self.model.forward(cache, step_ids)[:, -1]
            logits = self.head(hidden)
            for processor in processors:
                processor([lines[row] for row in alive], logits, alive)
            drawn = self._draw(logits, generator, temperature, min_p)
            keep, tokens = [], []
            for slot, row in enumerate(alive):
                if position < len(forced[row]):
                    token = forced[row][position]
                else:
                    token = drawn[slot]
                    if token in self.line_ends:
                        text: str = self.tokenizer.decode([*lines[row], token])
                        finished[row] = text.strip()
                        continue
                    lines[row].append(token)
                    if position - len(forced[row]) >= max_tokens:
                        continue
                keep.append(slot)
                tokens.append(token)
            if not keep:
                break
            if len(keep) < len(alive):
                cache.keep_rows(torch.tensor(keep, device=self.model.device))
                alive = [alive[slot] for slot in keep]
            step_ids = torch.tensor(tokens, device=self.model.device)[:, None]
        return [finished[row] for row in sorted(finished)]

    def _draw(
        self, logits: Tensor, generator: torch.Generator, temperature: float, min_p: float
    ) -> list[int]:
        """Draw a token for each row of logits, (rows, vocabulary)."""
        largest = logits.amax(dim=-1, keepdim=True)
        # Only the few tokens above min_p are exponentiated. Their probabilities are stacked on one
        # scale, row after row, and a point on it picks a token: much cheaper than a pass over the
        # vocabulary or `torch.multinomial`.
        row, token = torch.where(logits >= largest + temperature * math.log(min_p))
        odds = ((logits[row, token] - largest[row, 0]) / temperature).double().exp()
        edges = odds.cumsum(dim=0)
        ends = edges[torch.bincount(row, minlength=len(logits)).cumsum(dim=0) - 1]
        starts = torch.cat([ends.new_zeros(1), ends[:-1]])
        uniform = torch.rand(len(logits), generator=generator, device=logits.device)
        picks = torch.searchsorted(edges, starts + uniform * (ends - starts), right=True)
        return self.vocabulary[token[picks.clamp(max=len(token) - 1)]].tolist()

    @torch.inference_mode()
    def readings(self, prefix: PrefixCache, texts: Sequence[str]) -> list[Reading]:
        """How likely each text is after the prefix, all of them in one forward.

        Tokens outside the vocabulary get its smallest log-probability.
        """
        ids = [self.ids(text) for text in texts]
        hidden = self._hidden(prefix, ids)
        log_probs = self._log_probs(prefix, ids, hidden)
        return [Reading(row, states) for row, states in zip(log_probs, hidden, strict=True)]

    @torch.inference_mode()
    def log_probs(self, prefix: PrefixCache, texts: Sequence[str]) -> list[Tensor]:
        """Log-probability of each token of each text after the prefix; see `readings`."""
        ids = [self.ids(text) for text in texts]
        # Nothing follows the last token, so it need not be computed.
        hidden = self._hidden(prefix, [row[:-1] for row in ids])
        return self._log_probs(prefix, ids, hidden)

    @torch.inference_mode()
    def next_log_probs(self, prefix: PrefixCache) -> Tensor:
        """Log-probability of each token of the vocabulary after the prefix, (vocabulary,)."""
        logits = self.head(prefix.last_hidden[None])[0].float()
        return logits.log_softmax(dim=-1).cpu()

    @torch.inference_mode()
    def first_log_probs(self, prefix: PrefixCache, texts: Sequence[str]) -> Tensor:
        """Log-probability of the first token of each text, (texts,), without a forward."""
        first = torch.tensor([self.ids(text)[0] for text in texts], device=self.model.device)
        logits = self.head(prefix.last_hidden[None])[0]
        columns, known = columns_of(self.vocabulary, first)
        found = torch.where(known, logits[columns], logits.amin())
        return (found - logits.logsumexp(dim=-1)).cpu()

    def _hidden(self, prefix: PrefixCache, ids: Sequence[Sequence[int]]) -> list[Tensor]:
        """Hidden states of token ids after the prefix, (tokens, width) of each row.

        Rows of one length are read as one request, so that none is padded.
        """
        of_length: defaultdict[int, list[int]] = defaultdict(list)
        for row, tokens in enumerate(ids):
            of_length[len(tokens)].append(row)
        found = [prefix.last_hidden.new_empty(0, len(prefix.last_hidden))] * len(ids)
        groups = [rows for length, rows in of_length.items() if length]
        requests = [
            (
                SequenceCache(prefix, len(rows), len(ids[rows[0]])),
                torch.tensor([ids[row] for row in rows], device=self.model.device),
            )
            for rows in groups
        ]
        if requests:
            for rows, states in zip(groups, self.model.forward_all(requests), strict=True):
                for row, of_row in zip(rows, states, strict=True):
                    found[row] = of_row
        return found

    def _log_probs(
        self,
        prefix: PrefixCache,
        ids: Sequence[Sequence[int]],
        hidden: Sequence[Tensor],
    ) -> list[Tensor]:
        """Log-probability of each token, given the hidden states of those before it."""
        counts = [len(row) - 1 for row in ids]
        # The first token follows the prefix in every row: its logits are computed once.
        before = [
            prefix.last_hidden[None],
            *(one[:n] for one, n in zip(hidden, counts, strict=True)),
        ]
        logits = self.head(torch.cat(before))
        norm = logits.logsumexp(dim=-1)
        starts = np.concatenate([[1], 1 + np.cumsum(counts)])
        at = [[0, *range(start, start + n)] for start, n in zip(starts, counts, strict=False)]
        row = torch.tensor([i for one in at for i in one], device=logits.device)
        tokens = torch.tensor([token for one in ids for token in one], device=logits.device)
        columns, known = columns_of(self.vocabulary, tokens)
        found = logits[row, columns]
        if not known.all():
            found = torch.where(known, found, logits.amin(dim=-1)[row])
        found -= norm[row]
        return list(torch.split(found.cpu(), [n + 1 for n in counts]))
