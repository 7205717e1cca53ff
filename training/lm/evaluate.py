"""Held-out perplexity of the writer, a word, beside the untuned base.

python -m training evaluate lm --data DIR --base DIR
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from atl_core.captioner.prompt import header, line_plan
from atl_core.lyrics.mood import energy_of, mood_of
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from training.lm.lora import merge
from training.lm.package import OUT
from training.lm.sections import Section, read_sections, tuning_mix
from training.lm.train import encode, loss_of

Pieces = list[tuple[str, bool]]


def free(section: Section) -> Pieces:
    """The section with lengths announced and no end words; its lines are what is measured."""
    return [_header(section)] + [
        piece
        for line in section.lines
        for piece in ((line_plan(count_syllables(line)), False), (f" {line}\n", True))
    ]


def ends_first(section: Section) -> Pieces:
    """The same with every end word before its line, and measured with it: the whole price."""
    return [_header(section)] + [
        piece
        for line in section.lines
        for piece in (
            (str(count_syllables(line)), False),
            (f" {end_word(line)}:", True),
            (f" {line}\n", True),
        )
    ]


def _header(section: Section) -> tuple[str, bool]:
    found = [word for line in section.lines for word in words(line)]
    style = header(section.genre, mood_of(found), energy_of(found), section.explicit, ())
    return style, False


@torch.no_grad()
def perplexity(model: torch.nn.Module, texts: Sequence[Pieces], spoken: int, base: Path) -> float:
    """exp of the negative log-likelihood of the measured tokens, over the number of words sung."""
    tokenizer = AutoTokenizer.from_pretrained(base)
    examples = sorted((encode(pieces, tokenizer) for pieces in texts), key=lambda e: len(e[0]))
    total = 0.0
    for i in range(0, len(examples), 8):
        loss, _ = loss_of(model, examples[i : i + 8], "cpu")
        total += float(loss)
    return math.exp(total / spoken)


def evaluate(data: Path, base: Path, count: int) -> dict[str, dict[str, float]]:
    """Perplexity a word on sections of held-out artists, untuned and tuned, written both ways."""
    sections = tuning_mix(list(read_sections(data / "test.jsonl.gz")), count, random.Random(3))
    spoken = sum(len(words(line)) for section in sections for line in section.lines)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16)
    found: dict[str, dict[str, float]] = {}
    for name in ("untuned", "tuned"):
        if name == "tuned":
            merge(model, load_file(OUT / "adapter.safetensors"))
        found[name] = {
            way.__name__: round(perplexity(model, [way(s) for s in sections], spoken, base), 1)
            for way in (free, ends_first)
        }
        print(json.dumps({name: found[name], "sections": len(sections), "words": spoken}))
    return found
