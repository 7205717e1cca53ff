"""`atl up` with real weights: the conversation of the README, then whatever dies of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import psutil
import pytest
import pytest_asyncio

from tests.machine import need_weights
from tests.scenarios.conversation import the_whole_conversation
from tests.scenarios.on_loopback import OnLoopback

from .product import Product, at_work, beat

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    need_weights()
    async with at_work(tmp_path_factory.mktemp("product")) as product:
        yield product


async def test_the_conversation_of_the_readme(product: Product) -> None:
    await the_whole_conversation(OnLoopback(product.discord, product.channel), beat())


async def test_what_dies_is_started_again_and_all_stop_together(product: Product) -> None:
    assert product.up is not None

    def is_another(command: str, first: psutil.Process) -> bool:
        return product.child(command) not in (None, first)

    await product.discord.until(lambda: "is ready" in product.logs, "the first worker")
    for command in ("run", "worker"):
        first = product.child(command)
        assert first is not None
        first.kill()
        await product.discord.until(
            partial(is_another, command, first),
            f"another {command}",
        )
    assert product.up.log.count("killed by SIGKILL); starting") == 2
    await product.discord.until(lambda: product.logs.count("is ready") == 2, "the second worker")
    await product.discord.ready()
    children = psutil.Process(product.up.process.pid).children()
    await product.stop()
    assert not any(process.is_running() for process in children)
