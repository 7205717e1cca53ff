"""The critic: what it looks at, what it learns, and that a damaged one is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from atl_core.captioner.critic import Critic, features, load_critic
from atl_core.errors import WeightsError
from training.lm.critic import MOST, fit, pairs_right

WIDTH = 6


def test_a_line_is_its_mean_state_and_the_state_after_it() -> None:
    states = torch.arange(12.0).view(3, 4).bfloat16()
    assert features(states).tolist() == [4, 5, 6, 7, 8, 9, 10, 11]


def people_and_writer(contexts: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Contexts in which people's lines differ from the writer's along one direction, in noise."""
    noise = torch.Generator().manual_seed(seed)
    rows = torch.randn(contexts, 1 + MOST, WIDTH, generator=noise)
    rows += 3 * torch.randn(contexts, 1, WIDTH, generator=noise)  # what all lines there share
    rows[:, 0, 2] += 2.5
    there = torch.rand(contexts, 1 + MOST, generator=noise) < 0.8
    there[:, :2] = True
    return rows, there


def test_it_learns_what_tells_them_apart_and_not_what_a_context_shares() -> None:
    weight = fit(*people_and_writer(300, seed=1), penalty=0.01)
    assert int(weight.abs().argmax()) == 2
    assert pairs_right(*people_and_writer(300, seed=2), weight) > 0.9


def test_a_stored_critic_scores_as_it_did(tmp_path: Path) -> None:
    file = tmp_path / "critic.safetensors"
    tensors = {name: torch.rand(2 * WIDTH) + 0.5 for name in ("mean", "scale", "weight")}
    save_file(tensors, file)
    states = torch.randn(4, WIDTH)
    there = load_critic(file, torch.device("cpu"))
    assert there.score(states) == pytest.approx(Critic(**tensors).score(states))


@pytest.mark.parametrize("content", [b"", b"not tensors at all"])
def test_a_damaged_critic_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "critic.safetensors"
    file.write_bytes(content)
    with pytest.raises(WeightsError, match="critic"):
        load_critic(file, torch.device("cpu"))
