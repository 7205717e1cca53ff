"""What ATL runs on: the device for the models, and the versions of what matters."""

from __future__ import annotations

import os
import sys
from importlib import metadata

from atl_core.errors import UserError
from atl_core.settings import Settings


async def device(settings: Settings) -> str:
    """What models run on.

    Raises:
        UserError: it is not what the settings ask for.
    """
    import torch

    if settings.device == "cuda" and not torch.cuda.is_available():
        raise UserError(
            "ATL_DEVICE is cuda, but no GPU can be used here.", remedy="Set it to auto or cpu."
        )
    if settings.device != "cpu" and torch.cuda.is_available():
        return f"GPU {torch.cuda.get_device_name()}"
    return f"CPU, {os.cpu_count()} cores"


def versions() -> dict[str, str]:
    """Of what most often explains a difference between two machines."""
    names = ("atl", "torch", "dbos", "yt-dlp")
    return {"python": sys.version.split()[0], **{name: installed(name) for name in names}}


def installed(package: str) -> str:
    """The version of a package."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
