"""The writer itself, with the weights that ship."""

from __future__ import annotations

import dataclasses
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from atl_core.captioner.captioner import LineCaptioner
from atl_core.captioner.constraints import MAX_LEAD
from atl_core.captioner.end_words import MIN_RHYMES, rhyming_ends
from atl_core.captioner.language_model import ROUNDS, LanguageModel
from atl_core.captioner.load import load, prepare, prepared_folder
from atl_core.captioner.logits_processors import LogitsProcessor
from atl_core.captioner.prompt import header
from atl_core.captioner.protocol import Captioner, Task
from atl_core.captioner.rerank import FORCED_END, MAX_GAIN, LineContext, score_fluency, score_gain
from atl_core.captioner.sampling import ForcedPrefix
from atl_core.errors import WeightsError
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.form import plan
from atl_core.lyrics.originality import load_index
from atl_core.lyrics.rhyme import end_word, is_close, rhyme
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.wordlists import is_clean
from atl_core.pipeline.captioners import Captioners
from atl_core.settings import Effort, Settings
from tests.machine import FETCHED, need_weights

BRIEF = Brief(
    genre="country",
    mood="sad",
    energy="low",
    seed_words=("midnight", "train"),
    lines=4,
    scheme="AABB",
    syllables=9,
    tempo=96.0,
    random_seed=5,
)


@pytest.fixture(scope="module")
def writer() -> Captioner:
    need_weights()
    prepare(FETCHED)
    writer = load("lm", FETCHED, "cpu", classifier(RANKER).score)
    assert isinstance(writer, LineCaptioner)
    assert isinstance(writer.proposer, LanguageModel)
    return dataclasses.replace(writer, proposer=dataclasses.replace(writer.proposer, rounds=ROUNDS))


@pytest.fixture(scope="module")
def model(writer: Captioner) -> LanguageModel:
    assert isinstance(writer, LineCaptioner)
    assert isinstance(writer.proposer, LanguageModel)
    return writer.proposer


@pytest.fixture(scope="module")
def verse(writer: Captioner) -> list[str]:
    return list(writer.write(Task(BRIEF, plan(BRIEF, [], 0.0, first=0, count=4))))


def test_the_first_line_opens_with_the_seed_words(verse: list[str]) -> None:
    spoken = words(verse[0])
    assert "midnight train" in " ".join(spoken[: MAX_LEAD + 2])


def test_lines_rhyme_as_the_scheme_says_and_on_other_words(verse: list[str]) -> None:
    ends = [end_word(line) for line in verse]
    assert is_close(ends[0], ends[1])
    assert is_close(ends[2], ends[3])
    assert len(set(ends)) == 4


def test_lines_are_as_long_as_planned(verse: list[str]) -> None:
    assert all(abs(count_syllables(line) - BRIEF.syllables) <= 1 for line in verse)


def test_nothing_is_copied_nor_explicit(verse: list[str]) -> None:
    assert not any(load_index().copied(verse))
    assert all(is_clean(line) for line in verse)


def test_the_same_task_gives_the_same_lines_and_another_seed_others(
    writer: Captioner, verse: list[str]
) -> None:
    slots = plan(BRIEF, [], 0.0, first=0, count=2)
    assert list(writer.write(Task(BRIEF, slots))) == verse[:2]
    other = dataclasses.replace(BRIEF, random_seed=6)
    assert next(writer.write(Task(other, slots))) != verse[0]


def test_a_line_between_others_rhymes_with_the_one_below(writer: Captioner) -> None:
    slots = plan(BRIEF, [], 0.0, first=0, count=2)
    below = "I never saw the sun go down so slow"
    task = Task(
        BRIEF, slots[:1], after=(below,), after_rhymes=(slots[1].rhyme,), avoid=("Midnight train",)
    )
    (line,) = writer.write(task)
    assert is_close(end_word(line), "slow")


def test_a_word_that_nothing_rhymes_with_is_answered_by_its_vowels(writer: Captioner) -> None:
    slots = plan(BRIEF, [], 0.0, first=1, count=1)
    above = "She left me with a half an orange"
    (line,) = writer.write(Task(BRIEF, slots, before=(above,), before_rhymes=(slots[0].rhyme,)))
    assert rhyme(end_word(line), "orange")


def test_a_word_that_little_rhymes_with_opens_no_rhyme_but_is_still_answered(
    writer: Captioner,
) -> None:
    assert len(rhyming_ends(["rolling"])) < MIN_RHYMES
    slots = plan(BRIEF, [], 0.0, first=1, count=1)
    above = "Along the bank the river keeps on rolling"
    (line,) = writer.write(Task(BRIEF, slots, before=(above,), before_rhymes=(slots[0].rhyme,)))
    assert rhyme(end_word(line), "rolling")


def test_what_people_rhyme_with_is_offered() -> None:
    """Without the small words "me" and "you" were answered by "paparazzi" and "tattoo"."""
    assert {"be", "free", "see"} <= set(rhyming_ends(["me"]))
    assert {"do", "through", "blue"} <= set(rhyming_ends(["you"]))
    assert "too" not in rhyming_ends(["you"], taken={"too"})


def test_many_seed_words_are_spread_over_the_verse(writer: Captioner) -> None:
    seeds = ("river", "whiskey", "mama", "gold")
    brief = dataclasses.replace(BRIEF, seed_words=seeds, lines=2)
    lines = list(writer.write(Task(brief, plan(brief, [], 0.0, first=0, count=2))))
    assert set(seeds) <= {word for line in lines for word in words(line)}


def test_a_line_uses_the_word_that_it_must_although_the_song_has_it(writer: Captioner) -> None:
    slots = plan(BRIEF, [], 0.0, first=1, count=1)
    above = "I never saw the river run so slow"
    task = Task(BRIEF, slots, before=(above,), before_rhymes=(slots[0].rhyme,), must_use=("river",))
    (line,) = writer.write(task)
    assert "river" in words(line)


def test_more_seed_words_than_lines_are_all_used(writer: Captioner) -> None:
    brief = dataclasses.replace(BRIEF, seed_words=("river", "gold", "mama"), syllables=10)
    (line,) = writer.write(Task(brief, plan(brief, [], 0.0, first=0, count=1)))
    assert {"river", "gold", "mama"} <= set(words(line))


def test_no_candidate_says_three_tokens_in_a_row_of_a_line_above(model: LanguageModel) -> None:
    sampler = model.sampler
    above = "I never saw the river run so slow"
    prefix = sampler.read(sampler.model.empty_prefix(), f"country\nabout: river\n9: {above}\n9")
    drawn = sampler.lines(
        prefix,
        [ForcedPrefix(":", "I never saw")] * 12,
        torch.Generator().manual_seed(0),
        temperature=1.0,
        min_p=0.05,
        max_tokens=16,
        processors=[sampler.no_repetition([above])],
    )
    said = [sampler.ids(f" {candidate}") for candidate in drawn]
    runs = {run for ids in said for run in zip(ids[1:], ids[2:], ids[3:], strict=False)}
    first, *known = sampler.ids(f" {above}")
    assert said
    assert first
    assert runs.isdisjoint(zip(known, known[1:], known[2:], strict=False))
    assert all(len(set(pairwise(ids[3:]))) == len(ids[3:]) - 1 for ids in said)


def test_more_lines_are_of_the_right_length_where_their_ends_are_pulled(
    model: LanguageModel,
) -> None:
    sampler = model.sampler
    head = sampler.read(
        sampler.model.empty_prefix(), header("country", "sad", "low", False, ["river"])
    )
    prefix = sampler.read(head, "9")
    starts = [ForcedPrefix(f" {word}:") for word in ("tree", "night", "road")]

    def exact(pull: float) -> int:
        drawn = sampler.lines(
            prefix,
            starts * 8,
            torch.Generator().manual_seed(0),
            temperature=1.0,
            min_p=0.05,
            max_tokens=16,
            processors=[sampler.on_length(starts * 8, 9, pull)],
        )
        return sum(count_syllables(line) == 9 for line in drawn)

    assert exact(6.0) > exact(0.0) + 2


def test_an_announced_end_is_favoured_where_it_fills_the_line(model: LanguageModel) -> None:
    sampler = model.sampler
    starts = [ForcedPrefix(" tree:"), ForcedPrefix(":")]
    processor = sampler.on_length(starts, 6, 2.0)
    end = int((sampler.vocabulary == sampler.ids(" tree")[0]).nonzero())
    (newline,) = sampler.newline

    def change(text: str, candidate: int) -> tuple[float, float]:
        """Of the announced end, and of the line break."""
        logits = torch.zeros(1, len(sampler.vocabulary))
        processor([sampler.ids(text)], logits, [candidate])
        changed = logits[0, sampler.vocabulary == newline]
        return float(logits[0, end]), float(changed)

    assert change(" I sat down", 0) == (-2.0, -2.0)
    assert change(" I sat down by the", 0) == (2.0, -2.0)
    assert change(" I sat down by the", 1) == (0.0, -2.0)
    assert change(" I sat down by the tree", 0) == (0.0, 2.0)
    assert change(" I sat down by the river", 0) == (0.0, 0.0)


def test_no_fourth_line_opens_as_the_three_above_it(model: LanguageModel) -> None:
    sampler = model.sampler
    above = [f"Broken radio {rest}" for rest in ("on my heart", "in my mind", "on the road", "now")]
    head = sampler.read(
        sampler.model.empty_prefix(), header("country", "sad", "low", False, ["radio"])
    )
    prefix = sampler.read(model.read_lines(head, above), "7")

    def openings(processor: LogitsProcessor) -> set[str]:
        drawn = sampler.lines(
            prefix,
            [ForcedPrefix(":")] * 12,
            torch.Generator().manual_seed(0),
            temperature=1.0,
            min_p=0.05,
            max_tokens=12,
            processors=[processor],
        )
        return {words(candidate)[0] for candidate in drawn}

    assert "broken" in openings(sampler.no_repetition(above))
    assert "broken" not in openings(sampler.no_repetition(above, above))
    assert "broken" in openings(sampler.no_repetition(above, [*above, "I turned it off"]))


def test_a_line_that_goes_on_from_those_above_gains_by_them(model: LanguageModel) -> None:
    sampler = model.sampler
    head = sampler.read(
        sampler.model.empty_prefix(), header("country", "sad", "low", False, ["coffee"])
    )
    above = ["I burned the toast and I spilled the cream", "My kitchen is a mess this morning"]
    texts = ["And now my coffee is getting cold", "The sheriff rode his horse to Texas"]
    eight = sampler.ids("8")

    def gains(place: LineContext) -> list[float]:
        found, log_probs = score_fluency(sampler, model.critic, place, texts)
        # Until the gain is known it is the largest that counts.
        assert {line.gain for line in found} == {MAX_GAIN if place.without_lines else 0.0}
        return score_gain(sampler, place, texts, log_probs)

    prefix = sampler.model.extend(model.read_lines(head, above), eight)
    goes_on, stranger = gains(LineContext(prefix, sampler.model.extend(head, eight)))
    assert goes_on > stranger
    assert gains(LineContext(prefix, None)) == [0.0, 0.0]


def test_an_end_that_is_bent_to_the_rhyme_and_one_that_breaks_off_are_noticed(
    model: LanguageModel,
) -> None:
    sampler = model.sampler
    head = sampler.read(
        sampler.model.empty_prefix(), header("country", "sad", "low", False, ["river"])
    )
    texts = [
        "I feel so all alone and blue",
        "I feel so all alone and knew",
        "I never knew how blue I could",
    ]
    place = LineContext(sampler.read(head, "8"), None)
    (natural, bent, breaks_off), _ = score_fluency(sampler, model.critic, place, texts)
    assert natural.end > FORCED_END > bent.end
    assert breaks_off.stop < min(natural.stop, bent.stop) - 1


def test_whoever_takes_care_chooses_from_more_candidates() -> None:
    need_weights()
    efforts: tuple[tuple[Effort, int], ...] = (("quick", 36), ("careful", 72))
    for effort, candidates in efforts:
        captioners = Captioners(Settings(home=FETCHED.parent, device="cpu", effort=effort))
        found = captioners.get("lm")
        assert isinstance(found, LineCaptioner)
        assert isinstance(found.proposer, LanguageModel)
        assert found.proposer.rounds[0].candidates == candidates
    # The last of them, the careful one, writes lines that rhyme.
    first, second = found.write(Task(BRIEF, plan(BRIEF, [], 0.0, first=0, count=2)))
    assert is_close(end_word(first), end_word(second))


def test_a_damaged_model_is_noticed_and_named(tmp_path: Path) -> None:
    need_weights()
    prepare(FETCHED)
    folder = prepared_folder(tmp_path)
    shutil.copytree(prepared_folder(FETCHED), folder)
    with (folder / "model.safetensors").open("r+b") as file:
        file.truncate(1_000_000)
    with pytest.raises(WeightsError, match="damaged"):
        load("lm", tmp_path, "cpu", classifier(RANKER).score)


def test_a_model_that_is_not_there_is_named_with_its_remedy() -> None:
    with pytest.raises(WeightsError, match="atl weights fetch"):
        load("lm", FETCHED / "nowhere", "cpu", classifier(RANKER).score)
