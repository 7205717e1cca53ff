"""Train a captioner of the paper on prepared clips and lines, and stop by held-out loss.

    python -m training train captioner lstm --data DATA --out runs/lstm

One file, read from top to bottom. What a step does is decided by the seed and its number alone,
so a run that was killed goes on from its last checkpoint to the same weights as one that was not.
The run folder holds all that it takes to repeat it, the curves, and `model/`, which
`atl_core.captioner.paper` loads.
"""

from __future__ import annotations

import json
import math
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from atl_core.captioner.paper.encoders import Convolutional
from atl_core.captioner.paper.stored import NETWORKS, PRIOR, Network, hear_windows, load_trained
from atl_core.errors import UserError
from training.captioners.config import Config, shown, surroundings
from training.captioners.measures import batch_loss, greedy_bleu, held_out_loss
from training.captioners.published import load_published
from training.captioners.store import LENGTH, Batch, Store, read_vocabulary

PRIOR_CLIPS = 48
"""Clips a genre over which its average sound is taken."""
HEARING = ("encoder.", "audio.", "listener.")
"""Parts of a network that hear; the others are of words."""


def make_network(config: Config, words: int, bins: int) -> Network:
    """A new network, the same for the same configuration."""
    torch.manual_seed(config.seed)
    network = NETWORKS[config.model](
        words, config.encoder, bins, length=LENGTH, dropout=config.dropout
    )
    if config.checkpoint:
        assert isinstance(network.encoder, Convolutional)
        taken = load_published(network.encoder, Path(config.checkpoint))
        print(f"{taken} tensors of the encoder come from {config.checkpoint}")
    if config.freeze_encoder:
        network.encoder.requires_grad_(False)
    if config.words_of:
        take_words(network, Path(config.words_of))
    return network


def take_words(network: Network, folder: Path) -> None:
    """Begin with what a trained network knows of words, and with nothing of what it hears.

    Raises:
        WeightsError: there is no whole model in `folder`.
        UserError: it is of another kind or has another vocabulary.
    """
    theirs = load_trained(folder).network.state_dict()
    taken = {name: tensor for name, tensor in theirs.items() if not name.startswith(HEARING)}
    own = {name: tensor.shape for name, tensor in network.state_dict().items()
           if not name.startswith(HEARING)}  # fmt: skip
    if own != {name: tensor.shape for name, tensor in taken.items()}:
        raise UserError(
            f"The model in {folder} is of another kind or has another number of words.",
            "--words-of takes a model of the same name, trained on the same data.",
        )
    network.load_state_dict(taken, strict=False)


def learning_rate(config: Config, step: int) -> float:
    warm = min(1.0, (step + 1) / max(1, config.warmup))
    fallen = 0.5 * (1 + math.cos(math.pi * min(1.0, step / max(1, config.steps))))
    return config.learning_rate * warm * (0.05 + 0.95 * fallen)


def mixed(config: Config, device: torch.device) -> bool:
    """Whether products are taken in bfloat16: on a GPU always, on a processor that has them."""
    if config.precision != "auto":
        return config.precision == "bfloat16"
    return device.type == "cuda" or bool(torch.cpu.get_capabilities().get("avx512_bf16"))


def cut(batch: Batch, window: int, rng: np.random.Generator) -> Batch:
    """The batch with one random window of its clips."""
    frames = batch.features.shape[1]
    if not window or window >= frames:
        return batch
    first = int(rng.integers(frames - window))
    return batch._replace(features=batch.features[:, first : first + window].copy())


# --- checkpoints ---------------------------------------------------------------------------------


def save(
    path: Path, network: Network, optimiser: torch.optim.Optimizer, state: dict[str, Any]
) -> None:
    """Weights, moments and where the run is, in one file that is there whole or not at all."""
    tensors = {f"network.{k}": v for k, v in network.state_dict().items()}
    for number, moments in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{number}.{k}": v for k, v in moments.items()}
    partial = path.with_name(f".{path.name}.partial")
    save_file({k: v.contiguous().clone() for k, v in tensors.items()}, partial,
              {"state": json.dumps(state)})  # fmt: skip
    partial.replace(path)


def restore(
    path: Path, network: Network, optimiser: torch.optim.Optimizer, device: torch.device
) -> dict[str, Any]:
    """Put back what `save` wrote; where the run was."""
    with safe_open(path, "pt", device=str(device)) as file:
        own = file.keys()
        network.load_state_dict(
            {k.removeprefix("network."): file.get_tensor(k) for k in own if k[0] == "n"}
        )
        moments: dict[int, dict[str, Tensor]] = {}
        for key in own:
            if key.startswith("optimiser."):
                _, number, name = key.split(".")
                moments.setdefault(int(number), {})[name] = file.get_tensor(key)
        optimiser.load_state_dict({**optimiser.state_dict(), "state": moments})
        state: dict[str, Any] = json.loads(file.metadata()["state"])
    return state


@contextmanager
def stop_asked() -> Iterator[threading.Event]:
    """Set when the run is asked to end (SIGTERM, SIGINT), so that it can save this very step."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = {s: signal.signal(s, lambda *_: asked.set()) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# --- the run -------------------------------------------------------------------------------------


def train(config: Config) -> Path:
    """Run the training; returns the run folder.

    Raises:
        UserError: there is no data, or the run folder is of another configuration.
    """
    print(shown(config))
    out, data = Path(config.out), Path(config.data)
    _same_run(out, config)
    store, held_out = Store(data, "train", config.front), Store(data, "valid", config.front)
    vocabulary = read_vocabulary(data, store.facts.spelling)
    cuda = config.device != "cpu" and torch.cuda.is_available()
    device = torch.device("cuda" if cuda else "cpu")
    network = make_network(config, len(vocabulary), store.front.bins).to(device)
    parameters = [p for p in network.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        parameters, lr=config.learning_rate, weight_decay=config.weight_decay
    )
    print(f"{sum(p.numel() for p in parameters):,} parameters to train on {device}; "
          f"{len(store)} clips, {len(store.lines)} lines")  # fmt: skip

    last = out / "last.safetensors"
    state: dict[str, Any] = {
        "step": 0,
        "seconds": 0.0,
        "core": 0.0,
        "best": None,
        "worse": 0,
        "curve": [],
    }
    if last.exists():
        state = restore(last, network, optimiser, device)
        print(f"resumed at step {state['step']}")
    elif config.model == "gru" and config.vectors:
        from training.captioners.vectors import word_vectors

        made = word_vectors(store, len(vocabulary), network.embedding.embedding_dim, config.seed)
        network.embedding.weight.data.copy_(made)
    started, worked = time.monotonic() - state["seconds"], time.process_time() - state["core"]
    running: list[float] = []
    bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                   TimeRemainingColumn())  # fmt: skip
    with stop_asked() as asked, bar:
        task = bar.add_task("training", total=config.steps, completed=state["step"])
        while state["step"] < config.steps and state["worse"] < config.patience:
            step = state["step"]
            running.append(_step(network, optimiser, parameters, store, config, step, device))
            step = state["step"] = step + 1
            state["seconds"] = time.monotonic() - started
            state["core"] = time.process_time() - worked
            bar.update(task, completed=step, description=f"loss {np.mean(running[-20:]):.3f}")
            if step % config.evaluate_every == 0 or step == config.steps:
                row = _evaluate(network, held_out, vocabulary.all_names, config, device)
                row |= {"step": step, "loss": float(np.mean(running[-config.evaluate_every :])),
                        "seconds": round(state["seconds"], 1)}  # fmt: skip
                state["curve"].append(row)
                better = state["best"] is None or row["held_out"] < state["best"]
                state["worse"] = 0 if better else state["worse"] + 1
                if better:
                    state["best"] = row["held_out"]
                    _write_model(out / "model", network, config, store, device)
                bar.console.print(json.dumps(row))
            if step % config.save_every == 0 or asked.is_set() or step == config.steps:
                save(last, network, optimiser, state)
            if asked.is_set():
                print(f"stopped at step {step}; the same command goes on from there")
                return out
    _finish(out, state)
    return out


def _step(
    network: Network, optimiser: torch.optim.Optimizer, parameters: list[nn.Parameter],
    store: Store, config: Config, step: int, device: torch.device,
) -> float:  # fmt: skip
    """One step; returns the loss a word."""
    network.train()
    if config.freeze_encoder:
        network.encoder.eval()
    torch.manual_seed(config.seed * 1_000_003 + step)  # dropout
    rng = np.random.default_rng([config.seed, step, 1])
    batch = cut(store.batch(step, config.clips, config.lines, config.seed), config.window, rng)
    for group in optimiser.param_groups:
        group["lr"] = learning_rate(config, step)
    with torch.autocast(device.type, torch.bfloat16, enabled=mixed(config, device)):
        loss, targets = batch_loss(network, batch, device)
    mean = loss / len(targets)
    optimiser.zero_grad(set_to_none=True)
    mean.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimiser.step()
    return float(mean.detach())


def _evaluate(
    network: Network, store: Store, names: tuple[str, ...], config: Config, device: torch.device
) -> dict[str, Any]:
    found = held_out_loss(network, store, config.window, device, config.held_out_batches)
    row: dict[str, Any] = {"held_out": round(found.mean, 4)}
    if config.bleu_lines:
        scores = greedy_bleu(network, store, names, config.window, device, config.bleu_lines)
        row["bleu"] = [round(score, 3) for score in scores]
    return row


def _same_run(out: Path, config: Config) -> None:
    """Make the run folder, or see that it is of this configuration."""
    out.mkdir(parents=True, exist_ok=True)
    told = out / "config.json"
    if told.exists() and json.loads(told.read_text()) != asdict(config):
        raise UserError(
            f"{out} holds a run with another configuration.",
            remedy="Choose another --out, or remove that folder.",
        )
    told.write_text(shown(config))
    (out / "surroundings.json").write_text(json.dumps(surroundings(), indent=2))
    for name in ("data.json", "words.json"):
        (out / name).write_bytes((Path(config.data) / name).read_bytes())


@torch.inference_mode()
def _write_model(
    folder: Path, network: Network, config: Config, store: Store, device: torch.device
) -> None:
    """What ships: weights in half precision, and the average sound of each genre."""
    folder.mkdir(exist_ok=True)
    network.eval()
    tensors = {k: v for k, v in network.state_dict().items() if "num_batches" not in k}
    for genre, (first, count) in store.ranges.items():
        chosen = np.linspace(first, first + count - 1, min(count, PRIOR_CLIPS)).astype(int)
        total = torch.zeros((), device=device)
        for clip in chosen:
            features = torch.from_numpy(store.features(int(clip)))[None].to(device)
            total = total + hear_windows(network, features, config.window)[0]
        tensors[PRIOR + store.facts.genres[genre]] = total / len(chosen)
    partial = folder / ".model.partial"
    save_file({k: v.half().contiguous().cpu() for k, v in tensors.items()}, partial)
    partial.replace(folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)
    facts = {"model": config.model, "encoder": config.encoder, "front": config.front,
             "bins": store.front.bins, "length": LENGTH, "window": config.window,
             "spelling": store.facts.spelling, "pairs": store.facts.kind}  # fmt: skip
    (folder / "config.json").write_text(json.dumps(facts, indent=2) + "\n")
    (folder / "words.json").write_bytes((Path(config.data) / "words.json").read_bytes())


def _finish(out: Path, state: dict[str, Any]) -> None:
    from training.captioners.figures import curves

    (out / "curve.jsonl").write_text("".join(json.dumps(row) + "\n" for row in state["curve"]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = {"steps": state["step"], "best_held_out": state["best"],
              "seconds": round(state["seconds"], 1), "core_seconds": round(state["core"], 1),
              "peak_megabytes": round(peak),
              "threads": torch.get_num_threads()}  # fmt: skip
    (out / "result.json").write_text(json.dumps(result, indent=2))
    curves(state["curve"], out)
    print(json.dumps(result))
