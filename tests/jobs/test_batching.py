"""Writers that share forwards: what each of them gets is what it would get alone."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from atl_core.captioner.batching import (
    BatchedCaptioner,
    BatchScheduler,
    batched,
)
from atl_core.captioner.kv_cache import SequenceCache
from atl_core.captioner.load import load, prepare
from atl_core.captioner.model import Decoder
from atl_core.captioner.protocol import Task, WritingCancelledError, cancel_event
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.form import plan
from tests.machine import FETCHED, need_weights

VOCABULARY = 300
BRIEF = Brief(
    genre="country",
    mood="sad",
    energy="low",
    seed_words=("midnight", "train"),
    lines=2,
    scheme="AA",
    syllables=9,
    tempo=96.0,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model of the kind that writes, its weights drawn at random."""
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=4,
        num_attention_heads=6,
        num_key_value_heads=2,
        tie_word_embeddings=True,
        max_position_embeddings=256,
    )
    folder = tmp_path_factory.mktemp("model")
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(params=[torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
def model(folder: Path, request: pytest.FixtureRequest) -> Decoder:
    return Decoder(folder, torch.device("cpu"), request.param)


def drawn(model: Decoder, number: int) -> list[list[int]]:
    """What a writer does: a prompt of its own length read, then tokens drawn for its own rows."""
    generator = torch.Generator().manual_seed(number)
    prompt = torch.randint(VOCABULARY, (3 + 11 * number,), generator=generator)
    prefix = model.extend(model.empty_prefix(), prompt.tolist())
    rows = (48, 1, 20, 7, 2)[number % 5]
    cache = SequenceCache(prefix, rows, 16)
    ids = torch.randint(VOCABULARY, (rows, 1), generator=generator)
    texts = [ids[:, 0].tolist()]
    for step in range(12):
        chances = model.output_layer()(model.forward(cache, ids)[:, -1]).softmax(dim=-1)
        ids = torch.multinomial(chances, 1, generator=generator)
        if step == 5 and rows > 4:
            cache.keep_rows(torch.arange(1, rows))
            ids = ids[1:]
        texts.append(ids[:, 0].tolist())
    return texts


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each of these gives, all of them begun at one moment in threads of their own."""
    start = threading.Barrier(len(works))

    def work(one: Callable[[], Any]) -> Any:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(work, works))


def test_no_answer_is_changed_by_its_neighbours(model: Decoder) -> None:
    alone = [drawn(model, number) for number in range(6)]
    batcher = BatchScheduler(model, batch=True)

    def one(number: int) -> list[list[int]]:
        with batcher.writer():
            return drawn(batcher, number)

    together = at_once([partial(one, number) for number in range(6)])
    assert together == alone
    assert batcher.forwards < batcher.requests, "some forwards were shared"


def test_forwards_in_turn_give_the_same(model: Decoder) -> None:
    batcher = BatchScheduler(model, batch=False)
    assert at_once([partial(drawn, batcher, n) for n in range(3)]) == [
        drawn(model, number) for number in range(3)
    ]
    assert batcher.forwards == batcher.requests


class Cramped(Decoder):
    """A device with little memory."""

    most = 10

    def forward_many(self, requests: Sequence[tuple[SequenceCache, Tensor]]) -> list[Tensor]:
        if sum(ids.numel() for _, ids in requests) > self.most:
            raise torch.OutOfMemoryError("out of memory")
        return super().forward_many(requests)


class CrampedScheduler(BatchScheduler, Cramped):
    pass


def test_what_does_not_fit_into_memory_is_split_and_goes_on(folder: Path) -> None:
    model = Decoder(folder, torch.device("cpu"), torch.float32)

    def work(given: Decoder, rows: int) -> Tensor:
        prefix = given.extend(given.empty_prefix(), [3, 1, 4])
        cache = SequenceCache(prefix, rows, 4)
        first = given.forward(cache, torch.arange(rows * 2).view(rows, 2))
        return torch.cat([first, given.forward(cache, torch.ones(rows, 1).long())], dim=1)

    cramped = CrampedScheduler(model, batch=True)
    sizes = (16, 7, 1, 5)
    split = at_once([partial(work, cramped, rows) for rows in sizes])
    for rows, found in zip(sizes, split, strict=True):
        torch.testing.assert_close(found, work(model, rows), rtol=1e-4, atol=1e-5)
    with pytest.raises(torch.OutOfMemoryError):
        cramped.extend(cramped.empty_prefix(), list(range(11)))  # one row cannot be split


def test_an_error_stays_with_whose_it_is(folder: Path) -> None:
    batcher = BatchScheduler(Decoder(folder, torch.device("cpu"), torch.float32), batch=True)
    turns = itertools.count()

    def work() -> Any:
        with batcher.writer():
            if next(turns) == 1:
                with pytest.raises(IndexError):
                    batcher.extend(batcher.empty_prefix(), [VOCABULARY + 1])
                return "told"
            return drawn(batcher, 2)

    given = at_once([work] * 4)
    assert given.count("told") == 1
    assert given.count(drawn(batcher, 2)) == 3


def test_what_nobody_wants_is_not_read(folder: Path) -> None:
    batcher = BatchScheduler(Decoder(folder, torch.device("cpu"), torch.float32), batch=True)
    cancel = threading.Event()

    def work() -> None:
        cancel_event.set(cancel)
        batcher.extend(batcher.empty_prefix(), [1])
        cancel.set()
        with pytest.raises(WritingCancelledError):
            batcher.extend(batcher.empty_prefix(), [1])

    at_once([work])
    assert batcher.forwards == 1


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    """Writers of both genres, with nothing or much above their lines."""
    above = ("the rain came down on the old tin roof", "and nobody knew what to say")
    tasks = []
    for number, words in enumerate((("midnight", "train"), ("money",))):
        brief = replace(
            BRIEF,
            genre="hip-hop" if number == 1 else "country",
            seed_words=words,
            random_seed=number,
            syllables=9 + number,
        )
        before, letters = above[: number * 2 % 3], ("A", "B")[: number * 2 % 3]
        slots = plan(brief, [], 0.0, first=len(before), count=1)
        tasks.append(Task(brief, slots, before=before, before_rhymes=letters))
    return tasks


def test_the_writer_writes_the_same_lines_in_company(tasks: list[Task]) -> None:
    need_weights()
    prepare(FETCHED)
    plain = load("lm", FETCHED, "cpu", classifier(RANKER).score)
    alone = [list(plain.write(task)) for task in tasks]
    sharing = batched(plain)
    assert isinstance(sharing, BatchedCaptioner)

    def write(task: Task) -> list[str]:
        return list(sharing.write(task))

    assert at_once([partial(write, task) for task in tasks]) == alone
    (scheduler,) = sharing.schedulers
    assert scheduler.forwards < scheduler.requests


def test_captioners_that_cannot_share_are_left_as_they_are() -> None:
    class Own:
        name = "lstm"

        def write(self, task: Task) -> Iterator[str]:  # noqa: ARG002
            yield "a line"

        def options(self, task: Task, count: int) -> tuple[str, ...]:  # noqa: ARG002
            return ("a line",) * count

    own = Own()
    assert batched(own) is own
