"""What rounding costs in chosen lines, and how fast linear layers are, on this machine.

    python benchmarks/rounding.py --places 20 [--threads 1]

The first table: billions of operations a second of a linear layer in float32 and in int8 by torch
(FBGEMM, activations of 7 bits), and in int8 by `int8_layers` (13 to 15 bits). The second:
candidates at places in drafts, ranked in float32 and in int8: how much a score differs from the
exact one, beside how much the candidates differ, how often the same line is chosen, what score
the chosen line loses, and seconds of the processor to read 12 candidates.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import torch
from rich import box
from rich.console import Console
from rich.table import Table
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from atl_core.captioner.checkpoint import Checkpoint, open_checkpoint
from atl_core.captioner.critic import load_critic
from atl_core.captioner.int8_kernel import PAIR, rounded_rows
from atl_core.captioner.int8_layers import multiplied, stacked
from atl_core.captioner.load import ADAPTER, CRITIC
from atl_core.captioner.model import Decoder
from atl_core.captioner.prompt import header, planned_line
from atl_core.captioner.quantize import quantize
from atl_core.captioner.rerank import (
    MAX_GAIN,
    LineContext,
    RankingWeights,
    score_fluency,
    score_gain,
)
from atl_core.captioner.sampling import ForcedPrefix, make_sampler
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from benchmarks.merged import write_merged
from benchmarks.pen import briefs

SHAPES: Final = ((36, 576, 3072), (12, 576, 3072), (12, 1536, 576), (12, 576, 20518),
                 (8, 1536, 17920))  # fmt: skip
"""Rows, in and out: layers and output layer of the 135M writer, a layer of the 1.5B."""
CPU: Final = torch.device("cpu")
Linear = Callable[[Tensor], object]


def linears(weight: Tensor) -> dict[str, Linear]:
    rounded = quantize(weight)
    layer = stacked([rounded], [], 1).of(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch announces a change of this function
        scales, zeros = rounded.scale.double(), torch.zeros(len(weight), dtype=torch.long)
        quantized = torch._make_per_channel_quantized_tensor(rounded.values, scales, zeros, 0)
    prepacked = torch.ops.quantized.linear_prepack(quantized, None)
    by_fbgemm = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32

    def ours(x: Tensor) -> object:
        rows = rounded_rows(x.numpy(), PAIR * layer.values.shape[1])
        return multiplied(rows, [layer], torch.get_num_threads())

    return {
        "torch, float32": lambda x: F.linear(x, weight),
        "torch, int8": lambda x: by_fbgemm(x, 1 / 63, 64, prepacked),
        "int8_layers": ours,
    }


def speeds() -> Table:
    names = list(linears(torch.randn(16, 16)))
    table = Table("rows x in x out", *names, box=box.MARKDOWN)
    for rows, inside, out in SHAPES:
        layers, x = linears(torch.randn(out, inside)), torch.rand(rows, inside)
        best = dict.fromkeys(names, float("inf"))
        for _ in range(15):  # in turn, so that what else the machine does falls on all
            for name, layer in layers.items():
                began = time.perf_counter()
                layer(x)
                best[name] = min(best[name], time.perf_counter() - began)
        cells = (f"{2 * rows * inside * out / seconds / 1e9:.0f}" for seconds in best.values())
        table.add_row(f"{rows} x {inside} x {out}", *cells)
    return table


def costs(places: int) -> Table:
    with TemporaryDirectory() as folder:
        return _costs(places, open_checkpoint(write_merged(Path(folder))))


def _costs(places: int, checkpoint: Checkpoint) -> Table:
    vocabulary = load_file(ADAPTER / "adapter.safetensors")["vocabulary"].long()
    critic, tokenizer = load_critic(ADAPTER / CRITIC, CPU), checkpoint.tokenizer()
    models = {
        "float32": Decoder(checkpoint, CPU),
        "int8": Decoder(checkpoint, CPU, int8=True),
    }
    samplers = {name: make_sampler(model, tokenizer, vocabulary) for name, model in models.items()}
    exact, weights = samplers["float32"], RankingWeights()
    generator = torch.Generator().manual_seed(0)
    rows: dict[str, list[tuple[float, bool, float, float]]] = {k: [] for k in samplers}
    spread: list[float] = []
    above: list[str] = []
    for number, brief in enumerate(briefs(places, 4000)):
        style = header(brief.genre, brief.mood, brief.energy, False, brief.seed_words)
        if number % 5 == 0:
            above = []
        said = "".join(planned_line(a, count_syllables(a), end_word(a)) for a in above)
        prefix = exact.read(exact.model.empty_prefix(), f"{style}{said}9")
        drawn = exact.lines(
            prefix, [ForcedPrefix(":")] * 16, generator, temperature=1.0, min_p=0.05,
            max_tokens=15, processors=[exact.no_repetition(above)],
        )  # fmt: skip
        texts = [text for text in dict.fromkeys(drawn) if len(text.split()) > 2][:12]
        if len(texts) < 4:
            continue
        found: dict[str, np.ndarray] = {}
        for kernel, sampler in samplers.items():
            model = sampler.model
            context = LineContext(
                sampler.read(model.empty_prefix(), f"{style}{said}9"),
                sampler.read(model.empty_prefix(), f"{style}9") if above else None,
            )
            began = time.process_time()
            fluency, log_probs = score_fluency(sampler, critic, context, texts)
            gains = score_gain(sampler, context, texts, log_probs)
            taken = time.process_time() - began
            lines = [replace(one, gain=gain) for one, gain in zip(fluency, gains, strict=True)]
            found[kernel] = np.array([
                weights.fluency * one.mean + weights.end * one.end + weights.stop * one.stop
                + weights.gain * min(one.gain, MAX_GAIN) + weights.critic * one.critic
                for one in lines
            ])  # fmt: skip
            true, own = found["float32"], found[kernel]
            differs = np.abs((own - own.mean()) - (true - true.mean())).mean()
            lost = true.max() - true[own.argmax()]
            rows[kernel].append((float(differs), bool(lost == 0), float(lost), taken))
        spread.append(float(found["float32"].std()))
        above.append(texts[int(found["float32"].argmax())])
    table = Table(
        "read with", f"score differs by (candidates: {np.mean(spread):.2f})", "same line chosen",
        "score lost", "processor s for 12", box=box.MARKDOWN,
    )  # fmt: skip
    for kernel, measured in rows.items():
        differ, same, loss, seconds = np.array(measured, float).mean(axis=0)
        table.add_row(
            kernel, f"{differ:.2f}", f"{100 * same:.0f} % of {len(measured)}", f"{loss:.2f}",
            f"{seconds:.2f}",
        )  # fmt: skip
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--places", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    console = Console(width=140)
    console.print(speeds())
    console.print(costs(chosen.places))


if __name__ == "__main__":
    main()
