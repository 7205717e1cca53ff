"""A workshop for each test: real workers, their captioner and listener stand-ins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from atl_core.settings import load_settings
from atl_core.studio import Studio, open_studio

from .workshop import Workshop, workshop


@pytest.fixture
async def studio(with_databases: Path) -> AsyncIterator[Studio]:  # noqa: ARG001
    async with open_studio(load_settings()) as studio:
        yield studio


@pytest.fixture
def shop(studio: Studio) -> Iterator[Workshop]:
    with workshop(studio) as shop:
        yield shop
