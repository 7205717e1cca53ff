"""Audio encoders: clips to vectors, or to sequences of vectors.

Every encoder takes features (clips, frames, bins) as the front ends give them and offers
`sequence`, (clips, steps, width), for a recurrent listener, and `forward`, (clips, width).
`cnn10` and `cnn14` have the layout and the names of PANNs (Kong et al. 2020), so that a published
checkpoint can be loaded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from atl_core.errors import WeightsError


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


IGNORED: Final = ("spectrogram_extractor.", "logmel_extractor.", "fc_audioset.")
"""Parts of a PANNs checkpoint that are no part of an encoder: its front end and its tags."""


def load_published(encoder: Convolutional, checkpoint: Path) -> int:
    """Fill an encoder from a PANNs checkpoint in safetensors; how many tensors were taken.

    The published files are pickles, which this project does not open. Whoever has one and trusts
    it turns it round once, in a Python of its own:
    `torch.load(file, weights_only=True)["model"]` -> `safetensors.torch.save_file`.

    Raises:
        WeightsError: a layer is missing, strange or of another shape; the text names it.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        found = load_file(checkpoint)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{checkpoint.name} cannot be read as safetensors.",
            "A PANNs checkpoint saved as safetensors is accepted.",
            "docs/research/captioners.md says how to turn a published .pth into one.",
        ) from error
    taken = {
        name: tensor.contiguous() for name, tensor in found.items() if not name.startswith(IGNORED)
    }
    own = encoder.state_dict()
    wrong = [f"{name} is missing" for name in own if name not in taken and "batches" not in name]
    wrong += [f"{name} is not of this encoder" for name in taken if name not in own]
    wrong += [
        f"{name} has the shape {tuple(taken[name].shape)} and not {tuple(own[name].shape)}"
        for name in own
        if name in taken and taken[name].shape != own[name].shape
    ]
    if wrong:
        raise WeightsError(
            f"{checkpoint.name} does not fit: {'; '.join(wrong[:4])}"
            + (f" and {len(wrong) - 4} more." if len(wrong) > 4 else "."),
            remedy="Choose the encoder that the checkpoint is of (cnn10 or cnn14), with 64 bins.",
        )
    encoder.load_state_dict(taken, strict=False)
    return len(taken)
