"""A verb takes three edits: what it does, how it is said, and a word in the help.

The verb here is defined in this file alone. The pipeline, the store, the queue's JSON, and both
front ends' dispatch take it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module

import pytest

from atl_core.drafts.draft import Draft, OpenedDraft
from atl_core.drafts.names import LOCAL
from atl_core.edits.arrange import refuse_locked, with_lines
from atl_core.edits.line_ranges import LineRange, Lines
from atl_core.edits.request import LineEdit
from atl_core.edits.request_json import from_json, to_json
from atl_core.progress import unwatched
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from bot.answers import Changed
from bot.dispatch import Asker, dispatch, inline
from bot.phrases import parse
from bot.phrases import rules as grammar
from bot.phrases.parse import patterns_by_word, vocabulary
from bot.phrases.parts import rule
from bot.terminal.show import lay_out
from tests.songs import SONG, saved


@dataclass(frozen=True, slots=True)
class Reverse(LineEdit):
    """Turn the order of lines round."""

    place: LineRange

    def describe(self) -> str:
        return f"reverse {self.place.describe()}"

    def apply(self, draft: Draft) -> Draft:
        indices = [number - 1 for number in self.place.of(draft)]
        refuse_locked(indices, draft)
        lines = list(draft.lines)
        for index, turned in zip(indices, reversed(indices), strict=True):
            lines[index] = draft.lines[turned]
        return with_lines(draft, lines)


@pytest.fixture
def said() -> Iterator[None]:
    """The rule that belongs in `bot/phrases/line_rules.py`."""
    turned = rule(lambda parts: Reverse(parts.place()), "turn <place> round")
    parser = import_module("bot.phrases.parse")  # the package has a function of that name
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parser, "RULES", (*grammar.RULES, turned))
        forget_the_grammar()
        yield
    forget_the_grammar()


def forget_the_grammar() -> None:
    vocabulary.cache_clear()
    patterns_by_word.cache_clear()


@pytest.mark.usefixtures("said")
async def test_a_verb_that_is_said_is_done_shown_and_kept() -> None:
    async with open_studio(load_settings()) as studio:
        draft = await saved(studio)
        request = parse("turn lines 1-3 round", lines=6)
        assert request == Reverse(Lines((1, 2, 3)))
        do = partial(dispatch, studio, request, Asker())
        answer = await do(OpenedDraft(draft, may_change=True), inline(studio, unwatched))
        assert isinstance(answer, Changed)
        assert [line.text for line in answer.draft.lines] == [*SONG[2::-1], *SONG[3:]]
        assert (await studio.drafts.history(draft.id, LOCAL))[-1].asked == "reverse lines 1-3"
        lay_out(answer)


def test_a_verb_is_kept_as_json() -> None:
    request = Reverse(Lines((1, 2)))
    assert from_json(to_json(request)) == request
