"""From a beat to a draft, as ann and the others in the channel see it."""

from __future__ import annotations

import re
from typing import Any

import discord
import pytest

from atl_core.edits.lines import Replace
from atl_core.edits.writing import Write
from atl_core.errors import BeatError
from atl_core.settings import Settings
from tests.bot.discord.desk import PICTURE, beat
from tests.bot.discord.world import World, answers, draft_id, labels, response_of, text


async def test_a_beat_and_two_words_become_a_draft_for_everybody(world: World) -> None:
    asked = await world.ann.slash(
        world.channel, "lyrics", beat=beat(), seed="midnight train", lines=4
    )
    draft = world.last()
    assert asked.ephemeral, "the queue is for ann alone"
    assert "Done" in answers(asked)
    assert draft.jump_url in answers(asked)
    assert draft.embeds[0].title == "Midnight train"
    assert len(re.findall(r"^` \d` The .*midnight train$", text(draft), re.MULTILINE)) == 4
    assert "96 BPM · G major" in text(draft)
    assert "country" in text(draft)
    assert labels(draft) == [
        "Continue", "Another take", "Rewrite a line", "Lock", "Undo", "Syllables", "Options",
        "Export", "Share", "Flow", "Rehearse",
    ]  # fmt: skip
    (picture,) = draft.attachments
    assert await picture.read() == PICTURE
    assert draft.embeds[-1].image.url
    assert not draft.flags.ephemeral
    assert draft.interaction_metadata is None, "a regular message, so that replies are heard"


async def test_everything_that_may_be_asked_for_is_written_to(world: World) -> None:
    await world.ann.slash(
        world.channel,
        "lyrics",
        beat=beat(),
        seed="river, fire",
        genre="hip-hop",
        mood="dark",
        lines=2,
        scheme="free",
        syllables=7,
    )
    brief = (await world.studio.drafts.get(draft_id(world.last()), world.owner(world.ann))).brief
    assert (brief.genre, brief.mood, brief.lines, brief.scheme, brief.syllables) == (
        "hip-hop", "dark", 2, "XXXX", 7,
    )  # fmt: skip
    assert brief.seed_words == ("river", "fire")


async def test_a_link_is_followed_and_only_the_video_is_named(world: World) -> None:
    await world.ann.slash(
        world.channel, "lyrics", link="<https://youtu.be/dQw4w9WgXcQ?si=abc>", lines=2
    )
    (order,) = world.studio.inline.orders.values()
    assert isinstance(order.request, Write)
    assert order.request.beat == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "Attach a beat"),
        ({"beat": beat(), "link": "https://youtu.be/dQw4w9WgXcQ"}, "one of the two"),
        ({"beat": ("song.mp3", b"<html>no song</html>")}, "song.mp3 is not an audio file"),
        ({"beat": ("empty.wav", b"")}, "empty.wav is empty"),
        ({"link": "https://example.com/song.mp3"}, "Links to example.com are not followed"),
        ({"link": "https://www.youtube.com/playlist?list=PL1"}, "playlist"),
        ({"beat": beat(), "seed": "🚂 🚂"}, "no word"),
        ({"beat": beat(), "seed": " ".join(["word"] * 3 + list("abcdefgh"))}, "too many"),
        ({"beat": beat(), "scheme": "A-A-1"}, "scheme"),
    ],
)
async def test_what_cannot_be_is_said_to_ann_alone(
    world: World, asked: dict[str, Any], told: str
) -> None:
    result = await world.ann.slash(world.channel, "lyrics", **asked)
    assert told in answers(result)
    assert result.ephemeral
    assert world.said() == []
    assert not world.studio.inline.orders, "and nobody's turn is taken"


async def test_a_beat_that_is_too_large_is_not_even_fetched(world: World) -> None:
    world.bot.settings = Settings(max_megabytes=0.0001)
    result = await world.ann.slash(world.channel, "lyrics", beat=("big.wav", bytes(5000)))
    assert "big.wav is too large" in answers(result)


async def test_the_scheme_is_completed_as_it_is_typed(world: World) -> None:
    offered = await world.ann.autocomplete(world.channel, "lyrics", "scheme", "ab")
    assert {"AABB", "ABAB", "ABCB"} <= {choice["value"] for choice in offered}
    own = await world.ann.autocomplete(world.channel, "lyrics", "scheme", "aabccb")
    assert own[0]["value"] == "aabccb"


async def test_ann_sees_her_place_in_the_queue_and_can_step_out_of_it(world: World) -> None:
    world.studio.inline.go.clear()
    first = await world.bob.slash(world.channel, "lyrics", beat=beat(), lines=2)
    asked = await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2)
    assert "You are next" in answers(first)
    assert "1 ahead of you" in answers(asked)
    assert "About 45 s" in answers(asked)
    assert labels(asked.response) == ["Cancel"]
    await world.ann.click(response_of(asked), label="Cancel")
    world.studio.inline.go.set()
    await world.env.settle()
    assert "Stopped" in answers(asked)
    assert labels(asked.response) == []
    assert len(world.said()) == 1, "bob's alone"


async def test_nobody_else_cancels_it_but_a_moderator(world: World) -> None:
    world.studio.inline.go.clear()
    asked = await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2)
    status = await world.bob.slash(world.channel, "status")
    assert labels(status.response) == [], "bob has nothing to cancel"
    moderated = await world.meg.slash(world.channel, "status")
    assert labels(moderated.response) == ["Cancel: write 2 lines"]
    await world.meg.click(response_of(moderated), label="Cancel: write 2 lines")
    world.studio.inline.go.set()
    await world.env.settle()
    assert "Stopped" in answers(asked)
    assert world.said() == []


async def test_a_private_request_is_nobody_elses_business(world: World) -> None:
    world.studio.inline.go.clear()
    asked = await world.ann.slash(
        world.channel, "lyrics", beat=beat(), seed="secret river", lines=2, private=True
    )
    (job_id,) = world.studio.inline.orders
    status = await world.meg.slash(world.channel, "status")
    assert "a private request: waiting" in answers(status)
    assert "secret" not in answers(status) + str(response_of(status).components)
    assert labels(status.response) == []
    # A button of another time, or a forged one, does no more.
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="x", custom_id=f"atl:cancel:{job_id}"))
    channel = world.env.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    forged = await channel.send("a button", view=view)
    await world.env.settle()
    refused = await world.meg.click(forged, label="x")
    assert "Only the person who asked for it" in answers(refused)
    own = await world.ann.slash(world.channel, "status")
    assert "secret river" in answers(own), "ann sees what is hers"
    await world.ann.click(response_of(own), label="Cancel: write 2 lines secret river")
    world.studio.inline.go.set()
    await world.env.settle()
    assert "Stopped" in answers(asked)


async def test_a_moderator_sees_and_stops_what_was_asked_for_in_the_channel_alone(
    world: World,
) -> None:
    other = world.guild.create_text_channel("elsewhere")
    world.studio.inline.go.clear()
    await world.ann.slash(world.channel, "lyrics", beat=beat(), seed="open river", lines=2)
    elsewhere = await world.meg.slash(other, "status")
    assert "river" not in answers(elsewhere)
    assert labels(elsewhere.response) == []
    here = await world.meg.slash(world.channel, "status")
    assert labels(here.response) == ["Cancel: write 2 lines open river"]
    world.studio.inline.go.set()
    await world.env.settle()


async def test_a_finished_job_is_too_late_to_cancel(world: World) -> None:
    world.studio.inline.go.clear()
    await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2)
    status = await world.ann.slash(world.channel, "status")
    world.studio.inline.go.set()
    await world.env.settle()
    late = await world.ann.click(response_of(status), label="Cancel: write 2 lines")
    assert "Too late" in answers(late)


async def test_what_a_worker_could_not_do_is_told_in_its_words(world: World) -> None:
    world.studio.inline.trouble = BeatError("The beat is silent.", remedy="Export it again.")
    asked = await world.ann.slash(world.channel, "lyrics", beat=beat())
    assert "The beat is silent. Export it again." in answers(asked)
    assert world.said() == []
    assert await world.studio.queue.undelivered() == []


async def test_the_same_command_twice_is_two_songs_but_one_key_is_one(world: World) -> None:
    await world.song()
    await world.song()
    keys = {order.key for order in world.studio.inline.orders.values()}
    assert len(keys) == len(world.said()) == 2


async def test_a_private_draft_goes_to_direct_messages(world: World) -> None:
    asked = await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2, private=True)
    assert "direct messages" in answers(asked)
    assert world.said() == []
    draft = world.last(world.ann.user.dm_channel)
    assert draft.embeds[0].title
    assert "Continue" in labels(draft)


async def test_a_private_draft_is_shown_here_to_ann_where_her_messages_are_closed(
    world: World,
) -> None:
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    asked = await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2, private=True)
    shown = asked.followups[-1]
    assert shown.ephemeral
    assert "Continue" in labels(shown)
    assert "`/drafts` opens it again" in answers(asked)
    assert world.said() == []


async def test_in_direct_messages_a_draft_is_simply_posted(world: World) -> None:
    await world.ann.user.slash("lyrics", beat=beat(), lines=2)
    assert "Continue" in labels(world.last(world.ann.user.dm_channel))


async def test_in_a_thread_it_is_posted_in_the_thread(world: World) -> None:
    thread = await world.thread()
    draft = await world.song(channel=thread)
    assert draft.channel.id == thread.id


@pytest.mark.parametrize(
    ("permission", "name"),
    [
        ("send_messages", "Send Messages"),
        ("embed_links", "Embed Links"),
        ("attach_files", "Attach Files"),
        ("read_message_history", "Read Message History"),
    ],
)
async def test_a_missing_permission_is_named_before_the_work_begins(
    world: World, permission: str, name: str
) -> None:
    closed = world.closed_channel(permission)
    asked = await world.ann.slash(closed, "lyrics", beat=beat())
    assert f"**{name}**" in answers(asked)
    assert not world.studio.inline.orders


async def test_a_channel_that_closes_meanwhile_loses_no_draft(world: World) -> None:
    world.studio.inline.go.clear()
    asked = await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2)
    world.env.inject_error("POST", f"/channels/{world.channel.id}/messages", status=403, code=50013)
    world.studio.inline.go.set()
    await world.env.settle()
    assert "Continue" in labels(world.last(world.ann.user.dm_channel))
    assert "direct messages" in answers(asked)


async def test_a_title_and_words_that_look_like_markdown_or_a_ping_do_nothing(
    world: World,
) -> None:
    draft = await world.song(seed="everyone")
    await world.ann.send(world.channel, 'line 1: "@everyone **loud** `x` <@1>"', reply_to=draft)
    shown = world.last()
    assert r"\@everyone \*\*loud\*\* \`x\` \<\@1\>" in text(shown)
    for request in world.env.http_requests:
        body = request.json if isinstance(request.json, dict) else {}
        if request.method == "POST" and request.path.endswith("/messages"):
            assert (
                body["allowed_mentions"] == {"parse": [], "replied_user": False}
                or body["allowed_mentions"]["parse"] == []
            )


async def test_a_long_song_is_split_and_a_very_long_one_is_a_file(world: World) -> None:
    draft = await world.song(lines=64)
    assert 1 <= len(draft.embeds) <= 3
    assert sum(len(embed) for embed in draft.embeds) <= 6000
    id_ = draft_id(draft)
    owner = world.owner(world.ann)
    for number in range(1, 65):
        before = await world.studio.drafts.get(id_, owner)
        request = Replace(number, f"{number} " + "la " * 60)
        await world.studio.pipeline.edit(request, before, owner=owner)
    await world.ann.send(world.channel, "lock line 1", reply_to=draft)
    shown = world.last()
    assert len(shown.embeds) == 1
    assert "it is in the file" in text(shown)
    (file,) = shown.attachments
    assert file.filename == "midnight-train.txt"
    assert (await file.read()).count(b"la la") >= 64
    assert "Continue" in labels(shown)


async def test_the_nonce_is_the_jobs(world: World) -> None:
    await world.song()
    (posted,) = [
        request.json
        for request in world.env.http_requests
        if request.path == f"/channels/{world.channel.id}/messages" and request.method == "POST"
    ]
    assert posted is not None
    assert posted["nonce"] == "job-1"
    assert posted["enforce_nonce"] is True


async def test_where_the_bot_is_no_member_everything_is_for_the_asker_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installed to Ann, and used in a server that has not invited it."""
    monkeypatch.setattr(discord.Interaction, "is_user_integration", lambda _: True)
    monkeypatch.setattr(discord.Interaction, "is_guild_integration", lambda _: False)
    asked = await world.ann.slash(world.channel, "lyrics", beat=beat(), lines=2)
    shown = asked.followups[-1]
    assert shown.ephemeral
    assert "Continue" in labels(shown)
    assert "for you alone" in answers(asked)
    assert world.said() == []


async def test_it_can_be_installed_to_a_person(world: World) -> None:
    commands = world.bot.tree.get_commands()
    for command in commands:
        told = command.to_dict(world.bot.tree)
        assert set(told["integration_types"]) == {0, 1}
        assert set(told["contexts"]) == {0, 1, 2}
