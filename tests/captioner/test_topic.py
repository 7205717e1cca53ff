"""What a draft is about, how the seed words open it, and a large model with a small reader."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from atl_core.captioner import load as loading
from atl_core.captioner.batching import BatchedCaptioner, batched
from atl_core.captioner.captioner import LineCaptioner
from atl_core.captioner.constraints import MAX_LEAD, LineConstraints, meets, opens_with
from atl_core.captioner.language_model import LEADS, SMALL_TOPIC, LanguageModel
from atl_core.captioner.prompt import style
from atl_core.captioner.protocol import Task
from atl_core.captioner.two_models import TwoModels
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.form import plan
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import is_clean, is_content_word
from tests.machine import FETCHED, need_weights

BRIEF = Brief("country", "sad", "low", ("hospital",), 2, "AA", 9, 96.0, random_seed=4)


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    need_weights()
    loading.prepare(FETCHED)
    return loading.load_language_model(FETCHED, "cpu", classifier(RANKER).score)


def test_the_topic_is_the_seeds_and_what_belongs_to_them(model: LanguageModel) -> None:
    found = {word for seed in range(6) for word in model.topic(replace(BRIEF, random_seed=seed))}
    assert {"doctor", "nurse", "clinic", "ambulance", "bed", "sick", "patient"} & found
    assert all(is_content_word(word) and is_clean(word) for word in found)
    topic = model.topic(BRIEF)
    assert topic[0] == "hospital"
    assert len(topic) == len(set(topic)) == SMALL_TOPIC
    assert not any(word.startswith("hosp") for word in topic[1:])


def test_the_topic_follows_the_random_seed(model: LanguageModel) -> None:
    topics = {model.topic(replace(BRIEF, random_seed=seed)) for seed in range(5)}
    assert len(topics) > 1
    assert model.topic(BRIEF) == model.topic(BRIEF)


def test_a_draft_about_nothing_has_no_topic_and_many_seeds_are_all_kept(
    model: LanguageModel,
) -> None:
    seeds = tuple("gold dust river whiskey mama road truck moon".split())
    assert model.topic(replace(BRIEF, seed_words=())) == ()
    assert model.topic(replace(BRIEF, seed_words=seeds)) == seeds


def test_seed_words_open_a_line_after_a_few_others(model: LanguageModel) -> None:
    prefix = model.sampler.read(
        model.sampler.model.empty_prefix(), f"{style('country', 'sad', 'low', False)} hospital\n9"
    )
    wanted = LineConstraints(9, (), frozenset(), "Hospital")
    openings = model.openings(prefix, wanted, torch.Generator().manual_seed(1))
    assert len(openings) == len(set(openings)) > 1
    assert all(opens_with(words(opening), ["hospital"]) for opening in openings)
    assert model.openings(prefix, replace(wanted, opening=""), torch.Generator()) == []


def test_no_lead_is_longer_than_a_line_may_have() -> None:
    assert max(len(lead.split()) for lead in LEADS) == MAX_LEAD
    line = LineConstraints(8, (), frozenset(), "Old dog")
    assert meets("I got an old dog by the river", line)
    assert not meets("She said that I have got an old dog", line)


def test_a_large_model_writes_and_a_small_one_reads(model: LanguageModel) -> None:
    # The same model twice: what is shown is that each does its part.
    read: list[str] = []

    def spy(texts: Sequence[str]) -> np.ndarray:
        read.extend(texts)
        return classifier(RANKER).score(texts)

    pair = TwoModels(replace(model, name="large"), model, rounds=model.rounds)
    captioner = LineCaptioner(pair, spy)
    task = Task(BRIEF, plan(BRIEF, [], 0.0, first=0, count=2))
    lines = list(captioner.write(task))
    assert captioner.name == "large"
    assert opens_with(words(lines[0]), ["hospital"])
    assert len(lines) == 2
    assert read
    sharing = batched(captioner, "on")
    assert isinstance(sharing, BatchedCaptioner)
    assert len(sharing.schedulers) == 2
    assert list(sharing.write(task)) == lines
    assert all(scheduler.requests for scheduler in sharing.schedulers)


def test_auto_takes_the_large_model_where_a_verse_is_quick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert loading.automatic(tmp_path) == "lm"  # nothing is fetched
    folder = loading.prepared_folder(tmp_path, loading.LARGE)
    folder.mkdir(parents=True)
    monkeypatch.setattr(loading, "problem", lambda *_: "")
    assert loading.automatic(tmp_path) == "lm"  # not measured
    for noted, taken in ((12.5, "large"), (30.0, "large"), (31.0, "lm"), ("fast", "lm")):
        (folder / loading.SPEED).write_text(json.dumps({"verse_seconds": noted}))
        assert loading.automatic(tmp_path) == taken
    (folder / loading.SPEED).write_text(json.dumps({"verse_seconds": 12.5}))
    assert loading.automatic(tmp_path, own=tmp_path) == "lm"  # a model of one's own is asked for
    (folder / loading.SPEED).write_text("[]")
    assert loading.automatic(tmp_path) == "lm"
