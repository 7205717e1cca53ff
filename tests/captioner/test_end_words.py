"""End words are drawn as if all of them had been read, though few are."""

from __future__ import annotations

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM

from atl_core.captioner.constraints import LineConstraints
from atl_core.captioner.end_words import (
    FEWEST_ENDS,
    MIN_RHYMES,
    has_enough_rhymes,
    partners_within_reach,
    rhyming_ends,
)
from atl_core.captioner.language_model import END_SHARPNESS, LanguageModel
from atl_core.captioner.load import load_model
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.rhyme import rhyme

WANTED = LineConstraints(8, ("day",), frozenset({"day"}), "")
TEXT = "country, sad\n8: I been away\n8"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    """A random Llama with a byte-level tokenizer, loaded without an adapter or a vocabulary."""
    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=330, initial_alphabet=alphabet, show_progress=False)
    words = [f" {word}" for word in rhyming_ends(["day"])]
    tokenizer.train_from_iterator([*words[:20], "I been away, don't you say?\n"] * 3, trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=48, intermediate_size=64,
        num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=256, initializer_range=0.2,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return load_model(folder, folder, "cpu", classifier(RANKER).score)


@pytest.mark.parametrize("seed", range(5))
def test_the_words_drawn_are_the_best_of_all(model: LanguageModel, seed: int) -> None:
    sampler = model.sampler
    prefix = sampler.read(sampler.model.empty_prefix(), TEXT)
    ends = rhyming_ends(WANTED.rhymes_with, WANTED.taken_ends)
    assert len(ends) > 2 * 12
    drawn = model.end_words(prefix, WANTED, 12, torch.Generator().manual_seed(seed))

    uniform = torch.rand(len(ends), generator=torch.Generator().manual_seed(seed))
    noise = -(-uniform.clamp(1e-9, 1 - 1e-7).log()).log()
    read = sampler.log_probs(prefix, [f" {end}:" for end in ends])
    scores = END_SHARPNESS * torch.stack([row.sum() for row in read]) + noise
    best = scores.argsort(descending=True)[:12].tolist()
    assert drawn == [ends[i] for i in best]


def test_a_line_that_need_not_rhyme_is_led_to_no_word(model: LanguageModel) -> None:
    free = LineConstraints(8, (), frozenset(), "")
    prefix = model.sampler.model.empty_prefix()
    assert model.end_words(prefix, free, 12, torch.Generator().manual_seed(0)) == []


def test_log_probs_are_those_of_one_long_reading(model: LanguageModel) -> None:
    sampler = model.sampler
    prefix = sampler.read(sampler.model.empty_prefix(), TEXT)
    texts = [": I been away\n", ": say\n", ": don't you say?\n"]
    read = sampler.log_probs(prefix, texts)
    for text, row, reading in zip(texts, read, sampler.readings(prefix, texts), strict=True):
        torch.testing.assert_close(row, reading.log_probs, rtol=1e-4, atol=1e-4)
        longer = prefix
        for token, log_prob in zip(sampler.ids(text), row, strict=True):
            odds = sampler.head(longer.last_hidden[None])[0].log_softmax(dim=-1)
            column = (sampler.vocabulary == token).nonzero()
            if len(column):
                torch.testing.assert_close(odds[column[0, 0]], log_prob, rtol=1e-3, atol=1e-3)
            longer = sampler.model.extend(longer, [token])


def test_a_line_ends_at_a_token_that_joins_a_mark_with_the_line_break(
    model: LanguageModel,
) -> None:
    texts = {token: model.sampler.tokenizer.decode([token]) for token in model.sampler.line_ends}
    assert set(model.sampler.newline) <= set(texts)
    assert all("\n" in text for text in texts.values())


def test_of_lines_that_rhyme_by_their_vowels_alone_the_nearest_is_answered() -> None:
    """A writer may rhyme "me" with "breathe"; no word rhymes well with both."""
    assert partners_within_reach(("me", "breathe")) == (("me",), False)
    assert partners_within_reach(("free", "me")) == (("free", "me"), False)


def test_a_word_that_hardly_any_rhymes_with_is_answered_by_its_vowels() -> None:
    assert partners_within_reach(("careful",)) == (("careful",), True)
    ends = rhyming_ends(("careful",), slant=True)
    assert len(ends) >= FEWEST_ENDS
    assert rhyme(ends[0], "careful")
    assert "special" in ends, "it ends on like sounds"


def test_a_word_is_not_offered_for_one_that_it_is_made_of() -> None:
    assert "moonlight" not in rhyming_ends(("light",))


@pytest.mark.parametrize(("end", "enough"), [("night", True), ("mouth", False), ("month", False)])
def test_a_rhyme_group_begins_with_a_word_that_enough_common_words_rhyme_with(
    end: str, enough: bool
) -> None:
    # Together with rare ones, as a line of a writer may need them, there are enough for all three.
    assert len(rhyming_ends([end])) >= MIN_RHYMES
    assert has_enough_rhymes(end) == enough
