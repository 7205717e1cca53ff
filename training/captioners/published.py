"""Published encoders: the convolutions of PANNs (Kong et al. 2020) as a start for training."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from atl_core.captioner.paper.encoders import Convolutional
from atl_core.errors import WeightsError

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
