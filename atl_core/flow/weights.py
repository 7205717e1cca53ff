"""The fitted tables of the flow model."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from atl_core.errors import WeightsError
from atl_core.flow.model import Array, Manner, Tables

FOLDER: Final = Path(__file__).resolve().parents[2] / "weights" / "flow"
"""Beside the package: at the root of a checkout, and at the top level of an installed wheel."""
FILE: Final = FOLDER / "model.safetensors"

GAPS_FILE: Final = FOLDER / "gaps.safetensors"


def read_weights(file: Path) -> dict[str, np.ndarray]:
    """The arrays of a file of the flow model, by name.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    from safetensors.numpy import load_file

    try:
        return load_file(file)
    except (OSError, ValueError, RuntimeError) as error:
        raise WeightsError(
            f"The flow model's file weights/flow/{file.name} is missing or damaged.",
            remedy="Reinstall ATL, or restore the weights folder with: git checkout weights",
        ) from error


@cache
def tables(manner: Manner) -> Tables:
    """The tables for rapped or for sung lines.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    found = read_weights(FILE)
    return Tables(*(found[f"{manner}.{name}"].astype(np.float64) for name in Tables._fields))


@cache
def gaps(manner: Manner) -> Array:
    """How much more often than by chance so many sixteenths lie between two lines, as logarithms.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    found: Array = read_weights(GAPS_FILE)[manner].astype(np.float64)
    return found
