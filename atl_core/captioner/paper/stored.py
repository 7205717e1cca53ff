"""A captioner's folder: `config.json`, `words.json`, `model.safetensors` in half precision."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from atl_core.captioner.paper.gru import GruCaptioner, GruState
from atl_core.captioner.paper.lstm import LstmState, PaperLstm
from atl_core.captioner.paper.words import Vocabulary
from atl_core.errors import WeightsError

Network = PaperLstm | GruCaptioner
State = LstmState | GruState
NETWORKS: Final[dict[str, type[PaperLstm] | type[GruCaptioner]]] = {
    "lstm": PaperLstm,
    "gru": GruCaptioner,
}
PRIOR: Final = "prior."
"""Tensors of that name are what a genre's training clips sounded like on average."""


@dataclass(frozen=True)
class Trained:
    """A network that was trained, and what belongs to it."""

    network: Network
    vocabulary: Vocabulary
    front: str
    """`log-mel`, `slaney`, `constant-q` or `musicnn`: what it hears."""
    window: int
    """Frames that it was trained on at a time; a clip is heard window by window."""
    priors: dict[str, Tensor]
    """Genre -> (latent,): what stands in for a beat that is not there."""

    @torch.inference_mode()
    def hear(self, features: Tensor) -> Tensor:
        """One clip, (frames, bins) -> (latent,)."""
        device = next(self.network.parameters()).device
        return hear_windows(self.network, features[None].to(device), self.window)[0]


def hear_windows(network: Network, features: Tensor, window: int) -> Tensor:
    """Clips as the network is used to hear them: the mean over windows of its training's length.

    features (clips, frames, bins) -> (clips, latent).
    """
    if not window or window >= features.shape[1]:
        return network.hear(features)
    parts = [part for part in torch.split(features, window, dim=1) if part.shape[1] == window]
    return torch.stack([network.hear(part) for part in parts]).mean(dim=0)


def load_trained(folder: Path, device: torch.device | str = "cpu") -> Trained:
    """Read a captioner from its folder, ready to write: dropout off.

    Raises:
        WeightsError: a file is missing or damaged.
    """
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text())
        names = tuple(json.loads((folder / "words.json").read_text()))
        tensors = {k: v.float() for k, v in load_file(folder / "model.safetensors").items()}
        vocabulary = Vocabulary(names, config["spelling"])
        network = NETWORKS[config["model"]](
            len(vocabulary), config["encoder"], config["bins"], length=config["length"]
        )
        priors = {k.removeprefix(PRIOR): tensors.pop(k).to(device)
                  for k in list(tensors) if k.startswith(PRIOR)}  # fmt: skip
        network.load_state_dict(tensors, strict=False)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError, RuntimeError) as error:
        raise WeightsError(
            f"The captioner's weights in {folder.name} are missing or damaged.",
            remedy="Reinstall ATL, or restore the weights folder with: git checkout weights",
        ) from error
    network.eval().requires_grad_(False).to(device)
    return Trained(network, vocabulary, config["front"], config["window"], priors)
