"""Lyrics as the genre verdict's language model reads them.

That model is the writer's base with an adapter of its own. The base is in memory with the writer's
adapter merged, so the difference of both adapters, of rank 36, stands beside the same 8-bit
weights: it takes 13 MB, where a second model would take 110. (On a GPU the weights are copied.)

The model reads normalised words, eight a line, whatever lines they were typed in: case,
punctuation and line breaks go with the site that a text is from and not with its genre.
`atl_core.genre.thorough` weighs the states that the model has while it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from tokenizers import Tokenizer

from atl_core.captioner.adapter import difference
from atl_core.captioner.batching import BatchedCaptioner
from atl_core.captioner.captioner import LineCaptioner
from atl_core.captioner.kv_cache import SequenceCache
from atl_core.captioner.language_model import LanguageModel
from atl_core.captioner.load import SHIPPED
from atl_core.captioner.model import Decoder
from atl_core.captioner.protocol import Captioner
from atl_core.captioner.server import ServerModel
from atl_core.captioner.two_models import TwoModels
from atl_core.errors import WeightsError
from atl_core.genre.verdict import ReadWords

ADAPTER: Final = SHIPPED / "genre-thorough" / "adapter.safetensors"
WORDS_A_LINE: Final = 8
WINDOW: Final = 120
"""Words that are read together, some 12 lines. The model was tuned on sections of that length."""
MOST_WINDOWS: Final = 4
"""Windows that are read of a longer text, evenly spread over it."""
SHORTEST: Final = 20
"""Words of a last window. A shorter rest is left unread."""


@dataclass(frozen=True, slots=True)
class GenreReader:
    """A language model that reads lyrics. See `Reader`."""

    model: Decoder
    tokenizer: Tokenizer

    @torch.inference_mode()
    def read(self, words: Sequence[str]) -> ReadWords:
        """See `Reader`."""
        model, none = self.model, self.model.empty_prefix()
        states = np.zeros((len(words), model.config.width), np.float32)
        tokens = np.zeros(len(words), np.int64)
        # One by one: somebody who writes at the same time waits for a window, not for a song.
        for part in windows(len(words)):
            text, starts = laid_out(words[part])
            encoded = self.tokenizer.encode(text, add_special_tokens=False)
            ids = torch.tensor([encoded.ids], device=model.device)
            (found,) = model.forward_many([(SequenceCache(none, 1, ids.shape[1]), ids)])
            # The first token is the line break that every text begins with. Its state says nothing.
            places = [start for start, _ in encoded.offsets[1:]]
            word = np.maximum(0, np.searchsorted(np.array(starts) - 1, places, side="right") - 1)
            np.add.at(states[part], word, found[0, 1:].float().cpu().numpy())
            np.add.at(tokens[part], word, 1)
        return ReadWords(states, tokens)


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
    """A reader that shares the weights of the captioner's small language model.

    None for a captioner that has none, or one of the operator's own: the adapter is for the base
    that is shipped.

    Raises:
        WeightsError: the adapter is missing or damaged.
    """
    if isinstance(captioner, BatchedCaptioner):
        captioner = captioner.captioner
    if not isinstance(captioner, LineCaptioner):
        return None
    model = captioner.proposer
    if isinstance(model, TwoModels | ServerModel):
        model = model.reader
    if isinstance(model, LanguageModel) and model.adapter:
        return tuned(model.sampler.model, model.sampler.tokenizer, model.adapter, ADAPTER)
    return None


def tuned(model: Decoder, tokenizer: Tokenizer, merged: Path, wanted: Path) -> GenreReader:
    """The reader for a model that has an adapter in its weights.

    Args:
        merged: file of that adapter.
        wanted: file of the verdict's own.

    Raises:
        WeightsError: one of the two is missing or damaged.
    """
    try:
        adapted = model.adapted(difference(load_file(wanted), load_file(merged)))
    except (OSError, SafetensorError, KeyError) as error:
        raise WeightsError(
            f"The genre verdict's file {wanted.parent.name}/{wanted.name} is missing or damaged.",
            remedy="Reinstall ATL, or restore the weights folder with: git checkout weights",
        ) from error
    return GenreReader(adapted, tokenizer)
