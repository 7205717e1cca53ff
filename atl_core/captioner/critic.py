"""The critic: is this a line to go on with, here?

A language model's likelihood is a poor judge of its own lines: what it drew is likely to it. The
critic looks at the states that the model has while it reads the line, which ranking computes in any
case, so it costs a product of two vectors. It is fitted to what readers prefer among the model's
lines (`training/lm/choices.py`), or to people's lines beside the model's own after the same lines
above (`training/lm/critic.py`; residual energy: Deng et al. 2020, "Residual Energy-Based Models for
Text Generation").
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from atl_core.errors import WeightsError


def features(states: Tensor) -> Tensor:
    """What the critic looks at: the mean state of a line and the state after it, (2 x width,).

    Args:
        states: the last hidden state at each token of the line and its line break, (tokens, width).
    """
    states = states.float()
    return torch.cat([states.mean(dim=0), states[-1]])


@dataclass(frozen=True, slots=True)
class Critic:
    """A linear reader of standardised features."""

    mean: Tensor
    scale: Tensor
    weight: Tensor
    """All three (2 x width,)."""

    def score(self, states: Tensor) -> float:
        """How good the line is; only differences between lines after the same lines above mean
        something.
        """
        return float(((features(states) - self.mean) / self.scale) @ self.weight)


def load_critic(file: Path, device: torch.device) -> Critic:
    """Read a critic.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    try:
        tensors = load_file(file, device=str(device))
        return Critic(tensors["mean"], tensors["scale"], tensors["weight"])
    except (OSError, SafetensorError, KeyError) as error:
        raise WeightsError(
            f"The writer's critic, {file.name}, is missing or damaged.",
            remedy="Check out the release anew.",
        ) from error
