"""How a writer says words: kept, followed in counting, rhyme, plan and flow, and taken back."""

from __future__ import annotations

import pytest

from atl_core.drafts.names import LOCAL
from atl_core.edits.lines import Replace
from atl_core.edits.request import Request
from atl_core.edits.sounds import ShowSounds
from atl_core.errors import BriefError, DraftError
from atl_core.flow.spoken import spoken
from atl_core.lyrics import own_sounds
from atl_core.lyrics.rhyme import rhyme, rhyming_words
from atl_core.lyrics.saying import saying
from atl_core.lyrics.syllables import count_syllables
from atl_core.progress import unwatched
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from bot.answers import Changed, Sounds
from bot.dispatch import Asker, dispatch, inline
from bot.phrases import parse
from bot.terminal.show import lay_out
from tests.songs import saved


def test_letters_are_said_one_by_one_and_only_in_capitals() -> None:
    with saying([own_sounds.spelt("ATM", "A-T-M")]):
        assert count_syllables("the ATM is down") == 6
        assert len(spoken("the ATM is down")) == 6
    with saying([own_sounds.spelt("LA", "L-A")]):
        assert count_syllables("back to LA") == 4
        assert count_syllables("la la la") == 3


def test_a_word_is_said_as_another_is() -> None:
    assert rhyme("wind", "pinned")
    with saying([own_sounds.as_in("wind", "find")]):
        assert rhyme("wind", "mind") == "perfect"
        assert rhyme("wind", "pinned") is None
        assert "mind" in rhyming_words("wind")
    assert rhyme("wind", "pinned"), "and only for that writer"


def test_a_name_that_nobody_knows_rhymes() -> None:
    with saying([own_sounds.rhyming("Saoirse", "inertia")]):
        assert rhyme("saoirse", "inertia") == "perfect"
        assert count_syllables("Saoirse") == 2


@pytest.mark.parametrize(("word", "count"), [("poem", 1), ("fire", 2), ("every", 3), ("hour", 1)])
def test_a_word_has_as_many_syllables_as_is_said(word: str, count: int) -> None:
    with saying([own_sounds.of_syllables(word, count)]):
        assert count_syllables(word) == len(spoken(word)) == count


def test_plurals_and_genitives_follow() -> None:
    with saying([own_sounds.of_syllables("poem", 1)]):
        assert count_syllables("poems") == count_syllables("poem's") == 1
        assert rhyme("poems", "homes")


@pytest.mark.parametrize("word", ["", "two words", "3", "!" * 9, "a" * 99])
def test_what_is_no_word_is_refused(word: str) -> None:
    with pytest.raises(BriefError):
        own_sounds.of_syllables(word, 1)


async def test_it_is_kept_across_drafts_listed_and_taken_back() -> None:
    async with open_studio(load_settings()) as studio:
        draft = await saved(studio, asked="")

        async def ask(said: str | Request) -> Changed | Sounds:
            opened = await studio.drafts.open(draft.id, LOCAL)
            request = parse(said, lines=6) if isinstance(said, str) else said
            answer = await dispatch(studio, request, Asker(), opened, inline(studio, unwatched))
            assert isinstance(answer, Changed | Sounds)
            lay_out(answer)
            return answer

        await ask(Replace(1, "I wrote a poem in the fire"))
        answer = await ask("poem has one syllable")
        assert answer.draft
        assert answer.draft.lines[0].syllables == count_syllables("I wrote a poem in the fire") - 1
        assert sum(len(flow) for flow in answer.draft.flow()[:1]) == answer.draft.lines[0].syllables
        await ask("Saoirse rhymes with inertia")
        listed = await ask(ShowSounds())
        assert isinstance(listed, Sounds)
        assert [sound.word for sound in listed.sounds] == ["poem", "saoirse"]
        # Another draft, and not another writer.
        assert await studio.drafts.writers.sounds(LOCAL)
        assert not await studio.drafts.writers.sounds("somebody else")
        answer = await ask("say poem as usual")
        assert answer.draft
        with pytest.raises(DraftError, match="as usual"):
            await ask("say poem as usual")
        assert (await studio.drafts.writers.my_data(LOCAL))["sounds"]
        await studio.drafts.writers.say(LOCAL, forget=("Saoirse",))
        assert not await studio.drafts.writers.sounds(LOCAL)
