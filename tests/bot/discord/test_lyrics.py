"""From a beat to a draft, as ann and the others in the channel see it."""

from __future__ import annotations

import re

from tests.bot.discord.desk import PICTURE, beat
from tests.bot.discord.world import World, answers, labels, text


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
        "Continue", "Another take", "Rewrite a line", "Lock", "Undo", "Export", "Share",
        "Syllables",
    ]  # fmt: skip
    (picture,) = draft.attachments
    assert await picture.read() == PICTURE
    assert draft.embeds[-1].image.url
    assert not draft.flags.ephemeral
    assert draft.interaction_metadata is None, "a regular message, so that replies are heard"
