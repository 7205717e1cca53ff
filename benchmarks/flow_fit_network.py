"""Train the flow networks on part of the charted songs; no benchmark, but it shares their reader.

    python benchmarks/flow_fit_network.py MCFLOW_FOLDER COCOPOPS_FOLDER

Two songs of three, rap and sung apart, lines in 4/4 whose syllables lie on the grid. Each of three
networks learns the sixteenth of every syllable by cross-entropy. Number of epochs, size and
dropout were chosen by every fifth of these songs. Writes weights/flow/network.safetensors. Takes
some ten minutes of one core.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from atl_core.flow.model import SIXTEENTHS, places
from atl_core.flow.network import FEATURES, FILE, NETWORKS, features
from benchmarks.flow_fit import syllables_of, texts_of, truth
from benchmarks.flow_songs import (
    ChartedLine,
    is_held_out,
    lines_around,
    rap_lines,
    sung_lines,
    tempo_of,
)

HIDDEN, DROPOUT = 64, 0.3
EPOCHS, BATCH, RATE, DECAY = 25, 64, 3e-3, 1e-4

Example = tuple[np.ndarray, np.ndarray]
"""Features and sixteenths of a line's syllables."""


class Network(nn.Module):
    """As `atl_core.flow.network` runs it."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.inp = nn.Linear(FEATURES, HIDDEN)
        self.rnn = nn.GRU(HIDDEN, HIDDEN, 1, bidirectional=True, batch_first=True)
        self.drop = nn.Dropout(DROPOUT)
        self.out = nn.Linear(2 * HIDDEN, outputs)

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """(lines, syllables, features), (lines,) -> (lines, syllables, sixteenths)"""
        fed = self.drop(torch.relu(self.inp(inputs)))
        packed = pack_padded_sequence(fed, lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
        found: Tensor = self.out(self.drop(states))
        return found


def examples(lines: Sequence[ChartedLine], folder: Path) -> list[Example]:
    """What is learnt: all songs but every third."""
    songs = sorted({line.song for line in lines})
    tempi = {song: tempo_of(folder, song) for song in songs}
    found = []
    for line, around in zip(lines, lines_around(lines), strict=True):
        at = truth(line, places(line.beats_per_bar, line.bars))
        if at is None or line.beats_per_bar != 4 or is_held_out(line.song, songs):
            continue
        syllables, texts = syllables_of(line), texts_of(line)
        inputs = features(syllables, texts, line.bars, tempi[line.song], around)
        found.append((inputs.astype(np.float32), at))
    return found


def train(known: Sequence[Example], outputs: int, seed: int) -> Network:
    torch.manual_seed(seed)
    network = Network(outputs)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * (len(known) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    for epoch in range(EPOCHS):
        order = np.random.default_rng(1000 * seed + epoch).permutation(len(known))
        losses = []
        for first in range(0, len(order), BATCH):
            batch = [known[index] for index in order[first : first + BATCH]]
            lengths = torch.tensor([len(at) for _, at in batch])
            inputs = nn.utils.rnn.pad_sequence(
                [torch.from_numpy(given) for given, _ in batch], batch_first=True
            )
            wanted = nn.utils.rnn.pad_sequence(
                [torch.from_numpy(at) for _, at in batch], batch_first=True, padding_value=-100
            )
            said = network(inputs, lengths).flatten(0, 1)
            loss = nn.functional.cross_entropy(said, wanted.flatten(), ignore_index=-100)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"seed {seed}, epoch {epoch + 1}: loss {np.mean(losses):.3f}", file=sys.stderr)
    return network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mcflow", type=Path)
    parser.add_argument("cocopops", type=Path)
    parser.add_argument("--output", type=Path, default=FILE)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    held: dict[str, np.ndarray] = {}
    for manner, lines, folder, bars in (
        ("rap", rap_lines(asked.mcflow), asked.mcflow, 1),
        ("sung", sung_lines(asked.cocopops), asked.cocopops, 2),
    ):
        known = examples(lines, folder)
        print(f"{manner}: {len(known)} lines", file=sys.stderr)
        for number in range(NETWORKS):
            network = train(known, SIXTEENTHS * (bars + 2), number)
            for name, values in network.state_dict().items():
                held[f"{manner}.{number}.{name}"] = values.numpy().astype(np.float16)
    save_file(held, asked.output)


if __name__ == "__main__":
    main()
