"""Going on from a writer's own text: with a beat, without one, with one later."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from atl_core.drafts.draft import Draft
from atl_core.drafts.export import export
from atl_core.drafts.names import LOCAL
from atl_core.edits.beat import SetBeat
from atl_core.edits.export import EXPORT_FORMATS
from atl_core.edits.request import Request
from atl_core.edits.wish import Wish
from atl_core.edits.writing import Write
from atl_core.errors import BriefError, UserError
from atl_core.lyrics.brief import Line
from atl_core.lyrics.form import Slot
from atl_core.lyrics.own_text import read_own_text
from atl_core.plans.half_written import brief_of, plan_text
from atl_core.progress import unwatched
from atl_core.settings import load_settings
from atl_core.studio import Studio, open_studio
from bot.answers import Changed
from bot.dispatch import Asker, dispatch, inline
from bot.terminal.show import lay_out
from tests.conversation import Conversation
from tests.songs import heard

VERSE = """\
[Verse 1]
I left my home in the pouring rain
With a dollar and a dream
...
And nothing's what it seems

[Chorus]
Take me home
...

[Verse 2]
"""


def slots(text: str, wish: Wish | None = None) -> list[tuple[str, int | str]]:
    """Letter and target of each gap, letter and text of each line."""
    own = read_own_text(text)
    brief = brief_of(own, wish or Wish(), heard(), None)
    return [
        (line.rhyme, line.target if isinstance(line, Slot) else line.text)
        for line in plan_text(own, brief, heard(), "lm").lines
    ]


def test_a_gap_rhymes_with_its_partner_and_is_as_long() -> None:
    planned = slots(VERSE)
    first, _, gap, _ = planned[:4]
    assert gap == (first[0], 9), "ABAB: the third line rhymes with the first"
    chorus = planned[4:6]
    assert chorus[0][0] == chorus[1][0], "two lines by themselves are a couplet"


def test_a_section_with_nothing_under_it_is_as_long_as_the_other() -> None:
    second = slots(VERSE)[6:]
    letters = [letter for letter, _ in second]
    assert len(second) == 4
    assert letters[0] == letters[2] != letters[1] == letters[3]
    assert all(isinstance(target, int) for _, target in second)


def test_without_gaps_it_goes_on() -> None:
    planned = slots("I left my home in the rain\nAnd never came again")
    assert [isinstance(what, int) for _, what in planned] == [False, False, *[True] * 4]


def test_a_text_without_a_word_that_carries_a_mood_is_gone_on_from() -> None:
    assert len(slots("I put the paper in the folder\nThen I put it on the table")) == 6


COUPLETS_AT_THE_END = """\
I came to LA with a dollar and a song
Slept on the floor of a friend of a friend
...
Mama on the phone asking where does it end
I keep my head up when the rent is due
...
I wrote every word on the back of a bus
And the whole wide city never heard of us
"""


def test_a_gap_beside_a_line_without_a_partner_is_its_partner() -> None:
    letters = [letter for letter, _ in slots(COUPLETS_AT_THE_END)]
    assert letters[4] == letters[5] != letters[6] == letters[7]
    assert letters[1] == letters[3] != letters[5]


def test_lines_of_the_writers_that_do_not_rhyme_ask_for_nothing() -> None:
    planned = slots("I left my home\nIn summer weather\n...\n...")
    assert planned[0][0] != planned[1][0]
    assert [letter for letter, _ in planned[2:]] == [letter for letter, _ in planned[:2]]


def test_what_is_asked_for_goes_before_what_is_read_off() -> None:
    planned = slots(VERSE, Wish(scheme="AABB", syllables=10))
    assert planned[2][0] == planned[3][0], "AABB now: the third line rhymes with the fourth"


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    async with open_studio(load_settings()) as studio:
        Conversation(studio)  # with stand-ins for its models
        yield studio


async def ask(studio: Studio, request: Request, draft: Draft | None = None) -> Draft:
    opened = await studio.drafts.open(draft.id, LOCAL) if draft else None
    answer = await dispatch(studio, request, Asker(), opened, inline(studio, unwatched))
    assert isinstance(answer, Changed)
    lay_out(answer)
    return answer.draft


async def test_own_lines_stay_to_the_letter_and_are_locked(studio: Studio) -> None:
    draft = await ask(studio, Write("", Wish(), VERSE))
    own = [line.text for line in draft.lines if line.locked]
    assert own == list(read_own_text(VERSE).written)
    assert [section.name for section in draft.sections] == ["verse 1", "hook", "verse 2"]
    assert len(draft.lines) == 10
    assert draft.asked.startswith("write on from my text: ABAB")
    assert draft.title == "I left my home"


async def test_the_captioner_may_be_left_to_the_machine(studio: Studio) -> None:
    wanted = studio.settings.model_copy(update={"captioner": "auto"})
    studio.pipeline.captioners.settings = wanted
    draft = await ask(studio, Write("", Wish(), VERSE))
    assert draft.captioner == "lm"


async def test_there_need_be_no_beat_and_every_export_works(studio: Studio) -> None:
    draft = await ask(studio, Write("", Wish(), VERSE))
    assert not draft.listening.is_beat
    assert draft.lines[1].start > 0, "lines have times by the tempo all the same"
    for kind in EXPORT_FORMATS:
        assert export(draft, kind)


async def test_a_beat_may_come_later_and_be_taken_back(studio: Studio) -> None:
    draft = await ask(studio, Write("", Wish(), VERSE))
    on_beat = await ask(studio, SetBeat("beat.mp3"), draft)
    assert on_beat.listening.is_beat
    assert on_beat.beat_name == "beat.mp3"
    assert on_beat.brief.tempo == on_beat.listening.tempo
    assert [line.text for line in on_beat.lines] == [line.text for line in draft.lines]
    assert [line.locked for line in on_beat.lines] == [line.locked for line in draft.lines]
    assert on_beat.lines[1].start in on_beat.listening.bar_times
    undone = await studio.drafts.undo(draft.id, LOCAL)
    assert not undone.listening.is_beat
    assert undone.beat_name == ""
    assert (await studio.drafts.redo(draft.id, LOCAL)).beat_name == "beat.mp3"


async def test_another_language_is_refused(studio: Studio) -> None:
    french = "Je suis parti sous la pluie\nSans argent et sans ami\nLe train de nuit m'a emporté\n"
    with pytest.raises(BriefError, match="another language"):
        await ask(studio, Write("", Wish(), french * 3))


async def test_setting_the_beat_asks_which(studio: Studio) -> None:
    draft = await ask(studio, Write("", Wish(), VERSE))
    with pytest.raises(UserError, match="Which beat"):
        await ask(studio, SetBeat(), draft)


def test_locked_lines_are_the_writers() -> None:
    own = read_own_text(VERSE)
    plan = plan_text(own, brief_of(own, Wish(), heard(), None), heard(), "lm")
    lines = [line for line in plan.lines if isinstance(line, Line)]
    assert all(line.locked and line.target == line.syllables for line in lines)
