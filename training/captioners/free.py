"""Lines as a network alone would write them: sampled, with no plan, no genre pull, no ranking."""

from __future__ import annotations

import torch
from torch import Tensor

from atl_core.captioner.paper.stored import Network
from atl_core.captioner.paper.words import END, PAD, START, UNKNOWN, Vocabulary


@torch.inference_mode()
def free_lines(
    network: Network, vocabulary: Vocabulary, audio: Tensor, generator: torch.Generator
) -> list[list[str]]:
    """One line for each row of `audio`, (rows, latent), as words; at least one word each."""
    network.eval()
    state = network.begin(audio)
    word = torch.full((len(audio),), START)
    said: list[list[int]] = [[] for _ in audio]
    over = torch.zeros(len(audio), dtype=torch.bool)
    for place in range(network.length - 1):
        logits, state = network.step(state, network.embedding(word))  # type: ignore[arg-type]
        logits[:, [PAD, UNKNOWN, START]] = -torch.inf
        if place == 0:
            logits[:, END] = -torch.inf
        word = torch.multinomial(logits.softmax(dim=1), 1, generator=generator)[:, 0]
        over |= word == END
        for row, found, done in zip(said, word.tolist(), over.tolist(), strict=True):
            if not done:
                row.append(found)
        if bool(over.all()):
            break
    return [vocabulary.decode(row) for row in said]
