"""Whose a draft is: shared in a channel it is read, with a collaborator it is written."""

from __future__ import annotations

import json

import pytest

from tests.bot.discord.desk import beat
from tests.bot.discord.world import World, answers, draft_id, labels, response_of, text


async def test_share_lets_the_channel_read_and_nobody_write(world: World) -> None:
    draft = await world.song()
    pressed = await world.ann.click(draft, label="Share")
    assert "Everybody in this channel can read “Midnight train” now" in answers(pressed)
    read = await world.bob.click(draft, label="Syllables")
    assert "midnight train" in answers(read)
    refused = await world.bob.click(draft, label="Continue")
    assert "somebody else's draft" in answers(refused)
    other = world.guild.create_text_channel("elsewhere")
    elsewhere = await world.bob.slash(other, "drafts", draft=draft_id(draft))
    assert "gone" in answers(elsewhere), "it was shared in another channel"


async def test_a_collaborator_chosen_from_a_list_may_write(world: World) -> None:
    draft = await world.song()
    pressed = await world.ann.click(draft, label="Share")
    chosen = await world.ann.select(response_of(pressed), [world.bob])
    assert f"<@{world.bob.id}> can edit “Midnight train” now." in answers(chosen)
    await world.bob.send(world.channel, "lock line 1", reply_to=draft)
    assert "🔒" in text(world.last())
    await world.bob.click(draft, label="Continue")
    assert "For bob" in text(world.last())
    listed = await world.bob.slash(world.channel, "drafts")
    assert "Midnight train" in answers(listed)


async def test_sharing_by_reply_and_taking_it_back(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, "share it here", reply_to=draft)
    assert "can be read by everybody in this channel" in text(world.last())
    await world.ann.send(world.channel, f"collaborate with {world.bob.mention}", reply_to=draft)
    assert "can edit" in text(world.last())
    await world.ann.send(world.channel, "stop sharing it", reply_to=draft)
    assert "no longer shared with this channel" in text(world.last())
    await world.ann.send(
        world.channel, f"stop collaborating with {world.bob.mention}", reply_to=draft
    )
    assert "no longer shared" in text(world.last())
    refused = await world.bob.click(draft, label="Continue")
    assert "That draft is gone" in answers(refused)


async def test_only_the_owner_shares(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, f"collaborate with {world.bob.mention}", reply_to=draft)
    pressed = await world.bob.click(draft, label="Share")
    assert "somebody else's draft" in answers(pressed)


async def test_unsharing_by_its_button(world: World) -> None:
    draft = await world.song()
    pressed = await world.ann.click(draft, label="Share")
    stopped = await world.ann.click(response_of(pressed), label="Stop sharing here")
    assert "no longer shared with this channel" in answers(stopped)
    read = await world.bob.click(draft, label="Syllables")
    assert "That draft is gone" in answers(read)


async def test_a_name_without_a_mention_is_asked_for(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, "collaborate with @bob", reply_to=draft)
    assert "Name the person with an @" in text(world.last())


async def test_a_private_draft_has_no_channel_to_share_it_with(world: World) -> None:
    await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2, private=True)
    draft = world.last(world.ann.user.dm_channel)
    pressed = await world.ann.user.click(draft, label="Share")
    assert "shared in a channel of a server" in answers(pressed)


async def test_my_data_comes_in_private_and_is_all_of_it(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, "my data", reply_to=draft)
    assert "in our direct messages" in text(world.last())
    (file,) = world.last(world.ann.user.dm_channel).attachments
    data = json.loads(await file.read())
    assert data["drafts"][0]["id"] == draft_id(draft)
    (job,) = data["jobs"]
    assert job["address"]["channel"] == str(world.channel.id)
    assert "token" not in job["address"], "with it anybody could speak as the bot"


async def test_forget_me_asks_once_more_and_only_whom_it_concerns(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, "forget me", reply_to=draft)
    asked = world.last()
    refused = await world.bob.click(asked, label="Remove everything of mine")
    assert "somebody else's" in answers(refused)
    done = await world.ann.click(asked, label="Remove everything of mine")
    assert "Removed: 1 draft" in answers(done)
    assert "No drafts yet" in answers(await world.ann.slash(world.channel, "drafts"))


@pytest.mark.parametrize("label", ["Continue", "Export"])
async def test_what_is_pressed_in_private_stays_private(world: World, label: str) -> None:
    await world.song()
    opened = await world.ann.slash(world.channel, "drafts", draft=draft_id(world.last()))
    before = len(world.said())
    await world.ann.click(response_of(opened), label=label)
    assert len(world.said()) == before
    if label == "Continue":
        assert "version 2" in text(world.last(world.ann.user.dm_channel))


async def test_a_private_draft_is_posted_when_ann_says_so(world: World) -> None:
    await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2, private=True)
    id_ = draft_id(world.last(world.ann.user.dm_channel))
    opened = await world.ann.slash(world.channel, "drafts", draft=id_)
    await world.ann.click(response_of(opened), label="Post it here")
    assert "Continue" in labels(world.last())
    assert draft_id(world.last()) == id_
