"""The captioner of the paper (its section 2.2 and figure 1).

Words: embedding of 128 -> stacked LSTMs -> flattened -> dense. Audio: convolution blocks ->
dense. Both are vectors of 256, added; two dense layers and a softmax give the next word. Each
prefix of a line is an example (Table 2), its unused places zero.

Since the places after a prefix are zero, its flattened and dense form is a sum over its words,
each through the dense layer's slice for its place. So one pass over a line gives all its
prefixes, and writing a word costs one step: equal to the paper's flattening, twenty times faster.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from atl_core.captioner.paper.encoders import make_encoder
from atl_core.captioner.paper.words import PAD


class LstmState(NamedTuple):
    """A line begun, for each row of a batch."""

    audio: Tensor
    """(rows, latent)"""
    memory: tuple[Tensor, Tensor] | None
    text: Tensor
    """(rows, latent): the flattened words so far, through the dense layer."""
    place: int

    def pick(self, rows: Tensor) -> LstmState:
        """The state of some of the rows."""
        memory = self.memory and (self.memory[0][:, rows], self.memory[1][:, rows])
        return LstmState(self.audio[rows], memory, self.text[rows], self.place)


class PaperLstm(nn.Module):
    """The network `lstm`."""

    def __init__(
        self, words: int, encoder: str = "blocks", bins: int = 64, *, length: int = 20,
        embedding: int = 128, hidden: int = 128, layers: int = 2, latent: int = 256,
        dropout: float = 0.3,
    ) -> None:  # fmt: skip
        super().__init__()
        self.encoder = make_encoder(encoder, bins)
        self.audio = nn.Linear(self.encoder.width, latent)
        self.embedding = nn.Embedding(words, embedding, padding_idx=PAD)
        self.lstm = nn.LSTM(embedding, hidden, layers, batch_first=True, dropout=dropout)
        self.flat = nn.Linear(length * hidden, latent)
        self.dense = nn.Linear(latent, latent)
        self.output = nn.Linear(latent, words)
        self.dropout = nn.Dropout(dropout)
        self.length, self.latent = length, latent

    def hear(self, features: Tensor) -> Tensor:
        """(clips, frames, bins) -> (clips, latent)."""
        heard: Tensor = F.relu(self.audio(self.encoder(features)))
        return heard

    def read(self, audio: Tensor, ids: Tensor) -> Tensor:
        """Audio and every prefix of the lines, merged.

        audio (lines, latent), ids (lines, places) -> (lines, places, latent); `predict` makes
        logits of it, of all places or of those that are wanted.
        """
        states, _ = self.lstm(self.dropout(self.embedding(ids)))
        pieces = torch.einsum("npd,lpd->npl", states, self._slices(ids.shape[1]))
        return self._merge(audio.unsqueeze(1), pieces.cumsum(dim=1))

    def predict(self, merged: Tensor) -> Tensor:
        """(..., latent) -> logits of the next word (..., words)."""
        logits: Tensor = self.output(self.dropout(F.relu(self.dense(self.dropout(merged)))))
        return logits

    def begin(self, audio: Tensor) -> LstmState:
        """audio (rows, latent) -> a state in which nothing was said, `startseq` not even."""
        return LstmState(audio, None, torch.zeros_like(audio), 0)

    def step(self, state: LstmState, embedded: Tensor) -> tuple[Tensor, LstmState]:
        """One more word, embedded (rows, embedding): logits (rows, words) of the one after it."""
        states, memory = self.lstm(embedded.unsqueeze(1), state.memory)
        piece = states[:, 0] @ self._slices(self.length)[:, state.place].T
        text = state.text + piece
        logits = self.predict(self._merge(state.audio, text))
        return logits, LstmState(state.audio, memory, text, state.place + 1)

    def _slices(self, places: int) -> Tensor:
        """The dense layer after the flattening, place by place: (latent, places, hidden)."""
        return self.flat.weight.view(self.latent, self.length, -1)[:, :places]

    def _merge(self, audio: Tensor, text: Tensor) -> Tensor:
        """The paper's addition of the two."""
        return audio + F.relu(text + self.flat.bias)
