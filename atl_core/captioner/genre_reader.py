"""Lyrics as the writer's language model reads them, for the genre verdict.

The model reads normalised words, eight a line, whatever lines they were typed in: case,
punctuation and line breaks go with the site that a text is from and not with its genre.
`atl_core.genre.thorough` weighs the states that the model has while it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from atl_core.captioner.batching import BatchedCaptioner
from atl_core.captioner.captioner import LineCaptioner
from atl_core.captioner.kv_cache import SequenceCache
from atl_core.captioner.language_model import LanguageModel
from atl_core.captioner.protocol import Captioner
from atl_core.captioner.sampling import Sampler
from atl_core.captioner.server import ServerModel
from atl_core.captioner.two_models import TwoModels
from atl_core.genre.verdict import ReadWords

WORDS_A_LINE: Final = 8
WINDOW: Final = 120
"""Words that are read together, some 12 lines. The model was tuned on sections of that length."""
MOST_WINDOWS: Final = 4
"""Windows that are read of a longer text, evenly spread over it."""
SHORTEST: Final = 20
"""Words of a last window. A shorter rest is left unread."""


@dataclass(frozen=True, slots=True)
class GenreReader:
    """The language model of a captioner as a reader. See `Reader`."""

    sampler: Sampler
    model: str

    def read(self, words: Sequence[str]) -> ReadWords:
        """See `Reader`."""
        states = np.zeros((len(words), self.sampler.model.config.width), np.float32)
        tokens = np.zeros(len(words), np.int64)
        for window in windows(len(words)):
            self._read(words[window], states[window], tokens[window])
        return ReadWords(states, tokens)

    @torch.inference_mode()
    def _read(self, words: Sequence[str], states: np.ndarray, tokens: np.ndarray) -> None:
        """Add what is read of some words to views of `states` and `tokens`."""
        text, starts = laid_out(words)
        encoded = self.sampler.tokenizer.encode(text, add_special_tokens=False)
        model = self.sampler.model
        # A mean over many tokens evens out what the quickest layers round.
        cache = SequenceCache(model.empty_prefix(), 1, len(encoded.ids))
        read = model.forward(cache, torch.tensor([encoded.ids], device=model.device))[0]
        # The first token is the line break that every text begins with. Its state says nothing.
        places = [start for start, _ in encoded.offsets[1:]]
        word = np.maximum(0, np.searchsorted(np.array(starts) - 1, places, side="right") - 1)
        np.add.at(states, word, read[1:].float().cpu().numpy())
        np.add.at(tokens, word, 1)


def laid_out(words: Sequence[str]) -> tuple[str, list[int]]:
    """The text that the model reads, and where each word begins in it."""
    text, starts = "", []
    for index, word in enumerate(words):
        text += " " if index % WORDS_A_LINE else "\n"
        starts.append(len(text))
        text += word
    return f"{text}\n", starts


def windows(count: int) -> list[slice]:
    """The windows in which `count` words are read."""
    found = [slice(first, min(first + WINDOW, count)) for first in range(0, count, WINDOW)]
    if len(found) > 1 and count - found[-1].start < SHORTEST:
        found.pop()
    if len(found) > MOST_WINDOWS:
        found = [found[index * len(found) // MOST_WINDOWS] for index in range(MOST_WINDOWS)]
    return found


def reader_of(captioner: Captioner) -> GenreReader | None:
    """A reader with the captioner's small language model.

    None for a captioner that has none, or one of the operator's own: the verdict is fitted to the
    states of the model that is shipped.
    """
    if isinstance(captioner, BatchedCaptioner):
        captioner = captioner.captioner
    if not isinstance(captioner, LineCaptioner):
        return None
    model = captioner.proposer
    if isinstance(model, TwoModels | ServerModel):
        model = model.reader
    if isinstance(model, LanguageModel) and model.adapter:
        return GenreReader(model.sampler, model.adapter)
    return None
