"""Tune a Llama-like model on lyric sections by LoRA, and stop by held-out loss.

    python -m training train lm --data DIR --base DIR --minutes 90

One file, read from top to bottom. The run folder holds the configuration, the learning curve,
and the best adapter so far; a killed run goes on from its last checkpoint, whenever it was killed.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

from training.lm.lora import adapter_state, attach, load_adapter_state
from training.lm.sections import Keywords, Section, read_sections, training_text, tuning_mix

IGNORED = -100  # the label that cross-entropy skips
MAX_TOKENS = 256


@dataclass(frozen=True)
class Config:
    """Everything that decides the result, printed and kept with the run."""

    data: str
    base: str
    out: str = "runs/lm"
    sections: int = 10_000
    held_out_sections: int = 96
    rank: int = 16
    alpha: float = 32.0
    batch: int = 8
    learning_rate: float = 8e-4
    warmup_steps: int = 30
    minutes: float = 60.0
    """The learning rate falls to a tenth over this time, and the run ends with it."""
    steps: int = 0
    """The same by steps, whichever comes first; 0: by time alone."""
    evaluate_every: int = 50
    patience: int = 6
    seed: int = 0
    device: str = "cpu"
    start: str = ""
    """Adapter of an earlier run to go on from, with a fresh optimiser and schedule."""


Example = tuple[list[int], list[int]]


def encode(pieces: list[tuple[str, bool]], tokenizer: PreTrainedTokenizerBase) -> Example:
    """Token ids and labels of one section; the labels skip what need not be predicted."""
    ids: list[int] = []
    labels: list[int] = []
    for text, learnt in pieces:
        tokens = tokenizer.encode(text, add_special_tokens=False)
        ids += tokens
        labels += tokens if learnt else [IGNORED] * len(tokens)
    return ids[:MAX_TOKENS], labels[:MAX_TOKENS]


def batches(examples: list[Example], size: int, rng: random.Random) -> Iterator[list[Example]]:
    """Shuffled batches of examples of like length, so that little padding is computed."""
    order = sorted(examples, key=lambda example: len(example[0]) + rng.random() * 8)
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(groups)
    yield from groups


def loss_of(
    model: torch.nn.Module, batch: list[Example], device: str, vocabulary: Tensor | None = None
) -> tuple[Tensor, int]:
    """Summed cross-entropy over the learnt tokens, and how many there were.

    The output layer runs on the learnt positions alone and, in training, over `vocabulary`, the
    sorted token ids that lyrics use: over all 49,152 it costs as much as the thirty layers below.
    Held-out loss is always measured over the whole vocabulary.
    """
    longest = max(len(ids) for ids, _ in batch)
    ids = torch.tensor([i + [0] * (longest - len(i)) for i, _ in batch], device=device)
    labels = torch.tensor([x + [IGNORED] * (longest - len(x)) for _, x in batch], device=device)
    mask = torch.tensor([[1] * len(i) + [0] * (longest - len(i)) for i, _ in batch], device=device)
    hidden = model.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
    wanted = labels[:, 1:] != IGNORED
    targets = labels[:, 1:][wanted]
    weight = model.lm_head.weight
    if vocabulary is not None:
        weight, targets = weight[vocabulary], torch.searchsorted(vocabulary, targets)
    logits = F.linear(hidden[:, :-1][wanted], weight)
    loss = F.cross_entropy(logits.float(), targets, reduction="sum")
    return loss, int(wanted.sum())


@torch.no_grad()
def held_out_loss(model: torch.nn.Module, examples: list[Example], device: str) -> float:
    """Mean cross-entropy a token."""
    total, tokens = 0.0, 0
    by_length = sorted(examples, key=lambda example: len(example[0]))
    for i in range(0, len(by_length), 8):
        loss, count = loss_of(model, by_length[i : i + 8], device)
        total, tokens = total + float(loss), tokens + count
    return total / tokens


def learning_rate(config: Config, step: int, seconds: float) -> float:
    """Linear warm-up, then a cosine over the time or steps allowed down to a tenth."""
    warm = min(1.0, (step + 1) / config.warmup_steps)
    by_steps = step / config.steps if config.steps else 0.0
    through = min(1.0, max(seconds / (60 * config.minutes), by_steps))
    return config.learning_rate * warm * (0.1 + 0.45 * (1 + math.cos(math.pi * through)))


def keep(file: Path, write: Callable[[Path], None]) -> None:
    """Write a file that appears whole or not at all, however the process ends."""
    making = file.with_name(f"{file.name}.making")
    write(making)
    making.replace(file)


def train(config: Config) -> Path:
    """Run the tuning. Returns the run folder, which holds `adapter.safetensors`."""
    print(json.dumps(asdict(config), indent=2))
    out = Path(config.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "config.json").write_text(json.dumps(asdict(config), indent=2))
    rng = random.Random(config.seed)
    torch.manual_seed(config.seed)

    tokenizer = AutoTokenizer.from_pretrained(config.base)
    pool = list(read_sections(Path(config.data) / "train.jsonl.gz"))
    keywords = Keywords(pool)
    mix = tuning_mix(pool, config.sections, rng)
    held_out: list[Section] = tuning_mix(
        list(read_sections(Path(config.data) / "valid.jsonl.gz")),
        config.held_out_sections,
        random.Random(1),
    )
    fixed = random.Random(2)
    valid = [encode(training_text(s, keywords.of(s), fixed), tokenizer) for s in held_out]
    print(f"{len(pool)} sections read, {len(mix)} chosen, {len(valid)} held out")

    model = AutoModelForCausalLM.from_pretrained(config.base, dtype=torch.bfloat16)
    model.to(config.device)
    parameters = attach(model, config.rank, config.alpha)
    model.to(config.device)
    optimiser = torch.optim.AdamW(parameters, lr=config.learning_rate, weight_decay=0.0)
    count = sum(parameter.numel() for parameter in parameters)
    print(f"{count:,} parameters to train")

    step, tokens, spent, best, worse = 0, 0, 0.0, math.inf, 0
    rows: list[dict[str, float]] = []
    last, curve = out / "last.pt", out / "curve.jsonl"
    if last.exists():
        state = torch.load(last, map_location=config.device, weights_only=True)
        load_adapter_state(model, state["adapter"])
        optimiser.load_state_dict(state["optimiser"])
        step, tokens, spent, best, worse, rows = (
            state[name] for name in ("step", "tokens", "seconds", "best", "worse", "curve")
        )
        print(f"resumed at step {step}", flush=True)
    else:
        if config.start:
            load_adapter_state(model, load_file(config.start))
        base_loss = held_out_loss(model, valid, config.device)
        print(f"at the start: held-out loss {base_loss:.3f}", flush=True)
        rows.append({"step": 0, "tokens": 0, "held_out": base_loss})

    started = time.monotonic() - spent
    running: list[float] = []
    while True:
        # Each pass draws topics and free lines anew. Passes are seeded by number: a resumed run
        # starts its pass again rather than keeping the position in it.
        epoch = random.Random(config.seed * 1000 + step)
        examples = [encode(training_text(s, keywords.of(s), epoch), tokenizer) for s in mix]
        seen = sorted({label for _, labels in examples for label in labels if label != IGNORED})
        vocabulary = torch.tensor(seen, device=config.device)
        for batch in batches(examples, config.batch, epoch):
            rate = learning_rate(config, step, time.monotonic() - started)
            for group in optimiser.param_groups:
                group["lr"] = rate
            loss, learnt = loss_of(model, batch, config.device, vocabulary)
            (loss / learnt).backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step, tokens = step + 1, tokens + learnt
            running.append(float(loss.detach()) / learnt)

            over = time.monotonic() - started > 60 * config.minutes or step == config.steps
            if step % 10 == 0:
                recent = sum(running[-20:]) / len(running[-20:])
                print(
                    f"step {step} tokens {tokens} loss {recent:.3f} "
                    f"{time.monotonic() - started:.0f} s",
                    flush=True,
                )
            if step % config.evaluate_every == 0 or over:
                measured = held_out_loss(model, valid, config.device)
                print(f"step {step}: held-out loss {measured:.4f}", flush=True)
                seconds = time.monotonic() - started
                row = {"step": step, "tokens": tokens, "train": running[-1], "held_out": measured}
                rows.append({**row, "seconds": seconds})
                adapter = {k: v.contiguous() for k, v in adapter_state(model).items()}
                worse = 0 if measured < best else worse + 1
                if measured < best:
                    best = measured
                    small = {k: v.to(torch.bfloat16) for k, v in adapter.items()}
                    keep(out / "adapter.safetensors", partial(save_file, small))
                checkpoint = {
                    "adapter": adapter, "optimiser": optimiser.state_dict(), "step": step,
                    "tokens": tokens, "seconds": seconds, "best": best, "worse": worse,
                    "curve": rows,
                }  # fmt: skip
                keep(last, partial(torch.save, checkpoint))
                curve.write_text("".join(json.dumps(row) + "\n" for row in rows))
            if over or worse >= config.patience:
                print(f"finished: best held-out loss {best:.4f} after {tokens} tokens")
                return out
