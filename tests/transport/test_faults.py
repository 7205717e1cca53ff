"""Whatever befalls the bot and its connection: nothing is lost, nothing is posted twice.

One bot and one scripted worker serve all of these tests, as they serve a server: what one test does
to them, the next one finds mended.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.fakes.discord import File
from tests.fakes.discord.faults import discords_own
from tests.fakes.discord.gateway import IDENTIFY, RESUME

from .product import Product, at_work

pytestmark = pytest.mark.asyncio(loop_scope="module")
BEAT = File("hiphop.wav", b"beat" + bytes(range(256)))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    async with at_work(tmp_path_factory.mktemp("product"), scripted=True) as product:
        yield product


@pytest.fixture(autouse=True)
def calm(product: Product) -> Iterator[None]:
    """No accident is left over from the test before; a test that fails shows the logs."""
    product.discord.faults.clear()
    product.discord.limits.clear()
    product.discord.gateway.down = False
    product.hold()
    yield
    print(product.logs[-6000:])


async def test_a_socket_lost_in_mid_job_loses_nothing(product: Product) -> None:
    ann, discord = product.person("Ann Lost"), product.discord
    asked = await ann.slash(product.channel, "lyrics", beat=BEAT, seed="slowly rain", lines=1)
    await product.writing(asked)
    discord.gateway.down = True
    discord.gateway.cut()
    product.let()
    late = await ann.slash(product.channel, "rhymes", word="fire")
    discord.gateway.down = False
    assert (await ann.reads(late, "desire|wire|higher")).ephemeral
    await product.draft_for(ann)
    await ann.reads(asked, "Done")
    assert len(product.drafts_for(ann)) == 1


async def test_op_7_and_op_9_in_mid_job_lose_nothing(product: Product) -> None:
    ann, discord = product.person("Ann Op"), product.discord
    began = discord.journal.now()
    asked = await ann.slash(product.channel, "lyrics", beat=BEAT, seed="slowly river", lines=1)
    await product.writing(asked)
    await discord.gateway.reconnect()
    await discord.until(lambda: discord.journal.heard(RESUME, since=began), "a resume")
    await discord.gateway.invalidate(resumable=False)
    await discord.until(lambda: discord.journal.heard(IDENTIFY, since=began), "a new session")
    product.let()
    await product.draft_for(ann)
    await discord.ready()
    assert (await ann.reads(await ann.slash(product.channel, "help"), "continue")).ephemeral
    assert len(product.drafts_for(ann)) == 1


async def test_rate_limits_and_bad_gateways_are_waited_out_and_post_nothing_twice(
    product: Product,
) -> None:
    ann, discord = product.person("Ann Limit"), product.discord
    posts = f"/channels/{product.channel.id}/messages"
    discord.trouble("POST", posts, status=429, retry_after=0.3)
    discord.trouble("POST", posts, status=502)
    discord.trouble("POST", posts, status=502, performed=True)
    discord.trouble("PATCH", "/webhooks/*/*/messages/*", status=502)
    discord.trouble("PATCH", "/webhooks/*/*/messages/*", status=429, retry_after=0.3)
    asked = await ann.slash(product.channel, "lyrics", beat=BEAT, seed="road", lines=1)
    await product.draft_for(ann)
    await ann.reads(asked, "Done")
    assert len(product.drafts_for(ann)) == 1
    assert [fault.met for fault in discord.faults] == [1] * 5


async def test_a_token_that_expires_in_mid_job_keeps_nobody_waiting(product: Product) -> None:
    ann, discord = product.person("Ann Late"), product.discord
    asked = await ann.slash(product.channel, "lyrics", beat=BEAT, seed="slowly gold", lines=1)
    await product.writing(asked)
    discord.expire(asked)
    product.let()
    draft = await product.draft_for(ann)
    assert draft.interaction is None, "a message of the channel, not of the interaction"
    await ann.say(product.channel, "lock 1", reply_to=draft)
    await ann.reads(product.channel, "🔒", after=draft.id)


async def test_a_bot_killed_in_mid_job_answers_once_when_it_is_back_and_older_buttons_work(
    product: Product,
) -> None:
    ann, bob = product.person("Ann Killed"), product.person("Bob Killed")
    await ann.slash(product.channel, "lyrics", beat=BEAT, seed="stone", lines=1)
    older = await product.draft_for(ann)
    asked = await ann.slash(product.channel, "lyrics", beat=BEAT, seed="slowly fire", lines=1)
    await bob.answered(
        await bob.slash(product.channel, "lyrics", beat=BEAT, seed="slowly snow", lines=1)
    )
    await product.writing(asked)
    await product.restart_bot(signal.SIGKILL)
    product.let()
    await product.draft_for(ann, count=2)
    await product.draft_for(bob)
    assert (len(product.drafts_for(ann)), len(product.drafts_for(bob))) == (2, 1)

    form = await ann.answered(await ann.click(older, "Rewrite a line"))
    sent = await ann.fill(form, lines="1", own="The river knows my name")
    await ann.reads(sent, "The river knows my name")
    gone = {"type": 2, "style": 1, "label": "Old", "custom_id": "atl:more:zzzzzz:1"}
    older.components.append({"type": 1, "components": [gone]})
    await ann.reads(await ann.click(older, "Old"), "draft is gone")


async def test_a_bot_killed_between_posting_and_noting_it_posts_once(product: Product) -> None:
    ann, discord = product.person("Ann Between"), product.discord
    began = discord.journal.now()
    posts = f"/channels/{product.channel.id}/messages"
    # It is posted, and the bot does not hear of it: it asks again, and is killed while it does.
    discord.trouble("POST", posts, status=502, times=3, performed=True)
    await ann.slash(product.channel, "lyrics", beat=BEAT, seed="moon", lines=1)
    await discord.until(lambda: discord.journal.asked("POST", posts, since=began), "the post")
    discord.faults.clear()
    await product.restart_bot(signal.SIGKILL)
    await discord.until(
        lambda: (
            discord.journal.asked("POST", posts, since=began)[1:]
            or discord.journal.asked("GET", posts, since=began)
        ),
        "the bot looking after what it left",
    )
    draft = await product.draft_for(ann)
    await ann.answered(await ann.click(draft, "Syllables"))
    assert len(product.drafts_for(ann)) == 1


async def test_twenty_at_once_are_all_answered_and_may_all_change_their_minds(
    product: Product,
) -> None:
    product.discord.limits = discords_own()
    people = [product.person(f"Writer {number + 1}") for number in range(20)]
    asked = await asyncio.gather(
        *(
            person.slash(product.channel, "lyrics", beat=BEAT, seed="slowly summer night", lines=1)
            for person in people
        )
    )
    await asyncio.gather(*(p.answered(a) for p, a in zip(people, asked, strict=True)))
    shown = await asyncio.gather(
        *(
            p.reads(a, r"ahead of you|You are next|Listening|Writing|Starting|Done|full|busy")
            for p, a in zip(people, asked, strict=True)
        )
    )
    kept, dropped = people[:3], list(zip(people, asked, shown, strict=True))[3:]
    for person, interaction, message in dropped:
        if any("Cancel" in str(row) for row in message.components):
            await person.answered(await person.click(message, "Cancel"))
            await person.reads(interaction, "Stopped")
    product.let()
    for person in kept:
        await product.draft_for(person)
    assert all(len(product.drafts_for(person)) <= 1 for person in people)
