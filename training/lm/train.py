"""Tune a Llama-like model on lyric sections by LoRA, and keep the best adapter by held-out loss.

    python -m training prepare sections --data DIR --out runs/sections.jsonl.gz
    python -m training train lm --sections runs/sections.jsonl.gz --base DIR --epochs 3

One file, read from top to bottom. The run folder holds the configuration, the learning curve,
and the best adapter so far; a killed run goes on from its last checkpoint, whenever it was killed.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F
from transformers import AutoModelForCausalLM

from training.lm.labels import Labelled, read_labels
from training.lm.lora import adapter_state, attach, load_adapter_state

IGNORED = -100  # the label that cross-entropy skips
MAX_TOKENS = 320
HELD_OUT = 160
"""Sections of each genre that the held-out loss is measured on."""


@dataclass(frozen=True)
class Config:
    """Everything that decides the result, printed and kept with the run."""

    sections: str
    base: str
    out: str = "runs/lm"
    rank: int = 16
    alpha: float = 32.0
    batch_tokens: int = 2048
    learning_rate: float = 8e-4
    warmup_steps: int = 30
    epochs: float = 1.0
    minutes: float = 60.0
    """The learning rate falls to a tenth over the epochs or this time, whichever ends first."""
    evaluate_every: int = 50
    checkpoint: bool = True
    seed: int = 0
    device: str = "cpu"
    start: str = ""
    """Adapter of an earlier run to go on from, with a fresh optimiser and schedule."""


Example = tuple[list[int], list[int]]


def encode_all(texts: Sequence[list[tuple[str, bool]]], tokenizer: Tokenizer) -> list[Example]:
    """Token ids and labels of many sections; the labels skip what need not be predicted.

    Each piece is tokenised by itself, as at writing time.
    """
    flat = [text for pieces in texts for text, _ in pieces]
    encoded = iter(tokenizer.encode_batch(flat, add_special_tokens=False))
    found = []
    for pieces in texts:
        ids: list[int] = []
        labels: list[int] = []
        for _, learnt in pieces:
            tokens = next(encoded).ids
            ids += tokens
            labels += tokens if learnt else [IGNORED] * len(tokens)
        found.append((ids[:MAX_TOKENS], labels[:MAX_TOKENS]))
    return found


def batches(
    examples: Sequence[Example], most_tokens: int, rng: random.Random
) -> Iterator[list[Example]]:
    """Shuffled batches of examples of like length, so that little padding is computed."""
    order = sorted(examples, key=lambda example: len(example[0]) + rng.random() * 8)
    groups: list[list[Example]] = [[]]
    for example in order:
        if (len(groups[-1]) + 1) * len(example[0]) > most_tokens and groups[-1]:
            groups.append([])
        groups[-1].append(example)
    rng.shuffle(groups)
    yield from groups


def loss_of(
    model: Any, batch: Sequence[Example], device: str, vocabulary: Tensor
) -> tuple[Tensor, int]:
    """Summed cross-entropy over the learnt tokens, and how many there were.

    The output layer runs on the learnt positions alone and over `vocabulary`, the sorted token ids
    that lyrics use: over all of them it would cost as much as the layers below.
    """
    longest = max(len(ids) for ids, _ in batch)
    ids = torch.tensor([i + [0] * (longest - len(i)) for i, _ in batch], device=device)
    labels = torch.tensor([x + [IGNORED] * (longest - len(x)) for _, x in batch], device=device)
    # No mask: padding is at the end, where causal attention hides it from every real token.
    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state
    wanted = labels[:, 1:] != IGNORED
    targets = torch.searchsorted(vocabulary, labels[:, 1:][wanted])
    logits = F.linear(hidden[:, :-1][wanted], model.lm_head.weight[vocabulary])
    loss = F.cross_entropy(logits.float(), targets, reduction="sum")
    return loss, len(targets)


@torch.no_grad()
def held_out_loss(
    model: torch.nn.Module, examples: Sequence[Example], device: str, vocabulary: Tensor
) -> float:
    """Mean cross-entropy a learnt token, over `vocabulary`."""
    total, tokens = 0.0, 0
    for batch in batches(examples, 4096, random.Random(0)):
        loss, count = loss_of(model, batch, device, vocabulary)
        total, tokens = total + float(loss), tokens + count
    return total / tokens


def learning_rate(config: Config, step: int, through: float) -> float:
    """Linear warm-up, then a cosine down to a tenth at the end, where `through` is 1."""
    warm = min(1.0, (step + 1) / config.warmup_steps)
    return config.learning_rate * warm * (0.1 + 0.45 * (1 + math.cos(math.pi * min(1.0, through))))


def epoch_of(pool: Sequence[Labelled], rng: random.Random) -> list[Labelled]:
    """One epoch: the sections that teach most, country twice since there is so little of it.

    Sections that repeat a line or a word again and again are left out. One hip-hop section in six
    is explicit, behind its own control word. The cowboy songs of 1910 are held to one section in
    eight of country, since nobody asks for "o'er" today. Pop and rock, under their own names, add
    English that is neither.
    """

    def best(share: float, sections: list[Labelled]) -> list[Labelled]:
        ranked = sorted(sections, key=lambda section: section.worth + rng.random(), reverse=True)
        return ranked[: int(share * len(ranked))]

    tune = [section for section in pool if section.part == "tune"]
    of = {
        genre: [s for s in tune if s.genre == genre and not s.explicit and not s.old]
        for genre in ("hip-hop", "country", "pop", "rock")
    }
    explicit = [s for s in tune if s.genre == "hip-hop" and s.explicit]
    old = [s for s in tune if s.old]
    hiphop, country = best(0.85, of["hip-hop"]), best(0.97, of["country"])
    mix = [*hiphop, *country, *country]
    mix += best(0.9, of["pop"]) + best(0.9, of["rock"])
    mix += best(1.0, explicit)[: len(hiphop) // 5]
    mix += rng.sample(old, min(len(old), len(country) // 4))
    rng.shuffle(mix)
    return mix


def held_out_sections(pool: Sequence[Labelled], part: str, genre: str) -> list[Labelled]:
    """Clean sections of artists that training never sees."""
    found = [
        s for s in pool if s.part == part and s.genre == genre and not s.explicit and not s.old
    ]
    return random.Random(1).sample(found, min(len(found), HELD_OUT))


def line_vocabulary(pool: Sequence[Labelled], tokenizer: Tokenizer) -> Tensor:
    """Sorted ids of all tokens that lines and end words of the sections consist of."""
    texts = [
        text
        for section in pool
        for line, _, end in section.lines
        for text in (f" {line}\n", f" {end}:")
    ]
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
    return torch.tensor(sorted({token for row in encoded for token in row.ids}))


def keep(file: Path, write: Callable[[Path], None]) -> None:
    """Write a file that appears whole or not at all, however the process ends."""
    making = file.with_name(f"{file.name}.making")
    write(making)
    making.replace(file)


def load_base(config: Config) -> tuple[torch.nn.Module, list[torch.nn.Parameter]]:
    """The frozen base in bfloat16 with a fresh adapter, and the adapter's parameters."""
    model = AutoModelForCausalLM.from_pretrained(config.base, dtype=torch.bfloat16)
    model.to(config.device)
    return model, attach(model, config.rank, config.alpha)


def train(config: Config) -> Path:
    """Run the tuning. Returns the run folder, which holds `adapter.safetensors`."""
    print(json.dumps(asdict(config), indent=2))
    out = Path(config.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "config.json").write_text(json.dumps(asdict(config), indent=2))
    torch.manual_seed(config.seed)

    tokenizer = Tokenizer.from_file(f"{config.base}/tokenizer.json")
    pool = list(read_labels(Path(config.sections)))
    vocabulary = line_vocabulary(pool, tokenizer).to(config.device)
    fixed = random.Random(2)
    valid = {
        genre: encode_all(
            [s.pieces(fixed) for s in held_out_sections(pool, "valid", genre)], tokenizer
        )
        for genre in ("hip-hop", "country")
    }

    model, parameters = load_base(config)
    optimiser = torch.optim.AdamW(parameters, lr=config.learning_rate, weight_decay=0.0)
    count = sum(parameter.numel() for parameter in parameters)
    print(f"{count:,} parameters to train, {len(vocabulary):,} tokens to choose from")

    def measured() -> dict[str, float]:
        losses = {
            genre: held_out_loss(model, examples, config.device, vocabulary)
            for genre, examples in valid.items()
        }
        return {**losses, "held_out": sum(losses.values()) / len(losses)}

    step, epoch, tokens, spent, best = 0, 0, 0, 0.0, math.inf
    rows: list[dict[str, float]] = []
    last, curve = out / "last.pt", out / "curve.jsonl"
    if last.exists():
        state = torch.load(last, map_location=config.device, weights_only=True)
        load_adapter_state(model, state["adapter"])
        optimiser.load_state_dict(state["optimiser"])
        step, epoch, tokens, spent, best, rows = (
            state[name] for name in ("step", "epoch", "tokens", "seconds", "best", "curve")
        )
        print(f"resumed at step {step}", flush=True)
    else:
        if config.start:
            load_adapter_state(model, load_file(config.start))
        rows.append({"step": 0, "tokens": 0, **measured()})
        print(f"at the start: {rows[-1]}", flush=True)

    started = time.monotonic() - spent
    running: list[Tensor] = []
    through = 0.0
    while through < 1.0:
        # Each pass draws topics and free lines anew. Passes are seeded by number: a resumed run
        # starts its pass again rather than keeping the position in it.
        rng = random.Random(config.seed * 1000 + epoch)
        examples = encode_all([s.pieces(rng) for s in epoch_of(pool, rng)], tokenizer)
        groups = list(batches(examples, config.batch_tokens, rng))
        for place, batch in enumerate(groups):
            seconds = time.monotonic() - started
            through = max(
                (epoch + place / len(groups)) / config.epochs, seconds / (60 * config.minutes)
            )
            rate = learning_rate(config, step, through)
            for group in optimiser.param_groups:
                group["lr"] = rate
            loss, learnt = loss_of(model, batch, config.device, vocabulary)
            (loss / learnt).backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step, tokens = step + 1, tokens + learnt
            running.append(loss.detach() / learnt)
            if step % config.evaluate_every == 0 or through >= 1.0:
                seconds = time.monotonic() - started
                recent = float(torch.stack(running).mean())
                running.clear()
                row = {"step": step, "tokens": tokens, "train": recent, **measured()}
                rows.append({**row, "seconds": seconds})
                print({k: round(v, 4) for k, v in rows[-1].items()}, flush=True)
                if row["held_out"] < best:
                    best = row["held_out"]
                    small = {k: v.to(torch.bfloat16) for k, v in adapter_state(model).items()}
                    keep(out / "adapter.safetensors", partial(save_file, small))
                if config.checkpoint:
                    checkpoint = {
                        "adapter": adapter_state(model), "optimiser": optimiser.state_dict(),
                        "step": step, "epoch": epoch, "tokens": tokens, "seconds": seconds,
                        "best": best, "curve": rows,
                    }  # fmt: skip
                    keep(last, partial(torch.save, checkpoint))
                curve.write_text("".join(json.dumps(row) + "\n" for row in rows))
            if through >= 1.0:
                break
        epoch += 1
        through = max(through, epoch / config.epochs)
    print(f"finished: best held-out loss {best:.4f} after {tokens} tokens", flush=True)
    return out
