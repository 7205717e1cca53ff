"""Learn from the writer's own faults: direct preference optimisation on people's lines.

    python -m training train preference --sections FILE --base DIR --run runs/lm

At places in songs that tuning has not seen, the tuned writer proposes lines towards the end word of
the line that a person wrote there. Proposals that the writer could show become the rejected half of
a pair, the person's line the chosen half (self-play fine-tuning: Chen et al. 2024, "Self-Play
Fine-Tuning Converts Weak Language Models to Strong Language Models"). The adapter is tuned with the
loss of Rafailov et al. 2023, "Direct Preference Optimization", plus the chosen line's likelihood,
which keeps it from falling along with the rejected one's.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F
from transformers import LogitsProcessor, LogitsProcessorList

from atl_core.captioner.constraints import LineConstraints, is_fresh, is_showable, meets, ngrams
from atl_core.captioner.prompt import planned_line
from atl_core.lyrics.rhyme import end_word, is_close
from training.lm.labels import FREE_LINES, Labelled, Part, read_labels
from training.lm.likelihood import Branches, read_branches
from training.lm.lora import LoraLinear, adapter_state, load_adapter_state, merged
from training.lm.train import Config, line_vocabulary, load_base

PROPOSALS = 4
ROWS = 192
"""Sequences of one batch while sampling and scoring."""
BETA = 0.1
CHOSEN_LIKELIHOOD = 1.0
"""Weight of the chosen line's negative log-likelihood a token. At 0.1 and five times the learning
rate the small writer's held-out loss rose from 2.79 to 3.39 nats a token; so it rises by 0.03."""
FOR_PREFERENCE, FOR_CRITIC = (0.0, 0.65), (0.65, 1.0)
"""Shares of the sections that tuning has not seen."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line in a song, what stands above it, and the prompt that asks for it."""

    section: Labelled
    number: int
    prompt: str
    """Header and lines above, up to the line's number of syllables."""
    shows_end: bool

    @property
    def line(self) -> str:
        return self.section.lines[self.number][0]

    @property
    def lead(self) -> str:
        """What follows the prompt before the line."""
        end = self.section.lines[self.number][2]
        return f" {end}:" if self.shows_end else ":"

    @property
    def constraints(self) -> LineConstraints:
        """The plan that the person's line fulfils. An end word that is shown is the rhyme."""
        _, syllables, end = self.section.lines[self.number]
        ends = [above for _, _, above in self.section.lines[: self.number]]
        partners = tuple(p for p in reversed(ends[-2:]) if is_close(end, p))[:1]
        return LineConstraints(syllables, () if self.shows_end else partners, frozenset(ends), "")

    def passes(self, line: str) -> bool:
        """Whether the writer could have shown this line here."""
        above = [text for text, _, _ in self.section.lines[: self.number]]
        end = self.section.lines[self.number][2]
        if self.shows_end and end_word(line) != end:
            return False
        return (
            is_showable(line, (), explicit=self.section.explicit)
            and is_fresh(line, ngrams(above))
            and meets(line, self.constraints)
        )


def places(
    pool: Sequence[Labelled], part: Part, share: tuple[float, float], rng: random.Random, each: int
) -> Iterator[Place]:
    """Up to `each` places of every section in this share of a part, country and hip-hop alike."""
    sections = [s for s in pool if s.part == part and s.genre in ("hip-hop", "country")]
    sections = [s for s in sections if not s.old and not s.explicit]
    sections.sort(key=lambda section: section.lines[0][0])
    random.Random(5).shuffle(sections)
    first, end = (int(edge * len(sections)) for edge in share)
    for section in sections[first:end]:
        # Country is the small half: all of its places.
        count = len(section.lines) if section.genre == "country" else each
        chosen = rng.sample(range(1, len(section.lines)), min(count, len(section.lines) - 1))
        for number in chosen:
            above = "".join(planned_line(*line) for line in section.lines[:number])
            syllables = section.lines[number][1]
            header = section.header(section.topic(rng))
            place = Place(
                section, number, f"{header}{above}{syllables}", rng.random() >= FREE_LINES
            )
            if place.passes(place.line):
                yield place


class OnlyTokens(LogitsProcessor):  # type: ignore[misc]
    """Nothing but the given tokens can be drawn."""

    def __init__(self, allowed: Tensor, size: int) -> None:
        self.barred = torch.full((size,), float("-inf"), device=allowed.device)
        self.barred[allowed] = 0.0

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:  # noqa: ARG002
        return scores + self.barred[: scores.shape[-1]]


@torch.no_grad()
def propose(
    model: Any, tokenizer: Tokenizer, found: Sequence[Place], vocabulary: Tensor, seed: int
) -> list[list[str]]:
    """Lines of the writer's own for each place, those alone that could be shown there."""
    torch.manual_seed(seed)
    device = vocabulary.device
    (newline,) = tokenizer.encode("\n", add_special_tokens=False).ids
    order = sorted(range(len(found)), key=lambda i: len(found[i].prompt))
    lines: list[list[str]] = [[] for _ in found]
    only = LogitsProcessorList([OnlyTokens(vocabulary, model.lm_head.weight.shape[0])])
    with merged(model):
        for start in range(0, len(order), ROWS // PROPOSALS):
            chunk = order[start : start + ROWS // PROPOSALS]
            given = [(found[i].prompt, found[i].lead) for i in chunk]
            ids = [
                tokenizer.encode(prompt, add_special_tokens=False).ids
                + tokenizer.encode(lead, add_special_tokens=False).ids
                for prompt, lead in given
            ]
            longest = max(map(len, ids))
            padded = torch.tensor([[newline] * (longest - len(row)) + row for row in ids])
            mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in ids])
            drawn = model.generate(
                input_ids=padded.to(device), attention_mask=mask.to(device), do_sample=True,
                temperature=1.0, top_k=0, top_p=1.0, min_p=0.05, max_new_tokens=26,
                num_return_sequences=PROPOSALS,
                eos_token_id=newline, pad_token_id=newline, logits_processor=only,
            )  # fmt: skip
            texts = tokenizer.decode_batch(drawn[:, longest:].tolist())
            for row, text in enumerate(texts):
                line, ended, _ = text.partition("\n")
                if ended:
                    lines[chunk[row // PROPOSALS]].append(line.strip())
    return [
        [line for line in dict.fromkeys(own) if line != place.line and place.passes(line)]
        for place, own in zip(found, lines, strict=True)
    ]


Gathered = tuple[list[Place], list[list[str]]]
"""Places, and the writer's own lines for each."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Token ids of prompt, chosen and rejected; the last two begin with what leads to the line."""

    prompt: list[int]
    chosen: list[int]
    rejected: list[int]
    lead: int
    """Tokens at the start of both lines that are given and not scored."""


def pairs_of(
    found: Sequence[Place], own: Sequence[Sequence[str]], tokenizer: Tokenizer, most: int
) -> list[Pair]:
    """Each place's line beside up to `most` of the writer's."""

    def ids(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    return [
        Pair(ids(place.prompt), ids(place.lead) + ids(f" {place.line}\n"),
             ids(place.lead) + ids(f" {line}\n"), len(ids(place.lead)))
        for place, lines in zip(found, own, strict=True)
        for line in lines[:most]
    ]  # fmt: skip


def _branches(batch: Sequence[Pair]) -> list[Branches]:
    """The chosen and the rejected line of each pair."""
    return [
        Branches(pair.prompt, [(line[: pair.lead], line[pair.lead :])
                               for line in (pair.chosen, pair.rejected)])
        for pair in batch
    ]  # fmt: skip


@torch.no_grad()
def references(model: Any, pairs: Sequence[Pair], vocabulary: Tensor) -> Tensor:
    """Log-likelihoods of chosen and rejected before preference tuning: (pairs, 2)."""
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].prompt))
    found = torch.zeros(len(pairs), 2)
    with merged(model):
        for start in range(0, len(order), ROWS // 2):
            chunk = order[start : start + ROWS // 2]
            both, _ = read_branches(model, _branches([pairs[i] for i in chunk]), vocabulary)
            found[chunk] = both.view(-1, 2).cpu()
    return found


def run(
    sections: Path, base: Path, run_folder: Path, device: str, rate: float, count: int
) -> dict[str, float]:
    """Preference tuning of a finished run's adapter, then the critic for it. Returns its figures.

    Writes `preferred.safetensors`, `preference.jsonl` and `critic.safetensors` to the run's folder.
    """
    from atl_core.captioner.load import CRITIC
    from training.lm.critic import states_of, teach

    pool = list(read_labels(sections))
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    vocabulary = line_vocabulary(pool, tokenizer).to(device)
    known = json.loads((run_folder / "config.json").read_text())
    model, _ = load_base(Config(**{**known, "base": str(base), "device": device}))
    load_adapter_state(model, load_file(run_folder / "adapter.safetensors"))

    def gather(part: Part, share: tuple[float, float], seed: int, most: int) -> Gathered:
        found = list(places(pool, part, share, random.Random(seed), each=3))
        found = random.Random(seed).sample(found, min(most, len(found)))
        return found, propose(model, tokenizer, found, vocabulary, seed)

    learnt = gather("prefer", FOR_PREFERENCE, 11, count)
    held_out = gather("valid", (0.0, 1.0), 12, count // 12)
    prefer(
        model, pairs_of(*learnt, tokenizer, 2), pairs_of(*held_out, tokenizer, 1), vocabulary,
        run_folder, rate=rate,
    )  # fmt: skip
    # The critic has to know the lines that the writer proposes now.
    people = gather("prefer", FOR_CRITIC, 13, count // 2)
    others = gather("valid", (0.0, 1.0), 14, count // 8)
    figures = teach(
        states_of(model, tokenizer, *people),
        states_of(model, tokenizer, *others),
        run_folder / CRITIC,
    )
    print(json.dumps(figures))
    return figures


def prefer(
    model: Any,
    pairs: Sequence[Pair],
    held_out: Sequence[Pair],
    vocabulary: Tensor,
    out: Path,
    *,
    rate: float = 1e-4,
    batch: int = 24,
    passes: int = 1,
    seed: int = 0,
) -> list[dict[str, float]]:
    """Tune the attached adapter on the pairs, write it to `out`, and return the curve."""
    adapters = [module for module in model.modules() if isinstance(module, LoraLinear)]
    parameters = [p for module in adapters for p in (module.a, module.b)]
    before, before_held = (references(model, part, vocabulary) for part in (pairs, held_out))
    optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.0)
    rng = random.Random(seed)
    curve: list[dict[str, float]] = []

    def measured() -> dict[str, float]:
        now = references(model, held_out, vocabulary) - before_held
        margin = now[:, 0] - now[:, 1]
        return {
            "pairs_right": float((margin > 0).float().mean()),
            "margin": float(margin.mean()),
            "chosen_change": float(now[:, 0].mean()),
            "rejected_change": float(now[:, 1].mean()),
        }

    step = 0
    for _ in range(passes):
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].prompt) + 30 * rng.random())
        groups = [order[i : i + batch] for i in range(0, len(order), batch)]
        rng.shuffle(groups)
        total = len(groups) * passes
        for group in groups:
            through = step / total
            for part in optimiser.param_groups:
                part["lr"] = (
                    rate
                    * min(1.0, (step + 1) / 20)
                    * (0.1 + 0.45 * (1 + math.cos(math.pi * through)))
                )
            chosen_tokens = sum(len(pairs[i].chosen) - pairs[i].lead for i in group)
            both, _ = read_branches(model, _branches([pairs[i] for i in group]), vocabulary)
            both = both.view(-1, 2).T
            moved = both - before[group].T.to(both.device)
            loss = -F.logsigmoid(BETA * (moved[0] - moved[1])).mean()
            loss = loss - CHOSEN_LIKELIHOOD * both[0].sum() / chosen_tokens
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step += 1
            if step % 100 == 0 or step == total:
                curve.append({"step": step, "loss": float(loss.detach()), **measured()})
                print({k: round(v, 4) for k, v in curve[-1].items()}, flush=True)
    small = {k: v.to(torch.bfloat16) for k, v in adapter_state(model).items()}
    save_file(small, out / "preferred.safetensors")
    (out / "preference.jsonl").write_text("".join(json.dumps(row) + "\n" for row in curve))
    return curve
