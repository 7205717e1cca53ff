"""Word vectors trained on the lyrics: skip-gram with negative sampling (Mikolov et al. 2013)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from atl_core.captioner.paper.words import SPECIAL
from training.captioners.store import Store

WINDOW = 4
NEGATIVES = 5
FREQUENT = 1e-3


def word_vectors(
    store: Store, words: int, width: int, seed: int, batches: int = 300, lines: int = 512
) -> Tensor:
    """Vectors of all ids, (words, width), with the spread of a fresh embedding.

    Lines come as the training gets them, genres in equal parts. Frequent words are thinned out
    and negatives drawn by the power of 0.75 of their counts, as in word2vec.
    """
    rng = np.random.default_rng(seed)
    counts = np.ones(words)
    for number in range(20):
        np.add.at(counts, store.batch(number, 8, lines, seed).ids[:, 1:].ravel(), 1)
    counts[: len(SPECIAL)] = 1
    share = counts / counts.sum()
    keep = np.minimum(1, np.sqrt(FREQUENT / share))
    odds = torch.from_numpy(counts**0.75)
    generator = torch.Generator().manual_seed(seed)
    inner = (torch.rand(words, width, generator=generator) - 0.5) / width
    outer = torch.zeros(words, width)
    inner.requires_grad_(True)
    outer.requires_grad_(True)
    optimiser = torch.optim.Adam([inner, outer], lr=5e-3)
    for number in range(batches):
        ids = store.batch(number, 8, lines, seed).ids[:, 1:]
        real = (ids >= len(SPECIAL)) & (rng.random(ids.shape) < keep[ids])
        pairs = []
        for step in range(1, WINDOW + 1):
            both = real[:, :-step] & real[:, step:]
            pairs.append(np.stack([ids[:, :-step][both], ids[:, step:][both]], 1))
        found = torch.from_numpy(np.concatenate(pairs))
        if not len(found):
            continue
        centre, near = torch.cat([found, found.flip(1)]).T
        noise = torch.multinomial(odds, len(centre) * NEGATIVES, True, generator=generator)
        own = inner[centre]
        right = (own * outer[near]).sum(1)
        wrong = torch.einsum("nd,nkd->nk", own, outer[noise].view(len(centre), NEGATIVES, width))
        loss = -(F.logsigmoid(right).sum() + F.logsigmoid(-wrong).sum()) / len(centre)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    vectors = inner.detach()
    spread = vectors[len(SPECIAL) :].std()
    return torch.cat([torch.randn(len(SPECIAL), width, generator=generator),
                      vectors[len(SPECIAL) :] / spread])  # fmt: skip
