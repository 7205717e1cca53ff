"""`lstm` and `gru` with the weights that ship: they hear the beat and keep to the plan."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from atl_core.audio.listening import Listening, as_bytes, decibels, packed
from atl_core.captioner.captioner import LineCaptioner
from atl_core.captioner.load import load
from atl_core.captioner.paper.proposer import SHIPPED, PaperModel, load_paper
from atl_core.captioner.protocol import Captioner, Task
from atl_core.errors import WeightsError
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.form import plan
from atl_core.lyrics.originality import load_index
from atl_core.lyrics.rhyme import end_word, is_close
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import SECTION_WORDS, is_clean
from tests.songs import heard

BRIEF = Brief(
    genre="country", mood="sad", energy="low", seed_words=("midnight", "train"), lines=4,
    scheme="AABB", syllables=9, tempo=96.0, random_seed=5,
)  # fmt: skip
BOTH = pytest.mark.parametrize("name", ["lstm", "gru"])


@cache
def captioner(name: str) -> Captioner:
    return load(name, Path("nowhere"), "cpu", classifier(RANKER).score)


def network(name: str) -> PaperModel:
    made = captioner(name)
    assert isinstance(made, LineCaptioner)
    assert isinstance(made.proposer, PaperModel)
    return made.proposer


def beat(seed: int, **changes: object) -> Listening:
    """A beat with a clip that can be heard, of noise with a colour of its own."""
    rng = np.random.default_rng(seed)
    picture = rng.normal(-30 - 10 * seed, 8, (1001, 64)).astype(np.float32)
    patches = rng.normal(seed, 1, (3, 200)).astype(np.float16)
    clip = {"clip_picture": packed(as_bytes(picture)), "clip_patches": packed(patches)}
    return heard(**clip, **changes)


def task(brief: Brief = BRIEF, listening: Listening | None = None, **changes: Any) -> Task:
    slots = plan(brief, [], 0.0, first=0, count=brief.lines)
    return replace(Task(brief, slots, listening=listening), **changes)


@cache
def verse(name: str) -> tuple[str, ...]:
    return tuple(captioner(name).write(task(listening=beat(1))))


@BOTH
def test_a_verse_keeps_length_rhyme_and_seed_words(name: str) -> None:
    lines = verse(name)
    assert lines[0].startswith("Midnight train")
    assert all(abs(count_syllables(line) - BRIEF.syllables) <= 1 for line in lines)
    ends = [end_word(line) for line in lines]
    assert all(is_close(ends[at], ends[at + 1]) for at in range(0, len(lines), 2))
    assert len(set(ends)) == len(ends)


@BOTH
def test_no_line_comes_twice_and_none_is_copied_explicit_or_a_section_tag(name: str) -> None:
    lines = verse(name)
    assert len({line.lower() for line in lines}) == len(lines)
    spoken = {word for line in lines for word in words(line)}
    assert not spoken & SECTION_WORDS
    assert not spoken & {"startseq", "endseq", "<unknown>"}
    assert all(is_clean(line) for line in lines)
    assert not any(load_index().copied(lines))


@BOTH
def test_the_same_task_gives_the_same_lines_and_another_seed_others(name: str) -> None:
    first, second, *_ = verse(name)
    again = captioner(name).write(task(listening=beat(1)))
    assert [next(again), next(again)] == [first, second]
    other = replace(BRIEF, random_seed=6)
    assert next(captioner(name).write(task(other, beat(1)))) != first


@BOTH
def test_what_is_heard_comes_from_the_beat_itself(name: str) -> None:
    model = network(name)
    first, second = (model.encode_audio(task(listening=beat(seed))) for seed in (1, 2))
    assert not torch.allclose(first, second, atol=1e-3)
    assert torch.equal(first, model.encode_audio(task(listening=beat(1))))


@BOTH
def test_a_genre_that_is_not_heard_or_a_clip_that_was_not_kept_is_stood_in_for(name: str) -> None:
    model = network(name)
    country = model.trained.priors["country"]
    assert torch.equal(model.encode_audio(task(listening=heard())), country)
    assert torch.equal(model.encode_audio(task()), country)
    hip_hop = beat(1, genre={"hip-hop": 0.9, "country": 0.1})
    assert torch.equal(model.encode_audio(task(listening=hip_hop)), country)


@BOTH
def test_words_that_the_network_does_not_know_are_used_as_given(name: str) -> None:
    seeds = ("zydeco", "harpsichord", "river")
    brief = replace(BRIEF, seed_words=seeds, lines=3)
    lines = list(captioner(name).write(task(brief)))
    assert set(seeds) <= {word for line in lines for word in words(line)}


@BOTH
def test_a_line_between_others_rhymes_with_them_and_uses_its_word(name: str) -> None:
    slots = plan(BRIEF, [], 0.0, first=0, count=2)
    asked = Task(
        BRIEF, slots[1:], before=("I never saw the sun go down so slow",),
        before_rhymes=(slots[0].rhyme,), must_use=("mama",),
    )  # fmt: skip
    (line,) = captioner(name).write(asked)
    assert is_close(end_word(line), "slow")
    assert "mama" in words(line)


@pytest.mark.parametrize("syllables", [4, 16])
def test_short_and_long_lines_are_written_too(syllables: int) -> None:
    brief = replace(BRIEF, syllables=syllables, seed_words=(), lines=2, genre="hip-hop")
    lines = list(captioner("lstm").write(task(brief)))
    assert all(abs(count_syllables(line) - syllables) <= 1 for line in lines)


def test_weights_that_ship_are_small_and_have_a_card() -> None:
    for name in ("lstm", "gru"):
        folder = SHIPPED / f"captioner-{name}"
        assert (folder / "model.safetensors").stat().st_size < 10_000_000
        card = (folder / "README.md").read_text()
        assert "weak pairs" in card
        assert "Licence" in card


def test_damaged_weights_are_named_with_their_remedy(tmp_path: Path) -> None:
    folder = tmp_path / "captioner-lstm"
    shutil.copytree(SHIPPED / "captioner-lstm", folder)
    with (folder / "model.safetensors").open("r+b") as file:
        file.truncate(1000)
    with pytest.raises(WeightsError, match="captioner-lstm are missing or damaged"):
        load_paper("lstm", classifier(RANKER).score, folder)


def test_a_clip_is_kept_to_half_a_decibel() -> None:
    rng = np.random.default_rng(0)
    picture = rng.uniform(-100, 20, (1001, 64)).astype(np.float32)
    assert np.abs(decibels(as_bytes(picture)) - picture).max() <= 0.25
    listening = heard(clip_picture=packed(as_bytes(picture)))
    assert Listening.from_json(listening.to_json()) == listening
    assert "clip_picture" not in listening.to_json(whole=False)
    found = listening.log_mel()
    assert found is not None
    assert found.shape == (1001, 64)
