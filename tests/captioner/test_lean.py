"""The genre that tokens lean to is kept, for as long as the classifier says the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from atl_core.captioner.lean import SAMPLE, kept_lean
from atl_core.captioner.sampling import token_lean

WORDS = 2 * SAMPLE


class Scores:
    """Scores words by their length, and counts them."""

    def __init__(self, factor: float = 0.1) -> None:
        self.factor = factor
        self.scored = 0

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.scored += len(texts)
        return np.array([self.factor * len(text) for text in texts])


@pytest.fixture
def tokenizer() -> Tokenizer:
    return Tokenizer(WordLevel({f"\u0120w{'o' * n}rd": n for n in range(WORDS)}, unk_token=None))


def test_all_tokens_are_scored_once_and_a_sample_at_each_later_start(
    tokenizer: Tokenizer, tmp_path: Path
) -> None:
    file, vocabulary, first, second = tmp_path / "lean", range(WORDS), Scores(), Scores()
    made = kept_lean(file, tokenizer, vocabulary, first)
    again = kept_lean(file, tokenizer, vocabulary, second)
    assert first.scored >= WORDS
    assert second.scored == WORDS / SAMPLE
    assert again.equal(made)
    assert again.equal(token_lean(tokenizer, vocabulary, Scores()))


@pytest.mark.parametrize("damage", ["another classifier", "another length", "no safetensors"])
def test_what_does_not_fit_is_made_anew(tokenizer: Tokenizer, tmp_path: Path, damage: str) -> None:
    file, vocabulary = tmp_path / "lean", range(WORDS)
    if damage == "another length":
        kept_lean(file, tokenizer, vocabulary[:-1], Scores())
    elif damage == "another classifier":
        kept_lean(file, tokenizer, vocabulary, Scores(0.01))
    else:
        file.write_bytes(b"no tensors")
    expected = token_lean(tokenizer, vocabulary, Scores())
    assert kept_lean(file, tokenizer, vocabulary, Scores()).equal(expected)
    later = Scores()
    assert kept_lean(file, tokenizer, vocabulary, later).equal(expected)
    assert later.scored == WORDS / SAMPLE


def test_where_nothing_can_be_written_it_is_made_each_time(
    tokenizer: Tokenizer, tmp_path: Path
) -> None:
    file = tmp_path / "no folder" / "lean"
    expected = token_lean(tokenizer, range(WORDS), Scores())
    assert kept_lean(file, tokenizer, range(WORDS), Scores()).equal(expected)
