"""Tune the writer on readers' rankings, so that it proposes what they prefer.

    python -m training train rankings --sections FILE --base DIR --choices FILE --device cuda

It comes after `package lm` and rewrites `weights/captioner-lm`, or with `--writer large` that of
the larger writer. `atl weights fetch` merges the adapter; `train choices` then fits the critic
of `lm` to it (`large` is read by `lm`). The genre verdict needs nothing.

Direct preference optimisation over whole rankings, in the form for Plackett and Luce's model
(Rafailov et al. 2023, "Direct Preference Optimization", appendix A.3). Lines are read with their
end words announced, as they are sampled, and without, as they are ranked. With end words announced
the prompts of a ranking differ, so that the form is a heuristic there. Two further losses: a linear
critic of the states ranks the lines too, so that the states come to hold what readers go by, and
people's sections keep the writer from drifting. What is kept lies between the writer before and the
tuned one. The old critic goes: it reads the states of another writer.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from transformers import AutoModelForCausalLM

from atl_core.captioner.adapter import in_bytes
from atl_core.captioner.load import CRITIC, RANKING
from atl_core.captioner.prompt import header, planned_line
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from training.lm.choices import pairs_right, ranking_loss
from training.lm.labels import Labelled, read_labels
from training.lm.likelihood import Branches, read_branches
from training.lm.lora import (
    LoraLinear,
    adapter_state,
    attach,
    load_adapter_state,
    merged,
)
from training.lm.places import ON_SHEET, Choice, Place
from training.lm.train import (
    batches,
    encode_all,
    epoch_of,
    held_out_loss,
    held_out_sections,
    keep,
    line_vocabulary,
    loss_of,
)

READ_TOKENS: Final = 60_000
"""Tokens of one batch while nothing is learnt."""
SECTION_TOKENS: Final = 12_000
"""Tokens of people's sections in one step."""
WARM_UP: Final = 8
"""Steps."""
CRITIC_RATE: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Config:
    """How fast and how far the writer moves."""

    rate: float = 4e-4
    epochs: int = 4
    beta: float = 0.1
    """Of direct preference optimisation: the smaller, the further the writer may move."""
    share: float = 0.7
    """How far what is kept lies from the writer before (0) to the tuned one (1). At 1 it forgets
    length and genre. The two factors of each update are interpolated, not their product (after
    Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", who interpolate weights)."""
    places: int = 48
    """Of one step."""
    seed: int = 0


def prompt_of(place: Place) -> str:
    """Header and lines above, up to the line's number of syllables."""
    brief = Brief.from_json(place.brief)
    first = header(brief.genre, brief.mood, brief.energy, brief.explicit, place.topic)
    above = [planned_line(line, count_syllables(line), end_word(line)) for line in place.above]
    return f"{first}{''.join(above)}{place.target}"


def branches_of(tokenizer: Tokenizer, choice: Choice) -> Branches:
    """The lines of a choice as the model reads them: without their end words, then with them
    announced.
    """

    def ids(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    lines = [ids(f" {line}\n") for line in choice.lines]
    free = [(ids(":"), line) for line in lines]
    announced = [
        (ids(f" {end_word(text)}:"), line) for text, line in zip(choice.lines, lines, strict=True)
    ]
    return Branches(ids(prompt_of(choice.place)), free + announced)


@torch.no_grad()
def read_all(model: Any, branches: Sequence[Branches], vocabulary: Tensor) -> tuple[Tensor, Tensor]:
    """Likelihoods of the lines of choices, (choices, 2, lines), and the states of those without
    announced ends, (choices, lines, 2 x width).
    """
    order = sorted(range(len(branches)), key=lambda i: branches[i].tokens)
    likelihood = torch.zeros(len(branches), 2, ON_SHEET, device=vocabulary.device)
    width = 2 * model.lm_head.weight.shape[1]
    seen = torch.zeros(len(branches), ON_SHEET, width, device=vocabulary.device)
    with merged(model):
        while order:
            longest = branches[order[-1]].tokens
            at_once = max(1, READ_TOKENS // longest)
            order, chunk = order[:-at_once], order[-at_once:]
            found, states = read_branches(model, [branches[i] for i in chunk], vocabulary)
            likelihood[chunk] = found.view(-1, 2, ON_SHEET)
            seen[chunk] = states.view(len(chunk), 2, ON_SHEET, width)[:, 0]
    return likelihood, seen


def people_batches(
    pool: Sequence[Labelled], tokenizer: Tokenizer, rng: random.Random
) -> Iterator[Any]:
    """Batches of people's sections without end."""
    while True:
        examples = encode_all([s.pieces(rng) for s in epoch_of(pool, rng)], tokenizer)
        yield from batches(examples, SECTION_TOKENS, rng)


def grouped(count: int, config: Config) -> list[list[int]]:
    """Which choices are learnt in each step: all of them in each epoch, in an order drawn anew."""
    rng = random.Random(config.seed)
    groups = []
    for _ in range(config.epochs):
        order = rng.sample(range(count), count)
        groups += [order[i : i + config.places] for i in range(0, count, config.places)]
    return groups


def tune(
    model: Any,
    tokenizer: Tokenizer,
    choices: Sequence[Choice],
    pool: Sequence[Labelled],
    vocabulary: Tensor,
    of_people: Tensor,
    config: Config,
) -> dict[str, float]:
    """Tune the attached adapter on the choices that are not held out.

    Args:
        pool: people's sections.
        vocabulary: see `read`.
        of_people: sorted ids of the tokens that the sections consist of.

    Returns:
        On the choices that are held out: how often the likelihood puts two lines in the readers'
        order, before and after; how often it moved that way; by how many nats the best and the last
        line moved.
    """
    device = vocabulary.device
    parts = {held: [one for one in choices if one.place.held_out == held] for held in (False, True)}
    learnt, held_out = (
        [branches_of(tokenizer, one) for one in parts[held]] for held in (False, True)
    )
    start, states = read_all(model, learnt, vocabulary)
    held_before, _ = read_all(model, held_out, vocabulary)
    mean, scale = states.flatten(0, 1).mean(0), states.flatten(0, 1).std(0).clamp_min(1e-6)
    critic = torch.zeros(len(mean), device=device, requires_grad=True)
    adapters = [module for module in model.modules() if isinstance(module, LoraLinear)]
    parameters = [p for module in adapters for p in (module.a, module.b)]
    optimiser = torch.optim.AdamW(
        [
            {"params": parameters, "lr": config.rate, "rate": config.rate, "weight_decay": 0.0},
            {"params": [critic], "lr": CRITIC_RATE, "rate": CRITIC_RATE, "weight_decay": 0.1},
        ]
    )
    first = adapter_state(model)
    people = people_batches(pool, tokenizer, random.Random(config.seed))
    groups = grouped(len(parts[False]), config)
    for step, chunk in enumerate(groups):
        fall = 0.05 + 0.475 * (1 + math.cos(math.pi * step / len(groups)))
        for group in optimiser.param_groups:
            group["lr"] = group["rate"] * min(1.0, (step + 1) / WARM_UP) * fall
        found, seen = read_branches(model, [learnt[i] for i in chunk], vocabulary)
        moved = found.view(-1, 2, ON_SHEET) - start[chunk]
        free = seen.view(len(chunk), 2, ON_SHEET, -1)[:, 0]
        loss = ranking_loss(config.beta * moved[:, 0]) + ranking_loss(config.beta * moved[:, 1])
        loss = loss + ranking_loss(((free - mean) / scale) @ critic)
        loss.backward()
        of_lines, tokens = loss_of(model, next(people), str(device), of_people)
        (of_lines / tokens).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        if step % 20 == 0 or step == len(groups) - 1:
            print(f"step {step + 1} of {len(groups)}: {float(loss.detach()):.3f}", flush=True)
    load_adapter_state(
        model,
        {name: first[name].lerp(one, config.share) for name, one in adapter_state(model).items()},
    )
    after, _ = read_all(model, held_out, vocabulary)
    change = (after - held_before)[:, 0]
    return {
        "choices": len(parts[False]),
        "held_out": len(parts[True]),
        "pairs_right_before": pairs_right(held_before[:, 0]),
        "pairs_right": pairs_right(after[:, 0]),
        "moved_right": pairs_right(change),
        "best_moved": float(change[:, 0].mean()),
        "last_moved": float(change[:, -1].mean()),
    }


def run(
    sections: Path, base: Path, choices: Sequence[Choice], folder: Path, device: str, config: Config
) -> dict[str, float]:
    """Tune the packaged adapter in a folder and write it back. Returns the figures of `tune`, and
    people's held-out loss a token before and after. `adapter.json` notes all of it.

    Raises:
        ValueError: the adapter has learnt from rankings before.
    """
    note = folder / "adapter.json"
    card = json.loads(note.read_text())
    if "rankings" in card:
        raise ValueError(f"{folder} has learnt from rankings; run `package lm` anew")
    pool = list(read_labels(sections))
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    stored = load_file(folder / "adapter.safetensors")
    state = {
        name: tensor.float() * stored.get(f"{name}_scale", torch.ones(1))
        for name, tensor in stored.items()
        if name.endswith((".lora_a", ".lora_b"))
    }
    rank = next(len(tensor) for name, tensor in state.items() if name.endswith(".lora_a"))
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16).to(device)
    attach(model, rank, 2.0 * rank)
    load_adapter_state(model, state)
    fixed = random.Random(2)
    valid = [
        encode_all([s.pieces(fixed) for s in held_out_sections(pool, "valid", genre)], tokenizer)
        for genre in ("hip-hop", "country")
    ]
    of_people = line_vocabulary(pool, tokenizer).to(device)

    def measured() -> float:
        losses = [held_out_loss(model, texts, device, of_people) for texts in valid]
        return sum(losses) / len(losses)

    before = measured()
    vocabulary = stored["vocabulary"].long().to(device)
    figures = tune(model, tokenizer, choices, pool, vocabulary, of_people, config)
    figures |= {"people_before": before, "people": measured()}
    small = in_bytes({name: tensor.cpu() for name, tensor in adapter_state(model).items()})
    small["vocabulary"] = stored["vocabulary"]
    card["rankings"] = {"config": asdict(config), **figures}
    # Killed in between, no writer has the critic of another.
    for name in (CRITIC, RANKING):
        (folder / name).unlink(missing_ok=True)
    keep(folder / "adapter.safetensors", partial(save_file, small))

    def write_card(file: Path) -> None:
        file.write_text(json.dumps(card, indent=2) + "\n")

    keep(note, write_card)
    print(json.dumps(figures))
    return figures
