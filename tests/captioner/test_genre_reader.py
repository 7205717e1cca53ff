"""How the genre verdict's language model reads lyrics beside the writer's."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from atl_core.captioner import genre_reader
from atl_core.captioner.adapter import in_bytes
from atl_core.captioner.batching import batched
from atl_core.captioner.captioner import LineCaptioner
from atl_core.captioner.genre_reader import (
    MOST_WINDOWS,
    WINDOW,
    GenreReader,
    laid_out,
    reader_of,
    windows,
)
from atl_core.captioner.language_model import LanguageModel
from atl_core.captioner.model import Decoder
from atl_core.captioner.sampling import make_sampler
from atl_core.errors import WeightsError
from atl_core.genre.text import words
from tests.tiny_models import CPU, VOCABULARY, random_adapter, saved_model, with_updates

LETTERS = [" ", "\n", *"abcdefghijklmnopqrstuvwxyz"]
LETTER_IDS = torch.arange(len(LETTERS))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> GenreReader:
    """A tiny random model that reads letter by letter."""
    folder = tmp_path_factory.mktemp("tiny")
    saved_model(folder)
    tokens = {letter: number for number, letter in enumerate(LETTERS)}
    tokens |= {f"<{number}>": number for number in range(len(tokens), VOCABULARY)}
    tokenizer = Tokenizer(models.BPE(tokens, []))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([])
    return GenreReader(Decoder(folder, CPU, torch.float32), tokenizer)


def test_words_are_laid_out_eight_a_line() -> None:
    text, starts = laid_out(["word"] * 10)
    assert text == "\nword word word word word word word word\nword word\n"
    assert [text[start : start + 4] for start in starts] == ["word"] * 10


def test_each_word_gets_the_states_of_its_tokens(reader: GenreReader) -> None:
    found = reader.read(["rain", "on", "me"])
    # A word's tokens are its letters and the space before it; the last has the line break too.
    assert found.tokens.tolist() == [4, 3, 4]
    assert found.states.shape == (3, reader.model.config.width)
    alone = reader.read(["rain"])
    np.testing.assert_allclose(found.states[0], alone.states[0] - last(reader, "rain"), atol=1e-4)


def last(reader: GenreReader, word: str) -> np.ndarray:
    """The state at the line break after a word."""
    ids = reader.tokenizer.encode(f"\n{word}\n").ids
    model = reader.model
    return model.extend(model.empty_prefix(), ids).last_hidden.numpy()


def test_what_the_site_typed_is_not_read(reader: GenreReader) -> None:
    plain = words("running down the road\nall night long")
    dressed = words("[Verse 1]\nRunnin' down the ROAD, all night long!")
    assert np.array_equal(reader.read(plain).states, reader.read(dressed).states)


@pytest.mark.parametrize("count", [0, 1, WINDOW, WINDOW + 1, 3 * WINDOW, 40 * WINDOW + 7])
def test_a_long_text_is_read_in_a_few_windows_spread_over_it(count: int) -> None:
    found = windows(count)
    assert len(found) <= MOST_WINDOWS
    assert all(0 <= one.start < one.stop <= count for one in found)
    assert all(a.stop <= b.start for a, b in pairwise(found))
    assert bool(found) == bool(count)
    if count > 10 * WINDOW:
        assert found[-1].start > count / 2


def test_words_between_windows_are_not_read(reader: GenreReader) -> None:
    found = reader.read(["a"] * (6 * WINDOW))
    assert (found.tokens == 0).sum() == 2 * WINDOW
    assert not found.states[found.tokens == 0].any()


def test_odd_words_are_read(reader: GenreReader) -> None:
    found = reader.read(["0", "дождь", "雨"])
    assert np.isfinite(found.states).all()


def score(texts: Sequence[str]) -> np.ndarray:
    return np.zeros(len(texts))


def captioner(model: Decoder, tokenizer: Tokenizer, adapter: Path | None) -> LineCaptioner:
    sampler = make_sampler(model, tokenizer, LETTER_IDS)
    return LineCaptioner(LanguageModel(sampler, score, adapter=adapter), score)


class Writer:
    """A captioner without a language model."""

    name = "other"

    def write(self, task: object) -> Sequence[str]:  # noqa: ARG002
        return ()


def test_a_model_of_ones_own_and_no_model_read_no_verdict(reader: GenreReader) -> None:
    assert reader_of(captioner(reader.model, reader.tokenizer, None)) is None
    assert reader_of(Writer()) is None  # type: ignore[arg-type]


def test_the_writers_adapter_gives_way_to_the_verdicts(
    tmp_path: Path, reader: GenreReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model in memory has the writer's adapter merged. The reader has its own on the base."""
    base = tmp_path / "base"
    saved_model(base)
    writers, verdicts = (in_bytes(random_adapter(base, rank, rank)) for rank in (5, 2))
    save_file(writers, tmp_path / "writers.safetensors")
    save_file(verdicts, tmp_path / "verdicts.safetensors")
    monkeypatch.setattr(genre_reader, "ADAPTER", tmp_path / "verdicts.safetensors")
    merged = Decoder(with_updates(base, writers, tmp_path / "merged"), CPU)
    wanted = Decoder(with_updates(base, verdicts, tmp_path / "wanted"), CPU)
    writer = captioner(merged, reader.tokenizer, tmp_path / "writers.safetensors")
    before, exact = (
        GenreReader(model, reader.tokenizer).read(["rain", "on", "me"]).states
        for model in (merged, wanted)
    )
    assert np.abs(before - exact).max() > 0.1
    for one in (writer, batched(writer)):
        found = reader_of(one)
        assert found is not None
        states = found.read(["rain", "on", "me"]).states
        np.testing.assert_allclose(states, exact, atol=1e-3)


def test_a_reader_needs_its_adapter(
    tmp_path: Path, reader: GenreReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(genre_reader, "ADAPTER", tmp_path / "adapter.safetensors")
    with pytest.raises(WeightsError, match=r"adapter\.safetensors is missing or damaged"):
        reader_of(captioner(reader.model, reader.tokenizer, tmp_path / "any"))
    save_file({"head.weight": torch.zeros(4, 8)}, tmp_path / "adapter.safetensors")
    save_file({"model.layers.0.mlp.up_proj.lora_a": torch.zeros(1, 8)}, tmp_path / "half")
    for merged in ("any", "half"):
        with pytest.raises(WeightsError, match=r"adapter\.safetensors is missing or damaged"):
            reader_of(captioner(reader.model, reader.tokenizer, tmp_path / merged))
