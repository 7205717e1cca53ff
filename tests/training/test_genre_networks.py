"""The recurrent classifiers: a text's score is its own, whoever stands beside it."""

from __future__ import annotations

import pytest
import torch

from atl_core.genre.files import WEIGHTS
from training.genre.networks import LINE, NETWORKS, PAD, Neural, encode, load

VOCABULARY = {word: index for index, word in enumerate("whiskey porch block cash the".split(), 2)}


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_a_score_does_not_depend_on_the_rest_of_the_batch(name: str) -> None:
    torch.manual_seed(0)
    classifier = Neural(NETWORKS[name](len(VOCABULARY) + 2).eval(), VOCABULARY, (1.0, 0.0))
    short, long = "whiskey on the porch", "the block the cash " * 30
    alone = classifier.score([short])[0]
    assert classifier.score([short, long])[0] == pytest.approx(alone, abs=1e-5)
    assert classifier.score([short, long])[1] != pytest.approx(alone, abs=1e-5)


def test_ids_are_padded_to_whole_lines() -> None:
    ids = encode([["whiskey", "unheard"], ["the"] * (LINE + 1)], VOCABULARY)
    assert ids.shape == (2, 2 * LINE)
    assert ids[0, :3].tolist() == [2, 1, PAD]


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_the_stored_networks_tell_plain_cases_apart(name: str) -> None:
    country, hip_hop = load(WEIGHTS / f"genre-{name}").score(
        [
            "Daddy's old truck on a gravel road\nWhiskey on the porch and a heavy load\n"
            "She left for Tulsa with my faded jeans\nAnd the steel guitar cried for New Orleans",
            "Spit on the mic, got the whole crew swingin'\nCash in the bag, hear my phone ringin'\n"
            "Haters on the block know I got paid\nRhymes in the booth, keep them in the shade",
        ]
    )
    assert country < 0 < hip_hop
