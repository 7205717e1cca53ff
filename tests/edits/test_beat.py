"""What was heard wrongly is mended in a sentence: words stay, times follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from atl_core.drafts.draft import Draft
from atl_core.edits.flow import ShowFlow
from atl_core.edits.request import LineEdit
from atl_core.errors import DraftError
from bot.phrases import parse
from tests.drafts.examples import make_brief, make_lines, make_listening, make_verdict


@pytest.fixture
def draft() -> Draft:
    return Draft(
        "abc123", "me", "A song", 1, "write", "beat.wav", make_brief(), make_listening(),
        make_lines(), make_verdict(), "lm", {}, datetime.now(UTC),
    )  # fmt: skip


def said(text: str, draft: Draft) -> Draft:
    request = parse(text, lines=len(draft.lines))
    assert isinstance(request, LineEdit)
    assert parse(request.describe(), lines=len(draft.lines)) == request
    after = request.apply(draft)
    assert [line.text for line in after.lines] == [line.text for line in draft.lines]
    return after


def starts(draft: Draft) -> list[float]:
    return [line.start for line in draft.lines]


def test_bar_one_is_where_the_writer_says(draft: Draft) -> None:
    after = said("bar one is at 0:03.5", draft)
    assert starts(after) == pytest.approx([3.5, 6.0, 8.5, 11.0])


def test_bar_one_keeps_to_a_beat_that_was_heard_near_it(draft: Draft) -> None:
    assert starts(said("bar one is at 0:01.27", draft))[0] == pytest.approx(1.25)


def test_start_one_beat_later_and_back_again(draft: Draft) -> None:
    later = said("start one beat later", draft)
    assert starts(later) == pytest.approx([0.625, 3.125, 5.625, 8.125])
    assert starts(said("start one beat earlier", later)) == pytest.approx(starts(draft))


def test_half_time_makes_two_bars_one(draft: Draft) -> None:
    half = said("half time", draft)
    assert half.brief.tempo == 48
    assert starts(half)[:2] == pytest.approx([0.0, 5.0])
    back = said("double time", half)
    assert (back.brief.tempo, starts(back)) == (96, pytest.approx(starts(draft)))


def test_three_four_has_three_beats_of_the_same_length(draft: Draft) -> None:
    after = said("make it 3/4", draft)
    assert after.brief.beats_per_bar == 3
    assert starts(after)[:3] == pytest.approx([0.0, 1.875, 3.75])


def test_six_eight_divides_its_beats_into_three(draft: Draft) -> None:
    after = said("6/8", draft)
    assert (after.brief.beats_per_bar, after.brief.compound) == (2, True)
    for flow in after.flow():
        for one in flow:
            assert round(one.position * 12) == pytest.approx(one.position * 12, abs=1e-6)


def test_it_is_140_not_70(draft: Draft) -> None:
    after = said("it is 140, not 70", draft)
    assert after.brief.tempo == 140


def test_skip_the_intro(draft: Draft) -> None:
    heard = replace(draft, listening=replace(draft.listening, intro=5.0))
    assert starts(said("skip the intro", heard))[0] == pytest.approx(5.0)
    with pytest.raises(DraftError, match="no intro"):
        said("skip the intro", draft)


def test_targets_of_lines_to_come_follow_the_metre(draft: Draft) -> None:
    follows = replace(draft, brief=replace(draft.brief, syllables=11))
    assert said("make it 3/4", follows).brief.syllables == 8
    assert said("make it 3/4", draft).brief.syllables == draft.brief.syllables


def test_a_time_after_the_beat_is_refused(draft: Draft) -> None:
    with pytest.raises(DraftError, match="20 s"):
        said("bar one is at 5:00", draft)


def test_flow_is_asked_for_in_words() -> None:
    assert parse("show the flow", lines=4) == ShowFlow()
    assert parse(ShowFlow().describe(), lines=4) == ShowFlow()
