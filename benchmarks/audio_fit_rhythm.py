"""Fit the rhythm model; no benchmark, but it shares the synthesised beats with one.

    python benchmarks/audio_fit_rhythm.py --fit [--beats 3000]

Hypotheses about 3,000 beats whose patterns and sounds are made up (`made_up_beat`) train four small
networks a metre by the softmax over all hypotheses of a beat; their mean judges. On 420 others,
some of them with two tempi or no beat at all, logistic models learn how sure the tempo and the bars
are. Writes weights/rhythm/model.safetensors. Takes some twenty minutes of one core.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from safetensors.numpy import save_file

from atl_core.audio import metre_weights
from atl_core.audio.metre import METRES, Hypothesis, find_tracks, hypotheses
from atl_core.audio.onsets import FRAME_RATE, onset_bands, onset_strength
from atl_core.audio.rhythm import confidence_terms, sounding
from atl_core.audio.tempo import tempo_candidates
from atl_core.audio.tonality import chroma_frames
from benchmarks.audio_beats import RATE, Beat, two_tempi
from benchmarks.made_up_beats import made_up_beat

FIRST_SEED = 100_000
OTHERS = 104_000
"""First seed of the beats that the logistic models are fitted to."""
HIDDEN = 32
JUDGES = 4
EPOCHS = 30
PENALTY = 1e-2
"""L2, of the logistic models."""
RIGHT = 0.85
"""F-measure of bars above which a hypothesis is right."""


Part = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
"""Of all beats one after another: features, which beat each row is of, whether it is right."""


@dataclass
class Heard:
    """What is kept of a synthesised beat."""

    beat: Beat
    """Its samples dropped."""
    bands: np.ndarray
    chroma: np.ndarray
    sounds: tuple[float, float]


def heard(beat: Beat) -> Heard:
    bands, chroma = onset_bands(beat.samples), chroma_frames(beat.samples)
    sounds = sounding(beat.samples)
    kept = Beat(
        beat.style, beat.tempo, beat.beats_per_bar, beat.compound, beat.beats, beat.pickup,
        beat.samples[:0], beat.second_tempo, beat.parts,
    )  # fmt: skip
    return Heard(kept, bands, chroma, sounds)


def options_of(one: Heard) -> list[Hypothesis]:
    candidates = tempo_candidates(one.bands)
    tracks = find_tracks(onset_strength(one.bands), candidates.paces, *one.sounds)
    return hypotheses(tracks, candidates.profiles, one.bands, one.chroma)


def f_measure(found: np.ndarray, true: np.ndarray) -> float:
    """Of times in seconds, each within 70 ms."""
    if not len(found) or not len(true):
        return 0.0
    distance = np.abs(np.subtract.outer(found, true))
    precision, recall = (distance.min(1) < 0.07).mean(), (distance.min(0) < 0.07).mean()
    return float(2 * precision * recall / max(precision + recall, 1e-9))


def rightness(option: Hypothesis, beat: Beat) -> float:
    """F-measure of a hypothesis's bars if its metre and its tempo are right, else 0."""
    near = abs(option.track.pace / beat.tempo - 1) < 0.045
    if option.metre != beat.beats_per_bar or not near:
        return 0.0
    found = option.track.beats[option.first :: option.metre] / FRAME_RATE
    found = found[(found > beat.beats[0] - 0.3) & (found < beat.beats[-1] + 0.3)]
    right = f_measure(found, beat.bars)
    if beat.compound:
        right = max(right, f_measure(found, beat.beats[beat.pickup + 2 :: 4]))
    return right


def train(rows: Iterator[Heard], held: dict[str, np.ndarray]) -> None:
    """The networks, into `held`."""
    inputs: dict[int, list[np.ndarray]] = {metre: [] for metre in METRES}
    owner: dict[int, list[int]] = {metre: [] for metre in METRES}
    right: dict[int, list[float]] = {metre: [] for metre in METRES}
    number = 0
    for one in rows:
        options = options_of(one)
        marks = [rightness(option, one.beat) for option in options]
        if max(marks) < RIGHT:
            continue
        for option, mark in zip(options, marks, strict=True):
            inputs[option.metre].append(option.features.astype(np.float32))
            owner[option.metre].append(number)
            right[option.metre].append(float(mark >= RIGHT))
        number += 1
    print(f"{number} beats have a right hypothesis", file=sys.stderr)
    parts = []
    for metre in METRES:
        whole = np.stack(inputs[metre])
        mean, scale = whole.mean(0), whole.std(0) + 1e-3
        held[f"{metre}.mean"], held[f"{metre}.scale"] = mean, scale
        parts.append(
            (
                torch.from_numpy(((whole - mean) / scale).clip(-5, 5)),
                torch.tensor(owner[metre]),
                torch.tensor(right[metre]),
            )
        )
    offsets = [np.searchsorted(own.numpy(), np.arange(number + 1)) for _, own, _ in parts]
    judges = [_judge(seed, parts, offsets) for seed in range(JUDGES)]
    # The mean of the judges is one network with all their hidden units.
    for order, metre in enumerate(METRES):
        layers = [(nets[order][1], nets[order][4]) for nets in judges]
        first, last = zip(*layers, strict=True)
        held[f"{metre}.in"] = np.concatenate([_array(layer.weight).T for layer in first], axis=1)
        held[f"{metre}.in_bias"] = np.concatenate([_array(layer.bias) for layer in first])
        held[f"{metre}.out"] = np.concatenate([_array(layer.weight)[0] for layer in last]) / JUDGES
        held[f"{metre}.out_bias"] = np.mean([_array(layer.bias) for layer in last], axis=0)


def _array(weights: torch.Tensor) -> np.ndarray:
    return weights.detach().numpy()


def _judge(seed: int, parts: list[Part], offsets: list[np.ndarray]) -> list[torch.nn.Sequential]:
    """A network a metre. `offsets` say where the hypotheses of each beat begin in `parts`."""
    torch.manual_seed(seed)
    nets = [
        torch.nn.Sequential(
            torch.nn.Dropout(0.1),
            torch.nn.Linear(x.shape[1], HIDDEN),
            torch.nn.ReLU(),
            torch.nn.Dropout(0.1),
            torch.nn.Linear(HIDDEN, 1),
        )
        for x, _, _ in parts
    ]
    optimiser = torch.optim.AdamW(
        [weight for net in nets for weight in net.parameters()], lr=3e-3, weight_decay=0.02
    )
    for epoch in range(EPOCHS):
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * (1 - epoch / EPOCHS) + 1e-4
        losses = []
        for batch in torch.randperm(len(offsets[0]) - 1).split(32):
            scores, owners, rights = [], [], []
            for net, (x, _, ok), start in zip(nets, parts, offsets, strict=True):
                rows = torch.cat([torch.arange(start[n], start[n + 1]) for n in batch.tolist()])
                counts = torch.tensor([start[n + 1] - start[n] for n in batch.tolist()])
                scores.append(net(x[rows])[:, 0])
                owners.append(torch.repeat_interleave(torch.arange(len(batch)), counts))
                rights.append(ok[rows])
            score, own, right = torch.cat(scores), torch.cat(owners), torch.cat(rights)
            power = torch.exp(score - score.detach().max())
            total = torch.zeros(len(batch)).index_add(0, own, power)
            good = torch.zeros(len(batch)).index_add(0, own, power * right)
            loss = (torch.log(total + 1e-12) - torch.log(good + 1e-12)).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    print(f"judge {seed + 1} of {JUDGES}: loss {np.mean(losses):.3f}", file=sys.stderr)
    return nets


def calibrate(rows: Iterator[Heard], held: dict[str, np.ndarray]) -> None:
    """The logistic models, into `held`."""
    metre_weights.weights.cache_clear()
    metre_weights.weights = lambda: {k: v.astype(np.float64) for k, v in held.items()}  # type: ignore[assignment]
    tempo_x, tempo_y, bars_x, bars_y = [], [], [], []
    for one in rows:
        options = options_of(one)
        chances = np.exp(metre_weights.log_probabilities(options))
        best = options[int(chances.argmax())]
        of_tempo, of_bars = confidence_terms(best, options, chances, one.bands)
        steady = one.beat.second_tempo is None and one.beat.tempo > 0
        octaves = np.log2(best.track.pace / (one.beat.tempo or 1.0))
        tempo_right = steady and abs(octaves - round(octaves)) < np.log2(1.04)
        bars_right = steady and rightness(best, one.beat) >= RIGHT
        tempo_x.append(of_tempo)
        tempo_y.append(tempo_right)
        bars_x.append(of_bars)
        bars_y.append(bars_right)
    for name, x, y in (("tempo", tempo_x, tempo_y), ("bars", bars_x, bars_y)):
        print(f"{name}: {len(y)} examples, {np.mean(y):.2f} right", file=sys.stderr)
        _logistic(name, np.array(x), np.array(y, dtype=float), held)


def _logistic(name: str, x: np.ndarray, y: np.ndarray, held: dict[str, np.ndarray]) -> None:
    mean, scale = x.mean(0), x.std(0) + 1e-6
    inputs, wanted = torch.from_numpy((x - mean) / scale), torch.from_numpy(y)
    weight = torch.zeros(x.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=200)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        said = inputs @ weight + bias
        value = torch.nn.functional.binary_cross_entropy_with_logits(said, wanted)
        value = value + PENALTY * weight.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    held[f"{name}.mean"], held[f"{name}.scale"] = mean, scale
    held[f"{name}.weight"], held[f"{name}.bias"] = weight.detach().numpy(), bias.detach().numpy()


def no_beat(seed: int) -> Beat:
    """Twenty seconds without a tempo: noise, a drone, clicks at random or a rubato."""
    rng = np.random.default_rng(seed)
    t = np.arange(20 * RATE) / RATE
    kind = seed % 4
    if kind == 0:
        tape = rng.standard_normal(len(t)) * np.exp(
            rng.uniform(0, 1) * np.sin(t * rng.uniform(0.2, 3))
        )
    elif kind == 1:
        tape = sum(np.sin(2 * np.pi * hz * t) for hz in rng.uniform(80, 800, 3))
        tape = tape * (0.6 + 0.4 * np.sin(rng.uniform(0.2, 2) * t))
    else:
        tape = np.zeros(len(t))
        at = np.sort(rng.uniform(0, 20, rng.integers(20, 60)))
        if kind == 3:
            pace = 80 + 35 * np.sin(np.arange(60) / rng.uniform(4, 9) + rng.uniform(0, 6))
            at = np.cumsum(60 / pace)
        hit = rng.standard_normal(2000) * np.exp(-np.arange(2000) / 400)
        for when in at[at < 19.5]:
            start = int(when * RATE)
            tape[start : start + 2000] += hit * rng.uniform(0.5, 1)
    samples = (tape / np.abs(tape).max() * 0.8).astype(np.float32)
    return Beat("none", 0.0, 4, False, np.zeros(0), 0, samples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="without it, nothing is done")
    parser.add_argument("--beats", type=int, default=3000)
    asked = parser.parse_args()
    if not asked.fit:
        print("fits the rhythm model with --fit, in some twenty minutes")
        return
    torch.set_num_threads(1)

    def rows(first: int, count: int) -> Iterator[Heard]:
        return (heard(made_up_beat(first + number)) for number in range(count))

    fit(asked.beats, rows)


def fit(beats: int, rows: Callable[[int, int], Iterator[Heard]]) -> None:
    """`rows` gives so many heard beats from a first seed on."""
    held: dict[str, np.ndarray] = {}
    train(rows(FIRST_SEED, beats), held)

    def others() -> Iterator[Heard]:
        yield from rows(OTHERS, 320)
        for number in range(60):
            yield heard(two_tempi(FIRST_SEED + 50_000 + number, made_up_beat))
        for number in range(40):
            yield heard(no_beat(number))

    calibrate(others(), held)
    metre_weights.FILE.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: array.astype(np.float32) for name, array in held.items()}, metre_weights.FILE)


if __name__ == "__main__":
    main()
