"""musicnn's MSD model in torch: 3 s of log-mel in, 50 tags out.

A port of Pons and Serra, "musicnn: pre-trained convolutional neural networks for music audio
tagging" (2019), weights under the ISC licence. Filters shaped for timbre (wide in frequency)
and for rhythm (long in time), a residual middle and a pooled dense end. Shapes below use
B patches, T = 187 frames, F = 96 mels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from atl_core.audio.checkpoint import read_checkpoint

SAMPLE_RATE: Final = 16_000
N_FFT: Final = 512
HOP_LENGTH: Final = 256
N_MELS: Final = 96
PATCH_FRAMES: Final = 187  # 2.99 s
TF_EPSILON: Final = 1e-3  # TensorFlow's batch norm, not torch's 1e-5

TAGS: Final = (
    *("rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s"),
    *("alternative rock", "jazz", "beautiful", "metal", "chillout", "male vocalists"),
    *("classic rock", "soul", "indie rock", "Mellow", "electronica", "80s", "folk", "90s", "chill"),
    *("instrumental", "punk", "oldies", "blues", "hard rock", "ambient", "acoustic"),
    *("experimental", "female vocalist", "guitar", "Hip-Hop", "70s", "party", "country"),
    *("easy listening", "sexy", "catchy", "funk", "electro", "heavy metal", "Progressive rock"),
    *("60s", "rnb", "indie pop", "sad", "House", "happy"),
)


class Heard(NamedTuple):
    """What the network says of B patches."""

    logits: Tensor
    """(B, 50)"""
    penultimate: Tensor
    """(B, 200): the last hidden layer."""


class BandPool(nn.Module):
    """Convolution, ReLU and batch norm, then the maximum over frequency: (B, 1, T, F) -> (B, C, T).

    ReLU and an affine map with positive gain keep order, so the maximum is taken first and both
    act on one value a frame instead of one a bin. Where the norm's gain is negative the largest
    outcome comes from the smallest input: `order_maximum` turns those filters round once, and
    `sign` turns the result back.
    """

    sign: Tensor

    def __init__(self, channels: int, frames: int, bins: int, pad: tuple[int, int]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, channels, (frames, bins))
        self.norm = nn.BatchNorm1d(channels, eps=TF_EPSILON)
        self.pad = pad
        self.register_buffer("sign", torch.ones(channels, 1), persistent=False)

    @torch.no_grad()
    def order_maximum(self) -> None:
        falling = self.norm.weight < 0
        self.conv.weight[falling] *= -1
        assert self.conv.bias is not None
        self.conv.bias[falling] *= -1
        self.sign[falling] = -1

    def forward(self, x: Tensor) -> Tensor:
        bands = self.conv(F.pad(x, (0, 0, *self.pad)))
        out: Tensor = self.norm((bands.amax(dim=3) * self.sign).relu())
        return out


class Residual(nn.Module):
    """Convolution over 7 frames, ReLU, batch norm: (B, C, T) -> (B, 64, T)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels, 64, 7, padding=3)
        self.norm = nn.BatchNorm1d(64, eps=TF_EPSILON)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.norm(self.conv(x).relu())
        return out


class Musicnn(nn.Module):
    """(B, T, F) log-mel, log10(10000 x + 1), to tag logits and penultimate features."""

    def __init__(self) -> None:
        super().__init__()
        self.input_norm = nn.BatchNorm2d(1, eps=TF_EPSILON)
        # TensorFlow's "same" puts the odd frame of padding after the signal.
        self.bands = nn.ModuleList(
            [
                BandPool(204, 7, 38, (3, 3)),
                BandPool(204, 7, 67, (3, 3)),
                BandPool(51, 128, 1, (63, 64)),
                BandPool(51, 64, 1, (31, 32)),
                BandPool(51, 32, 1, (15, 16)),
            ]
        )
        self.middle = nn.ModuleList([Residual(561), Residual(64), Residual(64)])
        self.pool_norm = nn.BatchNorm1d(1506, eps=TF_EPSILON)
        self.hidden = nn.Linear(1506, 200)
        self.hidden_norm = nn.BatchNorm1d(200, eps=TF_EPSILON)
        self.output = nn.Linear(200, len(TAGS))

    def forward(self, log_mel: Tensor) -> Heard:
        x = self.input_norm(log_mel.unsqueeze(1))
        front = torch.cat([band(x) for band in self.bands], dim=1)
        first = self.middle[0](front)
        second = self.middle[1](first) + first
        third = self.middle[2](second) + second
        dense = torch.cat([front, first, second, third], dim=1)
        pooled = torch.stack([dense.amax(dim=2), dense.mean(dim=2)], dim=2).flatten(1)
        hidden = self.hidden_norm(self.hidden(self.pool_norm(pooled)).relu())
        return Heard(self.output(hidden), hidden)

    def usual(self) -> Tensor:
        """(50,): the mean logits over the songs of its training.

        Their hidden layer comes out of a norm, and so has a mean that is known: the norm's bias.
        """
        mean: Tensor = self.output(self.hidden_norm.bias)
        return mean


def load_musicnn(folder: Path, device: torch.device | str = "cpu") -> Musicnn:
    """Build the network from the checkpoint `MSD_musicnn.index` and `.data` in `folder`.

    Raises:
        WeightsError: a file is missing or damaged.
    """
    variables = read_checkpoint(folder / "MSD_musicnn.index", folder / "MSD_musicnn.data")
    model = Musicnn()
    layers: list[tuple[nn.Module, str]] = [(model.input_norm, "batch_normalization")]
    blocks = [*model.bands, *model.middle]
    for number, block in enumerate(blocks):
        assert isinstance(block, BandPool | Residual)
        layers.append((block.conv, f"conv2d_{number}" if number else "conv2d"))
        layers.append((block.norm, f"batch_normalization_{number + 1}"))
    layers += [(model.pool_norm, "batch_normalization_9"), (model.hidden, "dense")]
    layers += [(model.hidden_norm, "batch_normalization_10"), (model.output, "dense_1")]
    for layer, name in layers:
        _fill(layer, name, variables)
    for band in model.bands:
        assert isinstance(band, BandPool)
        band.order_maximum()
    return model.eval().requires_grad_(False).to(device)


def _fill(layer: nn.Module, name: str, variables: dict[str, npt.NDArray[np.float32]]) -> None:
    """Copy TensorFlow's variables into a layer, turning HWIO kernels into torch's order."""

    def variable(part: str) -> Tensor:
        return torch.from_numpy(variables[f"{name}/{part}"])

    match layer:
        case nn.BatchNorm1d() | nn.BatchNorm2d():
            state = {"weight": "gamma", "bias": "beta"}
            state |= {"running_mean": "moving_mean", "running_var": "moving_variance"}
            layer.load_state_dict(
                {key: variable(part) for key, part in state.items()}, strict=False
            )
        case nn.Conv2d():
            kernel = variable("kernel").permute(3, 2, 0, 1)
            layer.load_state_dict({"weight": kernel, "bias": variable("bias")})
        case nn.Conv1d():  # (7, C, 1, 64): a convolution over time that spans all channels
            kernel = variable("kernel").squeeze(2).permute(2, 1, 0)
            layer.load_state_dict({"weight": kernel, "bias": variable("bias")})
        case _:
            layer.load_state_dict({"weight": variable("kernel").T, "bias": variable("bias")})
