"""What a writer says about how lines lie on their bars."""

from __future__ import annotations

from dataclasses import replace

import pytest

from atl_core.drafts.draft import Draft
from atl_core.drafts.export import export
from atl_core.drafts.import_json import import_draft
from atl_core.edits.request import LineEdit
from atl_core.errors import DraftError
from atl_core.lyrics.form import fitting_syllables
from bot.phrases import parse
from tests.drafts.examples import make_draft, make_listening


def after(draft: Draft, *said: str) -> Draft:
    for sentence in said:
        request = parse(sentence, lines=len(draft.lines))
        assert isinstance(request, LineEdit), sentence
        changed = request.apply(draft)
        assert [line.text for line in changed.lines] == [line.text for line in draft.lines]
        draft = changed
    return draft


def first_beats(draft: Draft) -> list[float]:
    """Beats from its bar at which each line's first syllable falls."""
    return [
        flow[0].position + draft.brief.beats_per_bar * (flow[0].bar - line.bar)
        for line, flow in zip(draft.lines, draft.flow(), strict=True)
    ]


@pytest.fixture
def draft() -> Draft:
    made = make_draft(listening=make_listening("1" * 64))
    return replace(made, brief=replace(made.brief, syllables=fitting_syllables(made.brief)))


def test_metre_is_written_as_it_is_said(draft: Draft) -> None:
    assert "{time: 6/8}" in export(after(draft, "make it 6/8"), "chordpro").decode()
    assert "{time: 3/4}" in export(after(draft, "make it 3/4"), "chordpro").decode()


def test_denser_lines_are_shorter_in_time_and_get_more_syllables(draft: Draft) -> None:
    def spread(one: Draft) -> float:
        return sum(flow[-1].start - flow[0].start for flow in one.flow())

    denser, laid_back = after(draft, "denser"), after(draft, "more laid back")
    assert spread(denser) < spread(draft) < spread(laid_back)
    assert denser.brief.syllables > draft.brief.syllables > laid_back.brief.syllables
    assert after(denser, "more laid back").flow() == draft.flow()
    assert after(denser, "denser", "back to the normal flow").brief == draft.brief
    with pytest.raises(DraftError, match="as dense as"):
        after(draft, "denser", "denser", "denser")


def test_laid_back_is_behind_the_beat(draft: Draft) -> None:
    for flow in after(draft, "more laid back").flow():
        for one in flow:
            assert 0.0 < one.position % 0.25 < 0.1


@pytest.mark.parametrize(
    ("said", "beat"),
    [
        ("start line 3 on the two", 1.0),
        ("start line 3 on the one", 0.0),
        ("start line 3 on the and of two", 1.5),
        ("start line 3 one beat before its bar", -1.0),
    ],
)
def test_a_line_starts_where_it_is_said(draft: Draft, said: str, beat: float) -> None:
    changed = after(draft, said)
    assert first_beats(changed)[2] == beat
    for before, flow in zip(changed.flow(), changed.flow()[1:], strict=False):
        assert before[-1].start < flow[0].start
    assert after(changed, "let line 3 start where it falls best").flow() == draft.flow()


def test_a_line_that_starts_where_it_is_said_does_so_after_export(draft: Draft) -> None:
    changed = after(draft, "start line 3 on the two", "denser", "bar one is at 0:02")
    again = import_draft(export(changed, "json"))
    assert again["lines"] == changed.lines
    assert again["brief"] == changed.brief


def test_a_line_has_no_beat_beyond_its_bar(draft: Draft) -> None:
    with pytest.raises(DraftError, match="has no such beat"):
        after(draft, "start line 3 on the nine")
