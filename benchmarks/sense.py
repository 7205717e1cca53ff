"""Sense by an outside reader: the untuned base model, which takes no part in writing.

Two figures, each with human lyrics above it and shuffled lyrics below it:

- naturalness of ends: mean log-probability of a line's last word given the rest of the line. Its
  floor are the same lines with their last words dealt out anew.
- coherence: by how much the mean log-probability a token of a line rises when the reader sees the
  lines above it. Its floor are lines under the lines above of another text.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Final

import torch

from atl_core import manifest, weights
from atl_core.captioner.language_model import LanguageModel
from atl_core.captioner.load import LM
from atl_core.captioner.model import Decoder
from atl_core.captioner.sampling import Sampler, make_sampler
from atl_core.settings import Settings

OPENING: Final = "Song lyrics:\n"
Text = Sequence[str]


def base_file(settings: Settings) -> Path:
    """The base model as it is fetched."""
    (gguf,) = manifest.find(LM.base).files
    return weights.folder(LM.base, settings.weights_home) / gguf.name


def untuned(settings: Settings) -> Sampler:
    """The base model as it is fetched, over its whole vocabulary."""
    model = Decoder(base_file(settings), torch.device("cpu"), torch.float32)
    return make_sampler(model, model.checkpoint.tokenizer(), torch.arange(len(model.embedding)))


def with_untuned_base(writer: LanguageModel, settings: Settings) -> LanguageModel:
    """The same plan, vocabulary, guard and ranking around the model that was never tuned, without
    the critic, which reads no states but the tuned model's.
    """
    tuned = writer.sampler
    old = tuned.model
    model = Decoder(base_file(settings), old.device, old.dtype, int8=old.int8)
    head = model.output_layer(tuned.vocabulary)
    return replace(writer, sampler=replace(tuned, model=model, head=head), critic=None)


@dataclass(frozen=True)
class Reader:
    """Reads lyrics without knowing what was asked of them."""

    sampler: Sampler

    def naturalness(self, texts: Sequence[Text]) -> float:
        """Log-probability of the last word of a line given the line, the mean over all lines."""
        start = self.sampler.read(self.sampler.model.empty_prefix(), OPENING)
        found = []
        for text in texts:
            rows = self.sampler.log_probs(start, list(text))
            for line, row in zip(text, rows, strict=True):
                rest = len(self.sampler.ids(line.rpartition(" ")[0]))
                found.append(float(row[rest:].sum()))
        return fmean(found)

    def coherence(self, texts: Sequence[Text], contexts: Sequence[Text] | None = None) -> float:
        """Nats a token that lines gain by the lines above them, the mean over lines but the first.

        Args:
            contexts: whose lines to take for those above; of the text itself by default.
        """
        start = self.sampler.read(self.sampler.model.empty_prefix(), OPENING)
        gains = []
        for text, context in zip(texts, contexts or texts, strict=True):
            alone = self.sampler.log_probs(start, [f"{line}\n" for line in text[1:]])
            prefix = start
            for line, above, row in zip(text[1:], context, alone, strict=False):
                prefix = self.sampler.read(prefix, f"{above}\n")
                (seen,) = self.sampler.log_probs(prefix, [f"{line}\n"])
                gains.append(float((seen - row).mean()))
        return fmean(gains)


def with_ends_dealt_anew(texts: Sequence[Text]) -> list[list[str]]:
    """The texts with their last words shuffled among all lines."""
    ends = [line.rpartition(" ")[2] for text in texts for line in text]
    random.Random(2026).shuffle(ends)
    dealt = iter(ends)
    return [[f"{line.rpartition(' ')[0]} {next(dealt)}" for line in text] for text in texts]


def with_lines_above_of_another(texts: Sequence[Text]) -> list[Text]:
    """For each text the next one, whose lines stand above instead of its own."""
    return [*texts[1:], texts[0]]


def share_of_the_way(value: float, floor: float, human: float) -> str:
    return f"{value:.2f} ({100 * (value - floor) / (human - floor):.0f} %)"
