"""A draft becomes a song: by buttons, by forms and by replies, for those who may."""

from __future__ import annotations

import re

import discord
import pytest

from atl_core.edits.request import Request
from atl_core.edits.rhymes import RhymeWith
from atl_core.edits.words import UseWords
from bot.discord.features import FEATURES
from tests.bot.discord.conftest import Synced
from tests.bot.discord.desk import beat
from tests.bot.discord.world import World, answers, buttons, draft_id, labels, response_of, text


def lines_of(message: discord.Message) -> list[str]:
    return re.findall(r"^` ?\d+›?` (.*)$", text(message), re.MULTILINE)


async def test_continue_writes_more_below(world: World) -> None:
    draft = await world.song()
    pressed = await world.ann.click(draft, label="Continue")
    longer = world.last()
    assert longer.id != draft.id
    assert lines_of(longer)[:4] == lines_of(draft)
    assert len(lines_of(longer)) == 8
    assert "version 2" in text(longer)
    assert longer.reference is not None
    assert longer.reference.message_id == draft.id
    assert longer.jump_url in answers(pressed)


async def test_another_take_is_another_text(world: World) -> None:
    draft = await world.song()
    await world.ann.click(draft, label="Another take")
    assert not set(lines_of(world.last())) & set(lines_of(draft))


async def test_undo_changes_the_card_where_it_is(world: World) -> None:
    draft = await world.song()
    await world.ann.click(draft, label="Continue")
    longer = world.last()
    await world.ann.click(longer, label="Undo")
    undone = world.last()
    assert undone.id == longer.id
    assert lines_of(undone) == lines_of(draft)
    assert "version 1" in text(undone)


async def test_undo_keeps_the_picture_of_the_beat(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, "lock line 1", reply_to=draft)
    await world.ann.click(draft, label="Undo")
    (message,) = [m for m in world.channel.history() if m.id == draft.id]
    assert "For ann · Draft" in text(message)
    assert [file.filename for file in message.attachments] == ["beat.png"]


async def test_undo_is_shown_anew_under_a_card_that_may_not_be_changed_again(
    world: World,
) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, "lock line 1", reply_to=draft)
    world.env.inject_error("PATCH", "/webhooks/*", status=400, code=30046)
    pressed = await world.ann.click(draft, label="Undo")
    assert "version 1" in answers(pressed)
    assert "🔒" not in answers(pressed)
    assert "bug" not in answers(pressed)


async def test_undo_at_the_first_version_says_so(world: World) -> None:
    draft = await world.song()
    pressed = await world.ann.click(draft, label="Undo")
    assert "undo" in answers(pressed)
    assert lines_of(world.last()) == lines_of(draft)


@pytest.mark.parametrize(
    ("filled", "changed"),
    [
        ({"lines": "3"}, {3}),
        ({"lines": "2-3", "how": "sadder"}, {2, 3}),
        ({"lines": "1", "how": "rhyme with fire"}, {1}),
    ],
)
async def test_a_form_rewrites_the_lines_that_it_names(
    world: World, filled: dict[str, str], changed: set[int]
) -> None:
    draft = await world.song()
    form = await world.ann.click(draft, label="Rewrite a line")
    await world.ann.submit_modal(form, filled)
    after = world.last()
    pairs = zip(lines_of(draft), lines_of(after), strict=True)
    assert {n for n, (old, new) in enumerate(pairs, 1) if old != new} == changed
    assert after.id != draft.id


async def test_own_words_are_kept_as_they_were_typed(world: World) -> None:
    draft = await world.song()
    form = await world.ann.click(draft, label="Rewrite a line")
    await world.ann.submit_modal(form, {"lines": "2", "own": "I ride 'til the morning, oh yeah"})
    after = world.last()
    assert after.id == draft.id, "no model is needed, so the card changes where it is"
    assert lines_of(after)[1] == "I ride 'til the morning, oh yeah"


@pytest.mark.parametrize(
    ("how", "order"),
    [
        ("Rhymes with fire", RhymeWith(3, "fire")),
        ("it should rhyme with line 1", RhymeWith(3, other=1)),
        ("use the word river", UseWords("river", 3)),
    ],
)
async def test_how_a_line_is_to_be_is_read_from_the_form(
    world: World, how: str, order: Request
) -> None:
    draft = await world.song()
    form = await world.ann.click(draft, label="Rewrite a line")
    await world.ann.submit_modal(form, {"lines": "3", "how": how})
    assert world.studio.inline.orders["job-2"].request == order


async def test_lines_are_locked_and_unlocked_by_a_form(world: World) -> None:
    draft = await world.song()
    form = await world.ann.click(draft, label="Lock")
    await world.ann.submit_modal(form, {"lock": "1-2"})
    locked = world.last()
    assert [line.endswith("🔒") for line in lines_of(locked)] == [True, True, False, False]
    form = await world.ann.click(locked, label="Lock")
    await world.ann.submit_modal(form, {"unlock": "1", "lock": "4"})
    assert [line.endswith("🔒") for line in lines_of(world.last())] == [False, True, False, True]


@pytest.mark.parametrize(
    ("label", "filled", "told"),
    [
        ("Rewrite a line", {"lines": "99"}, "no line 99"),
        ("Rewrite a line", {"lines": "the moon"}, "Did you mean"),
        ("Rewrite a line", {"lines": "1-2", "own": "both of them"}, "are for one line"),
        ("Lock", {}, "Name the lines"),
        ("Lock", {"lock": "99"}, "no line 99"),
    ],
)
async def test_a_form_that_cannot_be_is_answered(
    world: World, label: str, filled: dict[str, str], told: str
) -> None:
    draft = await world.song()
    form = await world.ann.click(draft, label=label)
    sent = await world.ann.submit_modal(form, filled)
    assert told in answers(sent)
    assert lines_of(world.last()) == lines_of(draft)


async def test_lines_of_an_older_version_are_not_mistaken(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, "delete line 1", reply_to=draft)
    form = await world.ann.click(draft, label="Rewrite a line")
    sent = await world.ann.submit_modal(form, {"lines": "2"})
    assert "moved on to version 2" in answers(sent)
    assert len(world.studio.inline.orders) == 1


async def test_syllables_and_rhymes_are_shown_on_request(world: World) -> None:
    draft = await world.song()
    pressed = await world.ann.click(draft, label="Syllables")
    assert "syllables beside how many are wanted" in answers(pressed)
    assert re.search(r"^` 1 A \d+/\d+` ", answers(pressed), re.MULTILINE)
    assert pressed.ephemeral


@pytest.mark.parametrize("format_", ["txt", "lrc", "chordpro", "pdf", "json"])
async def test_export_gives_a_file(world: World, format_: str) -> None:
    draft = await world.song()
    pressed = await world.ann.click(draft, label="Export")
    chosen = await world.ann.select(response_of(pressed), [format_])
    (file,) = response_of(chosen).attachments
    assert file.filename.startswith("midnight-train.")
    assert len(await file.read()) > 50
    assert chosen.ephemeral


async def test_a_reply_is_understood_in_plain_words(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, "2 more", reply_to=draft)
    longer = world.last()
    assert len(lines_of(longer)) == 6
    assert longer.reference is not None
    await world.ann.send(world.channel, "make line 2 say: my own words", reply_to=longer)
    assert lines_of(world.last())[1] == "my own words"
    await world.ann.send(world.channel, "undo 2 times", reply_to=world.last())
    assert lines_of(world.last()) == lines_of(draft)
    assert not [said for said in world.said() if "⏳" in said], "progress is taken away"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("title it Last Stop", "Saved as “Last Stop”."),
        ("tag it demo", "#demo"),
        ("set the mood to sad", "From now on:"),
        ("show rhymes for line 1", "Rhymes for train"),
        ("show syllables", "` 1 A "),
        ("show the versions", "Versions of “Midnight train”"),
        ("show version 1", "version 1"),
        ("what changed", "Version 1 → 1"),
        ("compare 1 and 9", "no version 9"),
        ("help", "Give me a beat"),
        ("delete the draft", "For a day it can be brought back"),
        ("colourless green ideas", "Did you mean"),
        ("rewrite line 77", "no line 77"),
        ("allow explicit words", "age-restricted"),
    ],
)
async def test_a_reply_gets_an_answer(world: World, said: str, told: str) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, f"{world.mention} {said}", reply_to=draft)
    assert told in text(world.last())


async def test_a_reply_to_a_message_that_was_deleted_changes_no_other_draft(world: World) -> None:
    draft = await world.song()
    assert world.env.bot.user
    await world.send_to_deleted(world.ann, "delete line 1")
    assert world.last().content == "…", "nobody spoke to the bot"
    await world.send_to_deleted(world.ann, f"{world.mention} delete line 1")
    assert "Reply to one of my drafts" in text(world.last())
    kept = await world.studio.drafts.get(draft_id(draft), world.owner(world.ann))
    assert len(kept.lines) == 4


async def test_a_reply_may_ask_for_a_file(world: World) -> None:
    draft = await world.song()
    await world.ann.send(world.channel, "export as lrc", reply_to=draft)
    (file,) = world.last().attachments
    assert file.filename == "midnight-train.lrc"


async def test_talk_about_a_draft_is_left_alone(world: World) -> None:
    draft = await world.song()
    await world.bob.send(world.channel, "ha, I love that second line", reply_to=draft)
    await world.bob.send(world.channel, "continue", reply_to=draft)
    await world.ann.send(world.channel, "continue")
    assert world.last().content == "continue"
    assert len(world.studio.inline.orders) == 1


async def test_a_mention_without_a_draft_is_answered(world: World) -> None:
    await world.ann.send(world.channel, f"{world.mention} continue")
    assert "Reply to one of my drafts" in text(world.last())


async def test_a_mention_with_a_beat_is_told_how_to_hand_it_in(world: World) -> None:
    words = f"{world.mention} midnight train"
    await world.ann.send(world.channel, words, attachments=[beat()])
    assert "use `/lyrics` and attach it there" in text(world.last())


async def test_a_reply_that_the_queue_refuses_leaves_nothing_unfinished(world: World) -> None:
    draft = await world.song()
    world.studio.inline.full = True
    await world.ann.send(world.channel, "continue", reply_to=draft)
    assert "200 requests are waiting already." in text(world.last())
    assert not [said for said in world.said() if "Starting" in said]


async def test_in_direct_messages_the_last_draft_is_meant(world: World) -> None:
    user = world.ann.user
    await user.send_dm("continue")
    assert "no draft of yours yet" in text(world.last(user.dm_channel))
    await user.slash("lyrics", beat=("loop.wav", b"RIFF\0\0\0\0WAVE"), lines=2)
    await user.send_dm("one more line")
    assert len(lines_of(world.last(user.dm_channel))) == 3
    await user.send_dm("my drafts")
    assert "Your drafts" in text(world.last(user.dm_channel))


@pytest.mark.simcord(approved_intents=discord.Intents(guilds=True, messages=True))
async def test_without_the_content_intent_a_reply_that_pings_is_read(world: World) -> None:
    draft = await world.song()
    mention = world.mention
    await world.ann.send(world.channel, f"{mention} one more line", reply_to=draft)
    assert len(lines_of(world.last())) == 5
    for _ in range(2):
        await world.send_unseen(world.ann, draft)
    explained = [said for said in world.said() if "only when it pings me" in said]
    assert len(explained) == 1, "that is said once, not every time"


async def test_buttons_work_after_a_restart_and_a_month_later(world: World) -> None:
    draft = await world.song()
    await world.env.restart_bot(Synced(world.studio.settings, world.studio, FEATURES))
    # The bot looks around every minute; a month of them, skipped.
    world.bot.deliveries.sweeping.cancel()
    await world.env.advance_time(31 * 24 * 3600)
    await world.ann.click(draft, label="Continue")
    assert len(lines_of(world.last())) == 8


async def test_a_form_that_was_open_in_a_restart_is_read(world: World) -> None:
    draft = await world.song()
    form = await world.ann.click(draft, label="Rewrite a line")
    await world.env.restart_bot(Synced(world.studio.settings, world.studio, FEATURES))
    await world.ann.submit_modal(form, {"lines": "1"})
    assert lines_of(world.last())[0] != lines_of(draft)[0]


async def test_a_draft_that_is_gone_says_so_under_every_button(world: World) -> None:
    draft = await world.song()
    await world.studio.forget_me(world.owner(world.ann))
    for label in labels(draft):
        pressed = await world.ann.click(draft, label=label)
        assert "That draft is gone" in answers(pressed), label
        assert pressed.ephemeral or pressed.followups[-1].ephemeral


async def test_bob_may_press_and_is_told_that_it_is_not_his(world: World) -> None:
    draft = await world.song()
    for label in labels(draft):
        pressed = await world.bob.click(draft, label=label)
        assert "somebody else's" in answers(pressed), label
    assert len(world.studio.inline.orders) == 1
    assert len(world.said()) == 1


async def test_a_button_of_another_time_is_not_silent(world: World) -> None:
    view = discord.ui.View(timeout=None)
    for custom_id in ("atl:sing:k7m2qd", "continue_v0"):
        view.add_item(discord.ui.Button(label=custom_id, custom_id=custom_id))
    channel = world.env.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send("an old card", view=view)
    await world.env.settle()
    await world.env.restart_bot(Synced(world.studio.settings, world.studio, FEATURES))
    for label, _ in buttons(message):
        pressed = await world.ann.click(message, label=label)
        assert "older version of me" in answers(pressed)


async def test_a_bug_is_an_apology_with_a_number_and_a_log(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await world.song()

    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(world.studio.drafts, "undo", broken)
    pressed = await world.ann.click(draft, label="Undo")
    found = re.search(r"bug ([0-9a-f]{8})", answers(pressed))
    assert found
    (log,) = (world.studio.settings.home / "logs").glob(f"*{found[1]}.txt")
    assert "a bug of ours" in log.read_text()
    assert "ZeroDivision" not in answers(pressed)


async def test_two_requests_at_once_are_both_done(world: World) -> None:
    draft = await world.song()
    owner = world.owner(world.ann)
    await world.ann.send(world.channel, "lock line 1", reply_to=draft)
    await world.ann.send(world.channel, "swap lines 2 and 3", reply_to=draft)
    changes = await world.studio.drafts.history(draft_id(draft), owner)
    assert [change.asked for change in changes[1:]] == ["lock line 1", "swap lines 2 and 3"]
