"""Whether the writer gains by hearing the beat itself: soft prefix tokens, as an ablation.

    python benchmarks/soft_prefix.py HIP_HOP_FOLDER ... --data DIR

After ClipCap (Mokady et al. 2021): the tuned writer stays as it is, and a small map makes four
embeddings that stand before the header of the tagger's 200 features of a beat. Songs with their
beats are not at hand, so pairs are weak: a section of lyrics with any beat of its genre. By that
making a beat can tell its genre and no more, and the header has a word for the genre; the question
is whether the figures agree.

Three maps learn from the same sections, beats and draws: one before a header with the genre word,
one before a header without it, to see that a map can learn to hear at all, and one that is deaf
(its input is always zero), since trained embeddings change the loss whatever they say.

Measured on sections of artists and on beats that neither writer nor map has seen: nats a learnt
token (end words and lines), with 95 % intervals by bootstrap over sections. Every row has the
same sections and beats, so that differences are paired. Hip-hop are the FLAC files of the folders,
every third held out, and synthesised loops; country is synthesised, and half of what is held out by
another generator than what was learnt from. Clean sections alone. Ten minutes on a core of its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import soundfile
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoModelForCausalLM

from atl_core import weights
from atl_core.audio.tagger import tag
from atl_core.lyrics.brief import GENRES, Genre
from atl_core.settings import load_settings
from benchmarks.audio_genre import country_loop
from benchmarks.merged import write_merged
from training.captioners.beats import beat
from training.captioners.held_out import FIRST_SEED
from training.lm.labels import label
from training.lm.sections import Keywords, Section, read_sections
from training.lm.train import IGNORED, Example, encode_all

PREFIX: Final = 4
"""Embeddings before the header."""
OPENING: Final = "song lyrics to\n"
"""So many tokens, which every map begins with. Of what was tried on sections to learn from, they
raise the loss least and the mean embedding most."""
HIDDEN: Final = 64
DROPOUT: Final = 0.2
LEARNING_RATE: Final = 1e-3
SHORTEST, LONGEST = 4, 6
"""Lines of a section."""
ONE_ARTIST: Final = 4
"""Most sections of an artist: one of the test artists has half of its country."""
POOL: Final = 1200
"""Sections a genre that topics and training are drawn from, where there are so many."""
DRAWS: Final = 4000
SEED: Final = 0

Features = dict[Genre, Tensor]
"""(beats, 200) a genre."""
OTHER: Final[Mapping[Genre, Genre]] = {"hip-hop": "country", "country": "hip-hop"}


# --- beats ---------------------------------------------------------------------------------------


def heard(folders: Sequence[Path], made: int, held_out: int) -> tuple[Features, Features]:
    """What the tagger hears in beats to learn from and in those held out, standardised so that
    the means of both genres are as far from zero among the former.
    """
    musicnn = weights.folder("musicnn-msd", load_settings().weights_home)
    found: dict[str, list[Tensor]] = defaultdict(list)

    def add(name: str, samples: npt.NDArray[Any]) -> None:
        # As in a Listening: the mean over the beat.
        features = tag(samples.astype(np.float32), musicnn).penultimate.mean(axis=0)
        found[name].append(torch.from_numpy(features))

    for folder in folders:
        for number, path in enumerate(sorted(folder.glob("*.flac"))):
            samples, rate = soundfile.read(path)
            assert rate == 16_000, f"{path} is not at 16 kHz"
            add("known hip-hop" if number % 3 else "new hip-hop", samples)
    print("recorded beats:", {name: len(rows) for name, rows in found.items()})
    for genre in GENRES:
        for seed in range(made):
            add(f"known {genre}", beat(genre, seed))
        for seed in range(held_out):
            add(f"new {genre}", beat(genre, FIRST_SEED + seed))
    for seed in range(held_out):
        add("new country", country_loop(seed)[1])
    print("all beats:", {name: len(rows) for name, rows in found.items()})
    rows = {name: torch.stack(features) for name, features in found.items()}
    learnt = [rows[f"known {genre}"] for genre in GENRES]
    middle = torch.stack([features.mean(0) for features in learnt]).mean(0)
    spread = torch.cat(learnt).std(0) + 1e-3
    known, new = (
        {genre: (rows[f"{part} {genre}"] - middle) / spread for genre in GENRES}
        for part in ("known", "new")
    )
    means = {genre: known[genre].mean(0) for genre in GENRES}
    right = sum(
        bool((row - means[genre]).norm() < (row - means[OTHER[genre]]).norm())
        for genre in GENRES
        for row in new[genre]
    )
    print(f"of those held out, nearer to the mean of their genre: {right}", flush=True)
    return known, new


# --- lyrics --------------------------------------------------------------------------------------


def short_sections(path: Path, each: int, rng: random.Random) -> list[Section]:
    """At most `each` clean sections a genre of 4 to 6 lines, few of any one artist, shuffled."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [
            row
            for row in map(json.loads, file)
            if SHORTEST <= len(row["lines"]) <= LONGEST
            and row["genre"] in GENRES
            and not row["explicit"]
        ]
    rng.shuffle(rows)
    taken: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder) / "few.jsonl.gz"
        with gzip.open(few, "wt", encoding="utf-8") as file:
            for row in rows:
                kinds = row["genre"], f"{row['genre']} by {row['group']}"
                # Cleaning drops some of these.
                if taken[kinds[0]] < 1.3 * each and taken[kinds[1]] < ONE_ARTIST:
                    taken.update(kinds)
                    file.write(json.dumps(row) + "\n")
        found = [section for section in read_sections(few) if not section.explicit]
    chosen = [s for genre in GENRES for s in [s for s in found if s.genre == genre][:each]]
    rng.shuffle(chosen)
    return chosen


def example(
    section: Section, keywords: Keywords, number: int, word: Genre | None, tokenizer: Any
) -> Example:
    """The section as the writer was tuned on it, with this genre word in the header or none; topic
    and lines without end words are drawn by `number`.
    """
    (header, _), *rest = label(section, "tune", keywords).pieces(random.Random(number))
    header = header.removeprefix(f"{section.genre}, ")
    pieces = [(f"{word}, {header}" if word else header, False), *rest]
    return encode_all([pieces], tokenizer)[0]


# --- maps ----------------------------------------------------------------------------------------


def new_map(opening: Tensor) -> nn.Module:
    """From (rows, 200) to (rows, PREFIX x width), at first close to `opening`, (PREFIX, width)."""
    torch.manual_seed(SEED)
    last = nn.Linear(HIDDEN, opening.numel())
    with torch.no_grad():
        last.weight *= 0.05
        last.bias.copy_(opening.flatten())
    return nn.Sequential(nn.Dropout(DROPOUT), nn.Linear(200, HIDDEN), nn.Tanh(), last)


def nats(model: Any, batch: Sequence[Example], prefix: Tensor | None) -> Tensor:
    """Summed cross-entropy over the learnt tokens of each example, behind its prefix: (rows,)."""
    longest = max(len(ids) for ids, _ in batch)
    # Padding stands after the text, where a causal model does not look.
    ids = torch.tensor([ids + [0] * (longest - len(ids)) for ids, _ in batch])
    labels = torch.tensor([row + [IGNORED] * (longest - len(row)) for _, row in batch])
    given = model.get_input_embeddings()(ids)
    if prefix is not None:
        given = torch.cat([prefix.view(len(batch), PREFIX, -1).to(given.dtype), given], dim=1)
        labels = F.pad(labels, (PREFIX, 0), value=IGNORED)
    hidden = model.model(inputs_embeds=given, use_cache=False).last_hidden_state
    wanted = labels[:, 1:] != IGNORED
    logits = model.lm_head(hidden[:, :-1][wanted]).float()
    each = F.cross_entropy(logits, labels[:, 1:][wanted], reduction="none")
    return torch.zeros(len(batch)).index_add(0, wanted.nonzero()[:, 0], each)


def tokens(examples: Sequence[Example]) -> Tensor:
    return torch.tensor([sum(x != IGNORED for x in labels) for _, labels in examples]).float()


def learn(
    model: Any, opening: Tensor, texts: Sequence[tuple[Genre, Example]], beats: Features, batch: int
) -> nn.Module:
    """A map trained on each text once, with a beat of its genre before it."""
    found, steps = new_map(opening), len(texts) // batch
    optimiser = torch.optim.AdamW(found.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    slower = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=steps + 1, pct_start=0.1
    )
    rng = random.Random(SEED)
    started, recent = time.monotonic(), []
    for step in range(steps):
        genres, examples = zip(*texts[step * batch : (step + 1) * batch], strict=True)
        features = torch.stack([rng.choice(list(beats[genre])) for genre in genres])
        loss = nats(model, examples, found(features)).sum() / tokens(examples).sum()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(found.parameters(), 1.0)
        optimiser.step()
        slower.step()
        optimiser.zero_grad(set_to_none=True)
        recent.append(float(loss.detach()))
        if (step + 1) % 20 == 0:
            took = time.monotonic() - started
            print(f"  step {step + 1}: {np.mean(recent[-20:]):.3f}, {took:.0f} s", file=sys.stderr)
    return found.eval()


# --- measuring -----------------------------------------------------------------------------------

ROWS: Final[dict[str, tuple[str, str, str]]] = {
    # name: genre word in the header, map, what it hears
    "a": ("right", "", ""),
    "a'": ("wrong", "", ""),
    "b": ("right", "beside the word", "a beat of its genre"),
    "c": ("right", "beside the word", "a beat of the other genre"),
    "d": ("right", "beside the word", "the mean of its genre"),
    "d'": ("right", "deaf", "nothing"),
    "e": ("none", "in its place", "a beat of its genre"),
    "f": ("none", "in its place", "a beat of the other genre"),
    "g": ("none", "", ""),
}
QUESTIONS: Final = {
    # question: the row that should be dearer, and the other
    "the wrong genre word costs": ("a'", "a"),
    "no genre word costs": ("g", "a"),
    "no word: the prefix gains": ("g", "e"),
    "no word: the swapped beat costs": ("f", "e"),
    "word: the prefix gains": ("a", "b"),
    "word: the swapped beat costs": ("c", "b"),
    "word: hearing gains over a deaf prefix": ("d'", "b"),
    "word: the beat gains over the mean of its genre": ("d", "b"),
}
NEEDED: Final = tuple(QUESTIONS)[-4:]
"""Of which every one has to be above zero for the prefix to be kept."""


@torch.no_grad()
def measured(model: Any, examples: Sequence[Example], prefixes: Tensor | None) -> Tensor:
    """Nats of each example, (examples,)."""
    return torch.cat(
        [
            nats(model, examples[i : i + 8], None if prefixes is None else prefixes[i : i + 8])
            for i in range(0, len(examples), 8)
        ]
    )


def a_token(nats: Tensor, tokens: Tensor) -> tuple[float, float, float]:
    """Nats a token over all sections, and the ends of its 95 % interval."""
    drawn = torch.from_numpy(np.random.default_rng(0).integers(len(nats), size=(DRAWS, len(nats))))
    ratios = nats[drawn].sum(1) / tokens[drawn].sum(1)
    low, high = np.percentile(ratios.numpy(), [2.5, 97.5])
    return float(nats.sum() / tokens.sum()), float(low), float(high)


def report(found: Mapping[str, Tensor], tokens: Tensor) -> None:
    print("\n| | genre word | prefix | it hears | nats a learnt token |\n" + "| --- " * 5 + "|")
    for name, (word, which, hears) in ROWS.items():
        mean, low, high = a_token(found[name], tokens)
        print(f"| {name} | {word} | {which} | {hears} | {mean:.3f} [{low:.2f}, {high:.2f}] |")
    print("\n| paired | | nats a learnt token |\n| --- | --- | --- |")
    least = {}
    for question, (dearer, other) in QUESTIONS.items():
        mean, low, high = a_token(found[dearer] - found[other], tokens)
        least[question] = low
        print(f"| {question} | {dearer} - {other} | {mean:+.4f} [{low:+.4f}, {high:+.4f}] |")
    failed = [question for question in NEEDED if least[question] <= 0]
    if failed:
        print("\nLeave it out: not shown to be above zero are: " + "; ".join(failed) + ".")
    else:
        print("\nThe prefix carries something that the control words do not.")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, help="recorded hip-hop, FLAC at 16 kHz")
    parser.add_argument("--data", type=Path, help="folder with train and test.jsonl.gz")
    parser.add_argument("--steps", type=int, default=80, help="of each of the three maps")
    parser.add_argument("--batch", type=int, default=4, help="sections a step")
    parser.add_argument("--sections", type=int, default=64, help="held-out sections to measure on")
    parser.add_argument("--beats", type=int, default=16, help="synthesised to learn from, a genre")
    chosen = parser.parse_args()
    if chosen.data is None:
        print("name a folder of lyrics with --data")
        return
    started = time.monotonic()
    folder = write_merged(Path(tempfile.mkdtemp()))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    model.eval().requires_grad_(False)
    opening = model.get_input_embeddings()(
        torch.tensor([tokenizer.encode(OPENING, add_special_tokens=False).ids])
    )[0]
    known, new = heard(chosen.folders, chosen.beats, max(1, chosen.beats * 3 // 8))
    rng = random.Random(SEED)
    pool = short_sections(chosen.data / "train.jsonl.gz", POOL, rng)
    test = short_sections(chosen.data / "test.jsonl.gz", chosen.sections // 2, rng)
    keywords = Keywords(pool)
    print(f"{len(pool)} sections to learn from, held out: {Counter(s.genre for s in test)}")

    drawn = [pool[number % len(pool)] for number in range(chosen.steps * chosen.batch)]
    deaf: Features = {genre: torch.zeros(1, 200) for genre in GENRES}
    maps = {}
    for name, beats in (("beside the word", known), ("in its place", known), ("deaf", deaf)):
        print(f"learning: {name}, {time.monotonic() - started:.0f} s", file=sys.stderr)
        worded = name != "in its place"
        texts = [
            (s.genre, example(s, keywords, n, s.genre if worded else None, tokenizer))
            for n, s in enumerate(drawn)
        ]
        maps[name] = learn(model, opening, texts, beats, chosen.batch)

    words: dict[str, dict[Genre, Genre | None]] = {
        "right": {genre: genre for genre in GENRES},
        "wrong": {genre: OTHER[genre] for genre in GENRES},
        "none": dict.fromkeys(GENRES),
    }
    texts_of = {
        name: [example(s, keywords, n, word[s.genre], tokenizer) for n, s in enumerate(test)]
        for name, word in words.items()
    }
    numbered = [(number, section.genre) for number, section in enumerate(test)]
    heard_in = {
        "a beat of its genre": [new[g][n % len(new[g])] for n, g in numbered],
        "a beat of the other genre": [new[OTHER[g]][n % len(new[OTHER[g]])] for n, g in numbered],
        "the mean of its genre": [known[g].mean(0) for _, g in numbered],
        "nothing": [torch.zeros(200) for _ in numbered],
    }
    found = {}
    for name, (word, which, hears) in ROWS.items():
        print(f"measuring: {name}, {time.monotonic() - started:.0f} s", file=sys.stderr)
        with torch.no_grad():
            prefixes = maps[which](torch.stack(heard_in[hears])) if which else None
        found[name] = measured(model, texts_of[word], prefixes)
    # The header differs between rows, what is measured does not.
    report(found, tokens(texts_of["right"]))
    print(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
