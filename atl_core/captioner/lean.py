"""The genre that each token leans to, kept beside a prepared model."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from tokenizers import Tokenizer
from torch import Tensor

from atl_core.captioner.sampling import GenreScore, token_lean
from atl_core.files import write_whole

SAMPLE: Final = 64
"""One of so many tokens is scored at each start."""


def kept_lean(
    file: Path | None, tokenizer: Tokenizer, vocabulary: Sequence[int], genre_score: GenreScore
) -> Tensor:
    """`token_lean`, read from a file: to score all tokens takes half a second at each start.

    A sample of the tokens is scored anew. Where one differs, other weights or other code made the
    file, and it is written anew, if it can be. With no file none is kept.
    """
    if file is None:
        return token_lean(tokenizer, vocabulary, genre_score)
    sample = token_lean(tokenizer, vocabulary[::SAMPLE], genre_score)
    with suppress(OSError, SafetensorError, KeyError):
        kept = load_file(file)["lean"]
        if len(kept) == len(vocabulary) and torch.equal(kept[::SAMPLE], sample):
            return kept
    lean = token_lean(tokenizer, vocabulary, genre_score)
    with suppress(OSError):
        write_whole(file, save({"lean": lean}), replace=True)
    return lean
