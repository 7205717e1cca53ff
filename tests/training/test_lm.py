"""Any Llama that transformers loads is tuned, packaged and written with: a tiny random one here."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM
from transformers import PreTrainedTokenizerFast as FastTokenizer

from atl_core.captioner.captioner import LineCaptioner
from atl_core.captioner.constraints import opens_with
from atl_core.captioner.critic import features
from atl_core.captioner.load import RANKING, load
from atl_core.captioner.model import Decoder
from atl_core.captioner.protocol import Task
from atl_core.errors import WeightsError
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.brief import GENRES, Brief
from atl_core.lyrics.form import plan
from atl_core.lyrics.text import words
from atl_core.settings import load_settings
from tests.training.captioners.shelf import lyrics
from training.__main__ import main
from training.lm import prefer, rankings
from training.lm.labels import mood_of, read_labels
from training.lm.likelihood import Branches, read_branches
from training.lm.lora import adapter_state, attach, load_adapter_state, merge
from training.lm.places import ON_SHEET, Choice, Place, briefs
from training.lm.train import Config, line_vocabulary, load_base, train

pytestmark = pytest.mark.usefixtures("one_thread")
STYLE = (
    "hip-hop country happy sad chill party love dark low medium high energy clean about: 9 10 11"
)
ROOT = Path(__file__).parents[2]

KILLED = """
import json, os, signal, sys
import torch
from training.lm import train as script
torch.set_num_threads(1)
saved = torch.save
def save_and_die(what, file):
    saved(what, file)
    if what["step"] == 20:
        with open(file, "r+b") as written:
            written.truncate(1000)
        os.kill(os.getpid(), signal.SIGKILL)
torch.save = save_and_die
script.train(script.Config(**json.loads(sys.argv[1])))
"""
"""A run that is killed while it writes its second checkpoint, of which a part is there."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sections of made-up songs, split as the real ones are."""
    folder = tmp_path_factory.mktemp("lyrics")
    for split, first, count in (("train", 0, 120), ("valid", 500, 24), ("test", 600, 8)):
        with gzip.open(folder / f"{split}.jsonl.gz", "wt", encoding="utf-8") as file:
            for seed in range(first, first + count):
                lines = lyrics(seed, lines=6).splitlines()[1:]
                row: dict[str, Any] = {"genre": GENRES[seed % 2], "source": "made up"}
                row |= {"group": f"artist {seed}", "lines": lines}
                file.write(json.dumps(row) + "\n")
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random Llama of two layers with a tokenizer of its own, as transformers saves them."""
    folder = tmp_path_factory.mktemp("base")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=520, special_tokens=["<end>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
    )  # fmt: skip
    # Line by line, as the writer's format has them: each word is then one token, capital or not.
    sung = [line for seed in range(40) for line in lyrics(seed).splitlines()[1:]]
    tokenizer.train_from_iterator([*(f" {line}\n" for line in sung), f" {STYLE}"], trainer)
    FastTokenizer(tokenizer_object=tokenizer, eos_token="<end>").save_pretrained(folder)
    torch.manual_seed(3)
    # Embeddings and head stay frozen: at the usual 0.02 no adapter could make a word likely.
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, intermediate_size=64,
        num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=512, initializer_range=0.25, tie_word_embeddings=False,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def sections(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `python -m training prepare sections` makes of the songs."""
    out = tmp_path_factory.mktemp("sections") / "sections.jsonl.gz"
    asked = f"prepare sections --data {data} --out {out}"
    result = CliRunner().invoke(main, asked.split(), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope="module")
def config(sections: Path, base: Path, tmp_path_factory: pytest.TempPathFactory) -> Config:
    return Config(
        sections=str(sections), base=str(base), out=str(tmp_path_factory.mktemp("run")), rank=8,
        alpha=32.0, batch_tokens=560, learning_rate=1e-2, warmup_steps=5, epochs=1.6,
        evaluate_every=20,
    )  # fmt: skip


@pytest.fixture(scope="module")
def run(config: Config) -> Path:
    return train(config)


@pytest.fixture(scope="module")
def folder(sections: Path, base: Path, run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `python -m training package lm` makes of the run."""
    out = tmp_path_factory.mktemp("writer")
    asked = f"package lm --sections {sections} --base {base} --run {run} --out {out}"
    result = CliRunner().invoke(main, asked.split(), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return out


def curve(run: Path) -> list[dict[str, float]]:
    return [json.loads(row) for row in (run / "curve.jsonl").read_text().splitlines()]


def test_a_text_has_the_mood_of_most_of_its_words() -> None:
    assert mood_of("she cried goodbye and smiled".split()) == "sad"
    assert mood_of("she cried and smiled".split()) is None


def test_it_learns_what_the_songs_say(run: Path) -> None:
    rows = curve(run)
    assert [row["step"] for row in rows][:3] == [0, 20, 40]
    losses = [row["held_out"] for row in rows]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0] - 1


def test_a_run_killed_in_the_middle_of_a_checkpoint_goes_on_from_the_one_before(
    config: Config, tmp_path: Path
) -> None:
    short = replace(config, out=str(tmp_path), epochs=1.2, evaluate_every=10)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, json.dumps(asdict(short))],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr
    assert [row["step"] for row in curve(tmp_path)] == [0, 10]
    before = torch.load(tmp_path / "last.pt", weights_only=True)
    assert before["step"] == 10
    train(short)
    assert [row["step"] for row in curve(tmp_path)][:4] == [0, 10, 20, 30]
    assert curve(tmp_path)[:2] == before["curve"]
    after = torch.load(tmp_path / "last.pt", weights_only=True)
    assert after["tokens"] > before["tokens"]
    assert not all(
        after["adapter"][name].equal(before["adapter"][name]) for name in after["adapter"]
    )


def test_preferences_move_it_from_its_own_lines_towards_peoples(
    sections: Path, config: Config, run: Path, tmp_path: Path
) -> None:
    model, _ = load_base(config)
    load_adapter_state(model, load_file(run / "adapter.safetensors"))
    pool = list(read_labels(sections))
    tokenizer = Tokenizer.from_file(f"{config.base}/tokenizer.json")
    vocabulary = line_vocabulary(pool, tokenizer)
    found = list(prefer.places(pool, "prefer", (0.0, 1.0), random.Random(1), each=2))
    own = prefer.propose(model, tokenizer, found, vocabulary, seed=1)
    pairs = prefer.pairs_of(found, own, tokenizer, 1)
    assert pairs
    rows = prefer.prefer(model, pairs, pairs, vocabulary, tmp_path, rate=1e-2, batch=8, passes=4)
    assert rows[-1]["pairs_right"] > 0.8
    assert rows[-1]["chosen_change"] > rows[-1]["rejected_change"]


def test_a_run_gets_preferences_and_a_critic_by_one_command(
    sections: Path, base: Path, run: Path, tmp_path: Path
) -> None:
    for name in ("config.json", "adapter.safetensors"):
        (tmp_path / name).write_bytes((run / name).read_bytes())
    asked = f"train preference --sections {sections} --base {base} --run {tmp_path} --places 480"
    result = CliRunner().invoke(main, asked.split(), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert set(load_file(tmp_path / "critic.safetensors")) == {"mean", "scale", "weight"}
    tuned = load_file(run / "adapter.safetensors")
    preferred = load_file(tmp_path / "preferred.safetensors")
    assert set(preferred) == set(tuned)
    assert not all(preferred[name].equal(tuned[name]) for name in tuned)


def test_readers_rankings_move_it_towards_what_they_preferred(
    sections: Path, base: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers who like lines with the letter b best: learnt from some subjects, seen in others."""
    taught = tmp_path / "writer"
    shutil.copytree(folder, taught)
    lines = sorted({line for seed in range(60) for line in lyrics(seed).splitlines()[1:]})
    choices, rng = [], random.Random(1)
    for brief in briefs([f"subject {number}" for number in range(60)], 60, seed=1):
        ranked = sorted(rng.sample(lines, ON_SHEET), key=lambda line: (-line.count("b"), line))
        place = Place(brief.to_json(), ("night",), (rng.choice(lines),), 9, (), ())
        choices.append(Choice(place, tuple(ranked)))
    (taught / RANKING).write_text("{}")
    monkeypatch.setattr(rankings, "SECTION_TOKENS", 600)  # the songs have few more
    config = rankings.Config(rate=1e-2, epochs=12, share=0.9, places=16)
    noted = rankings.run(sections, base, choices, taught, "cpu", config)
    before, after = (load_file(one / "adapter.safetensors") for one in (folder, taught))
    assert before.keys() == after.keys()
    assert before["vocabulary"].equal(after["vocabulary"])
    card = json.loads((taught / "adapter.json").read_text())
    assert card["rankings"] == {"config": asdict(config), **noted}
    assert noted["moved_right"] > 0.6  # by chance 0.5; many lines have as many
    assert noted["best_moved"] > noted["last_moved"] + 3
    assert noted["people"] < noted["people_before"] + 0.5
    # The weights of the ranking belonged to the writer before; and nothing is learnt twice.
    assert not (taught / RANKING).exists()
    with pytest.raises(ValueError, match="learnt from rankings"):
        rankings.run(sections, base, choices, taught, "cpu", config)


def test_lines_that_share_a_prompt_are_read_as_if_each_stood_alone(base: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    vocabulary = torch.arange(10, 90)
    prompts = [[5, 30, 40], [7, 31, 32, 33, 34, 12]]
    lines = [([20], [41, 42, 13]), ([21, 22], [43, 13]), ([20], [20, 45, 99, 47, 13])]
    batch = [Branches(prompt, lines) for prompt in prompts]
    likelihood, states = read_branches(model, batch, vocabulary)
    alone = [(prompt + given, line) for prompt in prompts for given, line in lines]
    for row, (given, line) in enumerate(alone):
        with torch.no_grad():
            found = model(torch.tensor([given + line]), output_hidden_states=True)
        seen = found.hidden_states[-1][0, len(given) :]
        log_probs = found.logits[0, len(given) - 1 : -1, vocabulary].log_softmax(1)
        # A token outside the vocabulary is as likely as the least likely one in it.
        each = [
            log_probs[at, token - vocabulary[0]] if token in vocabulary else log_probs[at].min()
            for at, token in enumerate(line)
        ]
        assert likelihood[row].item() == pytest.approx(float(sum(each)), abs=1e-4)
        assert torch.allclose(states[row], features(seen), atol=1e-4)


def test_what_is_packaged_computes_what_was_trained(run: Path, base: Path, folder: Path) -> None:
    trained = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    untuned = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    attach(trained, rank=8, alpha=32.0)
    load_adapter_state(trained, load_file(run / "adapter.safetensors"))
    ids = [5, 300, 400, 301, 410, 12]
    ours = Decoder(folder, torch.device("cpu"), torch.float32)
    with torch.no_grad():
        wanted = trained(torch.tensor([ids])).logits[0, -1]
        before = untuned(torch.tensor([ids])).logits[0, -1]
    found = ours.output_layer()(ours.extend(ours.empty_prefix(), ids).last_hidden)
    # The package is in bytes and its sum with the base in bfloat16.
    assert (found - wanted).abs().max() < 0.05 * (before - wanted).abs().max()


def test_merging_an_adapter_gives_what_the_adapter_gave(base: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    for parameter in attach(model, rank=2, alpha=8.0):
        torch.nn.init.normal_(parameter, std=0.1)
    merge(plain, adapter_state(model))
    ids = torch.tensor([[7, 8, 9]])
    with torch.no_grad():
        torch.testing.assert_close(plain(ids).logits, model(ids).logits, rtol=1e-3, atol=1e-3)


def test_it_writes(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ATL_LM_FOLDER", str(folder))
    writer = load("lm", tmp_path, "cpu", classifier(RANKER).score, load_settings().lm_folder)
    assert isinstance(writer, LineCaptioner)
    brief = Brief("country", "sad", "low", ("river",), 4, "AABB", 9, 96.0, random_seed=1)
    lines = list(writer.write(Task(brief, plan(brief, [], 0.0, first=0, count=4))))
    assert len(lines) == 4
    assert opens_with(words(lines[0]), ["river"])
    known = {word for seed in range(40) for word in words(lyrics(seed))}
    assert {word for line in lines[1:] for word in words(line)} <= known


def test_a_folder_that_lacks_a_part_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"lacks config\.json.*package lm"):
        load("lm", tmp_path, "cpu", classifier(RANKER).score, tmp_path)


def test_a_base_of_ones_own_needs_a_folder_of_its_own(
    sections: Path, base: Path, run: Path
) -> None:
    asked = f"package lm --sections {sections} --base {base} --run {run}"
    result = CliRunner().invoke(main, asked.split())
    assert result.exit_code == 2
    assert "--out" in result.output
