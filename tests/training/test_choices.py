"""Readers' choices: places are noted while drafts are written, ranked on sheets, learnt from."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from atl_core.captioner.captioner import LineCaptioner, LineRequest
from atl_core.captioner.constraints import LineConstraints
from atl_core.captioner.end_words import can_end_line
from atl_core.captioner.load import ranking_weights
from atl_core.captioner.protocol import Task
from atl_core.captioner.rerank import Fluency, RankingWeights
from atl_core.captioner.sampling import SamplingConfig
from atl_core.errors import WeightsError
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.form import plan
from training.__main__ import main
from training.lm import choices as learning
from training.lm.places import (
    ON_SHEET,
    Choice,
    NotedProposer,
    Place,
    briefs,
    read_answers,
    read_choices,
    read_places,
    write_choices,
    write_places,
    write_sheets,
)

pytestmark = pytest.mark.usefixtures("one_thread")
LINES = [
    "I heard the whistle of the train", "We left the city in the night",
    "My brother sold the yellow car", "The river took the house away",
    "You never called me by my name", "The kitchen light is burning low",
    "Old photographs along the wall", "I hear the neighbors close the door",
]  # fmt: skip


class Given:
    """A proposer of given lines, of which it likes the later ones better. See `Proposer`."""

    name = "given"
    rounds: Sequence[SamplingConfig] = (SamplingConfig(12, wave=12, enough=8),)
    weights = RankingWeights(common=0.0)

    def genre_score(self, texts: Sequence[str]) -> np.ndarray:
        return np.zeros(len(texts))

    can_end_line: Callable[[str], bool] = staticmethod(can_end_line)

    def topic(self, brief: Brief) -> tuple[str, ...]:
        return (brief.mood,)

    def start(self, task: Task, topic: Sequence[str]) -> Given:  # noqa: ARG002
        return self

    def begin_line(self, request: LineRequest) -> None: ...

    def propose(
        self,
        constraints: LineConstraints,  # noqa: ARG002
        config: SamplingConfig,  # noqa: ARG002
        wave: int,  # noqa: ARG002
    ) -> list[str]:
        return list(LINES)

    def promise(self, text: str, constraints: LineConstraints) -> float:  # noqa: ARG002
        return 0.0

    def fluency(self, texts: Sequence[str]) -> list[Fluency]:
        return [Fluency(float(LINES.index(text)), 0.0) for text in texts]

    def gain(self, texts: Sequence[str]) -> list[float]:
        return [0.0 for _ in texts]

    def end_line(self, line: str) -> None: ...


def place(subject: str = "old truck") -> Place:
    (brief,) = briefs([subject], 1, seed=3)
    return Place(brief.to_json(), ("truck",), ("The road is long",), 8, (), tuple(LINES))


def test_the_candidates_of_each_line_are_noted_the_chosen_one_first() -> None:
    brief = Brief("country", "sad", "low", (), 1, "X", 8, 96.0)
    noted = NotedProposer(Given())  # type: ignore[arg-type]
    slots = plan(brief, [], 0.0, first=0, count=1)
    captioner = LineCaptioner(noted, lambda texts: np.zeros(len(texts)))
    (line,) = captioner.write(Task(brief, slots))
    (found,) = noted.places
    assert found.candidates[0] == line == LINES[-1]
    assert found.candidates == tuple(reversed(LINES))
    assert set(found.candidates) == set(LINES)
    assert (found.above, found.topic, found.target) == ((), ("sad",), slots[0].target)


def test_places_come_back_from_their_file(tmp_path: Path) -> None:
    write_places([place()], tmp_path / "places")
    write_places([place("river")], tmp_path / "places")
    assert read_places(tmp_path / "places") == [place(), place("river")]


def test_a_reader_ranks_on_a_sheet_and_is_understood(tmp_path: Path) -> None:
    found = [place(f"subject {number}") for number in range(45)]
    assert write_sheets(found, tmp_path) == 2
    sheet = (tmp_path / "2.txt").read_text()
    of_five = sheet.split("--- 5 ---")[1]
    shown = {row[3]: row[6:] for row in of_five.splitlines() if row[:3] == "   "}
    assert set(LINES[:3]) < set(shown.values()) < set(LINES)
    answers = "Here they are:\n5 FBCDEA\n4. ABCDEF because\n3 ABC\n2 ABCDEE\n99 ABCDEF\n"
    (tmp_path / "2.answers.txt").write_text(answers)
    fifth, fourth = read_answers(found, tmp_path)
    assert fifth.lines == tuple(shown[letter] for letter in "FBCDEA")
    assert fifth.place.brief["seed_words"][1] in of_five
    assert len(set(fourth.lines)) == ON_SHEET
    write_choices([fifth, fourth], tmp_path / "choices.gz")
    again = read_choices(tmp_path / "choices.gz")
    assert [one.lines for one in again] == [fifth.lines, fourth.lines]
    assert [one.place.brief for one in again] == [fifth.place.brief, fourth.place.brief]


def test_a_subject_is_held_out_as_a_whole() -> None:
    held = {place(f"subject {number}").held_out for number in range(20)}
    assert held == {True, False}
    assert len({place("river").held_out for _ in range(3)}) == 1


def readings(count: int, seed: int) -> learning.Readings:
    """Rankings that go by one feature and by one direction of the states, with noise."""
    noise = torch.Generator().manual_seed(seed)
    names = ("fluency", "genre", "critic")
    named = torch.randn(count, ON_SHEET, len(names), generator=noise)
    states = torch.randn(count, ON_SHEET, 6, generator=noise)
    liked = 2 * named[..., 0] + 2 * states[..., 4]
    order = (liked + torch.randn(liked.shape, generator=noise)).argsort(dim=1, descending=True)
    rows = torch.arange(count)[:, None]
    return learning.Readings(named[rows, order], names, states[rows, order])


def test_what_readers_go_by_is_learnt_and_what_was_ordered_keeps_its_weight() -> None:
    fitted = learning.fit(readings(400, seed=1), penalty=0.01)
    assert fitted.ranking["fluency"] > 0
    assert fitted.ranking["genre"] == learning.SET["genre"]
    assert int(fitted.weight.abs().argmax()) == 4
    others = readings(200, seed=2)
    assert learning.pairs_right(fitted.scores(others)) > 0.75
    by_chance = torch.rand(200, ON_SHEET, generator=torch.Generator().manual_seed(3))
    assert 0.4 < learning.pairs_right(by_chance) < 0.6


def test_fitted_weights_are_read_beside_their_critic(tmp_path: Path) -> None:
    file = tmp_path / "ranking.json"
    assert ranking_weights(file) == RankingWeights()
    file.write_text(json.dumps({"fluency": 9.0, "topic": 0.0}))
    assert ranking_weights(file) == RankingWeights(fluency=9.0, topic=0.0)


@pytest.mark.parametrize("content", ["", "[1]", '{"sweetness": 1}', "\x00"])
def test_damaged_weights_are_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "ranking.json"
    file.write_text(content)
    with pytest.raises(WeightsError, match=r"ranking\.json"):
        ranking_weights(file)


def test_the_loss_is_least_where_scores_follow_the_ranking() -> None:
    right = torch.tensor([[30.0, 20.0, 10.0]])
    assert learning.ranking_loss(right) < 0.01 < learning.ranking_loss(right.flip(1))


def test_a_file_with_no_subject_and_choices_of_one_subject_are_told(tmp_path: Path) -> None:
    subjects, choices = tmp_path / "subjects.txt", tmp_path / "choices.gz"
    subjects.write_text("\n  \n")
    write_choices([Choice(place(), tuple(LINES[:ON_SHEET]))], choices)
    out = ["--out", str(tmp_path / "out")]
    for command, said in (
        (["prepare", "places", str(subjects), *out], "names no subject"),
        (["train", "choices", "--choices", str(choices), *out], "too few subjects"),
    ):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 2
        assert said in result.output
    assert not (tmp_path / "out").exists()
