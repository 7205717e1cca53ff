"""Held-out loss, perplexity and BLEU of the paper's captioners."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from atl_core.captioner.paper.stored import Network, hear_windows
from atl_core.captioner.paper.words import END, PAD, START, UNKNOWN
from training.captioners.store import Batch, Store

HELD_OUT_SEED = 20_26


class Loss(NamedTuple):
    """Summed over held-out words."""

    total: float
    words: int
    """Words sung; the end of a line is paid for and not counted."""
    targets: int
    unknown: int

    @property
    def mean(self) -> float:
        """A predicted word, ends counted: what is minimised in training."""
        return self.total / max(1, self.targets)

    def perplexity(self, other_words: int) -> float:
        """A word sung. A word outside the vocabulary costs what `unknown` costs and then the
        choice among `other_words`, so that vocabularies can be compared."""
        spelt = self.unknown * math.log(max(1, other_words))
        return math.exp((self.total + spelt) / max(1, self.words))


def batch_loss(network: Network, batch: Batch, device: torch.device) -> tuple[Tensor, Tensor]:
    """Summed cross-entropy over all prefixes of a batch, and their targets, (prefixes,).

    Its features are heard as they are: in training, one window of each clip.
    """
    audio = network.hear(torch.from_numpy(batch.features).to(device))
    owners = torch.from_numpy(batch.owners).to(device)
    return lines_loss(network, audio[owners], torch.from_numpy(batch.ids).to(device))


def lines_loss(network: Network, audio: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Summed cross-entropy over all prefixes of lines, and their targets, (prefixes,).

    audio (lines, latent), ids (lines, places): rows of `Vocabulary.encode`.
    """
    ids = ids[:, : int((ids != PAD).sum(dim=1).max())]
    merged, targets = network.read(audio, ids[:, :-1]), ids[:, 1:]
    there = targets != PAD
    targets = targets[there]
    loss = F.cross_entropy(network.predict(merged[there]).float(), targets, reduction="sum")
    return loss, targets


class Heard:
    """The clips of a split as they are heard in writing, each heard once."""

    def __init__(self, network: Network, store: Store, window: int, device: torch.device) -> None:
        self.network, self.store, self.window, self.device = network, store, window, device
        self._known: dict[int, Tensor] = {}

    @torch.inference_mode()
    def of_lines(self, batch: Batch) -> Tensor:
        """(lines, latent): what is heard with each line of a batch."""
        clips = batch.clips.tolist()
        for clip in clips:
            if clip not in self._known:
                features = torch.from_numpy(self.store.features(clip))[None].to(self.device)
                self._known[clip] = hear_windows(self.network, features, self.window)[0]
        audio = torch.stack([self._known[clip] for clip in clips])
        return audio[torch.from_numpy(batch.owners).to(self.device)]


@torch.inference_mode()
def held_out_loss(
    network: Network, store: Store, window: int, device: torch.device, batches: int
) -> Loss:
    """The loss on fixed batches of a split, dropout off."""
    network.eval()
    heard = Heard(network, store, window, device)
    total, words, targets, unknown = 0.0, 0, 0, 0
    for number in range(batches):
        batch = store.batch(number, 8, 256, HELD_OUT_SEED)
        ids = torch.from_numpy(batch.ids).to(device)
        loss, found = lines_loss(network, heard.of_lines(batch), ids)
        total += float(loss)
        targets += len(found)
        words += int((found != END).sum())
        unknown += int((found == UNKNOWN).sum())
    return Loss(total, words, targets, unknown)


@torch.inference_mode()
def greedy_lines(network: Network, audio: Tensor, first: Tensor) -> list[list[int]]:
    """The likeliest line for each row after `startseq` and its first word, as the paper wrote.

    audio (rows, latent), first (rows,) -> ids of the words, the first one included.
    """
    network.eval()
    state: Any = network.begin(audio)
    given = torch.full_like(first, START)
    logits, state = network.step(state, network.embedding(given))
    rows = [[int(word)] for word in first]
    word, done = first, torch.zeros(len(first), dtype=torch.bool)
    for _ in range(network.length - 2):
        logits, state = network.step(state, network.embedding(word))
        logits[:, [PAD, UNKNOWN, START]] = -math.inf
        word = logits.argmax(dim=1)
        done |= (word == END).cpu()
        for row, found, over in zip(rows, word.tolist(), done.tolist(), strict=True):
            if not over:
                row.append(found)
        if bool(done.all()):
            break
    return rows


def bleu(hypotheses: Sequence[str], references: Sequence[str]) -> tuple[list[float], str]:
    """Corpus BLEU-1 to 4 and the signature of the last.

    Words are parted already, so sacrebleu is told not to tokenise; floor smoothing, since lines
    are short.
    """
    from sacrebleu.metrics.bleu import BLEU

    scores, signature = [], ""
    for order in (1, 2, 3, 4):
        metric = BLEU(max_ngram_order=order, tokenize="none", smooth_method="floor", force=True)
        scores.append(float(metric.corpus_score(list(hypotheses), [list(references)]).score))
        signature = str(metric.get_signature())
    return scores, signature


@torch.inference_mode()
def greedy_bleu(
    network: Network, store: Store, names: Sequence[str], window: int, device: torch.device,
    count: int,
) -> list[float]:  # fmt: skip
    """BLEU-1 to 4 of greedy lines from a clip and a starting word against the line it is of."""
    network.eval()
    batch = store.batch(0, 8, max(8, count), HELD_OUT_SEED + 1)
    audio = Heard(network, store, window, device).of_lines(batch)
    rows = greedy_lines(network, audio, torch.from_numpy(batch.ids[:, 1]).to(device))
    hypotheses = [spell(row, names) for row in rows]
    return bleu(hypotheses, [spell(row, names) for row in batch.ids.tolist()])[0]


def spell(ids: Iterable[int], names: Sequence[str]) -> str:
    return " ".join(names[number] for number in ids if number not in (PAD, START, END))
