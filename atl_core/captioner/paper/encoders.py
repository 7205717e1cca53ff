"""Audio encoders: clips to vectors, or to sequences of vectors.

Every encoder takes features (clips, frames, bins) as the front ends give them and offers
`sequence`, (clips, steps, width), for a recurrent listener, and `forward`, (clips, width).
`cnn10` and `cnn14` have the layout and the names of PANNs (Kong et al. 2020), so that a published
checkpoint can be loaded.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ConvBlock(nn.Module):
    """Convolutions (kernel 3, stride 1, no bias), batch norm, ReLU; then a mean pool.

    One convolution or, as in PANNs, two: (clips, C, T, F) -> (clips, C', T / 2, F / 2).
    """

    def __init__(self, before: int, after: int, convolutions: int = 2) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        if convolutions == 2:
            self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
            self.bn2 = nn.BatchNorm2d(after)
        self.twice = convolutions == 2

    def forward(self, x: Tensor, pool: bool = True) -> Tensor:
        x = F.relu(self.bn1(self.conv1(x)))
        if self.twice:
            x = F.relu(self.bn2(self.conv2(x)))
        return F.avg_pool2d(x, 2) if pool else x


class Convolutional(nn.Module):
    """Blocks of doubling width over a spectrogram, as PANNs' CNN10 and CNN14.

    Frequency is averaged away; over time the mean and the maximum are added (`forward`).
    """

    def __init__(
        self, channels: tuple[int, ...], bins: int, convolutions: int, dense: bool
    ) -> None:
        super().__init__()
        self.bn0 = nn.BatchNorm2d(bins)
        self.blocks = len(channels)
        for number, (before, after) in enumerate(
            zip((1, *channels), channels, strict=False), start=1
        ):
            self.add_module(f"conv_block{number}", ConvBlock(before, after, convolutions))
        self.fc1 = nn.Linear(channels[-1], channels[-1]) if dense else None
        self.width = channels[-1]

    def sequence(self, features: Tensor) -> Tensor:
        """(clips, frames, bins) -> (clips, frames / 2^(blocks - 1), width)."""
        x = self.bn0(features.unsqueeze(1).transpose(1, 3)).transpose(1, 3)
        x = x.contiguous(memory_format=torch.channels_last)
        for number in range(1, self.blocks + 1):
            # CNN14 does not pool after its last block; with ours it would leave nothing.
            x = self.get_submodule(f"conv_block{number}")(x, pool=number < self.blocks)
            x = F.dropout(x, 0.2, self.training)
        steps: Tensor = x.mean(dim=3).transpose(1, 2)
        return steps

    def forward(self, features: Tensor) -> Tensor:
        x = self.sequence(features)
        pooled: Tensor = x.amax(dim=1) + x.mean(dim=1)
        heard: Tensor = pooled if self.fc1 is None else F.relu(self.fc1(pooled))
        return heard


class Tagged(nn.Module):
    """What the frozen tagger heard, patch by patch (musicnn's penultimate layer)."""

    width = 200

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(200)

    def sequence(self, features: Tensor) -> Tensor:
        x: Tensor = self.norm(features)
        return x

    def forward(self, features: Tensor) -> Tensor:
        return self.sequence(features).mean(dim=1)


ENCODERS: Final = ("blocks", "cnn10", "cnn14", "musicnn")
TAGGED: Final = "musicnn"
"""The front end of the encoder of that name: patches of the tagger, no spectrogram."""


def make_encoder(name: str, bins: int) -> Convolutional | Tagged:
    """A new encoder.

    `blocks` is the paper's: four convolutions of 64 to 512 channels. The paper calls its blocks
    "similar to CNN10's" and its model "simpler"; PANNs' blocks have two convolutions each. One
    is taken here, with `cnn10` beside it for the other reading.
    """
    match name:
        case "blocks":
            return Convolutional((64, 128, 256, 512), bins, 1, dense=False)
        case "cnn10":
            return Convolutional((64, 128, 256, 512), bins, 2, dense=True)
        case "cnn14":
            return Convolutional((64, 128, 256, 512, 1024, 2048), bins, 2, dense=True)
        case "musicnn":
            return Tagged()
    raise ValueError(f"no encoder {name}")
