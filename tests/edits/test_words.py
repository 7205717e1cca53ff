"""Words in and out, as a conversation: avoided here or always, used, allowed again; ad-libs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from atl_core.drafts.names import LOCAL
from atl_core.errors import BriefError, DraftError, UserError
from atl_core.genre.draft_verdict import verdict_on
from atl_core.lyrics.avoided import avoided_in
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.checks import parse_avoided
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from bot.answers import Avoided
from bot.terminal.show import lay_out
from tests.conversation import Conversation
from tests.songs import SONG, a_draft, saved


async def avoided(desk: Conversation) -> tuple[tuple[str, ...], tuple[str, ...]]:
    answer = await desk.say("what do I avoid?")
    assert isinstance(answer, Avoided)
    return answer.always, answer.here


@pytest.fixture
async def desk() -> AsyncIterator[Conversation]:
    async with open_studio(load_settings()) as studio:
        yield Conversation(studio, await saved(studio))


async def test_a_word_is_avoided_in_a_draft_and_that_is_undone(desk: Conversation) -> None:
    await desk.say("avoid neon, city lights and clichés")
    assert desk.at_hand.brief.avoid == ("neon", "city lights", "cliches")
    await desk.say("2 more lines")
    assert desk.writer.tasks[-1].brief.avoid == ("neon", "city lights", "cliches")
    await desk.say("undo twice")
    assert desk.at_hand.brief.avoid == ()


async def test_a_word_is_never_said_again_in_any_draft(desk: Conversation) -> None:
    await desk.say("never say baby again")
    desk.draft = await saved(desk.studio)
    await desk.say("avoid neon")
    assert await avoided(desk) == (("baby",), ("neon",))
    await desk.say("rewrite line 3")
    assert desk.writer.tasks[-1].brief.avoid == ("neon", "baby")
    assert desk.at_hand.brief.avoid == ("neon",), "what is the writer's is not the draft's"
    await desk.say("allow baby")
    await desk.say("allow neon")
    assert await avoided(desk) == ((), ())
    with pytest.raises(UserError, match="do not avoid neon"):
        await desk.say("allow neon")


async def test_what_is_avoided_goes_with_its_writer(desk: Conversation) -> None:
    await desk.say("never say baby again")
    assert (await desk.studio.my_data(LOCAL))["avoid"] == ["baby"]
    await desk.studio.forget_me(LOCAL)
    assert (await desk.studio.my_data(LOCAL))["avoid"] == []


async def test_a_word_that_is_wanted_may_come_all_the_same(desk: Conversation) -> None:
    await desk.say("never say whiskey again")
    await desk.say("use whiskey")
    assert desk.at_hand.brief.seed_words[-1] == "whiskey"
    await desk.say("2 more lines")
    assert "whiskey" not in desk.writer.tasks[-1].brief.avoid
    with pytest.raises(BriefError, match="seed word and a word to avoid"):
        await desk.say("avoid whiskey")


async def test_adlibs_stand_in_brackets_and_do_not_count(desk: Conversation) -> None:
    await desk.say("lock line 2")
    before = desk.at_hand.lines
    await desk.say("add ad-libs")
    after = desk.at_hand.lines
    assert after[1] == before[1], "a locked line has none"
    changed = [n for n in range(6) if after[n].text != before[n].text]
    assert changed
    for n in changed:
        assert after[n].text.startswith(f"{SONG[n]} (")
        assert count_syllables(after[n].text) == after[n].syllables == before[n].syllables
        assert end_word(after[n].text) == end_word(SONG[n])
    assert desk.at_hand.verdict.rhymes_kept == verdict_on(before).rhymes_kept
    flow = desk.at_hand.flow()
    assert [len(syllables) for syllables in flow] == [line.syllables for line in after]
    await desk.say("remove the ad-libs")
    assert [line.text for line in desk.at_hand.lines] == list(SONG)
    with pytest.raises(DraftError, match=r"Line 2 is locked\. Unlock first: unlock line 2"):
        await desk.say("add ad-libs to line 2")


async def test_what_is_avoided_and_still_there_is_named(desk: Conversation) -> None:
    word = end_word(SONG[2])
    answer = await desk.say(f"never say {word} again")
    assert isinstance(answer, Avoided)
    shown = str(lay_out(answer))
    assert f"You avoid, in all drafts: {word}" in shown
    assert "rewrite line 3" in shown
    assert "This draft avoids: clichés" in str(lay_out(await desk.say("avoid cliches")))


@pytest.mark.parametrize(
    ("line", "avoid", "found"),
    [
        ("Neon lights are burning", ["neon"], ["neon"]),
        ("The neons burn", ["neon"], ["neon"]),
        ("I was ridin' home", ["ride"], ["ride"]),
        ("Two babies in the cradle", ["baby"], ["baby"]),
        ("The city's lights", ["city lights"], []),
        ("Under city lights tonight", ["city lights"], ["city lights"]),
        ("Dancing in the dark with a heart of gold", ["cliches"], 2),
        ("A rider on the ride", ["rid"], []),
    ],
)
def test_a_word_is_found_in_its_forms(line: str, avoid: list[str], found: list[str] | int) -> None:
    got = avoided_in(line, avoid)
    assert (len(got) if isinstance(found, int) else got) == found


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("the", "No line can do without"),
        ("and", "no word to avoid"),
        ("...", "no word to avoid"),
        ("a " * 50 + "b", "too long"),
        ("x" * 500, "too long"),
    ],
)
def test_what_cannot_be_avoided_is_refused(said: str, problem: str) -> None:
    with pytest.raises(BriefError, match=problem):
        parse_avoided(said)


async def test_there_is_an_end_to_what_is_avoided(desk: Conversation) -> None:
    many = [f"word{n}" for n in range(60)]
    await desk.studio.drafts.writers.avoid(LOCAL, many)
    with pytest.raises(UserError, match="too many"):
        await desk.studio.drafts.writers.avoid(LOCAL, [f"other{n}" for n in range(60)])


def test_the_verdict_names_cliches() -> None:
    lines = a_draft().lines
    assert "neon" not in verdict_on(lines).cliches
    from dataclasses import replace

    with_one = (replace(lines[0], text="Neon city lights tonight"), *lines[1:])
    assert verdict_on(with_one).cliches == ("neon", "city lights")


def test_a_brief_of_before_avoids_nothing() -> None:
    brief = a_draft().brief
    data = brief.to_json()
    assert Brief.from_json(data) == brief
    del data["avoid"]
    assert Brief.from_json(data) == brief
