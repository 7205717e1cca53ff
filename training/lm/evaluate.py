"""Held-out perplexity of the writer, a word, beside the untuned base.

python -m training evaluate lm --sections FILE --base DIR
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from transformers import AutoModelForCausalLM

from atl_core.captioner.prompt import line_plan
from atl_core.lyrics.text import words
from training.lm.labels import Labelled, read_labels
from training.lm.lora import merge
from training.lm.package import OUT
from training.lm.train import batches, encode_all, held_out_sections, line_vocabulary, loss_of

Pieces = list[tuple[str, bool]]


def free(section: Labelled) -> Pieces:
    """The section with lengths announced and no end words; its lines are what is measured."""
    return [(section.header(()), False)] + [
        piece
        for line, syllables, _ in section.lines
        for piece in ((line_plan(syllables), False), (f" {line}\n", True))
    ]


def ends_first(section: Labelled) -> Pieces:
    """The same with every end word before its line, and measured with it: the whole price."""
    return [(section.header(()), False)] + [
        piece
        for line, syllables, end in section.lines
        for piece in ((str(syllables), False), (f" {end}:", True), (f" {line}\n", True))
    ]


@torch.no_grad()
def word_perplexity(
    model: Any,
    texts: Sequence[Pieces],
    spoken: int,
    tokenizer: Tokenizer,
    vocabulary: Tensor,
) -> float:
    """exp of the negative log-likelihood of the measured tokens, over the number of words sung."""
    total = 0.0
    for batch in batches(encode_all(texts, tokenizer), 4096, random.Random(0)):
        loss, _ = loss_of(model, batch, str(vocabulary.device), vocabulary)
        total += float(loss)
    return math.exp(total / spoken)


def evaluate(sections: Path, base: Path, device: str) -> dict[str, dict[str, float]]:
    """Perplexity a word on sections of held-out artists, untuned and tuned, written both ways."""
    pool = list(read_labels(sections))
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    vocabulary = line_vocabulary(pool, tokenizer).to(device)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16).to(device)
    found: dict[str, dict[str, float]] = {}
    for name in ("untuned", "tuned"):
        if name == "tuned":
            merge(model, load_file(OUT / "adapter.safetensors"))
        found[name] = {}
        for genre in ("hip-hop", "country"):
            chosen = held_out_sections(pool, "test", genre)
            spoken = sum(len(words(line)) for section in chosen for line, _, _ in section.lines)
            for way in (free, ends_first):
                texts = [way(section) for section in chosen]
                measured = word_perplexity(model, texts, spoken, tokenizer, vocabulary)
                found[name][f"{genre}, {way.__name__}"] = round(measured, 1)
        print(json.dumps({name: found[name]}))
    return found
