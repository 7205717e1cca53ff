"""Teach the critic: people's lines beside the writer's own, after the same lines above.

    python -m training train critic --data DIR --contexts 1100

For each context the writer proposes lines as it does when it writes, and what it would show is set
against the line that a person wrote there, if that could be shown too. The critic learns to put
the person's line first of them (a softmax over the lines of a context), by the states that the
writer has while it reads each. What was gathered is kept in the run folder.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from rich.progress import track
from safetensors.torch import load_file, save_file
from torch import Tensor

from atl_core.captioner.constraints import LineConstraints, is_fresh, is_showable, meets, ngrams
from atl_core.captioner.critic import features
from atl_core.captioner.language_model import SPARE_TOKENS, LanguageModel
from atl_core.captioner.load import ADAPTER, CRITIC, load_language_model
from atl_core.captioner.prompt import header
from atl_core.captioner.sampling import SamplingConfig
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.mood import energy_of, mood_of
from atl_core.lyrics.rhyme import end_word, is_close
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.settings import load_settings
from training.lm.sections import Keywords, Section, read_sections, tuning_mix

CONFIG: Final = SamplingConfig(candidates=12, end_words=6)
MOST: Final = 6
"""The writer's lines that are kept of a context, however many it proposed."""
PENALTIES: Final = (0.003, 0.01, 0.03, 0.1)


@dataclass(frozen=True, slots=True)
class Context:
    """A place in a song: what stands above it, and the line that a person wrote there."""

    section: Section
    topic: tuple[str, ...]
    above: tuple[str, ...]
    line: str

    @property
    def constraints(self) -> LineConstraints:
        """What the person's line fulfils: its length, and a rhyme if it has one."""
        end = end_word(self.line)
        partners = [p for p in map(end_word, reversed(self.above[-2:])) if is_close(end, p)]
        taken = frozenset(map(end_word, self.above))
        return LineConstraints(count_syllables(self.line), tuple(partners[:1]), taken, "")


def contexts(data: Path, split: str, count: int, rng: random.Random) -> Iterator[Context]:
    """Places in clean sections whose line the guard lets pass, the genres as in tuning."""
    pool = [s for s in read_sections(data / f"{split}.jsonl.gz") if not s.explicit]
    keywords = Keywords(pool)
    for section in tuning_mix(pool, count, rng):
        place = rng.randrange(1, len(section.lines))
        found = keywords.of(section)[:10]
        topic = tuple(rng.sample(found, k=rng.randint(1, min(6, len(found))))) if found else ()
        above, line = section.lines[:place], section.lines[place]
        context = Context(section, topic, above, line)
        if passes(line, context):
            yield context


def passes(line: str, context: Context) -> bool:
    """Whether the writer could have shown this line here."""
    return (
        is_showable(line, (), explicit=False)
        and is_fresh(line, ngrams(context.above))
        and meets(line, context.constraints)
    )


def looked_at(writer: LanguageModel, context: Context, generator: torch.Generator) -> Tensor | None:
    """Features of the person's line and of the writer's, (1 + up to `MOST`, 2 x width).

    None where the writer has nothing to show.
    """
    sampler, section, constraints = writer.sampler, context.section, context.constraints
    spoken = [word for line in section.lines for word in words(line)]
    style = header(section.genre, mood_of(spoken), energy_of(spoken), False, context.topic)
    prefix = writer.read_lines(sampler.read(sampler.model.empty_prefix(), style), context.above)
    prefix = sampler.read(prefix, str(constraints.syllables))
    drawn = sampler.lines(
        prefix,
        writer.forced_prefixes(prefix, constraints, CONFIG, generator),
        generator,
        temperature=CONFIG.temperature,
        min_p=CONFIG.min_p,
        max_tokens=constraints.syllables + CONFIG.tolerance + SPARE_TOKENS,
        processors=[sampler.no_repetition(context.above)],
    )
    own = [text for text in dict.fromkeys(drawn) if passes(text, context)]
    own = [text for text in own if text != context.line][:MOST]
    if not own:
        return None
    rows = sampler.readings(prefix, [f": {text}\n" for text in (context.line, *own)])
    return torch.stack([features(row.states[1:]) for row in rows])


def gather(writer: LanguageModel, data: Path, split: str, count: int, seed: int, run: Path) -> None:
    """Write the features of `count` contexts, less those that do not serve, to the run folder."""
    generator = torch.Generator(writer.sampler.model.device).manual_seed(seed)
    places = list(contexts(data, split, count, random.Random(seed)))
    looks = (
        looked_at(writer, context, generator)
        for context in track(places, description=f"reading beside people ({split})")
    )
    found = [rows for rows in looks if rows is not None]
    sizes = torch.tensor([len(rows) for rows in found])
    save_file({"rows": torch.cat(found).half(), "sizes": sizes}, run / f"{split}.safetensors")


def padded(file: Path) -> tuple[Tensor, Tensor]:
    """Features (contexts, 1 + MOST, 2 x width), the person's first, and which of them are there."""
    tensors = load_file(file)
    groups = torch.split(tensors["rows"].float(), tensors["sizes"].tolist())
    rows = torch.nn.utils.rnn.pad_sequence(list(groups), batch_first=True)
    return rows, torch.arange(rows.shape[1]) < tensors["sizes"][:, None]


def fit(rows: Tensor, there: Tensor, penalty: float) -> Tensor:
    """The weights that put the first row of each context first, on standardised features."""
    weight = torch.zeros(rows.shape[-1], requires_grad=True)
    optimiser = torch.optim.LBFGS([weight], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        scores = (rows @ weight).masked_fill(~there, float("-inf"))
        loss = -scores.log_softmax(dim=1)[:, 0].mean() + penalty * weight.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return weight.detach()


def pairs_right(rows: Tensor, there: Tensor, weight: Tensor) -> float:
    """How often a person's line is put before one of the writer's; 0.5 by chance."""
    scores = rows @ weight
    others = there[:, 1:]
    wins = (scores[:, :1] > scores[:, 1:]) & others
    return float((wins.sum(dim=1) / others.sum(dim=1)).mean())


def put_first(rows: Tensor, there: Tensor, weight: Tensor) -> tuple[float, float]:
    """How often a person's line is put before all of the writer's, and how often by chance."""
    scores = (rows @ weight).masked_fill(~there, float("-inf"))
    chance = (1 / there.sum(dim=1)).mean()
    return float((scores.argmax(dim=1) == 0).float().mean()), float(chance)


def train(data: Path, run: Path, count: int, out: Path = ADAPTER) -> float:
    """Gather (unless the run folder holds it), fit, and write the critic beside the adapter.

    Returns:
        The share of pairs put right on the validation split, whose artists were not learnt from.
    """
    run.mkdir(parents=True, exist_ok=True)
    settings = load_settings()
    parts: Sequence[tuple[str, int, int]] = (("train", count, 11), ("valid", count // 6, 12))
    if not all((run / f"{split}.safetensors").is_file() for split, _, _ in parts):
        ranker = classifier(RANKER).score
        writer = load_language_model(settings.weights_home, settings.device, ranker)
        for split, size, seed in parts:
            gather(writer, data, split, size, seed, run)
    rows, there = padded(run / "train.safetensors")
    mean, scale = rows[there].mean(dim=0), rows[there].std(dim=0).clamp_min(1e-3)
    held_out, held_there = padded(run / "valid.safetensors")
    rows, held_out = (rows - mean) / scale, (held_out - mean) / scale
    tried = {}
    for penalty in PENALTIES:
        weight = fit(rows, there, penalty)
        right = pairs_right(held_out, held_there, weight)
        tried[penalty] = (right, weight)
        print(json.dumps({"penalty": penalty, "learnt": round(pairs_right(rows, there, weight), 3),
                          "held out": round(right, 3)}))  # fmt: skip
    best, weight = max(tried.values(), key=lambda pair: pair[0])
    save_file({"mean": mean, "scale": scale, "weight": weight}, out / CRITIC)
    first, chance = put_first(held_out, held_there, weight)
    print(f"{len(rows)} contexts, {len(held_out)} held out: {100 * best:.1f} % of pairs put right,")
    print(f"the person's line first of all in {100 * first:.1f} % ({100 * chance:.1f} % by chance)")
    return best
