"""The captioner of the paper's reference 17 (Eren and Sert 2020).

Audio: embeddings of a pretrained or VGG-style network, a step at a time -> bidirectional GRU.
Words: vectors trained on the lyrics (word2vec) -> GRU. The two are joined and go through a GRU
decoder, and a softmax gives the next word.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from atl_core.captioner.paper.encoders import make_encoder
from atl_core.captioner.paper.words import PAD


class GruState(NamedTuple):
    """A line begun, for each row of a batch."""

    audio: Tensor
    """(rows, latent)"""
    memory: tuple[Tensor, Tensor] | None
    """Of the text encoder and of the decoder."""

    def pick(self, rows: Tensor) -> GruState:
        """The state of some of the rows."""
        memory = self.memory and (self.memory[0][:, rows], self.memory[1][:, rows])
        return GruState(self.audio[rows], memory)


class GruCaptioner(nn.Module):
    """The network `gru`."""

    def __init__(
        self, words: int, encoder: str = "musicnn", bins: int = 200, *, length: int = 20,
        embedding: int = 128, hidden: int = 256, latent: int = 128, dropout: float = 0.3,
    ) -> None:  # fmt: skip
        super().__init__()
        self.encoder = make_encoder(encoder, bins)
        self.listener = nn.GRU(self.encoder.width, latent // 2, batch_first=True,
                               bidirectional=True)  # fmt: skip
        self.embedding = nn.Embedding(words, embedding, padding_idx=PAD)
        self.reader = nn.GRU(embedding, embedding, batch_first=True)
        self.decoder = nn.GRU(embedding + latent, hidden, batch_first=True)
        self.output = nn.Linear(hidden, words)
        self.dropout = nn.Dropout(dropout)
        self.length, self.latent = length, latent

    def hear(self, features: Tensor) -> Tensor:
        """(clips, frames, bins) -> (clips, latent): the mean of the listener's states."""
        states, _ = self.listener(self.dropout(self.encoder.sequence(features)))
        heard: Tensor = states.mean(dim=1)
        return heard

    def read(self, audio: Tensor, ids: Tensor) -> Tensor:
        """audio (lines, latent), ids (lines, places) -> (lines, places, hidden); see `predict`."""
        read, _ = self.reader(self.dropout(self.embedding(ids)))
        heard = audio.unsqueeze(1).expand(-1, ids.shape[1], -1)
        states: Tensor = self.decoder(torch.cat([self.dropout(read), heard], dim=2))[0]
        return states

    def predict(self, merged: Tensor) -> Tensor:
        """(..., hidden) -> logits of the next word (..., words)."""
        logits: Tensor = self.output(self.dropout(merged))
        return logits

    def begin(self, audio: Tensor) -> GruState:
        """audio (rows, latent) -> a state in which nothing was said, `startseq` not even."""
        return GruState(audio, None)

    def step(self, state: GruState, embedded: Tensor) -> tuple[Tensor, GruState]:
        """One more word, embedded (rows, embedding): logits (rows, words) of the one after it."""
        reader, decoder = state.memory or (None, None)
        read, reader = self.reader(embedded.unsqueeze(1), reader)
        joined = torch.cat([read[:, 0], state.audio], dim=1)
        states, decoder = self.decoder(joined.unsqueeze(1), decoder)
        return self.predict(states[:, 0]), GruState(state.audio, (reader, decoder))
