"""Clips and lines that were prepared once, for all that trains on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.captioners.shelf import good_shelf
from training.captioners.prepare import Preparing, prepare


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was prepared of a good shelf, for both front ends."""
    folder = tmp_path_factory.mktemp("captioner")
    shelf = good_shelf(folder / "songs")
    prepare(Preparing(out=str(folder / "data"), songs=str(shelf), fronts=("log-mel", "constant-q")))
    return folder / "data"
