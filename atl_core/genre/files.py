"""Where the trained genre classifiers lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from atl_core.errors import WeightsError

WEIGHTS: Final = Path(__file__).resolve().parents[2] / "weights"
"""Beside the package: at the root of a checkout, and at the top level of an installed wheel."""


def read_json(file: Path) -> Any:
    """The content of a JSON file that belongs to a model.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise damaged(file) from error


def damaged(file: Path) -> WeightsError:
    """The error for weights that cannot be read."""
    return WeightsError(
        f"The genre classifier's file {file.parent.name}/{file.name} is missing or damaged.",
        remedy="Reinstall ATL, or restore the weights folder with: git checkout weights",
    )
