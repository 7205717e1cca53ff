"""What of this machine the tests share: the weights that were really fetched."""

from __future__ import annotations

import os
from functools import cache
from typing import Final

import pytest

from atl_core import weights
from atl_core.manifest import MANIFEST
from atl_core.settings import Settings

FETCHED = Settings().weights_home
"""The cache that `atl weights fetch` fills, read before any test changes the environment."""

NEEDED: Final = "true" in os.environ.get("CI", "") or "ATL_TESTS_NEED_WEIGHTS" in os.environ
"""Whether tests must not pass by being skipped; read before any test changes the environment."""


QUICK: Final = "ATL_TESTS_QUICK" in os.environ
"""Whether tests that start a process or read fetched weights are left out (`make quick`)."""


def need_weights() -> None:
    """Skip the test where the weights are not fetched, or fail it where they have to be."""
    if QUICK:
        pytest.skip("reads fetched weights")
    if not are_fetched():
        (pytest.fail if NEEDED else pytest.skip)("the weights are not fetched (atl weights fetch)")


@cache
def are_fetched() -> bool:
    """Whether the fetched weights are all there."""
    return all(weights.is_whole(entry, FETCHED) for entry in MANIFEST)
