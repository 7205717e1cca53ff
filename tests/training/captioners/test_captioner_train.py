"""A killed run goes on to the same end, stops when it learns no more, and can be repeated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from atl_core.captioner.paper.stored import load_trained
from atl_core.errors import UserError
from training.captioners.config import Config, read_config
from training.captioners.train import train

pytestmark = pytest.mark.usefixtures("one_thread")
ROOT = Path(__file__).resolve().parents[3]


def quick(data: Path, out: Path, **changes: object) -> Config:
    values: dict[str, object] = {
        "steps": 4, "lines": 8, "clips": 2, "window": 64, "evaluate_every": 2, "save_every": 1,
        "held_out_batches": 1, "bleu_lines": 4, "warmup": 1, "device": "cpu",
    }  # fmt: skip
    return read_config(None, data=str(data), out=str(out), **values | changes)


def test_a_run_killed_at_any_step_ends_in_the_same_weights(data: Path, tmp_path: Path) -> None:
    whole = train(quick(data, tmp_path / "whole"))
    config = quick(data, tmp_path / "killed")
    command = [
        sys.executable, "-m", "training", "train", "captioner", "lstm", "--data", config.data,
        "--out", config.out, "--config", str(tmp_path / "settings.toml"),
    ]  # fmt: skip
    (tmp_path / "settings.toml").write_text(
        "\n".join(
            f"{name} = {json.dumps(getattr(config, name))}"
            for name in ("steps", "lines", "clips", "window", "evaluate_every", "save_every",
                         "held_out_batches", "bleu_lines", "warmup", "device")
        )
    )  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    last = tmp_path / "killed" / "last.safetensors"
    while not last.exists() and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert last.exists()
    again = train(config)
    for name in ("model/model.safetensors", "curve.jsonl"):
        if name.endswith("jsonl"):
            rows = [[{**json.loads(row), "seconds": 0, "loss": 0} for row in
                     (run / name).read_text().splitlines()] for run in (whole, again)]  # fmt: skip
            assert rows[0] == rows[1]
        else:
            assert (whole / name).read_bytes() == (again / name).read_bytes()


def test_the_run_folder_holds_what_it_takes_to_repeat_it(data: Path, tmp_path: Path) -> None:
    out = train(quick(data, tmp_path / "run", front="constant-q", steps=3))
    assert {path.name for path in out.iterdir()} >= {
        "config.json", "surroundings.json", "data.json", "words.json", "curve.jsonl",
        "loss.png", "bleu.png", "result.json", "model",
    }  # fmt: skip
    config = json.loads((out / "config.json").read_text())
    assert (config["seed"], config["encoder"], config["front"]) == (0, "blocks", "constant-q")
    trained = load_trained(out / "model")
    assert not trained.network.training  # dropout is off where lines are written
    assert set(trained.priors) == {"country", "hip-hop"}


def test_a_run_that_learns_no_more_ends_early(data: Path, tmp_path: Path) -> None:
    config = quick(
        data, tmp_path / "run", model="gru", encoder="blocks", front="log-mel", steps=50,
        learning_rate=0.0, evaluate_every=1, patience=2, bleu_lines=0, vectors=False, save_every=50,
        freeze_encoder=True,
    )  # fmt: skip
    result = json.loads((train(config) / "result.json").read_text())
    assert result["steps"] == 3


def test_an_encoder_can_be_tried_on_words_that_were_learnt_before(
    data: Path, tmp_path: Path
) -> None:
    still = {"steps": 1, "learning_rate": 0.0, "bleu_lines": 0}
    first = train(quick(data, tmp_path / "first", steps=2, bleu_lines=0)) / "model"
    config = quick(data, tmp_path / "other", encoder="cnn10", words_of=str(first), **still)
    old, new = load_trained(first).network, load_trained(train(config) / "model").network
    assert torch.equal(old.embedding.weight, new.embedding.weight)
    assert torch.equal(old.output.weight, new.output.weight)
    assert new.encoder.state_dict().keys() != old.encoder.state_dict().keys()
    config = quick(
        data, tmp_path / "gru", model="gru", encoder="blocks", front="log-mel",
        words_of=str(first), **still,
    )  # fmt: skip
    with pytest.raises(UserError, match="another kind"):
        train(config)


def test_a_folder_with_another_run_is_left_alone(data: Path, tmp_path: Path) -> None:
    config = quick(data, tmp_path / "run", steps=1, bleu_lines=0)
    train(config)
    with pytest.raises(UserError, match="another configuration"):
        train(replace(config, seed=1))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"model": "parrot"}, "no model parrot"),
        ({"encoder": "cnn99"}, "no encoder cnn99"),
        ({"front": "musicnn"}, "cannot hear"),
        ({"checkpoint": "x.safetensors"}, "cnn10 and cnn14 only"),
        ({"steps": "many"}, "takes a value"),
    ],
)
def test_a_wrong_choice_is_named(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(UserError, match=told):
        read_config(None, data="d", out="o", **wrong)


def test_a_front_end_that_was_not_prepared_is_named(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no front end slaney"):
        train(quick(data, tmp_path / "run", front="slaney"))
