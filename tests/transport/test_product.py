"""`atl up` with real weights: the conversation of the README, and a bot that is killed."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from fakes.discord import File
from machine import need_weights
from scenarios.conversation import the_whole_conversation
from scenarios.on_loopback import OnLoopback

from .product import Product, at_work, beat

pytestmark = pytest.mark.asyncio(loop_scope="module")
HIP_HOP = File("hiphop.wav", beat().data)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    need_weights()
    async with at_work(tmp_path_factory.mktemp("product")) as product:
        yield product


async def test_the_conversation_of_the_readme(product: Product) -> None:
    await the_whole_conversation(OnLoopback(product.discord, product.channel), beat())


async def test_a_bot_killed_in_mid_job_answers_once_when_it_is_back(product: Product) -> None:
    ann, bob = product.person("Ann Killed"), product.person("Bob Killed")
    asked = await ann.slash(product.channel, "lyrics", beat=HIP_HOP, seed="fire", lines=1)
    await bob.answered(
        await bob.slash(product.channel, "lyrics", beat=HIP_HOP, seed="snow", lines=1)
    )
    await product.writing(asked)
    await product.restart_bot(signal.SIGKILL)
    await product.draft_for(ann)
    await product.draft_for(bob)
    assert len(product.drafts_for(ann)) == len(product.drafts_for(bob)) == 1
