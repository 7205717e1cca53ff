"""Recurrent genre classifiers in torch: the paper's LSTM and a hierarchical attention network.

They are here to be compared with; the default is another (`atl_core.genre.judge`). Word ids
begin at 2: 0 pads and 1 is an unknown word. Logits are (hip-hop, country).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from atl_core.genre.files import WEIGHTS, damaged, read_json
from atl_core.genre.text import words

PAD: Final = 0
UNKNOWN: Final = 1
MAX_WORDS: Final = 256
"""Words that are read; the rest of a longer text is not."""
LINE: Final = 8
"""Words of a line as the hierarchical network sees it. The writer's own line breaks are
formatting, which the classifiers must not see."""


class LyricLSTM(nn.Module):
    """Embedding -> LSTM -> max pool -> softmax: the genre classifier of the ATL paper, 2.3."""

    def __init__(self, vocabulary: int, embedding: int = 64, hidden: int = 64) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding, padding_idx=PAD)
        self.lstm = nn.LSTM(embedding, hidden, batch_first=True)
        self.dropout = nn.Dropout(0.3)
        self.output = nn.Linear(hidden, 2)

    def forward(self, ids: Tensor) -> Tensor:
        """ids (texts, words) -> logits (texts, 2)."""
        states, _ = self.lstm(self.dropout(self.embedding(ids)))
        states = states.masked_fill((ids == PAD).unsqueeze(-1), -1.0)
        logits: Tensor = self.output(self.dropout(states.amax(dim=1)))
        return logits


class Attention(nn.Module):
    """Weights each step by its likeness to a learnt context vector (Yang et al. 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.projection = nn.Linear(width, width)
        self.context = nn.Linear(width, 1, bias=False)

    def forward(self, states: Tensor, present: Tensor) -> Tensor:
        """states (rows, steps, width), present (rows, steps) -> (rows, width)."""
        scores = self.context(torch.tanh(self.projection(states))).squeeze(-1)
        weights = torch.softmax(scores.masked_fill(~present, -1e4), dim=-1)
        return (weights.unsqueeze(-1) * states).sum(dim=1)


class HierarchicalAttention(nn.Module):
    """Words make lines, lines make a text, each through a GRU and attention.

    Tsaptsinos 2017, "Lyrics-based music genre classification using a hierarchical attention
    network", with lines of `LINE` words in place of the writer's.
    """

    def __init__(self, vocabulary: int, embedding: int = 64, hidden: int = 32) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding, padding_idx=PAD)
        self.dropout = nn.Dropout(0.3)
        self.word_gru = nn.GRU(embedding, hidden, batch_first=True, bidirectional=True)
        self.word_attention = Attention(2 * hidden)
        self.line_gru = nn.GRU(2 * hidden, hidden, batch_first=True, bidirectional=True)
        self.line_attention = Attention(2 * hidden)
        self.output = nn.Linear(2 * hidden, 2)

    def forward(self, ids: Tensor) -> Tensor:
        """ids (texts, words), words a multiple of `LINE` -> logits (texts, 2)."""
        texts = len(ids)
        by_line = ids.view(-1, LINE)
        present = by_line != PAD
        states = run(self.word_gru, self.dropout(self.embedding(by_line)), present)
        lines = self.word_attention(states, present).view(texts, -1, states.shape[-1])
        present = present.any(dim=1).view(texts, -1)
        text = self.line_attention(run(self.line_gru, self.dropout(lines), present), present)
        logits: Tensor = self.output(self.dropout(text))
        return logits


def run(gru: nn.GRU, steps: Tensor, present: Tensor) -> Tensor:
    """The states of a bidirectional GRU that never sees the padding: (rows, steps, width).

    Padding is as wide as the longest text of a batch, so a network that reads it backwards
    would judge a text by its neighbours.
    """
    lengths = present.sum(dim=1).clamp(min=1).cpu()
    packed = pack_padded_sequence(steps, lengths, batch_first=True, enforce_sorted=False)
    states: Tensor = pad_packed_sequence(
        gru(packed)[0], batch_first=True, total_length=steps.shape[1]
    )[0]
    return states


NETWORKS: Final[dict[str, type[LyricLSTM] | type[HierarchicalAttention]]] = {
    "lstm": LyricLSTM,
    "han": HierarchicalAttention,
}


@dataclass(frozen=True, slots=True)
class Neural:
    """A trained network with its vocabulary and calibration."""

    network: nn.Module
    vocabulary: dict[str, int]
    calibration: tuple[float, float]
    """Slope and constant that make the logits' difference into calibrated log-odds."""

    def score(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Calibrated log-odds of hip-hop over country, shape (len(texts),)."""
        slope, constant = self.calibration
        scores = []
        for first in range(0, len(texts), 64):
            ids = encode([words(text) for text in texts[first : first + 64]], self.vocabulary)
            with torch.inference_mode():
                logits = self.network(ids)
            scores.append((slope * (logits[:, 0] - logits[:, 1]) + constant).numpy())
        return np.concatenate(scores) if scores else np.zeros(0, np.float32)


def encode(texts: Sequence[Sequence[str]], vocabulary: dict[str, int]) -> Tensor:
    """Normalised words -> ids, padded to a common multiple of `LINE`: (texts, words)."""
    rows = [[vocabulary.get(word, UNKNOWN) for word in text[:MAX_WORDS]] for text in texts]
    width = max(1, -(-max(map(len, rows), default=1) // LINE)) * LINE
    return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])


def load(folder: Path = WEIGHTS / "genre-lstm") -> Neural:
    """Read a network from its folder.

    Raises:
        WeightsError: a file is missing or damaged.
    """
    config: dict[str, Any] = read_json(folder / "config.json")
    names: list[str] = read_json(folder / "vocabulary.json")
    network = NETWORKS[config["network"]](len(names) + 2)
    try:
        arrays = load_file(folder / "model.safetensors")
        network.load_state_dict({name: array.float() for name, array in arrays.items()})
    except (OSError, SafetensorError, RuntimeError) as error:
        raise damaged(folder / "model.safetensors") from error
    slope, constant = config["calibration"]
    vocabulary = {name: index for index, name in enumerate(names, start=2)}
    return Neural(network.eval(), vocabulary, (slope, constant))
