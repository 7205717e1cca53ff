"""The fitted tables of the flow model."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from atl_core.errors import WeightsError
from atl_core.flow.model import Manner, Tables

FILE: Final = Path(__file__).resolve().parents[2] / "weights" / "flow" / "model.safetensors"
"""Beside the package: at the root of a checkout, and at the top level of an installed wheel."""


@cache
def tables(manner: Manner) -> Tables:
    """The tables for rapped or for sung lines.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    from safetensors.numpy import load_file

    try:
        found = load_file(FILE)
    except (OSError, ValueError, RuntimeError) as error:
        raise WeightsError(
            "The flow model's file weights/flow/model.safetensors is missing or damaged.",
            remedy="Reinstall ATL, or restore the weights folder with: git checkout weights",
        ) from error
    return Tables(*(found[f"{manner}.{name}"].astype(np.float64) for name in Tables._fields))
