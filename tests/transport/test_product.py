"""`atl up` with real weights: the conversation of the README."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from machine import need_weights
from scenarios.conversation import the_whole_conversation
from scenarios.on_loopback import OnLoopback

from .product import Product, at_work, beat

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    need_weights()
    async with at_work(tmp_path_factory.mktemp("product")) as product:
        yield product


async def test_the_conversation_of_the_readme(product: Product) -> None:
    await the_whole_conversation(OnLoopback(product.discord, product.channel), beat())
