"""Choosing a line, as a conversation: options, taking one, others like it, line by line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import RenderableType

from atl_core.drafts.names import LOCAL
from atl_core.edits.choices import OPTIONS, LineByLine, Options, Take
from atl_core.edits.versions import Undo
from atl_core.errors import DraftError
from atl_core.lyrics.rhyme import suggest_rhymes
from atl_core.lyrics.wordlists import is_clean
from atl_core.plans.written import Written
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from bot.answers import Changed, Offered, Rhymes
from bot.cli.common import draft_json
from bot.phrases import parse
from bot.render.console import console
from bot.terminal.show import lay_out
from tests.conversation import NAMES, Conversation
from tests.songs import SONG, a_draft, saved

WRITTEN = list(SONG)


async def options_for(desk: Conversation, said: str) -> list[str]:
    answer = await desk.say(said)
    assert isinstance(answer, Offered)
    return [option.text for option in answer.options.options]


@pytest.fixture
async def desk() -> AsyncIterator[Conversation]:
    async with open_studio(load_settings()) as studio:
        yield Conversation(studio, await saved(studio))


async def test_five_lines_are_offered_the_present_one_first(desk: Conversation) -> None:
    answer = await desk.say("options for line 3")
    assert isinstance(answer, Offered)
    options = answer.options.options
    assert len(options) == OPTIONS
    assert options[0].text == WRITTEN[2]
    assert options[0].rhymes_with
    assert all(option.syllables > 0 and option.target == 10 for option in options)
    assert desk.lines == WRITTEN, "nothing changes until one is taken"
    assert desk.at_hand.revision == 1
    (task,) = desk.writer.tasks
    assert WRITTEN[2] in task.avoid


async def test_one_is_taken_and_that_is_undone(desk: Conversation) -> None:
    offered = await options_for(desk, "options for line 3")
    await desk.say("take 2")
    assert desk.lines == [*WRITTEN[:2], offered[1], *WRITTEN[3:]]
    assert desk.at_hand.asked == "take option 2 for line 3"
    assert parse(desk.at_hand.asked, lines=6) == Take(2, 3)
    await desk.say("take 4")
    assert desk.lines[2] == offered[3]
    await desk.say(Undo(2))
    assert desk.lines == WRITTEN


async def test_others_are_none_of_those_before(desk: Conversation) -> None:
    first = await options_for(desk, "options for line 3")
    second = await options_for(desk, "none, sadder")
    assert second[0] == first[0] == WRITTEN[2]
    assert not set(first[1:]) & set(second[1:])
    task = desk.writer.tasks[-1]
    assert set(first) <= set(task.avoid)
    assert task.brief.mood == "sad"


async def test_more_like_one_keep_its_image(desk: Conversation) -> None:
    offered = await options_for(desk, "options for line 3")
    await desk.say("more like 2")
    (word,) = desk.writer.tasks[-1].must_use
    assert word in offered[1].lower()
    assert word in NAMES


async def test_yesterdays_can_still_be_taken(tmp_path: Path, desk: Conversation) -> None:  # noqa: ARG001
    offered = await options_for(desk, "options for line 3")
    await options_for(desk, "options for line 5")
    await desk.say("swap lines 1 and 2")
    await desk.say('insert a line at the top: "Somebody put a new one in"')
    await desk.say("take 3 for line 4")
    assert desk.lines[3] == offered[2], "the line has moved, and its options with it"
    await desk.say("take 1 for line 4")
    assert desk.lines[3] == WRITTEN[2]


async def test_what_cannot_be_is_said(desk: Conversation) -> None:
    for said, problem in [
        ("take 2", "No options are at hand"),
        ("more like 2", "No options are at hand"),
        ("none of these", "No options are at hand"),
        ("options for line 40", "no line 40"),
        ("take 2 for line 3", "No options were offered for line 3"),
    ]:
        with pytest.raises(DraftError, match=problem):
            await desk.say(said)
    await options_for(desk, "options for line 3")
    for said, problem in [("take 6", "no option 6"), ("take 0", "no option 0")]:
        with pytest.raises(DraftError, match=problem):
            await desk.say(said)
    await desk.say("lock line 3")
    with pytest.raises(DraftError, match="locked"):
        await desk.say("take 2")
    with pytest.raises(DraftError, match="locked"):
        await desk.say("options for line 3")


async def test_line_by_line_the_writer_picks_before_the_next_is_written(desk: Conversation) -> None:
    answer = await desk.say("write 3 lines line by line")
    for number in (7, 8, 9):
        assert isinstance(answer, Offered)
        assert len(desk.lines) == number
        assert answer.options.line == number
        assert answer.options.goal == 9
        options = [option.text for option in answer.options.options]
        assert len(options) == OPTIONS
        changed = await desk.say("take 3")
        assert isinstance(changed, Changed)
        assert desk.lines[-1] == options[2]
        if number < 9:
            assert changed.then == LineByLine(9 - number)
            answer = await desk.say(changed.then)
        else:
            assert changed.then is None
    assert desk.lines[:6] == WRITTEN
    await desk.say("take 2")
    assert len(desk.lines) == 9, "another one of the same set, and nothing goes on"


async def test_what_a_change_changed_is_marked(desk: Conversation) -> None:
    await options_for(desk, "options for line 3")
    answer = await desk.say("take 2")
    assert isinstance(answer, Changed)
    told = rows(lay_out(answer))
    assert [number for number in range(1, 7) if f"›{number} " in told] == [3]
    assert draft_json(answer.draft, answer.comparison)["changed"] == [3]
    answer = await desk.say("lock line 1")
    assert isinstance(answer, Changed)
    assert "›" not in rows(lay_out(answer)), "no word is another one"
    answer = await desk.say("undo 2 times")
    assert isinstance(answer, Changed)
    assert "›3 " in rows(lay_out(answer)), "what undo changed is marked as well"


async def test_rhymes_for_a_clean_draft_are_clean(desk: Conversation) -> None:
    for word in ("it", "bit", "hell", "duck"):
        answer = await desk.say(f"show rhymes for {word}")
        assert isinstance(answer, Rhymes)
        assert len(answer.found) == 20
        assert all(map(is_clean, answer.found)), word
    assert not all(map(is_clean, suggest_rhymes("it", 20)))
    await desk.say("allow explicit words")
    answer = await desk.say("show rhymes for it")
    assert isinstance(answer, Rhymes)
    assert not all(map(is_clean, answer.found))


def rows(shown: RenderableType) -> str:
    """What a terminal shows, without what is above it."""
    screen = console()
    with screen.capture() as captured:
        screen.print(shown)
    return captured.get()


async def test_options_go_with_their_writer(desk: Conversation) -> None:
    await options_for(desk, "options for line 3")
    data = await desk.studio.my_data(LOCAL)
    assert data["drafts"][0]["options"][0]["line"] == 3
    await desk.studio.forget_me(LOCAL)
    assert (await desk.studio.my_data(LOCAL))["drafts"] == []


def test_options_survive_the_checkpoint_of_a_worker() -> None:
    draft = a_draft()
    made = Written(draft.lines, (), draft.brief, "lm", "abc", 1, ("one line", "another"), 8)
    assert Written.from_json(made.to_json()) == made
    before = made.to_json()
    del before["options"], before["goal"]
    assert Written.from_json(before).options == ()


def test_requests_are_read_back() -> None:
    for request in (
        Options(3), Options(like=2), Options(3, like=2), Options(), Take(2), Take(2, 3),
        LineByLine(4), LineByLine(1),
    ):  # fmt: skip
        assert parse(request.describe(), lines=8) == request
