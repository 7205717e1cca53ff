"""The paper's GAN (its section 5.2): the captioner as generator, the genre classifier in the loss.

    python -m training train gan --data DATA --run runs/lstm --out runs/gan

Text is made continuous by the straight-through Gumbel-softmax (Jang et al. 2017): forwards a line
of words is drawn, backwards the softmax is. A critic hears the clip and reads the line, and learns
to tell the lines of songs from drawn ones; the frozen genre classifier of the paper reads the line
too. The captioner learns from both, and from the lyrics as before, so that it does not forget how
to speak. One file, read from top to bottom.
"""

from __future__ import annotations

import json
import resource
import time
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from rich.progress import track
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from atl_core.captioner.paper.stored import PRIOR, Network, Trained, hear_windows, load_trained
from atl_core.captioner.paper.words import END, PAD, START, UNKNOWN, Vocabulary
from atl_core.errors import UserError
from atl_core.genre.judge import JUDGE, classifier
from atl_core.genre.text import words as genre_words
from training.captioners.free import free_lines
from training.captioners.measures import held_out_loss, lines_loss
from training.captioners.store import Store, read_vocabulary
from training.captioners.train import HEARING
from training.genre import networks

LONGEST = 12
"""Words of a drawn line."""


@dataclass(frozen=True)
class Adversarial:
    """All choices of the experiment."""

    data: str
    run: str
    out: str
    steps: int = 150
    lines: int = 64
    clips: int = 4
    learning_rate: float = 2e-4
    critic_rate: float = 1e-3
    genre_weight: float = 0.5
    likeness_weight: float = 0.2
    temperature: float = 1.0
    """Of the relaxation."""
    seed: int = 0
    texts: int = 120
    """Free drafts that are judged before and after."""


class Critic(nn.Module):
    """A line and what was heard -> the logit of its being a song's."""

    def __init__(self, words: int, latent: int, width: int = 64) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, width, padding_idx=PAD)
        self.gru = nn.GRU(width, width, batch_first=True)
        self.output = nn.Sequential(nn.Linear(width + latent, width), nn.ReLU(),
                                    nn.Linear(width, 1))  # fmt: skip

    def forward(self, embedded: Tensor, audio: Tensor) -> Tensor:
        """embedded (lines, places, width), audio (lines, latent) -> (lines,)."""
        states, _ = self.gru(embedded)
        joined = torch.cat([states.amax(dim=1), audio], dim=1)
        return self.output(joined)[:, 0]


class GenreReader(nn.Module):
    """The paper's genre classifier, frozen, over words that are only nearly one-hot."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        trained = networks.load()
        assert isinstance(trained.network, networks.LyricLSTM)
        self.network = trained.network.requires_grad_(False)
        ids = [networks.PAD] * 4
        for name in vocabulary.names:
            spoken = genre_words(name)
            ids.append(
                trained.vocabulary.get(spoken[0], networks.UNKNOWN) if spoken else networks.PAD
            )
        self.table: Tensor
        self.register_buffer("table", self.network.embedding.weight[ids].detach().clone())

    def forward(self, drawn: Tensor) -> Tensor:
        """drawn (lines, places, words), rows of zeros after the end -> logits (lines, 2)."""
        states, _ = self.network.lstm(drawn @ self.table)
        there = drawn.sum(dim=2, keepdim=True) > 0.5
        return self.network.output(states.masked_fill(~there, -1.0).amax(dim=1))


def drawn_lines(network: Network, audio: Tensor, temperature: float) -> Tensor:
    """Lines drawn by the straight-through Gumbel-softmax: (lines, LONGEST, words).

    Each place is one-hot forwards and a softmax backwards; after the end it is all zero.
    """
    state: Any = network.begin(audio)
    words = network.embedding.num_embeddings
    barred = torch.zeros(words)
    barred[[PAD, UNKNOWN, START]] = -1e9
    embedded = network.embedding(torch.full((len(audio),), START))
    places, alive = [], torch.ones(len(audio), 1)
    for _ in range(LONGEST):
        logits, state = network.step(state, embedded)
        one = F.gumbel_softmax(logits + barred, tau=temperature, hard=True)
        alive = alive * (1 - one[:, END : END + 1].detach())
        places.append(one * alive)
        embedded = one @ network.embedding.weight
    return torch.stack(places, dim=1)


def train(config: Adversarial) -> dict[str, Any]:
    """Run the experiment; the figures before and after.

    Raises:
        UserError: the data is of other genres or words than the captioner or the classifier.
        WeightsError: there is no whole captioner in `config.run`.
    """
    print(json.dumps(asdict(config), indent=2))
    torch.manual_seed(config.seed)
    run, data = Path(config.run), Path(config.data)
    folder = run / "model" if (run / "model").is_dir() else run
    trained = load_trained(folder)
    store = Store(data, "train", trained.front)
    if sorted(store.facts.genres) != ["country", "hip-hop"]:
        raise UserError(
            f"The data in {data} has the genres {', '.join(store.facts.genres)}.",
            "The classifier in the loss knows hip-hop and country; both are needed, and no other.",
        )
    if not trained.vocabulary.names == read_vocabulary(data, store.facts.spelling).names:
        raise UserError(
            f"The captioner in {run} and the data in {data} have different vocabularies.",
            remedy="Go on with a run on the data that it was trained on.",
        )
    network = trained.network
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(not name.startswith(HEARING))
    reader = GenreReader(trained.vocabulary)
    critic = Critic(len(trained.vocabulary), network.latent)
    own = [p for p in network.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(own, lr=config.learning_rate)
    critics = torch.optim.AdamW(critic.parameters(), lr=config.critic_rate)
    # The classifier's logits are (hip-hop, country).
    labels = torch.tensor([int(genre == "country") for genre in store.facts.genres])
    result: dict[str, Any] = {"before": figures(trained, data, config.texts)}
    print(json.dumps(result["before"]))
    started, worked, curve = time.monotonic(), time.process_time(), []
    for step in track(range(config.steps), description="generator and critic", transient=True):
        network.train()
        network.encoder.eval()
        batch = store.batch(step, config.clips, config.lines, config.seed + 7)
        with torch.no_grad():  # the ear stays: what is heard is not what is at stake
            heard = hear_windows(network, torch.from_numpy(batch.features), trained.window)
        owners, ids = torch.from_numpy(batch.owners), torch.from_numpy(batch.ids)
        audio, genre = heard[owners], labels[torch.from_numpy(batch.genres)[owners]]
        # Drawn lines have no unknown word and no word for their end, which would give songs away.
        known = (ids != UNKNOWN).all(dim=1)
        sung = ids[known, 1 : 1 + LONGEST]
        real = critic.embedding(sung.masked_fill(sung == END, PAD))
        drawn = drawn_lines(network, audio, config.temperature)
        told = critic(drawn.detach() @ critic.embedding.weight, audio)
        critic_loss = F.softplus(-critic(real, audio[known])).mean() + F.softplus(told).mean()
        critics.zero_grad()
        critic_loss.backward()
        critics.step()
        total, targets = lines_loss(network, audio, ids)
        spoken = total / len(targets)
        liked = F.softplus(-critic(drawn @ critic.embedding.weight.detach(), audio)).mean()
        right = F.cross_entropy(reader(drawn), genre)
        loss = spoken + config.likeness_weight * liked + config.genre_weight * right
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(own, 1.0)
        optimiser.step()
        curve.append([float(x.detach()) for x in (spoken, liked, right, critic_loss)])
        if (step + 1) % 25 == 0:
            recent = torch.tensor(curve[-25:]).mean(dim=0).tolist()
            names = ("spoken", "liked", "genre", "critic")
            print(json.dumps({"step": step + 1} | dict(zip(names, recent, strict=True))))
    result |= {
        "steps": config.steps,
        "seconds": round(time.monotonic() - started, 1),
        "core_seconds": round(time.process_time() - worked, 1),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "after": figures(trained, data, config.texts),
    }
    result["config"] = asdict(config)
    _write(trained, folder, Path(config.out), result)
    print(json.dumps(result["after"]))
    return result


def figures(trained: Trained, data: Path, texts: int) -> dict[str, float]:
    """Held-out perplexity, and how often free drafts to held-out beats are of the beat's genre.

    The judge is none of the classifiers in the loss. Eight lines a draft, the audio alone decides.
    """
    store = Store(data, "test", trained.front)
    loss = held_out_loss(trained.network, store, trained.window, torch.device("cpu"), 8)
    generator = torch.Generator().manual_seed(5)
    hits, rows = 0, []
    for number in range(texts):
        genre = list(store.ranges)[number % len(store.ranges)]
        first, count = store.ranges[genre]
        heard = trained.hear(torch.from_numpy(store.features(first + number // 2 % count)))
        lines = free_lines(trained.network, trained.vocabulary, heard.expand(8, -1), generator)
        text = "\n".join(" ".join(line) for line in lines)
        odds = float(classifier(JUDGE).score([text])[0])
        hits += (store.facts.genres[genre] == "hip-hop") == (odds > 0)
        rows += [word for line in lines for word in line]
    blocks = [rows[i : i + 500] for i in range(0, len(rows) - 499, 500)]
    pairs = [len({*pairwise(b)}) / 499 for b in blocks]
    return {
        "loss": round(loss.mean, 4),
        "right_genre": round(hits / texts, 4),
        "distinct_2": round(sum(pairs) / max(1, len(pairs)), 4),
    }


def _write(trained: Trained, source: Path, out: Path, result: dict[str, Any]) -> None:
    model = out / "model"
    model.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "words.json"):
        (model / name).write_bytes((source / name).read_bytes())
    priors = {k: v for k, v in load_file(source / "model.safetensors").items()
              if k.startswith(PRIOR)}  # fmt: skip
    tensors = {k: v.half().contiguous() for k, v in trained.network.state_dict().items()
               if "num_batches" not in k}  # fmt: skip
    save_file(tensors | priors, model / "model.safetensors")
    (out / "result.json").write_text(json.dumps(result, indent=2))
