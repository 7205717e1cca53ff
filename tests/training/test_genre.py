"""Genre training from end to end on a toy corpus of our own, and the measures by hand."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, pre_tokenizers

from atl_core.captioner.adapter import update_of
from atl_core.captioner.genre_reader import GenreReader
from atl_core.captioner.model import Decoder
from atl_core.genre import linear as stored_linear
from atl_core.genre import neither as stored_neither
from atl_core.genre import others as stored_others
from atl_core.genre.others import SONG_GENRES, probabilities
from atl_core.genre.text import words
from tests.tiny_models import CPU, SIZES, saved_model
from training.__main__ import main
from training.genre import (
    adapter,
    detector,
    evaluate,
    linear,
    measures,
    networks,
    neural,
    thorough,
)
from training.genre import others as others_training
from training.genre.data import GENRES, Section, artist_weights, excerpt, part, read
from training.genre.readings import mean_state

pytestmark = pytest.mark.usefixtures("one_thread")
TALK = {
    "hip-hop": "block homies cash rhyme mic crew haters gold ride flow",
    "country": "whiskey porch truck daddy road guitar boots river barn creek",
    "pop": "dance heart tonight baby dream kiss sky fly shine alone",
    "rock": "fire scream wire burn blood stone edge storm night broken",
}
COMMON = "the and i you my on in a to we".split()


@pytest.fixture(scope="module")
def lyrics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of splits: each genre has ten words of its own among ten that all share."""
    folder = tmp_path_factory.mktemp("lyrics")
    rng = random.Random(0)
    for split, artists in (("train", 20), ("valid", 2), ("test", 5)):
        with gzip.open(folder / f"{split}.jsonl.gz", "wt") as file:
            for genre, own in TALK.items():
                for artist in range(artists):
                    for number in range(3):
                        lines = [
                            " ".join(rng.choices(own.split(), k=2) + rng.choices(COMMON, k=5))
                            for _ in range(rng.choice((4, 9)))
                        ]
                        group = f"{split}-{genre}-{artist}"
                        row = {"genre": genre, "group": group, "song": str(number), "lines": lines}
                        file.write(json.dumps(row) + "\n")
    return folder


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts that are neither, as `prepare genre` writes them."""
    file = tmp_path_factory.mktemp("neither") / "neither.jsonl.gz"
    rng = random.Random(1)
    vocabulary = "committee budget return import function annual value list des und der".split()
    with gzip.open(file, "wt") as rows:
        for kind in ("prose", "code", "language"):
            for source in range(30):
                text = " ".join(rng.choices(vocabulary, k=30))
                split = "test" if source % 3 == 0 else "train"
                row = {"kind": kind, "source": f"{kind}{source}", "split": split, "text": text}
                rows.write(json.dumps(row) + "\n")
    return file


@pytest.mark.parametrize("name", ["linear", "judge", "ranker"])
def test_a_linear_classifier_learns_and_is_read_back(
    name: str, lyrics: Path, tmp_path: Path
) -> None:
    trained = linear.train(name, lyrics, tmp_path)
    read_back = stored_linear.load(tmp_path)
    test = read(lyrics, "test")
    texts = [section.text for section in test]
    truth = np.array([section.genre == "hip-hop" for section in test])
    assert np.mean((read_back.score(texts) > 0) == truth) > 0.95
    np.testing.assert_allclose(read_back.score(texts), trained.score(texts), atol=0.05)


def test_the_judge_and_the_ranker_see_no_artist_in_common() -> None:
    judge, ranker = linear.RECIPES["judge"], linear.RECIPES["ranker"]
    assert not set(judge.thirds) & set(ranker.thirds)
    assert judge.naive_bayes != ranker.naive_bayes


@pytest.mark.parametrize("name", ["lstm", "han"])
def test_a_network_learns_and_is_read_back(name: str, lyrics: Path, tmp_path: Path) -> None:
    neural.train(name, lyrics, tmp_path, epochs=6)
    test = read(lyrics, "test")
    scores = networks.load(tmp_path).score([section.text for section in test])
    truth = np.array([section.genre == "hip-hop" for section in test])
    assert np.mean((scores > 0) == truth) > 0.9


def test_the_detector_learns_what_is_neither(lyrics: Path, others: Path, tmp_path: Path) -> None:
    detector.train(lyrics, others, tmp_path)
    trained = stored_neither.load(tmp_path)
    kept = [trained.is_lyrics(words(section.text)) for section in read(lyrics, "test")]
    assert np.mean(kept) > 0.9
    assert not trained.is_lyrics(words("the annual budget of the committee and the return value"))


@pytest.fixture(scope="module")
def vocabulary(lyrics: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("linear")
    linear.train("linear", lyrics, folder)
    return folder


@pytest.fixture(scope="module")
def pop_and_rock(lyrics: Path, vocabulary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("others")
    others_training.train(lyrics, folder, vocabulary)
    return folder


def test_pop_and_rock_are_told_from_the_two_genres(
    lyrics: Path, vocabulary: Path, pop_and_rock: Path
) -> None:
    trained = stored_others.load(pop_and_rock)
    model = stored_linear.load(vocabulary)
    called = defaultdict(list)
    for section in read(lyrics, "test", SONG_GENRES):
        found = words(section.text)
        evidence = [trained.evidence(model.features(found))]
        hip_hop = model.log_odds(found)
        other, pop = trained.weighing.log_odds(evidence, len(found), hip_hop)
        called[section.genre].append(trained.weighing.is_other(other, len(found)))
        shares = probabilities(hip_hop, other, pop)
        assert sum(shares.values()) == pytest.approx(1.0)
        assert max(shares, key=shares.__getitem__) == section.genre
    assert np.mean(called["pop"] + called["rock"]) > 0.9
    assert np.mean(called["hip-hop"] + called["country"]) < 0.1


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random model that reads the words of the toy corpus."""
    folder = tmp_path_factory.mktemp("base")
    saved_model(folder)
    known = ["?", "\n", *COMMON, *" ".join(TALK.values()).split()]
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(known)}, "?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split("\n", "isolated"), pre_tokenizers.Split(" ", "removed")]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_a_language_model_learns_four_genres_and_is_weighed_beside_the_words(
    lyrics: Path, base: Path, vocabulary: Path, pop_and_rock: Path, tmp_path: Path
) -> None:
    out, readings = tmp_path / "out", tmp_path / "readings"
    quick = adapter.Recipe(epochs=5, batch_tokens=1000, learning_rate=0.01, head_rate=0.3)
    tensors = load_file(adapter.train(lyrics, base, out, "cpu", quick))
    assert tensors["model.layers.0.mlp.up_proj.lora_a"].shape == (4, SIZES["hidden_size"])
    decoder = Decoder(base, CPU).adapted(tensors)
    reader = GenreReader(decoder, Tokenizer.from_file(str(base / "tokenizer.json")))
    trained = thorough.train(lyrics, out, readings, vocabulary, pop_and_rock, lambda _: reader)
    right, called = [], []
    for section in read(lyrics, "test", SONG_GENRES):
        found = words(section.text)
        evidence = thorough.whole(trained, mean_state(reader, found)).evidence()
        shares = probabilities(*evidence)
        called.append(max(shares, key=shares.__getitem__) == section.genre)
        if section.genre in GENRES:
            log_odds = trained.log_odds_alone(evidence[0], len(found))
            right.append((log_odds > 0) == (section.genre == "hip-hop"))
    assert np.mean(right) > 0.9
    assert np.mean(called) > 0.8

    def never(_: Path) -> GenreReader:
        raise AssertionError("everything was read before")

    again = thorough.train(lyrics, out, readings, vocabulary, pop_and_rock, never)
    assert again.together == trained.together


def test_a_cut_adapter_is_the_nearest_of_its_rank() -> None:
    made = torch.Generator().manual_seed(1)
    whole = {"x.lora_a": torch.randn(5, 20, generator=made),
             "x.lora_b": torch.randn(30, 5, generator=made)}  # fmt: skip
    update = update_of(whole, "x")
    assert torch.allclose(update_of(adapter.cut(whole, 5), "x"), update, atol=1e-4)
    small = adapter.cut(whole, 2)
    assert small["x.lora_a"].shape == (2, 20)
    lost = float((update_of(small, "x") - update).norm())
    assert lost == pytest.approx(float(torch.linalg.svdvals(update)[2:].norm()), rel=1e-3)


def test_the_evaluation_writes_its_table_figures_and_drafts(lyrics: Path, tmp_path: Path) -> None:
    drafts = tmp_path / "drafts.jsonl"
    drafts.write_text(
        json.dumps({"genre": "country", "lines": ["whiskey on the porch", "old truck"]})
        + "\n"
        + json.dumps({"brief": {"genre": "hip-hop"}, "lines": [{"text": "homies on the block"}]})
        + "\n"
    )
    out = tmp_path / "run"
    answer = CliRunner().invoke(
        main,
        f"evaluate genre --data {lyrics} --out {out} --drafts {drafts} --classical --draws 20 "
        "--model genre-ranker --model genre-judge".split(),
        catch_exceptions=False,
    )
    assert answer.exit_code == 0
    table = (out / "table.md").read_text()
    for name in ("genre-ranker", "decision tree", "k nearest neighbours", "8 lines", "masked"):
        assert name in table
    assert (out / "confusion-real-genre-judge.png").stat().st_size > 1000
    assert (out / "confusion-generated-genre-judge.png").stat().st_size > 1000
    assert (out / "reliability-random-forest.png").stat().st_size > 1000
    rows = list(csv.DictReader((out / "drafts.csv").open()))
    assert [row["asked"] for row in rows] == ["country", "hip-hop"]
    assert float(rows[0]["hip-hop by genre-judge"]) < 0.5


def test_swapped_dress_changes_no_word_that_counts() -> None:
    lines = ("Runnin' down the gravel road", "Singing to the morning, darlin'")
    plain = words("\n".join(lines))
    assert words(evaluate.dress_as_hip_hop(lines)) == plain
    assert words(evaluate.dress_as_country(lines)) == plain
    assert evaluate.dress_as_hip_hop(lines) != evaluate.dress_as_country(lines)


def test_measures_by_hand() -> None:
    log_odds = np.array([2.0, -1.0, -3.0, 1.0, -2.0])
    hip_hop = np.array([True, True, False, False, False])
    ones = np.ones(5)
    assert measures.accuracy(log_odds, hip_hop, ones) == pytest.approx(3 / 5)
    assert measures.balanced_accuracy(log_odds, hip_hop, ones) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert measures.macro_f1(log_odds, hip_hop, ones) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert measures.auc(log_odds, hip_hop, ones) == pytest.approx(5 / 6)


def test_a_certain_and_right_classifier_is_calibrated_and_a_wrong_one_is_not() -> None:
    hip_hop = np.array([True, False] * 50)
    certain = np.where(hip_hop, 20.0, -20.0)
    assert measures.calibration_error(certain, hip_hop) == pytest.approx(0.0, abs=1e-6)
    assert measures.calibration_error(-certain, hip_hop) == pytest.approx(1.0, abs=1e-6)


def test_a_perfect_classifier_is_off_by_chance_and_less_so_on_more_texts() -> None:
    few, many = np.linspace(-3, 3, 60), np.linspace(-3, 3, 6000)
    assert measures.calibration_by_chance(many).value < 0.02
    assert measures.calibration_by_chance(few).low > 0.05
    true = np.random.default_rng(1).random(60) < 1 / (1 + np.exp(-few))
    assert measures.calibration_error(few, true) < measures.calibration_by_chance(few).high
    assert measures.calibration_error(3 * few, true) > measures.calibration_by_chance(3 * few).high


def test_a_text_that_is_drawn_twice_counts_twice_for_calibration() -> None:
    log_odds = np.array([2.0, -1.0, -3.0, 1.0, -2.0, 0.1])
    hip_hop = np.array([True, True, False, False, False, True])
    drawn = np.array([2, 1, 0, 3, 1, 1])
    again = [np.repeat(values, drawn) for values in (log_odds, hip_hop)]
    assert measures.calibration_error(log_odds, hip_hop, drawn) == pytest.approx(
        measures.calibration_error(*again)
    )
    found = measures.report(log_odds, hip_hop, ["a", "b", "c", "d", "e", "f"], draws=50)
    assert found.calibration_error.low < found.calibration_error.high


@given(st.lists(st.tuples(st.floats(-9, 9), st.booleans()), min_size=2, max_size=40))
def test_auc_is_the_chance_to_rank_a_pair_right(pairs: list[tuple[float, bool]]) -> None:
    log_odds = np.array([score for score, _ in pairs])
    hip_hop = np.array([truth for _, truth in pairs])
    if hip_hop.all() or not hip_hop.any():
        return
    above = [
        float(a > b) + 0.5 * float(a == b) for a in log_odds[hip_hop] for b in log_odds[~hip_hop]
    ]
    assert measures.auc(log_odds, hip_hop, np.ones(len(pairs))) == pytest.approx(np.mean(above))


def test_excerpts_are_lines_in_a_row_and_artists_share_the_floor() -> None:
    section = Section("country", "a", "s", tuple("abcdef"))
    rng = random.Random(0)
    assert all(excerpt(section, 3, rng).replace("\n", "") in "abcdef" for _ in range(20))
    assert excerpt(section, 99, rng) == section.text
    assert artist_weights(["a"] * 4 + ["b"]).tolist() == [0.5] * 4 + [1.0]
    assert {part(f"artist {number}", 3) for number in range(50)} == {0, 1, 2}
