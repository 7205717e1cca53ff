"""The experiment with a critic: text is continuous to learn by, and words to read by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from atl_core.captioner.paper.lstm import PaperLstm
from atl_core.captioner.paper.stored import load_trained
from atl_core.captioner.paper.words import END, PAD, START, UNKNOWN, Vocabulary
from atl_core.errors import UserError
from tests.training.captioners.shelf import add_song
from training.captioners.config import read_config
from training.captioners.gan import LONGEST, Adversarial, GenreReader, drawn_lines
from training.captioners.gan import train as against_critic
from training.captioners.prepare import Preparing, prepare
from training.captioners.train import train

pytestmark = pytest.mark.usefixtures("one_thread")
GENRES = {"hip-hop": "money block hustle rhyme", "country": "truck whiskey mama river"}


def test_drawn_lines_are_words_to_read_and_odds_to_learn_by() -> None:
    torch.manual_seed(0)
    network = PaperLstm(30)
    drawn = drawn_lines(network, network.hear(torch.randn(6, 64, 64)), 1.0)
    assert drawn.shape == (6, LONGEST, 30)
    assert set(drawn.sum(dim=2).flatten().tolist()) <= {0.0, 1.0}
    assert not drawn[:, :, [PAD, UNKNOWN, START, END]].any()
    lengths = drawn.sum(dim=(1, 2)).long().tolist()
    for row, length in zip(drawn, lengths, strict=True):
        assert row[:length].any(dim=1).all()  # nothing after the end, no gap before it
    drawn.square().sum().backward()
    assert network.output.weight.grad is not None
    assert network.output.weight.grad.abs().sum() > 0


def test_the_classifier_in_the_loss_tells_the_genres_apart() -> None:
    words = Vocabulary(tuple(" ".join(GENRES.values()).split()))
    reader = GenreReader(words)
    for label, line in enumerate(GENRES.values()):
        ids = torch.tensor([[words.ids[word] for word in line.split()]])
        drawn = torch.nn.functional.one_hot(ids, len(words)).float()
        assert int(reader(drawn).argmax()) == label


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("gan") / "run"
    config = read_config(
        None, data=str(data), out=str(out), steps=1, lines=8, clips=2, window=64,
        held_out_batches=1, bleu_lines=0, device="cpu",
    )  # fmt: skip
    return train(config)


def test_it_goes_on_with_a_run_and_leaves_the_ear_as_it_was(
    data: Path, run: Path, tmp_path: Path
) -> None:
    config = Adversarial(
        data=str(data),
        run=str(run),
        out=str(tmp_path / "gan"),
        steps=1,
        lines=8,
        clips=2,
        texts=4,
    )
    result = against_critic(config)
    assert result["steps"] == 1
    assert json.loads((tmp_path / "gan" / "result.json").read_text())["after"] == result["after"]
    before, after = (load_trained(f / "model").network for f in (run, tmp_path / "gan"))
    assert not torch.equal(before.output.weight, after.output.weight)
    for name, tensor in before.encoder.state_dict().items():
        assert torch.equal(tensor, after.encoder.state_dict()[name]), name


def test_genres_that_the_classifier_does_not_know_are_refused(run: Path, tmp_path: Path) -> None:
    add_song(tmp_path / "songs", "polka", "Lone - Dancer", 1)
    prepare(Preparing(out=str(tmp_path / "d"), songs=str(tmp_path / "songs"), fronts=("log-mel",)))
    with pytest.raises(UserError, match="has the genres"):
        against_critic(
            Adversarial(data=str(tmp_path / "d"), run=str(run), out=str(tmp_path / "gan"))
        )
